# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# EFS, by its mount helper.

# efs DIRECTORY ID OPTIONS [ADDRESS]: the name of a file system is known in zones with a mount target; else the address
# of one is taken.
efs() {
	need mount.efs amazon-efs-utils
	efs_options=$3
	[ -z "${4:-}" ] || getent hosts "$2.efs.$AWS_DEFAULT_REGION.$HPCC_SUFFIX" >/dev/null ||
		efs_options=$efs_options,mounttargetip=$4
	attach "$2:/" "$1" efs "$efs_options"
}
