#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of the head node: fetches the configuration and the scripts of the cluster, and runs them.
# User data of a head node must not change with the configuration; everything that may is behind fetch.py.
set -u
set -a
# shellcheck source=/dev/null
. /etc/hpcc/env
set +a
[ -z "$HPCC_PROXY" ] || export http_proxy="$HPCC_PROXY" https_proxy="$HPCC_PROXY"

cat >/etc/hpcc/sigv4.py <<'HPCC_END'
@userdata/sigv4.py@
HPCC_END
cat >/etc/hpcc/fetch.py <<'HPCC_END'
@userdata/fetch.py@
HPCC_END

# Cut off, it goes on at the next boot; where it fails it looks once a minute whether the stack says something new.
cat >/etc/systemd/system/hpcc-again.service <<HPCC_END
[Unit]
ConditionPathExists=!/var/lib/cloud/instance/hpcc-ready
Wants=network-online.target
After=network-online.target cloud-init.service remote-fs.target

[Service]
ExecStart=/bin/sh $0
Restart=on-failure
RestartSec=60

[Install]
WantedBy=multi-user.target
HPCC_END
systemctl enable hpcc-again

fail() {
	systemctl start --no-block hpcc-again
	exit 1
}

python=$(command -v python3 || echo /usr/libexec/platform-python)
tries=0
until "$python" /etc/hpcc/fetch.py /opt/hpcc; do
	tries=$((tries + 1))
	if [ "$tries" -ge 30 ]; then
		echo "hpcc: the configuration of $HPCC_CLUSTER cannot be read" | tee /dev/console
		fail
	fi
	sleep 10
done
cp /etc/hpcc/sigv4.py /opt/hpcc/lib/ || fail
/opt/hpcc/boot/head.sh || fail
