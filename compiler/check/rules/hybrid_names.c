/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_names.c - rules about domains that name servers of a data centre resolve. */
#include "compiler/base/map.h"
#include "compiler/check/rules/hybrid.h"

/* In small letters, and without a dot at its end. */
static struct str plain_domain(const struct rules *r, struct str domain)
{
	char *plain = NEW_ARRAY(r->a, char, domain.n + 1);

	for (size_t i = 0; i < domain.n; i++)
		plain[i] = is_upper(domain.s[i]) ? (char)(domain.s[i] - 'A' + 'a') : domain.s[i];
	return (struct str){plain, str_ends(domain, STR(".")) ? domain.n - 1 : domain.n};
}

/* A domain is the same in other letters, and with a dot at its end. Source: RFC 4343. */
void rule_domains_distinct(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct map seen = {0};

	for (size_t i = 0; h != NULL && i < h->resolver_rules.n; i++) {
		const struct resolver_rule *rule = &h->resolver_rules.items[i], *first;
		struct str domain = plain_domain(r, rule->domain_name);
		struct diag *d;

		if (!WRITTEN(rule, domain_name))
			continue;
		first = map_get(&seen, domain);
		if (first == NULL) {
			map_put(&seen, r->a, domain, rule);
			continue;
		}
		if (str_eq(rule->domain_name, first->domain_name))
			continue; /* the very same text is a fault of the list */
		d = diag_domain_twice(r->ds, rule->at.domain_name.value, rule->domain_name);
		diag_label(r->ds, d, first->at.domain_name.value, "the first one");
		diag_help(r->ds, d, "name all servers in one `TargetIps`");
	}
}

static bool is_in(const struct model_strings *blocks, struct cidr address)
{
	for (size_t i = 0; i < blocks->n; i++) {
		struct cidr block;

		if (item_block(&blocks->items[i], &block) && cidr_contains(block, address))
			return true;
	}
	return false;
}

static bool is_in_vpc(const struct net *n, struct cidr address)
{
	for (size_t i = 0; i < n->nblocks; i++)
		if (cidr_contains(n->blocks[i], address))
			return true;
	return !n->is_new;
}

static void server(const struct rules *r, const struct hybrid_network *h,
		   const struct model_string *ip)
{
	struct cidr address;
	struct str part;
	struct diag *d;

	if (cidr_parse_address(ip->text, &address, &part) != CIDR_OK ||
	    !cidr_is_private(cidr_range(address)) || is_in(&h->on_premises_cidrs, address) ||
	    is_in_vpc(r->net, address))
		return;
	d = diag_name_server_elsewhere(r->ds, ip->at, ip->text);
	diag_label(r->ds, d, h->at.on_premises_cidrs.key, "routes lead to these");
	diag_help(r->ds, d, "add its block to `OnPremisesCidrs`");
}

void rule_name_servers_reached(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL || !WRITTEN(h, on_premises_cidrs))
		return;
	for (size_t i = 0; i < h->resolver_rules.n; i++) {
		const struct resolver_rule *rule = &h->resolver_rules.items[i];

		for (size_t k = 0; USABLE(rule, target_ips) && k < rule->target_ips.n; k++)
			server(r, h, &rule->target_ips.items[k]);
	}
}
