# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Disks of the instance itself: EBS volumes that came with it, and its instance store.

# volume NAME LEVEL DIRECTORY DISK...: the file system of a disk, or of the RAID array of several, that everybody may
# write to. Only blkid's status 2 says that there is nothing yet; whatever else it says, data is left alone.
volume() {
	! mountpoint -q "$3" || return 0
	doing "the volume for $3"
	volume_dir=$3 volume_disk=/dev/md/hpcc-$1 volume_level=$2
	shift 3
	if [ $# -eq 1 ]; then
		volume_disk=$(lsblk -nrpo NAME,TYPE "$1" | awk '$2 == "part" { print $1; exit }')
		volume_disk=${volume_disk:-$1}
	elif [ ! -e "$volume_disk" ]; then
		need mdadm mdadm
		mdadm --assemble --quiet "$volume_disk" "$@" ||
			mdadm --create --run --quiet --metadata=1.2 --homehost=any "$volume_disk" \
				--level="$volume_level" --raid-devices=$# "$@"
	fi
	blkid -p "$volume_disk" >/dev/null || {
		[ $? -eq 2 ]
		need mkfs.xfs xfsprogs
		mkfs.xfs -q -K "$volume_disk"
	}
	attach "UUID=$(blkid -p -s UUID -o value "$volume_disk")" "$volume_dir" auto noatime
	chmod 1777 "$volume_dir"
}

# The disk that EC2 was asked to call by this name, as "sdf".
disk() {
	for disk_path in "/dev/$1" "/dev/xvd${1#sd}"; do
		[ ! -b "$disk_path" ] || {
			readlink -f "$disk_path"
			return
		}
	done
	for disk_path in /dev/nvme*n1; do
		disk_name=$(ebsnvme-id -b "$disk_path" 2>/dev/null) || continue
		[ "${disk_name#/dev/}" != "$1" ] || {
			echo "$disk_path"
			return
		}
	done
	return 1
}

# ebs LEVEL DIRECTORY NAME...: volumes that came with the instance.
ebs() {
	! mountpoint -q "$2" || return 0
	need ebsnvme-id amazon-ec2-utils
	ebs_level=$1 ebs_dir=$2 ebs_name=$3 ebs_disks=
	shift 2
	for ebs_each; do
		doing "the search for disk $ebs_each"
		ebs_disks="$ebs_disks $(try 30 2 disk "$ebs_each")" || exit
	done
	# shellcheck disable=SC2086 # one word a disk
	volume "$ebs_name" "$ebs_level" "$ebs_dir" $ebs_disks
}

# store DIRECTORY: the disks of the instance store, where the type has any; those in use stay as they are.
store() {
	doing 'the search for the instance store'
	store_disks=
	for store_link in /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
		case $store_link in
		*-part* | *_1-ns-* | *\*) continue ;;
		esac
		store_disk=$(readlink -f "$store_link")
		case " $store_disks " in
		*" $store_disk "*) continue ;;
		esac
		[ -n "$(lsblk -nro MOUNTPOINT "$store_disk" | tr -d '\n')" ] || store_disks="$store_disks $store_disk"
	done
	# shellcheck disable=SC2086 # one word a disk
	[ -z "$store_disks" ] || volume store 0 "$1" $store_disks
}
