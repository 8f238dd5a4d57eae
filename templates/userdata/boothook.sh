#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs early in every boot: makes sibling threads sleep where SMT is off, and leads programs to the proxy.
set -u
# shellcheck source=/dev/null
. /etc/hpcc/env
mkdir -p /var/log/hpcc

# All threads of a core but the first are named after a comma or dash: "0,24" or "0-1".
if [ "$HPCC_SMT" = off ]; then
	for list in /sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list; do
		[ -r "$list" ] || continue
		cpu=${list#/sys/devices/system/cpu/cpu}
		cpu=${cpu%%/*}
		first=$(sed 's/[,-].*//' "$list")
		[ "$cpu" = "$first" ] || echo 0 >"/sys/devices/system/cpu/cpu$cpu/online"
	done
fi

if [ -n "$HPCC_PROXY" ]; then
	cat >/etc/profile.d/hpcc-proxy.sh <<-'END'
		. /etc/hpcc/env
		http_proxy=$HPCC_PROXY https_proxy=$HPCC_PROXY
		no_proxy=localhost,127.0.0.1,169.254.169.254,$HPCC_HEAD
		export http_proxy https_proxy no_proxy
	END
fi
exit 0
