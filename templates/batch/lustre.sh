# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# FSx for Lustre and File Cache. Source: FSx for Lustre user guide, "Installing the Lustre client".

# lustre DIRECTORY DNS-NAME MOUNT-NAME
lustre() {
	doing 'the installation of the Lustre client'
	command -v mount.lustre >/dev/null || ! command -v amazon-linux-extras >/dev/null ||
		try 3 10 timeout 240 amazon-linux-extras install -y lustre
	need mount.lustre lustre-client
	attach "$2@tcp:/$3" "$1" lustre noatime,flock,user_xattr,_netdev
}
