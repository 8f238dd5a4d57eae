#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# User data of an instance of AWS Batch, its first part; the parts that it needs and the calls follow, `ready` last.
#
# Jobs of an instance that lacks its storage would write to the root volume, and lose it. So whatever ends this script
# before `ready` ends the instance. The ECS agent starts when cloud-init has ended, and not without /run/hpcc-ready.
# Where it comes earlier, hold.sh holds it, and `ready` starts it. A reboot runs all of it again.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
step='the beginning'

# doing WORDS: the step that is told when it fails.
doing() {
	step=$1
	echo "$step" >/run/hpcc-step
}

finish() {
	[ ! -e /run/hpcc-ready ] || return 0
	echo "hpcc: $step has failed, this instance ends" | tee /dev/console || :
	shutdown -h now || poweroff -f
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
rm -f /run/hpcc-ready

# try TIMES SECONDS COMMAND...: until it succeeds, with pauses.
try() {
	try_left=$1 try_pause=$2
	shift 2
	until "$@"; do
		try_left=$((try_left - 1))
		[ "$try_left" -gt 0 ] || return 1
		sleep "$try_pause"
	done
}

# need PROGRAM PACKAGE: mirrors fail at times, and may say nothing for minutes.
need() {
	! command -v "$1" >/dev/null || return 0
	need_for=$step
	doing "the installation of $2"
	try 3 10 timeout 240 "$(command -v dnf || echo yum)" -y -q install "$2" || return
	doing "$need_for"
}

# attach SOURCE DIRECTORY TYPE OPTIONS: a line of fstab, and mounted within five minutes. What is mounted is for data:
# who is root in one container must not leave a program there that makes root elsewhere, or a device.
attach() {
	doing "the mount of $1 on $2"
	mkdir -p "$2"
	grep -qF " $2 " /etc/fstab || echo "$1 $2 $3 $4,nosuid,nodev,nofail 0 0" >>/etc/fstab
	mountpoint -q "$2" || try 10 5 timeout 25 mount "$2"
}

# The agent waits for the mark. An instance that neither gets ready nor ends costs money for nothing.
prepare() {
	mkdir -p /run/systemd/system/ecs.service.d /var/lib/cloud/instance/hpcc /var/lib/cloud/scripts/per-boot
	printf '[Unit]\nAfter=cloud-final.service\nAssertPathExists=/run/hpcc-ready\n' \
		>/run/systemd/system/ecs.service.d/hpcc.conf
	systemctl daemon-reload
	# shellcheck disable=SC2016 # read when it is said
	late='echo "hpcc: $(cat /run/hpcc-step) has not ended in half an hour, this instance ends" >/dev/console'
	systemd-run --unit=hpcc-limit --on-active=1800 \
		/bin/sh -c "[ -e /run/hpcc-ready ] || { $late; shutdown -h now; }" || :
	printf '#!/bin/sh\n[ ! -x "%s" ] || exec "%s"\n' "$0" "$0" >/var/lib/cloud/scripts/per-boot/hpcc
	chmod 755 /var/lib/cloud/scripts/per-boot/hpcc
}

# The agent that was held back comes behind cloud-init, as any other does, and looks for the mark then.
ready() {
	doing 'the end'
	systemctl --no-block start ecs.service || :
	: >/run/hpcc-ready
}

prepare
