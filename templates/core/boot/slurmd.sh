#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts slurmd; only the first time after a boot does it tell Slurm that the node was booted.
set -u
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
# shellcheck source=/dev/null
. /etc/hpcc/slurmd
if [ ! -e /run/hpcc-booted ]; then
	touch /run/hpcc-booted
	HPCC_SLURMD_OPTIONS="-b $HPCC_SLURMD_OPTIONS"
fi
# NVIDIA's driver makes its devices when it is first used; slurmd looks for them, and jobs cannot make them.
modprobe -q nvidia-uvm && nvidia-smi
# shellcheck disable=SC2086 # one word an option
exec slurmd -D -N "$HPCC_NODE_NAME" --conf-server "$HPCC_HEAD:6820" $HPCC_SLURMD_OPTIONS
