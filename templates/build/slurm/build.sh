#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds Slurm into /opt/slurm on the head node of a distribution that has no package of it that is new enough.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries

# SchedMD publishes sums at download.schedmd.com/slurm/SHA256 and signs nothing. This one is written in the build files
# of github.com/GSI-HPC/sind and of the Coact daemons, which agree (read 2026-11-28).
version=25.11.8
sum=34ace13f81011add6094569d13bfc4006ad8868201c2236e2905443c7e526393
work=$(mktemp -d /var/tmp/slurm.XXXXXX)
trap 'rm -rf "$work"' EXIT

# RHEL and Rocky have headers in a repository that their images do not use.
repository() {
	"$(pkg_tool)" repolist all | awk '
		$1 ~ /^(crb|powertools|codeready-builder-for-rhel-[0-9]+-rhui-rpms)$/ { print "--enablerepo=" $1; exit }'
}

tools() {
	if command -v build_debian >/dev/null; then
		build_debian
		set -- libpmix-dev libmariadb-dev
	else
		set -- gcc make bzip2 perl pam-devel readline-devel openssl-devel json-c-devel dbus-devel hwloc-devel
		[ -e /opt/slurm/include/munge.h ] || set -- "$@" munge-devel
		enable=$(repository)
		# shellcheck disable=SC2086 # none or one
		pkg_install $enable "$@"
		set -- pmix-devel mariadb-connector-c-devel
	fi
	for optional in "$@"; do
		# shellcheck disable=SC2086
		pkg_try ${enable:-} "$optional" || log "building without $optional"
	done
}

# The packages that others need to run this one: those of the libraries that it loads, at its start or later.
packages() {
	{
		ldd bin/* sbin/* lib/slurm/*.so | awk '$3 ~ /^\/[^o]/ { print $3 }'
		[ ! -e lib/slurm/mpi_pmix.so ] || ldconfig -p | awk '/libpmix\.so\.2 / { print $NF }'
	} | sort -u | while read -r library; do
		library=$(readlink -f "$library")
		dpkg -S "*/${library##*/}" || rpm -qf --qf '%{NAME}:\n' "$library"
	done 2>/dev/null | sed -n 's/^\([^ :,]*\)[:,].*/\1/p' | sort -u >packages
}

tools
cd "$work"
fetch source "https://download.schedmd.com/slurm/slurm-$version.tar.bz2" "$sum" ||
	die "no source of Slurm $version: use an image that has Slurm 22.05 or newer"
tar -xf source --strip-components=1
pmix=
! pkg-config --exists pmix || pmix=--with-pmix # it is not looked for without
./configure --prefix=/opt/slurm --sysconfdir=/etc/slurm --with-munge="$(command -v munged |
	sed 's|/sbin/munged||')" $pmix --disable-debug --disable-static >/var/log/hpcc/slurm-configure.log
make -s -j "$(nproc)" >/var/log/hpcc/slurm-make.log
mkdir -p /opt/slurm
cd /opt/slurm
# Cut off from here on, it is built again.
: >unfinished
make -s -C "$work" install >/var/log/hpcc/slurm-install.log
[ -e lib/slurm/auth_munge.so ] || die "Slurm was built without MUNGE"
packages
timeout 60 sync || :
rm unfinished
