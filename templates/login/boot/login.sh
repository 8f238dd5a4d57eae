#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a login node: homes, storage and Slurm's commands, then its group may send it users.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/boot.log 2>&1

# The group keeps a new instance waiting for this.
answer_group() {
	aws autoscaling CompleteLifecycleAction "AutoScalingGroupName=$HPCC_GROUP" \
		"LifecycleHookName=$HPCC_HOOK_LAUNCHING" "InstanceId=$(imds meta-data/instance-id)" \
		"LifecycleActionResult=$1"
}

finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console
	answer_group ABANDON
}
trap finish EXIT

# Commands find the controller by sackd where there is one (23.11), else by a copy of the configuration.
slurm_client() {
	slurm_munge_start
	[ -d /opt/slurm ] || command -v sackd >/dev/null || pkg_try sackd || log "without sackd"
	if command -v sackd >/dev/null; then
		slurm_unit sackd
	else
		printf 'SLURM_CONF=/etc/slurm/slurm.conf\n' >>/etc/environment
		mkdir -p /etc/slurm
		retry 30 10 test -r "$HPCC/etc/slurm/client.conf" || die "the head node has no Slurm configuration"
		cp "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf
	fi
	retry 30 2 scontrol ping || die "slurmctld cannot be asked"
}

optional run_actions OnNodeStart
optional node_smt
optional node_proxy
node_open
optional node_search
node_user
storage_has_homes || fstab_add "$HPCC_HEAD:/home" /home nfs hard,_netdev,noatime,nofail
storage_mount_all
node_ssh
login_keys_take
slurm_install client
slurm_client
optional node_directory
node_imds_guard
optional node_dcv
node_rotate
optional logs_start
optional run_actions OnNodeConfigured
: >/run/hpcc-ready
answer_group CONTINUE
cp "$HPCC/etc/version" /etc/hpcc/followed
node_timer lifecycle
node_timer follow
log "ready"
