/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environments.c - compute environments, with the roles of their instances.
 *
 * None has a name of its own: one with a name cannot be replaced, since the name is taken. What AWS Batch changes in
 * no update is a part of the logical id: whether it is of Fargate, the strategy BEST_FIT, a service role of the user's.
 * Tags are create-only: those of the user go to what is started. Source: AWS Batch user guide, Updating compute
 * environments; AWS Batch API, UpdateComputeEnvironment, botocore 1.44.8; CloudFormation schema of
 * AWS::Batch::ComputeEnvironment, cfn-lint 1.58.0.
 */
#include "compiler/base/open_text.h"
#include "compiler/facts/batch_types.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/grants.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/storage.h"

#define INSTANCE_POLICY "service-role/AmazonEC2ContainerServiceforEC2Role"

static bool is_best_fit(const struct batch_environment *e)
{
	return e->strategy == COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT;
}

/* ---- where it stands ---- */

static struct ir_value *groups_of(struct batch_stack *l, const struct batch_networking *n)
{
	struct ir_value *list;

	if (n->security_groups.n > 0)
		return text_list(&l->st, &n->security_groups);
	list = ir_push(l->st.g, ir_list(l->st.g), ir_ref(l->st.g, l->group));
	list_add_distinct(&l->st, list, text_list(&l->st, &n->additional_security_groups));
	return list;
}

static struct ir_value *placement_of(struct batch_stack *l, const struct batch_environment *e)
{
	const struct placement_group *p = &e->m->networking.placement_group;
	struct ir_resource *r;
	struct str name = p->name.n > 0 ? p->name : p->id;

	if (name.n > 0)
		return ir_text(l->st.g, name);
	if (!p->enabled)
		return NULL;
	r = ir_add(l->st.g, batch_id(l, "PlacementGroup", e->name), "AWS::EC2::PlacementGroup",
		   origin_of_section(&p->section));
	ir_put_text(l->st.g, r->properties, "Strategy", STR("cluster"));
	return ir_ref(l->st.g, r->id);
}

/* ---- instances ---- */

/* The profile of the instances, by ARN or name. */
static struct ir_value *profile_of(struct batch_stack *l, struct lowered_environment *e)
{
	struct wish w = node_wish(&e->m->m->iam);
	struct ir_value *statements = ir_list(l->st.g), *managed = ir_list(l->st.g);
	struct granted g;

	allow_s3(&l->st, statements, w.s3);
	batch_allow_instances(l, e->m, statements);
	ir_push(l->st.g, managed, aws_managed_policy(&l->st, INSTANCE_POLICY));
	w.managed = managed;
	g = grant(&l->st, batch_id(l, "Instance", e->m->name), &w, statements);
	e->role_arn = g.role_arn;
	return w.profile_arn.n > 0 ? ir_text(l->st.g, w.profile_arn) : g.profile;
}

static struct ir_value *fleet_role(struct batch_stack *l, const struct batch_environment *e)
{
	struct str id;

	if (!e->spot || !is_best_fit(e))
		return NULL;
	if (e->m->spot_iam_fleet_role.n > 0)
		return ir_text(l->st.g, e->m->spot_iam_fleet_role);
	id = batch_id(l, "SpotFleetRole", e->name);
	role_add(&l->st, id, "spotfleet", ir_list(l->st.g),
		 ir_push(l->st.g, ir_list(l->st.g),
			 aws_managed_policy(&l->st, "service-role/AmazonEC2SpotFleetTaggingRole")),
		 origin_of_section(&e->m->section));
	return ir_getatt(l->st.g, id, STR("Arn"));
}

static bool has_gpus(const struct batch_stack *l, const struct batch_environment *e)
{
	for (size_t i = 0; i < e->m->instance_types.n; i++) {
		const struct instance_type *t;

		for (size_t it = 0;
		     (t = batch_next_type(l->st.facts, e->m->instance_types.items[i].text, &it)) !=
		     NULL;)
			if (batch_gpus(t) > 0 && t->arch != ARCH_ARM64)
				return true;
	}
	return false;
}

/* The images that the file names, else the newest for its types; both kinds where some have GPUs. */
static struct ir_value *images_of(struct batch_stack *l, const struct batch_environment *e)
{
	const struct ec2_configuration_list *list = &e->m->ec2_configuration;
	struct ir_value *ret = ir_list(l->st.g);
	struct ir *g = l->st.g;

	for (size_t i = 0; i < list->n; i++) {
		struct ir_value *row = ir_object(g);

		ir_put_text(
			g, row, "ImageType",
			enum_text(PROP_Ec2Configuration_ImageType, (int)list->items[i].image_type));
		if (list->items[i].image_id_override.n > 0)
			ir_put_text(g, row, "ImageIdOverride", list->items[i].image_id_override);
		ir_push(g, ret, row);
	}
	if (list->n == 0)
		ir_push(g, ret,
			ir_put_text(g, ir_object(g), "ImageType",
				    has_gpus(l, e) ? STR("ECS_AL2023_NVIDIA") : STR("ECS_AL2023")));
	return ret;
}

static void put_scaling(struct batch_stack *l, const struct compute_environment *m,
			struct ir_value *resources)
{
	if (m->scaling_policy.section.written)
		ir_put(l->st.g, resources, "ScalingPolicy",
		       ir_put_int(l->st.g, ir_object(l->st.g), "MinScaleDownDelayMinutes",
				  m->scaling_policy.min_scale_down_delay_minutes));
}

static void put_instances(struct batch_stack *l, struct lowered_environment *e,
			  struct ir_value *resources)
{
	const struct compute_environment *m = e->m->m;
	struct ir *g = l->st.g;
	struct ir_value *template = ir_object(g), *placement = placement_of(l, e->m),
			*fleet = fleet_role(l, e->m);

