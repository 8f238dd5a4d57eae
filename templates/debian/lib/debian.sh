# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Packages of Debian and its kin.

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

# What a machine that went down in the middle of an installation has left. At a first boot somebody else may be installing.
pkg_mend() {
	DEBIAN_FRONTEND=noninteractive retry 20 6 dpkg --force-confold --configure -a || log "dpkg --configure -a has failed"
	rm -f /usr/sbin/policy-rc.d
}
