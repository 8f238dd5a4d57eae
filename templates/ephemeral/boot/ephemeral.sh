#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One striped volume over the instance store disks, mounted at HPCC_EPHEMERAL. Disks that hold anything stay alone,
# but for those that an image of AWS for deep learning has made such a volume of itself: that is mounted there.
set -eu
# shellcheck source=/dev/null
. /etc/hpcc/ephemeral

mountpoint -q "$HPCC_EPHEMERAL" && exit 0
mountpoint -q /opt/dlami/nvme || timeout 99 systemctl start dlami-nvme || :
if mountpoint -q /opt/dlami/nvme; then
	mkdir -p "$HPCC_EPHEMERAL"
	mount -o bind,nosuid,nodev /opt/dlami/nvme "$HPCC_EPHEMERAL"
	exec chmod 1777 "$HPCC_EPHEMERAL"
fi

disks=
for link in /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
	case $link in
	*-part* | *_1-ns-* | *\*) continue ;;
	esac
	disk=$(readlink -f "$link")
	case " $disks " in
	*" $disk "*) continue ;;
	esac
	[ -n "$(lsblk -nro MOUNTPOINT "$disk" | tr -d '\n')" ] || disks="$disks $disk"
done
[ -n "$disks" ] || exit 0

volume=/dev/hpcc/ephemeral
[ -e "$volume" ] || vgchange -qay hpcc 2>/dev/null || :
if [ ! -e "$volume" ]; then
	# shellcheck disable=SC2086 # one word a disk
	set -- $disks
	for disk; do
		blkid -p "$disk" >/dev/null || [ $? -ne 2 ] || continue
		exit 0
	done
	if ! command -v lvcreate >/dev/null; then
		volume=$1
	else
		pvcreate -q "$@"
		vgcreate -q hpcc "$@"
		lvcreate -q -y -i $# -I 64k -l 100%FREE -n ephemeral hpcc
	fi
fi
# It holds nothing where it was made just now, or a boot before this one was cut off here.
blkid -p "$volume" >/dev/null || [ $? -ne 2 ] || mkfs.ext4 -q -E nodiscard "$volume"
mkdir -p "$HPCC_EPHEMERAL"
mount -o noatime,nosuid,nodev "$volume" "$HPCC_EPHEMERAL"
chmod 1777 "$HPCC_EPHEMERAL"
