# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Remote desktops by Amazon DCV on head and login nodes. On EC2 it asks S3 for its licence and costs nothing.

# Source: Amazon DCV administrator guide, "Install the Amazon DCV server on Linux".
dcv_install() {
	command -v dcv >/dev/null && return
	case $HPCC_OS in
	alinux2023) dcv_os=amzn2023 dcv_desktop='@Desktop' ;;
	alinux2) dcv_os=amzn2 dcv_desktop=mate-desktop ;;
	ubuntu*) dcv_os=$HPCC_OS dcv_desktop=ubuntu-desktop-minimal ;;
	*) dcv_os=el${HPCC_OS##*[a-z]} dcv_desktop='@Server with GUI' ;;
	esac
	dcv_dir=$(mktemp -d)
	curl -fsSL --retry 5 "https://d1uj6qtbmh3dt5.cloudfront.net/nice-dcv-$dcv_os-$(uname -m).tgz" |
		tar -xzC "$dcv_dir" --strip-components=1 || return 1
	case $HPCC_OS in
	ubuntu*) pkg_install "$dcv_desktop" "$dcv_dir"/nice-dcv-server_*.deb \
		"$dcv_dir"/nice-dcv-web-viewer_*.deb "$dcv_dir"/nice-xdcv_*.deb ;;
	*) pkg_install "$dcv_desktop" "$dcv_dir"/nice-dcv-server-*.rpm \
		"$dcv_dir"/nice-dcv-web-viewer-*.rpm "$dcv_dir"/nice-xdcv-*.rpm ;;
	esac
	dcv_status=$?
	rm -rf "$dcv_dir"
	return "$dcv_status"
}

# Users start their own desktops, "dcv create-session", and log in with their password.
node_dcv() {
	[ "${HPCC_DCV:-no}" = yes ] || return 0
	if ! dcv_install; then
		log "no DCV: this node has no remote desktops"
		return 0
	fi
	cat >/etc/dcv/dcv.conf <<-END
		[connectivity]
		web-port=$HPCC_DCV_PORT
		[security]
		authentication="system"
	END
	systemctl enable dcvserver
	systemctl restart dcvserver
}
