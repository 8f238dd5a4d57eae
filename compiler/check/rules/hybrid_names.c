/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_names.c - rules about domains that name servers of a data centre resolve. */
#include "compiler/check/rules/hybrid.h"

static struct str without_dot(struct str domain)
{
	return str_ends(domain, STR(".")) ? str_slice(domain, 0, domain.n - 1) : domain;
}

/* A domain is the same in other letters, and with a dot at its end. Source: RFC 4343. */
void rule_domains_distinct(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	for (size_t i = 1; h != NULL && i < h->resolver_rules.n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct resolver_rule *rule = &h->resolver_rules.items[i];
			const struct resolver_rule *first = &h->resolver_rules.items[k];
			struct diag *d;

			/* The very same text is a fault of the list. */
			if (!WRITTEN(rule, domain_name) || !WRITTEN(first, domain_name) ||
			    str_eq(rule->domain_name, first->domain_name) ||
			    !str_eq_nocase(without_dot(rule->domain_name),
					   without_dot(first->domain_name)))
				continue;
			d = diag_domain_twice(r->ds, rule->at.domain_name.value, rule->domain_name);
			diag_label(r->ds, d, first->at.domain_name.value, "the first one");
			diag_help(r->ds, d, "name all servers in one `TargetIps`");
			break;
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
