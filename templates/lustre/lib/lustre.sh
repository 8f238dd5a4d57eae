# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# FSx for Lustre file systems and File Cache.
# shellcheck disable=SC2154 # etc/storage sets fs_...

storage_lustre_client() {
	command -v mount.lustre >/dev/null && return
	case $HPCC_OS in
	alinux2) amazon-linux-extras install -y lustre ;;
	alinux2023) pkg_install lustre-client ;;
	*) lustre_packages ;;
	esac
}

storage_FsxLustre() {
	storage_lustre_client ||
		die "$fs_Name: no Lustre client for kernel $(uname -r): use alinux2023 or a CustomAmi that has it"
	fstab_add "$fs_DnsName@tcp:/$fs_MountName" "$fs_MountDir" lustre \
		"defaults,_netdev,flock,user_xattr,noatime,nofail${1:-}"
}

storage_FileCache() {
	storage_FsxLustre ,x-systemd.requires=network.service
}
