#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fleet.sh stop|start|status: as pcluster update-compute-fleet. A stopped fleet has no instances, and its queues are inactive
# until it is started, whatever restarts or is updated meanwhile.
set -u
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries

case ${1:-} in
stop | STOP_REQUESTED)
	: >"$PROTECT/stopped" || die "$PROTECT cannot be written"
	fleet_close || log "slurmctld does not answer: this is tried again each minute"
	;;
start | START_REQUESTED)
	rm -f "$PROTECT/stopped"
	protect_open || die "slurmctld does not answer: start it again later"
	;;
status)
	if [ ! -e "$PROTECT/stopped" ]; then
		if [ -s "$PROTECT/closed" ]; then echo PROTECTED; else echo RUNNING; fi
	elif cat "$HPCC"/nodes/i-* >/dev/null 2>&1; then
		echo STOPPING
	else
		echo STOPPED
	fi
	exit 0
	;;
*) die "usage: fleet.sh stop|start|status" ;;
esac
"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1
