/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - runs the passes of passes.def over one cluster. */
#include "lowering/lower.h"

#include "lowering/aws/passes.h"
#include "lowering/cluster/cluster.h"

#define PASS(variants, name, needs, gives)          \
	static void run_##name(struct stack *st)    \
	{                                           \
		pass_##name((struct lowering *)st); \
	}
#include "lowering/cluster/passes.def"
#undef PASS

static const struct pass passes[] = {
#define PASS(variants, name, needs, gives) {variants, STR_INIT(#name), run_##name},
#include "lowering/cluster/passes.def"
#undef PASS
};

static struct stack stack_of(struct arena *a, struct diags *ds, const struct cluster *c,
			     const struct facts *facts)
{
	const struct lambda_functions_vpc_config *vpc =
		&c->deployment_settings.lambda_functions_vpc_config;
	bool batch = is_awsbatch(c);

	return (struct stack){
		.a = a,
		.ds = ds,
		.facts = facts,
		.region = c->region,
		.tags = &c->tags,
		.iam_prefix = c->iam.resource_prefix,
		.iam_boundary = c->iam.permissions_boundary,
		.lookups = {.description =
				    batch ? STR("Looks up what the stack needs and has the image "
						"of its jobs made")
					  : STR("Looks up what the stack needs and ends its "
						"compute nodes"),
			    .program = batch ? STR("images.py") : STR("lifecycle_few.py"),
			    .all = batch ? (struct str){0} : STR("lifecycle.py"),
			    .role = c->iam.roles.lambda_functions_role,
			    .role_origin = origin_of_section(&c->iam.roles.section),
			    .subnets = &vpc->subnet_ids,
			    .security_groups = &vpc->security_group_ids},
	};
}

static struct node_system system_of(const struct cluster *c)
{
	return (struct node_system){.os = enum_text(PROP_Image_Os, (int)c->image.os),
				    .custom_ami = c->image.custom_ami,
				    .origin = origin_of(&c->image.section, &c->image.at.os),
				    .imds_v1 = c->imds.imds_support == IMDS_IMDS_SUPPORT_V1_0};
}

/* Do all nodes have a subnet? Not where a network has none and what was said of that was taken back. */
static bool has_subnets(const struct cluster *c, struct diags *ds)
{
	bool all = c->head_node.networking.subnet_id.n > 0;

	for (size_t i = 0; i < queue_count(c); i++)
		all &= queue_place(c, i).subnets->n > 0;
	for (size_t i = 0; i < c->login_nodes.pools.n; i++)
		all &= c->login_nodes.pools.items[i].networking.subnet_ids.n > 0;
	if (!all)
		diag_help(ds, diag_network_without_subnets(ds, c->at.network.key),
			  "describe one: `Subnets: [{Name: Nodes, Type: PRIVATE, CidrBlock: …}]`");
	return all;
}

const struct ir *lower_cluster(struct arena *a, struct diags *ds, const struct model *m,
			       const struct lower_options *o)
{
	const struct cluster *c = m->cluster;
	struct lowering l = {.st = stack_of(a, ds, c, o->facts), .c = c, .system = system_of(c)};

	l.st.deployment = m->deployment;
	if (!has_subnets(c, ds))
		return NULL;
	l.st.g = ir_new(a);
	l.st.g->description = STR("HPC cluster made by hpcc " HPCC_VERSION);
	l.nqueues = queue_count(c);
	l.queues = NEW_ARRAY(a, struct lowered_queue, l.nqueues);
	l.pools = NEW_ARRAY(a, struct lowered_pool, c->login_nodes.pools.n);
	if (!passes_run(&l.st, passes, ARRAY_LEN(passes), m->variant, o->until))
		return NULL;
	return l.st.g;
}
