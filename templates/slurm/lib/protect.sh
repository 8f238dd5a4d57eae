# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Queues that take no more jobs: protected mode, when nodes of a queue fail to boot ten times while none of its nodes runs a
# job, and a fleet that is stopped. What was closed here stands in the file closed, and is opened again from there; what an
# administrator closes is his.
PROTECT=/srv/hpcc/state

# protect_close QUEUE
protect_close() {
	scontrol update partitionname="$1" state=inactive || return
	grep -qsxF "$1" "$PROTECT/closed" || echo "$1" >>"$PROTECT/closed"
}

# protect_queues FAILED AT-WORK UP: a queue a line; of those that failed one line for each node. Failures are counted until
# a node works.
protect_queues() {
	# Somebody opened them.
	[ ! -s "$PROTECT/closed" ] || grep -vxF "$3" "$PROTECT/closed" | protect_write closed
	[ -z "$1" ] || optional logs_event boot-timeout "$(echo "$1" | wc -l)"
	protect_n=$({
		cat "$PROTECT/boot-failures" 2>/dev/null
		echo "$1"
		echo "$2" | sed '/./s/$/ 0/'
	} | awk 'NF == 1 { n[$1]++ }
		NF == 2 { n[$1] = $2 }
		END { for (queue in n) if (n[queue] > 0) print queue, n[queue] }')
	echo "$protect_n" | grep . | while read -r protect_queue protect_count; do
		if [ "$protect_count" -ge 10 ] && protect_close "$protect_queue"; then
			log "$protect_queue takes no more jobs, for no node boots"
			optional logs_event protected-mode 1
		else
			echo "$protect_queue $protect_count"
		fi
	done | protect_write boot-failures
}

# protect_write FILE: a full disk leaves the old one.
protect_write() {
	cat >"$PROTECT/$1.new" && mv "$PROTECT/$1.new" "$PROTECT/$1"
}

# Lines "queue up|inact" of the queues that are ours.
protect_states() {
	protect_told=$(sinfo -aho '%R %a') || return
	echo "$protect_told" | awk -v table="$HPCC/etc/launch" '
		BEGIN {
			while ((getline line < table) > 0) {
				split(line, row, " ")
				ours[row[1]]
			}
		}
		$1 in ours'
}

# Opens what was closed here, for its fault may be mended: after an update, and when the fleet is started.
protect_open() {
	[ ! -e "$PROTECT/stopped" ] && [ -e "$PROTECT/closed" ] || return 0
	protect_now=$(protect_states) || return
	echo "$protect_now" | while read -r protect_queue protect_state; do
		[ "$protect_state" != up ] && grep -qxF "$protect_queue" "$PROTECT/closed" || continue
		scontrol update partitionname="$protect_queue" state=up || exit
	done || return
	rm -f "$PROTECT/closed" "$PROTECT/boot-failures"
}

# While the fleet is stopped no queue is open, not even one that an update brings.
fleet_close() {
	[ -e "$PROTECT/stopped" ] || return 0
	protect_now=$(protect_states) || return
	echo "$protect_now" | while read -r protect_queue protect_state; do
		[ "$protect_state" != up ] || protect_close "$protect_queue"
	done
}

# Partitions that take no jobs, whoever closed them, over a restart of slurmctld: KeepPartState is heeded there from Slurm
# 23.11 on, before by a reconfiguration alone. Kept each minute and when slurmctld is stopped.
partitions_keep() {
	partitions_now=$(sinfo -aho '%R %a') || return
	echo "$partitions_now" | sed '/ up$/d' | protect_write partitions
}

partitions_restore() {
	[ -s "$PROTECT/partitions" ] || return 0
	until partitions_now=$(sinfo -aho '%R %a'); do sleep 1; done
	while read -r partitions_name partitions_state; do
		[ "$partitions_state" != inact ] || partitions_state=inactive
		! echo "$partitions_now" | grep -qxF "$partitions_name up" ||
			scontrol update partitionname="$partitions_name" state="$partitions_state"
	done <"$PROTECT/partitions"
}
