#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a login node: when the head node took over a new configuration, this node follows it.
set -eu
# Off a copy: what is on the head node counts when it can be read.
base=/var/lib/hpcc/lib/base.sh
[ -e "$base" ] || base=/opt/hpcc/lib/base.sh
# shellcheck source=../../core/lib/base.sh
. "$base"
# What was not there when the node booted may be there now.
mounts || timeout -k 5 20 test -r "$HPCC/etc/storage" || exit 0
load_settings
# Without sackd the node has a copy of Slurm's configuration, which the head node writes after the rest.
if [ -e /etc/slurm/slurm.conf ] && ! cmp -s "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf; then
	cp "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf.new
	mv /etc/slurm/slurm.conf.new /etc/slurm/slurm.conf
fi
# While the head node takes something over there is nothing to follow.
version=$(cat "$HPCC/etc/applied" 2>/dev/null) || exit 0
! grep -qsx "$version" /etc/hpcc/followed || exit 0
log "configuration $version"
load_libraries
step node_local
step pkg_mend
# What nodes of earlier releases have not, or under another name.
node_timer lifecycle
node_timer follow
grep -q ' /opt/hpcc ' /etc/fstab || echo "$HPCC_HEAD:/opt/hpcc /opt/hpcc nfs vers=4,ro,hard,lookupcache=positive,\
actimeo=3,nosuid,nodev,_netdev,nofail 0 0" >>/etc/fstab
# What this node has mounted stands in /etc/hpcc/storage; or it is of an earlier release, and the head node knows.
mkdir -p /etc/hpcc/new
cp "$HPCC/etc/storage" /etc/hpcc/new/storage
was=/etc/hpcc
[ -e $was/storage ] || was=$HPCC/etc/before
[ ! -e "$was/storage" ] || step storage_gone storage_drop "$was" /etc/hpcc/new
step storage_each storage_one /etc/hpcc/new
mv /etc/hpcc/new/storage /etc/hpcc/storage
step node_containers
step node_imds_guard
! command -v sackd >/dev/null || step slurm_unit sackd
step run_actions OnNodeUpdated "$version"
put /etc/hpcc/followed "$version"
rm -f /var/lib/cloud/instance/hpcc-OnNodeUpdated*
