# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Instances out of several types or subnets: an instant fleet. The columns of etc/launch are set by launch_row.
# shellcheck disable=SC2154

# All nodes of a job in one zone and of one type, for they talk to each other.
launch_fleet() {
	launch_kind=OnDemand
	launch_market=on-demand
	case $launch_capacity in
	SPOT) launch_kind=Spot launch_market=spot ;;
	CAPACITY_BLOCK) launch_market=capacity-block ;;
	esac
	launch_min=$1
	launch_total=$2
	set -- Type=instant "TargetCapacitySpecification.TotalTargetCapacity=$launch_total" \
		"TargetCapacitySpecification.DefaultTargetCapacityType=$launch_market" \
		"LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateId=$launch_template" \
		"LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version=$launch_version"
	if [ "$launch_market" != capacity-block ]; then
		[ "$launch_strategy" = - ] || set -- "$@" "${launch_kind}Options.AllocationStrategy=$launch_strategy"
		[ "$launch_kind" = Spot ] || set -- "$@" \
			OnDemandOptions.CapacityReservationOptions.UsageStrategy=use-capacity-reservations-first
		if [ "$launch_min" -eq "$launch_total" ]; then
			set -- "$@" "${launch_kind}Options.MinTargetCapacity=$launch_min" \
				"${launch_kind}Options.SingleInstanceType=true" \
				"${launch_kind}Options.SingleAvailabilityZone=true"
		fi
	fi
	launch_n=0
	for launch_type in $(echo "$launch_types" | tr , ' '); do
		for launch_subnet in $(echo "$launch_subnets" | tr , ' '); do
			launch_n=$((launch_n + 1))
			launch_at=LaunchTemplateConfigs.1.Overrides.$launch_n
			set -- "$@" "$launch_at.InstanceType=$launch_type" "$launch_at.SubnetId=$launch_subnet"
			[ -z "$launch_price" ] || set -- "$@" "$launch_at.MaxPrice=$launch_price"
			case $launch_strategy in
			*prioritized) set -- "$@" "$launch_at.Priority=$launch_n" ;;
			esac
		done
	done
	launch_reply=$(aws ec2 CreateFleet "$@") || {
		echo "$launch_reply"
		return 1
	}
	launch_addresses
}

# The answer launch_reply with DescribeInstances in place of its ids, for a fleet tells no addresses. EC2 may not know new
# instances yet: without an answer the ids stay.
launch_addresses() {
	# shellcheck disable=SC2046 # one word an instance
	set -- $(echo "$launch_reply" | launch_instances | awk '{ print "InstanceId." NR "=" $1 }')
	if [ $# -gt 0 ] && launch_told=$(HPCC_AWS_SECONDS=30 retry 5 2 aws ec2 DescribeInstances "$@") &&
		[ "$(echo "$launch_told" | launch_instances | wc -l)" -eq $# ]; then
		echo "$launch_told" | grep ^reservationSet
		echo "$launch_reply" | grep -v 'instanceIds/item' || :
	else
		echo "$launch_reply"
	fi
}
