# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Remote desktops by Amazon DCV on head and login nodes. On EC2 it asks S3 for its licence and costs nothing.

# The newest release for which AWS publishes the sum, per system. Source: aws-parallelcluster-cookbook, resources/dcv:
# dcv_ubuntu24.rb and partial/_rhel_common.rb at b990bb66, the other Ubuntu at pull request 2843 (read 2026-11-28).
dcv_release() {
	case $1 in
	ubuntu2404-x86_64) echo 2025.0-20103 a39374d39f2d849bd13ee101970bb9eea15a8c5ec743799b7cbb7f562ece9e17 ;;
	ubuntu2404-aarch64) echo 2025.0-20103 47205acfab5d35a7f6fe18f9311295aee51189636a2a76d14e0eca39f780192d ;;
	ubuntu2204-x86_64) echo 2024.0-18131 b30a57f5029b9d8acb59db9fc72f1dbc7c6a33d76dbbfe02017cec553c5b86f9 ;;
	ubuntu2204-aarch64) echo 2024.0-18131 48bb605dbb5f28af79b94de9239a8c3e7811e9e47078d8985d036915f2a34217 ;;
	ubuntu2004-x86_64) echo 2024.0-18131 cf63d51a5bb7ac82569d747215c0118a7468a32c753c0b0fa9c1cf47513c0a0c ;;
	amzn2023-x86_64) echo 2025.0-20103 d98eb986f3b547af22a7732ca26cb6541c3842b9ed57218f503c9acc3b29e7e2 ;;
	amzn2023-aarch64) echo 2025.0-20103 8c9d29b41ee5f9fdfced4ae257c8e6444298a61da62beb2a38add1783c2e3858 ;;
	amzn2-x86_64) echo 2025.0-20103 81d120b639963dff9d7c60f73dda254e2adeb42fcdb3390e1396a40395812865 ;;
	amzn2-aarch64) echo 2025.0-20103 e706e6531a979ce325a8ffd5eeb4a377f7c897f0df9a614e6d59526bc188c3b3 ;;
	el8-x86_64) echo 2025.0-20103 a3038cb0119c9e287c08afb84c687e48896cb4e7af2f9c8a7724b5ae9226e718 ;;
	el8-aarch64) echo 2025.0-20103 89fcb456ee47464ff1fd4657e50814e6a9b18dd7a1fc29ba89b6649239103eda ;;
	el9-x86_64) echo 2025.0-20103 830e8113d63c11ae663886b4f85f55fc5ae7b64bc24ec485cba71fa304d87ddf ;;
	el9-aarch64) echo 2025.0-20103 90b33e27e149ad3ca2ebaf8b562c86ba9115c8c282e5d87bd75cfb8ba3054419 ;;
	esac
}

# Source: Amazon DCV administrator guide, "Install the Amazon DCV server on Linux".
dcv_install() {
	command -v dcv >/dev/null && return
	dcv_end='-*.rpm'
	case $HPCC_OS in
	alinux2023) dcv_os=amzn2023 dcv_desktop='@Desktop' ;;
	alinux2) dcv_os=amzn2 dcv_desktop=mate-desktop ;;
	ubuntu*) dcv_os=$HPCC_OS dcv_desktop=ubuntu-desktop-minimal dcv_end='_*.deb' ;;
	*) dcv_os=el${HPCC_OS##*[a-z]} dcv_desktop='@Server with GUI' ;;
	esac
	dcv_os=$dcv_os-$(uname -m)
	dcv_sum=$(dcv_release "$dcv_os")
	[ -n "$dcv_sum" ] || return
	dcv_version=${dcv_sum% *}
	dcv_dir=$(mktemp -d)
	# shellcheck disable=SC2086 # the end is a pattern
	fetch "$dcv_dir/archive" \
		"https://d1uj6qtbmh3dt5.cloudfront.net/${dcv_version%-*}/Servers/nice-dcv-$dcv_version-$dcv_os.tgz" \
		"${dcv_sum#* }" && tar -xzf "$dcv_dir/archive" -C "$dcv_dir" --strip-components=1 &&
		pkg_install "$dcv_desktop" "$dcv_dir"/nice-dcv-server$dcv_end "$dcv_dir"/nice-dcv-web-viewer$dcv_end \
			"$dcv_dir"/nice-xdcv$dcv_end
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
