# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared storage. The file etc/storage sets the variables fs_... of one storage and calls storage_mount.
# shellcheck disable=SC2154 # they are set there

storage_clear() {
	unset fs_Kind fs_Name fs_MountDir fs_VolumeIds fs_RaidType fs_FileSystemId fs_DnsName \
		fs_MountName fs_VolumePath fs_AccessPointId fs_Tls fs_Iam fs_MountTargets
}

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

storage_nfs() {
	pkg_need mount.nfs nfs-common nfs-utils
	fstab_add "$1" "$fs_MountDir" nfs "$2"
}

# The address of the mount target in this node's own subnet, where the cluster knows it; else the DNS name.
storage_efs_host() {
	storage_mac=$(imds meta-data/mac)
	storage_subnet=$(imds "meta-data/network/interfaces/macs/$storage_mac/subnet-id")
	for storage_pair in ${fs_MountTargets:-}; do
		if [ "${storage_pair%%=*}" = "$storage_subnet" ]; then
			echo "${storage_pair#*=}"
			return
		fi
	done
	echo "${fs_DnsName:-$fs_FileSystemId.efs.$HPCC_REGION.$HPCC_SUFFIX}"
}

# Encryption on the way, IAM and access points are what only the mount helper does.
storage_efs() {
	if [ "${fs_Tls:-no}" = no ] && [ "${fs_Iam:-no}" = no ] && [ -z "${fs_AccessPointId:-}" ]; then
		storage_nfs "$(storage_efs_host):/" \
			vers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,_netdev,nofail
		return
	fi
	command -v mount.efs >/dev/null || pkg_install amazon-efs-utils ||
		die "$fs_Name: the EFS mount helper cannot be installed: use an image that has it"
	storage_options=_netdev,nofail,noresvport,tls
	[ "${fs_Iam:-no}" = no ] || storage_options=$storage_options,iam
	[ -z "${fs_AccessPointId:-}" ] || storage_options=$storage_options,accesspoint=$fs_AccessPointId
	fstab_add "$fs_FileSystemId:/" "$fs_MountDir" efs "$storage_options"
}

# Source: FSx for Lustre user guide, "Installing the Lustre client".
storage_lustre_client() {
	command -v mount.lustre >/dev/null && return
	case $HPCC_OS in
	alinux2) amazon-linux-extras install -y lustre ;;
	alinux2023) pkg_install lustre-client ;;
	ubuntu*)
		storage_repo=https://fsx-lustre-client-repo.s3.amazonaws.com/ubuntu
		storage_key=https://fsx-lustre-client-repo-public-keys.s3.amazonaws.com
		curl -fsS "$storage_key/fsx-ubuntu-public-key.asc" |
			gpg --dearmor >/usr/share/keyrings/fsx-ubuntu-public-key.gpg
		storage_release=$(. /etc/os-release && echo "$VERSION_CODENAME")
		printf 'deb [signed-by=%s] %s %s main\n' /usr/share/keyrings/fsx-ubuntu-public-key.gpg \
			"$storage_repo" "$storage_release" >/etc/apt/sources.list.d/fsxlustreclient.list
		pkg_install "lustre-client-modules-$(uname -r)"
		;;
	*)
		storage_release=$(. /etc/os-release && echo "${VERSION_ID%%.*}")
		storage_repo=https://fsx-lustre-client-repo.s3.amazonaws.com/el
		storage_key=https://fsx-lustre-client-repo-public-keys.s3.amazonaws.com
		curl -fsS "$storage_key/fsx-rpm-public-key.asc" -o /tmp/fsx-rpm-public-key.asc
		rpm --import /tmp/fsx-rpm-public-key.asc
		curl -fsS "$storage_repo/$storage_release/fsx-lustre-client.repo" \
			-o /etc/yum.repos.d/aws-fsx.repo
		pkg_install kmod-lustre-client lustre-client
		;;
	esac
}

storage_lustre() {
	storage_lustre_client || die "$fs_Name: no Lustre client for this kernel: use an image that has it"
	fstab_add "$fs_DnsName@tcp:/$fs_MountName" "$fs_MountDir" lustre \
		"defaults,_netdev,flock,user_xattr,noatime,nofail${1:-}"
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
