#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Enroot and Pyxis, as the script published for ParallelCluster does: it configures what images of 3.12 and later have, and
# brings both to those before. usage: pyxis.sh [FOLDER]
set -exo pipefail

# shellcheck source=/dev/null
. /etc/parallelcluster/cfnconfig
: "${cfn_node_type:?}"
shared=${1:-/home/$cfn_cluster_user}
release=$(awk -F- '{ print $4 }' /opt/parallelcluster/.bootstrapped | awk -F. '{ print $1 "." $2 }')

# enroot FOLDER: layers and images lie there.
enroot_folders() {
	sudo mkdir -p "$1/data" "$1/cache"
	sudo chmod -R 1777 "$1"
	sudo cp /opt/parallelcluster/examples/enroot/enroot.conf /etc/enroot/enroot.conf
	sudo chmod 0644 /etc/enroot/enroot.conf
	sudo sed -i "s%^ENROOT_CONFIG_PATH.*%ENROOT_CONFIG_PATH /home/\$(id -u -n)/.config/enroot%g" /etc/enroot/enroot.conf
	sudo sed -i "s%^ENROOT_RUNTIME_PATH.*%ENROOT_RUNTIME_PATH $1/user-\$(id -u)%g" /etc/enroot/enroot.conf
	sudo sed -i "s%^ENROOT_DATA_PATH.*%ENROOT_DATA_PATH $1/data/user-\$(id -u)%g" /etc/enroot/enroot.conf
	sudo sed -i "s%^ENROOT_CACHE_PATH.*%ENROOT_CACHE_PATH $1/cache/user-\$(id -u)%g" /etc/enroot/enroot.conf
	sudo mkdir -p /run/pyxis
	sudo chmod 1777 /run/pyxis
}

recipe=/etc/chef/cookbooks/aws-parallelcluster-slurm/templates/default/compute_node_finalize/slurm/slurm.sysconfig.erb
source=https://raw.githubusercontent.com/aws/aws-parallelcluster-cookbook/refs/heads/develop/cookbooks

if (($(echo "$release > 3.11" | bc -l))); then
	if [ "$cfn_node_type" == HeadNode ]; then
		enroot_folders "${1:-/tmp/enroot}"
		sudo mkdir -p /opt/slurm/etc/plugstack.conf.d/
		sudo cp /opt/parallelcluster/examples/spank/plugstack.conf /opt/slurm/etc/
		sudo cp /opt/parallelcluster/examples/pyxis/pyxis.conf /opt/slurm/etc/plugstack.conf.d/
		sudo -i scontrol reconfigure
	fi
	if [ "$cfn_node_type" == ComputeFleet ]; then
		enroot_folders "${1:-/local_scratch/enroot}"
		wget -O "$recipe" "$source/${recipe#*cookbooks/}"
		# shellcheck disable=SC2016
		echo "PATH=/opt/slurm/sbin:/opt/slurm/bin:$(bash -c 'source /etc/environment; echo $PATH')" >>"$recipe"
		{ systemctl is-active --quiet slurmd && systemctl restart slurmd; } || echo "no slurmd here"
	fi
	exit 0
fi

# Here the software is there, and the configuration is written as for releases before.
mkdir -p "$shared/enroot"
chown "$cfn_cluster_user" "$shared/enroot"
chmod 1777 "$shared/enroot"
mkdir -p /opt/slurm/etc/plugstack.conf.d /usr/local/share/pyxis "$shared/pyxis"
echo "optional /usr/local/lib/slurm/spank_pyxis.so" >/usr/local/share/pyxis/pyxis.conf
echo -e 'include /opt/slurm/etc/plugstack.conf.d/*' | tee /opt/slurm/etc/plugstack.conf
ln -fs /usr/local/share/pyxis/pyxis.conf /opt/slurm/etc/plugstack.conf.d/pyxis.conf
chown "$cfn_cluster_user" "$shared/pyxis"
sed "s%\$% runtime_path=$shared/pyxis%" /opt/slurm/etc/plugstack.conf.d/pyxis.conf >/opt/slurm/etc/plugstack.conf.d/pyxis.tmp.conf
mv /opt/slurm/etc/plugstack.conf.d/pyxis.tmp.conf /opt/slurm/etc/plugstack.conf.d/pyxis.conf
{ systemctl is-active --quiet slurmctld && systemctl restart slurmctld; } || echo "no slurmctld here"
{ systemctl is-active --quiet slurmd && systemctl restart slurmd; } || echo "no slurmd here"
