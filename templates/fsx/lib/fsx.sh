# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# File systems of FSx that are mounted by NFS.
# shellcheck disable=SC2154 # etc/storage sets fs_...

storage_FsxOpenZfs() {
	storage_nfs "$fs_DnsName:$fs_VolumePath" nfsvers=4.2,_netdev,nofail
}

storage_FsxOntap() {
	storage_nfs "$fs_DnsName:$fs_VolumePath" _netdev,nofail
}
