# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Elastic Fabric Adapter.

# NCCL goes by libfabric where the plugin is there (the installer brings it), and by no bridge of containers.
node_efa_profile() {
	cat >/etc/profile.d/hpcc-efa.sh <<-'END'
		[ ! -e /dev/infiniband/uverbs0 ] || export FI_PROVIDER=efa
		export FI_EFA_FORK_SAFE=1 NCCL_SOCKET_IFNAME=^docker,lo
		for efa_dir in /opt/amazon/ofi-nccl/lib /opt/amazon/ofi-nccl/lib/*-linux-gnu; do
			[ ! -e "$efa_dir/libnccl-net.so" ] ||
				export LD_LIBRARY_PATH="$efa_dir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
		done
	END
}

# Source, also of the key's fingerprint: EFA user guide, "Install the EFA software" (read 2026-11-28).
node_efa() {
	[ "${HPCC_EFA:-no}" = yes ] || return 0
	node_efa_profile
	[ ! -d /opt/amazon/efa ] || [ -e /var/lib/hpcc/efa ] || return 0
	: >/var/lib/hpcc/efa # until it is there as a whole
	node_dir=$(mktemp -d)
	node_url=https://efa-installer.amazonaws.com/aws-efa-installer
	{
		fetch "$node_dir/archive" "$node_url-latest.tar.gz" 4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC "$node_url.key" &&
			(cd "$node_dir" && tar -xzf archive --strip-components=1 && ./efa_installer.sh -y -g) >&2
	} || die "the EFA software cannot be installed: use an image that has it, or no Efa"
	rm -rf "$node_dir" /var/lib/hpcc/efa
}
