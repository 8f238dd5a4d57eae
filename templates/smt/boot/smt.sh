#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Simultaneous multithreading off: all threads of a core but the first go off line.
set -u
# The kernel lists the threads of a core as "0,24" or "0-1".
for list in /sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list; do
	[ -r "$list" ] || continue
	cpu=${list#/sys/devices/system/cpu/cpu}
	cpu=${cpu%%/*}
	first=$(sed 's/[,-].*//' "$list")
	[ "$cpu" = "$first" ] || echo 0 >"/sys/devices/system/cpu/cpu$cpu/online"
done
exit 0
