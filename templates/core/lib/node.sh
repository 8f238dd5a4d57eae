# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What all kinds of nodes do to themselves.

# What images of Red Hat's family keep shut: the ports of Slurm and NFS, and homes on NFS.
node_open() {
	systemctl disable --now firewalld || :
	optional setsebool -P use_nfs_home_dirs 1 || :
}

# What would change a node under its jobs: the same packages everywhere come with the image, or with a new one.
node_calm() {
	for node_unit in apt-daily.timer apt-daily-upgrade.timer unattended-upgrades dnf-automatic.timer \
		dnf-automatic-install.timer packagekit; do
		systemctl disable --now "$node_unit" 2>/dev/null || :
	done
	optional node_clock
}

# node_name NAME: host name now and at later boots.
node_name() {
	hostnamectl set-hostname "$1" 2>/dev/null || hostname "$1"
	echo "$1" >/etc/hostname
	grep -q " $1\$" /etc/hosts && return
	node_address=$(imds meta-data/local-ipv4) || die "the metadata service does not answer"
	echo "$node_address $1" >>/etc/hosts
}

# node_boot NAME: runs boot/NAME.sh now and at each boot, off a copy where no storage is mounted: /opt/hpcc may come
# later than it.
node_boot() {
	install -D -m 755 "$HPCC/boot/$1.sh" "/etc/hpcc/boot/$1.sh"
	install -m 644 "$HPCC/systemd/hpcc-boot@.service" /etc/systemd/system/
	systemctl enable "hpcc-boot@$1.service"
	systemctl restart "hpcc-boot@$1.service"
}

# Nodes are reached by ssh without a question, for their host keys are new each time; the default user has a key of
# the cluster for that, in the home that all nodes share or in each of its own.
node_ssh() {
	grep -qs '^Host \*-st-' /etc/ssh/ssh_config || echo "Host *-st-* *-dy-*
StrictHostKeyChecking no
UserKnownHostsFile /dev/null" >>/etc/ssh/ssh_config
	node_key=$HPCC/secret/user
	[ -s "$node_key" ] || {
		rm -f "$node_key"
		ssh-keygen -qt ed25519 -N '' -f "$node_key"
	}
	runuser "$HPCC_USER" -c 'umask 077; mkdir -p ~/.ssh; cd ~/.ssh && [ -s id_ed25519 ] || {
cat >id_ed25519; ssh-keygen -y -f id_ed25519 >>authorized_keys; }' <"$node_key" || :
}

# Only root, Slurm and, unless the cluster file says no, the default user may ask the metadata service for the node's
# credentials.
node_imds_guard() {
	[ "${HPCC_IMDS_GUARD:-no}" = yes ] || return 0
	command -v iptables >/dev/null || pkg_try iptables-nft || pkg_install iptables
	rm -f /etc/hpcc/imds-users
	[ "${HPCC_IMDS_USER:-yes}" = no ] || echo "$HPCC_USER" >/etc/hpcc/imds-users
	node_boot imds-guard
}

# What a node runs itself it has a copy of: /opt/hpcc is gone when the head node is. It counts when all of it has found room.
node_local() {
	node_new=/var/lib/hpcc/new
	rm -rf $node_new
	mkdir -p $node_new
	cp -r "$HPCC/lib" "$HPCC/boot" "$HPCC/minute" $node_new
	install -D -m 644 "$HPCC/etc/settings" $node_new/etc/settings
	[ ! -r "$KIND_FOLDER/settings" ] ||
		install -D -m 644 "$KIND_FOLDER/settings" "$node_new/${KIND_FOLDER#"$HPCC/"}/settings"
	cp -rl --remove-destination $node_new/. /var/lib/hpcc
}

# node_timer NAME: runs minute/NAME.sh once a minute, off the copy where there is one.
node_timer() {
	node_here=$HPCC
	[ "$HPCC_KIND" = head ] || node_here=/var/lib/hpcc
	for node_unit in service timer; do
		sed "s|@HERE@|$node_here|" "$HPCC/systemd/hpcc-minute@.$node_unit" \
			>"/etc/systemd/system/hpcc-minute@.$node_unit"
	done
	systemctl daemon-reload
	systemctl enable --now "hpcc-minute@$1.timer"
}

node_rotate() {
	[ "${HPCC_LOG_ROTATION:-yes}" = yes ] || {
		rm -f /etc/logrotate.d/hpcc
		return
	}
	echo '/var/log/hpcc/*.log {
weekly
maxsize 100M
rotate 8
missingok
notifempty
compress
copytruncate
su root root
}' >/etc/logrotate.d/hpcc
}
