/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_compute_fargate.c - what a compute environment of Fargate cannot have.
 *
 * It has no instances. One that was once made with a word of updates can never change MaxvCpus again. Source: AWS Batch
 * API, ComputeResource and UpdateComputeEnvironment, botocore 1.44.8: "can't be updated for Fargate".
 */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/model/each.h"

static const struct {
	enum prop_id prop;
	const char *why;
} of_instances[] = {
	{PROP_ComputeEnvironment_AllocationStrategy, "there are no types to pick from"},
	{PROP_ComputeEnvironment_InstanceTypes, "a job definition says vCPUs and memory"},
	{PROP_ComputeEnvironment_MinvCpus, "nothing runs while there are no jobs"},
	{PROP_ComputeEnvironment_BidPercentage, "Spot has one price on Fargate"},
	{PROP_ComputeEnvironment_SpotIamFleetRole, "there is no fleet"},
	{PROP_ComputeEnvironment_Efa, "tasks have no EFA"},
	{PROP_ComputeEnvironment_CapacityReservationTarget, "there is nothing to reserve"},
	{PROP_ComputeEnvironment_CapacityBlock, "there is nothing to reserve"},
	{PROP_ComputeEnvironment_Ec2Configuration, "there is no machine image"},
	{PROP_ComputeEnvironment_UpdateToLatestImageVersion, "there is no machine image"},
	{PROP_ComputeEnvironment_LocalStorage, "a job definition has EphemeralStorage"},
	{PROP_ComputeEnvironment_SharedStorage, "a job definition mounts EFS by MountPoints"},
	{PROP_ComputeEnvironment_Ssh, "there is no instance to log in to"},
	{PROP_ComputeEnvironment_CustomActions, "there is no instance to run them"},
	{PROP_ComputeEnvironment_Iam, "a job definition has Iam of its own"},
	{PROP_ComputeEnvironment_Tags, "there are no instances, and those of the environment "
				       "itself can never be changed"},
	{PROP_ComputeEnvironment_UpdatePolicy, "AWS Batch refuses every change of such an "
					       "environment later"},
	{PROP_ComputeEnvironment_ReplaceComputeEnvironment, "AWS Batch refuses every change of "
							    "such an environment later"},
	{PROP_ComputeEnvironment_ScalingPolicy, "there are no idle instances"},
};

static void not_for_fargate(const struct rules *r, const struct batch_environment *e,
			    struct span at, struct str name, const char *why)
{
	struct diag *d = diag_not_for_fargate(r->ds, at, name, batch_type_text(e));

	label_batch_type(r, d, e, "Fargate is asked for here");
	diag_note(r->ds, d, "%s", why);
	diag_help(r->ds, d, "leave it out, or write `Type: %s`", e->spot ? "SPOT" : "EC2");
}

/* A placement group that the environment has itself: one of the file is for those of instances. */
static void own_placement(const struct rules *r, const struct batch_environment *e)
{
	const struct batch_networking *n = &e->m->networking;

	if (!n->section.written || !WRITTEN(n, placement_group) ||
	    span_cmp(n->at.placement_group.key, r->b->networking.at.placement_group.key) == 0)
		return;
	not_for_fargate(r, e, n->at.placement_group.key, PROP_NAME(BatchNetworking_PlacementGroup),
			"tasks stand in none");
}

void rule_compute_fargate(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		struct any_section s = {&schema_sections[SECTION_ComputeEnvironment],
					(const char *)e->m};

		if (!e->fargate)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(of_instances); k++) {
			const struct field_at *at = any_field(&s, of_instances[k].prop);

			if (is_written(at))
				not_for_fargate(r, e, at->key,
						schema_props[of_instances[k].prop].name,
						of_instances[k].why);
		}
		own_placement(r, e);
	}
}
