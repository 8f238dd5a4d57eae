# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared storage. The file etc/storage sets the variables fs_... of one storage and calls storage_mount.
# shellcheck disable=SC2154 # they are set there

storage_clear() {
	unset fs_Kind fs_Name fs_MountDir fs_VolumeIds fs_RaidType fs_FileSystemId fs_DnsName \
		fs_MountName fs_VolumePath fs_AccessPointId fs_Tls fs_Iam fs_MountTargets
}

storage_nfs() {
	pkg_need mount.nfs nfs-common nfs-utils
	fstab_add "$1" "$fs_MountDir" nfs "$2"
}

storage_mount() {
	log "mounting $fs_Name on $fs_MountDir"
	mkdir -p "$fs_MountDir"
	case $fs_Kind in
	Ebs | Raid) storage_block || die "$fs_Name cannot be mounted" ;;
	Efs) storage_efs ;;
	FsxLustre) storage_lustre ;;
	FileCache) storage_lustre ,x-systemd.requires=network.service ;;
	FsxOpenZfs) storage_nfs "$fs_DnsName:$fs_VolumePath" nfsvers=4.2,_netdev,nofail ;;
	FsxOntap) storage_nfs "$fs_DnsName:$fs_VolumePath" _netdev,nofail ;;
	*) die "$fs_Name: unknown kind of storage $fs_Kind" ;;
	esac
}

# Mounts all shared storage of the cluster in the order of the file.
storage_mount_all() {
	# shellcheck source=/dev/null
	. "$HPCC/etc/storage"
}

# Is there a shared storage on this directory?
storage_has() {
	grep -q "^fs_MountDir=$1\$" "$HPCC/etc/storage"
}
