#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Slurm's SuspendProgram and ResumeFailProgram: ends the instances of a list of nodes.
set -u
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
exec >>/var/log/hpcc/suspend.log 2>&1
log "suspend $1"

# Ids of the instances of the nodes, one a line: the names of the files that hold the nodes' names.
instances() {
	scontrol show hostnames "$1" | awk -v dir="$HPCC/nodes" '
		{ wanted[$1] = 1 }
		END {
			list = "ls " dir
			while ((list | getline id) > 0)
				if ((getline node < (dir "/" id)) > 0 && node in wanted) print id
		}'
}

# At most 1000 instances a call. A file goes only after its instance: it is how the instance is found again.
instances "$1" | xargs -r -n 1000 | while read -r ids; do
	number=0
	set --
	for id in $ids; do
		number=$((number + 1))
		set -- "$@" "InstanceId.$number=$id"
	done
	aws ec2 TerminateInstances "$@" >/dev/null </dev/null || continue
	for id in $ids; do
		rm -f "$HPCC/nodes/$id"
		log "ended $id"
	done
done
