# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# EFS file systems.
# shellcheck disable=SC2154 # etc/storage sets fs_...

# The address of the mount target in this node's own subnet, where the cluster knows it; else the DNS name, which
# is known in zones with a mount target; else the address of any.
storage_efs_host() {
	storage_mac=$(imds meta-data/mac) || return
	storage_subnet=$(imds "meta-data/network/interfaces/macs/$storage_mac/subnet-id") || return
	storage_any=
	for storage_pair in ${fs_MountTargets:-}; do
		storage_any=${storage_pair#*=}
		if [ "${storage_pair%%=*}" = "$storage_subnet" ]; then
			echo "${storage_pair#*=}"
			return
		fi
	done
	if [ -n "$storage_any" ] && ! getent hosts "$fs_DnsName" >/dev/null; then
		echo "$storage_any"
		return
	fi
	echo "${fs_DnsName:-$fs_FileSystemId.efs.$HPCC_REGION.$HPCC_SUFFIX}"
}

# Amazon Linux has a package. Others build the last release whose sum AWS publishes and which needs no compiler; nobody
# signs the packages of AWS's own installer. Source of the sum: aws-parallelcluster-cookbook, resources/efs/partial/
# _common.rb; it is that of `git archive v1.34.1` of github.com/aws/efs-utils as well (made and compared 2026-11-28).
storage_efs_helper() {
	command -v mount.efs >/dev/null && return
	case $HPCC_OS in
	alinux*) pkg_install amazon-efs-utils ;;
	*)
		storage_dir=$(mktemp -d)
		fetch "$storage_dir/archive" https://github.com/aws/efs-utils/archive/v1.34.1.tar.gz \
			69d0d8effca3b58ccaf4b814960ec1d16263807e508b908975c2627988c7eb6c &&
			(cd "$storage_dir" && tar -xzf archive --strip-components=1 && storage_efs_build) >&2
		rm -rf "$storage_dir"
		;;
	esac
	command -v mount.efs >/dev/null
}

storage_efs_build() {
	case $(pkg_tool) in
	apt-get) pkg_install binutils && ./build-deb.sh && pkg_install ./build/amazon-efs-utils*.deb ;;
	*) pkg_install make rpm-build && make rpm && pkg_install ./build/amazon-efs-utils*.rpm ;;
	esac
}

# Encryption on the way, IAM and access points are what only the mount helper does.
storage_Efs() {
	if [ "${fs_Tls:-no}" = no ] && [ "${fs_Iam:-no}" = no ] && [ -z "${fs_AccessPointId:-}" ]; then
		storage_host=$(storage_efs_host) || exit
		storage_nfs "$storage_host:/" \
			vers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,_netdev,nofail
		return
	fi
	storage_efs_helper || die "$fs_Name: the EFS mount helper cannot be installed: use an image that has it"
	storage_options=_netdev,nofail,noresvport,tls
	storage_host=
	[ -z "${fs_MountTargets:-}" ] || storage_host=$(storage_efs_host) || exit
	case $storage_host in
	[0-9]*) storage_options=$storage_options,mounttargetip=$storage_host ;;
	esac
	[ "${fs_Iam:-no}" = no ] || storage_options=$storage_options,iam
	[ -z "${fs_AccessPointId:-}" ] || storage_options=$storage_options,accesspoint=$fs_AccessPointId
	fstab_add "$fs_FileSystemId:/" "$fs_MountDir" efs "$storage_options"
}

# The file system of the cluster itself holds the homes.
storage_home() {
	mkdir -p "$fs_MountDir/home"
	[ "$HPCC_KIND" != head ] || cp -an /home/. "$fs_MountDir/home/"
	fstab_add "$fs_MountDir/home" /home none "bind,nofail,x-systemd.requires-mounts-for=$fs_MountDir"
}
