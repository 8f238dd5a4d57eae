# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What every script of a node begins with: who it is (env), what it was told (settings), how it speaks.
# HERE is where it was loaded from: /opt/hpcc, or a copy on a node for what must work when that cannot be read.
HPCC=/opt/hpcc
HERE=${HERE:-$HPCC}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PYTHON=$(command -v python3 || echo /usr/libexec/platform-python)
[ "$HERE" != "$HPCC" ] || [ -L /opt/slurm/bin ] || PATH=/opt/slurm/bin:/opt/slurm/sbin:$PATH
export PATH

# A disk that is full keeps nobody from his work.
log() {
	printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${0##*/}" "$*" >&2 || :
}

die() {
	log "$*"
	exit 1
}

# quoted TEXT: as one word of a shell, for a file that one reads.
quoted() {
	printf "'%s'\n" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

# retry TIMES SECONDS COMMAND...: until it succeeds; fails when it never did.
retry() {
	retry_left=$1
	retry_pause=$2
	shift 2
	until "$@"; do
		retry_left=$((retry_left - 1))
		[ "$retry_left" -gt 0 ] || return 1
		sleep "$retry_pause"
	done
}

# put FILE TEXT: one line, there as a whole or not at all. One that is so already stays: a cut takes nothing from it.
put() {
	[ "$(cat "$1" 2>/dev/null)" = "$2" ] || { printf '%s\n' "$2" >"$1.new" && mv "$1.new" "$1"; }
}

# Slurm answers within a minute, or has not answered.
scontrol() {
	timeout 60 scontrol "$@"
}

sinfo() {
	timeout 60 sinfo "$@"
}

# aws SERVICE ACTION NAME=VALUE...: the answer, one leaf a line: path, tab, text.
aws() {
	"$PYTHON" "$HERE/lib/aws.py" "$@"
}

# imds PATH: text of the instance metadata service below latest/.
imds() {
	"$PYTHON" "$HERE/lib/imds.py" "$1"
}

# load_settings [FOLDER]: sets the variables HPCC_... that the cluster file decides, and the folder of this kind of node;
# called again after configure.py.
load_settings() {
	KIND_FOLDER=${1:-$HERE/etc}
	set -a
	# shellcheck source=/dev/null
	. /etc/hpcc/env
	# shellcheck source=/dev/null
	[ ! -r "$KIND_FOLDER/settings" ] || . "$KIND_FOLDER/settings"
	case $HPCC_KIND in
	compute) KIND_FOLDER=$KIND_FOLDER/kinds/queue/$HPCC_QUEUE ;;
	login) KIND_FOLDER=$KIND_FOLDER/kinds/login/$HPCC_POOL ;;
	*) KIND_FOLDER=$KIND_FOLDER/kinds/$HPCC_KIND ;;
	esac
	# shellcheck source=/dev/null
	[ ! -r "$KIND_FOLDER/settings" ] || . "$KIND_FOLDER/settings"
	set +a
	if [ -n "$HPCC_PROXY" ]; then
		http_proxy=$HPCC_PROXY https_proxy=$HPCC_PROXY
		no_proxy=localhost,127.0.0.1,169.254.169.254,$HPCC_HEAD
		export http_proxy https_proxy no_proxy
	fi
}

# Is the machine on its way down? What fails then fails by that, and goes on when it comes back. Nor does systemd answer
# once its last part is at work.
stopping() {
	case $(systemctl is-system-running 2>/dev/null) in stopping | unknown | '') ;; *) return 1 ;; esac
}

# mounts: all of fstab that the network or other mounts bring; fails when something is not there.
mounts() {
	timeout -k 5 300 mount -a -t nfs,nfs4,efs,lustre,none
}

# Loads the other libraries: those there are, for a cluster brings only what it needs.
load_libraries() {
	for library in "$HERE"/lib/*.sh; do
		# shellcheck source=/dev/null
		[ "${library##*/}" = base.sh ] || . "$library"
	done
}

# optional FUNCTION ARGUMENT...: calls what a library may have brought.
optional() {
	! command -v "$1" >/dev/null || "$@"
}

# step FUNCTION ARGUMENT...: one thing of a boot or an update, where a library has brought it; the log says how far a
# machine came.
step() {
	command -v "$1" >/dev/null || return 0
	log "step $*"
	"$@"
}

load_settings
