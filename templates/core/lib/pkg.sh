# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Packages, whatever the distribution calls its tool.

pkg_tool() {
	for pkg_name in apt-get dnf yum; do
		! command -v "$pkg_name" >/dev/null || break
	done
	echo "$pkg_name"
}

pkg_apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Options::=--force-confold "$@"
}

# Daemons must not start before they are configured: Debian starts what it installs.
pkg_apt_install() {
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
	pkg_status=0
	pkg_apt install --no-install-recommends "$@" || pkg_status=$?
	rm -f /usr/sbin/policy-rc.d
	return "$pkg_status"
}

pkg_try() {
	case $(pkg_tool) in
	apt-get) pkg_apt update && pkg_apt_install "$@" ;;
	*) "$(pkg_tool)" -y -q install "$@" ;;
	esac
}

# pkg_install NAME...: mirrors fail at times, so three attempts.
pkg_install() {
	log "installing $*"
	retry 3 20 pkg_try "$@"
}

# pkg_need COMMAND DEB RPM: installs a package unless its command is there.
pkg_need() {
	command -v "$1" >/dev/null && return
	case $(pkg_tool) in
	apt-get) pkg_install "$2" ;;
	*) pkg_install "$3" ;;
	esac
}
