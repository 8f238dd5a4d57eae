#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on a login node: when its group takes it away, users get their time of grace.
set -eu
HERE=/var/lib/hpcc
[ -d $HERE/lib ] || HERE=/opt/hpcc # a node of an earlier release
# shellcheck source=../../core/lib/base.sh
. $HERE/lib/base.sh
state=$(imds meta-data/autoscaling/target-lifecycle-state) || exit 0
[ "$state" = Terminated ] || exit 0
if [ ! -e /run/hpcc-leaving ]; then
	date +%s >/run/hpcc-leaving
	wall "This login node closes in $HPCC_GRACE_MINUTES minutes. Please log in again elsewhere."
fi
[ $(($(date +%s) - $(cat /run/hpcc-leaving))) -ge $((HPCC_GRACE_MINUTES * 60)) ] || exit 0
instance=$(imds meta-data/instance-id) || exit 0
aws autoscaling CompleteLifecycleAction "AutoScalingGroupName=$HPCC_GROUP" \
	"LifecycleHookName=$HPCC_HOOK_TERMINATING" "InstanceId=$instance" \
	LifecycleActionResult=CONTINUE
