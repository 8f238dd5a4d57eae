# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Custom actions of the file: scripts from S3 or by https, run as root; one that has ended well is not run again.

# action NAME URL ARGUMENT...
action() {
	action_file=/var/lib/cloud/instance/hpcc/$1
	[ ! -e "$action_file.done" ] || return 0
	doing "the download of $2 for $1"
	case $2 in
	s3://*)
		need aws awscli-2
		api s3 cp --only-show-errors "$2" "$action_file"
		;;
	http://* | https://*) try 5 5 timeout 120 curl -gfsSL -o "$action_file" "$2" ;;
	*) cp "${2#file://}" "$action_file" ;;
	esac
	chmod 700 "$action_file"
	doing "$1, $2,"
	shift 2
	"$action_file" "$@"
	: >"$action_file.done"
}

# action_lines NAME URL ARGUMENTS: the same, with each line of one text as an argument; of an empty one none.
action_lines() {
	action_name=$1 action_url=$2 action_text=$3
	set --
	while IFS= read -r action_line; do
		[ -z "$action_text" ] || set -- "$@" "$action_line"
	done <<END
$action_text
END
	action "$action_name" "$action_url" "$@"
}
