#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on the head node: what Slurm believes and what EC2 has are brought into line. What is done with which state
# stands in lib/states. Each part has a bound in time, and goes on when another fails.
# shellcheck disable=SC2317 # parts are called by name
set -u
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
# Without the state volume nothing is known of any instance.
[ -d "$HPCC/nodes" ] || exit 0
# One at a time.
exec 9>/run/hpcc-reconcile
flock -w 60 9 || exit 0
export HPCC_AWS_SECONDS=60
work=/run/hpcc-work
mkdir -p "$work" /run/hpcc-shortage /run/hpcc-unclaimed /run/hpcc-drained || exit
now=$(date +%s)

# Lines "id state launched address" of the compute nodes that EC2 has.
instances() {
	found=$(aws ec2 DescribeInstances "Filter.1.Name=tag:hpcc:cluster" "Filter.1.Value.1=$HPCC_CLUSTER" \
		"Filter.2.Name=tag:hpcc:node-type" Filter.2.Value.1=Compute) || return
	printf '%s\n' "$found" | awk -F '\t' '
		$1 ~ /instancesSet\/item\/instanceId$/ { id[++n] = $2 }
		$1 ~ /instancesSet\/item\/instanceState\/name$/ { state[n] = $2 }
		$1 ~ /instancesSet\/item\/launchTime$/ { since[n] = $2 }
		$1 ~ /instancesSet\/item\/privateIpAddress$/ { at[n] = $2 }
		END { for (i = 1; i <= n; i++) print id[i], state[i], since[i], at[i] }'
}

# The age of the oldest resume program at work, or -1; one that hangs for half an hour brings nothing any more. (The
# pattern is not to find this grep.)
busy() {
	grep -ls 'slurm/resum[e].sh' /proc/[0-9]*/cmdline | sed 's/cmdline$/stat/' | xargs -r cat 2>/dev/null | awk '
		BEGIN { getline up <"/proc/uptime"; oldest = -1 }
		{ sub(/.*\) /, ""); age = int(up - $20 / 100) }
		age < 1800 && age > oldest { oldest = age }
		END { print oldest }'
}

# Lines "id age node" of the names that were given; a file without one claims nothing.
claims() {
	find "$HPCC/nodes" -name 'i-*' -printf '%f %T@\n' | while read -r id since; do
		node=
		read -r node <"$HPCC/nodes/$id"
		echo "$id $((now - ${since%.*})) ${node:--}"
	done 2>/dev/null
}

# Lines "folder/name age" of what was so before.
marks() {
	(cd /run && find hpcc-shortage hpcc-unclaimed hpcc-drained -type f ! -name '.*' -printf '%p %T@\n') |
		awk -v now="$now" '{ print $1, int(now - $2) }'
}

# Lines "name address compact complete queue up|inact reason" of all nodes. No answer, or an empty one, is no table.
nodes() {
	found=$(sinfo -ahNO NodeList:80,NodeAddr:64,StateCompact:12,StateComplete:200,PartitionName:80,Available:8,Reason:120) &&
		[ -n "$found" ] && printf '%s\n' "$found"
}

# did DO: names of the nodes, or ids of the instances, with which that is to be done.
did() {
	awk -v do_it="$1" '$1 == do_it { print $2 }' "$work/do"
}

remember() {
	did wait | sort -u >"$work/wait"
	# Without an answer of EC2 nobody knows whether it is still so.
	[ -n "$answered" ] || grep -o '^hpcc-unclaimed/[^ ]*' "$work/marks" | sort -u - "$work/wait" -o "$work/wait"
	cut -d ' ' -f 1 "$work/marks" | sort >"$work/had"
	(
		cd /run || exit
		comm -13 "$work/had" "$work/wait" | xargs -r touch
		comm -23 "$work/had" "$work/wait" | xargs -r rm -f
	)
}

slurm_told() {
	did unbooted | node_set down "did not boot"
	did unstarted | node_set down "not started"
	{
		did end
		did count-end
		did lost
	} | node_set power_down_force
	{
		did resume
		did count-resume
	} | node_set resume
	did start | node_set power_up
	lost=$(did lost | wc -l)
	[ "$lost" -eq 0 ] || optional logs_event node-lost "$lost"
}

# Claims on instances that are gone go, and instances that nobody claims end.
instances_told() {
	awk '$1 == "adopt" { print $2, $3 }' "$work/do" | while read -r id node; do
		node_claim "$id" "$node"
	done
	did drop | (cd "$HPCC/nodes" && xargs -r rm -f)
	did end-instance | end_instances :
}

protect() {
	protect_queues "$(awk '$1 ~ /^count-/ { print $3 }' "$work/do")" \
		"$(awk '$3 ~ /^(alloc|mix)$/ { print $5 }' "$work/nodes" | sort -u)" \
		"$(awk '$6 == "up" { print $5 }' "$work/nodes" | sort -u)"
}

health() {
	[ -z "$answered" ] || health_replace "$(awk '$2 == "running" { print $1 }' "$work/instances")" \
		"$(awk '{ print $1, $3 }' "$work/nodes")"
}

optional capacity_watch || log "capacity blocks are not looked at"
answered=1
instances >"$work/instances" || answered=
busy=$(busy)
claims >"$work/claims"
marks >"$work/marks"
nodes >"$work/nodes" || {
	log "slurmctld does not answer: nothing is concluded"
	exit 0
}
stopped=
[ ! -e /srv/hpcc/state/stopped ] || stopped=1
awk -v answered="$answered" -v busy="$busy" -v stopped="$stopped" \
	-v old="$(date -u -d "@$((now - 120))" +%Y-%m-%dT%H:%M:%S)" -f "$HPCC/lib/states.awk" \
	part=1 "$HPCC/lib/states" part=2 "$SLURM_CONF_DIR/hpcc_nodes.conf" part=3 "$work/marks" \
	part=4 "$work/claims" part=5 "$work/instances" part=6 "$work/nodes" >"$work/do" || die "nothing is concluded"
grep -v '^wait ' "$work/do" | while read -r line; do log "$line"; done
for part in remember slurm_told instances_told protect fleet_close health partitions_keep; do
	"$part" || log "$part has failed"
done
exit 0
