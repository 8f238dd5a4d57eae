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
	# Debian's units start at the next boot, whatever node this is: slurm_unit enables those that it wants.
	systemctl disable "$@" || :
	pkg_try libpmix2 || pkg_try libpmix2t64 || log "without PMIx"
	slurm_pmix_link
}

# Slurm opens PMIx by a name that only the package for developers has.
slurm_pmix_link() {
	for slurm_pmix in /usr/lib/*/pmix2/lib; do
		[ ! -e "$slurm_pmix/libpmix.so.2" ] || ln -sf libpmix.so.2 "$slurm_pmix/libpmix.so"
	done
}

# Slurm of packages under the names that it has where it is built: its programs alone, for that folder comes first in PATH. Nodes
# without a slurm.conf get theirs from slurmctld: their etc/ is a folder of their own, for scripts to write to.
slurm_names() {
	! slurm_own || return 0
	mkdir -p /opt/slurm
	find /opt/slurm -maxdepth 1 -type l -exec rm {} +
	mkdir -p /opt/slurm/bin /opt/slurm/sbin
	for slurm_file in $(dpkg -L slurm-client slurmd slurmctld slurmdbd sackd 2>/dev/null | grep '^/usr/s*bin/.'); do
		ln -sf "$slurm_file" "/opt/slurm/${slurm_file#/usr/}"
	done
	if [ "$HPCC_KIND" = head ] || [ -e "$SLURM_CONF_DIR/slurm.conf" ]; then
		ln -sfn "$SLURM_CONF_DIR" /opt/slurm/etc
	else
		mkdir -p /opt/slurm/etc
		ln -sfn /run/slurm/conf/slurm.conf /opt/slurm/etc/
	fi
	slurm_lib=$(find /usr/lib /usr/lib64 -name 'libslurm*.so*' 2>/dev/null | head -n 1)
	slurm_lib=${slurm_lib%/*}
	ln -sfn "${slurm_lib%/slurm*}" /opt/slurm/lib
	ln -sfn /usr/include /opt/slurm/include
}
