# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the cluster file says of the default user.

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
