#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# write_test.sh FILES GIB DIRECTORY: writes so many files of so many GiB, and skips those that are there.
#
# A file has its name when it is whole. So an attempt after a Spot interruption goes on where the one before it was ended, as
# long as it finds the same storage. With RESULTS (s3://bucket/prefix/) the files are copied there at the end.
set -eu
files=$1 gib=$2 dir=$3
number=0
while [ "$number" -lt "$files" ]; do
	number=$((number + 1))
	file=$dir/part-${AWS_BATCH_JOB_ARRAY_INDEX:-0}-$number
	if [ -e "$file" ]; then
		echo "$file is there, from attempt $(cat "$file.attempt")"
		continue
	fi
	echo "$file: attempt ${AWS_BATCH_JOB_ATTEMPT:-1}"
	dd if=/dev/zero of="$file.new" bs="${BLOCK:-1M}" count=$((gib * 1024)) conv=fsync 2>/dev/null
	echo "${AWS_BATCH_JOB_ATTEMPT:-1}" >"$file.attempt"
	mv "$file.new" "$file"
done
[ -z "${RESULTS:-}" ] || aws s3 cp --recursive --only-show-errors --exclude '*.new' "$dir" "$RESULTS"
