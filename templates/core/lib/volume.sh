# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# EBS volumes of the head node: attach, make a file system where there is none, mount.

# The block device of a volume: NVMe disks carry its id as serial number, older machines only a letter.
volume_device() {
	volume_link=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$1" | tr -d -)
	if [ -e "$volume_link" ]; then
		readlink -f "$volume_link"
	else
		[ -n "$2" ] && [ -b "/dev/xvd$2" ] && echo "/dev/xvd$2"
	fi
}

# A letter for which neither name of a disk exists.
volume_letter() {
	for volume_try in f g h i j k l m n o p q r s t u v w x y z; do
		[ -e "/dev/xvd$volume_try" ] || [ -e "/dev/sd$volume_try" ] ||
			grep -qs "^$volume_try\$" /run/hpcc-letters && continue
		echo "$volume_try" >>/run/hpcc-letters
		echo "$volume_try"
		return
	done
	return 1
}

volume_call() {
	aws ec2 AttachVolume "VolumeId=$1" "InstanceId=$(imds meta-data/instance-id)" \
		"Device=/dev/sd$2" >&2
}

# volume_attach ID: prints the device; a volume that is attached already is left so.
volume_attach() {
	! volume_device "$1" '' || return 0
	volume_at=$(volume_letter) || die "no free device name for $1"
	retry 10 15 volume_call "$1" "$volume_at" || die "volume $1 cannot be attached"
	retry 60 2 volume_device "$1" "$volume_at" || die "volume $1 does not appear"
}

# What to mount of a disk: its first partition if it has any; an empty disk gets ext4. Data is never touched: only
# the status 2 says that there is nothing, others tell of errors and of marks that contradict each other.
volume_format() {
	volume_part=$(lsblk -nrpo NAME,TYPE "$1" | awk '$2 == "part" { print $1; exit }')
	if [ -n "$volume_part" ]; then
		echo "$volume_part"
		return
	fi
	blkid -p "$1" >/dev/null || {
		[ $? -eq 2 ] || die "nobody knows what $1 holds"
		mkfs.ext4 -q "$1" >&2 || die "no file system can be made on $1"
	}
	echo "$1"
}

# volume_mount DEVICE DIRECTORY: now and at each boot.
volume_mount() {
	mkdir -p "$2"
	volume_uuid=$(blkid -s UUID -o value "$1")
	volume_type=$(blkid -s TYPE -o value "$1")
	fstab_add "UUID=$volume_uuid" "$2" "$volume_type" defaults,_netdev,nofail
}

# fstab_word TEXT: as one column of fstab or exports, see fstab(5).
fstab_word() {
	printf %s "$1" | sed 's/\\/\\134/g; s/ /\\040/g; s/	/\\011/g; $!s/$/\\012/' | tr -d '\n'
}

# fstab_add DEVICE DIRECTORY TYPE OPTIONS: one line for each directory; mounts it unless it is mounted. What is mounted
# is for data: who is root on one node must not leave a program there that makes root on another, or a device.
fstab_add() {
	fstab_at=$(fstab_word "$2")
	fstab_at=$fstab_at awk '$2 == ENVIRON["fstab_at"] { found = 1 } END { exit !found }' /etc/fstab ||
		printf '%s %s %s %s,nosuid,nodev 0 0\n' "$(fstab_word "$1")" "$fstab_at" "$3" "$4" >>/etc/fstab
	mountpoint -q "$2" || retry 10 15 mount "$2" || die "$1 cannot be mounted on $2"
}
