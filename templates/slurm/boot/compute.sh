#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a compute node, after its bootstrap mounted /opt/hpcc: it learns its name and joins Slurm. One that was cut
# off runs again, from the begin.
# It calls no AWS API but the instance metadata service (custom actions from S3 excepted).
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/boot.log 2>&1

finish() {
	status=$?
	[ "$status" -ne 0 ] && ! stopping || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console || :
	# A launch template of an earlier release brings no end.sh.
	sh /var/lib/hpcc/end.sh "the boot of this node failed" || shutdown -h +1
}
trap finish EXIT

# The resume program writes a file named like the instance once EC2 has told it the id.
learn_name() {
	instance=$(imds meta-data/instance-id) || die "the metadata service does not answer"
	retry 100 3 test -s "$HPCC/nodes/$instance" || die "nobody knows $instance"
	node=$(cat "$HPCC/nodes/$instance")
	[ "${HPCC_EC2_HOSTNAMES:-no}" = yes ] || node_name "$node"
}

# Versions before 23.11 know nothing of instances.
slurm_join() {
	options=
	if [ "$(slurm_version slurmd)" -ge 2311 ]; then
		options=$(imds meta-data/instance-type) || die "the metadata service does not answer"
		options="--instance-id=$instance --instance-type=$options"
	fi
	printf "HPCC_NODE_NAME=%s\nHPCC_SLURMD_OPTIONS='%s'\n" "$node" "$options" >/etc/hpcc/slurmd
	slurm_munge_start
	slurm_unit slurmd
}

step node_local
step pkg_mend
step learn_name
step node_compat
step node_calm
step run_actions OnNodeStart
step node_smt
step node_proxy
step logs_start
step node_open
step node_search
step node_user
step node_homes
step storage_mount_all
step node_ssh
step node_ephemeral
step slurm_install slurmd
step slurm_names
step node_containers
step node_efa
step node_directory
step node_rotate
step run_actions OnNodeConfigured
step node_nvidia
step slurm_join
step node_timer watchdog
: >/run/hpcc-ready # for one of an earlier release
: >/var/lib/cloud/instance/hpcc-ready
log "ready as $node"
