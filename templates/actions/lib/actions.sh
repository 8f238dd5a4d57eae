# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Custom actions of the cluster file: scripts from S3 or HTTPS, run as root, in order; the first failure ends.

actions_fetch() {
	case $1 in
	s3://*) aws s3 "$1" "$2" ;;
	http://* | https://*) curl -gfsSL --retry 5 --retry-delay 5 -o "$2" "$1" ;;
	*) cp "${1#file://}" "$2" ;;
	esac
}

# run_action URL ARGUMENT...
run_action() {
	actions_url=$1
	shift
	mkdir -p /var/lib/hpcc/actions
	actions_file=$(mktemp /var/lib/hpcc/actions/XXXXXX)
	actions_fetch "$actions_url" "$actions_file" || die "$actions_url cannot be fetched"
	chmod 700 "$actions_file"
	log "running $actions_url"
	"$actions_file" "$@" || die "$actions_url failed with status $?"
}

# run_actions EVENT: those of this kind of node. Scripts written for ParallelCluster ask a file what the node is.
run_actions() {
	[ -s "$KIND_FOLDER/$1" ] || return 0
	log "$1"
	mkdir -p /etc/parallelcluster
	cat >/etc/parallelcluster/cfnconfig <<-END
		stack_name=$HPCC_CLUSTER
		cfn_region=$HPCC_REGION
		cfn_cluster_user=$HPCC_USER
		cfn_node_type=$(echo "$HPCC_KIND" | sed 's/h.*/HeadNode/;s/l.*/LoginNode/;s/c.*/ComputeFleet/')
	END
	# shellcheck source=/dev/null
	. "$KIND_FOLDER/$1"
}
