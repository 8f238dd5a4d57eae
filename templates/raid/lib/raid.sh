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
	if [ ! -e "$volume_array" ]; then
		mdadm --assemble --quiet "$volume_array" "$@" >&2 ||
			mdadm --create --run --quiet --metadata=1.2 --homehost=any "$volume_array" \
				--level="$volume_level" --raid-devices=$# "$@" >&2 ||
			die "no RAID array can be made of $*"
	fi
	mdadm --detail --brief "$volume_array" >>/etc/mdadm/mdadm.conf
	cp /etc/mdadm/mdadm.conf /etc/mdadm.conf
	readlink -f "$volume_array"
}
