#!/bin/bash
# A job of several nodes: awsbsub -n 3 -p 4 -cf hello.sh
# The main node runs mpirun, over the nodes in ~/hostfile; the others wait until it has ended.
set -eu
done=/shared/${AWS_BATCH_JOB_ID%%#*}.done
if [ "$AWS_BATCH_JOB_NODE_INDEX" = "$AWS_BATCH_JOB_MAIN_NODE_INDEX" ]; then
	status=0
	mpirun --allow-run-as-root --hostfile ~/hostfile hostname || status=$?
	echo "$status" >"$done"
	sleep 10 # until the others have seen it: AWS Batch ends them with this one
	rm -f "$done"
	exit "$status"
fi
until [ -s "$done" ]; do sleep 2; done
exit "$(cat "$done")"
