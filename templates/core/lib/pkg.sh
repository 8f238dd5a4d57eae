# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Packages, whatever the distribution calls its tool.

pkg_tool() {
	for pkg_name in apt-get dnf yum; do
		! command -v "$pkg_name" >/dev/null || break
	done
	echo "$pkg_name"
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
	[ "$(pkg_tool)" = apt-get ] || shift
	pkg_install "$2"
}

# fetch FILE URL SUM: a download whose SHA-256 its maker publishes; or fetch FILE URL FINGERPRINT KEY-URL: one that a
# key has signed (signed/). Nothing else comes to a node but from package repositories and for custom actions:
# doc/runtime.md, "Where software comes from". It may be cut off, so five attempts; what fails does not stay.
fetch() {
	retry 5 10 fetch_once "$@" && return
	rm -f "$1"
	log "$2 cannot be had, or is not its maker's"
	return 1
}

# A server that says nothing for a minute is given up.
fetch_once() {
	curl -fsSLy 60 --retry 5 -o "$1" "$2" || return
	if [ $# -gt 3 ]; then
		fetch_signed "$@"
	else
		echo "$3  $1" | sha256sum -c --status
	fi
}
