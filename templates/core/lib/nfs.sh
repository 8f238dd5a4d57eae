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

# The networks of the VPC; security groups let in only nodes of the cluster.
nfs_cidrs() {
	# An answer without one is none: an export to nobody is one to all.
	nfs_mac=$(imds meta-data/mac) && nfs_all=$(imds "meta-data/network/interfaces/macs/$nfs_mac/vpc-ipv4-cidr-blocks") &&
		echo "$nfs_all" | grep /
}

nfs_id() {
	printf %s "$1" | cksum | cut -d ' ' -f 1
}

# nfs_write FILE WORD OPTIONS: the file of one export, for each network of nfs_list.
nfs_write() {
	# shellcheck disable=SC2059,SC2086 # one word a network
	put "$1" "$2$(printf " %s($3)" $nfs_list)"
}

# nfs_export DIRECTORY rw|ro
nfs_export() {
	nfs_list=$(retry 5 5 nfs_cidrs) || die "the metadata service does not answer"
	nfs_id=$(nfs_id "$1")
	nfs_write "/etc/exports.d/hpcc$nfs_id.exports" "$(fstab_word "$1" | sed 's/"/\\042/g; s/#/\\043/g')" \
		"$2,sync,no_root_squash,no_subtree_check,fsid=$nfs_id"
	exportfs -ra
}

nfs_unexport() {
	rm -f "/etc/exports.d/hpcc$(nfs_id "$1")".*
	exportfs -ra
	exportfs -f
}

# Is what the file exports to be mounted, and is not?
nfs_missing() {
	read -r nfs_word nfs_rest <"$1" && grep -qF " $nfs_word " /etc/fstab && ! grep -qF " $nfs_word " /proc/mounts
}

# Once a minute: the server starts with all that it exports or not at all, nfs.systemd(7). When it did not at a boot, what is
# not mounted leaves it, until it is mounted.
nfs_serve() {
	nfs_up=yes
	systemctl is-active -q nfs-server || [ -n "$(systemctl list-jobs --no-legend nfs-server.service)" ] || nfs_up=
	for nfs_file in /etc/exports.d/hpcc*.exports; do
		if [ -z "$nfs_up" ] && [ -e "$nfs_file" ] && nfs_missing "$nfs_file"; then
			log "no export, for it is not mounted: $nfs_word"
			mv "$nfs_file" "${nfs_file%.*}.away"
		fi
	done
	for nfs_file in /etc/exports.d/hpcc*.away; do
		[ -e "$nfs_file" ] || continue
		timeout -k 5 60 mount -a >&2 || :
		nfs_missing "$nfs_file" || mv "$nfs_file" "${nfs_file%.*}.exports"
		[ -n "$nfs_up" ] || { systemctl daemon-reload && timeout 60 systemctl start nfs-server; }
		nfs_up=yes
	done
}

# Once a minute: a VPC may get networks, or lose them.
nfs_follow() {
	nfs_list=$(nfs_cidrs) || return 0
	for nfs_file in /etc/exports.d/hpcc*.exports; do
		[ -s "$nfs_file" ] || continue
		read -r nfs_word nfs_rest <"$nfs_file"
		nfs_rest=${nfs_rest##*(}
		nfs_write "$nfs_file" "$nfs_word" "${nfs_rest%)}"
	done
	exportfs -ra
}
