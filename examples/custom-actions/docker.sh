#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker.sh [USER...] - OnNodeConfigured: installs Docker and lets the users named talk to it.
#
# Who may talk to Docker is root on that node. For containers in jobs rather use enroot-pyxis.sh, which needs no
# rights. Ubuntu, Amazon Linux 2023 and 2, RHEL and Rocky 8 and 9.
set -eu

# shellcheck source=/dev/null
. /etc/os-release
case $ID in
ubuntu | debian)
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq -o DPkg::Lock::Timeout=600 update
	apt-get -qq -o DPkg::Lock::Timeout=600 install docker.io
	;;
amzn)
	yum -y -q install docker
	;;
*)
	curl -fsSL --retry 5 -o /etc/yum.repos.d/docker-ce.repo \
		https://download.docker.com/linux/centos/docker-ce.repo
	dnf -y -q install docker-ce docker-ce-cli containerd.io
	;;
esac

# Images are large: on the node's own disks where it has any.
if mountpoint -q /scratch; then
	mkdir -p /etc/docker /scratch/docker
	[ -e /etc/docker/daemon.json ] || printf '{"data-root": "/scratch/docker"}\n' >/etc/docker/daemon.json
fi
if command -v nvidia-ctk >/dev/null; then
	nvidia-ctk runtime configure --runtime=docker
fi
systemctl enable docker
systemctl restart docker
for user; do
	usermod -aG docker "$user"
done
