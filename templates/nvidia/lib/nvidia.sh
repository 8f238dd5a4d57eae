# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# GPUs of NVIDIA.

# Without a device that gres.conf names slurmd would end, be started and end again, until ResumeTimeout. The devices are
# made as in boot/slurmd.sh.
node_nvidia() {
	nvidia_last=$(sed -n "s|]$||; s|^NodeName=$HPCC_QUEUE-[sd][ty]-$HPCC_RESOURCE-\[.*[^0-9]||p" \
		"$HPCC/etc/slurm/gres.conf" | head -n 1)
	[ -n "$nvidia_last" ] || return 0
	! modprobe -q nvidia-uvm || nvidia-smi >&2 || :
	[ -e "/dev/nvidia$nvidia_last" ] ||
		die "no /dev/nvidia$nvidia_last: use an image with NVIDIA's driver"
}
