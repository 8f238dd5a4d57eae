#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts slurmd once all that jobs need is there; only the first time after a boot does it tell Slurm that the node was
# booted. Runs off the node's own disk: at a boot the head node may come later than this one.
set -u
HERE=/var/lib/hpcc
[ -d $HERE/lib ] || HERE=/opt/hpcc # a node of an earlier release
# shellcheck source=../../core/lib/base.sh
. $HERE/lib/base.sh
# shellcheck source=/dev/null
. /etc/hpcc/slurmd
mounts || die "not all is mounted yet"
if [ ! -e /run/hpcc-booted ]; then
	touch /run/hpcc-booted
	HPCC_SLURMD_OPTIONS="-b $HPCC_SLURMD_OPTIONS"
fi
load_libraries
optional nvidia_devices || log "no devices of NVIDIA"
PATH=/opt/slurm/bin:/opt/slurm/sbin:$PATH
# shellcheck disable=SC2086 # one word an option
exec slurmd -D -N "$HPCC_NODE_NAME" --conf-server "$HPCC_HEAD:6820" $HPCC_SLURMD_OPTIONS
