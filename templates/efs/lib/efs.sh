# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# EFS file systems.
# shellcheck disable=SC2154 # etc/storage sets fs_...

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
