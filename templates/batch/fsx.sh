# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# FSx file systems that were there before the stack: where one is mounted from, its API alone tells.

# ask ACTION MEMBER ID QUERY: sets `found`, one word a field.
ask() {
	need aws awscli-2
	doing "the question for $3"
	found=$(api fsx "$1" "$2" "$3" --query "$4")
}

# known_lustre DIRECTORY ID
known_lustre() {
	ask describe-file-systems --file-system-ids "$2" 'FileSystems[0].[DNSName,LustreConfiguration.MountName]'
	# shellcheck disable=SC2086 # two words
	lustre "$1" $found
}

# file_cache DIRECTORY ID
file_cache() {
	ask describe-file-caches --file-cache-ids "$2" 'FileCaches[0].[DNSName,LustreConfiguration.MountName]'
	# shellcheck disable=SC2086 # two words
	lustre "$1" $found
}

# openzfs DIRECTORY VOLUME
openzfs() {
	ask describe-volumes --volume-ids "$2" 'Volumes[0].[FileSystemId,OpenZFSConfiguration.VolumePath]'
	need mount.nfs nfs-utils
	attach "${found%%[[:space:]]*}.fsx.$AWS_DEFAULT_REGION.$HPCC_SUFFIX:${found##*[[:space:]]}" "$1" nfs \
		nfsvers=4.2,noatime,_netdev
}

# ontap DIRECTORY VOLUME
ontap() {
	ask describe-volumes --volume-ids "$2" \
		'Volumes[0].OntapConfiguration.[StorageVirtualMachineId,JunctionPath]'
	ontap_path=${found##*[[:space:]]}
	ask describe-storage-virtual-machines --storage-virtual-machine-ids "${found%%[[:space:]]*}" \
		'StorageVirtualMachines[0].Endpoints.Nfs.DNSName'
	need mount.nfs nfs-utils
	attach "$found:$ontap_path" "$1" nfs noatime,_netdev
}
