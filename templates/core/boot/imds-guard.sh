#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rules for the address of the instance metadata service: root, Slurm and those of a list may, other users may not.
set -eu
chain=HPCC-IMDS
iptables -w -n -L "$chain" >/dev/null 2>&1 || iptables -w -N "$chain"
iptables -w -F "$chain"
for user in root slurm $(cat /etc/hpcc/imds-users 2>/dev/null); do
	! getent passwd "$user" >/dev/null ||
		iptables -w -A "$chain" -m owner --uid-owner "$user" -j ACCEPT
done
iptables -w -A "$chain" -j REJECT
iptables -w -C OUTPUT -d 169.254.169.254 -j "$chain" 2>/dev/null ||
	iptables -w -I OUTPUT -d 169.254.169.254 -j "$chain"
