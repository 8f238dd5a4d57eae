#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Slurm's SuspendProgram and ResumeFailProgram: ends the instances of a list of nodes.
set -u
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/suspend.log 2>&1
log "suspend $1"

# Ids of the instances of the nodes, one a line: the names of the files that hold the nodes' names.
claimed() {
	scontrol show hostnames "$1" | awk -v dir="$HPCC/nodes" '
		{ wanted[$1] = 1 }
		END {
			list = "ls " dir
			while ((list | getline id) > 0)
				if ((getline node < (dir "/" id)) > 0 && node in wanted) print id
		}'
}

# A file goes only after its instance: it is how the instance is found again.
forget() {
	rm -f "$HPCC/nodes/$1"
}

claimed "$1" | end_instances forget || log "EC2 has not ended all: reconcile will"
