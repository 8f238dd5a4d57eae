#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# smoke.sh REGION [SUBNET] - proves in about ten minutes that clusters work in an account: makes the cluster of
# cluster.yaml, runs a job on two nodes that start for it, waits until they end, deletes the cluster, and looks that
# nothing is left. Needs hpcc and the AWS CLI with the rights of ../deployer/policy.json and of policy.json beside this
# file; the subnet must reach the internet and give its instances public addresses (or lie behind a NAT gateway). Costs some
# cents. What fails is left as it is, to be looked at; the last line tells how to remove it.
# HPCC_SMOKE_STACK: the name of the stack, which must not exist yet; by default one that no other run has.
set -eu
AWS_DEFAULT_REGION=$1
AWS_PAGER=
export AWS_DEFAULT_REGION AWS_PAGER
folder=$(dirname "$0")
hpcc=${HPCC:-hpcc}
stack=${HPCC_SMOKE_STACK:-hpcc-smoke-$(date -u +%m%d-%H%M%S)-$$}
made=no

say() {
	printf '%s smoke: %s\n' "$(date +%T)" "$*"
}

die() {
	say "FAILED: $*" >&2
	[ "$made" = no ] || say "to remove it: aws cloudformation delete-stack --region $AWS_DEFAULT_REGION --stack-name $stack" >&2
	exit 1
}

# In the end the stack is deleted: it must be one of this run.
answer=$(aws cloudformation describe-stacks --stack-name "$stack" 2>&1) && die "there is a stack $stack already; it stays"
case $answer in
*'does not exist'*) ;;
*) die "cannot look for the stack $stack: $answer" ;;
esac

subnet=${2:-$(aws ec2 describe-subnets --filters Name=default-for-az,Values=true \
	--query 'Subnets[0].SubnetId' --output text)}
[ "$subnet" != None ] || die "there is no default VPC here; give a subnet"

# The reasons that the stack gives for its failure, the head node's last lines among them.
reasons() {
	aws cloudformation describe-stack-events --stack-name "$stack" --output text \
		--query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId,ResourceStatusReason]"
}

# Ids of the cluster's instances that are not gone, of a type of node.
instances() {
	aws ec2 describe-instances --output text --query 'Reservations[].Instances[].InstanceId' --filters \
		"Name=tag:hpcc:cluster,Values=$stack" "Name=tag:hpcc:node-type,Values=$1" \
		Name=instance-state-name,Values=pending,running,stopping,stopped,shutting-down
}

# on_head SCRIPT: runs it as root on the head node and prints what it prints.
on_head() {
	command=$(aws ssm send-command --instance-ids "$head" --document-name AWS-RunShellScript \
		--parameters "$(printf '{"commands":["%s"]}' "$1")" --query Command.CommandId --output text)
	tries=0
	while [ "$tries" -lt 90 ]; do
		sleep 10
		tries=$((tries + 1))
		state=$(aws ssm get-command-invocation --command-id "$command" --instance-id "$head" \
			--query Status --output text) || continue
		case $state in
		Success) break ;;
		Pending | InProgress | Delayed) ;;
		*) break ;;
		esac
	done
	aws ssm get-command-invocation --command-id "$command" --instance-id "$head" \
		--query '[StandardOutputContent,StandardErrorContent]' --output text
	[ "$state" = Success ]
}

say "making the stack $stack in $subnet"
made=yes
"$hpcc" exec --set "AWS_REGION=$1" --set "SUBNET_ID=$subnet" "$folder/cluster.yaml" -- \
	aws cloudformation deploy --template-file '{}' --stack-name "$stack" --disable-rollback '{args}' ||
	die "the stack was not made: $(reasons)"

head=$(instances HeadNode)
say "head node $head is ready; a job on two nodes starts them"
answer=$(on_head 'cd /home/ubuntu && runuser -u ubuntu -- sbatch --wait -N2 -o smoke.out --wrap \"srun hostname\" && sort smoke.out && sinfo') ||
	die "the job failed: $answer"
say "$answer"
case $answer in
*smoke-dy-t3-1*smoke-dy-t3-2*) say "it ran on both" ;;
*) die "it did not run on both nodes" ;;
esac

say "deleting while the nodes still run"
aws cloudformation delete-stack --stack-name "$stack"
aws cloudformation wait stack-delete-complete --stack-name "$stack" || die "the stack is not gone: $(reasons)"
[ -z "$(instances Compute)$(instances HeadNode)" ] || die "instances are left"
say "PASSED: nothing is left"
