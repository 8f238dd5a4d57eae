/* SPDX-License-Identifier: Apache-2.0 */
/* across.c - what a file says of the environment that it stands on, or of its own network. */
#include "compiler/base/buf.h"
#include "compiler/check/rules/standing.h"
#include "compiler/check/rules/storage.h"
#include "compiler/model/deployment.h"

void rule_environment_region(const struct rules *r)
{
	const struct environment *e = r->on != NULL ? r->on->e : NULL;
	struct diag *d;

	if (e == NULL || !WRITTEN(e, region) || r->region_name.n == 0 ||
	    str_eq(e->region, r->region_name))
		return;
	d = diag_environment_elsewhere(r->ds, r->region_at->value, r->on->name, e->region,
				       r->region_name);
	diag_label(r->ds, d, e->at.region.value, "the region of the environment");
	diag_help(r->ds, d, "a stack imports from stacks of its own region only");
}

/* ---- outputs ---- */

/* Names the outputs that may stand where u does. */
static void help_fitting(const struct rules *r, struct diag *d, const struct reference_use *u)
{
	struct buf b = buf_in(r->a);

	for (size_t i = 0; i < r->on->exports.n; i++) {
		const struct env_export *e = &r->on->exports.items[i];

		if (export_fits(e->what, u->prop))
			buf_fmt(&b, "%s`" STR_F "`", b.n > 0 ? ", " : "",
				STR_A(standing_words(r, e->name)));
	}
	if (b.n > 0)
		diag_help(r->ds, d, "what fits here: " STR_F, STR_A(buf_str(&b)));
}

static void no_such_output(const struct rules *r, const struct reference_use *u)
{
	struct str near = export_nearest(&r->on->exports, u->to.name);
	struct diag *d = diag_no_such_output(r->ds, u->at, r->on->name, u->to.name);

	if (near.n > 0)
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(standing_words(r, near)));
	else
		help_fitting(r, d, u);
}

static void wrong_kind(const struct rules *r, const struct reference_use *u,
		       const struct env_export *e)
{
	struct str want =
		u->prop->pattern != NULL ? u->prop->pattern->article : STR("something else");
	struct diag *d = diag_output_does_not_fit(r->ds, u->at, e->name, export_words(e->what),
						  u->prop->name, want);

	diag_label(r->ds, d, section_span(e->at), "the output comes from here");
	help_fitting(r, d, u);
}

void rule_outputs_known(const struct rules *r)
{
	const struct deployment *d = r->deployment;

	for (size_t i = 0; r->on != NULL && d != NULL && i < d->nuses; i++) {
		const struct reference_use *u = &d->uses[i];
		const struct env_export *e;

		if (u->faulty || !standing_refers(r, &u->to))
			continue;
		e = export_named(&r->on->exports, u->to.name);
		if (e == NULL)
			no_such_output(r, u);
		else if (u->whole &&
			 !export_fits(u->to.has_index ? EXPORT_SUBNET : e->what, u->prop))
			wrong_kind(r, u, e);
	}
}

/* ---- what is not of the file's own network ---- */

static void elsewhere(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	(void)data;
	for (size_t i = 0; i < n->subnets->n; i++) {
		const struct model_string *s = &n->subnets->items[i];
		struct diag *d;

		if (!text_is_known(s->text) || s->text.n == 0 ||
		    standing_subnet(r, s->text) != NULL)
			continue;
		d = diag_subnet_elsewhere(r->ds, s->at, s->text);
		diag_label(r->ds, d, network_key(r), "the network of this file");
		if (r->net->is_new)
			diag_note(r->ds, d,
				  "it makes its subnets: their ids are known when the stack is "
				  "there");
		else
			diag_help(r->ds, d,
				  "name it there: `Subnets: [{Name: …, Type: PRIVATE, "
				  "SubnetId: " STR_F "}]`",
				  STR_A(s->text));
		diag_help(r->ds, d, "leave it out, and " STR_F " stands in a subnet of `Network`",
			  STR_A(n->what));
	}
}

void rule_subnets_of_network(const struct rules *r)
{
	if (r->net != NULL)
		each_standing(r, elsewhere, NULL);
}

/* No group that has an id can be of a VPC that is not there yet. */
static void groups_elsewhere(const struct rules *r, const struct model_strings *groups)
{
	for (size_t i = 0; i < groups->n; i++) {
		const struct model_string *g = &groups->items[i];
		struct diag *d;

		if (!text_is_known(g->text) || g->text.n == 0)
			continue;
		d = diag_group_elsewhere(r->ds, g->at, g->text);
		diag_label(r->ds, d, network_key(r), "the network of this file is new");
		diag_note(r->ds, d, "EC2 starts a node only in groups of the VPC of its subnet");
		diag_help(r->ds, d, "leave it out: hpcc makes the groups that the nodes need");
		diag_help(r->ds, d,
			  "or stand in the VPC of the group: name it in `Network` with `VpcId` and "
			  "`Subnets`");
	}
}

static void both_groups(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	(void)data;
	groups_elsewhere(r, n->groups);
	groups_elsewhere(r, n->more);
}

void rule_groups_of_network(const struct rules *r)
{
	if (r->net != NULL && r->net->is_new)
		each_standing(r, both_groups, NULL);
}

void rule_storage_of_network(const struct rules *r)
{
	for (size_t i = 0; r->net != NULL && r->net->is_new && i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];
		struct str id;
		const struct field_at *at = storage_existing(s, &id);
		struct diag *d;

		if (at == NULL || !text_is_known(id) ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS)
			continue; /* volumes are of a zone, not of a VPC */
		d = diag_storage_of_other_vpc(r->ds, at->value, id);
		diag_label(r->ds, d, network_key(r), "the network of this file is new");
		diag_note(
			r->ds, d,
			"nodes mount it as they start, and no way leads from a new VPC to another");
		diag_help(r->ds, d, "leave the id out, and the %s makes the storage",
			  r->c != NULL ? "cluster" : "stack");
		diag_help(
			r->ds, d,
			"or stand in the VPC of the storage: name it in `Network` with `VpcId` and "
			"`Subnets`");
	}
}
