# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Signatures of downloads.

# fetch_signed FILE URL FINGERPRINT KEY-URL: the file's signature, URL.sig, is one of the key with this fingerprint. The
# ring that it is looked up in holds that one key.
fetch_signed() {
	pkg_need gpg gpg gnupg2
	signed_home=$(mktemp -d)
	signed_status=0
	signed_check "$@" || signed_status=1
	rm -rf "$signed_home"
	return "$signed_status"
}

signed_gpg() {
	gpg --homedir "$signed_home" --batch -q --agent-program /bin/false "$@"
}

# Import fails for want of an agent, which would stay behind, but only after it has done its work.
signed_check() {
	curl -fsSLy 60 --retry 5 -o "$signed_home/sig" "$2.sig" -o "$signed_home/key" "$4" || return
	signed_gpg --import "$signed_home/key" || :
	[ "$(signed_gpg --with-colons --fingerprint | sed -n '/^pub/{n;s/^fpr:*//;s/:*$//;p;}')" = "$3" ] &&
		signed_gpg --verify "$signed_home/sig" "$1"
}
