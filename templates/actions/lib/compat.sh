# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What custom actions written for ParallelCluster look for, on every node: doc/runtime.md, "Names that scripts rely on".

# compat_ebs MEMBER: of each EBS storage, commas between.
compat_ebs() {
	awk -v member="fs_$1=" '/^\($/ { ebs = "" } index($0, member) == 1 { value = substr($0, length(member) + 1) }
		/^fs_Kind=(Ebs|Raid)$/ { ebs = 1 } /^storage_mount$/ && ebs { print value }' "$HPCC/etc/storage" |
		tr -d "'" | tr ' ' , | paste -sd ,
}

# ParallelCluster's images have Enroot and Pyxis, of which its scripts know by the release: here only with Containers.
node_compat() {
	mkdir -p /etc/parallelcluster /opt/parallelcluster/shared
	{
		cat <<-END
			stack_name=$HPCC_CLUSTER
			cfn_preinstall=NONE
			cfn_preinstall_args=()
			cfn_postinstall=NONE
			cfn_postinstall_args=()
			cfn_postupdate=NONE
			cfn_postupdate_args=()
			cfn_region=$HPCC_REGION
			cfn_scheduler=slurm
			cfn_scheduler_slots=vcpus
			cfn_instance_slots=$(nproc)
			cfn_ephemeral_dir=${HPCC_EPHEMERAL:-/scratch}
			cfn_ebs_shared_dirs=$(compat_ebs MountDir)
			cfn_proxy=$(if [ -z "$HPCC_PROXY" ]; then echo NONE; else quoted "$HPCC_PROXY"; fi)
			cfn_node_type=$(echo "$HPCC_KIND" | sed 's/h.*/HeadNode/;s/l.*/LoginNode/;s/c.*/ComputeFleet/')
			cfn_cluster_user=$HPCC_USER
			cfn_head_node=ip-$(echo "$HPCC_HEAD" | tr . -)
			cfn_head_node_private_ip=$HPCC_HEAD
		END
		case $HPCC_KIND in
		compute) echo "cfn_scheduler_queue_name=$HPCC_QUEUE" ;;
		head) echo "cfn_volume=$(compat_ebs VolumeIds)" ;;
		esac
	} >/etc/parallelcluster/cfnconfig
	[ -d /var/log/parallelcluster ] || ln -sfn hpcc /var/log/parallelcluster
	case $HPCC_KIND in
	compute) ln -sfn hpcc/slurmd.log /var/log/slurmd.log ;;
	head) ln -sfn hpcc/slurmctld.log /var/log/slurmctld.log ;;
	esac
	ln -sfn /etc/parallelcluster/cfnconfig /opt/parallelcluster/cfnconfig
	[ -e /opt/parallelcluster/.bootstrapped ] ||
		echo "aws-parallelcluster-cookbook-${HPCC_COMPAT:-3.11.1}" >/opt/parallelcluster/.bootstrapped
}
