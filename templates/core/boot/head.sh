#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of the head node, in order; the stack hears of the end, good or bad. Later boots are systemd's.
set -eu
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
mkdir -p /var/log/hpcc
exec >>/var/log/hpcc/boot.log 2>&1

finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	tail -n 20 /var/log/hpcc/boot.log >/dev/console
	signal_stack FAILURE "head node: $(tail -n 5 /var/log/hpcc/boot.log)"
}
trap finish EXIT

# Home directories, Slurm's state and the key outlive this instance on a volume of their own.
state_volume() {
	[ -n "${HPCC_STATE_VOLUME:-}" ] || return 0
	disk=$(volume_attach "$HPCC_STATE_VOLUME")
	disk=$(volume_format "$disk")
	volume_mount "$disk" /srv/hpcc
	mkdir -p /srv/hpcc/home /srv/hpcc/opt
	cp -a /opt/hpcc/. /srv/hpcc/opt/
	fstab_add /srv/hpcc/opt /opt/hpcc none bind,nofail,x-systemd.requires-mounts-for=/srv/hpcc
	storage_has_homes && return
	cp -an /home/. /srv/hpcc/home/
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
	[ ! -d /opt/slurm ] || nfs_export /opt/slurm ro
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

"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc"
load_settings
node_name "$(hostname -s)" # slurm.conf names it: it stays the same after a restart
optional run_actions OnNodeStart
optional node_smt
optional node_proxy
node_open
optional node_search
node_user
state_volume
slurm_install slurmctld slurmd slurmdbd
exports
storage_mount_all
node_ssh
optional node_ephemeral
optional directory_write
optional node_directory
controller
node_imds_guard
optional node_dcv
node_rotate
optional logs_start
optional run_actions OnNodeConfigured
node_timer reconcile
node_timer update
"$HPCC/minute/reconcile.sh" >>/var/log/hpcc/reconcile.log 2>&1
signal_stack SUCCESS "head node is ready"
log "ready"
