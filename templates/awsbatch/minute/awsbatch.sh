#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on the head node of a cluster with the scheduler awsbatch: its commands, while they are not there.
set -eu
# shellcheck source=../../core/lib/base.sh
. /opt/hpcc/lib/base.sh
load_libraries
awsbatch_install
