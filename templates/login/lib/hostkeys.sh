# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Host keys of login nodes: people reach a node by the address of its load balancer, so all nodes have the same.

# The head node makes them, once.
login_keys() {
	login_folder=$HPCC/secret/login
	mkdir -p "$login_folder"
	for login_type in rsa ecdsa ed25519; do
		login_file=$login_folder/ssh_host_${login_type}_key
		[ -s "$login_file" ] || {
			rm -f "$login_file"
			ssh-keygen -q -t "$login_type" -N '' -C login -f "$login_file"
		}
	done
}

# A login node takes them. There are none where an update brought the first pool to a cluster.
login_keys_take() {
	[ -d "$HPCC/secret/login" ] || return 0
	cp "$HPCC"/secret/login/ssh_host_* /etc/ssh/
	chmod 600 /etc/ssh/ssh_host_*_key
	systemctl try-restart ssh sshd || :
}
