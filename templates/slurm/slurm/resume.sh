#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Slurm's ResumeProgram: starts instances for a list of nodes, so that each job gets all of its nodes or none, as
# the ScalingStrategy says. Nodes that EC2 refuses go down with its reason; Slurm then requeues their job.
set -u
# The resume file is readable only for some seconds after the start.
jobs=$(mktemp) || jobs=/dev/null
trap '[ "$jobs" = /dev/null ] || rm -f "$jobs"' EXIT
cat "${SLURM_RESUME_FILE:-/dev/null}" >"$jobs"
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/resume.log 2>&1
log "resume $1"

# Lines "job queue/resource node"; a node belongs to the first job that wants it, or to none (0). One of ours that etc/launch
# does not know has "-/-"; others are not ours to start.
wanted() {
	{
		"$PYTHON" "$HPCC/lib/jobs.py" "$jobs"
		printf '0\t%s\n' "$1"
	} | while read -r job list; do
		scontrol show hostnames "$list" | sed "s/^/$job /"
	done | awk -v table="$HPCC/etc/launch" -v conf="$SLURM_CONF_DIR/hpcc_nodes.conf" '
		BEGIN {
			while ((getline line < conf) > 0)
				if (sub(/^NodeName=/, "", line)) {
					sub(/-\[.*/, "", line)
					key[line] = "-/-"
				}
			while ((getline line < table) > 0) {
				split(line, row, " ")
				key[row[1] "-st-" row[2]] = key[row[1] "-dy-" row[2]] = row[1] "/" row[2]
			}
		}
		!seen[$2]++ {
			name = $2
			sub(/-[0-9]+$/, "", name)
			if (name in key) print $1, key[name], $2
		}'
}

# Lines "queue/resource units" (see launch_group), at most 500 nodes each: jobs share a call where there is nothing to choose
# for each, one type in one subnet. Nodes that no job holds together are units of their own.
groups() {
	sort -k1,1n -k2,2 -s | awk -v best="${HPCC_SCALING:-}" -v table="$HPCC/etc/launch" '
		BEGIN {
			while ((getline line < table) > 0) {
				split(line, row, " ")
				chosen[row[1] "/" row[2]] = row[7] row[8] ~ /,/
			}
		}
		{
			job[NR] = $1
			target[NR] = $2
			node[NR] = $3
			size[$1, $2]++
		}
		function flush(call) {
			if (n[call]) print target_of[call], list[call]
			n[call] = 0
			list[call] = ""
		}
		END {
			for (i = 1; i <= NR; i++) {
				call = target[i] (chosen[target[i]] ? " " job[i] : "")
				target_of[call] = target[i]
				alone = !job[i] || best == "best-effort"
				first = alone || last[call] != job[i]
				if (n[call] == 500 || first && !alone && n[call] + size[job[i], target[i]] > 500)
					flush(call)
				list[call] = list[call] (n[call]++ ? first ? ";" : "," : "") node[i]
				last[call] = job[i]
			}
			for (call in n) flush(call)
		}'
}

# Some calls at a time: jobs in a fleet have one each.
calls=0
wanted "$1" | groups | {
	while read -r target units; do
		launch_group "$target" "$units" </dev/null &
		calls=$((calls + 1))
		[ $((calls % 8)) -ne 0 ] || wait
	done
	wait
}
