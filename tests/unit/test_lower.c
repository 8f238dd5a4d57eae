/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/buf.h"
#include "compiler/base/port.h"
#include "compiler/check/check.h"
#include "compiler/compile/compile.h"
#include "compiler/yaml/yaml_read.h"
#include "lowering/ir/capabilities.h"
#include "lowering/ir/verify.h"
#include "tests/all_off.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

static const char queue_file[] = "Region: us-east-1\n"
				 "Image: {Os: alinux2023}\n"
				 "HeadNode:\n"
				 "  InstanceType: m5.xlarge\n"
				 "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
				 "%s"
				 "Scheduling:\n"
				 "  Scheduler: slurm\n"
				 "  SlurmQueues:\n"
				 "    - Name: q\n"
				 "      Networking: {SubnetIds: [subnet-0123456789abcdef1]%s}\n"
				 "%s"
				 "      ComputeResources:\n"
				 "        - {Name: r, %s}\n"
				 "%s";

/* A file with pieces for HeadNode, the queue's Networking, the queue, the compute resource, the root. */
struct pieces {
	const char *head, *networking, *queue, *resource, *root;
};

static const char *or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

static const struct ir *graph(struct arena *a, struct pieces p)
{
	const char *resource = p.resource == NULL ? "InstanceType: m5.large" : p.resource;
	struct buf b = buf_in(a);

	buf_fmt(&b, queue_file, or_empty(p.head), or_empty(p.networking), or_empty(p.queue),
		resource, or_empty(p.root));
	buf_char(&b, '\0');
	return graph_of(a, b.s);
}

static const struct ir_value *template_data(const struct ir *g)
{
	return at(ir_find(g, STR("LaunchTemplateQR"))->properties, "LaunchTemplateData");
}

static const struct ir_value *statements_of(const struct ir *g, const char *role)
{
	const struct ir_resource *r = ir_find(g, str_c(role));

	cr_assert_not_null(r, "%s", role);
	return at(r->properties, "Policies.0.PolicyDocument.Statement");
}

static const struct ir_value *statement(const struct ir *g, const char *role, const char *sid)
{
	const struct ir_value *list = statements_of(g, role);

	for (size_t i = 0; list != NULL && i < list->n; i++)
		if (str_eq(ir_get(list->items[i], STR("Sid"))->text, str_c(sid)))
			return list->items[i];
	return NULL;
}

/* All actions of a role, with blanks between, in their order. */
static const char *actions_of(struct arena *a, const struct ir *g, const char *role)
{
	const struct ir_value *list = statements_of(g, role);
	struct buf b = buf_in(a);

	for (size_t i = 0; list != NULL && i < list->n; i++) {
		const struct ir_value *actions = ir_get(list->items[i], STR("Action"));

		for (size_t k = 0; k < actions->n; k++)
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? " " : "", STR_A(actions->items[k]->text));
	}
	buf_char(&b, '\0');
	return b.s;
}

/* ---- passes ---- */

static const struct {
	unsigned variants;
	const char *name, *needs, *gives;
} pass_rows[] = {
#define PASS(variants, name, needs, gives) {variants, #name, needs, gives},
#include "lowering/all_passes.def"
#undef PASS
};

/* A variant of files that is lowered. */
static const unsigned lowered_variants[] = {
#define LOWERING(variant, target, function, about) variant,
#include "lowering/lowerings.def"
#undef LOWERING
};

static bool has_word(const char *words, struct str word)
{
	struct str rest = str_c(words);

	while (rest.s != NULL)
		if (str_eq(str_cut(&rest, ' '), word))
			return true;
	return false;
}

/* Does a pass before the i-th give the word to files of these variants? */
static bool is_given(size_t i, struct str word, unsigned variants)
{
	for (size_t k = 0; k < i; k++)
		if ((pass_rows[k].variants & variants) != 0 && has_word(pass_rows[k].gives, word))
			return true;
	return false;
}

/* A pass of several variants may need what one of them has not at all: the queues' names in DNS, without Slurm. */
static bool is_had(struct str word, unsigned variant)
{
	return is_given(ARRAY_LEN(pass_rows), word, variant);
}

