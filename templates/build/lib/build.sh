# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Slurm where the distribution has none, or one that is too old: the head node builds it, the others mount it.

slurm_build() {
	if ! slurm_own && [ ! -e /opt/slurm/unfinished ] && command -v slurmd >/dev/null; then # the image has packages of its own
		slurm_munge_install
		return
	fi
	if [ "$HPCC_KIND" = head ]; then
		slurm_munge_install
		"$HPCC/slurm/build.sh" || die "Slurm cannot be built"
		return
	fi
	mkdir -p /opt/slurm
	fstab_add "$HPCC_HEAD:/opt/slurm" /opt/slurm nfs vers=4,ro,hard,_netdev,nofail
	slurm_munge_install
	[ -r /opt/slurm/packages ] || return 0
	set --
	while read -r slurm_package; do
		# What the image has stays at its version.
		{ dpkg -s "$slurm_package" || rpm -q "$slurm_package"; } >/dev/null 2>&1 ||
			set -- "$@" "$slurm_package"
	done </opt/slurm/packages
	[ $# -eq 0 ] || pkg_install "$@"
}

# What scripts write below /opt/slurm/etc stays on their node.
slurm_names() {
	mkdir -p "$SLURM_CONF_DIR"
	[ "$HPCC_KIND" != head ] || [ -e /opt/slurm/etc ] || ! slurm_own || ln -sfn "$SLURM_CONF_DIR" /opt/slurm/etc
}
