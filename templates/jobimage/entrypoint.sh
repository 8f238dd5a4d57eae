#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a container of the job image does before the job: of a job of several nodes, it lets the others in by ssh, and the main
# node waits for them and writes ~/hostfile, which mpirun takes.
set -eu

main_node() {
	[ "$AWS_BATCH_JOB_NODE_INDEX" = "$AWS_BATCH_JOB_MAIN_NODE_INDEX" ]
}

# By which address the others reach this node: that of the way to the main node.
own_address() {
	ip -4 -o route get "${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-192.0.2.1}" | sed -n 's/.* src \([0-9.]*\).*/\1/p'
}

# What ssh is to find, which begins with nothing of this container.
listen() {
	mkdir -p /run/sshd
	env | grep -E '^(PATH|LD_LIBRARY_PATH|(AWS|ECS|PCLUSTER)_[A-Z0-9_]*)=' >~/.ssh/environment
	"$(command -v sshd)" -h /etc/ssh/job_host_key -o PermitRootLogin=yes -o PermitUserEnvironment=yes -o UsePAM=no
}

# come DIRECTORY: how many nodes have.
come() {
	find "$1" -name '[0-9]*' | wc -l
}

# meet DIRECTORY: each node says in a file who it is; the main one goes on when all have.
meet() {
	mkdir -p "$1"
	echo "$(own_address) slots=$(nproc)" >"$1/.$AWS_BATCH_JOB_NODE_INDEX"
	mv "$1/.$AWS_BATCH_JOB_NODE_INDEX" "$1/$AWS_BATCH_JOB_NODE_INDEX"
	main_node || return 0
	until [ "$(come "$1")" -ge "$AWS_BATCH_JOB_NUM_NODES" ]; do
		[ "$SECONDS" -lt 1800 ] || {
			echo "only $(come "$1") of $AWS_BATCH_JOB_NUM_NODES nodes have come within half an hour" >&2
			exit 1
		}
		sleep 2
	done
	cat "$1/$AWS_BATCH_JOB_NODE_INDEX" >~/hostfile
	for ((i = 0; i < AWS_BATCH_JOB_NUM_NODES; i++)); do
		[ "$i" = "$AWS_BATCH_JOB_NODE_INDEX" ] || cat "$1/$i" >>~/hostfile
	done
	rm -rf "$1"
}

if [ -n "${AWS_BATCH_JOB_NUM_NODES:-}" ]; then
	listen
	meet "${PCLUSTER_HOSTS_DIR:-/home/.awsbatch}/${AWS_BATCH_JOB_ID%%#*}-$AWS_BATCH_JOB_ATTEMPT"
fi
exec "$@"
