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
	export http_proxy="$HPCC_PROXY" https_proxy="$HPCC_PROXY"
fi

cat >/etc/hpcc/sigv4.py <<'HPCC_END'
@userdata/sigv4.py@
HPCC_END
cat >/etc/hpcc/fetch.py <<'HPCC_END'
@userdata/fetch.py@
HPCC_END

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
cp /etc/hpcc/sigv4.py /opt/hpcc/lib/
exec /opt/hpcc/boot/head.sh
