#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on the head node: what Slurm believes and what EC2 has are brought into line.
set -u
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
capacity_pause=600
orphan_age=120
now=$(date +%s)
# Without the state volume nothing is known of any instance.
[ -d "$HPCC/nodes" ] || exit 0

# Lines "name state queue up|inact reason" of all nodes; the sign after a state tells of power.
nodes() {
	timeout 60 sinfo -ahN -o '%N %t %R %a %E' | sort -u
}

set_state() {
	[ -z "$1" ] || scontrol update nodename="$1" state="$2"
}

# Lines "instance-id time" of the compute nodes that EC2 has; fails without an answer.
instances() {
	found=$(aws ec2 DescribeInstances "Filter.1.Name=tag:hpcc:cluster" "Filter.1.Value.1=$HPCC_CLUSTER" \
		"Filter.2.Name=tag:hpcc:node-type" Filter.2.Value.1=Compute \
		Filter.3.Name=instance-state-name Filter.3.Value.1=pending Filter.3.Value.2=running) || return
	echo "$found" | awk -F '\t' '
		$1 ~ /instancesSet\/item\/instanceId$/ { id = $2 }
		$1 ~ /instancesSet\/item\/launchTime$/ { print id, $2 }'
}

# After a shortage of capacity a node rests, then it may be tried again.
wake_after_shortage() {
	mark=/run/hpcc-shortage
	echo "$1" | awk '$2 ~ /^down/ && /\(Code:/ { print $1 }' | while read -r node; do
		mkdir -p "$mark"
		[ -e "$mark/$node" ] || touch "$mark/$node"
		[ $((now - $(stat -c %Y "$mark/$node"))) -lt "$capacity_pause" ] && continue
		rm -f "$mark/$node"
		set_state "$node" resume
	done
}

# Nodes that are said to start but have no instance: the resume program died on the way. Their jobs start again. While
# one runs it may still come to them. (The pattern is not to find this grep.)
drop_unclaimed() {
	! grep -qs 'slurm/resum[e].sh' /proc/[0-9]*/cmdline || return 0
	mark=/run/hpcc-unclaimed
	mkdir -p "$mark"
	echo "$1" | awk '$2 ~ /#$/ { print $1 }' | sort -u >"$mark/.starting"
	cat "$HPCC"/nodes/i-* 2>/dev/null | sort -u | comm -23 "$mark/.starting" - >"$mark/.now"
	find "$mark" -type f -name '[!.]*' | while read -r file; do
		grep -qx "${file##*/}" "$mark/.now" || rm -f "$file"
	done
	while read -r node; do
		[ -e "$mark/$node" ] || touch "$mark/$node"
		[ $((now - $(stat -c %Y "$mark/$node"))) -gt "$orphan_age" ] || continue
		log "$node was never started"
		scontrol update nodename="$node" state=down reason="not started"
	done <"$mark/.now"
}

# Nodes that failed to come go back to sleep, those that Slurm sent to sleep for it may be tried again, static ones are
# started. Names of queues may hold "-st-" themselves.
power_nodes() {
	set_state "$(echo "$1" | awk '$2 ~ /^down/ && !/\(Code:/ && $2 !~ /[~%!]$/ { print $1 }' |
		paste -sd ,)" power_down_force
	set_state "$(echo "$1" | awk '$2 == "down~" && /ResumeTimeout/ { print $1 }' | paste -sd ,)" resume
	set_state "$(echo "$1" | awk 'index($1, $3 "-st-") == 1 && $2 == "idle~" && $4 == "up" { print $1 }' |
		paste -sd ,)" power_up
}

# Nodes that the cluster itself drained end once they are free; asleep, they may be used again.
release_drained() {
	ours=$(echo "$1" | grep -E 'Spot interruption$|update of the cluster$')
	set_state "$(echo "$ours" | awk '$2 == "drain" { print $1 }' | paste -sd ,)" power_down_force
	set_state "$(echo "$ours" | awk '$2 == "drain~" { print $1 }' | paste -sd ,)" resume
}

# Instances that no node claims end; claims on instances that are gone are dropped, and so are those of nodes that are
# asleep or no more: ending them failed.
match_instances() {
	echo "$1" | while read -r id started; do
		if [ -z "$id" ] || [ -e "$HPCC/nodes/$id" ]; then
			continue
		fi
		[ $((now - $(date -d "$started" +%s))) -gt "$orphan_age" ] || continue
		log "$id belongs to no node"
		aws ec2 TerminateInstances "InstanceId.1=$id" >/dev/null </dev/null
	done
	for file in "$HPCC"/nodes/i-*; do
		[ -e "$file" ] || continue
		[ $((now - $(stat -c %Y "$file"))) -gt "$orphan_age" ] || continue
		node=$(cat "$file")
		if echo "$1" | grep -q "^${file##*/} "; then
			[ -z "$2" ] || echo "$2" | grep -q "^$node [^ ~]* " || rm -f "$file"
			continue
		fi
		log "$node lost ${file##*/}"
		if echo "$2" | grep -q "^$node [a-z]*#"; then
			scontrol update nodename="$node" state=down reason="did not boot"
		else
			set_state "$node" power_down_force
			optional logs_event node-lost 1
		fi
		rm -f "$file"
	done
}

table=$(nodes)
wake_after_shortage "$table"
drop_unclaimed "$table"
power_nodes "$table"
release_drained "$table"
protect_queues "$table"
optional gpu_replace "$table"
# Without an answer of EC2 nothing is concluded.
if list=$(instances); then
	match_instances "$list" "$table"
	health_replace "$(echo "$list" | cut -d ' ' -f 1)" "$table"
fi
exit 0
