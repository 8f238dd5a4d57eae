# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Logs are copied to CloudWatch. That may not stop a boot.

logs_agent_url() {
	logs_arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
	echo "https://amazoncloudwatch-agent-$HPCC_REGION.s3.$HPCC_REGION.$HPCC_SUFFIX/$1/$logs_arch/latest"
}

logs_install() {
	[ -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ] && return
	case $HPCC_OS in
	alinux*) pkg_install amazon-cloudwatch-agent ;;
	ubuntu*)
		curl -fsS -o /tmp/agent.deb "$(logs_agent_url ubuntu)/amazon-cloudwatch-agent.deb" &&
			pkg_apt_install /tmp/agent.deb
		;;
	*)
		curl -fsS -o /tmp/agent.rpm "$(logs_agent_url redhat)/amazon-cloudwatch-agent.rpm" &&
			rpm -U /tmp/agent.rpm
		;;
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
