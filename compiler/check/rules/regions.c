/* SPDX-License-Identifier: Apache-2.0 */
/* regions.c - rules about the region: what it offers, and names that belong to other places. */
#include "compiler/base/nearest.h"
#include "compiler/check/rules/arn.h"
#include "compiler/check/rules/rule.h"
#include "compiler/schema/kind.h"

enum { NEAR = 3 };

/* Source: ParallelCluster cluster_validators.py, RegionValidator; here every region of AWS is accepted. */
void rule_region_known(const struct rules *r)
{
	struct str near[NEAR];
	struct diag *d;

	if (r->region_at == NULL || !is_written(r->region_at) || r->region != NULL)
		return;
	d = diag_unknown_region(r->ds, r->region_at->value, r->region_name);
	if (facts_region_near(r->facts, r->region_name, near, NEAR) == 0)
		return;
	diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
	diag_fix(r->ds, d, r->region_at->value, near[0],
		 edit_distance(r->region_name, near[0], 0) == 0);
}

static void feature(const struct rules *r, struct str name, struct span at)
{
	struct diag *d;

	if (!facts_lacks(r->facts, r->region_name, name, r->knows))
		return;
	d = diag_feature_not_in_region(r->ds, at, name, r->region_name);
	diag_label(r->ds, d, r->region_at->value, "the region is set here");
}

static void cluster_features(const struct rules *r, const struct cluster *c)
{
	const struct login_pool_list *pools = &c->login_nodes.pools;

	if (r->variant == AWSBATCH &&
	    (r->region == NULL || (r->region->services & SERVICE_BATCH) != 0 ||
	     facts_lacks(r->facts, r->region_name, STR("AWS Batch"), r->knows)))
		feature(r, STR("AWS Batch"), c->scheduling.at.scheduler.value);
	else if (r->variant == AWSBATCH)
		diag_label(r->ds,
			   diag_feature_not_in_region(r->ds, c->scheduling.at.scheduler.value,
						      STR("AWS Batch"), r->region_name),
			   r->region_at->value, "the region is set here");
	if (c->head_node.dcv.section.written)
		feature(r, STR("DCV"), section_span(&c->head_node.dcv.section));
	for (size_t i = 0; i < pools->n; i++)
		if (pools->items[i].dcv.section.written)
			feature(r, STR("DCV"), section_span(&pools->items[i].dcv.section));
}

void rule_region_features(const struct rules *r)
{
	if (r->region_at == NULL || !is_written(r->region_at))
		return;
	if (r->b != NULL && r->region != NULL && (r->region->services & SERVICE_BATCH) == 0)
		diag_feature_not_in_region(r->ds, r->region_at->value, STR("AWS Batch"),
					   r->region_name);
	if (r->c != NULL)
		cluster_features(r, r->c);
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];

		if (WRITTEN(s, storage_type))
			feature(r, enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type),
				s->at.storage_type.value);
	}
}

/* Services whose resources a stack can use only in its own region; alarms tell topics of theirs alone. */
static bool is_regional(struct str service)
{
	return str_eq(service, STR("secretsmanager")) || str_eq(service, STR("ssm")) ||
	       str_eq(service, STR("kms")) || str_eq(service, STR("resource-groups")) ||
	       str_eq(service, STR("sns"));
}

/* Those that refuse what they stand in from another region at once: a key of encryption, the topic of an alarm. */
static bool is_refused(const struct rules *r, struct str service)
{
	return r->c == NULL && (str_eq(service, STR("kms")) || str_eq(service, STR("sns")));
}

static void check_arn(const struct rules *r, struct str text, struct span at)
{
	struct arn a;
	struct diag *d;

	if (!arn_parse(text, &a))
		return;
	if (!str_eq(a.partition, r->region->partition)) {
		d = diag_foreign_partition(r->ds, at, a.partition, r->region->name,
					   r->region->partition);
		diag_label(r->ds, d, r->region_at->value, "the region is set here");
	} else if (is_regional(a.service) && a.region.n > 0 && !str_eq(a.region, r->region->name)) {
		d = (is_refused(r, a.service) ? diag_region_refused : diag_foreign_region)(
			r->ds, at, a.region, kind_thing(r->kind), r->region->name);
		diag_label(r->ds, d, r->region_at->value, "the region is set here");
	}
}

static void check_arns(const struct rules *r, const struct any_section *s)
{
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		enum prop_id id = s->schema->first + i;

		if (schema_props[id].kind == PROP_STRING && is_written(any_field(s, id)) &&
		    str_starts(any_text(s, id), STR("arn:")) && text_is_known(any_text(s, id)))
			check_arn(r, any_text(s, id), any_field(s, id)->value);
	}
}

/* Source: AWS General Reference, Amazon Resource Names: a partition has its own accounts and resources. */
void rule_arn_places(const struct rules *r)
{
	if (r->region != NULL)
		each_section(r, check_arns);
}
