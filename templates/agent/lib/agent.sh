# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The CloudWatch agent where the distribution has no package of it. Source, also of the key's fingerprint: CloudWatch
# user guide, "Verify the signature of the CloudWatch agent package"; the regional bucket has the key too. Both were
# read 2026-11-28.

logs_agent() {
	case $HPCC_OS in
	ubuntu*) logs_path=ubuntu logs_end=deb logs_tool=pkg_apt_install ;;
	*) logs_path=redhat logs_end=rpm logs_tool='rpm -U' ;;
	esac
	logs_url=https://amazoncloudwatch-agent-$HPCC_REGION.s3.$HPCC_REGION.$HPCC_SUFFIX
	logs_path=$logs_path/$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')/latest
	logs_dir=$(mktemp -d)
	fetch "$logs_dir/agent.$logs_end" "$logs_url/$logs_path/amazon-cloudwatch-agent.$logs_end" \
		937616F3450B7D806CBD9725D58167303B789C72 "$logs_url/assets/amazon-cloudwatch-agent.gpg" &&
		$logs_tool "$logs_dir/agent.$logs_end"
	logs_status=$?
	rm -rf "$logs_dir"
	return "$logs_status"
}
