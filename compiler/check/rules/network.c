/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - steps that rules about a network share. */
#include "compiler/check/rules/network.h"

#include "compiler/base/nearest.h"

const struct net *network(const struct rules *r)
{
	return r->net != NULL && r->net->m->section.written ? r->net : NULL;
}

bool subnet_types_known(const struct net *n)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == SUBNET_TYPE_UNSET)
			return false;
	return !is_poisoned(&n->m->at.subnets);
}

bool subnet_exists(const struct net_subnet *s)
{
	return s->row != NULL && s->row->at.subnet_id.state != FIELD_ABSENT;
}

struct str subnet_words(const struct rules *r, const struct net_subnet *s)
{
	return s->name.n > 0 ? arena_fmt(r->a, "subnet `" STR_F "`", STR_A(s->name))
			     : STR("a subnet");
}

struct str zone_words(const struct rules *r, const struct net *n, size_t zone)
{
	return n->zones[zone].name.n > 0
		       ? arena_fmt(r->a, "zone `" STR_F "`", STR_A(n->zones[zone].name))
		       : arena_fmt(r->a, "zone %zu", zone + 1);
}

struct span subnet_span(const struct net_subnet *s)
{
	return s->row != NULL && is_written(&s->row->at.name) ? s->row->at.name.value
							      : section_span(s->at);
}

struct str names_in_line(const struct rules *r, const struct str *names, size_t n)
{
	enum { MOST = 8 };
	size_t shown = n <= MOST ? n : MOST;
	struct str line = n > 0 ? names[0] : STR("");

	for (size_t i = 1; i < shown; i++)
		line = arena_fmt(r->a, STR_F ", " STR_F, STR_A(line), STR_A(names[i]));
	return shown == n ? line : arena_fmt(r->a, STR_F " and %zu more", STR_A(line), n - shown);
}

void offer_names(const struct rules *r, struct diag *d, struct span at, struct str name,
		 struct choice c)
{
	enum { MOST = 200 }; /* that are looked at: a file with more is not written by hand */
	unsigned limit = near_limit(name), best = limit + 1;
	struct str near = {0};

	for (size_t i = 0; i < c.n && i < MOST; i++) {
		unsigned distance = edit_distance(name, c.names[i], limit);

		if (distance < best) {
			best = distance;
			near = c.names[i];
		}
	}
	if (c.n == 0) {
		diag_help(r->ds, d, "%s", c.none);
	} else if (best <= limit) {
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(r->ds, d, at, near, best == 0);
	} else {
		diag_help(r->ds, d, "there %s " STR_F, c.n == 1 ? "is" : "are",
			  STR_A(names_in_line(r, c.names, c.n)));
	}
}

const struct bucket_list *bucket_list(const struct rules *r)
{
	static const struct bucket_list none;

	return r->e != NULL ? &r->e->buckets : r->b != NULL ? &r->b->buckets : &none;
}

struct file_buckets file_buckets(const struct rules *r, const char *none)
{
	const struct bucket_list *list = bucket_list(r);
	size_t n = list->n;
	struct str *names = NEW_ARRAY(r->a, struct str, n + 1);
	struct file_buckets f = {.all = {names, n, none},
				 .whole = (r->e == NULL || USABLE(r->e, buckets)) &&
					  (r->b == NULL || USABLE(r->b, buckets))};

	for (size_t i = 0; i < n; i++) {
		const struct bucket *b = &list->items[i];

		names[i] = b->name;
		f.whole = f.whole && WRITTEN(b, name);
		if (WRITTEN(b, name))
			map_put(&f.by_name, r->a, b->name, b);
		if (WRITTEN(b, bucket_name))
			map_put(&f.by_bucket_name, r->a, b->bucket_name, b);
	}
	return f;
}

void bucket_known(const struct rules *r, const struct file_buckets *b, const struct field_at *at,
		  struct str name)
{
	if (b->whole && map_get(&b->by_name, name) == NULL)
		offer_names(r, diag_unknown_name(r->ds, at->value, "bucket", name), at->value, name,
			    b->all);
}
