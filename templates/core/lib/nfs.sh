# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The NFS server of the head node.

# Threads: four a processor, at least 8, at most 256.
nfs_start() {
	pkg_need exportfs nfs-kernel-server nfs-utils
	nfs_threads=$(($(nproc) * 4))
	nfs_threads=$((nfs_threads < 8 ? 8 : nfs_threads > 256 ? 256 : nfs_threads))
	mkdir -p /etc/nfs.conf.d /etc/exports.d
	printf '[nfsd]\nthreads=%d\n' "$nfs_threads" >/etc/nfs.conf.d/hpcc.conf
	systemctl enable --now nfs-server
}

# nfs_export DIRECTORY rw|ro: to the VPC; security groups let in only nodes of the cluster.
nfs_export() {
	nfs_fsid=$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)
	{
		fstab_word "$1" | sed 's/"/\\042/g; s/#/\\043/g'
		for nfs_cidr in $(imds "meta-data/network/interfaces/macs/$(imds meta-data/mac)/vpc-ipv4-cidr-blocks"); do
			printf ' %s(%s,sync,no_root_squash,no_subtree_check,fsid=%s)' "$nfs_cidr" "$2" \
				"$nfs_fsid"
		done
		echo
	} >"/etc/exports.d/hpcc$nfs_fsid.exports"
	exportfs -ra
}
