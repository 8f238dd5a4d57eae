# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Logs are copied to CloudWatch. That may not stop a boot.

logs_install() {
	[ -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ] && return
	case $HPCC_OS in
	alinux*) pkg_install amazon-cloudwatch-agent ;;
	*) logs_agent ;;
	esac
}

logs_start() {
	if ! logs_install; then
		log "no CloudWatch agent: logs stay on this node"
		return 0
	fi
	optional proxy_agent
	"$PYTHON" "$HPCC/lib/logs.py" "$HPCC_LOG_GROUP" "$(hostname -s)" "$HPCC_KIND" >/etc/hpcc/agent.json
	/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
		-c file:/etc/hpcc/agent.json >&2 || log "the CloudWatch agent does not start"
}

# logs_event NAME COUNT: a line that becomes a point of the metric Events.
logs_event() {
	printf '{"cluster": "%s", "event": "%s", "count": %d}\n' "$HPCC_CLUSTER" "$1" "$2" \
		>>/var/log/hpcc/events.log
}
