#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First boot of a compute or login node: mounts the scripts of the cluster from the head node and runs them. A node that
# is cut off goes on at its next boot, until boot/KIND.sh says that it is ready.
# What this node is told stands in /etc/hpcc/env, which the part before this one writes at every boot.
set -u
set -a
# shellcheck source=/dev/null
. /etc/hpcc/env
set +a
[ -z "$HPCC_PROXY" ] || export http_proxy="$HPCC_PROXY" https_proxy="$HPCC_PROXY"
local=/var/lib/hpcc
mkdir -p /opt/hpcc /var/log/hpcc $local
# Arguments of custom actions may stand there.
(umask 077 && : >>/var/log/hpcc/boot.log)

# Power-off terminates a compute node. What hangs, a mount of a head node that is gone for one, may hold up an orderly end:
# after three minutes it is none, and does not even write back.
cat >$local/end.sh <<'END'
#!/bin/sh
# end.sh WHY; once
systemctl -q is-active hpcc-end && exit
echo "hpcc: $1: this node ends itself" >/dev/console
systemd-run --unit=hpcc-end -p DefaultDependencies=no sh -c 'sleep 180; poweroff -fn; echo o >/proc/sysrq-trigger'
shutdown -h +1 "hpcc: $1"
END
cp "$0" $local/bootstrap.sh
cat >/etc/systemd/system/hpcc-again.service <<END
[Unit]
After=network-online.target
ConditionPathExists=!/var/lib/cloud/instance/hpcc-ready
[Service]
Type=oneshot
ExecStart=/bin/sh $local/bootstrap.sh
[Install]
WantedBy=multi-user.target
END
systemctl -q enable hpcc-again

# A compute node that does not get ready costs money for nothing.
give_up() {
	echo "hpcc: $1" | tee /dev/console
	[ "$HPCC_KIND" = compute ] && sh $local/end.sh "$1"
	exit 1
}

if [ "$HPCC_KIND" = compute ]; then
	systemd-run --unit=hpcc-boot-limit --on-active="$HPCC_TIMEOUT" sh -c \
		"if [ ! -e /var/lib/cloud/instance/hpcc-ready ]; then sh $local/end.sh 'not ready after $HPCC_TIMEOUT s'; fi"
fi

nfs_client() {
	if command -v apt-get >/dev/null; then
		export DEBIAN_FRONTEND=noninteractive
		dpkg --configure -a
		apt-get -qq -o DPkg::Lock::Timeout=300 update
		apt-get -qq -o DPkg::Lock::Timeout=300 install nfs-common
	else
		"$(command -v dnf || echo yum)" -y -q install nfs-utils
	fi
}
tries=0
until command -v mount.nfs >/dev/null || nfs_client; do
	tries=$((tries + 1))
	[ "$tries" -ge 5 ] && give_up "the NFS client cannot be installed"
	sleep 20
done

# At each boot. Negative look-ups must not be remembered: the head node writes files this node waits for.
sed -i '\| /opt/hpcc |d' /etc/fstab
echo "$HPCC_HEAD:/opt/hpcc /opt/hpcc nfs vers=4,ro,hard,lookupcache=positive,actimeo=3,nosuid,nodev,_netdev,nofail 0 0" >>/etc/fstab
tries=0
until mountpoint -q /opt/hpcc || mount /opt/hpcc; do
	tries=$((tries + 1))
	[ "$tries" -ge 60 ] && give_up "the head node $HPCC_HEAD does not export /opt/hpcc"
	sleep 5
done
exec "/opt/hpcc/boot/$HPCC_KIND.sh"
