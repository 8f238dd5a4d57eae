#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# machine.sh DIRECTORY IMAGE ROOT - one instance, as process 1 of namespaces of its own: a copy-on-write root over
# IMAGE and ROOT, a network card that the hypervisor brings, cloud-init's stages, then the units that are enabled.
set -eu
dir=$1 image=$2 lower=$3
root=$dir/root
trap 'exit 0' TERM

mkdir -p "$dir/up" "$dir/work" "$root"
mount -t overlay overlay -o "lowerdir=$image:$lower,upperdir=$dir/up,workdir=$dir/work" "$root"
mount -t proc proc "$root/proc"
for place in dev run tmp sys; do
	mkdir -p "$root/$place"
	mount -t tmpfs tmpfs "$root/$place"
done
chmod 1777 "$root/tmp"

# Devices: those of every machine; disks come from the hypervisor.
for device in null zero full random urandom tty; do
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/dev/disk/by-id" "$root/lab"
mount -t tmpfs tmpfs "$root/dev/shm"
touch "$root/dev/console"

# cloud-init asks the metadata service only where the firmware says EC2.
mount -t sysfs sysfs "$root/mnt"
for place in devices block dev class/net class/block; do
	[ -d "$root/mnt/$place" ] || continue
	mkdir -p "$root/sys/$place"
	mount --bind "$root/mnt/$place" "$root/sys/$place"
done
umount "$root/mnt"
mkdir -p "$root/sys/class/dmi/id" "$root/sys/fs/cgroup"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
echo ec2e1916-9099-7caf-fd21-012345abcdef | tee "$root/sys/class/dmi/id/product_serial" \
	>"$root/sys/class/dmi/id/product_uuid"
echo 'Amazon EC2' | tee "$root/sys/class/dmi/id/sys_vendor" >"$root/sys/class/dmi/id/chassis_asset_tag"
mount --bind "$dir/host" "$root/lab"

hostname "$(cat "$root/etc/hostname")"
cd "$root"
pivot_root . mnt
umount -l /mnt
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
touch /lab/waiting
until [ -e /lab/network ]; do sleep 0.05; done
gpus=$(cat /lab/gpus)
for ((i = 0; i < gpus; i++)); do
	mknod "/dev/nvidia$i" c 195 "$i"
done
for stage in 'init --local' init 'modules --mode=config' 'modules --mode=final'; do
	# shellcheck disable=SC2086 # words of a command
	cloud-init $stage >>/var/log/cloud-init-output.log 2>&1 </dev/null || echo "stage $stage: status $?"
	[ "$stage" != init ] || systemctl lab-boot
done
echo booted
while :; do
	sleep 1000 &
	wait $! || :
done
