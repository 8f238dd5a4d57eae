/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exclusions.c - properties of one section of which at most one, or at least one, may be written.
 *
 * Each relation is a row. A row holds wherever its section stands in a file.
 */
#include "compiler/check/rules/rule.h"

enum { MOST_EXCLUSIVE = 3 };

/* Properties of one section that exclude each other, and why. */
struct exclusion {
	enum prop_id props[MOST_EXCLUSIVE];
	size_t n;
	const char *why;
};

#define GROUPS_WHY "SecurityGroups replaces the group that the cluster makes; the other adds to it"
#define RIGHTS_WHY \
	"rights come from an existing role or profile, or from the role the cluster makes"
#define S3_WHY "S3Access is added to the role the cluster makes; with an existing one there is none"

static const struct exclusion exclusions[] = {
	{{PROP_HeadNodeNetworking_SecurityGroups, PROP_HeadNodeNetworking_AdditionalSecurityGroups},
	 2,
	 GROUPS_WHY},
	{{PROP_SlurmQueueNetworking_SecurityGroups,
	  PROP_SlurmQueueNetworking_AdditionalSecurityGroups},
	 2,
	 GROUPS_WHY},
	{{PROP_AwsBatchQueueNetworking_SecurityGroups,
	  PROP_AwsBatchQueueNetworking_AdditionalSecurityGroups},
	 2,
	 GROUPS_WHY},
	{{PROP_LoginPoolNetworking_SecurityGroups,
	  PROP_LoginPoolNetworking_AdditionalSecurityGroups},
	 2,
	 GROUPS_WHY},
	{{PROP_NodeIam_InstanceRole, PROP_NodeIam_InstanceProfile,
	  PROP_NodeIam_AdditionalIamPolicies},
	 3,
	 RIGHTS_WHY},
	{{PROP_LoginPoolIam_InstanceRole, PROP_LoginPoolIam_InstanceProfile,
	  PROP_LoginPoolIam_AdditionalIamPolicies},
	 3,
	 RIGHTS_WHY},
	{{PROP_NodeIam_InstanceRole, PROP_NodeIam_S3Access}, 2, S3_WHY},
	{{PROP_NodeIam_InstanceProfile, PROP_NodeIam_S3Access}, 2, S3_WHY},
	{{PROP_CapacityReservationTarget_CapacityReservationId,
	  PROP_CapacityReservationTarget_CapacityReservationResourceGroupArn},
	 2,
	 "a target is one reservation, or a group of them"},
	{{PROP_SlurmComputeResource_InstanceType, PROP_SlurmComputeResource_Instances},
	 2,
	 "a compute resource has one type, or several for EC2 to pick from"},
	{{PROP_CustomAction_Script, PROP_CustomAction_Sequence},
	 2,
	 "an action is one script, or several in order"},
	{{PROP_SlurmSettings_Database, PROP_SlurmSettings_ExternalSlurmdbd},
	 2,
	 "accounting is kept by a slurmdbd on the head node, or by one outside the cluster"},
	{{PROP_SlurmSettings_CustomSlurmSettings,
	  PROP_SlurmSettings_CustomSlurmSettingsIncludeFile},
	 2,
	 "both are the further lines of slurm.conf"},
};

/*
 * Does the property take part in an exclusion? `Sequence` and `Instances` do even when they are empty: with one
 * beside them ParallelCluster loads no file.
 */
static bool takes_part(const struct any_section *s, enum prop_id id)
{
	if (id == PROP_CustomAction_Sequence || id == PROP_SlurmComputeResource_Instances)
		return is_written(any_field(s, id));
	return any_says(s, id);
}

/* Of the properties of the row that take part, the one that stands first in the file; NULL for less than two. */
static const struct field_at *first_of(const struct exclusion *x, const struct any_section *s,
				       enum prop_id *ret_id)
{
	const struct field_at *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct field_at *f = any_field(s, x->props[i]);

