# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Elastic Fabric Adapter.

# Source: EFA user guide, "Install the EFA software".
node_efa() {
	if [ "${HPCC_EFA:-no}" = no ] || [ -d /opt/amazon/efa ]; then
		return
	fi
	node_dir=$(mktemp -d)
	curl -fsS https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz |
		tar -xzC "$node_dir" --strip-components=1
	(cd "$node_dir" && ./efa_installer.sh -y -g) >&2 || die "the EFA software cannot be installed"
	rm -rf "$node_dir"
}
