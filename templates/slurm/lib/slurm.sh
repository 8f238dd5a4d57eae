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

# Is there a Slurm in /opt/slurm, and not only names for what packages have brought (slurm_names)?
slurm_own() {
	[ -e /opt/slurm/bin/scontrol ] && [ ! -L /opt/slurm/bin/scontrol ]
}

# slurm_install ROLE...: roles slurmctld, slurmd, slurmdbd, client. An image may bring its own /opt/slurm; where
# the distribution has no Slurm that is new enough, it is built (build/), else it has packages (packages/).
slurm_install() {
	slurm_user
	if slurm_own && [ -x /opt/slurm/sbin/slurmd ] && [ ! -e /opt/slurm/unfinished ] && ! mountpoint -q /opt/slurm; then
		# It was made to read its own etc/.
		[ -L /opt/slurm/etc ] || [ ! -e /opt/slurm/etc ] || mv /opt/slurm/etc /opt/slurm/etc.image
		ln -sfn "$SLURM_CONF_DIR" /opt/slurm/etc
		slurm_munge_install
	elif command -v slurm_build >/dev/null; then
		slurm_build
	else
		slurm_packages "$@"
	fi
	# shellcheck disable=SC2016 # for the shells of users
	! slurm_own || echo 'PATH=/opt/slurm/bin:/opt/slurm/sbin:$PATH' >/etc/profile.d/hpcc-slurm.sh
	# Older ones know no control groups of version 2, nor what the resume program is told.
	! command -v slurmd >/dev/null || [ "$(slurm_version slurmd)" -ge 2205 ] ||
		die "hpcc needs Slurm 22.05 or newer: $(slurmd -V 2>&1)"
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
		slurm_key_secret
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

# slurm_make FOLDER: what goes into /etc/slurm, of a configuration in FOLDER, in a folder beside it: all of it, before any of
# it counts. slurm.conf is the static one, the generated parts and the user's, one behind the other: slurmctld hands out one
# file, and clients that cannot ask it have a copy.
slurm_make() {
	slurm_new=$SLURM_CONF_DIR/new
	rm -rf "$slurm_new"
	mkdir -p "$slurm_new"
	chmod 755 "$SLURM_CONF_DIR" "$slurm_new"
	# What slurmd runs around jobs, the user's programs and ours: of none at all it says that it cannot run them.
	for slurm_file in prolog epilog; do
		mkdir -p "$HPCC/share/$slurm_file.d"
		ln -sfn /bin/true "$HPCC/share/$slurm_file.d/90_hpcc"
	done
	optional gpu_prolog
	[ -e "$SLURM_CONF_DIR/scripts" ] || ln -s "$HPCC/share" "$SLURM_CONF_DIR/scripts"
	for slurm_file in hpcc_settings.conf hpcc_nodes.conf gres.conf cgroup.conf; do
		slurm_adapt "$1/slurm/$slurm_file" >"$slurm_new/$slurm_file"
	done
	: >"$slurm_new/custom.conf"
	[ ! -r "$1/slurm/custom.conf" ] || cp "$1/slurm/custom.conf" "$slurm_new/"
	[ -z "${HPCC_SLURM_INCLUDE:-}" ] || actions_fetch "$HPCC_SLURM_INCLUDE" "$slurm_new/custom.conf" ||
		die "$HPCC_SLURM_INCLUDE cannot be fetched"
	{
		slurm_adapt "$HPCC/slurm/slurm.conf"
		cat "$slurm_new/hpcc_settings.conf" "$slurm_new/hpcc_nodes.conf" "$slurm_new/custom.conf"
	} >"$slurm_new/slurm.conf"
}

# What slurm_make made counts from now on: slurm.conf last.
slurm_take() {
	for slurm_file in hpcc_settings.conf hpcc_nodes.conf gres.conf cgroup.conf custom.conf; do
		mv "$SLURM_CONF_DIR/new/$slurm_file" "$SLURM_CONF_DIR/"
	done
	slurm_client=$HPCC/etc/slurm/client.conf
	cp "$SLURM_CONF_DIR/new/slurm.conf" "$slurm_client.new"
	mv "$slurm_client.new" "$slurm_client"
	mv "$SLURM_CONF_DIR/new/slurm.conf" "$SLURM_CONF_DIR/"
}

# Writes /etc/slurm at a first boot.
slurm_configure() {
	slurm_make "$HPCC/etc"
	slurm_take
}

# slurm_unit DAEMON: our unit under the name that everybody knows, over the distribution's, which waits for files we do
# not use. Clusters of earlier releases have it as hpcc-DAEMON.
slurm_unit() {
	if [ -e "/etc/systemd/system/hpcc-$1.service" ] && [ ! -L "/etc/systemd/system/hpcc-$1.service" ]; then
		systemctl disable --now "hpcc-$1.service"
		rm -f "/etc/systemd/system/hpcc-$1.service"
	fi
	install -m 644 "$HPCC/systemd/$1.service" /etc/systemd/system/
	systemctl daemon-reload
	systemctl enable "$1.service"
	systemctl restart "$1.service"
}

# What compute and login nodes mount of the head node. Lists of nodes are Slurm's to write.
slurm_exports() {
	chown slurm: "$HPCC/nodes"
	nfs_export /opt/hpcc ro
	! slurm_own || nfs_export /opt/slurm ro
}

# All of Slurm on a head node at its first boot.
scheduler_start() {
	install -d -m 755 -o slurm -g slurm /srv/hpcc/state/slurmctld /var/spool/slurmctld
	for slurm_file in slurmctld slurmdbd resume suspend events; do
		[ -e "/var/log/hpcc/$slurm_file.log" ] ||
			install -m 640 -o slurm -g slurm /dev/null "/var/log/hpcc/$slurm_file.log"
	done
	slurm_key_make
	slurm_munge_start
	slurm_configure
	optional slurm_accounting
	slurm_unit slurmctld
	retry 90 2 scontrol ping || die "slurmctld does not answer"
	optional slurm_accounts
}

# An update takes its configuration over.
scheduler_update() {
	slurm_unit slurmctld
	retry 30 2 scontrol ping || die "slurmctld does not answer"
	# Nodes that run get the new slurm.conf.
	scontrol reconfigure || :
}

scheduler_timer() {
	node_timer reconcile
}

slurm_reconcile() {
	"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1 || :
}
