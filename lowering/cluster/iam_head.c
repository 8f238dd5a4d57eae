/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_head.c - what the head node may do: launch and end the nodes of its queues, attach its volumes, read
 * its configuration and the secrets the file names.
 */
#include "compiler/base/buf.h"
#include "lowering/cluster/iam.h"
#include "lowering/cluster/storage.h"

/* The ARN of an EC2 resource, unless it is there; `id` is text for Fn::Sub. */
static void push_arn(struct stack *st, struct ir_value *list, const char *kind, struct str id)
{
	struct ir_value *single = ir_list(st->g);

	ir_push(st->g, single, arn(st, "ec2", arena_fmt(st->a, "%s/" STR_F, kind, STR_A(id))));
	list_add_distinct(st, list, single);
}

/* The ARN of an EC2 resource with a literal id. */
static void push_ec2(struct stack *st, struct ir_value *list, const char *kind, struct str id)
{
	push_arn(st, list, kind, sub_literal(st, id));
}

/* ARNs of EC2 resources whose ids are literal, or Refs of resources of ours. */
static void push_ec2_values(struct stack *st, struct ir_value *list, const char *kind,
			    const struct ir_value *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		const struct ir_value *id = ids->items[i];

		INVARIANT(id->kind == IR_STRING || id->kind == IR_REF);
		if (id->kind == IR_STRING)
			push_ec2(st, list, kind, id->text);
		else
			push_arn(st, list, kind, arena_fmt(st->a, "${" STR_F "}", STR_A(id->text)));
	}
}

/* ---- looking ---- */

/* EC2's Describe actions know no resources. */
static void allow_describe(struct lowering *l, struct ir_value *s)
{
	allow(&l->st, s, "Describe",
	      is_awsbatch(l->c) ? "ec2:DescribeInstances"
				: "ec2:DescribeInstances ec2:DescribeInstanceStatus",
	      any_resource(&l->st));
	if (overrides_interfaces(l))
		allow(&l->st, s, "Describe", "ec2:DescribeLaunchTemplateVersions",
		      any_resource(&l->st));
	if (has_capacity_blocks(l))
		allow(&l->st, s, "Describe", "ec2:DescribeCapacityReservations",
		      any_resource(&l->st));
	/* Asked by name, CloudFormation judges by "stack/<name>/" and a star, not by the id. */
	allow(&l->st, s, "Configuration", "cloudformation:DescribeStackResource",
	      arn(&l->st, "cloudformation", STR("stack/${AWS::StackName}/*")));
}

/* FSx's Describe actions know no resources either. */
static void allow_describe_storage(struct lowering *l, struct ir_value *s)
{
	struct ir_value *actions = ir_list(l->st.g);
	struct buf words = buf_in(l->st.a);

	storage_fsx_actions(l, actions);
	if (actions->n == 0)
		return;
	for (size_t i = 0; i < actions->n; i++)
		buf_fmt(&words, "%s" STR_F, i > 0 ? " " : "", STR_A(actions->items[i]->text));
	buf_char(&words, '\0');
	allow(&l->st, s, "Describe", words.s, any_resource(&l->st));
}

/*
 * Session Manager, by which the output SsmCommand reaches the head. These actions know no resources. The
 * managed policy AmazonSSMManagedInstanceCore would also let the head read every parameter of the account; where
 * the user attaches it, it allows all of these.
 */
static void allow_session(struct lowering *l, struct ir_value *s)
{
	const struct iam_policy_list *given = &l->c->head_node.iam.additional_iam_policies;

	for (size_t i = 0; i < given->n; i++)
		if (str_ends(given->items[i].policy,
			     STR(":iam::aws:policy/AmazonSSMManagedInstanceCore")))
			return;
	allow(&l->st, s, "Describe",
	      "ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel "
	      "ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel "
	      "ssmmessages:OpenDataChannel",
	      any_resource(&l->st));
}

/* ---- volumes ---- */

