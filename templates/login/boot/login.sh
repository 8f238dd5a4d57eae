#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a login node: homes, storage and Slurm's commands, then its group may send it users. One that was cut off
# runs again, from the begin.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/boot.log 2>&1

# The group keeps a new instance waiting for this. It may have heard it already.
answer_group() {
	instance=$(imds meta-data/instance-id) || return
	answer=$(aws autoscaling CompleteLifecycleAction "AutoScalingGroupName=$HPCC_GROUP" \
		"LifecycleHookName=$HPCC_HOOK_LAUNCHING" "InstanceId=$instance" \
		"LifecycleActionResult=$1") || case $answer in
	*"No active"*) ;;
	*) return 1 ;;
	esac
}

finish() {
	status=$?
	[ "$status" -ne 0 ] && ! stopping || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console || :
	answer_group ABANDON
}
trap finish EXIT

# Commands find the controller by sackd where there is one (23.11), else by a copy of the configuration.
slurm_client() {
	slurm_munge_start
	slurm_own || command -v sackd >/dev/null || pkg_try sackd || log "without sackd"
	if command -v sackd >/dev/null; then
		# It ends where slurmctld, in a restart, say, does not answer at once.
		retry 12 5 slurm_unit sackd || die "sackd does not start"
	else
		grep -qs ^SLURM_CONF= /etc/environment || echo SLURM_CONF=/etc/slurm/slurm.conf >>/etc/environment
		mkdir -p /etc/slurm
		retry 30 10 test -r "$HPCC/etc/slurm/client.conf" || die "the head node has no Slurm configuration"
		cp "$HPCC/etc/slurm/client.conf" /etc/slurm/slurm.conf
	fi
	retry 30 2 scontrol ping || die "slurmctld cannot be asked"
}

# What minute/follow.sh compares with: before it is mounted, for it may change meanwhile.
login_knows() {
	cp "$HPCC/etc/storage" /etc/hpcc/storage
	cp "$HPCC/etc/applied" /etc/hpcc/followed || :
}

step node_local
step pkg_mend
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
step login_knows
step storage_mount_all
step node_ssh
step login_keys_take
step slurm_install client
step slurm_client
step slurm_names
step node_containers
step node_directory
step node_imds_guard
step node_dcv
step node_rotate
step run_actions OnNodeConfigured
step node_timer lifecycle
step node_timer follow
step retry 5 20 answer_group CONTINUE
: >/var/lib/cloud/instance/hpcc-ready
log "ready"
