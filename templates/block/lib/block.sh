# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared EBS volumes and RAID arrays of them.
# shellcheck disable=SC2154 # etc/storage sets fs_...

# Volumes lie at the head node; the others see them by NFS.
storage_block() {
	if [ "$HPCC_KIND" != head ]; then
		storage_nfs "$HPCC_HEAD:$fs_MountDir" hard,_netdev,noatime,nofail
		return
	fi
	storage_disks=
	for storage_id in $fs_VolumeIds; do
		storage_disks="$storage_disks $(volume_attach "$storage_id")" || return 1
	done
	if [ "$fs_Kind" = Raid ]; then
		# shellcheck disable=SC2086 # one word a disk
		storage_disks=$(volume_raid "$fs_Name" "$fs_RaidType" $storage_disks) || return 1
	fi
	storage_disk=$(volume_format "${storage_disks# }") || return 1
	volume_mount "$storage_disk" "$fs_MountDir"
	chmod 1777 "$fs_MountDir"
	nfs_export "$fs_MountDir" rw
}

storage_Ebs() {
	storage_block || die "$fs_Name cannot be mounted"
}

storage_Raid() {
	storage_Ebs
}

# It is mounted already: this may be what an update was about to do when it was cut off, or what one that was given up has undone.
storage_again() {
	case $HPCC_KIND$fs_Kind in
	headEbs | headRaid) nfs_export "$fs_MountDir" rw ;;
	esac
}
