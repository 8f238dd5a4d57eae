#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# machine.sh NAME DIRECTORY LAYERS - one instance: a copy-on-write root over the folders LAYERS (as overlay's lowerdir),
# namespaces and a control group of its own, a network card that the hypervisor brings, then systemd. Lines of SHOWN are
# folders from outside that it sees as well, each with a tabulator and where.
set -eu
name=$1 dir=$2 layers=$3
root=$dir/root
groups=/sys/fs/cgroup
controllers='freezer cpuset memory devices cpu cpuacct pids'

# One folder in each hierarchy that the machine under the laboratory has; the inner half sees it as the root.
if [ -z "${4:-}" ]; then
	if [ -e "$groups/cgroup.controllers" ]; then
		for controller in cpuset cpu memory pids; do
			echo "+$controller" >"$groups/cgroup.subtree_control" || :
		done
		mkdir -p "$groups/$name"
		echo $$ >"$groups/$name/cgroup.procs"
	else
		for hierarchy in systemd unified $controllers; do
			[ -d "$groups/$hierarchy" ] || continue
			mkdir -p "$groups/$hierarchy/$name"
			for file in cpuset.cpus cpuset.mems; do
				[ "$hierarchy" != cpuset ] || cat "$groups/cpuset/$file" >"$groups/cpuset/$name/$file"
			done
			echo $$ >"$groups/$hierarchy/$name/cgroup.procs"
		done
	fi
	exec unshare -C -n -m -u -i -p -f --kill-child --propagation private "$0" "$@" inside
fi

mkdir -p "$dir/up" "$dir/work" "$root"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$dir/up,workdir=$dir/work" "$root"
mount -t proc proc "$root/proc"
for place in dev run tmp; do
	mount -t tmpfs tmpfs "$root/$place"
done
chmod 1777 "$root/tmp"

# A layer instead would bring what stands beside them.
while IFS=$'\t' read -r folder where; do
	[ -n "$folder" ] || continue
	mkdir -p "$root$where"
	mount --bind "$folder" "$root$where"
	mount -o remount,ro,bind "$root$where"
done <<<"${SHOWN:-}"

# Settings of the kernel belong to the machine under the laboratory, but for those of the network.
for place in sys sys/net; do
	mount --bind "$root/proc/$place" "$root/proc/$place"
done
mount -o remount,ro,bind "$root/proc/sys"

# Devices: those of every machine; disks come from the hypervisor. The console is a pipe that it reads.
for device in null zero full random urandom tty; do
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/dev/disk/by-id" "$root/lab"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
touch "$root/dev/console"
mount --bind "$dir/tty" "$root/dev/console"
gpus=$(cat "$dir/host/gpus")
for ((i = 0; i < gpus; i++)); do
	mknod -m 666 "$root/dev/nvidia$i" c 195 "$i"
done

# What cloud-init knows EC2 by is an identity that the hypervisor gives.
mount -t sysfs sysfs "$root/mnt"
mount -t tmpfs -o mode=755 tmpfs "$root/sys"
for place in "$root"/mnt/*/; do
	place=$(basename "$place")
	[ "$place" != hypervisor ] || continue
	mkdir "$root/sys/$place"
	mount --bind "$root/mnt/$place" "$root/sys/$place"
	mount -o remount,ro,bind "$root/sys/$place"
done
umount "$root/mnt"
mkdir "$root/sys/hypervisor"
echo ec2e1916-9099-7caf-fd21-012345abcdef >"$root/sys/hypervisor/uuid"

if [ -e "$groups/cgroup.controllers" ]; then
	mount -t cgroup2 cgroup2 "$root$groups"
else
	mount -t tmpfs -o mode=755 tmpfs "$root$groups"
	mkdir "$root$groups/systemd"
	mount -t cgroup -o none,name=systemd cgroup "$root$groups/systemd"
	mkdir "$root$groups/unified"
	mount -t cgroup2 cgroup2 "$root$groups/unified"
	for controller in $controllers; do
		[ -d "$groups/$controller" ] || continue
		mkdir "$root$groups/$controller"
		mount -t cgroup -o "$controller" cgroup "$root$groups/$controller"
	done
fi
mount -o remount,ro "$root/sys" # which also keeps udev away from devices that are not the machine's
mount --bind "$dir/host" "$root/lab"

hostname "$(cat "$root/etc/hostname")"
cd "$root"
pivot_root . mnt
umount -l /mnt
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
touch /lab/waiting
until [ -e /lab/network ]; do sleep 0.05; done
# The last words let systemd 256 and later run in control groups of version 1.
exec env -i PATH="$PATH" container=lab /lib/systemd/systemd SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 \
	systemd.unified_cgroup_hierarchy=0 >/dev/console 2>&1 </dev/null
