# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Storage of one execution of a workflow. Which it is, the execution writes into its version of the launch template.

# held VOLUME INSTANCE: is it attached here? Else it is asked for; the instance before this one may still hold it.
held() {
	held_by=$(timeout 60 aws --output text ec2 describe-volumes --volume-ids "$1" \
		--query 'Volumes[0].Attachments[0].InstanceId') || return 1
	[ "$held_by" != "$2" ] || return 0
	timeout 60 aws ec2 attach-volume --volume-id "$1" --instance-id "$2" --device /dev/sdz >/dev/null || :
	return 1
}

# run DIRECTORY SOURCE: mounts what HPCC_RUN names, "lustre DNS-NAME MOUNT-NAME" or "volume ID"; jobs get the source.
run() {
	run_dir=$1 run_source=$2
	# shellcheck disable=SC2086 # its words
	set -- $HPCC_RUN
	case ${1:-} in
	lustre) lustre "$run_dir" "$2" "$3" ;;
	volume)
		need aws awscli-2
		doing "the attachment of $2"
		try 60 10 held "$2" "$(cat /var/lib/cloud/data/instance-id)"
		ebs 0 "$run_dir" sdz
		;;
	*)
		doing 'the look for the storage of an execution, which names none now,'
		return 1
		;;
	esac
	# Links in the bucket are links here: none may lead elsewhere.
	doing "the directory $run_source"
	case $(readlink -m -- "$run_source")/ in
	"$run_dir"/*) ;;
	*) return 1 ;;
	esac
	mkdir -p "$run_source"
	chmod 1777 "$run_source"
}
