#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once a minute on the head node: when the stack was updated, the new configuration is taken over and reported. It may be
# cut off at any place, and be refused: the next call begins anew, until what runs is what the stack says (etc/applied). See
# doc/internals.md, "Updates".
set -eu
# shellcheck source=../lib/base.sh
. /opt/hpcc/lib/base.sh
# One at a time; what is started here does not hold the lock.
[ -n "${HPCC_UPDATE:-}" ] || exec env HPCC_UPDATE=1 flock -o /run/hpcc-update "$0"
# Without the state volume nothing is known, and before the end of the first boot there is nothing to update. Clusters of
# earlier releases do not say that it ended.
[ -d "$HPCC/nodes" ] || exit 0
[ -e /etc/systemd/system/hpcc-again.service ] || : >/var/lib/cloud/instance/hpcc-ready
[ -e /var/lib/cloud/instance/hpcc-ready ] || exit 0
load_libraries
# What actions print may be secret.
touch /var/log/hpcc/update.log
chmod 600 /var/log/hpcc/update.log
nfs_serve || log "no NFS server"
nfs_follow || log "exports stay"

new=
finish() {
	status=$?
	[ "$status" -ne 0 ] || return 0
	# Nobody has said no: there is time for another try.
	[ "$status" -ne 75 ] || [ -n "$(find /run/hpcc-since -mmin +10)" ] || return 0
	signal_failure "update of the head node" /var/log/hpcc/update.log || :
}
trap finish EXIT

later() {
	log "$*"
	exit 75
}

# Sets new, and applied. A fetch.py of earlier releases neither says where to report nor that it is at work.
update_fetch() {
	# All that clusters of earlier releases have. Their login nodes have kept nothing of what they have mounted.
	(cd "$HPCC/etc" && [ -e version ] && mkdir -p before && cp storage before && cp version fetched &&
		mv version applied) 2>/dev/null || :
	known=$(cat "$HPCC/etc/fetched" 2>/dev/null) || known=
	applied=$(cat "$HPCC/etc/applied" 2>/dev/null) || applied=
	grep -q hpcc-handle /etc/hpcc/fetch.py || rm -f "$HPCC/etc/fetched" /run/hpcc-handle
	new=$(timeout 600 "$PYTHON" /etc/hpcc/fetch.py "$HPCC" "$known") || later "the configuration cannot be read"
	# Scripts of an earlier release, for a stack that was rolled back to it, know of this alone.
	grep -q etc/applied "$0" || {
		put "$HPCC/etc/version" "${applied:--}"
		exec "$0"
	}
	put "$HPCC/etc/fetched" "$new"
	[ -s /run/hpcc-handle ] || "$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json
	put /run/hpcc-since "$new"
	# What is to be done may need functions of modules that came just now.
	[ "$new" = "$known" ] || exec "$0"
}

# What the stack says, in etc.new, and the settings of it alone.
update_configure() {
	rm -rf "$HPCC/etc.new"
	"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc.new"
	# shellcheck disable=SC2046 # one word a name
	unset $(cat "$HPCC/etc/settings" "$KIND_FOLDER/settings" 2>/dev/null | sed -n 's/^\(HPCC_[A-Z0-9_]*\)=.*/\1/p')
	load_settings "$HPCC/etc.new"
}

# Lines "node settings" of a slurm.conf, without Slurm, which reads none that it refuses.
node_lines() {
	awk '
		function expand(text, rest, i, n, k, from, to, form, list, part) {
			i = index(text, "[")
			if (!i) {
				print text rest
				return
			}
			n = split(substr(text, i + 1, index(text, "]") - i - 1), list, ",")
			for (k = 1; k <= n; k++) {
				split(list[k] "-" list[k], part, "-")
				form = "%s%0" length(part[1]) "d%s%s\n"
				to = part[2] + 0
				for (from = part[1] + 0; from <= to; from++)
					printf form, substr(text, 1, i - 1), from, substr(text, index(text, "]") + 1), rest
			}
		}
		tolower(substr($0, 1, 9)) == "nodename=" {
			names = substr($1, 10)
			rest = substr($0, length($1) + 1)
			while (match(names, /^([^][,]|\[[^]]*\])+/)) {
				expand(substr(names, 1, RLENGTH), rest)
				names = substr(names, RLENGTH + 2)
			}
		}' "$1"
}

# No answer, or an empty one, is none. (A ping knows at once what sinfo tries for a minute.)
update_states() {
	scontrol ping >/dev/null && sinfo -ahN -o '%N %t' >/run/hpcc-states && [ -s /run/hpcc-states ]
}

# Lines "node state" of the nodes that run: Slurm's word, or where it gives none (a setting that it cannot bear is often what
# an update is to mend) those that have an instance.
update_running() {
	if retry 9 5 update_states; then
		awk '$2 !~ /[~%]$/ && $2 !~ /^(down|power)/' /run/hpcc-states | sort -u
	else
		log "Slurm does not answer: what has an instance runs"
		find "$HPCC/nodes" -name 'i-*' -exec cat {} + | sed 's/$/ unknown/' | sort -u
	fi
}

