# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What EC2 says of running instances: scheduled events, and status checks that failed.

# Reads ids; prints lines "id event". A description that begins with a bracket is of an event that is over.
health_faults() {
	xargs -rn 100 | while read -r health_ids; do
		set --
		for health_id in $health_ids; do
			set -- "$@" "InstanceId.$(($# + 1))=$health_id"
		done
		aws ec2 DescribeInstanceStatus "$@" </dev/null || log "EC2 does not say how instances are"
	done | awk -F '\t' '
		$1 ~ /Set\/item\/instanceId$/ { id = $2 }
		$1 ~ /eventsSet\/item\/description$/ && $2 !~ /^\[/ { print id, "instance-event" }
		$1 ~ /Status\/status$/ && $2 == "impaired" { print id, "instance-unhealthy" }' | sort -u
}

# health_replace IDS TABLE: nodes on such instances finish their jobs and go; a job, or reconcile, starts new ones.
health_replace() {
	health_now=$(echo "$1" | health_faults) || return
	echo "$health_now" | while read -r health_id health_why; do
		health_node=
		[ ! -s "$HPCC/nodes/${health_id:--}" ] || read -r health_node <"$HPCC/nodes/$health_id"
		[ -n "$health_node" ] || continue
		echo "$2" | grep -qE "^$health_node (dr|[a-z]+[%!@])" && continue
		log "$health_node: $health_why"
		scontrol update nodename="$health_node" state=power_down_asap reason="$health_why"
		optional logs_event "$health_why" 1
	done
}
