# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Instances for nodes: RunInstances where there is one type and one subnet, else a fleet that chooses (fleet/).

# node_set STATE [REASON]: of the nodes whose names are read; an argument may have 128 KiB, so not of all at once. Fails when Slurm refuses some.
node_set() {
	xargs -rn 1000 | tr ' ' , | {
		node_status=0
		while read -r node_list; do
			scontrol update nodename="$node_list" state="$1" ${2:+"reason=$2"} </dev/null || {
				log "$1: $node_list: refused"
				node_status=1
			}
		done
		return "$node_status"
	}
}

# node_claim INSTANCE NODE: the file is all that a node needs to learn its name, so it is there as a whole or not at all.
node_claim() {
	printf '%s\n' "$2" >"$HPCC/nodes/.$1" && mv "$HPCC/nodes/.$1" "$HPCC/nodes/$1" && log "$2 is $1" && return
	rm -f "$HPCC/nodes/.$1"
	log "$1: the name $2 cannot be written"
	return 1
}

# end_instances ENDED: reads ids. ENDED is called with each id that EC2 has ended, or does not know. One that EC2 refuses
# would keep the others of its call, so they are asked for in halves then.
end_instances() {
	xargs -rn 500 | while read -r end_ids; do
		end_some "$1" "$end_ids"
	done
}

end_some() {
	end_n=0
	end_called=$1
	end_list=$2
	set --
	for end_id in $end_list; do
		end_n=$((end_n + 1))
		set -- "$@" "InstanceId.$end_n=$end_id"
	done
	if end_answer=$(aws ec2 TerminateInstances "$@" </dev/null); then
		for end_id in $end_list; do
			log "ended $end_id"
			"$end_called" "$end_id"
		done
		return
	fi
	case $(echo "$end_answer" | launch_code) in
	InvalidInstanceID.* | OperationNotPermitted | UnauthorizedOperation) ;;
	*) return 1 ;;
	esac
	if [ "$end_n" -eq 1 ]; then
		case $end_answer in
		*InvalidInstanceID.*) "$end_called" "$end_id" ;;
		esac
		return
	fi
	echo "$end_list" | xargs -n $(((end_n + 1) / 2)) | while read -r end_half; do
		end_some "$end_called" "$end_half"
	done
}

# Sets the columns of etc/launch for a queue/resource.
# shellcheck disable=SC2034 # some are read by fleet/ only
launch_row() {
	read -r _ _ launch_template launch_version launch_capacity launch_strategy launch_types \
		launch_subnets launch_overrides launch_price <<-END
		$(awk -v target="$1" '$1 "/" $2 == target' "$HPCC/etc/launch")
	END
	[ -n "$launch_template" ]
}

# launch_run LEAST MOST: the answer, which is a refusal where the status is not 0.
launch_run() {
	launch_faces=$(optional override_interfaces) || {
		echo "$launch_faces"
		return 1
	}
	# shellcheck disable=SC2086 # one word an argument
	aws ec2 RunInstances "LaunchTemplate.LaunchTemplateId=$launch_template" \
		"LaunchTemplate.Version=$launch_version" "MinCount=$1" "MaxCount=$2" $launch_faces
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

# launch_down CODE: nodes whose names are read, for EC2 refuses them.
launch_down() {
	node_set down "(Code:$1)"
}

# launch_pair UNITS: reads launch_instances; lines "node instance address" of the units that are whole, "node" of those that
# are not, "- instance" of what is left over.
launch_pair() {
	awk -v units="$1" '
		{ got[++n] = $0 }
		END {
			units = split(units, unit, ";")
			for (i = 1; i <= units; i++) {
				size = split(unit[i], node, ",")
				whole = n - used >= size
				for (k = 1; k <= size; k++)
					print node[k] (whole ? " " got[++used] : "")
			}
			while (used < n) print "-", got[++used]
		}'
}

# launch_rest QUEUE/RESOURCE CODE: where EC2 has no room for some nodes it has none for more. The sleeping ones go
# down too, so that Slurm looks elsewhere at once instead of trying them one by one.
launch_rest() {
	case $2 in
	*Capacity* | Insufficient* | *CountExceeded | VcpuLimitExceeded | InstanceLimitExceeded | Unsupported | \
		SpotMaxPriceTooLow) ;;
	*) return ;;
	esac
	launch_told=$(sinfo -ahN -o '%N %t') || return
	echo "$launch_told" | awk -v like="^${1%/*}-dy-${1#*/}-[0-9]+\$" '$1 ~ like && $2 == "idle~" { print $1 }' |
		sort -u | launch_down "$2"
}

# launch_group QUEUE/RESOURCE UNITS: the nodes of one call to EC2. What stands between semicolons, nodes with commas, is
# whole or not there: a job that did not get all of its nodes gets none.
launch_group() {
	launch_row "$1" || {
		log "$1 is not known to this cluster"
		echo "$2" | tr ',;' '\n' | launch_down NoLaunchTemplate
		return
	}
	launch_want=$(echo "$2" | tr ',;' '\n' | wc -l)
	launch_least=1
	[ "${HPCC_SCALING:-all-or-nothing}" != all-or-nothing ] ||
		launch_least=$(echo "$2" | tr ';' '\n' | awk -F , '!least || NF < least { least = NF } END { print least }')
	launch_why=
	case $launch_types,$launch_subnets in
	*,*,*) launch_answer=$(launch_fleet "$launch_least" "$launch_want") || launch_why=NoAnswer ;;
	*) launch_answer=$(launch_run "$launch_least" "$launch_want") || launch_why=NoAnswer ;;
	esac
	launch_told=$(echo "$launch_answer" | launch_code)
	launch_why=${launch_told:-${launch_why:-InsufficientInstanceCapacity}}
	launch_pairs=$(echo "$launch_answer" | launch_instances | launch_pair "$2")
	launch_assign "$1" "$launch_why"
}

# Of the lines launch_pairs: names to instances that have a node, an end to those that have none or cannot be told, and
# nodes without one go down.
launch_assign() {
	launch_named=
	launch_lost=
	launch_left=
	while read -r launch_node launch_id launch_address; do
		if [ "$launch_node" = - ]; then
			launch_left="$launch_left $launch_id"
		elif [ -n "$launch_id" ] && node_claim "$launch_id" "$launch_node"; then
			[ -z "$launch_address" ] || launch_named="$launch_named$launch_node $launch_address
"
		elif [ -n "$launch_id" ]; then
			launch_left="$launch_left $launch_id"
			echo "$launch_node" | launch_down NameNotWritten
		else
			launch_lost="$launch_lost $launch_node"
		fi
	done <<-END
		$launch_pairs
	END
	# Slurm would look for a name of each node that did not boot, for ten seconds, and do nothing else.
	[ -z "$launch_named" ] || retry 3 5 scontrol update \
		nodename="$(printf %s "$launch_named" | cut -d ' ' -f 1 | paste -sd ,)" \
		nodeaddr="$(printf %s "$launch_named" | cut -d ' ' -f 2 | paste -sd ,)" || log "no addresses"
	[ -z "$launch_named" ] || printf %s "$launch_named" | optional dns_change UPSERT
	echo "$launch_left" | end_instances :
	[ -n "$launch_lost" ] || return 0
	log "$1:$launch_lost: $2"
	optional logs_event "launch-$2" "$(echo "$launch_lost" | wc -w)"
	echo "$launch_lost" | launch_down "$2"
	launch_rest "$1" "$2"
}
