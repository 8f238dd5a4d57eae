# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Programs of users learn of the proxy as well.
node_proxy() {
	[ -n "$HPCC_PROXY" ] || return 0
	for proxy_name in http_proxy https_proxy; do
		echo "export $proxy_name=$(quoted "$HPCC_PROXY")"
	done >/etc/profile.d/hpcc-proxy.sh
	printf 'export no_proxy=%s\n' "${no_proxy:-}" >>/etc/profile.d/hpcc-proxy.sh
}

# The CloudWatch agent reads no environment.
proxy_agent() {
	[ -n "$HPCC_PROXY" ] || return 0
	cat >/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml <<-END
		[proxy]
		http_proxy = "$HPCC_PROXY"
		https_proxy = "$HPCC_PROXY"
		no_proxy = "${no_proxy:-}"
	END
}
