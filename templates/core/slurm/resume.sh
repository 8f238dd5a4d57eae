#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Slurm's ResumeProgram: starts instances for a list of nodes, so that each job gets all of its nodes or none, as
# the ScalingStrategy says. Nodes that EC2 refuses go down with its reason; Slurm then requeues their job.
set -u
# The resume file is readable only for some seconds after the start.
jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
cat "${SLURM_RESUME_FILE:-/dev/null}" >"$jobs"
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/resume.log 2>&1
log "resume $1"

# Lines "job queue/resource node"; a node belongs to the first job that wants it, or to none (0).
wanted() {
	{
		"$PYTHON" "$HPCC/lib/jobs.py" "$jobs"
		printf '0\t%s\n' "$1"
	} | while read -r job list; do
		scontrol show hostnames "$list" | sed "s/^/$job /"
	done | awk -v table="$HPCC/etc/launch" '
		BEGIN {
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

# One line a group of at most 500: job, queue/resource, nodes joined by commas.
groups() {
	sort -k1,1n -k2,2 -s | awk '
		{ group = $1 " " $2 }
		group != last || n == 500 { if (list) print last, list; list = ""; n = 0 }
		{ list = list (n++ ? "," : "") $3; last = group }
		END { if (list) print last, list }'
}

wanted "$1" | groups | while read -r job target list; do
	launch_group "$job" "$target" "$list" </dev/null
done
