# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Where the launch template could not turn multithreading off, the node does it at each boot.
node_smt() {
	[ "$HPCC_SMT" = on ] || node_boot smt
}
