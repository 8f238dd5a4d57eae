# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Storage at /home.
# shellcheck disable=SC2154 # etc/storage sets fs_...

# The homes of the image, with the keys of its user, lie under what was mounted: those that are not there are copied.
storage_keep_homes() {
	[ "$fs_MountDir$HPCC_KIND" = /homehead ] || return 0
	mkdir -p /run/hpcc-root
	mount --bind / /run/hpcc-root
	cp -an /run/hpcc-root/home/. /home/ || :
	umount /run/hpcc-root
}
