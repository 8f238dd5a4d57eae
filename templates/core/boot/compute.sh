#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a compute node, after its bootstrap mounted /opt/hpcc: it learns its name and joins Slurm.
# It calls no AWS API but the instance metadata service (custom actions from S3 excepted).
set -eu
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/boot.log 2>&1

finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console
	shutdown -h +1 "hpcc: the boot of this node failed"
}
trap finish EXIT

# The resume program writes a file named like the instance once EC2 has told it the id.
learn_name() {
	instance=$(imds meta-data/instance-id)
	retry 100 3 test -s "$HPCC/nodes/$instance" || die "nobody knows $instance"
	node=$(cat "$HPCC/nodes/$instance")
	[ "${HPCC_EC2_HOSTNAMES:-no}" = yes ] || node_name "$node"
}

# Versions before 23.11 know nothing of instances.
slurm_join() {
	options=
	if [ "$(slurmd -V | sed 's/^slurm[^ ]* \([0-9]*\)\.\([0-9]*\).*/\1\2/')" -ge 2311 ]; then
		options="--instance-id=$instance --instance-type=$(imds meta-data/instance-type)"
	fi
	printf "HPCC_NODE_NAME=%s\nHPCC_SLURMD_OPTIONS='%s'\n" "$node" "$options" >/etc/hpcc/slurmd
	slurm_munge_start
	slurm_unit slurmd
}

learn_name
optional run_actions OnNodeStart
optional node_smt
optional node_proxy
node_open
optional node_search
node_user
storage_has_homes || fstab_add "$HPCC_HEAD:/home" /home nfs hard,_netdev,noatime,nofail
storage_mount_all
node_ssh
optional node_ephemeral
slurm_install slurmd
optional node_efa
optional node_directory
node_rotate
optional logs_start
optional run_actions OnNodeConfigured
optional node_nvidia
slurm_join
: >/run/hpcc-ready
node_timer watchdog
log "ready as $node"
