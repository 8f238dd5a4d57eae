# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What all kinds of nodes do to themselves.

# What images of Red Hat's family keep shut: the ports of Slurm and NFS, and homes on NFS.
node_open() {
	systemctl disable --now firewalld || :
	optional setsebool -P use_nfs_home_dirs 1 || :
}

# node_name NAME: host name now and at later boots.
node_name() {
	hostnamectl set-hostname "$1" 2>/dev/null || hostname "$1"
	echo "$1" >/etc/hostname
	grep -q " $1\$" /etc/hosts || echo "$(imds meta-data/local-ipv4) $1" >>/etc/hosts
}

# node_boot NAME: runs boot/NAME.sh now and at each boot, off a copy where no storage is mounted: /opt/hpcc may come
# later than it.
node_boot() {
	install -D -m 755 "$HPCC/boot/$1.sh" "/etc/hpcc/boot/$1.sh"
	install -m 644 "$HPCC/systemd/hpcc-boot@.service" /etc/systemd/system/
	systemctl enable --now "hpcc-boot@$1.service"
}

# The default user of the image: sudo, and a home on the node itself. Before /home is mounted, or the move
# would take the shared home away.
node_user() {
	if [ "${HPCC_SUDO:-yes}" = no ]; then
		rm -f /etc/sudoers.d/90-cloud-init-users
	fi
	if [ "${HPCC_USER_HOME:-Shared}" = Local ] && [ ! -d "/local/home/$HPCC_USER" ]; then
		mkdir -p /local/home
		usermod -m -d "/local/home/$HPCC_USER" "$HPCC_USER"
	fi
}

# Nodes are reached by ssh without a question, for their host keys are new each time; the default user has a key of
# the cluster for that, in the home that all nodes share or in each of its own.
node_ssh() {
	echo "Host *-st-* *-dy-*
StrictHostKeyChecking no
UserKnownHostsFile /dev/null" >>/etc/ssh/ssh_config
	node_key=$HPCC/secret/user
	[ -e "$node_key" ] || ssh-keygen -qt ed25519 -N '' -f "$node_key"
	runuser "$HPCC_USER" -c 'umask 077; mkdir -p ~/.ssh; cd ~/.ssh && [ -e id_ed25519 ] || {
cat >id_ed25519; ssh-keygen -y -f id_ed25519 >>authorized_keys; }' <"$node_key" || :
}

# Only root and Slurm may ask the metadata service for the node's credentials.
node_imds_guard() {
	[ "${HPCC_IMDS_GUARD:-no}" = yes ] || return 0
	command -v iptables >/dev/null || pkg_try iptables-nft || pkg_install iptables
	node_boot imds-guard
}

# node_timer NAME: runs minute/NAME.sh once a minute.
node_timer() {
	install -m 644 "$HPCC/systemd/hpcc-minute@.service" "$HPCC/systemd/hpcc-minute@.timer" \
		/etc/systemd/system/
	systemctl enable --now "hpcc-minute@$1.timer"
}

node_rotate() {
	[ "${HPCC_LOG_ROTATION:-yes}" = yes ] || return 0
	cat >/etc/logrotate.d/hpcc <<-'END'
		/var/log/hpcc/*.log {
			weekly
			rotate 8
			missingok
			notifempty
			compress
			copytruncate
			su root root
		}
	END
}
