# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Docker, Enroot and Pyxis, as Containers of the cluster file says. Packages come from the distribution or from the file,
# with the sum that it gives: of Enroot and Pyxis no sums are published that could stand here (read 2026-11-30: README
# and installation.md of NVIDIA/enroot and NVIDIA/pyxis).

containers_files=/var/lib/hpcc/containers
containers_plugin=/usr/local/lib/slurm/spank_pyxis.so
containers_examples=/opt/parallelcluster/examples

containers_sum() {
	echo "$sum  $containers_file" | sha256sum -c --status 2>/dev/null
}

containers_s3() {
	aws s3 "$1" "$containers_file" && containers_sum
}

# The files of HPCC_PACKAGES (URL and sum in turn); what is there already stays.
containers_fetch() {
	mkdir -p "$containers_files"
	# shellcheck disable=SC2086 # one word each
	set -- ${HPCC_PACKAGES:-}
	while [ $# -gt 1 ]; do
		sum=$2
		containers_file=$containers_files/${1##*/}
		containers_sum || {
			rm -f "$containers_file.in"
			case $1 in
			s3://*) retry 5 10 containers_s3 "$1" ;;
			*) fetch "$containers_file" "$1" "$sum" ;;
			esac
		} || {
			rm -f "$containers_file"
			die "$1 cannot be fetched, or has another sum than the cluster file says"
		}
		shift 2
	done
	case $(pkg_tool) in
	apt-get) set -- "$containers_files"/*.deb ;;
	*) set -- "$containers_files"/*.rpm ;;
	esac
	# An update of the cluster has no need of package servers for what is installed.
	containers_list=
	for containers_file; do
		[ ! -e "$containers_file" ] || [ -e "$containers_file.in" ] || containers_list=some
	done
	[ -n "$containers_list" ] || return 0
	# Some of what Enroot needs is there only.
	[ "$(pkg_tool)" = apt-get ] || pkg_try epel-release || :
	pkg_install "$@"
	for containers_file; do
		: >"$containers_file.in"
	done
}

# Who may use Docker is root: the default user is that already, unless the file says no.
containers_docker() {
	pkg_need dockerd docker.io docker
	containers_before=$(cat /etc/docker/daemon.json 2>/dev/null) || :
	! command -v nvidia-ctk >/dev/null || nvidia-ctk runtime configure --runtime=docker >&2
	systemctl enable --now docker
	# Containers that run on head and login nodes outlive updates.
	[ "$containers_before" = "$(cat /etc/docker/daemon.json 2>/dev/null)" ] || systemctl restart docker
	[ "${HPCC_SUDO:-yes}" = no ] || usermod -aG docker "$HPCC_USER"
}

# Layers and unpacked images lie on the node's own disks where it has any; each user has folders of his own.
containers_enroot() {
	command -v enroot >/dev/null || pkg_install enroot
	[ "${HPCC_ENROOT:-$(enroot version)}" = "$(enroot version)" ] ||
		die "this node has Enroot $(enroot version), the cluster file says $HPCC_ENROOT"
	containers_room=${HPCC_EPHEMERAL:-/scratch}
	mountpoint -q "$containers_room" || containers_room=/var/tmp
	mkdir -p "$containers_examples/enroot" /etc/enroot/hooks.d
	for containers_folder in /run/enroot "$containers_room/enroot/cache" "$containers_room/enroot/data"; do
		echo "d $containers_folder 1777 root root"
	done >/etc/tmpfiles.d/enroot.conf
	systemd-tmpfiles --create /etc/tmpfiles.d/enroot.conf
	# An instance store is empty after a stop.
	containers_folder='/etc/systemd/system/hpcc-boot@ephemeral.service.d'
	mkdir -p "$containers_folder"
	printf '[Service]\nExecStartPost=-/usr/bin/systemd-tmpfiles --create /etc/tmpfiles.d/enroot.conf\n' >"$containers_folder/enroot.conf"
	cat >"$containers_examples/enroot/enroot.conf" <<-END
		ENROOT_RUNTIME_PATH /run/enroot/user-\$(id -u)
		ENROOT_CONFIG_PATH \${HOME}/.config/enroot
		ENROOT_CACHE_PATH $containers_room/enroot/cache/user-\$(id -u)
		ENROOT_DATA_PATH $containers_room/enroot/data/user-\$(id -u)
		ENROOT_MOUNT_HOME no
		ENROOT_ROOTFS_WRITABLE yes
	END
	# That of an administrator, or of a custom action, stays.
	grep -qs ^ENROOT_RUNTIME_PATH /etc/enroot/enroot.conf ||
		cp "$containers_examples/enroot/enroot.conf" /etc/enroot/
	# MPI and PyTorch learn of their ranks.
	for containers_hook in 50-slurm-pmi.sh 50-slurm-pytorch.sh; do
		[ ! -e "/usr/share/enroot/hooks.d/$containers_hook" ] ||
			cp "/usr/share/enroot/hooks.d/$containers_hook" /etc/enroot/hooks.d/
	done
	# Ubuntu 24.04 keeps user namespaces from programs without a profile of AppArmor.
	[ ! -e /proc/sys/kernel/apparmor_restrict_unprivileged_userns ] || {
		echo 'kernel.apparmor_restrict_unprivileged_userns = 0' >/etc/sysctl.d/90-enroot.conf
		sysctl -q -p /etc/sysctl.d/90-enroot.conf
	}
}

# containers_build SOURCE RESULT: Pyxis, for the Slurm that is here.
containers_build() {
	case $(pkg_tool) in
	apt-get) pkg_install gcc make libc6-dev && { slurm_own || pkg_install libslurm-dev; } ;;
	*) pkg_install gcc make ;;
	esac
	containers_work=$(mktemp -d)
	tar -xzf "$1" -C "$containers_work" --strip-components=1
	CPPFLAGS=-I/opt/slurm/include make -s -C "$containers_work" >&2 || die "Pyxis cannot be built"
	install -D -m 755 "$containers_work/spank_pyxis.so" "$2.new"
	mv "$2.new" "$2"
	rm -rf "$containers_work"
}

# Built once on the head node, and on nodes of another processor or with another Slurm. slurmctld hands plugstack.conf to all nodes:
# "optional", so that a node without Pyxis stays usable, and all in one file, for it hands on no other.
containers_pyxis() {
	for containers_source in "$containers_files"/*.tar.gz; do
		[ -e "$containers_source" ] || break
		containers_built=$(sha256sum "$containers_source" | cut -c -16)-$(uname -m)-$(srun -V | tr -d ' ')
		containers_built=$HPCC/share/$containers_built.so
		[ -s "$containers_built" ] || {
			[ "$HPCC_KIND" = head ] || containers_built=$containers_files/${containers_built##*/}
			[ -s "$containers_built" ] || containers_build "$containers_source" "$containers_built"
		}
		install -D -m 755 "$containers_built" "$containers_plugin"
	done
	[ -e "$containers_plugin" ] || die "no Pyxis: Packages has no sources, and the image no $containers_plugin"
	mkdir -p "$containers_examples/spank" "$containers_examples/pyxis"
	echo "optional $containers_plugin" >"$containers_examples/spank/plugstack.conf"
	echo "# see plugstack.conf" >"$containers_examples/pyxis/pyxis.conf"
	if [ "$HPCC_KIND" = head ] || [ -e "$SLURM_CONF_DIR/slurm.conf" ]; then
		mkdir -p "$SLURM_CONF_DIR"
		grep -qrs '^[^#]*spank_pyxis' "$SLURM_CONF_DIR/plugstack.conf" "$SLURM_CONF_DIR/plugstack.conf.d" ||
			cat "$containers_examples/spank/plugstack.conf" >>"$SLURM_CONF_DIR/plugstack.conf"
	fi
	# What the script published for ParallelCluster takes for granted.
	command -v run_action >/dev/null || return 0
	for containers_tool in bc wget; do
		pkg_need "$containers_tool" "$containers_tool" "$containers_tool"
	done
	mkdir -p /etc/chef/cookbooks/aws-parallelcluster-slurm/templates/default/compute_node_finalize/slurm
}

node_containers() {
	containers_fetch
	for containers_one in $HPCC_CONTAINERS; do
		"containers_$containers_one"
	done
}
