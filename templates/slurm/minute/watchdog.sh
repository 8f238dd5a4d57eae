#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a compute node: ends it when the head node is gone for a quarter of an hour, or when it has no job and
# no controller that could give it one; takes no more jobs once EC2 announces that the Spot instance will be taken back.
# It runs off the node's own disk, and asks for nothing without a limit: mounts of a head node that is gone hang.
set -u
HERE=/var/lib/hpcc
[ -d $HERE/lib ] || HERE=/opt/hpcc # a node of an earlier release
# shellcheck source=../../core/lib/base.sh
. $HERE/lib/base.sh
[ -d /var/lib/hpcc/lib ] || {
	load_libraries
	node_local
	node_timer watchdog
}
limit=900
# shellcheck source=/dev/null
. /etc/hpcc/slurmd

# gone NAME COMMAND...: it has not succeeded for so long.
gone() {
	mark=/run/hpcc-seen-$1
	shift
	if [ ! -e "$mark" ] || timeout -k 5 20 "$@" >/dev/null 2>&1; then
		touch "$mark"
		return 1
	fi
	[ $(($(date +%s) - $(stat -c %Y "$mark"))) -gt "$limit" ]
}

ends() {
	sh /var/lib/hpcc/end.sh "$1" || shutdown -h now
}

# A port that is shut is an answer, too: jobs outlive a controller that is being mended.
if gone head "$PYTHON" -c '
import socket, sys
try:
    socket.create_connection((sys.argv[1], 6820), 15)
except ConnectionRefusedError:
    pass' "$HPCC_HEAD"; then
	ends "no head node for $limit s"
elif gone controller env PATH="/opt/slurm/bin:$PATH" sh -c 'scontrol ping | grep -q UP' &&
	! grep -qs 'slurmstepd: \[' /proc/[0-9]*/cmdline && ! timeout -k 5 20 test -e /opt/hpcc/etc/maintenance; then
	ends "no job, and no controller for $limit s"
fi

# scontrol may lie on the head node's disk: env looks for it, which can be killed.
if [ ! -e /run/hpcc-spot ] && imds meta-data/spot/instance-action >/run/hpcc-notice 2>/dev/null; then
	timeout -k 5 20 env PATH="/opt/slurm/bin:$PATH" scontrol update nodename="$HPCC_NODE_NAME" state=drain reason="Spot interruption" &&
		touch /run/hpcc-spot
fi
exit 0