Test(passes, need_only_what_an_earlier_pass_gives)
{
	for (size_t v = 0; v < ARRAY_LEN(lowered_variants); v++) {
		for (size_t i = 0; i < ARRAY_LEN(pass_rows); i++) {
			struct str rest = str_c(pass_rows[i].needs);

			if ((pass_rows[i].variants & lowered_variants[v]) == 0)
				continue;
			while (rest.n > 0) {
				struct str word = str_cut(&rest, ' ');

				cr_expect(is_given(i, word, pass_rows[i].variants),
					  "%s needs " STR_F, pass_rows[i].name, STR_A(word));
				cr_expect(!is_had(word, lowered_variants[v]) ||
						  is_given(i, word, lowered_variants[v]),
					  "%s needs " STR_F, pass_rows[i].name, STR_A(word));
			}
		}
	}
}

/* ---- rights ---- */

/* Statements that may name "*": actions for which the Service Authorization Reference lists no resource. */
static const char *const star_actions[] = {
	"ec2:DescribeInstances",
	"ec2:DescribeInstanceStatus",
	"ec2:DescribeVolumes",
	"ec2:DescribeCapacityReservations",
	"ec2:DescribeSubnets",
	"ec2:DescribeRouteTables",
	"ec2:DescribeAddresses",
	"ec2:DescribeImages",
	"ec2:DescribeLaunchTemplateVersions",
	"ssm:UpdateInstanceInformation",
	"ssmmessages:CreateControlChannel",
	"ssmmessages:CreateDataChannel",
	"ssmmessages:OpenControlChannel",
	"ssmmessages:OpenDataChannel",
	"fsx:DescribeVolumes",
	"cloudwatch:PutMetricData", /* narrowed by cloudwatch:namespace */
};

static bool may_be_star(struct str action)
{
	for (size_t i = 0; i < ARRAY_LEN(star_actions); i++)
		if (str_eq(action, str_c(star_actions[i])))
			return true;
	return false;
}

static void check_stars(const struct ir_resource *role, const struct ir_value *s)
{
	const struct ir_value *resource = ir_get(s, STR("Resource"));
	const struct ir_value *actions = ir_get(s, STR("Action"));

	if (resource->kind != IR_STRING || !str_eq(resource->text, STR("*")))
		return;
	for (size_t i = 0; i < actions->n; i++)
		cr_expect(may_be_star(actions->items[i]->text), STR_F ": " STR_F " on *",
			  STR_A(role->id), STR_A(actions->items[i]->text));
}

static const char everything[] =
	"LoginNodes:\n"
	"  Pools:\n"
	"    - {Name: p, InstanceType: t3.large, Count: 1, Networking: {SubnetIds: "
	"[subnet-0123456789abcdef2]}}\n"
	"SharedStorage:\n"
	"  - {Name: data, MountDir: /data, StorageType: Ebs}\n"
	"  - {Name: efs, MountDir: /efs, StorageType: Efs, EfsSettings: {EncryptionInTransit: "
	"true, "
	"IamAuthorization: true}}\n"
	"  - {Name: zfs, MountDir: /zfs, StorageType: FsxOpenZfs, FsxOpenZfsSettings: {VolumeId: "
	"fsvol-0123456789abcdef0}}\n";

Test(rights, star_stands_only_where_nothing_else_is_allowed)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){.root = everything});

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;
		const struct ir_value *list;

		if (!str_eq(r->type, STR("AWS::IAM::Role")))
			continue;
		list = at(r->properties, "Policies.0.PolicyDocument.Statement");
		for (size_t k = 0; list != NULL && k < list->n; k++)
			check_stars(r, list->items[k]);
	}
	arena_release(&a);
}

Test(rights, of_compute_nodes_are_logs_only)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){0});

	cr_expect_str_eq(actions_of(&a, g, "ComputeRole"),
			 "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents "
			 "cloudwatch:PutMetricData");
	arena_release(&a);
}

Test(rights, compute_nodes_without_logs_have_no_role)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a,
		(struct pieces){.root = "Monitoring: {Logs: {CloudWatch: {Enabled: false}}}\n"});

	cr_expect_null(ir_find(g, STR("ComputeRole")));
	cr_expect_null(at(template_data(g), "IamInstanceProfile"));
	cr_expect_null(statement(g, "HeadNodeRole", "PassRole"));
	arena_release(&a);
}

