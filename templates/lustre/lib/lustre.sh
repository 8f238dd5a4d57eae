# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# FSx for Lustre file systems and File Cache.
# shellcheck disable=SC2154 # etc/storage sets fs_...

# Source: FSx for Lustre user guide, "Installing the Lustre client".
storage_lustre_client() {
	command -v mount.lustre >/dev/null && return
	storage_repo=https://fsx-lustre-client-repo.s3.amazonaws.com
	storage_key=https://fsx-lustre-client-repo-public-keys.s3.amazonaws.com
	case $HPCC_OS in
	alinux2) amazon-linux-extras install -y lustre ;;
	alinux2023) pkg_install lustre-client ;;
	ubuntu*)
		curl -fsS "$storage_key/fsx-ubuntu-public-key.asc" |
			gpg --dearmor >/usr/share/keyrings/fsx-ubuntu-public-key.gpg
		storage_release=$(. /etc/os-release && echo "$VERSION_CODENAME")
		echo "deb [signed-by=/usr/share/keyrings/fsx-ubuntu-public-key.gpg] $storage_repo/ubuntu $storage_release main" \
			>/etc/apt/sources.list.d/fsxlustreclient.list
		pkg_install "lustre-client-modules-$(uname -r)"
		pkg_try lustre-client-utils || : # what mounts; the modules only recommend it
		;;
	*)
		storage_release=$(. /etc/os-release && echo "$VERSION_ID")
		rpm --import "$storage_key/fsx-rpm-public-key.asc"
		curl -fsS "$storage_repo/el/${storage_release%.*}/fsx-lustre-client.repo" |
			sed "s|/el/[0-9.]*|/el/$storage_release|" >/etc/yum.repos.d/aws-fsx.repo
		pkg_install kmod-lustre-client lustre-client
		;;
	esac
}

storage_lustre() {
	storage_lustre_client || die "$fs_Name: no Lustre client for this kernel: use an image that has it"
	fstab_add "$fs_DnsName@tcp:/$fs_MountName" "$fs_MountDir" lustre \
		"defaults,_netdev,flock,user_xattr,noatime,nofail${1:-}"
}
