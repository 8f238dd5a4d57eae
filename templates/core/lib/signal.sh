# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Reports to the stack's wait condition. The URL is signed beforehand: nothing but HTTPS is needed.

# A server's refusal, of an address that is too old, is an answer: it would say the same again. Its own fault is none.
signal_put() {
	signal_code=$(curl -fsS -m 60 --retry 5 -w '%{http_code}' -K /run/hpcc-handle -X PUT -H 'Content-Type:' \
		--data-binary "$signal_body") || case $signal_code in 4??) ;; *) return 1 ;; esac
}

# signal_due SUCCESS|FAILURE: is there a handle that has not heard this yet? What each heard is remembered, by its sum, so that
# it hears a failure once, whoever tries an update how often, and success once; after that nothing.
signal_due() {
	[ -s /run/hpcc-handle ] || return
	signal_sum=$(cksum </run/hpcc-handle)
	! grep -qsx -e "$signal_sum SUCCESS" -e "$signal_sum $1" /var/lib/cloud/instance/hpcc-answered
}

# signal_stack SUCCESS|FAILURE REASON: the answer is at most 4096 bytes, so the reason is cut.
signal_stack() {
	signal_due "$1" || return 0
	signal_body=$("$PYTHON" -c 'import json, sys
print(json.dumps(dict(pair[:1500].split("=", 1) for pair in sys.argv[1:])))' \
		"Status=$1" "Reason=$2" "UniqueId=$HPCC_HEAD" "Data=$HPCC_HEAD")
	retry 5 10 signal_put || return
	echo "$signal_sum $1" >>/var/lib/cloud/instance/hpcc-answered
}

# signal_failure WHAT LOG: unless the machine is going down, for then it goes on when it comes back.
signal_failure() {
	stopping || signal_stack FAILURE "$1: $(tail -n 5 "$2")"
}