	ir_put_text(g, resources, "AllocationStrategy",
		    enum_text(PROP_ComputeEnvironment_AllocationStrategy, (int)e->m->strategy));
	ir_put_int(g, resources, "MinvCpus", m->minv_cpus);
	ir_put(g, resources, "InstanceTypes", text_list(&l->st, &m->instance_types));
	ir_put(g, resources, "InstanceRole", profile_of(l, e));
	if (is_written(&m->at.bid_percentage))
		ir_put_int(g, resources, "BidPercentage", m->bid_percentage);
	if (fleet != NULL)
		ir_put(g, resources, "SpotIamFleetRole", fleet);
	if (m->ssh.key_name.n > 0)
		ir_put_text(g, resources, "Ec2KeyPair", m->ssh.key_name);
	if (placement != NULL)
		ir_put(g, resources, "PlacementGroup", placement);
	ir_put(g, resources, "Ec2Configuration", images_of(l, e->m));
	e->launch_template = batch_launch_template(l, e);
	ir_put(g, template, "LaunchTemplateId", ir_ref(g, e->launch_template));
	/* By number: with $Latest a change of the template is none of the environment, and nothing takes it. */
	ir_put(g, template, "Version",
	       ir_getatt(g, e->launch_template, STR("LatestVersionNumber")));
	ir_put(g, resources, "LaunchTemplate", template);
	ir_put_bool(g, resources, "UpdateToLatestImageVersion", m->update_to_latest_image_version);
	put_scaling(l, m, resources);
	batch_put_tags(l, resources, &m->tags);
}

/* ---- the environment ---- */

/* AWS Batch acts by a role of the user: it can neither get nor lose one, and replaces no instances by it. */
static bool has_own_role(const struct batch_environment *e)
{
	struct str role = e->m->service_role;

	return role.n > 0 &&
	       !(text_is_known(role) && str_ends(role, STR("/AWSServiceRoleForBatch")));
}

static struct str environment_id(struct batch_stack *l, const struct batch_environment *e)
{
	const char *const prefixes[2][3] = {
		{"ComputeEnvironment", "BestFitEnvironment", "FargateEnvironment"},
		{"OwnRoleEnvironment", "OwnRoleBestFitEnvironment", "OwnRoleFargateEnvironment"}};

	return batch_id(l, prefixes[has_own_role(e)][e->fargate ? 2 : is_best_fit(e)], e->name);
}

/* What an update does with instances and their jobs. Fargate refuses every word of it. */
static void put_update(struct batch_stack *l, const struct batch_environment *e,
		       struct ir_value *properties)
{
	struct ir_value *policy = ir_object(l->st.g);
	const struct batch_update_policy *m = &e->m->update_policy;
	bool fixed = is_best_fit(e) || has_own_role(e);

	if (e->fargate)
		return;
	ir_put_bool(l->st.g, properties, "ReplaceComputeEnvironment",
		    e->m->replace_compute_environment || fixed);
	ir_put_int(l->st.g, policy, "JobExecutionTimeoutMinutes", m->job_execution_timeout_minutes);
	ir_put_bool(l->st.g, policy, "TerminateJobsOnUpdate", m->terminate_jobs_on_update);
	ir_put(l->st.g, properties, "UpdatePolicy", policy);
}

static void environment_add(struct batch_stack *l, struct lowered_environment *e)
{
	const struct compute_environment *m = e->m->m;
	struct ir *g = l->st.g;
	struct ir_value *resources = ir_object(g), *p;
	struct ir_resource *r;

	e->subnets = text_list(&l->st, &m->networking.subnet_ids);
	e->groups = groups_of(l, &m->networking);
	ir_put_text(g, resources, "Type", enum_text(PROP_ComputeEnvironment_Type, (int)m->type));
	ir_put_int(g, resources, "MaxvCpus", m->maxv_cpus);
	ir_put(g, resources, "Subnets", e->subnets);
	if (e->m->fargate || !batch_names_interfaces(e->m))
		ir_put(g, resources, "SecurityGroupIds", e->groups);
	if (!e->m->fargate)
		put_instances(l, e, resources);
	e->resource = environment_id(l, e->m);
	r = ir_add(g, e->resource, "AWS::Batch::ComputeEnvironment",
		   origin_of_section(&m->section));
	p = r->properties;
	ir_put_text(g, p, "Type", STR("MANAGED"));
	ir_put_text(g, p, "State", enum_text(PROP_ComputeEnvironment_State, (int)m->state));
	if (m->service_role.n > 0)
		ir_put_text(g, p, "ServiceRole", m->service_role);
	ir_put(g, p, "ComputeResources", resources);
	put_update(l, e->m, p);
	if (m->container_insights != COMPUTE_ENVIRONMENT_CONTAINER_INSIGHTS_DISABLED)
		ir_put(g, p, "EcsSettings",
		       ir_put_text(g, ir_object(g), "ContainerInsights",
				   enum_text(PROP_ComputeEnvironment_ContainerInsights,
					     (int)m->container_insights)));
}

void pass_batch_environments(struct batch_stack *l)
{
	l->environments = NEW_ARRAY(l->st.a, struct lowered_environment, l->v->nenvironments);
	for (size_t i = 0; i < l->v->nenvironments; i++) {
		l->environments[i].m = &l->v->environments[i];
		environment_add(l, &l->environments[i]);
		/* Instances boot, and end, with the help of AWS. */
		if (l->network != NULL)
			network_wait(&l->st, l->environments[i].resource);
	}
}
