# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Custom actions of the cluster file: scripts from S3 or HTTPS, run as root, in order; the first failure ends.

actions_fetch() {
	case $1 in
	s3://*) aws s3 "$1" "$2" ;;
	http://* | https://*) curl -gfsSLy 60 --retry 5 --retry-delay 5 -o "$2" "$1" ;;
	*) cp "${1#file://}" "$2" ;;
	esac
}

# run_action URL ARGUMENT...: unless it has run already, and restarted the machine, say, before the boot or the update came to
# its end.
run_action() {
	actions_url=$1
	shift
	actions_number=$((actions_number + 1))
	actions_mark=/var/lib/cloud/instance/hpcc-${actions_event%% *}-$(echo "$actions_event $actions_number $actions_url $*" |
		cksum | tr ' ' -)
	[ ! -e "$actions_mark" ] || return 0
	mkdir -p /var/lib/hpcc/actions
	actions_file=$(mktemp /var/lib/hpcc/actions/XXXXXX)
	retry 3 10 actions_fetch "$actions_url" "$actions_file" || die "$actions_url cannot be fetched"
	chmod 700 "$actions_file"
	log "running $actions_url"
	"$actions_file" "$@" || die "$actions_url failed with status $?"
	: >"$actions_mark"
}

# run_actions EVENT [VERSION]: those of this kind of node, once, or once for each version.
run_actions() {
	[ -s "$KIND_FOLDER/$1" ] || return 0
	log "$1"
	actions_event=$*
	actions_number=0
	# shellcheck source=/dev/null
	. "$KIND_FOLDER/$1"
}
