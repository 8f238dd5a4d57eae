# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Users from a directory: sssd.conf is written once, by the head node, which alone may read the password.

# "dc=example,dc=com" of "example.com"; a name that is a base already stays.
directory_base() {
	case $1 in
	*=*) echo "$1" ;;
	*) echo "dc=$(echo "$1" | sed 's/\./,dc=/g')" ;;
	esac
}

# Addresses may lack their scheme: LDAP over TLS then.
directory_uris() {
	echo "$1" | tr ',' '\n' | while read -r directory_uri; do
		case $directory_uri in
		ldap*://*) echo "$directory_uri" ;;
		*) echo "ldaps://$directory_uri" ;;
		esac
	done | paste -sd ,
}

directory_write() {
	directory_password=$(aws secretsmanager "$HPCC_AD_SECRET" password) ||
		die "the secret with the directory's password cannot be read"
	umask 077
	mkdir -p "$HPCC/secret"
	{
		printf '[sssd]\nservices = nss, pam, ssh\nconfig_file_version = 2\ndomains = default\n'
		printf '[domain/default]\nid_provider = ldap\ncache_credentials = True\n'
		printf 'ldap_schema = AD\nldap_id_mapping = True\nuse_fully_qualified_names = False\n'
		printf 'ldap_referrals = False\n' # Active Directory refers to servers that may not be reachable
		printf 'default_shell = /bin/bash\nfallback_homedir = /home/%%u\n'
		printf 'ldap_uri = %s\n' "$(directory_uris "$HPCC_AD_ADDRESS")"
		printf 'ldap_search_base = %s\n' "$(directory_base "$HPCC_AD_DOMAIN")"
		printf 'ldap_default_bind_dn = %s\n' "$HPCC_AD_USER"
		printf 'ldap_default_authtok = %s\n' "$directory_password"
		printf 'ldap_tls_reqcert = %s\n' "$HPCC_AD_REQCERT"
		[ -z "${HPCC_AD_CA_CERT:-}" ] || printf 'ldap_tls_cacert = %s\n' "$HPCC_AD_CA_CERT"
		[ -z "${HPCC_AD_FILTER:-}" ] ||
			printf 'access_provider = ldap\nldap_access_filter = %s\n' "$HPCC_AD_FILTER"
		cat "$HPCC/etc/sssd.extra" 2>/dev/null || :
	} >"$HPCC/secret/sssd.conf"
	umask 022
}

# A key pair at the first login on the head node, so that users reach compute nodes.
directory_keys() {
	[ "${HPCC_AD_SSH_KEYS:-no}" = yes ] || return 0
	cat >/etc/profile.d/hpcc-ssh-key.sh <<-'END'
		if [ "$(id -u)" -ge 1000 ] && [ ! -e ~/.ssh/id_ed25519 ]; then
			mkdir -p -m 700 ~/.ssh
			ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519
			(umask 077 && cat ~/.ssh/id_ed25519.pub >>~/.ssh/authorized_keys)
		fi
	END
}

# Users log in with the password of the directory where they come from outside; images forbid passwords.
directory_passwords() {
	[ "$HPCC_KIND" != compute ] || return 0
	find /etc/ssh \( -name sshd_config -o -path '*/sshd_config.d/*.conf' \) \
		-exec sed -i 's/^[[:space:]#]*PasswordAuthentication .*/PasswordAuthentication yes/' {} +
	systemctl try-restart ssh sshd || :
}

# Users of a directory: the head node writes sssd.conf, the others take it from the root-only folder.
node_directory() {
	[ -r "$HPCC/secret/sssd.conf" ] || return 0
	case $(pkg_tool) in
	apt-get)
		pkg_install sssd sssd-tools libnss-sss libpam-sss
		# Sockets for what sssd.conf lets sssd start itself would fail.
		systemctl disable --now sssd-nss.socket sssd-pam.socket sssd-pam-priv.socket sssd-ssh.socket || :
		;;
	yum) pkg_install sssd sssd-tools sssd-ldap oddjob-mkhomedir authconfig ;;
	*) pkg_install sssd sssd-tools sssd-ldap oddjob-mkhomedir authselect ;;
	esac
	directory_keys
	install -m 600 "$HPCC/secret/sssd.conf" /etc/sssd/sssd.conf
	if command -v authselect >/dev/null; then
		authselect select sssd with-mkhomedir --force >&2
		systemctl enable --now oddjobd
	elif command -v authconfig >/dev/null; then
		authconfig --enablesssd --enablesssdauth --enablemkhomedir --update >&2
		systemctl enable --now oddjobd
	else
		pam-auth-update --enable mkhomedir
	fi
	directory_passwords
	systemctl enable sssd
	systemctl restart sssd
}
