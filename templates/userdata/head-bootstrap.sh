#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of the head node: fetches the configuration and the scripts of the cluster, and runs them.
# User data of a head node must not change with the configuration; everything that may is behind fetch.py.
set -u
set -a
# shellcheck source=/dev/null
. /etc/hpcc/env
set +a
if [ -n "$HPCC_PROXY" ]; then
	# shellcheck source=/dev/null
	. /etc/profile.d/hpcc-proxy.sh
fi

python=$(command -v python3 || echo /usr/libexec/platform-python)
tries=0
until "$python" /etc/hpcc/fetch.py /opt/hpcc; do
	tries=$((tries + 1))
	if [ "$tries" -ge 30 ]; then
		echo "hpcc: the configuration of $HPCC_CLUSTER cannot be read" | tee /dev/console
		exit 1
	fi
	sleep 10
done
exec /opt/hpcc/boot/head.sh
