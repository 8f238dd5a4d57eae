#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Slurm's Prolog: looks at the GPUs of a job before it starts. A fault drains the node, and the job starts elsewhere.
set -u
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
exec >>/var/log/hpcc/gpu-check.log 2>&1
case " ${HPCC_GPU_CHECK:-} " in
*" $HPCC_RESOURCE "*) ;;
*) exit 0 ;;
esac
gpus=${SLURM_JOB_GPUS:-}
[ -n "$gpus" ] || exit 0

fault() {
	log "job $SLURM_JOB_ID: $1"
	optional logs_event gpu-unhealthy 1
	exit 1
}

# NVIDIA's diagnosis where the image has it, else the counters of the driver.
timeout 60 systemctl start nvidia-dcgm 2>/dev/null || :
if timeout 60 dcgmi discovery -l >/dev/null 2>&1; then
	timeout 170 dcgmi diag -i "$gpus" -r 2 || fault "the diagnosis of the GPUs failed"
elif command -v nvidia-smi >/dev/null; then
	errors=$(timeout -k 5 60 nvidia-smi -i "$gpus" --query-gpu=ecc.errors.uncorrected.volatile.total --format=csv,noheader) ||
		fault "the driver does not answer"
	! echo "$errors" | grep -q '^ *[1-9]' || fault "uncorrected errors of memory"
fi
exit 0
