# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# RAID arrays of EBS volumes.

# volume_raid NAME LEVEL DEVICE...: prints the array, assembled or made.
volume_raid() {
	volume_array=/dev/md/$(echo "$1" | tr / -)
	volume_level=$2
	shift 2
	pkg_need mdadm mdadm mdadm >&2
	mkdir -p /etc/mdadm
	if [ ! -e "$volume_array" ] && ! mdadm --assemble --quiet "$volume_array" "$@" >&2; then
		for volume_disk; do
			volume_empty "$volume_disk" || die "$volume_disk is not empty, and no array can be assembled of $*"
		done
		mdadm --create --run --quiet --metadata=1.2 --homehost=any "$volume_array" \
			--level="$volume_level" --raid-devices=$# "$@" >&2 || die "no RAID array can be made of $*"
	fi
	volume_line=$(mdadm --detail --brief "$volume_array")
	grep -qsxF "$volume_line" /etc/mdadm/mdadm.conf || echo "$volume_line" >>/etc/mdadm/mdadm.conf
	cp /etc/mdadm/mdadm.conf /etc/mdadm.conf
	readlink -f "$volume_array"
}
