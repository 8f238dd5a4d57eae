/* SPDX-License-Identifier: Apache-2.0 */
/* test_schema.c - the generated tables hold together, and the lookups find what they should. */
#include "compiler/schema/kind.h"
#include "model.h"

#include <criterion/criterion.h>

static const struct section *section(enum section_id id)
{
	return &schema_sections[id];
}

static const char *nearest(enum section_id id, struct str word)
{
	const struct prop *p = schema_nearest(section(id), word, ANY_KIND);

	return p != NULL ? p->name.s : "";
}

Test(schema, finds_every_property_by_its_name_and_id)
{
	cr_assert_eq(schema_nsections, SECTION_COUNT);
	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];

		for (size_t k = 0; k < s->nprops; k++) {
			cr_expect_eq(schema_find(s, s->props[k].name), &s->props[k]);
			cr_expect_eq(&s->props[k], &schema_props[s->first + k]);
		}
		cr_expect_null(schema_find(s, STR("")));
		cr_expect_null(schema_find(s, STR("zzz")));
	}
}

Test(schema, matches_case)
{
	cr_assert_not_null(schema_find(section(SECTION_HeadNode), STR("InstanceType")));
	cr_assert_null(schema_find(section(SECTION_HeadNode), STR("instanceType")));
}

Test(schema, puts_outer_sections_before_inner_ones)
{
	unsigned roots = 0;

	for (unsigned i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];
		bool root = false;

		for (size_t k = 0; k < KIND_COUNT; k++)
			root = root || schema_kinds[k].root == i;
		cr_expect_eq(s->label.n == 0, root, "%s", s->name.s);
		cr_expect_geq(s->places, 1);
		roots += root;
	}
	cr_assert_eq(roots, KIND_COUNT);
	cr_assert_eq(SECTION_Cluster, 0);
	cr_assert_eq(schema_sections[0].label.n, 0);
}

Test(schema, names_a_section_by_its_place_nearest_to_the_root)
{
	cr_assert_str_eq(section(SECTION_HeadNodeNetworking)->label.s, "HeadNode.Networking");
	cr_assert_str_eq(section(SECTION_SlurmComputeResource)->label.s,
			 "Scheduling.SlurmQueues[].ComputeResources[]");
}

Test(schema, points_into_the_structs_of_the_model)
{
	const struct prop *p = &schema_props[PROP_SlurmComputeResource_MaxCount];

	cr_assert_eq(p->value_offset, offsetof(struct slurm_compute_resource, max_count));
	cr_assert_eq(p->at_offset, offsetof(struct slurm_compute_resource, at.max_count));
	cr_assert_eq(section(SECTION_SlurmComputeResource)->size,
		     sizeof(struct slurm_compute_resource));
}

/* Rows that other tables and the manual rely on. */
Test(schema, gives_every_row_what_its_kind_needs)
{
	for (size_t i = 0; i < PROP_COUNT; i++) {
		const struct prop *p = &schema_props[i];
		bool values = p->kind == PROP_ENUM || p->kind == PROP_INT_ENUM;

		cr_expect_neq(p->doc.n, 0, "%s", p->name.s);
		cr_expect_neq(p->source.n, 0, "%s", p->name.s);
		cr_expect(p->update == NULL || p->update->words.n > 0, "%s", p->name.s);
		cr_expect(!values || p->nvalues > 0, "%s", p->name.s);
		cr_expect(!p->unique || p->key.n > 0 || p->kind == PROP_STRINGS, "%s", p->name.s);
	}
}

Test(schema, names_its_enumerators)
{
	cr_assert_str_eq(enum_text(PROP_SlurmQueue_CapacityType, SLURM_QUEUE_CAPACITY_TYPE_SPOT).s,
			 "SPOT");
	cr_assert_str_eq(enum_text(PROP_Imds_ImdsSupport, IMDS_IMDS_SUPPORT_V2_0).s, "v2.0");
	cr_assert_eq(enum_text(PROP_Imds_ImdsSupport, 0).n, 0);
}

Test(schema, finds_the_nearest_name)
{
	cr_assert_str_eq(nearest(SECTION_SlurmComputeResource, STR("MinCuont")), "MinCount");
	cr_assert_str_eq(nearest(SECTION_SlurmComputeResource, STR("mincount")), "MinCount");
	cr_assert_str_eq(nearest(SECTION_Dns, STR("UseEC2Hostnames")), "UseEc2Hostnames");
	cr_assert_str_eq(nearest(SECTION_HeadNode, STR("Netwroking")), "Networking");
	cr_assert_str_eq(nearest(SECTION_HeadNode, STR("Xyz")), "");
	cr_assert_str_eq(nearest(SECTION_HeadNode, STR("")), "");
}

