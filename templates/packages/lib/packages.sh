# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Slurm of the distribution: where that has none that is new enough it is built (build/).

# slurm_packages ROLE...
slurm_packages() {
	slurm_list='munge slurm-client'
	for slurm_role in "$@"; do
		[ "$slurm_role" = client ] || slurm_list="$slurm_list $slurm_role"
	done
	# shellcheck disable=SC2086 # one word a package
	pkg_install $slurm_list
	pkg_try libpmix2 || pkg_try libpmix2t64 || log "without PMIx"
	slurm_pmix_link
}

# Slurm opens PMIx by a name that only the package for developers has.
slurm_pmix_link() {
	for slurm_pmix in /usr/lib/*/pmix2/lib; do
		[ ! -e "$slurm_pmix/libpmix.so.2" ] || ln -sf libpmix.so.2 "$slurm_pmix/libpmix.so"
	done
}

# Slurm of packages under the names that it has where it is built. A compute node has the files that slurmctld gave it.
slurm_names() {
	! slurm_own || return 0
	mkdir -p /opt/slurm
	slurm_etc=$SLURM_CONF_DIR
	[ "$HPCC_KIND" = head ] || [ -e "$SLURM_CONF_DIR/slurm.conf" ] || slurm_etc=/run/slurm/conf
	slurm_lib=$(find /usr/lib /usr/lib64 -name 'libslurm*.so*' 2>/dev/null | head -n 1)
	slurm_lib=${slurm_lib%/*}
	ln -sfn "${slurm_lib%/slurm*}" /opt/slurm/lib
	ln -sfn "$slurm_etc" /opt/slurm/etc
	ln -sfn /usr/include /opt/slurm/include
	# They lead to folders of much else, which is not to come before what the machine has of its own.
	PATH=${PATH#/opt/slurm/bin:/opt/slurm/sbin:}
	ln -sfn "$(dirname "$(command -v slurmd || echo /usr/sbin/x)")" /opt/slurm/sbin
	ln -sfn "$(dirname "$(command -v srun)")" /opt/slurm/bin
}
