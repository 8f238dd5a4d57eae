#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of the head node, in order; the stack hears of the end, good or bad. Cut off at any place it is begun again, and
# comes to the same end. Later boots are systemd's.
set -eu
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
mkdir -p /var/log/hpcc
# Arguments of actions may be secret, and what they print.
touch /var/log/hpcc/boot.log
chmod 600 /var/log/hpcc/boot.log
exec >>/var/log/hpcc/boot.log 2>&1

finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console
	[ ! -e "$HPCC/etc/fetched" ] || cp "$HPCC/etc/fetched" /run/hpcc-failed
	signal_failure "head node" /var/log/hpcc/boot.log || :
}

head_configure() {
	rm -rf "${HPCC:?}/etc"
	"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc"
	load_settings
}

# Home directories, Slurm's state and the key outlive this instance on a volume of their own. What a head node before this one
# was told goes.
state_volume() {
	[ -n "${HPCC_STATE_VOLUME:-}" ] || return 0
	disk=$(volume_attach "$HPCC_STATE_VOLUME") || exit
	disk=$(volume_format "$disk")
	volume_mount "$disk" /srv/hpcc
	mkdir -p /srv/hpcc/home /srv/hpcc/opt
	if ! mountpoint -q /opt/hpcc; then
		(cd /srv/hpcc/opt && rm -rf boot etc etc.new lib minute slurm systemd)
		cp -a /opt/hpcc/. /srv/hpcc/opt/
	fi
	fstab_add /srv/hpcc/opt /opt/hpcc none bind,nofail,x-systemd.requires-mounts-for=/srv/hpcc
	storage_has_homes && return
	mountpoint -q /home || cp -an /home/. /srv/hpcc/home/
	fstab_add /srv/hpcc/home /home none bind,nofail,x-systemd.requires-mounts-for=/srv/hpcc
	optional restorecon /home || :
}

# What the other nodes mount. Lists of nodes are Slurm's to write, the key is root's to read.
exports() {
	nfs_start
	mkdir -p "$HPCC/nodes" "$HPCC/secret"
	chown slurm: "$HPCC/nodes"
	chmod 700 "$HPCC/secret"
	optional login_keys
	nfs_export /opt/hpcc ro
	! slurm_own || nfs_export /opt/slurm ro
	storage_has_homes || nfs_export /home rw
}

controller() {
	install -d -m 755 -o slurm -g slurm /srv/hpcc/state/slurmctld /var/spool/slurmctld
	for file in slurmctld slurmdbd resume suspend events; do
		[ -e "/var/log/hpcc/$file.log" ] ||
			install -m 640 -o slurm -g slurm /dev/null "/var/log/hpcc/$file.log"
	done
	slurm_key_make
	slurm_munge_start
	slurm_configure
	optional slurm_accounting
	slurm_unit slurmctld
	retry 90 2 scontrol ping || die "slurmctld does not answer"
	optional slurm_accounts
}

head_reconcile() {
	"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1 || :
}

# From here on later boots are systemd's, and what is left to say update.sh says.
head_ready() {
	timeout 60 sync || :
	cp "$HPCC/etc/fetched" "$HPCC/etc/applied"
	: >/var/lib/cloud/instance/hpcc-ready
}

trap finish EXIT
step head_configure
# What has failed fails again, until the stack says something new, or the machine starts again.
! cmp -s "$HPCC/etc/fetched" /run/hpcc-failed || {
	trap - EXIT
	exit 1
}
step pkg_mend
step node_name "$(hostname -s)" # slurm.conf names it: it stays the same after a restart
step node_calm
step node_compat
step run_actions OnNodeStart
step node_smt
step node_proxy
step logs_start
step node_open
step node_search
step node_user
step state_volume
step slurm_install slurmctld slurmd slurmdbd
step slurm_names
step volume_reserve
step exports
step storage_mount_all
step node_ssh
step node_ephemeral
step directory_write
step node_directory
step node_containers
step controller
step node_imds_guard
step node_dcv
step node_rotate
step run_actions OnNodeConfigured
step node_timer reconcile
step node_timer update
step head_reconcile
step head_ready
step signal_stack SUCCESS "head node is ready" || log "the stack cannot be told yet"
log "ready"
