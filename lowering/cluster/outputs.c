/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.c - what people and other stacks want to know of the cluster.
 *
 * Names that ParallelCluster gives are kept (HeadNodeInstanceID, HeadNodePrivateIP, EBSIds …). What other stacks
 * connect to is exported as "<stack>-<name>" for Fn::ImportValue. The rest is not: CloudFormation refuses every
 * edit that would change an export in use.
 */
#include "lowering/cluster/cluster.h"

static void output(struct lowering *l, struct str name, const char *description,
		   struct ir_value *value, struct ir_origin origin)
{
	struct ir_output *o = ir_add_output(l->st.g, name, str_c(description), value, origin);

	o->export_name = ir_subf(l->st.g, "${AWS::StackName}-" STR_F, STR_A(name));
}

/* One that is not exported. */
static void private_output(struct stack *st, struct str name, const char *description,
			   struct ir_value *value, struct ir_origin origin)
{
	ir_add_output(st->g, name, str_c(description), value, origin);
}

/* "a,b,c" of a list of values, which has at least one. */
static struct ir_value *joined(struct stack *st, const struct ir_value *list)
{
	struct ir_value *join = ir_func(st->g, IR_JOIN, STR(","));

	if (list->n == 1)
		return list->items[0];
	for (size_t i = 0; i < list->n; i++)
		ir_push(st->g, join, list->items[i]);
	return join;
}

/* ---- head node ---- */

static void head_outputs(struct lowering *l)
{
	struct ir *g = l->st.g;
	struct ir_origin o = origin_of_section(&l->c->head_node.section);
	struct ir_value *ssm =
		ir_subf(g, "aws ssm start-session --region ${AWS::Region} --target ${" STR_F "}",
			STR_A(l->head_node));

	private_output(&l->st, STR("ClusterName"), "Name of the cluster",
		       ir_ref(g, STR("AWS::StackName")), o);
	output(l, STR("HeadNodeInstanceID"), "Instance id of the head node",
	       ir_ref(g, l->head_node), o);
	output(l, STR("HeadNodePrivateIP"), "Private address of the head node", l->head_address, o);
	private_output(&l->st, STR("HeadNodePrivateDnsName"), "Private name of the head node",
		       ir_getatt(g, l->head_node, STR("PrivateDnsName")), o);
	if (ir_find(g, STR("HeadNodeAddress")) != NULL)
		output(l, STR("HeadNodePublicIP"), "Elastic IP address of the head node",
		       ir_getatt(g, STR("HeadNodeAddress"), STR("PublicIp")), o);
	private_output(&l->st, STR("SsmCommand"), "Opens a shell on the head node", ssm, o);
	output(l, STR("HeadNodeSecurityGroups"), "Security groups of the head node",
	       joined(&l->st, l->head_security_groups), o);
	if (l->head_role_arn != NULL)
		output(l, STR("HeadNodeRoleArn"), "Role of the head node", l->head_role_arn, o);
	private_output(&l->st, STR("StateVolumeId"),
		       "Volume with home directories and Slurm's state", ir_ref(g, l->state_volume),
		       o);
	output(l, STR("VpcId"), "VPC of the head node", l->vpc, o);
}

/* ---- queues and pools ---- */

static void queue_outputs(struct lowering *l, size_t i)
{
	const struct slurm_queue *q = &l->c->scheduling.slurm_queues.items[i];
	struct ir_origin o = origin_of_section(&q->section);
	struct ir_value *templates = ir_list(l->st.g);

	if (q->compute_resources.n == 0)
		return;
	for (size_t k = 0; k < q->compute_resources.n; k++)
		ir_push(l->st.g, templates, ir_ref(l->st.g, l->queues[i].launch_templates[k]));
	private_output(&l->st, ir_unique_id(l->st.g, "LaunchTemplates", &q->name, 1),
		       "Launch templates of a queue, in the order of its compute resources",
		       joined(&l->st, templates), o);
}

static void pool_outputs(struct lowering *l, size_t i)
{
	const struct login_pool *p = &l->c->login_nodes.pools.items[i];
	struct ir_origin o = origin_of_section(&p->section);

	output(l, ir_unique_id(l->st.g, "LoginAddress", &p->name, 1), "Name to log in at",
	       ir_getatt(l->st.g, l->pools[i].balancer, STR("DNSName")), o);
}