# Nodes that run and that the update changes or drops. Those that it drops have to end first: Slurm forgets them at once, and
# kills their jobs; so have those that have storage mounted that goes. To drain costs no job, so it is also how nodes get a new
# image or launch template.
update_strategy() {
	command -v slurm_make >/dev/null || return 0
	update_running >/run/hpcc-running || later "nobody knows what runs"
	node_lines "$SLURM_CONF_DIR/new/slurm.conf" >/run/hpcc-nodes
	cut -d ' ' -f 1 /run/hpcc-nodes >/run/hpcc-names
	gone=$(storage_gone storage_name "$HPCC/etc" "$HPCC/etc.new" | paste -sd ,)
	{
		node_lines "$SLURM_CONF_DIR/slurm.conf" | grep -vxFf /run/hpcc-nodes | cut -d ' ' -f 1
		cut -d ' ' -f 1 /run/hpcc-running | grep -vxFf /run/hpcc-names
		[ "$HPCC_UPDATE_STRATEGY" != DRAIN ] || grep -vxFf "$HPCC/etc.new/launch" "$HPCC/etc/launch" |
			awk '{ print $1 "-(st|dy)-" $2 "-[0-9]+" }'
		[ -z "$gone" ] || echo '.*'
	} >/run/hpcc-changed || :
	busy=$(cut -d ' ' -f 1 /run/hpcc-running | grep -xEf /run/hpcc-changed) || return 0
	dropped=$(echo "$busy" | grep -vxFf /run/hpcc-names) || dropped=
	why=${gone:+have $gone mounted}
	why="nodes run that ${why:-the update changes} ($(echo "$busy" | paste -sd ,))"
	case $HPCC_UPDATE_STRATEGY in
	DRAIN)
		update_set drain
		[ -z "$dropped$gone" ] || later "$why"
		;;
	TERMINATE) update_end ;;
	*)
		# The stack has its answer already: it is rolled back, or somebody is to stop these nodes. They take no more jobs.
		signal_due FAILURE || update_set drain
		! grep -q ' unknown$' /run/hpcc-running || later "$why"
		die "$why: stop them, or set QueueUpdateStrategy"
		;;
	esac
}

# update_set STATE: of the nodes in busy.
update_set() {
	echo "$busy" | node_set "$1" "update of the cluster" || later "Slurm does not answer"
}

# From here on what runs is neither the old nor the new configuration. No job wakes a node that Slurm is about to forget.
update_begin() {
	node_lines "$SLURM_CONF_DIR/slurm.conf" | cut -d ' ' -f 1 | grep -vxFf /run/hpcc-names |
		node_set down "update of the cluster" || :
	rm -f "$HPCC/etc/applied"
}

# The files are all there, and find room: they are only renamed. Those of before that are none of them go.
update_commit() {
	cd "$HPCC/etc.new"
	find . -type f >/run/hpcc-files
	while read -r file; do
		mkdir -p "$HPCC/etc/${file%/*}"
		mv "$file" "$HPCC/etc/$file"
	done </run/hpcc-files
	# maintenance is an administrator's.
	printf './%s\n' slurm/client.conf maintenance before/storage >>/run/hpcc-files
	cd "$HPCC/etc"
	find . -type f | grep -vxFf /run/hpcc-files | xargs -r rm -f
	cd /
	load_settings
}

# What an earlier release has not set up, or what came to the cluster with this configuration.
update_units() {
	chmod 600 /var/log/hpcc/boot.log || :
	optional node_compat
	node_calm
	optional slurm_names
	node_imds_guard
	node_rotate
	optional login_keys
	scheduler_timer
	node_timer update
}

update_done() {
	timeout 60 sync || :
	put "$HPCC/etc/applied" "$new"
	rm -f /var/lib/cloud/instance/hpcc-OnNodeUpdated*
}

update_fetch
if [ "$new" != "$applied" ]; then
	log "configuration $new in place of $applied"
	step update_configure
	step slurm_make "$HPCC/etc.new"
	step slurm_check
	step update_strategy
	step update_begin
	step storage_gone storage_drop "$HPCC/etc" "$HPCC/etc.new"
	step update_commit
	step pkg_mend
	step storage_mount_all
	step volume_reserve
	step slurm_take
	step slurm_accounting
	step node_containers
	step scheduler_update
	step slurm_accounts
	# What nodes failed by may be mended.
	step protect_open || log "closed queues stay closed"
	step update_units
	step logs_start
	step run_actions OnNodeUpdated "$new"
	step slurm_reconcile
	step update_done
fi
! signal_due SUCCESS || step signal_stack SUCCESS "head node runs the new configuration" || log "the stack cannot be told yet"
