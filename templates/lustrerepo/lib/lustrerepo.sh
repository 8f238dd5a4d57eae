# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The Lustre client where the distribution has none.
# Source: FSx for Lustre user guide, "Installing the Lustre client". The packages are signed; FSx publishes no fingerprint
# of the keys, so they are taken as its bucket hands them out.

lustre_packages() {
	storage_repo=https://fsx-lustre-client-repo.s3.amazonaws.com
	storage_key=https://fsx-lustre-client-repo-public-keys.s3.amazonaws.com
	case $HPCC_OS in
	ubuntu*) storage_lustre_ubuntu ;;
	*)
		storage_release=$(. /etc/os-release && echo "$VERSION_ID")
		printf '%s\n' '[aws-fsx]' 'name=FSx for Lustre' "baseurl=$storage_repo/el/$storage_release/\$basearch" \
			gpgcheck=1 "gpgkey=$storage_key/fsx-rpm-public-key.asc" >/etc/yum.repos.d/aws-fsx.repo
		pkg_install kmod-lustre-client lustre-client
		;;
	esac
}

# There is a package for each kernel, but not for all of them, and none before it was made: the kernel stays.
storage_lustre_ubuntu() {
	storage_ring=/usr/share/keyrings/fsx-ubuntu-public-key.asc
	retry 3 10 curl -fsSo "$storage_ring" -m 60 "$storage_key/fsx-ubuntu-public-key.asc" || return
	echo "deb [signed-by=$storage_ring] $storage_repo/ubuntu $(. /etc/os-release && echo "$VERSION_CODENAME") main" \
		>/etc/apt/sources.list.d/fsxlustreclient.list
	retry 3 20 pkg_apt update || return
	storage_modules=lustre-client-modules-$(uname -r)
	if [ -z "$(apt-cache madison "$storage_modules")" ]; then
		log "FSx has no $storage_modules, but" "$(apt-cache pkgnames lustre-client-modules | sort -V | tail -n 5)"
		return 1
	fi
	pkg_install "$storage_modules" || return
	pkg_try lustre-client-utils || : # what mounts; the modules only recommend it
	dpkg-query -W -f '${Package}\n' 'linux-*aws*' | xargs apt-mark hold >&2 || :
}
