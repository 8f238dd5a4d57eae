#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# partitions.sh keep|restore: around a restart of slurmctld.
set -u
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
"partitions_$1"