static void fleet_outputs(struct lowering *l)
{
	struct ir_origin o = origin_of_section(&l->c->scheduling.section);
	struct ir_value *roles = ir_list(l->st.g);

	for (size_t i = 0; i < l->nqueues; i++) {
		if (!is_awsbatch(l->c))
			queue_outputs(l, i);
		if (l->queues[i].role_arn != NULL)
			list_add_distinct(
				&l->st, roles,
				ir_push(l->st.g, ir_list(l->st.g), l->queues[i].role_arn));
	}
	if (l->compute_security_groups->n > 0)
		output(l, STR("ComputeSecurityGroups"), "Security groups of compute nodes",
		       joined(&l->st, l->compute_security_groups), o);
	if (roles->n > 0)
		private_output(&l->st, STR("ComputeRoleArns"), "Roles of compute nodes",
			       joined(&l->st, roles), o);
	if (l->login_security_groups->n > 0)
		output(l, STR("LoginSecurityGroups"), "Security groups of login nodes",
		       joined(&l->st, l->login_security_groups), o);
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		pool_outputs(l, i);
}

/* ---- storage ---- */

/* Kinds of storage that go into one of ParallelCluster's lists of ids. */
static const struct {
	const char *kind, *output;
} storage_outputs[] = {
	{"Ebs", "EBSIds"},	 {"Raid", "RAIDIds"},	   {"Efs", "EFSIds"},
	{"FsxLustre", "FSXIds"}, {"FsxOpenZfs", "FSXIds"}, {"FsxOntap", "FSXIds"},
	{"FileCache", "FSXIds"},
};

static const char *output_of(const struct lowered_storage *s)
{
	const struct ir_value *kind = ir_get(s->settings, STR("Kind"));

	for (size_t i = 0; i < ARRAY_LEN(storage_outputs); i++)
		if (str_eq(kind->text, str_c(storage_outputs[i].kind)))
			return storage_outputs[i].output;
	BUG("storage kind " STR_F, STR_A(kind->text));
}

static void add_ids(struct stack *st, struct ir_value *list, const struct lowered_storage *s)
{
	static const char *const members[] = {"FileSystemId", "VolumeId", "FileCacheId"};
	const struct ir_value *volumes = ir_get(s->settings, STR("VolumeIds"));

	if (volumes != NULL)
		list_add_distinct(st, list, volumes);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct ir_value *id = ir_get(s->settings, str_c(members[i]));

		if (id != NULL) {
			ir_push(st->g, list, id);
			return;
		}
	}
}

static void storage_output(struct lowering *l, const char *name, const char *description)
{
	struct ir_value *ids = ir_list(l->st.g);
	struct ir_origin origin = {0};

	for (size_t i = 0; i < l->nstorage; i++) {
		if (!str_eq(str_c(output_of(&l->storage[i])), str_c(name)))
			continue;
		add_ids(&l->st, ids, &l->storage[i]);
		if (origin.path.n == 0 && l->storage[i].model != NULL)
			origin = origin_of_section(&l->storage[i].model->section);
	}
	if (ids->n > 0)
		output(l, str_c(name), description, joined(&l->st, ids), origin);
}

static void network_outputs(struct lowering *l)
{
	const struct lowered_network *n = l->own_network;

	for (size_t i = 0; n != NULL && i < n->net->nsubnets; i++) {
		const struct lowered_subnet *s = &n->subnets[i];

		if (s->resource.n > 0)
			private_output(&l->st, s->resource, "A subnet of the network", s->id,
				       ir_find(l->st.g, s->resource)->origin);
	}
}

void pass_outputs(struct lowering *l)
{
	head_outputs(l);
	fleet_outputs(l);
	storage_output(l, "EBSIds", "Shared EBS volumes");
	storage_output(l, "RAIDIds", "Volumes of the shared RAID array");
	storage_output(l, "EFSIds", "Shared EFS file systems");
	storage_output(l, "FSXIds", "Shared FSx file systems, volumes and caches");
	if (l->hosted_zone != NULL)
		output(l, STR("ClusterHostedZone"), "Hosted zone with the names of nodes",
		       l->hosted_zone, origin_of_section(&l->c->scheduling.section));
	network_outputs(l);
	if (l->log_group != NULL)
		private_output(&l->st, STR("LogGroup"), "Log group of the cluster", l->log_group,
			       origin_of_section(&l->c->monitoring.section));
}