		if (!takes_part(s, x->props[i]))
			continue;
		n++;
		if (first == NULL || f->key.lo < first->key.lo) {
			first = f;
			*ret_id = x->props[i];
		}
	}
	return n >= 2 ? first : NULL;
}

static void exclude(const struct rules *r, const struct exclusion *x, const struct any_section *s)
{
	enum prop_id id = x->props[0];
	const struct field_at *first = first_of(x, s, &id);

	if (first == NULL)
		return;
	for (size_t i = 0; i < x->n; i++) {
		const struct field_at *f = any_field(s, x->props[i]);
		struct str name = schema_props[x->props[i]].name, other = schema_props[id].name;
		struct diag *d;

		if (f == first || !takes_part(s, x->props[i]))
			continue;
		d = diag_exclusive_properties(r->ds, f->key, name, other);
		diag_label(r->ds, d, first->key, "`" STR_F "` is given here", STR_A(other));
		diag_note(r->ds, d, "%s", x->why);
		diag_help(r->ds, d, "keep one of the two");
	}
}

static void exclude_all(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < ARRAY_LEN(exclusions); i++)
		if (any_has(s, exclusions[i].props[0]))
			exclude(r, &exclusions[i], s);
}

/* Sources: ParallelCluster cluster_schema.py, no_coexist_*; slurm_settings_validator.py. */
void rule_exclusive_properties(const struct rules *r)
{
	each_section(r, exclude_all);
}

/* Properties of which one must be written. */
struct choice {
	enum prop_id a, b;
	bool empty_is_enough; /* an empty list counts */
	const char *example;  /* of a value for the first */
};

static const struct choice choices[] = {
	{PROP_CustomAction_Script, PROP_CustomAction_Sequence, true,
	 "s3://amzn-s3-demo-bucket/setup.sh"},
	{PROP_CapacityReservationTarget_CapacityReservationId,
	 PROP_CapacityReservationTarget_CapacityReservationResourceGroupArn, false,
	 "cr-0123456789abcdef0"},
	{PROP_SlurmComputeResource_InstanceType, PROP_SlurmComputeResource_Instances, false,
	 "m7i.xlarge"},
};

static bool is_met(const struct choice *c, const struct any_section *s, enum prop_id id)
{
	return is_poisoned(any_field(s, id)) || any_says(s, id) ||
	       (c->empty_is_enough && is_written(any_field(s, id)));
}

/* A compute resource may leave the type to its own reservation. */
static bool type_is_reserved(const struct any_section *s)
{
	const struct slurm_compute_resource *c;

	if (s->schema != &schema_sections[SECTION_SlurmComputeResource])
		return false;
	c = (const struct slurm_compute_resource *)(const void *)s->model;
	return c->capacity_reservation_target.at.capacity_reservation_id.state != FIELD_ABSENT ||
	       is_poisoned(&c->at.capacity_reservation_target);
}

/* The key of the one that is there but empty, else the section. */
static struct span choice_at(const struct choice *c, const struct any_section *s)
{
	if (is_written(any_field(s, c->b)))
		return any_field(s, c->b)->key;
	if (is_written(any_field(s, c->a)))
		return any_field(s, c->a)->key;
	return section_span(any_at(s));
}

static void choose_all(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		const struct choice *c = &choices[i];
		struct diag *d;

		if (!any_has(s, c->a) || is_met(c, s, c->a) || is_met(c, s, c->b) ||
		    type_is_reserved(s))
			continue;
		d = diag_missing_choice(r->ds, choice_at(c, s), any_at(s)->path,
					schema_props[c->a].name, schema_props[c->b].name);
		diag_help(r->ds, d, "for example `" STR_F ": %s`", STR_A(schema_props[c->a].name),
			  c->example);
	}
}

/* Sources: ParallelCluster cluster_schema.py, custom actions, CapacityReservationTarget, instance types. */
void rule_one_of_two(const struct rules *r)
{
	each_section(r, choose_all);
}
