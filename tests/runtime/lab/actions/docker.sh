#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Docker and NVIDIA's toolkit from their makers' repositories, as the script published for ParallelCluster does; the
# repository of the laboratory is a folder.
set -exo pipefail

# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$NAME")
case $system in
Ubuntu | Debian*) ;;
*)
	echo "nothing for $system"
	exit 1
	;;
esac
apt-get -y update
apt-get -y install ca-certificates curl gnupg lsb-release
install -d -m 0755 /etc/apt/keyrings
curl -fsSL https://download.docker.com/linux/ubuntu/gpg | gpg --dearmor -o /etc/apt/keyrings/docker.gpg
echo "deb [trusted=yes] file:/usr/local/lab/docker ./" | tee /etc/apt/sources.list.d/docker.list >/dev/null
apt-get -y update
apt-get -y install docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
chgrp docker "$(command -v docker)"
chmod g+s "$(command -v docker)"
systemctl enable docker.service
systemctl start docker.service

curl -fsSL https://nvidia.github.io/libnvidia-container/gpgkey |
	gpg --dearmor -o /usr/share/keyrings/nvidia-container-toolkit-keyring.gpg
apt-get -y update
apt-get install -y nvidia-container-toolkit
nvidia-ctk runtime configure --runtime=docker
systemctl restart docker
