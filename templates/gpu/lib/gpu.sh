# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Nodes that the check of GPUs drained (slurm/gpu-check.sh) are replaced once their other jobs are done.

# gpu_replace TABLE, see reconcile.sh.
gpu_replace() {
	gpu_nodes=$(echo "$1" | awk '$2 ~ /^(drain|drng)$/ && /Prolog error/ { print $1 }' | paste -sd ,)
	[ -z "$gpu_nodes" ] || scontrol update nodename="$gpu_nodes" state=power_down_asap
}
