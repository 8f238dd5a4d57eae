#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds Slurm into /opt/slurm on the head node of a distribution that has no package of it.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
# shellcheck source=../../core/lib/pkg.sh
. /opt/hpcc/lib/pkg.sh

version=24.05.8
work=$(mktemp -d /var/tmp/slurm.XXXXXX)
trap 'rm -rf "$work"' EXIT

pkg_install gcc make bzip2 perl pam-devel readline-devel openssl-devel json-c-devel dbus-devel
for optional in munge-devel hwloc-devel pmix-devel mariadb-connector-c-devel; do
	pkg_try "$optional" || log "building without $optional"
done
curl -fsSL --retry 5 "https://download.schedmd.com/slurm/slurm-$version.tar.bz2" |
	tar -xjC "$work" --strip-components=1
cd "$work"
./configure --prefix=/opt/slurm --sysconfdir=/etc/slurm --with-munge="$(command -v munged |
	sed 's|/sbin/munged||')" --disable-debug >/var/log/hpcc/slurm-configure.log
make -s -j "$(nproc)" >/var/log/hpcc/slurm-make.log
make -s install >/var/log/hpcc/slurm-install.log
