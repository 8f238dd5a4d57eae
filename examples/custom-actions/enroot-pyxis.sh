#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# enroot-pyxis.sh [ENROOT [PYXIS]] - OnNodeConfigured of head, login and compute nodes: `srun --container-image`.
#
# Enroot runs containers without root; Pyxis is the plugin that gives srun and sbatch their options. Arguments are
# the versions. Pyxis fits one version of Slurm, so it is built: once on the head node, and again only on nodes of
# another system or processor. Ubuntu, Amazon Linux 2023, RHEL and Rocky 8 and 9.
# Sources: README of NVIDIA/enroot and NVIDIA/pyxis; libnvidia-container, "Installing the NVIDIA Container Toolkit".
set -eu
enroot=${1:-3.5.0}
pyxis=${2:-0.20.0}
plugin=/usr/local/lib/slurm/spank_pyxis.so
releases=https://github.com/NVIDIA

# shellcheck source=/dev/null
. /etc/os-release
built=/opt/hpcc/share/pyxis-$pyxis-$ID$VERSION_ID-$(uname -m).so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

is_debian() {
	command -v apt-get >/dev/null
}

install_packages() {
	if is_debian; then
		DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install "$@"
	else
		dnf -y -q install "$@"
	fi
}

install_enroot() {
	command -v enroot >/dev/null && return
	for name in enroot enroot+caps; do
		if is_debian; then
			file=${name}_$enroot-1_$(dpkg --print-architecture).deb
		else
			file=$name-$enroot-1.el8.$(uname -m).rpm
		fi
		curl -fsSL --retry 5 -o "$work/$file" "$releases/enroot/releases/download/v$enroot/$file"
	done
	if is_debian; then
		apt-get -qq -o DPkg::Lock::Timeout=600 update
	else
		# Some of what enroot needs is in EPEL only; Amazon Linux has it all.
		[ "$ID" = amzn ] || dnf -y -q install epel-release ||
			dnf -y -q install "https://dl.fedoraproject.org/pub/epel/epel-release-latest-${VERSION_ID%%.*}.noarch.rpm"
	fi
	install_packages "$work"/enroot*
}

# Containers see GPUs by NVIDIA's tool; images for GPUs mostly have it.
install_gpu_tool() {
	if ! command -v nvidia-smi >/dev/null || command -v nvidia-container-cli >/dev/null; then
		return
	fi
	url=https://nvidia.github.io/libnvidia-container
	if is_debian; then
		key=/usr/share/keyrings/nvidia-container-toolkit.gpg
		curl -fsSL "$url/gpgkey" | gpg --dearmor --yes -o "$key"
		curl -fsSL "$url/stable/deb/nvidia-container-toolkit.list" | sed "s|deb https|deb [signed-by=$key] https|" \
			>/etc/apt/sources.list.d/nvidia-container-toolkit.list
		apt-get -qq -o DPkg::Lock::Timeout=600 update
	else
		curl -fsSL -o /etc/yum.repos.d/nvidia-container-toolkit.repo \
			"$url/stable/rpm/nvidia-container-toolkit.repo"
	fi
	install_packages libnvidia-container-tools
}

# Layers and unpacked images lie on the node's own disks where it has any; each user has folders of his own.
configure_enroot() {
	room=/var/tmp
	! mountpoint -q /scratch || room=/scratch
	mkdir -p "$room/enroot/cache" "$room/enroot/data" /etc/enroot/hooks.d /etc/tmpfiles.d
	chmod 1777 "$room/enroot/cache" "$room/enroot/data"
	echo 'd /run/enroot 1777 root root' >/etc/tmpfiles.d/enroot.conf
	systemd-tmpfiles --create /etc/tmpfiles.d/enroot.conf
	cat >/etc/enroot/enroot.conf <<-END
		ENROOT_RUNTIME_PATH /run/enroot/user-\$(id -u)
		ENROOT_CACHE_PATH $room/enroot/cache/user-\$(id -u)
		ENROOT_DATA_PATH $room/enroot/data/user-\$(id -u)
		ENROOT_MOUNT_HOME no
		ENROOT_ROOTFS_WRITABLE yes
	END
	# MPI and PyTorch learn of their ranks.
	for hook in /usr/share/enroot/hooks.d/50-slurm-pmi.sh /usr/share/enroot/hooks.d/50-slurm-pytorch.sh; do
		[ ! -e "$hook" ] || cp "$hook" /etc/enroot/hooks.d/
	done
	# Ubuntu 24.04 keeps user namespaces from programs without a profile of AppArmor.
	if [ -e /proc/sys/kernel/apparmor_restrict_unprivileged_userns ]; then
		echo 'kernel.apparmor_restrict_unprivileged_userns = 0' >/etc/sysctl.d/90-enroot.conf
		sysctl -q -p /etc/sysctl.d/90-enroot.conf
	fi
}

build_pyxis() {
	if is_debian && [ ! -d /opt/slurm/include ]; then
		install_packages gcc make libc6-dev libslurm-dev
	else
		install_packages gcc make
	fi
	curl -fsSL --retry 5 "$releases/pyxis/archive/refs/tags/v$pyxis.tar.gz" |
		tar -xzC "$work" --strip-components=1
	CPPFLAGS="-I/opt/slurm/include ${CPPFLAGS:-}" make -s -C "$work"
	install -D -m 755 "$work/spank_pyxis.so" "$plugin"
}

install_pyxis() {
	if [ -e "$built" ]; then
		install -D -m 755 "$built" "$plugin"
		return
	fi
	build_pyxis
	# The head node's copy is for the others, who see this folder but cannot write to it.
	if [ -w /opt/hpcc ]; then
		install -D -m 755 "$plugin" "$built"
	fi
}

# The controller hands the list of plugins to all nodes. "optional": queues without Pyxis stay usable.
configure_slurm() {
	[ -e /etc/slurm/slurm.conf ] || return 0
	line="optional $plugin"
	grep -qxF "$line" /etc/slurm/plugstack.conf 2>/dev/null || echo "$line" >>/etc/slurm/plugstack.conf
	if systemctl -q is-active slurmctld; then
		systemctl restart slurmctld
	fi
}

install_enroot
install_gpu_tool
configure_enroot
install_pyxis
configure_slurm
