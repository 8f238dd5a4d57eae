# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# GPUs of NVIDIA.

# NVIDIA's driver makes its devices when it is first used; slurmd looks for them, and jobs cannot make them.
nvidia_devices() {
	! modprobe -q nvidia-uvm || timeout -k 5 120 nvidia-smi -L >&2 || nvidia-modprobe -c0 -u
}

# Without a device that gres.conf names slurmd would end, be started and end again, until ResumeTimeout.
node_nvidia() {
	nvidia_last=$(sed -n "s|]$||; s|^NodeName=$HPCC_QUEUE-[sd][ty]-$HPCC_RESOURCE-\[.*[^0-9]||p" \
		"$HPCC/etc/slurm/gres.conf" | head -n 1)
	[ -n "$nvidia_last" ] || return 0
	nvidia_devices || :
	[ -e "/dev/nvidia$nvidia_last" ] ||
		die "no /dev/nvidia$nvidia_last: use an image with NVIDIA's driver"
}
