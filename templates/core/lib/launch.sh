# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Instances for nodes: RunInstances where there is one type and one subnet, else a fleet that chooses (fleet/).

# Sets the columns of etc/launch for a queue/resource.
# shellcheck disable=SC2034 # some are read by fleet/ only
launch_row() {
	read -r _ _ launch_template launch_version launch_capacity launch_strategy launch_types \
		launch_subnets launch_overrides launch_price <<-END
		$(awk -v target="$1" '$1 "/" $2 == target' "$HPCC/etc/launch")
	END
	[ -n "$launch_template" ]
}

launch_run() {
	# shellcheck disable=SC2046 # one word an argument
	aws ec2 RunInstances "LaunchTemplate.LaunchTemplateId=$launch_template" \
		"LaunchTemplate.Version=$launch_version" "MinCount=$1" "MaxCount=$2" \
		$(optional override_interfaces)
}

# Lines "instance-id address" of instances in the answer, in the order of the answer.
launch_instances() {
	awk -F '\t' '
		$1 ~ /instancesSet\/item\/instanceId$/ || $1 ~ /instanceIds\/item$/ { id[++n] = $2 }
		$1 ~ /instancesSet\/item\/privateIpAddress$/ { address[n] = $2 }
		END { for (i = 1; i <= n; i++) print id[i], address[i] }'
}

launch_code() {
	awk -F '\t' '$1 ~ /(^|\/)(Code|errorCode)$/ { print $2; exit }'
}

launch_down() {
	log "$1: $2"
	scontrol update nodename="$1" state=down reason="(Code:$2)"
}

# launch_assign ANSWER NODES: one instance, one node; prints how many nodes have one. Writing is atomic, and the
# file is all that a node needs to learn its name.
launch_assign() {
	launch_left=$2
	launch_count=0
	launch_names=$(mktemp)
	while read -r launch_id launch_address && [ -n "$launch_id" ]; do
		launch_node=${launch_left%%,*}
		launch_left=${launch_left#"$launch_node"}
		launch_left=${launch_left#,}
		[ -n "$launch_node" ] || break
		printf '%s\n' "$launch_node" >"$HPCC/nodes/.$launch_id"
		mv "$HPCC/nodes/.$launch_id" "$HPCC/nodes/$launch_id"
		[ -z "$launch_address" ] || echo "$launch_node $launch_address" >>"$launch_names"
		log "$launch_node is $launch_id"
		launch_count=$((launch_count + 1))
	done <<-END
		$(echo "$1" | launch_instances)
	END
	# Slurm would look for a name of each node that did not boot, for ten seconds, and do nothing else.
	[ ! -s "$launch_names" ] || scontrol update nodename="$(awk '{ print $1 }' "$launch_names" | paste -sd ,)" \
		nodeaddr="$(awk '{ print $2 }' "$launch_names" | paste -sd ,)"
	optional dns_change UPSERT <"$launch_names"
	rm -f "$launch_names"
}

# launch_rest QUEUE/RESOURCE CODE: where EC2 has no room for some nodes it has none for more. The sleeping ones go
# down too, so that Slurm looks elsewhere at once instead of trying them one by one.
launch_rest() {
	case $2 in
	*Capacity* | Insufficient* | *CountExceeded | VcpuLimitExceeded | InstanceLimitExceeded | Unsupported | \
		SpotMaxPriceTooLow) ;;
	*) return ;;
	esac
	launch_names=$(sinfo -ahN -o '%N %t' |
		awk -v like="^${1%/*}-dy-${1#*/}-[0-9]+\$" '$1 ~ like && $2 == "idle~" { print $1 }' |
		paste -sd ,)
	[ -z "$launch_names" ] || launch_down "$launch_names" "$2"
}

# launch_drop ANSWER: a job that did not get all of its nodes gets none.
launch_drop() {
	# shellcheck disable=SC2046 # one word an instance
	set -- $(echo "$1" | launch_instances | awk '{ print "InstanceId." NR "=" $1 }')
	[ $# -eq 0 ] || aws ec2 TerminateInstances "$@" >/dev/null
}

# launch_group JOB QUEUE/RESOURCE NODES
launch_group() {
	launch_row "$2" || {
		launch_down "$3" NoLaunchTemplate
		return
	}
	launch_want=$(echo "$3" | tr , '\n' | wc -l)
	launch_least=1
	[ "$1" = 0 ] || [ "${HPCC_SCALING:-all-or-nothing}" != all-or-nothing ] || launch_least=$launch_want
	case $launch_types,$launch_subnets in
	*,*,*) launch_answer=$(launch_fleet "$launch_least" "$launch_want") ;;
	*) launch_answer=$(launch_run "$launch_least" "$launch_want") ;;
	esac
	launch_got=$(echo "$launch_answer" | launch_instances | grep -c .)
	launch_why=$(echo "$launch_answer" | launch_code)
	if [ "$launch_got" -lt "$launch_want" ] && [ "$1" != 0 ] && [ "${HPCC_SCALING:-}" != best-effort ]; then
		launch_drop "$launch_answer"
		launch_got=0
	fi
	[ "$launch_got" -eq 0 ] || launch_assign "$launch_answer" "$3"
	[ "$launch_got" -lt "$launch_want" ] || return 0
	optional logs_event "launch-${launch_why:-InsufficientInstanceCapacity}" $((launch_want - launch_got))
	launch_why=${launch_why:-InsufficientInstanceCapacity}
	launch_down "$(echo "$3" | cut -d , -f "$((launch_got + 1))-")" "$launch_why"
	launch_rest "$2" "$launch_why"
}
