# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What all kinds of nodes do to themselves.

# node_name NAME: host name now and at later boots.
node_name() {
	hostnamectl set-hostname "$1" 2>/dev/null || hostname "$1"
	echo "$1" >/etc/hostname
	grep -q " $1\$" /etc/hosts || echo "$(imds meta-data/local-ipv4) $1" >>/etc/hosts
}

# node_boot NAME: runs boot/NAME.sh now and at each boot, off a copy: /opt/hpcc may come later than it.
node_boot() {
	install -m 755 "$HPCC/boot/$1.sh" "/usr/local/sbin/hpcc-$1"
	install -m 644 "$HPCC/systemd/hpcc-boot@.service" /etc/systemd/system/
	systemctl enable --now "hpcc-boot@$1.service"
}

# Instance store disks as one striped volume; they are empty after each stop, so it is made at each boot.
node_ephemeral() {
	[ -n "${HPCC_EPHEMERAL:-}" ] || return 0
	ls /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_* >/dev/null 2>&1 || return 0
	pkg_need lvcreate lvm2 lvm2
	printf 'HPCC_EPHEMERAL=%s\n' "$HPCC_EPHEMERAL" >/etc/hpcc/ephemeral
	node_boot ephemeral
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

# Only root and Slurm may ask the metadata service for the node's credentials.
node_imds_guard() {
	[ "${HPCC_IMDS_GUARD:-no}" = yes ] || return 0
	pkg_need iptables iptables iptables-nft
	node_boot imds-guard
}

# node_timer NAME: runs minute/NAME.sh once a minute.
node_timer() {
	install -m 644 "$HPCC/systemd/hpcc-minute@.service" "$HPCC/systemd/hpcc-minute@.timer" \
		/etc/systemd/system/
	systemctl enable --now "hpcc-minute@$1.timer"
}

# Source: EFA user guide, "Install the EFA software".
node_efa() {
	[ "${HPCC_EFA:-no}" = yes ] && [ ! -d /opt/amazon/efa ] || return 0
	node_dir=$(mktemp -d)
	curl -fsS https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz |
		tar -xzC "$node_dir" --strip-components=1
	(cd "$node_dir" && ./efa_installer.sh -y -g) >&2 || die "the EFA software cannot be installed"
	rm -rf "$node_dir"
}

# Users of a directory: the head node writes sssd.conf, the others take it from the root-only folder.
node_directory() {
	[ -r "$HPCC/secret/sssd.conf" ] || return 0
	case $(pkg_tool) in
	apt-get) pkg_install sssd sssd-tools libnss-sss libpam-sss ;;
	*) pkg_install sssd sssd-tools sssd-ldap oddjob-mkhomedir authselect ;;
	esac
	install -m 600 "$HPCC/secret/sssd.conf" /etc/sssd/sssd.conf
	if command -v authselect >/dev/null; then
		authselect select sssd with-mkhomedir --force >&2
		systemctl enable --now oddjobd
	else
		pam-auth-update --enable mkhomedir
	fi
	systemctl enable sssd
	systemctl restart sssd
}