Test(rights, of_the_head_end_at_its_own_instances)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){0});
	const struct ir_value *own = statement(g, "HeadNodeRole", "Own");

	cr_expect_str_eq(text_at(&a, own, "Action.0"), "ec2:TerminateInstances");
	own = at(own, "Condition.StringEquals");
	cr_assert_not_null(own);
	cr_expect_str_eq(text_at(&a, own, "aws:ResourceTag/hpcc:cluster"), "AWS::StackName");
	cr_expect_str_eq(text_at(&a, statement(g, "HeadNodeRole", "PassRole"), "Resource.0"),
			 "ComputeRole.Arn");
	arena_release(&a);
}

static bool may_open_session(struct arena *a, const struct ir *g)
{
	return strstr(actions_of(a, g, "HeadNodeRole"), "ssmmessages:OpenDataChannel") != NULL;
}

Test(rights, to_open_a_session_are_given_unless_the_managed_policy_has_them)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){0});

	cr_expect(may_open_session(&a, g));
	g = graph(&a, (struct pieces){
			      .head = "  Iam: {AdditionalIamPolicies: [{Policy: 'arn:aws:iam::aws:"
				      "policy/AmazonSSMManagedInstanceCore'}]}\n"});
	cr_expect_not(may_open_session(&a, g));
	g = graph(&a, (struct pieces){
			      .head = "  Iam: {AdditionalIamPolicies: [{Policy: 'arn:aws:iam::"
				      "123456789012:policy/AmazonSSMManagedInstanceCore'}]}\n"});
	cr_expect(may_open_session(&a, g));
	arena_release(&a);
}

Test(rights, configuration_is_asked_by_the_name_of_the_stack)
{
	struct arena a = {0};
	const struct ir_value *s =
		statement(graph(&a, (struct pieces){0}), "HeadNodeRole", "Configuration");

	cr_expect_str_eq(text_at(&a, s, "Resource"),
			 "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:"
			 "stack/${AWS::StackName}/*");
	arena_release(&a);
}

Test(rights, existing_file_systems_are_asked_for)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){.root = everything});

	cr_expect_str_eq(text_at(&a, statement(g, "HeadNodeRole", "Describe"), "Action.2"),
			 "fsx:DescribeVolumes");
	arena_release(&a);
}

Test(rights, spot_may_make_its_service_linked_role)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){.queue = "      CapacityType: SPOT\n"});
	const struct ir_value *condition =
		at(statement(g, "HeadNodeRole", "SpotRole"), "Condition.StringEquals");

	cr_assert_not_null(condition);
	cr_expect_str_eq(text_at(&a, condition, "iam:AWSServiceName"), "spot.amazonaws.com");
	cr_expect_null(statement(graph(&a, (struct pieces){0}), "HeadNodeRole", "SpotRole"));
	arena_release(&a);
}

Test(rights, secrets_are_read_by_name)
{
	struct arena a = {0};
	const char *secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
	const struct ir *g = graph(
		&a,
		(struct pieces){.root = arena_fmt(&a,
						  "DirectoryService: {DomainName: a.b, DomainAddr: "
						  "'ldaps://a.b', PasswordSecretArn: '%s', "
						  "DomainReadOnlyUser: 'cn=r'}\n",
						  secret)
						.s});

	cr_expect_str_eq(text_at(&a, statement(g, "HeadNodeRole", "Secrets"), "Resource.0"),
			 secret);
	arena_release(&a);
}

Test(rights, a_queue_with_wishes_has_a_role_of_its_own)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a,
		(struct pieces){.queue = "      Iam: {S3Access: [{BucketName: b, KeyName: k/*}, "
					 "{BucketName: w, EnableWriteAccess: true}]}\n"});

	cr_expect_null(ir_find(g, STR("ComputeRole")));
	cr_expect_str_eq(text_at(&a, statement(g, "QueueQRole", "S3Read"), "Resource.0"),
			 "arn:${AWS::Partition}:s3:::b/${K}");
	cr_expect(str_eq(
		ir_get(at(statement(g, "QueueQRole", "S3Read"), "Resource.0"), STR("K"))->text,
		STR("k/*")));
	cr_expect_str_eq(text_at(&a, statement(g, "QueueQRole", "S3ReadWrite"), "Resource.1"),
			 "arn:${AWS::Partition}:s3:::w/*");
	arena_release(&a);
}

