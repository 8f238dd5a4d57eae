# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Slurm and MUNGE: where they come from, their users, the key, the configuration.

SLURM_CONF_DIR=/etc/slurm

# Messages between nodes carry numbers of users: Slurm's must be the same everywhere (Debian's is this one).
slurm_user() {
	getent group slurm >/dev/null || groupadd -r -g 64030 slurm
	getent passwd slurm >/dev/null ||
		useradd -r -u 64030 -g slurm -d /nonexistent -s /usr/sbin/nologin slurm
}

# slurm_install ROLE...: roles slurmctld, slurmd, slurmdbd, client. An image may bring its own /opt/slurm; where
# the distribution has no Slurm that is new enough, it is built (build/).
slurm_install() {
	slurm_user
	if [ -x /opt/slurm/sbin/slurmd ]; then
		# It was made to read its own etc/.
		[ -L /opt/slurm/etc ] || [ ! -e /opt/slurm/etc ] || mv /opt/slurm/etc /opt/slurm/etc.image
		ln -sfn "$SLURM_CONF_DIR" /opt/slurm/etc
		slurm_munge_install
	elif command -v slurm_build >/dev/null; then
		slurm_build
	else
		slurm_packages='munge slurm-client'
		for slurm_role in "$@"; do
			[ "$slurm_role" = client ] || slurm_packages="$slurm_packages $slurm_role"
		done
		# shellcheck disable=SC2086 # one word a package
		pkg_install $slurm_packages
		pkg_try libpmix2 || pkg_try libpmix2t64 || log "without PMIx"
		slurm_pmix_link
	fi
	# shellcheck disable=SC2016 # for the shells of users
	[ ! -d /opt/slurm ] || echo 'PATH=/opt/slurm/bin:/opt/slurm/sbin:$PATH' >/etc/profile.d/hpcc-slurm.sh
	# Older ones know no control groups of version 2, nor what the resume program is told.
	! command -v slurmd >/dev/null || [ "$(slurm_version slurmd)" -ge 2205 ] ||
		die "hpcc needs Slurm 22.05 or newer: $(slurmd -V 2>&1)"
}

# Slurm opens PMIx by a name that only the package for developers has.
slurm_pmix_link() {
	for slurm_pmix in /usr/lib/*/pmix2/lib; do
		[ ! -e "$slurm_pmix/libpmix.so.2" ] || ln -sf libpmix.so.2 "$slurm_pmix/libpmix.so"
	done
}

slurm_munge_install() {
	command -v munged >/dev/null || pkg_try munge >&2 || "$HPCC/slurm/build-munge.sh" ||
		die "MUNGE cannot be installed"
	getent passwd munge >/dev/null || useradd -r -d /nonexistent -s /usr/sbin/nologin munge
}

# The key of the cluster: given as a secret, kept on the state volume, or made now. Root of any node holds it.
slurm_key_make() {
	slurm_key=$HPCC/secret/munge.key
	mkdir -p "$HPCC/secret"
	chmod 700 "$HPCC/secret"
	umask 077
	if [ -n "${HPCC_MUNGE_SECRET:-}" ]; then
		slurm_text=$(aws secretsmanager "$HPCC_MUNGE_SECRET") ||
			die "the secret with the MUNGE key cannot be read"
		{ printf '%s' "$slurm_text" | base64 -d >"$slurm_key.new" && [ "$(wc -c <"$slurm_key.new")" -ge 32 ]; } ||
			die "the secret with the MUNGE key is not 32 bytes or more in base64"
		mv "$slurm_key.new" "$slurm_key"
	elif [ ! -s "$slurm_key" ]; then
		head -c 128 /dev/urandom >"$slurm_key.new"
		mv "$slurm_key.new" "$slurm_key"
	fi
	chmod 400 "$slurm_key"
	umask 022
}

slurm_munge_start() {
	install -d -m 700 -o munge -g munge /etc/munge /var/lib/munge /var/log/munge
	install -m 400 -o munge -g munge "$HPCC/secret/munge.key" /etc/munge/munge.key
	if ! systemctl cat munge.service >/dev/null 2>&1; then
		install -m 644 "$HPCC/systemd/munge.service" /etc/systemd/system/
		systemctl daemon-reload
	fi
	systemctl enable munge
	systemctl restart munge
}

# slurm_version [DAEMON]: "2411" of "slurm 24.11.5".
slurm_version() {
	"${1:-slurmctld}" -V | sed 's/^slurm[^ ]* \([0-9]*\)\.\([0-9]*\).*/\1\2/'
}

# Prints a configuration file with what only this node knows and this version understands.
slurm_adapt() {
	slurm_pmix=none
	for slurm_plugin in /usr/lib/*/slurm*/mpi_pmix.so /opt/slurm/lib/slurm/mpi_pmix.so; do
		[ ! -e "$slurm_plugin" ] || ! ldconfig -p | grep -q libpmix || slurm_pmix=pmix
	done
	# Before 23.11 nodes had to be told to register their addresses; later versions reject the word.
	slurm_reg=
	[ "$(slurm_version)" -ge 2311 ] || slurm_reg=cloud_reg_addrs,
	sed -e "s|@CLUSTER@|$HPCC_CLUSTER|g" -e "s|@HEAD_HOST@|$(hostname -s)|g" \
		-e "s|@HEAD_IP@|$HPCC_HEAD|g" -e "s|@MPI@|$slurm_pmix|g" \
		-e "s|@CLUSTER_DB@|$(echo "$HPCC_CLUSTER" | tr - _)|g" -e "s|@AUTH_TYPE@|auth/munge|g" \
		-e "s|^SlurmctldParameters=|&$slurm_reg|" "$1"
}

# Writes /etc/slurm: slurm.conf is the static one, the generated parts and the user's, one behind the other.
slurm_configure() {
	install -d -m 755 "$SLURM_CONF_DIR"
	for slurm_file in hpcc_settings.conf hpcc_nodes.conf gres.conf cgroup.conf; do
		slurm_adapt "$HPCC/etc/slurm/$slurm_file" >"$SLURM_CONF_DIR/$slurm_file"
	done
	: >"$SLURM_CONF_DIR/custom.conf"
	[ ! -r "$HPCC/etc/slurm/custom.conf" ] ||
		cp "$HPCC/etc/slurm/custom.conf" "$SLURM_CONF_DIR/custom.conf"
	[ -z "${HPCC_SLURM_INCLUDE:-}" ] ||
		actions_fetch "$HPCC_SLURM_INCLUDE" "$SLURM_CONF_DIR/custom.conf" ||
		die "$HPCC_SLURM_INCLUDE cannot be fetched"
	# One file: slurmctld hands out slurm.conf, and clients that cannot ask it have a copy.
	{
		slurm_adapt "$HPCC/slurm/slurm.conf"
		cat "$SLURM_CONF_DIR/hpcc_settings.conf" "$SLURM_CONF_DIR/hpcc_nodes.conf" \
			"$SLURM_CONF_DIR/custom.conf"
	} >"$HPCC/etc/slurm/client.conf"
	cp "$HPCC/etc/slurm/client.conf" "$SLURM_CONF_DIR/slurm.conf"
}

# slurm_unit DAEMON: our unit in place of the distribution's, which waits for files we do not use.
slurm_unit() {
	systemctl disable --now "$1" 2>/dev/null || :
	install -m 644 "$HPCC/systemd/hpcc-$1.service" /etc/systemd/system/
	systemctl daemon-reload
	systemctl enable "hpcc-$1.service"
	systemctl restart "hpcc-$1.service"
}
