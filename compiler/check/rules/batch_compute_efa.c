/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_efa.c - EFA and placement groups of compute environments. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/standing.h"
#include "compiler/check/rules/types.h"
#include "compiler/model/network.h"

static bool uses_efa(const struct batch_environment *e)
{
	return WRITTEN(&e->m->efa, enabled) && e->m->efa.enabled;
}

static const struct placement_group *group_of(const struct batch_environment *e)
{
	return &e->m->networking.placement_group;
}

/* Do its instances stand in a placement group, made or named? */
static bool is_grouped(const struct batch_environment *e)
{
	const struct placement_group *p = group_of(e);

	return p->section.written && (p->enabled || p->name.n > 0 || p->id.n > 0);
}

/* Is anything of the placement group faulty, so that there may be one? */
static bool group_faulty(const struct batch_environment *e)
{
	const struct placement_group *p = group_of(e);

	return !USABLE(e->m, networking) || !USABLE(&e->m->networking, placement_group) ||
	       !USABLE(p, enabled) || !USABLE(p, name) || !USABLE(p, id);
}

static void label_efa(const struct rules *r, struct diag *d, const struct batch_environment *e)
{
	diag_label(r->ds, d, e->m->efa.at.enabled.value, "EFA is on");
}

/* ---- types that have EFA ---- */

/* The first type of a word that has none, or NULL; *ret_some: another one has. */
static const struct instance_type *without_efa(const struct rules *r, struct str word,
					       bool *ret_some)
{
	const struct instance_type *t, *without = NULL;

	*ret_some = false;
	for (size_t it = 0; (t = batch_next_type(r->facts, word, &it)) != NULL;)
		if (t->efa_max == 0)
			without = without != NULL ? without : t;
		else
			*ret_some = true;
	return without;
}

static void word_has_efa(const struct rules *r, const struct batch_environment *e,
			 const struct model_string *w)
{
	struct named_type named = {w->text, w->at, facts_instance(r->facts, w->text)};
	bool some;
	const struct instance_type *t = without_efa(r, w->text, &some);
	struct diag *d;

	if (t == NULL)
		return;
	d = some ? diag_efa_of_some(r->ds, w->at, w->text, t->name)
		 : diag_efa_unsupported(r->ds, w->at, w->text);
	label_efa(r, d, e);
	if (some)
		diag_help(r->ds, d,
			  "name the sizes that have it: `hpcc instances --efa` lists them");
	else if (named.type != NULL)
		suggest_type(r, d, &named, (struct wish){t->arch, has_efa, 0, "has EFA"});
	else
		diag_help(r->ds, d, "`hpcc instances --efa` lists the types that have it");
}

void rule_compute_efa_supported(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;)
		for (size_t i = 0; uses_efa(e) && i < e->m->instance_types.n; i++)
			word_has_efa(r, e, &e->m->instance_types.items[i]);
}

/* A launch template names the interfaces of every instance that starts from it. */
static void same_interfaces(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type first = {0}, t;

	if (!next_batch_type(r, e, &first) || first.type->efa_max == 0)
		return;
	for (t = first; next_batch_type(r, e, &t);) {
		struct diag *d;

		if (t.type->efa_max == first.type->efa_max || t.type->efa_max == 0)
			continue;
		d = diag_efa_differs(r->ds, t.word->at, first.type->name, first.type->efa_max,
				     t.type->name, t.type->efa_max);
		if (t.w != first.w)
			diag_label(r->ds, d, first.word->at, "%u", first.type->efa_max);
		label_efa(r, d, e);
		diag_note(r->ds, d, "a launch template names the interfaces of all instances");
		diag_help(r->ds, d, "make a compute environment for each");
		return;
	}
}

void rule_compute_efa_alike(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;)
		if (uses_efa(e))
			same_interfaces(r, e);
}

/* EC2 gives no public address to an instance that starts with several interfaces, and refuses the request. */
void rule_compute_public_cards(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct batch_networking *n = &e->m->networking;
		struct batch_type t = {0};
		struct diag *d;

		if (!uses_efa(e) || !WRITTEN(n, assign_public_ip) || !n->assign_public_ip ||
		    runs_multinode(r, e)) /* which is refused as such */
			continue;
		while (next_batch_type(r, e, &t) && t.type->ncards < 2)
			;
		if (t.w >= e->m->instance_types.n)
			continue;
		d = diag_public_ip_several_cards(r->ds, n->at.assign_public_ip.value, t.type->name);
		diag_label(r->ds, d, t.word->at, "%u network cards", t.type->ncards);
		label_efa(r, d, e);
		diag_help(r->ds, d, "use a private subnet with a NAT gateway");
	}
}

/* ---- placement ---- */

/* Source: EC2 user guide, EFA: nodes that talk stand in one cluster placement group. Blocks lie together already. */
void rule_compute_efa_placed(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!uses_efa(e) || is_grouped(e) || group_faulty(e) || is_reserved(e) ||
		    runs_multinode(r, e)) /* of those the rules of their jobs tell */
			continue;
		d = diag_efa_not_placed(r->ds, e->m->at.efa.key);
		if (group_of(e)->section.written)
			diag_label(r->ds, d, section_span(&group_of(e)->section),
				   "the placement group is off");
		diag_note(
			r->ds, d,
			"instances far from each other answer more slowly; a group costs nothing");
		diag_help(r->ds, d, "write `Networking: {PlacementGroup: {Enabled: true}}`");
	}
}

