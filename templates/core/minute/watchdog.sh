#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a compute node: ends it when the head node is gone for a quarter of an hour, and takes no more
# jobs once EC2 announces that the Spot instance will be taken back.
set -u
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
limit=900
seen=/run/hpcc-head-seen
# shellcheck source=/dev/null
. /etc/hpcc/slurmd

[ -e "$seen" ] || touch "$seen"
if timeout 20 scontrol ping | grep -q UP; then
	touch "$seen"
elif [ $(($(date +%s) - $(stat -c %Y "$seen"))) -gt "$limit" ]; then
	log "no controller for $limit s: this node ends itself"
	shutdown -h now
fi

if [ ! -e /run/hpcc-spot ] && imds meta-data/spot/instance-action >/run/hpcc-notice 2>/dev/null; then
	timeout 20 scontrol update nodename="$HPCC_NODE_NAME" state=drain reason="Spot interruption" &&
		touch /run/hpcc-spot
fi
exit 0