Test(rights, given_profile_and_role_make_no_role)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a,
		(struct pieces){.head = "  Iam: {InstanceProfile: "
					"'arn:aws:iam::111122223333:instance-profile/x/head'}\n",
				.queue = "      Iam: {InstanceRole: "
					 "'arn:aws:iam::111122223333:role/node'}\n"});

	cr_expect_null(ir_find(g, STR("HeadNodeRole")));
	cr_expect_null(ir_find(g, STR("QueueQRole")));
	cr_expect_str_eq(text_at(&a, ir_find(g, STR("HeadNode"))->properties, "IamInstanceProfile"),
			 "head");
	cr_expect_str_eq(text_at(&a, ir_find(g, STR("QueueQProfile"))->properties, "Roles.0"),
			 "node");
	arena_release(&a);
}

Test(rights, capabilities_follow_names)
{
	struct arena a = {0};
	const struct ir *plain = graph(&a, (struct pieces){0});
	const struct ir *path = graph(&a, (struct pieces){.root = "Iam: {ResourcePrefix: /x/}\n"});
	const struct ir *named =
		graph(&a, (struct pieces){.root = "Iam: {ResourcePrefix: /x/y-}\n"});

	cr_expect_str_eq(ir_capabilities(plain), "CAPABILITY_IAM");
	cr_expect_str_eq(ir_capabilities(path), "CAPABILITY_IAM");
	cr_expect_str_eq(ir_capabilities(named), "CAPABILITY_NAMED_IAM");
	cr_expect_str_eq(text_at(&a, ir_find(named, STR("HeadNodeRole"))->properties, "Path"),
			 "/x/");
	cr_expect_str_eq(text_at(&a, ir_find(named, STR("HeadNodeRole"))->properties, "RoleName"),
			 "y-HeadNodeRole-${U}");
	arena_release(&a);
}

Test(rights, boundary_is_on_every_role)
{
	struct arena a = {0};
	const char *boundary = "arn:aws:iam::111122223333:policy/b";
	const struct ir *g = graph(
		&a, (struct pieces){.root = arena_fmt(&a, "Iam: {PermissionsBoundary: '%s'}\n%s",
						      boundary, everything)
						    .s});

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::IAM::Role")))
			cr_expect_str_eq(text_at(&a, r->properties, "PermissionsBoundary"),
					 boundary, STR_F, STR_A(r->id));
	}
	arena_release(&a);
}

/* ---- order of deletion ---- */

Test(deletion, head_then_fleet_then_groups)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, (struct pieces){.networking = ", PlacementGroup: {Enabled: true}"});
	const struct ir_resource *fleet = only(g, "Custom::HpccFleet");

	cr_expect(waits_for(ir_find(g, STR("HeadNode")), fleet->id));
	cr_expect(waits_for(fleet, STR("PlacementGroupQR")));
	cr_expect(waits_for(fleet, STR("ComputeSecurityGroup")));
	cr_expect(waits_for(only(g, "AWS::CloudFormation::WaitCondition"), STR("HeadNode")));
	arena_release(&a);
}

Test(deletion, login_nodes_wait_for_the_head)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){.root = everything});

	cr_expect(waits_for(only(g, "AWS::AutoScaling::AutoScalingGroup"),
			    only(g, "AWS::CloudFormation::WaitCondition")->id));
	arena_release(&a);
}

/* ---- stability ---- */

static const char *head_version(struct arena *a, struct pieces p)
{
	return text_at(a, ir_find(graph(a, p), STR("HeadNode"))->metadata, "Version");
}

Test(versions, change_with_the_configuration_only)
{
	struct arena a = {0};
	const char *base = head_version(&a, (struct pieces){0});

	cr_expect_str_eq(head_version(&a, (struct pieces){.root = "# comment\n"}), base);
	cr_expect_str_neq(
		head_version(&a,
			     (struct pieces){.resource = "InstanceType: m5.large, MaxCount: 3"}),
		base);
	cr_expect_str_neq(head_version(&a, (struct pieces){.resource = "InstanceType: m5.xlarge"}),
			  base);
	cr_expect_eq(strlen(base), 12);
	arena_release(&a);
}

/* ---- launch templates ---- */

Test(launch_templates, spot_has_a_price_when_one_is_written)
{
	struct arena a = {0};
	const struct ir_value *data = template_data(
		graph(&a, (struct pieces){.queue = "      CapacityType: SPOT\n",
					  .resource = "InstanceType: m5.large, SpotPrice: 1.25"}));

	cr_expect_str_eq(text_at(&a, data, "InstanceMarketOptions.MarketType"), "spot");
	cr_expect_str_eq(text_at(&a, data, "InstanceMarketOptions.SpotOptions.MaxPrice"), "1.25");
	arena_release(&a);
}

