# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Protected mode: a queue whose nodes fail to boot ten times, while none of its nodes runs a job, takes no more jobs.

# Queues of nodes that are down because they did not boot, one a line for each node.
protect_failed() {
	echo "$1" | awk '$2 ~ /^down/ && $2 !~ /[%!]$/ && /ResumeTimeout|did not boot/ { print $3 }'
}

# protect_queues TABLE: lines "node state queue up|inact reason". Failures are counted until a node works.
protect_queues() {
	protect_file=/srv/hpcc/state/boot-failures
	protect_now=$(protect_failed "$1")
	[ -z "$protect_now" ] || optional logs_event boot-timeout "$(echo "$protect_now" | wc -l)"
	touch "$protect_file"
	{
		cat "$protect_file"
		echo "$protect_now"
		echo "$1" | awk '$2 ~ /^(alloc|mix)$/ { print $3, 0 }'
	} | awk -v file="$protect_file.new" '
		NF == 1 { n[$1]++ }
		NF == 2 { n[$1] = $2 }
		END {
			printf "" >file
			for (queue in n)
				if (n[queue] >= 10) print queue
				else if (n[queue] > 0) print queue, n[queue] >file
		}' | while read -r protect_queue; do
		log "$protect_queue takes no more jobs, for no node boots"
		scontrol update partitionname="$protect_queue" state=inactive
		optional logs_event protected-mode 1
	done
	mv "$protect_file.new" "$protect_file"
}
