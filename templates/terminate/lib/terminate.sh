# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# QueueUpdateStrategy: TERMINATE.
# shellcheck disable=SC2154 # minute/update.sh sets busy

squeue() {
	timeout 60 squeue "$@"
}

# Their jobs are requeued and their instances end while Slurm still knows the nodes.
update_end() {
	update_set power_down_force
	echo "$busy" >/run/hpcc-ending
	retry 30 4 update_ended || later "nodes are still at work: $(paste -sd , /run/hpcc-ending)"
	update_wishes
}

update_ended() {
	update_states || return
	! awk '$2 !~ /[~%]$/ { print $1 }' /run/hpcc-states | grep -qxFf /run/hpcc-ending &&
		! find "$HPCC/nodes" -name 'i-*' -exec cat {} + | grep -qxFf /run/hpcc-ending
}

# slurmctld fails jobs that wait for a node by its name and that it does not know any more: they may run elsewhere.
update_wishes() {
	squeue -aht pd,cg -o '%i %n' >/run/hpcc-wishes || later "Slurm does not answer"
	while read -r job wish; do
		case $wish in
		'' | '(null)') ;;
		*) ! scontrol show hostnames "$wish" | grep -qvxFf /run/hpcc-names || scontrol update jobid="$job" reqnodelist= || : ;;
		esac
	done </run/hpcc-wishes
}
