# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Downloads that are signed.

# fetch_signed FILE URL FINGERPRINT KEY-URL: the file's signature, URL.sig, is one of the key with this fingerprint. The
# ring that it is looked up in holds that one key. Import fails for want of an agent, which would stay behind, but only
# after it has done its work.
fetch_signed() {
	pkg_need gpg gpg gnupg2
	rm -rf /run/hpcc-gpg
	mkdir -m 700 /run/hpcc-gpg
	signed_gpg='gpg --homedir /run/hpcc-gpg --batch -q --agent-program /bin/false'
	curl -fsSLy 60 --retry 5 -o /run/hpcc-gpg/sig "$2.sig" -o /run/hpcc-gpg/key "$4" || return
	$signed_gpg --import /run/hpcc-gpg/key || :
	[ "$($signed_gpg --with-colons --fingerprint | sed -n '/^pub/{n;s/^fpr:*//;s/:*$//;p;}')" = "$3" ] &&
		$signed_gpg --verify /run/hpcc-gpg/sig "$1"
}

# The CloudWatch agent, where the distribution has no package of it. The fingerprint is the one that about ten public
# installation scripts cite from the CloudWatch user guide, "Verify the signature of the CloudWatch agent package"
# (read 2026-11-28; the guide itself was not); one of AWS's own takes the key from the regional bucket, as here.
logs_agent() {
	case $HPCC_OS in
	ubuntu*) set -- ubuntu deb pkg_apt_install ;;
	*) set -- redhat rpm rpm -U ;;
	esac
	logs_url=https://amazoncloudwatch-agent-$HPCC_REGION.s3.$HPCC_REGION.$HPCC_SUFFIX
	logs_file=/run/hpcc-agent.$2
	fetch "$logs_file" \
		"$logs_url/$1/$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')/latest/amazon-cloudwatch-agent.$2" \
		937616F3450B7D806CBD9725D58167303B789C72 "$logs_url/assets/amazon-cloudwatch-agent.gpg" || return
	shift 2
	"$@" "$logs_file"
}
