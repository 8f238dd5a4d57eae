# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# EBS volumes of the head node: attach, make a file system where there is none, mount.

# The block device of a volume: NVMe disks carry its id as serial number, older machines only a letter.
volume_device() {
	volume_link=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$1" | tr -d -)
	readlink -e "$volume_link" || { [ -b "/dev/xvd$2" ] && echo "/dev/xvd$2"; }
}

# volume_table INSTANCE: lines "/dev/sdX volume" of what EC2 says is attached: the machine itself shows not all names that are taken.
volume_table() {
	volume_said=$(aws ec2 DescribeInstances "InstanceId.1=$1") || return
	echo "$volume_said" | awk '
		$1 ~ /\/deviceName$/ { name = $2 }
		$1 ~ /ebs\/volumeId$/ { print name, $2 }'
}

# Sets volume_at, the letter under which a volume is attached or asked for. A name that is in use after all EC2 refuses: the
# next one, then.
volume_call() {
	volume_here=$(imds meta-data/instance-id) && volume_names=$(volume_table "$volume_here") || return
	volume_at=$(echo "$volume_names" | sed -n "s/^.*\(.\) $1\$/\1/p")
	[ -z "$volume_at" ] || return 0
	for volume_at in f g h i j k l m n o p q r s t u v w x y z; do
		[ -e "/dev/xvd$volume_at" ] || [ -e "/dev/sd$volume_at" ] ||
			echo "$volume_names" | grep -q "d$volume_at " && continue
		volume_said=$(aws ec2 AttachVolume "VolumeId=$1" "InstanceId=$volume_here" "Device=/dev/sd$volume_at") &&
			return
		case $volume_said in
		*InvalidParameterValue*) ;;
		*) return 1 ;;
		esac
	done
	return 1
}

# volume_attach ID: prints the device; a volume that is attached already is left so.
volume_attach() {
	! volume_device "$1" '' || return 0
	retry 10 15 volume_call "$1" >&2 || die "volume $1 cannot be attached"
	retry 60 2 volume_device "$1" "$volume_at" || die "volume $1 does not appear"
}

# volume_detach ID: so that it can be deleted. A volume of the user's is not ours to detach; one that is gone is well.
volume_detach() {
	{ retry 3 10 aws ec2 DetachVolume "VolumeId=$1" >&2 && retry 30 2 volume_away "$1"; } || log "volume $1 is not detached"
}

volume_away() {
	! volume_device "$1" '' >/dev/null
}

# A part of the state volume that only Slurm and root can fill: whoever fills the homes beside it stops no queue. What ext4
# keeps for root is enough for both; the kernel is told at each mount, for not every one reads the group off the disk.
volume_reserve() {
	command -v slurm_make >/dev/null || return 0
	volume_disk=$(findmnt -nro SOURCE -t ext4 /srv/hpcc) || return 0
	! tune2fs -l "$volume_disk" | grep -q '^Reserved block count: *0$' || tune2fs -m 5 "$volume_disk" >&2
	volume_gid=resgid=$(id -g slurm)
	sed -i "\\| /srv/hpcc |{/resgid/!s/nodev/&,$volume_gid/}" /etc/fstab
	mount -o "remount,nosuid,nodev,$volume_gid" /srv/hpcc ||
		log "no room is reserved on /srv/hpcc"
}

# Does a disk hold nothing? Only the status 2 says so, others tell of errors and of marks that contradict each other.
volume_empty() {
	blkid -p "$1" >/dev/null && return 1
	[ $? -eq 2 ] || die "nobody knows what $1 holds"
}

# What to mount of a disk: its first partition if it has any; an empty disk gets ext4. Data is never touched.
volume_format() {
	lsblk -nrpo NAME,TYPE "$1" | awk '$2 == "part" { print $1; found = 1; exit } END { exit !found }' && return
	! volume_empty "$1" || mkfs.ext4 -q "$1" >&2 || die "mkfs fails on $1"
	echo "$1"
}

# volume_mount DEVICE DIRECTORY: now and at each boot.
volume_mount() {
	mkdir -p "$2"
	{ volume_uuid=$(blkid -s UUID -o value "$1") && volume_type=$(blkid -s TYPE -o value "$1"); } ||
		die "nobody knows what $1 holds"
	fstab_add "UUID=$volume_uuid" "$2" "$volume_type" defaults,_netdev,nofail
}

# fstab_word TEXT: as one column of fstab or exports, see fstab(5).
fstab_word() {
	printf %s "$1" | sed 's/\\/\\134/g; s/ /\\040/g; s/	/\\011/g; $!s/$/\\012/' | tr -d '\n'
}

# fstab_has FILE DIRECTORY: has fstab, or the list of what is mounted, a line for it? Whoever looked at the directory itself
# would wait for a server that is gone.
fstab_has() {
	fstab_at=$(fstab_word "$2") awk '$2 == ENVIRON["fstab_at"] { found = 1 } END { exit !found }' "$1"
}

# fstab_set DIRECTORY [LINE]: fstab has that line for it, or none.
fstab_set() {
	{
		fstab_at=$(fstab_word "$1") awk '$2 != ENVIRON["fstab_at"]' /etc/fstab && { [ -z "${2:-}" ] || printf '%s\n' "$2"; }
	} >/etc/fstab.new && mv /etc/fstab.new /etc/fstab
}

# mounted DIRECTORY: who gets no answer for a third of a minute has asked a server that is gone, so it is.
mounted() {
	timeout -k 5 20 mountpoint -q "$1" || case $? in 124 | 137) ;; *) return 1 ;; esac
}

# fstab_add DEVICE DIRECTORY TYPE OPTIONS: one line for each directory, that by which it is mounted; mounts it unless it is.
# What is mounted is for data: who is root on one node must not leave a program there that makes root on another, or a device.
fstab_add() {
	{ mounted "$2" && fstab_has /etc/fstab "$2"; } ||
		fstab_set "$2" "$(fstab_word "$1") $(fstab_word "$2") $3 $4,nosuid,nodev 0 0"
	mounted "$2" || retry 10 15 mount "$2" || die "$1 cannot be mounted on $2"
}

# fstab_drop DIRECTORY [OPTION]: it is mounted no more, now and at later boots; with an option of umount that is tried when
# somebody still looks at it.
fstab_drop() {
	! fstab_has /proc/mounts "$1" || retry 5 2 timeout -k 5 30 umount "$1" ||
		{ [ $# -gt 1 ] && timeout -k 5 30 umount "$2" "$1"; } || return
	fstab_set "$1"
}
