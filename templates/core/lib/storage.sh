# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared storage. The file etc/storage sets the variables fs_... of one storage and calls storage_mount, each in a
# shell of its own.
# shellcheck disable=SC2154 # they are set there

# A cluster of an earlier release comes here from its own update.sh, which knows nothing of what follows.
case ${0##*/}${HPCC_UPDATE:-} in
update.sh) exec "$0" ;;
esac

storage_nfs() {
	pkg_need mount.nfs nfs-common nfs-utils
	fstab_add "$1" "$fs_MountDir" nfs "$2"
}

# A storage of etc/storage: what is done with it says storage_each.
storage_mount() {
	"$storage_do"
}

# storage_each FUNCTION FOLDER: calls it for each storage of a configuration, in the order of the file.
storage_each() {
	storage_do=$1
	# shellcheck source=/dev/null
	. "$2/storage"
}

# A module has the function storage_KIND for each kind of storage. What is mounted already stays, for updates come here
# again; but a first boot that was cut off does all once more.
storage_one() {
	if [ -e /var/lib/cloud/instance/hpcc-ready ] && mounted "$fs_MountDir"; then
		optional storage_again
		return
	fi
	log "mounting $fs_Name on $fs_MountDir"
	mkdir -p "$fs_MountDir"
	"storage_$fs_Kind"
	[ "${fs_Internal:-no}" = no ] || storage_home
	optional storage_keep_homes
}

# Which storage it is, and where: what has another key is another one.
storage_key() {
	printf '%s\n' "$fs_MountDir ${fs_VolumeIds:-}${fs_FileSystemId:-}${fs_FileCacheId:-}${fs_VolumeId:-} ${fs_AccessPointId:-}" |
		cksum
}

# storage_gone FUNCTION OLD NEW: calls it for each storage of one folder that the other has no more.
storage_gone() {
	storage_stays=$(storage_each storage_key "$3")
	storage_then=$1
	storage_each storage_if_gone "$2"
}

storage_if_gone() {
	echo "$storage_stays" | grep -qx "$(storage_key)" || "$storage_then"
}

storage_name() {
	echo "$fs_Name"
}

# Takes a storage away. A disk is in use here or it is not; what comes over the network goes when the last has left it.
storage_drop() {
	log "unmounting $fs_Name"
	case $HPCC_KIND$fs_Kind in
	headEbs | headRaid)
		nfs_unexport "$fs_MountDir"
		fstab_drop "$fs_MountDir" || die "$fs_Name is in use on the head node, in $fs_MountDir"
		storage_stop "/dev/md/$(echo "$fs_Name" | tr / -)"
		for storage_id in $fs_VolumeIds; do
			volume_detach "$storage_id"
		done
		;;
	*) fstab_drop "$fs_MountDir" -fl || die "$fs_Name cannot be unmounted" ;;
	esac
}

# The array that held it lets its disks go.
storage_stop() {
	[ -e "$1" ] || return 0
	sed -i "\|$1 |d" /etc/mdadm/mdadm.conf /etc/mdadm.conf
	mdadm --stop "$1" >&2 || die "$1 is in use"
}

# Mounts all shared storage of the cluster in the order of the file.
storage_mount_all() {
	storage_each storage_one "$HPCC/etc"
}

# Are the homes on shared storage? Else the head node exports them.
storage_has_homes() {
	grep -qE '^fs_(MountDir=/home|Internal=yes)$' "$HPCC/etc/storage"
}

# Homes of the head node, on the others.
node_homes() {
	storage_has_homes || fstab_add "$HPCC_HEAD:/home" /home nfs hard,_netdev,noatime,nofail
}