/* How many zones its subnets are known to lie in; *ret_all: those of all of them are known. */
static size_t zones_of(const struct rules *r, const struct batch_environment *e, bool *ret_all)
{
	const struct model_strings *subnets = &e->m->networking.subnet_ids;
	bool seen[NET_MAX_ZONES] = {false};
	size_t n = 0;

	*ret_all = true;
	for (size_t i = 0; i < subnets->n; i++) {
		const struct net_subnet *s = standing_subnet(r, subnets->items[i].text);

		if (s == NULL || s->zone == NET_NO_ZONE || s->zone >= ARRAY_LEN(seen))
			*ret_all = false;
		else if (!seen[s->zone]) {
			seen[s->zone] = true;
			n++;
		}
	}
	return n;
}

static size_t distinct(const struct rules *r, const struct model_strings *texts)
{
	struct map seen = {0};
	size_t n = 0;

	for (size_t i = 0; i < texts->n; i++)
		if (map_get(&seen, texts->items[i].text) == NULL) {
			map_put(&seen, r->a, texts->items[i].text, &texts->items[i]);
			n++;
		}
	return n;
}

/* EC2: neither a cluster placement group nor EFA reaches over a zone. Of other subnets the zones may be one. */
void rule_compute_one_zone(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		const struct batch_networking *n = &e->m->networking;
		bool all;
		size_t zones = zones_of(r, e, &all), subnets = distinct(r, &n->subnet_ids);
		struct diag *d;

		if (!WRITTEN(n, subnet_ids) || subnets < 2 || (all && zones < 2) || !is_grouped(e))
			continue;
		if (uses_efa(e)) {
			d = diag_efa_several_zones(r->ds, n->at.subnet_ids.key,
						   STR("compute environment"), subnets);
			label_efa(r, d, e);
			diag_note(r->ds, d, "EFA does not reach over a zone");
		} else if (zones > 1) {
			d = diag_placement_group_several_zones(r->ds,
							       section_span(&group_of(e)->section),
							       STR("compute environment"), subnets);
			diag_label(r->ds, d, n->at.subnet_ids.key, "its subnets");
		} else {
			continue;
		}
		diag_help(r->ds, d, "%s",
			  r->net != NULL ? "give `Network` one zone"
					 : "name one subnet in `SubnetIds` of the compute "
					   "environment");
	}
}

static bool clusters(const struct instance_type *t)
{
	return (t->placement & PLACE_CLUSTER) != 0;
}

/* The first word none of whose types may stand in a group, or NULL; *ret_some: another may. */
static const struct model_string *not_placeable(const struct rules *r,
						const struct batch_environment *e, bool *ret_some)
{
	const struct model_string *odd = NULL;

	*ret_some = false;
	for (size_t i = 0; i < e->m->instance_types.n; i++) {
		const struct model_string *w = &e->m->instance_types.items[i];
		const struct instance_type *t;
		bool can = false;

		for (size_t it = 0; !can && (t = batch_next_type(r->facts, w->text, &it)) != NULL;)
			can = clusters(t);
		if (can)
			*ret_some = true;
		else if (odd == NULL)
			odd = w;
	}
	return odd;
}

/* Reports types that cannot be in the group; false where there are none. */
static bool group_types(const struct rules *r, const struct batch_environment *e)
{
	bool some;
	const struct model_string *w = not_placeable(r, e, &some);
	struct diag *d;

	if (w == NULL)
		return false;
	d = some ? diag_type_never_placed(r->ds, w->at, w->text)
		 : diag_type_not_for_placement_group(r->ds, w->at, w->text);
	diag_label(r->ds, d, section_span(&group_of(e)->section), "the placement group");
	diag_help(r->ds, d, "leave the %s out", some ? "type" : "group");
	return true;
}

/* Are they of one family? */
static bool one_family(const struct model_strings *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (batch_bundle(words->items[i].text).n > 0 ||
		    !str_eq(facts_family(words->items[i].text), facts_family(words->items[0].text)))
			return false;
	return true;
}

static void group_finds_room(const struct rules *r, const struct batch_environment *e)
{
	struct span at = section_span(&group_of(e)->section);
	struct diag *d;

	if (in_block(e)) {
		d = diag_placement_group_capacity_block(r->ds, at);
		diag_label(r->ds, d, e->m->at.capacity_block.value, "the capacity block");
		diag_help(r->ds, d, "drop it: the instances of a block lie close together already");
	} else if (runs_multinode(r, e)) {
		return; /* of those the rules of their jobs tell; their nodes are of one type */
	} else if (e->spot) {
		d = diag_placement_group_spot(r->ds, at, e->name);
		label_batch_type(r, d, e, "Spot is asked for here");
		diag_help(r->ds, d,
			  "write the group at the compute environment that needs it, or "
			  "`PlacementGroup: {Enabled: false}` at this one");
	} else if (!one_family(&e->m->instance_types)) {
		d = diag_placement_group_mixed(r->ds, at);
		diag_label(r->ds, d, e->m->at.instance_types.value, "several families");
		diag_note(r->ds, d,
			  "EC2 finds room in a group for one type more easily than for several");
	}
}

void rule_compute_placement(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;)
		if (is_grouped(e) && !group_faulty(e) && !group_types(r, e))
			group_finds_room(r, e);
}
