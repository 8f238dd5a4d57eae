#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a login node: when its group takes it away, users get their time of grace.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
state=$(imds meta-data/autoscaling/target-lifecycle-state) || exit 0
[ "$state" = Terminated ] || exit 0
if [ ! -e /run/hpcc-leaving ]; then
	date +%s >/run/hpcc-leaving
	wall "This login node closes in $HPCC_GRACE_MINUTES minutes. Please log in again elsewhere."
fi
[ $(($(date +%s) - $(cat /run/hpcc-leaving))) -ge $((HPCC_GRACE_MINUTES * 60)) ] || exit 0
aws autoscaling CompleteLifecycleAction "AutoScalingGroupName=$HPCC_GROUP" \
	"LifecycleHookName=$HPCC_HOOK_TERMINATING" "InstanceId=$(imds meta-data/instance-id)" \
	LifecycleActionResult=CONTINUE
