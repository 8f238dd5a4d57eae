# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # slurm_key_make sets slurm_key

# The key of MUNGE, from a secret.
slurm_key_secret() {
	slurm_text=$(aws secretsmanager "$HPCC_MUNGE_SECRET") || die "the secret with the MUNGE key cannot be read"
	{ printf '%s' "$slurm_text" | base64 -d >"$slurm_key.new" && [ "$(wc -c <"$slurm_key.new")" -ge 32 ]; } ||
		die "the secret with the MUNGE key is not 32 bytes or more in base64"
	mv "$slurm_key.new" "$slurm_key"
}
