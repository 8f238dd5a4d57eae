# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared storage. The file etc/storage sets the variables fs_... of one storage and calls storage_mount, each in a
# shell of its own.
# shellcheck disable=SC2154 # they are set there

storage_nfs() {
	pkg_need mount.nfs nfs-common nfs-utils
	fstab_add "$1" "$fs_MountDir" nfs "$2"
}

# What is mounted already stays: updates come here again.
storage_mount() {
	! mountpoint -q "$fs_MountDir" || return 0
	log "mounting $fs_Name on $fs_MountDir"
	mkdir -p "$fs_MountDir"
	case $fs_Kind in
	Ebs | Raid) storage_block || die "$fs_Name cannot be mounted" ;;
	Efs) storage_efs ;;
	FsxLustre) storage_lustre ;;
	FileCache) storage_lustre ,x-systemd.requires=network.service ;;
	FsxOpenZfs) storage_nfs "$fs_DnsName:$fs_VolumePath" nfsvers=4.2,_netdev,nofail ;;
	FsxOntap) storage_nfs "$fs_DnsName:$fs_VolumePath" _netdev,nofail ;;
	esac
	[ "${fs_Internal:-no}" = no ] || storage_home
	[ "$fs_MountDir$HPCC_KIND" != /homehead ] || storage_keep_homes
}

# The homes of the image, with the keys of its user, lie under what was mounted: those that are not there are copied.
storage_keep_homes() {
	mkdir -p /run/hpcc-root
	mount --bind / /run/hpcc-root
	cp -an /run/hpcc-root/home/. /home/ || :
	umount /run/hpcc-root
}

# The file system of the cluster itself holds the homes.
storage_home() {
	mkdir -p "$fs_MountDir/home"
	[ "$HPCC_KIND" != head ] || cp -an /home/. "$fs_MountDir/home/"
	fstab_add "$fs_MountDir/home" /home none "bind,nofail,x-systemd.requires-mounts-for=$fs_MountDir"
}

# Mounts all shared storage of the cluster in the order of the file.
storage_mount_all() {
	# shellcheck source=/dev/null
	. "$HPCC/etc/storage"
}

# Are the homes on shared storage? Else the head node exports them.
storage_has_homes() {
	grep -qE '^fs_(MountDir=/home|Internal=yes)$' "$HPCC/etc/storage"
}
