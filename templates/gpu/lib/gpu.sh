# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The check of GPUs among the programs of Slurm's Prolog.

gpu_prolog() {
	ln -sfn "$HPCC/slurm/gpu-check.sh" "$HPCC/share/prolog.d/90_hpcc"
}
