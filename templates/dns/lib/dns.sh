# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Names of nodes in the hosted zone of the cluster, where it has one.

# dns_change UPSERT|DELETE: reads lines "name address" and sends them in batches.
dns_change() {
	dns_dir=$(mktemp -d)
	split -l 500 - "$dns_dir/part."
	for dns_part in "$dns_dir"/part.*; do
		[ -e "$dns_part" ] || continue
		{
			printf '<ChangeResourceRecordSetsRequest xmlns="%s"><ChangeBatch><Changes>' \
				https://route53.amazonaws.com/doc/2013-04-01/
			while read -r dns_name dns_address; do
				printf '<Change><Action>%s</Action><ResourceRecordSet>' "$1"
				printf '<Name>%s.%s</Name><Type>A</Type><TTL>60</TTL>' "$dns_name" \
					"$HPCC_DNS_DOMAIN"
				printf '<ResourceRecords><ResourceRecord><Value>%s</Value>' "$dns_address"
				printf '</ResourceRecord></ResourceRecords></ResourceRecordSet></Change>'
			done <"$dns_part"
			printf '</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>'
		} >"$dns_dir/batch.xml"
		aws route53 "$HPCC_HOSTED_ZONE" "$dns_dir/batch.xml" || log "names are not registered"
	done
	rm -rf "$dns_dir"
}

# This node looks for names in the zone. Each distribution heeds one of these and has not the others: Amazon Linux 2
# dhclient, those of Red Hat NetworkManager, the rest systemd-resolved.
node_search() {
	! grep -qs "^Domains=$HPCC_DNS_DOMAIN\$" /etc/systemd/resolved.conf || return 0
	{
		sed -i --follow-symlinks "s/^search .*/& $HPCC_DNS_DOMAIN/" /etc/resolv.conf
		echo "append domain-name \" $HPCC_DNS_DOMAIN\";" >>/etc/dhcp/dhclient.conf
		nmcli -g UUID,DEVICE connection show --active | while IFS=: read -r dns_id dns_card; do
			nmcli connection modify "$dns_id" +ipv4.dns-search "$HPCC_DNS_DOMAIN"
			nmcli device reapply "$dns_card"
		done
		printf '[Resolve]\nDomains=%s\n' "$HPCC_DNS_DOMAIN" >>/etc/systemd/resolved.conf
		systemctl try-restart systemd-resolved
	} || :
}