/* The volumes of shared storage, and the state volume, to be attached to nodes of this cluster only. */
static void allow_volumes(struct lowering *l, struct ir_value *s)
{
	struct ir_value *volumes = ir_list(l->st.g);
	struct ir_value *state =
		ir_push(l->st.g, ir_list(l->st.g), ir_ref(l->st.g, l->state_volume));

	push_ec2_values(&l->st, volumes, "volume", state);
	for (size_t i = 0; i < l->nstorage; i++) {
		const struct ir_value *ids = ir_get(l->storage[i].settings, STR("VolumeIds"));

		if (ids != NULL)
			push_ec2_values(&l->st, volumes, "volume", ids);
	}
	allow(&l->st, s, "Volumes", "ec2:AttachVolume", volumes);
	/* What an update drops is not named any more; CloudFormation marks what it made, the instance as well. */
	allow_when(&l->st,
		   allow(&l->st, s, "Detach", "ec2:DetachVolume", arn(&l->st, "ec2", STR("*/*"))),
		   "aws:ResourceTag/aws:cloudformation:stack-name",
		   ir_ref(l->st.g, STR("AWS::StackName")));
}

/* ---- launching ---- */

/* Calls by which nodes are launched. */
static const char *launch_actions(const struct lowering *l)
{
	return launches_fleets(l) ? "ec2:RunInstances ec2:CreateFleet" : "ec2:RunInstances";
}

/* Things with known ids that a launch of one queue names. */
static void queue_resources(struct stack *st, const struct slurm_queue *q, struct ir_value *list)
{
	for (size_t i = 0; i < q->networking.subnet_ids.n; i++)
		push_ec2(st, list, "subnet", q->networking.subnet_ids.items[i].text);
}

static bool has_spot(const struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++)
		if (capacity_of(&queues->items[i]) == SLURM_QUEUE_CAPACITY_TYPE_SPOT)
			return true;
	return false;
}

/* The first Spot request of an account makes a service-linked role, in the name of who asks. */
static void allow_spot_role(struct lowering *l, struct ir_value *s)
{
	if (!has_spot(l))
		return;
	allow_when(&l->st,
		   allow(&l->st, s, "SpotRole", "iam:CreateServiceLinkedRole",
			 ir_sub(l->st.g, STR("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
					     "aws-service-role/spot.amazonaws.com/*"))),
		   "iam:AWSServiceName", ir_text(l->st.g, STR("spot.amazonaws.com")));
}

/* Capacity reservations a queue or compute resource aims at; by id or as a resource group. */
static void reservation(struct stack *st, const struct capacity_reservation_target *t,
			struct ir_value *ids, struct ir_value *groups)
{
	if (t->capacity_reservation_id.n > 0)
		push_ec2(st, ids, "capacity-reservation", t->capacity_reservation_id);
	if (t->capacity_reservation_resource_group_arn.n > 0)
		list_add_distinct(
			st, groups,
			ir_push(st->g, ir_list(st->g),
				ir_text(st->g, t->capacity_reservation_resource_group_arn)));
}

/*
 * The conditions of what is launched. Launch templates are allowed by their tag alone (allow_own_things), and nobody
 * but CloudFormation writes the cluster's own. Naming each of them here would grow with the queues, and the inline
 * policies of a role are limited (E0546). Which resources know these keys: service authorization reference of EC2,
 * RunInstances.
 */

/* By a launch template, which the request may overrule. */
static void by_template(struct stack *st, struct ir_value *statement)
{
	allow_if(st, statement, "ArnLike", "ec2:LaunchTemplate",
		 arn(st, "ec2", STR("launch-template/*")));
}

/* By a launch template as it stands: the thing itself is named there. */
static void as_template_says(struct stack *st, struct ir_value *statement)
{
	allow_if(st, statement, "Bool", "ec2:IsLaunchTemplateResource",
		 ir_text(st->g, STR("true")));
}