Test(launch_templates, capacity_block_names_its_reservation)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a,
		(struct pieces){.queue = "      CapacityType: CAPACITY_BLOCK\n",
				.resource = "InstanceType: p5.48xlarge, MinCount: 1, MaxCount: 1, "
					    "CapacityReservationTarget: {CapacityReservationId: "
					    "cr-0123456789abcdef0}"});
	const struct ir_value *data = template_data(g);

	cr_expect_str_eq(text_at(&a, data, "InstanceMarketOptions.MarketType"), "capacity-block");
	cr_expect_str_eq(text_at(&a, data,
				 "CapacityReservationSpecification.CapacityReservationTarget."
				 "CapacityReservationId"),
			 "cr-0123456789abcdef0");
	/* What the template names, the launch by it may use. */
	cr_expect_not_null(statement(g, "HeadNodeRole", "Launch"));
	cr_expect_null(statement(g, "HeadNodeRole", "Reservations"));
	arena_release(&a);
}

Test(launch_templates, smt_is_off_by_cpu_options_for_one_type)
{
	struct arena a = {0};
	const struct ir_value *data = template_data(
		graph(&a, (struct pieces){.resource = "InstanceType: m5.2xlarge, "
						      "DisableSimultaneousMultithreading: true"}));

	cr_expect_str_eq(text_at(&a, data, "CpuOptions.CoreCount"), "4");
	cr_expect_str_eq(text_at(&a, data, "CpuOptions.ThreadsPerCore"), "1");
	arena_release(&a);
}

Test(launch_templates, public_address_needs_one_interface)
{
	struct arena a = {0};
	const struct ir_value *data = template_data(
		graph(&a, (struct pieces){.networking = ", AssignPublicIp: true, PlacementGroup: "
							"{Enabled: true}",
					  .resource = "InstanceType: c5n.18xlarge, Efa: {Enabled: "
						      "true}"}));

	cr_expect_eq(at(data, "NetworkInterfaces")->n, 1);
	cr_expect_str_eq(text_at(&a, data, "NetworkInterfaces.0.InterfaceType"), "efa");
	cr_expect_str_eq(text_at(&a, data, "NetworkInterfaces.0.AssociatePublicIpAddress"), "true");
	arena_release(&a);
}

/* What a launch template has of types in this order: EBS optimization, disks, and "card.device kind" of interfaces. */
static const char *shape_of(struct arena *a, const char *const types[], size_t n)
{
	struct buf resource = buf_in(a), b = buf_in(a);
	const struct ir_value *data, *list;

	buf_fmt(&resource, "Efa: {Enabled: true}, Instances: [");
	for (size_t i = 0; i < n; i++)
		buf_fmt(&resource, "%s{InstanceType: %s}", i > 0 ? ", " : "", types[i]);
	buf_fmt(&resource, "]");
	buf_char(&resource, '\0');
	data = template_data(graph(a, (struct pieces){.resource = resource.s}));
	list = at(data, "NetworkInterfaces");
	buf_fmt(&b, "%s, %u disks:", text_at(a, data, "EbsOptimized"),
		at(data, "BlockDeviceMappings")->n - 1);
	for (size_t i = 0; i < list->n; i++)
		buf_fmt(&b, " %s.%s %s", text_at(a, list->items[i], "NetworkCardIndex"),
			text_at(a, list->items[i], "DeviceIndex"),
			text_at(a, list->items[i], "InterfaceType"));
	buf_char(&b, '\0');
	return b.s;
}

/* Every order of the three types gives what `want` says. */
static void expect_any_order(const char *const types[3], const char *want)
{
	static const unsigned char orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
						  {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		const char *const in[] = {types[orders[i][0]], types[orders[i][1]],
					  types[orders[i][2]]};
		struct arena a = {0};

		cr_expect_str_eq(shape_of(&a, in, 3), want, "%s, %s, %s", in[0], in[1], in[2]);
		arena_release(&a);
	}
}

Test(launch_templates, types_in_any_order_give_what_all_have)
{
	static const char *const cards[] = {"m6in.32xlarge", "m6i.32xlarge", "m6id.32xlarge"};
	static const char *const scarce[] = {"m6in.32xlarge", "i7ie.48xlarge", "r6in.32xlarge"};
	static const char *const old[] = {"d2.8xlarge", "c4.8xlarge", "cc2.8xlarge"};
	static const char *const unknown[] = {"m5.large", "x99.large", "c5.large"};

	expect_any_order(cards, "true, 0 disks: .0 efa");
	expect_any_order(scarce, "true, 0 disks: 0.0  1.1 efa-only");
	expect_any_order(old, ", 24 disks: .0 ");
	expect_any_order(unknown, ", 0 disks: .0 ");
}

