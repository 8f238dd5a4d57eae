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

# Lines "node settings" of a hpcc_nodes.conf: ranges grow and shrink without a change of their nodes.
node_lines() {
	sed -n 's/^NodeName=//p' "$1" | while read -r range rest; do
		scontrol show hostnames "$range" | while read -r node; do
			echo "$node $rest"
		done
	done
}

# Nodes that run and that the update changes or drops. Those that it drops cannot be drained: Slurm forgets them at once,
# and kills their jobs. To drain costs no job, so it is also how nodes get a new image or launch template.
apply_strategy() {
	node_lines "$HPCC/etc/slurm/hpcc_nodes.conf" >/run/hpcc-nodes
	{
		node_lines "$SLURM_CONF_DIR/hpcc_nodes.conf" | grep -vxFf /run/hpcc-nodes | cut -d ' ' -f 1
		[ "$HPCC_UPDATE_STRATEGY" != DRAIN ] || grep -vxFf "$HPCC/etc/launch" /run/hpcc-launch |
			awk '{ print $1 "-(st|dy)-" $2 "-[0-9]+" }'
	} >/run/hpcc-changed
	busy=$(sinfo -ahN -o '%N %t' | awk '$2 !~ /[~%]$/ && $2 !~ /^(down|power)/ { print $1 }' |
		grep -xEf /run/hpcc-changed | sort -u)
	[ -n "$busy" ] || return 0
	for node in $busy; do
		grep -q "^$node " /run/hpcc-nodes || dropped=$node
	done
	busy=$(echo "$busy" | paste -sd ,)
	case $HPCC_UPDATE_STRATEGY${dropped:-} in
	DRAIN) scontrol update nodename="$busy" state=drain reason="update of the cluster" ;;
	TERMINATE*) scontrol update nodename="$busy" state=power_down_force reason="update of the cluster" ;;
	*) die "nodes run that the update changes ($busy): stop them, or set QueueUpdateStrategy" ;;
	esac
}

cp "$HPCC/etc/launch" /run/hpcc-launch
# This file is written only when there is something in it.
rm -f "$HPCC/etc/slurm/custom.conf"
"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc"
load_settings
apply_strategy
storage_mount_all
slurm_configure
optional slurm_accounting
systemctl restart hpcc-slurmctld.service
retry 30 2 scontrol ping || die "slurmctld does not answer"
# Nodes that run get the new slurm.conf.
scontrol reconfigure || :
optional slurm_accounts
optional run_actions OnNodeUpdated
"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1
signal_stack SUCCESS "head node runs the new configuration"