Test(schema, finds_the_owners_of_a_name)
{
	enum section_id ids[4];

	cr_assert_eq(schema_owners(STR("ScaledownIdletime"), SECTION_SlurmQueue, ANY_KIND, ids, 4),
		     1);
	cr_assert_eq(ids[0], SECTION_SlurmSettings);
	cr_assert_eq(
		schema_owners(STR("ScaledownIdletime"), SECTION_SlurmSettings, ANY_KIND, ids, 4),
		0);
	cr_assert_eq(schema_owners(STR("Name"), SECTION_Cluster, ANY_KIND, ids, 2), 2);
	cr_assert_eq(schema_owners(STR("nothing"), SECTION_Cluster, ANY_KIND, ids, 4), 0);
}

Test(schema, knows_the_kinds_of_files)
{
	const struct file_kind *cluster = &schema_kinds[0];
	const struct node empty = {.kind = NODE_MAP};

	cr_assert_eq(cluster->root, SECTION_Cluster);
	cr_assert_eq(cluster->variants, CLUSTER);
	cr_assert_eq(kind_choice(cluster), &schema_props[PROP_Scheduling_Scheduler]);
	cr_assert_eq(kind_choice_section(cluster), section(SECTION_Scheduling));
	cr_assert_eq(kind_variant(cluster, STR("awsbatch"))->bit, AWSBATCH);
	cr_assert_null(kind_variant(cluster, STR("plugin")));
	cr_assert_eq(kind_of(&empty), cluster, "the first kind where nothing tells");
	cr_assert_null(kind_likely(&empty));
	cr_assert_null(kind_named(&empty));
	cr_assert_eq(schema_kinds[1].root, SECTION_Environment);
	cr_assert_eq(schema_kinds[1].variants, ENVIRONMENT);
	cr_assert_null(kind_choice(&schema_kinds[1]));
}

/* What is filled and what is due is found without looking at all rows. */
Test(schema, lists_the_rows_with_defaults_and_the_required_ones)
{
	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];
		size_t filled = 0, due = 0;

		for (uint16_t k = 0; k < s->nprops; k++) {
			const struct prop *p = &s->props[k];

			if ((p->has & HAS_DEFAULT) != 0 || p->ndefaults_for > 0 ||
			    p->kind == PROP_SECTION)
				cr_expect_eq(s->filled[filled++], k, "%s", p->name.s);
			if (p->required != 0)
				cr_expect_eq(s->due[due++], k, "%s", p->name.s);
		}
		cr_expect_eq(s->nfilled, filled, "%s", s->name.s);
		cr_expect_eq(s->ndue, due, "%s", s->name.s);
	}
}

static const struct update_policy *policy_of(const struct prop *p, uint16_t variants)
{
	for (size_t i = 0; i < p->nupdates_for; i++)
		if ((p->updates_for[i].variants & variants) != 0)
			return p->updates_for[i].policy;
	return p->update;
}

/* What a change of an environment does is not told in words about clusters, but for what no environment may have. */
Test(schema, tells_what_a_change_of_an_environment_does)
{
	static const char *const words[] = {"NONE", "IN_PLACE", "REPLACEMENT", "REPLACEMENT_DATA",
					    "TAKE_OUT_FIRST"};
	static const enum section_id foreign[] = {SECTION_EbsSettings, SECTION_Raid,
						  SECTION_FsxOntapSettings,
						  SECTION_FileCacheSettings};
	static const enum prop_id existing[] = {
		PROP_EfsSettings_FileSystemId,	     PROP_EfsSettings_AccessPointId,
		PROP_FsxLustreSettings_FileSystemId, PROP_FsxOpenZfsSettings_VolumeId,
		PROP_SharedStorage_EbsSettings,	     PROP_SharedStorage_FsxOntapSettings,
		PROP_SharedStorage_FileCacheSettings};
	size_t n = 0;

	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = section((enum section_id)i);
		bool skipped = (s->variants & ENVIRONMENT) == 0;

		for (size_t k = 0; k < ARRAY_LEN(foreign); k++)
			skipped = skipped || foreign[k] == i;
		for (size_t k = 0; !skipped && k < s->nprops; k++) {
			const struct prop *p = &s->props[k];
			const struct update_policy *policy = policy_of(p, ENVIRONMENT);
			bool known = policy == NULL || (p->variants & ENVIRONMENT) == 0;

			for (size_t w = 0; !known && w < ARRAY_LEN(words); w++)
				known = str_eq(policy->name, str_c(words[w]));
			for (size_t w = 0; w < ARRAY_LEN(existing); w++)
				known = known || s->first + k == existing[w];
			cr_expect(known, "%s.%s", s->name.s, p->name.s);
			n += policy != NULL;
		}
	}
	cr_assert_gt(n, 150);
}

Test(schema, says_who_has_a_property)
{
	const struct section *s = section(SECTION_Scheduling);

	cr_assert_eq(schema_find(s, STR("SlurmQueues"))->variants, SLURM);
	cr_assert_eq(schema_find(s, STR("Scheduler"))->variants, ANY_KIND);
	cr_assert_eq(s->variants, CLUSTER);
	cr_assert_eq(section(SECTION_SlurmQueue)->variants, SLURM);
	cr_assert_null(schema_nearest(s, STR("SlurmQueue"), AWSBATCH));
}