Test(launch_templates, placement_of_the_resource_replaces_the_queues)
{
	struct arena a = {0};
	const char *queue = ", PlacementGroup: {Enabled: true}";
	const struct ir *off =
		graph(&a, (struct pieces){.networking = queue,
					  .resource = "InstanceType: m5.large, Networking: "
						      "{PlacementGroup: {Enabled: false}}"});
	const struct ir *named =
		graph(&a, (struct pieces){.networking = queue,
					  .resource = "InstanceType: m5.large, Networking: "
						      "{PlacementGroup: {Name: mine}}"});

	cr_expect_null(at(template_data(off), "Placement"));
	cr_expect_eq(count_of(off, "AWS::EC2::PlacementGroup"), 0);
	cr_expect_str_eq(text_at(&a, template_data(named), "Placement.GroupName"), "mine");
	arena_release(&a);
}

Test(launch_templates, tags_of_the_resource_win)
{
	struct arena a = {0};
	const struct ir_value *data = template_data(graph(
		&a,
		(struct pieces){
			.queue = "      Tags: [{Key: b, Value: queue}, {Key: c, Value: queue}]\n",
			.resource = "InstanceType: m5.large, Tags: [{Key: c, Value: resource}]",
			.root = "Tags: [{Key: a, Value: cluster}, {Key: b, Value: cluster}]\n"}));
	const struct ir_value *tags = at(data, "TagSpecifications.0.Tags");
	struct buf b = buf_in(&a);

	for (size_t i = 0; i < tags->n; i++)
		if (text_at(&a, tags->items[i], "Key")[1] == '\0')
			buf_fmt(&b, "%s=%s ", text_at(&a, tags->items[i], "Key"),
				text_at(&a, tags->items[i], "Value"));
	buf_char(&b, '\0');
	cr_expect_str_eq(b.s, "a=cluster b=queue c=resource ");
	arena_release(&a);
}

Test(launch_templates, disks_that_are_not_nvme_are_asked_for)
{
	struct arena a = {0};
	const struct ir_value *nvme =
		template_data(graph(&a, (struct pieces){.resource = "InstanceType: m5d.2xlarge"}));
	const struct ir_value *sata =
		template_data(graph(&a, (struct pieces){.resource = "InstanceType: d2.xlarge"}));

	cr_expect_eq(at(nvme, "BlockDeviceMappings")->n, 1);
	cr_expect_eq(at(sata, "BlockDeviceMappings")->n, 4);
	cr_expect_str_eq(text_at(&a, sata, "BlockDeviceMappings.1.VirtualName"), "ephemeral0");
	arena_release(&a);
}

Test(launch_templates, image_follows_type_and_wish)
{
	struct arena a = {0};
	const struct ir *arm = graph(&a, (struct pieces){.resource = "InstanceType: c7g.large"});
	const struct ir *gpu = graph(&a, (struct pieces){.resource = "InstanceType: p5.48xlarge"});
	const struct ir *own = graph(
		&a, (struct pieces){.queue = "      Image: {CustomAmi: ami-0123456789abcdef0}\n"});

	cr_expect_str_eq(text_at(&a, template_data(arm), "ImageId"), "ImageAlinux2023Arm64");
	cr_expect_str_eq(text_at(&a, template_data(gpu), "ImageId"), "ImageAlinux2023X86Gpu");
	cr_expect_str_eq(text_at(&a, template_data(own), "ImageId"), "ami-0123456789abcdef0");
	arena_release(&a);
}

/* ---- head node and network ---- */

Test(head, keeps_groups_of_the_user_free_of_rules)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a, (struct pieces){.networking = ", SecurityGroups: [sg-0123456789abcdef0]"});
	const struct ir_resource *rule;

	cr_expect_null(ir_find(g, STR("ComputeSecurityGroup")));
	rule = only(g, "AWS::EC2::SecurityGroupIngress");
	cr_expect_str_eq(text_at(&a, rule->properties, "GroupId"), "HeadNodeSecurityGroup");
	cr_expect_str_eq(text_at(&a, rule->properties, "SourceSecurityGroupId"),
			 "sg-0123456789abcdef0");
	arena_release(&a);
}

