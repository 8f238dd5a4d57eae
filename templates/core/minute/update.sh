#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on the head node: when the stack was updated, the new configuration is taken over and reported.
set -eu
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
old=$(cat "$HPCC/etc/version")
new=$("$PYTHON" /etc/hpcc/fetch.py "$HPCC" "$old") || die "the configuration cannot be read"
[ "$new" != "$old" ] || exit 0
log "configuration $new in place of $old"

load_libraries
finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	signal_stack FAILURE "update of the head node: $(tail -n 5 /var/log/hpcc/update.log)"
}
trap finish EXIT

# Nodes of the lines of hpcc_nodes.conf that the update changes or drops.
changed_nodes() {
	grep '^NodeName=' "$SLURM_CONF_DIR/hpcc_nodes.conf" | grep -vxFf "$HPCC/etc/slurm/hpcc_nodes.conf" |
		sed 's/^NodeName=\([^ ]*\).*/\1/'
}

# Those of them that run.
running_of() {
	for range; do
		sinfo -h -N -n "$range" -o '%N %t' |
			awk '$2 !~ /[~%]$/ && $2 !~ /^(down|power)/ { print $1 }'
	done | sort -u
}

apply_strategy() {
	# shellcheck disable=SC2046 # one word a node range
	busy=$(running_of $(changed_nodes) | paste -sd ,)
	[ -n "$busy" ] || return 0
	case ${HPCC_UPDATE_STRATEGY:-COMPUTE_FLEET_STOP} in
	DRAIN) scontrol update nodename="$busy" state=drain reason="update of the cluster" ;;
	TERMINATE) scontrol update nodename="$busy" state=power_down_force reason="update of the cluster" ;;
	*) die "nodes run that the update changes ($busy): stop them, or set QueueUpdateStrategy" ;;
	esac
}

"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc"
load_settings
apply_strategy
slurm_configure
systemctl restart hpcc-slurmctld.service
retry 30 2 scontrol ping || die "slurmctld does not answer"
optional run_actions OnNodeUpdated
"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1
signal_stack SUCCESS "head node runs the new configuration"
