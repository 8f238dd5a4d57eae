# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What Slurm is built with on Debian and its kin.

build_debian() {
	pkg_install gcc make bzip2 pkg-config libpam0g-dev libreadline-dev libssl-dev libjson-c-dev libdbus-1-dev \
		libhwloc-dev libmunge-dev
}
