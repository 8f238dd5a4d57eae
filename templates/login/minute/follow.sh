#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a login node: when the head node took over a new configuration, this node follows it.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
# Without sackd the node has a copy of Slurm's configuration, which the head node writes after the rest.
if [ -e /etc/slurm/slurm.conf ] && ! cmp -s "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf; then
	cp "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf
fi
version=$(cat "$HPCC/etc/version")
[ "$version" != "$(cat /etc/hpcc/followed)" ] || exit 0
log "configuration $version"
load_libraries
storage_mount_all
systemctl try-restart hpcc-sackd.service
optional run_actions OnNodeUpdated
echo "$version" >/etc/hpcc/followed