static void allow_reservations(struct lowering *l, struct ir_value *s)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;
	struct ir_value *ids = ir_list(l->st.g), *groups = ir_list(l->st.g);

	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];

		reservation(&l->st, &q->capacity_reservation_target, ids, groups);
		for (size_t k = 0; k < q->compute_resources.n; k++)
			reservation(&l->st,
				    &q->compute_resources.items[k].capacity_reservation_target, ids,
				    groups);
	}
	if (groups->n > 0) {
		/* Groups know no key of launch templates. */
		allow(&l->st, s, "ReservationGroups", launch_actions(l), groups);
		allow(&l->st, s, "GroupMembers", "resource-groups:ListGroupResources", groups);
		/* Which reservations a group holds is not known here. */
		ir_push(l->st.g, ids, arn(&l->st, "ec2", STR("capacity-reservation/*")));
	}
	/* Other launches take what their template names, see allow_launch. */
	if (ids->n == 0 || !launches_fleets(l))
		return;
	by_template(&l->st, allow(&l->st, s, "Reservations", "ec2:RunInstances", ids));
	allow(&l->st, s, "FleetReservations", "ec2:CreateFleet", ids);
}

/*
 * What a fleet, or a launch with interfaces of a template of the user, names anew: the type of the instance, the
 * subnet and what hangs on it.
 */
static struct ir_value *named_at_launch(struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;
	struct ir_value *list = ir_list(l->st.g);

	push_arn(&l->st, list, "instance", STR("*"));
	push_arn(&l->st, list, "network-interface", STR("*"));
	for (size_t i = 0; i < queues->n; i++) {
		queue_resources(&l->st, &queues->items[i], list);
		push_ec2_values(&l->st, list, "security-group", l->queues[i].security_groups);
	}
	/* Which subnets and groups a template of the user names is not known here. */
	if (overrides_interfaces(l)) {
		push_arn(&l->st, list, "subnet", STR("*"));
		push_arn(&l->st, list, "security-group", STR("*"));
	}
	return list;
}

/*
 * A fleet is asked for by CreateFleet, for which EC2 promises no key of launch templates; its instances are launched by
 * RunInstances in the same name.
 */
static void allow_fleets(struct lowering *l, struct ir_value *s)
{
	struct ir_value *list = named_at_launch(l);

	push_arn(&l->st, list, "fleet", STR("*"));
	push_arn(&l->st, list, "volume", STR("*"));
	push_arn(&l->st, list, "placement-group", STR("*"));
	/* Images carry no account in their ARN. */
	ir_push(l->st.g, list,
		ir_sub(l->st.g, STR("arn:${AWS::Partition}:ec2:${AWS::Region}::image/*")));
	allow(&l->st, s, "Fleets", "ec2:CreateFleet", list);
}

/*
 * What a launch template of ours names or makes, of any owner, by the first letters of the types that RunInstances
 * knows: capacity-reservation, image, instance, network-interface, placement-group, security-group, snapshot, subnet,
 * volume.
 * Launch templates are not among them. Short, and cut by CloudFormation, as every template carries it.
 */
static struct ir_value *launched_types(struct stack *st)
{
	struct ir_value *split = ir_func(st->g, IR_SPLIT, STR(" "));
	struct ir_value *arns =
		ir_sub(st->g, STR("${E}c*/* ${E}i*/* ${E}n*/* ${E}p*/* ${E}s*/* ${E}v*/*"));

	ir_put(st->g, arns, "E", ir_sub(st->g, STR("arn:${AWS::Partition}:ec2:${AWS::Region}:*:")));
	return ir_push(st->g, split, arns);
}

/*
 * A launch is allowed with the stack's launch templates, whatever they name: images and groups of any owner, instances,
 * volumes and interfaces that get their ids by the launch itself.
 */
