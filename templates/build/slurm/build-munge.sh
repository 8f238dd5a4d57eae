#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds MUNGE into /opt/slurm where the distribution has no package of it.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries

# The sum is in the recipes of Spack and of aws-parallelcluster-cookbook, which agree (read 2026-11-28).
version=0.5.18
sum=39c3ec6ef5604bfa206e8aa10fc05d5119040f6de4a554bc0fb98ca1aed838dc
work=$(mktemp -d /var/tmp/munge.XXXXXX)
trap 'rm -rf "$work"' EXIT

pkg_install gcc make xz openssl-devel zlib-devel
cd "$work"
fetch source "https://github.com/dun/munge/releases/download/munge-$version/munge-$version.tar.xz" "$sum"
tar -xf source --strip-components=1
./configure --prefix=/opt/slurm --sysconfdir=/etc --localstatedir=/var --runstatedir=/run \
	>/var/log/hpcc/munge-configure.log
make -s -j "$(nproc)" >/var/log/hpcc/munge-make.log
make -s install >/var/log/hpcc/munge-install.log
