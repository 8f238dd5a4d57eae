# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Clocks go by Amazon's, which needs no internet. Amazon Linux has it so.
node_clock() {
	grep -qsr 169.254.169.123 /etc/chrony* /etc/systemd/timesyncd.conf* && return
	for node_conf in /etc/chrony.conf /etc/chrony/chrony.conf; do
		[ ! -w "$node_conf" ] || echo 'server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4' >>"$node_conf"
	done
	mkdir -p /etc/systemd/timesyncd.conf.d
	printf '[Time]\nNTP=169.254.169.123\n' >/etc/systemd/timesyncd.conf.d/hpcc.conf
	systemctl try-restart chronyd chrony systemd-timesyncd 2>/dev/null || :
}
