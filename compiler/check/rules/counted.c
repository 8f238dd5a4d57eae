/* SPDX-License-Identifier: Apache-2.0 */
/* counted.c - lists of which each item becomes a part of the template: how many there are must be known. */
#include "compiler/check/rules/rule.h"

/* A list that stands for a parameter: all of its items, however many. */
static bool is_uncounted(const struct field_at *at, const struct model_strings *s)
{
	return is_written(at) && s->n == 1 && text_is_list(s->items[0].text);
}

/* `part`: what each item becomes. */
static void uncounted(const struct rules *r, const struct field_at *at,
		      const struct model_strings *s, const char *part)
{
	struct str list = text_shown(r->a, s->items[0].text);
	struct str begin = str_slice(list, 0, list.n - 1);
	struct diag *d = diag_items_uncounted(r->ds, at->value, list, part);

	diag_note(r->ds, d,
		  "CloudFormation makes no parts of a stack by the number of items that a "
		  "parameter has");
	diag_help(r->ds, d, "name them one by one: `[\"" STR_F "[0]}\", \"" STR_F "[1]}\"]`",
		  STR_A(begin), STR_A(begin));
}

static void check_emails(const struct rules *r, const struct field_at *at,
			 const struct model_strings *emails)
{
	if (is_uncounted(at, emails))
		uncounted(r, at, emails, "a subscription");
}

/* Does the stack make routes in tables that the file names? */
static bool makes_routes(const struct rules *r)
{
	const struct net *n = r->net;
	const struct hybrid_network *h = r->e != NULL ? &r->e->hybrid_network : NULL;
	bool has_public = net_first(n, SUBNET_TYPE_PUBLIC) != NULL;

	if (h != NULL && h->section.written &&
	    h->gateway.type == HYBRID_GATEWAY_TYPE_TRANSIT_GATEWAY)
		return true;
	return n->nat == NETWORK_NAT_GATEWAY_REGIONAL ||
	       (n->nat != NETWORK_NAT_GATEWAY_NONE && has_public);
}

static void check_batch(const struct rules *r)
{
	check_emails(r, &r->b->notifications.at.emails, &r->b->notifications.emails);
	check_emails(r, &r->b->budget.at.emails, &r->b->budget.emails);
	for (size_t i = 0; i < r->b->job_roles.n; i++) {
		const struct job_role *m = &r->b->job_roles.items[i];

		if (is_uncounted(&m->at.secrets, &m->secrets))
			uncounted(r, &m->at.secrets, &m->secrets, "a right");
	}
	for (size_t i = 0; i < r->b->schedules.n; i++) {
		const struct scheduled_job *m = &r->b->schedules.items[i].job;

		if (is_uncounted(&m->at.command, &m->command))
			uncounted(r, &m->at.command, &m->command, "a word of the input");
	}
}

void rule_items_counted(const struct rules *r)
{
	if (r->e != NULL) {
		check_emails(r, &r->e->notifications.at.emails, &r->e->notifications.emails);
		check_emails(r, &r->e->budget.at.emails, &r->e->budget.emails);
	}
	if (r->b != NULL)
		check_batch(r);
	if (r->net != NULL &&
	    is_uncounted(&r->net->m->at.route_table_ids, &r->net->m->route_table_ids) &&
	    makes_routes(r))
		uncounted(r, &r->net->m->at.route_table_ids, &r->net->m->route_table_ids,
			  "a table with routes");
}
