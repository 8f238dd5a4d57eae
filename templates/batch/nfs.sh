# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Directories of a head node.

# nfs_answers SERVER: its port is open.
nfs_answers() {
	timeout 10 bash -c ": </dev/tcp/$1/2049" 2>/dev/null
}

# nfs SERVER DIRECTORY: the same directory here. The head node may come up later than this instance.
nfs() {
	need mount.nfs nfs-utils
	doing "the wait for the head node"
	try 140 10 nfs_answers "$1"
	attach "$1:$2" "$2" nfs hard,noatime,_netdev
}
