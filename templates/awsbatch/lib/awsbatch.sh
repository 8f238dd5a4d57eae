# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The commands awsbsub, awsbstat and so on, with which people of a cluster with the scheduler awsbatch give jobs to AWS Batch.

AWSBATCH=/opt/awsbatch-cli

# A Python that the package can run with: it imports `pipes`, which 3.13 has no more, and boto3 wants 3.9. What the image has
# comes first, then what its distribution has.
awsbatch_python() {
	for awsbatch_python in python3.12 python3.11 python3.10 python3.9 python3; do
		"$awsbatch_python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null || continue
		echo "$awsbatch_python"
		return
	done
	return 1
}

awsbatch_find_python() {
	awsbatch_python && return
	for awsbatch_try in python3.12 python3.11 python3-venv; do
		pkg_try "$awsbatch_try" >&2 || continue
		awsbatch_python && return
	done
	return 1
}

# awsbatch_pip ARGUMENT...: into the new folder.
awsbatch_pip() {
	timeout 600 "$AWSBATCH.new/bin/python" -m pip --disable-pip-version-check -q install "$@" >&2
}

# The package and all that it needs, by their sums; or the one that the cluster file names, whatever that is.
awsbatch_fetch() {
	case ${HPCC_AWSBATCH_PACKAGE:-} in
	'') awsbatch_pip --require-hashes --only-binary :all: -r "$HPCC/lib/awsbatch.txt" ;;
	s3://*)
		mkdir -p /var/lib/hpcc/awsbatch
		awsbatch_file=/var/lib/hpcc/awsbatch/${HPCC_AWSBATCH_PACKAGE##*/}
		actions_fetch "$HPCC_AWSBATCH_PACKAGE" "$awsbatch_file" && awsbatch_pip "$awsbatch_file"
		;;
	*) awsbatch_pip "$HPCC_AWSBATCH_PACKAGE" ;;
	esac
}

# What is there, or is to be there.
awsbatch_wanted() {
	echo "${HPCC_AWSBATCH_PACKAGE:-$(cksum <"$HPCC/lib/awsbatch.txt")}"
}

# Into a folder of its own, which takes the place of the one before when all of it is there, and says so in `of`.
awsbatch_make() {
	awsbatch_with=$(awsbatch_find_python) || return
	rm -rf "$AWSBATCH.new"
	"$awsbatch_with" -m venv "$AWSBATCH.new" >&2 && awsbatch_fetch || return
	[ -x "$AWSBATCH.new/bin/awsbsub" ] || return
	# Scripts of a virtual environment name its interpreter.
	sed -i "1s|^#!$AWSBATCH.new/|#!$AWSBATCH/|" "$AWSBATCH.new"/bin/awsb* &&
		put "$AWSBATCH.new/of" "$(awsbatch_wanted)" || return
	rm -rf "$AWSBATCH"
	mv "$AWSBATCH.new" "$AWSBATCH"
}

# Whatever was cut off before it, the commands are where everybody finds them.
awsbatch_links() {
	for awsbatch_command in "$AWSBATCH"/bin/awsb*; do
		[ ! -e "$awsbatch_command" ] || [ "$(readlink "/usr/local/bin/${awsbatch_command##*/}")" = "$awsbatch_command" ] ||
			ln -sf "$awsbatch_command" /usr/local/bin/
	done
}

# Where the package cannot be had the head node does without: `aws batch` works all the same. It is tried again once a minute.
awsbatch_install() {
	(
		flock 9
		awsbatch_once
	) 9>/run/hpcc-awsbatch
}

awsbatch_once() {
	if [ "$(cat "$AWSBATCH/of" 2>/dev/null)" != "$(awsbatch_wanted)" ] && ! awsbatch_make; then
		# What came of it would fill the disk.
		rm -rf "$AWSBATCH.new"
		log "the commands of AWS Batch cannot be installed: no awsbsub and the like until they can"
	fi
	awsbatch_links || log "the commands of AWS Batch are in $AWSBATCH/bin alone"
}

# The configuration of these commands is one file for all, and each home names it. What somebody wrote himself, for a cluster
# before this one, say, stays beside it.
# shellcheck disable=SC2016 # for the shells of users
awsbatch_configure() {
	awsbatch_link='mkdir -p .parallelcluster && cd .parallelcluster || exit
[ ! -f awsbatch-cli.cfg ] || [ -L awsbatch-cli.cfg ] || mv awsbatch-cli.cfg awsbatch-cli.cfg.before
ln -sfn "$0" awsbatch-cli.cfg'
	awsbatch_file=$HPCC/etc/awsbatch-cli.cfg
	(cd /etc/skel && sh -c "$awsbatch_link" "$awsbatch_file")
	for awsbatch_home in /home/* "$(getent passwd "$HPCC_USER" | cut -d : -f 6)"; do
		[ -d "$awsbatch_home" ] || continue
		[ ! -L "$awsbatch_home" ] || continue
		awsbatch_owner=$(stat -c %U "$awsbatch_home")
		case $awsbatch_owner in
		root | UNKNOWN) continue ;;
		esac
		runuser -u "$awsbatch_owner" -- sh -c "cd \"\$1\" && $awsbatch_link" "$awsbatch_file" "$awsbatch_home" ||
			log "$awsbatch_home has no configuration of awsbsub"
	done
}

scheduler_start() {
	awsbatch_configure
	awsbatch_install
}

scheduler_update() {
	scheduler_start
}

scheduler_timer() {
	node_timer awsbatch
}
