/* SPDX-License-Identifier: Apache-2.0 */
/* test_stack.c - what every stack has, by itself: no cluster, no passes. */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/images.h"
#include "lowering/aws/lookup.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>

static struct arena mem;
static const struct ir_origin nowhere;
static const struct tag_list no_tags;

static void free_all(void)
{
	arena_release(&mem);
}

static struct stack stack(void)
{
	static struct diags ds;

	ds = (struct diags){.arena = &mem};
	return (struct stack){.a = &mem,
			      .ds = &ds,
			      .facts = facts_bundled(),
			      .g = ir_new(&mem),
			      .tags = &no_tags,
			      .lookups = {.description = STR_INIT("Answers"),
					  .program = STR_INIT("lifecycle.py")}};
}

TestSuite(stack, .fini = free_all);

Test(stack, one_that_asks_nothing_has_no_function)
{
	struct stack st = stack();
	struct ir_resource *r = ir_add(st.g, STR("Vpc"), "AWS::EC2::VPC", nowhere);
	struct ir_value *rights = ir_list(st.g);

	ir_put_text(st.g, r->properties, "CidrBlock", STR("10.0.0.0/16"));
	tags_put(&st, r->properties, "Tags", ir_text(st.g, STR("net")));
	allow(&st, rights, "Describe", "ec2:DescribeInstances", any_resource(&st));
	role_add(&st, STR("NodeRole"), "ec2", rights, ir_list(st.g), nowhere);
	node_image(&st, &(struct node_system){.os = STR_INIT("alinux2023")}, STR(""),
		   STR("m5.large"));
	cr_assert_eq(count_of(st.g, "AWS::Lambda::Function"), 0);
	cr_assert_eq(count_of(st.g, "AWS::Logs::LogGroup"), 0);
	cr_assert_eq(st.g->resources.n, 2);
	cr_assert_str_eq(text_at(&mem, r->properties, "Tags.0.Value"), "net");
}

Test(stack, the_first_question_makes_the_function_and_the_next_ones_share_it)
{
	struct stack st = stack();
	struct str a = lookup_subnet(&st, STR("subnet-0a"), nowhere);
	struct str again = lookup_subnet(&st, STR("subnet-0a"), nowhere);
	struct str b = lookup_subnet(&st, STR("subnet-0b"), nowhere);
	const struct ir_resource *role, *function;

	lookup_address(&st, STR("192.0.2.7"), nowhere);
	cr_assert(str_eq(a, again) && !str_eq(a, b));
	function = only(st.g, "AWS::Lambda::Function");
	role = only(st.g, "AWS::IAM::Role");
	cr_assert_eq(count_of(st.g, "Custom::HpccLookup"), 3);
	cr_assert_str_eq(text_at(&mem, function->properties, "Description"), "Answers");
	cr_assert_str_eq(text_at(&mem, ir_find(st.g, a)->properties, "ServiceToken"),
			 "LifecycleFunction.Arn");
	/* Its own log, and what these three questions need: one statement, for none of them knows a resource. */
	cr_assert_str_eq(
		text_at(&mem, role->properties, "Policies.0.PolicyDocument.Statement.1.Action.2"),
		"ec2:DescribeAddresses");
	cr_assert_eq(at(role->properties, "Policies.0.PolicyDocument.Statement")->n, 2);
	ir_verify(st.g, st.ds);
	cr_assert_eq(st.ds->errors, 0);
}

Test(stack, a_role_of_the_user_is_taken_and_none_is_made)
{
	struct stack st = stack();

	st.lookups.role = STR("arn:aws:iam::111122223333:role/mine");
	lookup_subnet(&st, STR("subnet-0a"), nowhere);
	cr_assert_eq(count_of(st.g, "AWS::IAM::Role"), 0);
	cr_assert_eq(st.lookups.role_id.n, 0);
	cr_assert_str_eq(text_at(&mem, only(st.g, "AWS::Lambda::Function")->properties, "Role"),
			 "arn:aws:iam::111122223333:role/mine");
}

Test(stack, roles_keep_the_prefix_and_the_boundary)
{
	struct stack st = stack();
	const struct ir_resource *r;

	st.iam_prefix = STR("/hpc/team-");
	st.iam_boundary = STR("arn:aws:iam::111122223333:policy/limit");
	r = role_add(&st, STR("NodeRole"), "ec2", ir_list(st.g), ir_list(st.g), nowhere);
	cr_assert_str_eq(text_at(&mem, r->properties, "Path"), "/hpc/");
	cr_assert_str_eq(text_at(&mem, r->properties, "RoleName"), "team-NodeRole-${U}");
	cr_assert_str_eq(text_at(&mem, r->properties, "PermissionsBoundary"),
			 "arn:aws:iam::111122223333:policy/limit");
}

/* As a stack that is no cluster calls them: network, subnets and groups are references. */
Test(stack, file_systems_stand_where_they_are_told)
{
	struct stack st = stack();
	struct ir_resource *group =
		ir_add(st.g, STR("NodeSecurityGroup"), "AWS::EC2::SecurityGroup", nowhere);
	struct storage_place place = {
		.vpc = ir_ref(st.g, STR("Network")),
		.subnets = ir_push(st.g, ir_list(st.g), ir_ref(st.g, STR("SubnetA"))),
		.clients = ir_push(st.g, ir_list(st.g), ir_ref(st.g, group->id))};
	struct efs efs = {.name = STR_INIT("home"),
			  .performance_mode = STR_INIT("generalPurpose"),
			  .throughput_mode = STR_INIT("elastic"),
			  .policy = IR_RETAIN};
	struct shared_storage scratch = {.name = STR_INIT("scratch")};
	struct ir_value *addresses = ir_list(st.g);
	const struct ir_resource *fs;

	ir_add_parameter(st.g, STR("Network"), "AWS::EC2::VPC::Id", STR("a network"), nowhere);
	ir_add_parameter(st.g, STR("SubnetA"), "AWS::EC2::Subnet::Id", STR("a subnet"), nowhere);
	ir_put_text(st.g, group->properties, "GroupDescription", STR("nodes"));
	scratch.fsx_lustre_settings.storage_capacity = 1200;
	fs = ir_find(st.g, efs_add(&st, &efs, &place, addresses));
	cr_assert_eq(fs->deletion_policy, IR_RETAIN);
	cr_assert_eq(addresses->n, 1);
	cr_assert_str_eq(text_at(&mem, only(st.g, "AWS::EFS::MountTarget")->properties, "SubnetId"),
			 "SubnetA");
	fs = ir_find(st.g, lustre_add(&st, &scratch, &place));
	cr_assert_str_eq(text_at(&mem, fs->properties, "SubnetIds.0"), "SubnetA");
	/* NFS from the nodes; Lustre from and to them, and among the servers. It waits for those into its own group. */
	cr_assert_eq(count_of(st.g, "AWS::EC2::SecurityGroupIngress"), 4);
	cr_assert_eq(fs->ndepends, 2);
	ir_verify(st.g, st.ds);
	cr_assert_eq(st.ds->errors, 0);
}