static void allow_launch(struct lowering *l, struct ir_value *s)
{
	struct ir_value *tagging = ir_list(l->st.g);

	as_template_says(&l->st,
			 allow(&l->st, s, "Launch", "ec2:RunInstances", launched_types(&l->st)));
	if (overrides_interfaces(l) || launches_fleets(l))
		by_template(&l->st,
			    allow(&l->st, s, "LaunchInto", "ec2:RunInstances", named_at_launch(l)));
	if (launches_fleets(l))
		allow_fleets(l, s);
	/* A request for Spot instances knows no key of templates; it comes with a launch, and is none. */
	if (has_spot(l))
		allow(&l->st, s, "SpotRequests", launch_actions(l),
		      arn(&l->st, "ec2", STR("spot-instances-request/*")));
	ir_push(l->st.g, tagging, ir_text(l->st.g, STR("RunInstances")));
	if (launches_fleets(l))
		ir_push(l->st.g, tagging, ir_text(l->st.g, STR("CreateFleet")));
	allow_when(
		&l->st,
		allow(&l->st, s, "TagAtLaunch", "ec2:CreateTags", arn(&l->st, "ec2", STR("*/*"))),
		"ec2:CreateAction", tagging);
}

/*
 * What goes by the tag: nodes to end and to attach volumes to, which wants the volume as well (allow_volumes), and
 * launch templates to launch with. One statement: nothing is ended or attached in a template, and an instance that is
 * only being launched has no tag yet.
 */
static void allow_own_things(struct lowering *l, struct ir_value *s)
{
	struct ir_value *list = ir_list(l->st.g);
	struct str actions =
		arena_fmt(l->st.a, "ec2:TerminateInstances ec2:AttachVolume %s", launch_actions(l));

	push_arn(&l->st, list, "instance", STR("*"));
	if (is_awsbatch(l->c)) {
		allow_own(&l->st, allow(&l->st, s, "Own", "ec2:AttachVolume", list));
		return;
	}
	push_arn(&l->st, list, "launch-template", STR("*"));
	allow_own(&l->st, allow(&l->st, s, "Own", actions.s, list));
}

/* Launched nodes get the roles of their queues, and no others. */
static void allow_pass_role(struct lowering *l, struct ir_value *s)
{
	struct ir_value *roles = ir_list(l->st.g);

	for (size_t i = 0; i < l->c->scheduling.slurm_queues.n; i++)
		if (l->queues[i].role_arn != NULL)
			list_add_distinct(
				&l->st, roles,
				ir_push(l->st.g, ir_list(l->st.g), l->queues[i].role_arn));
	if (roles->n == 0)
		return;
	allow_when(&l->st, allow(&l->st, s, "PassRole", "iam:PassRole", roles),
		   "iam:PassedToService", ir_sub(l->st.g, STR("ec2.${AWS::URLSuffix}")));
}

/* ---- secrets ---- */

/* Is the ARN that of an SSM parameter (DirectoryService takes one, too)? */
static bool is_parameter(struct str secret_arn)
{
	return str_find_str(secret_arn, STR(":ssm:"), 0) != SIZE_MAX;
}

static void allow_secrets(struct lowering *l, struct ir_value *s)
{
	const struct slurm_settings *slurm = &l->c->scheduling.slurm_settings;
	const struct str arns[] = {slurm->munge_key_secret_arn, slurm->database.password_secret_arn,
				   l->c->directory_service.password_secret_arn};
	struct ir_value *secrets = ir_list(l->st.g), *parameters = ir_list(l->st.g);

	for (size_t i = 0; i < ARRAY_LEN(arns); i++)
		if (arns[i].n > 0)
			ir_push(l->st.g, is_parameter(arns[i]) ? parameters : secrets,
				ir_text(l->st.g, arns[i]));
	if (secrets->n > 0)
		allow(&l->st, s, "Secrets", "secretsmanager:GetSecretValue", secrets);
	if (parameters->n > 0)
		allow(&l->st, s, "Parameters", "ssm:GetParameter", parameters);
}

void head_statements(struct lowering *l, struct ir_value *s)
{
	allow_describe(l, s);
	allow_describe_storage(l, s);
	allow_session(l, s);
	allow_volumes(l, s);
	allow_volume_keys(l, s);
	if (!is_awsbatch(l->c))
		allow_launch(l, s);
	allow_own_things(l, s);
	allow_spot_role(l, s);
	allow_reservations(l, s);
	allow_pass_role(l, s);
	allow_secrets(l, s);
	if (l->hosted_zone != NULL)
		allow_names(l, s, "Names", "route53:ChangeResourceRecordSets");
}