static const char shared_group_file[] =
	"Region: us-east-1\n"
	"Image: {Os: alinux2023}\n"
	"HeadNode:\n"
	"  InstanceType: m5.xlarge\n"
	"  Networking: {SubnetId: subnet-0123456789abcdef0, SecurityGroups: "
	"[sg-0123456789abcdef0]}\n"
	"LoginNodes:\n"
	"  Pools:\n"
	"    - {Name: p, InstanceType: t3.large, Count: 1, Networking: {SubnetIds: "
	"[subnet-0123456789abcdef2], SecurityGroups: [sg-0123456789abcdef0]}}\n"
	"Scheduling:\n"
	"  Scheduler: slurm\n"
	"  SlurmQueues:\n"
	"    - Name: q\n"
	"      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n"
	"      ComputeResources: [{Name: r, InstanceType: m5.large}]\n";

/* EC2 refuses the same rule twice, however many kinds of nodes are in the group. */
Test(head, group_of_several_kinds_of_nodes_is_let_in_once)
{
	struct arena a = {0};
	const struct ir *g = graph_of(&a, shared_group_file);
	size_t rules = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		rules += strcmp(text_at(&a, r->properties, "GroupId"), "ComputeSecurityGroup") ==
				 0 &&
			 strcmp(text_at(&a, r->properties, "SourceSecurityGroupId"),
				"sg-0123456789abcdef0") == 0;
	}
	cr_expect_eq(rules, 1);
	arena_release(&a);
}

Test(head, compute_group_lets_efa_out_to_itself)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){0});
	const struct ir_resource *r = only(g, "AWS::EC2::SecurityGroupEgress");

	cr_expect_str_eq(text_at(&a, r->properties, "GroupId"), "ComputeSecurityGroup");
	cr_expect_str_eq(text_at(&a, r->properties, "DestinationSecurityGroupId"),
			 "ComputeSecurityGroup");
	arena_release(&a);
}

Test(head, template_only_for_throughput_or_cards)
{
	struct arena a = {0};
	const struct ir *plain = graph(&a, (struct pieces){0});
	const struct ir *fast = graph(
		&a, (struct pieces){.head = "  LocalStorage: {RootVolume: {Throughput: 250}}\n"});

	cr_expect_null(at(ir_find(plain, STR("HeadNode"))->properties, "LaunchTemplate"));
	cr_expect_str_eq(text_at(&a, ir_find(fast, STR("HeadNodeLaunchTemplate"))->properties,
				 "LaunchTemplateData.BlockDeviceMappings.0.Ebs.Throughput"),
			 "250");
	arena_release(&a);
}

Test(head, image_is_looked_up_and_pinned)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, (struct pieces){0});
	const struct ir_value *head = ir_find(g, STR("HeadNode"))->properties;

	cr_expect_str_eq(text_at(&a, head, "ImageId"), "Lookup.ImageId");
	cr_expect(str_starts(at(ir_find(g, STR("Lookup"))->properties, "ImageParameter")->text,
			     STR("/aws/service/")));
	arena_release(&a);
}

Test(head, address_of_the_user_is_looked_up_and_awaited)
{
	struct arena a = {0};
	struct str file =
		STR("Image: {Os: rhel9}\n"
		    "HeadNode: {InstanceType: m5.xlarge, Networking: {SubnetId: "
		    "subnet-0123456789abcdef0, ElasticIp: 203.0.113.25}}\n"
		    "Scheduling: {Scheduler: slurm, SlurmQueues: [{Name: q, Networking: "
		    "{SubnetIds: [subnet-0123456789abcdef0]}, ComputeResources: [{Name: r, "
		    "InstanceType: m5.large}]}]}\n"
		    "AdditionalResources: s3://bucket/a/b.yaml\n");
	const struct ir *g = graph_of(&a, file.s);

	cr_expect(waits_for(ir_find(g, STR("HeadNode")), STR("HeadNodeAddressAssociation")));
	cr_expect_not_null(strstr(actions_of(&a, g, "LifecycleRole"), "ec2:DescribeAddresses"));
	/* No parameter for the image of this system: head and nodes share a look-up by name. */
	cr_expect_eq(g->parameters.n, 0);
	cr_expect_str_eq(text_at(&a, template_data(g), "ImageId"), "LookupImageX86.ImageId");
	cr_expect_not_null(strstr(actions_of(&a, g, "LifecycleRole"), "ec2:DescribeImages"));
	cr_expect_str_eq(
		text_at(&a, only(g, "AWS::CloudFormation::Stack")->properties, "TemplateURL"),
		"https://bucket.s3.${AWS::Region}.${AWS::URLSuffix}/a/b.yaml");
	arena_release(&a);
}

