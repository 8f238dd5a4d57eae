# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The CloudWatch agent, for alarms that look at what instances use.

# The configuration for mem and nvidia_gpu, as asked for. Source: CloudWatch user guide, "Manually create or edit the
# CloudWatch agent configuration file".
agent_json() {
	agent_of="\"append_dimensions\":{\"Stack\":\"$HPCC_STACK\",\"Environment\":\"$HPCC_ENVIRONMENT\"}"
	agent_all=
	for agent_each; do
		case $agent_each in
		mem) agent_what=mem_used_percent ;;
		*) agent_what=utilization_gpu ;;
		esac
		agent_all=$agent_all${agent_all:+,}"\"$agent_each\":{\"measurement\":[\"$agent_what\"],$agent_of}"
	done
	printf '{"agent":{"omit_hostname":true},"metrics":{"namespace":"hpcc/Batch",%s"metrics_collected":{%s}}}\n' \
		'"aggregation_dimensions":[["Stack","Environment"]],' "$agent_all"
}

# agent PLUGIN...: jobs run without figures as well, so nothing here ends the instance.
agent() {
	agent_home=/opt/aws/amazon-cloudwatch-agent
	if need "$agent_home/bin/amazon-cloudwatch-agent-ctl" amazon-cloudwatch-agent &&
		agent_json "$@" >"$agent_home/etc/hpcc.json" &&
		"$agent_home/bin/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s -c "file:$agent_home/etc/hpcc.json"; then
		return
	fi
	echo 'hpcc: no CloudWatch agent, so alarms see nothing of this instance'
}
