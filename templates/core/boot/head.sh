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
	tail -n 20 /var/log/hpcc/boot.log >/dev/console || :
	[ ! -e "$HPCC/etc/fetched" ] || cp "$HPCC/etc/fetched" /run/hpcc-failed || :
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

# What the other nodes mount. The key is root's to read.
exports() {
	nfs_start
	mkdir -p "$HPCC/nodes" "$HPCC/secret"
	chmod 700 "$HPCC/secret"
	optional login_keys
	optional slurm_exports
	storage_has_homes || nfs_export /home rw
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
step scheduler_start
step node_imds_guard
step node_dcv
step node_rotate
step run_actions OnNodeConfigured
step scheduler_timer
step node_timer update
step slurm_reconcile
step head_ready
step signal_stack SUCCESS "head node is ready" || log "the stack cannot be told yet"
log "ready"
