# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# CustomSlurmSettings: what the user wrote.
# shellcheck disable=SC2154 # slurm/lib/slurm.sh sets SLURM_CONF_DIR

# A slurmctld of its own, with state and ports of its own, says whether it takes what slurm_make made; only what the user
# wrote can be wrong. It starts and ends no nodes.
slurm_check() {
	[ -s "$SLURM_CONF_DIR/new/custom.conf" ] || return 0
	slurm_try=/run/hpcc-slurm
	rm -rf "$slurm_try"
	mkdir -m 700 "$slurm_try"
	find "$SLURM_CONF_DIR" "$SLURM_CONF_DIR/new" -maxdepth 1 -type f -exec cp {} "$slurm_try" \;
	sed -i -E '/^(Accounting|StateSave|Slurmctld(Log|Pid|Port)|[A-Za-z]*(Suspend|Resume)[A-Za-z]*Prog)/Id' "$slurm_try/slurm.conf"
	cat >>"$slurm_try/slurm.conf" <<-END
		StateSaveLocation=$slurm_try
		SlurmctldPidFile=$slurm_try/pid
		SlurmctldLogFile=$slurm_try/log
		SlurmctldPort=46820
		ResumeProgram=/bin/true
		SuspendProgram=/bin/true
	END
	chown -R slurm: "$slurm_try"
	runuser -u slurm -- slurmctld -D -f "$slurm_try/slurm.conf" >"$slurm_try/out" 2>&1 &
	slurm_pid=$!
	retry 20 1 slurm_checked || :
	kill "$slurm_pid" 2>/dev/null && return
	die "slurmctld refuses the configuration: $(grep -hE 'Pars|fatal' "$slurm_try/out" | head -n 3)"
}

# It has ended, or it answers; what takes longer than the tries has read its configuration at least.
slurm_checked() {
	! kill -0 "$slurm_pid" 2>/dev/null || SLURM_CONF=$slurm_try/slurm.conf timeout 5 scontrol ping >&2
}
