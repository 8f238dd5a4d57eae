#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a compute or login node: mounts the scripts of the cluster from the head node and runs them.
# What this node is told stands in /etc/hpcc/env, which the part before this one writes at every boot.
set -u
set -a
# shellcheck source=/dev/null
. /etc/hpcc/env
set +a
if [ -n "$HPCC_PROXY" ]; then
	export http_proxy="$HPCC_PROXY" https_proxy="$HPCC_PROXY"
fi

# A compute node that does not get ready costs money for nothing; power-off terminates it.
give_up() {
	echo "hpcc: $1" | tee /dev/console
	[ "$HPCC_KIND" = compute ] && shutdown -h +1
	exit 1
}

if [ "$HPCC_KIND" = compute ]; then
	systemd-run --unit=hpcc-boot-limit --on-active="$HPCC_TIMEOUT" \
		/bin/sh -c '[ -e /run/hpcc-ready ] || shutdown -h now'
fi

if ! command -v mount.nfs >/dev/null; then
	if command -v apt-get >/dev/null; then
		export DEBIAN_FRONTEND=noninteractive
		apt-get -qq -o DPkg::Lock::Timeout=300 update
		apt-get -qq -o DPkg::Lock::Timeout=300 install nfs-common
	else
		"$(command -v dnf || echo yum)" -y -q install nfs-utils
	fi || give_up "the NFS client cannot be installed"
fi

# Negative look-ups must not be remembered: the head node writes files this node waits for.
mkdir -p /opt/hpcc /var/log/hpcc
tries=0
until mount -t nfs -o vers=4,ro,hard,lookupcache=positive,actimeo=3 \
	"$HPCC_HEAD:/opt/hpcc" /opt/hpcc; do
	tries=$((tries + 1))
	[ "$tries" -ge 60 ] && give_up "the head node $HPCC_HEAD does not export /opt/hpcc"
	sleep 5
done
exec "/opt/hpcc/boot/$HPCC_KIND.sh"
