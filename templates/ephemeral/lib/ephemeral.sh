# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Instance store disks.

# Instance store disks as one striped volume; they are empty after each stop, so it is made at each boot.
node_ephemeral() {
	[ -n "${HPCC_EPHEMERAL:-}" ] || return 0
	ls /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_* >/dev/null 2>&1 || return 0
	pkg_need lvcreate lvm2 lvm2
	echo "HPCC_EPHEMERAL=$(quoted "$HPCC_EPHEMERAL")" >/etc/hpcc/ephemeral
	node_boot ephemeral
}
