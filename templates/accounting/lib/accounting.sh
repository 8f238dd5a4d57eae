# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Slurm accounting: the daemon in front of the database, and the first accounts.

# Slurm answers within a minute, or has not answered.
sacctmgr() {
	timeout 60 sacctmgr "$@"
}

# The accounting daemon, when the cluster file names a database.
slurm_accounting() {
	[ -n "${HPCC_DB_SECRET:-}" ] || return 0
	slurm_text=$(aws secretsmanager "$HPCC_DB_SECRET" password) ||
		die "the secret with the database password cannot be read"
	umask 077
	slurm_adapt "$HPCC/etc/slurm/slurmdbd.conf" >"$SLURM_CONF_DIR/slurmdbd.conf"
	# "#" would begin a comment, and "\" is taken off. Source: Slurm's src/common/parse_config.c.
	printf 'StoragePass=%s\n' "$(printf %s "$slurm_text" | sed 's/[\\#]/\\&/g; /[[:space:]]/s/.*/"&"/')" \
		>>"$SLURM_CONF_DIR/slurmdbd.conf"
	umask 022
	chown slurm: "$SLURM_CONF_DIR/slurmdbd.conf"
	slurm_unit slurmdbd
	retry 30 5 timeout 10 sacctmgr -n list cluster >/dev/null || die "slurmdbd does not answer"
}

# The first accounts: jobs of a user without one would be refused.
slurm_accounts() {
	[ -n "${HPCC_DB_SECRET:-}" ] || return 0
	sacctmgr -i add cluster "$HPCC_CLUSTER" >&2 || :
	sacctmgr -i add account hpcc "cluster=$HPCC_CLUSTER" >&2 || :
	sacctmgr -i add user "$HPCC_USER" account=hpcc >&2 || :
}