Test(refused, resource_without_a_type)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct source *src =
		source_new(&a, STR("t"),
			   STR("Image: {Os: rhel9}\n"
			       "HeadNode: {InstanceType: m5.xlarge, Networking: {SubnetId: "
			       "subnet-0123456789abcdef0}}\n"
			       "Scheduling: {Scheduler: slurm, SlurmQueues: [{Name: q, Networking: "
			       "{SubnetIds: "
			       "[subnet-0123456789abcdef0]}, ComputeResources: [{Name: r, "
			       "CapacityReservationTarget: {CapacityReservationId: "
			       "cr-0123456789abcdef0}}]}]}\n"));
	const struct node *tree = yaml_read(&a, &ds, src, NULL, YAML_LIMITS);
	const struct model *m = check_tree(&a, &ds, tree, 0, NULL);
	struct lower_options o = {.facts = facts_bundled()};

	cr_assert_eq(ds.errors, 0);
	cr_expect_null(lower_model(&a, &ds, m, &o));
	cr_expect_eq(ds.errors, 1);
	cr_expect_eq(ds.last->id, DIAG_no_instance_type);
	arena_release(&a);
}

/* ---- rows of lowerings and views ---- */

static const struct {
	unsigned variant;
	const char *target, *about;
} lowering_rows[] = {
#define LOWERING(variant, target, function, about) {variant, #target, about},
#include "lowering/lowerings.def"
#undef LOWERING
};

Test(open_values, of_one_name_stay_apart)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a, (struct pieces){.root = "Environment: {Stack: ground}\n"
					    "Parameters: {Team: {Type: string, Default: bio}}\n"
					    "Tags:\n"
					    "  - {Key: a, Value: \"${param.Team}/${env.Team}\"}\n"
					    "  - {Key: b, Value: \"x ${env.HeadNode}\"}\n"});
	const struct ir_value *tags = at(ir_find(g, STR("HeadNode"))->properties, "Tags");
	const struct ir_value *both = at(tags->items[tags->n - 2], "Value"),
			      *stack = at(tags->items[tags->n - 1], "Value");

	cr_expect(str_eq(both->text, STR("${Team}/${Team2}")), STR_F, STR_A(both->text));
	cr_expect_eq(ir_get(both, STR("Team2"))->kind, IR_IMPORT);
	cr_expect_null(ir_get(both, STR("Team")), "it would hide the parameter");
	cr_expect(str_eq(stack->text, STR("x ${HeadNode2}")), STR_F, STR_A(stack->text));
	cr_expect_eq(ir_get(stack, STR("HeadNode2"))->kind, IR_IMPORT);
	arena_release(&a);
}

static const struct {
	unsigned variant;
	const char *view;
} view_rows[] = {
#define VIEW(variant, name, function) {variant, #name},
#include "lowering/views.def"
#undef VIEW
};

Test(rows, each_is_of_one_lowering_and_no_view_is_of_files_that_are_not_lowered)
{
	for (size_t i = 0; i < ARRAY_LEN(lowering_rows); i++) {
		cr_assert_gt(strlen(lowering_rows[i].about), 0);
		for (size_t k = 0; k < i; k++)
			cr_assert((lowering_rows[i].variant & lowering_rows[k].variant) == 0 ||
					  strcmp(lowering_rows[i].target,
						 lowering_rows[k].target) != 0,
				  "rows %zu and %zu", i, k);
	}
	for (size_t i = 0; i < ARRAY_LEN(view_rows); i++) {
		unsigned lowered = 0;

		for (size_t k = 0; k < ARRAY_LEN(lowering_rows); k++)
			lowered |= lowering_rows[k].variant;
		cr_assert_eq(view_rows[i].variant & ~lowered, 0, "%s", view_rows[i].view);
		for (size_t k = 0; k < i; k++)
			cr_assert((view_rows[i].variant & view_rows[k].variant) == 0 ||
				  strcmp(view_rows[i].view, view_rows[k].view) != 0);
	}
}
