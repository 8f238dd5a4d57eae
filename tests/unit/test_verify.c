/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify.c - each fault that a graph can have is found; limits are told. */
#include "lowering/emit/emit.h"
#include "lowering/ir/verify.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct ir_origin nowhere;

/* A sound graph: a volume, its attachment to an instance, a parameter, a mapping, a condition, an output. */
static struct ir *sound(struct arena *a)
{
	struct ir *g = ir_new(a);
	struct ir_resource *volume = ir_add(g, STR("Volume"), "AWS::EC2::Volume", nowhere);
	struct ir_resource *node = ir_add(g, STR("Node"), "AWS::EC2::Instance", nowhere);
	struct ir_value *find = ir_func(g, IR_FINDINMAP, (struct str){0}), *row = ir_object(g);
	struct ir_value *equals = ir_func(g, IR_EQUALS, (struct str){0});

	ir_add_parameter(g, STR("Image"), "String", (struct str){0}, nowhere);
	ir_put_text(g, row, "Type", STR("t3.micro"));
	ir_add_mapping(g, STR("Sizes"), ir_put(g, ir_object(g), "Small", row));
	ir_push(g, ir_push(g, equals, ir_ref(g, STR("Image"))), ir_text(g, STR("")));
	ir_add_condition(g, STR("Never"), equals);
	ir_add_rule(g, STR("Always"), equals, STR("an image is named"));
	ir_put_text(g, volume->properties, "AvailabilityZone", STR("us-east-1a"));
	ir_put_int(g, volume->properties, "Size", 10);
	volume->deletion_policy = IR_SNAPSHOT;
	ir_push(g, find, ir_text(g, STR("Sizes")));
	ir_push(g, ir_push(g, find, ir_text(g, STR("Small"))), ir_text(g, STR("Type")));
	ir_put(g, node->properties, "InstanceType", find);
	ir_put(g, node->properties, "ImageId", ir_ref(g, STR("Image")));
	ir_put(g, node->properties, "UserData",
	       ir_base64(g,
			 ir_sub(g, STR("${AWS::Region} ${Volume} ${Volume.VolumeId} ${!HOME}"))));
	ir_depend(g, node, STR("Volume"));
	ir_add_output(g, STR("Id"), (struct str){0}, ir_getatt(g, STR("Node"), STR("PrivateIp")),
		      nowhere);
	return g;
}

/* What makes a sound graph faulty, and a part of the fault that is then found. */
struct fault_case {
	void (*spoil)(struct ir *g, struct ir_resource *volume, struct ir_resource *node);
	const char *fault;
};

#define SPOIL(name) \
	static void name(struct ir *g, struct ir_resource *volume, struct ir_resource *node)
#define UNUSED (void)g, (void)volume, (void)node

SPOIL(unknown_type)
{
	UNUSED;
	ir_add(g, STR("Odd"), "AWS::EC2::Oddity", nowhere);
}

SPOIL(unknown_property)
{
	UNUSED;
	ir_put_int(g, volume->properties, "Sise", 10);
}

SPOIL(unknown_nested_property)
{
	struct ir_value *disk = ir_object(g), *ebs = ir_object(g);

	UNUSED;
	ir_put_text(g, disk, "DeviceName", STR("/dev/xvda"));
	ir_put_int(g, ebs, "VolumeSiz", 10);
	ir_put(g, disk, "Ebs", ebs);
	ir_put(g, node->properties, "BlockDeviceMappings", ir_push(g, ir_list(g), disk));
}

SPOIL(missing_property)
{
	UNUSED;
	ir_add(g, STR("Group"), "AWS::EC2::SecurityGroup", nowhere);
}

SPOIL(missing_nested_property)
{
	struct ir_value *tag = ir_object(g);

	UNUSED;
	ir_put_text(g, tag, "Key", STR("k"));
	ir_put(g, node->properties, "Tags", ir_push(g, ir_list(g), tag));
}

SPOIL(text_for_integer)
{
	UNUSED;
	ir_put_text(g, volume->properties, "Iops", STR("100"));
}

SPOIL(integer_for_text)
{
	UNUSED;
	ir_put_int(g, node->properties, "KeyName", 1);
}

SPOIL(text_for_list)
{
	UNUSED;
	ir_put_text(g, node->properties, "SecurityGroupIds", STR("sg-1"));
}

SPOIL(integer_in_list_of_texts)
{
	UNUSED;
	ir_put(g, node->properties, "SecurityGroupIds", ir_push(g, ir_list(g), ir_int(g, 1)));
}

SPOIL(ill_kinded_branch)
{
	struct ir_value *choice = ir_func(g, IR_IF, STR("Never"));

	UNUSED;
	ir_push(g, ir_push(g, choice, ir_text(g, STR("x"))), ir_ref(g, STR("AWS::NoValue")));
	ir_put(g, volume->properties, "Iops", choice);
}

SPOIL(null_property)
{
	UNUSED;
	ir_put(g, volume->properties, "Iops", ir_null(g));
}

SPOIL(value_not_listed)
{
	UNUSED;
	ir_put_text(g, node->properties, "InstanceInitiatedShutdownBehavior", STR("sleep"));
}

SPOIL(ref_to_nothing)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_ref(g, STR("Nothing")));
}

SPOIL(ref_in_metadata)
{
	UNUSED;
	node->metadata = ir_put(g, ir_object(g), "a", ir_ref(g, STR("Nothing")));
}

SPOIL(ref_to_pseudo_misspelt)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_ref(g, STR("AWS::region")));
}

SPOIL(attribute_of_nothing)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_getatt(g, STR("Nothing"), STR("Arn")));
}

SPOIL(attribute_unknown)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_getatt(g, STR("Volume"), STR("Arn")));
}

SPOIL(placeholder_of_nothing)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_sub(g, STR("a ${HOME}")));
}

SPOIL(placeholder_without_end)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_sub(g, STR("a ${AWS::Region")));
}

SPOIL(placeholder_attribute_unknown)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_sub(g, STR("${Volume.Arn}")));
}

SPOIL(variable_not_used)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName",
	       ir_put_text(g, ir_sub(g, STR("${!X}")), "X", STR("x")));
}

SPOIL(depends_on_nothing)
{
	UNUSED;
	ir_depend(g, node, STR("Nothing"));
}

SPOIL(depends_on_what_may_be_missing)
{
	UNUSED;
	ir_add_condition(g, STR("Unsure"),
			 ir_push(g,
				 ir_push(g, ir_func(g, IR_EQUALS, STR("")), ir_text(g, STR("a"))),
				 ir_text(g, STR("b"))));
	volume->condition = STR("Unsure");
	ir_depend(g, node, STR("Volume"));
}

SPOIL(condition_of_nothing)
{
	UNUSED;
	volume->condition = STR("Nothing");
}

SPOIL(if_of_nothing)
{
	struct ir_value *choice = ir_func(g, IR_IF, STR("Nothing"));

	UNUSED;
	ir_push(g, ir_push(g, choice, ir_text(g, STR("x"))), ir_text(g, STR("y")));
	ir_put(g, node->properties, "KeyName", choice);
}

SPOIL(condition_on_resource)
{
	struct ir_value *equals = ir_func(g, IR_EQUALS, (struct str){0});

	UNUSED;
	ir_push(g, ir_push(g, equals, ir_ref(g, STR("Volume"))), ir_text(g, STR("")));
	ir_add_condition(g, STR("Bad"), equals);
}

SPOIL(rule_on_resource)
{
	struct ir_value *equals = ir_func(g, IR_EQUALS, (struct str){0});

	UNUSED;
	ir_push(g, ir_push(g, equals, ir_ref(g, STR("Volume"))), ir_text(g, STR("")));
	ir_add_rule(g, STR("Bad"), equals, STR("never"));
}

SPOIL(rule_with_sub)
{
	struct ir_value *equals = ir_func(g, IR_EQUALS, (struct str){0});

	UNUSED;
	ir_push(g, ir_push(g, equals, ir_sub(g, STR("${AWS::Region}"))), ir_text(g, STR("")));
	ir_add_rule(g, STR("Bad"), equals, STR("never"));
}

SPOIL(find_no_row)
{
	struct ir_value *find = ir_func(g, IR_FINDINMAP, (struct str){0});

	UNUSED;
	ir_push(g, find, ir_text(g, STR("Sizes")));
	ir_push(g, ir_push(g, find, ir_text(g, STR("Large"))), ir_text(g, STR("Type")));
	ir_put(g, node->properties, "KeyName", find);
}

SPOIL(operands_missing)
{
	UNUSED;
	ir_put(g, node->properties, "KeyName", ir_func(g, IR_SELECT, (struct str){0}));
}

SPOIL(odd_id)
{
	UNUSED;
	ir_add(g, STR("Not-An-Id"), "AWS::EC2::EIP", nowhere);
}

SPOIL(resource_and_parameter)
{
	UNUSED;
	ir_add(g, STR("Image"), "AWS::EC2::EIP", nowhere);
}

SPOIL(snapshot_of_instance)
{
	UNUSED;
	node->deletion_policy = IR_SNAPSHOT;
}

SPOIL(replacement_kept_except_on_create)
{
	UNUSED;
	node->update_replace_policy = IR_RETAIN_EXCEPT_ON_CREATE;
}

SPOIL(creation_policy_of_volume)
{
	UNUSED;
	volume->creation_policy = ir_object(g);
}

SPOIL(circle_of_two)
{
	UNUSED;
	ir_put(g, volume->properties, "SnapshotId", ir_ref(g, STR("Node")));
}

SPOIL(circle_of_one)
{
	UNUSED;
	ir_put(g, volume->properties, "SnapshotId", ir_sub(g, STR("x-${Volume}")));
}

SPOIL(circle_through_metadata)
{
	struct ir_resource *ip = ir_add(g, STR("Ip"), "AWS::EC2::EIP", nowhere);

	UNUSED;
	ir_put(g, ip->properties, "InstanceId", ir_ref(g, STR("Node")));
	volume->metadata = ir_put(g, ir_object(g), "a", ir_ref(g, STR("Ip")));
}

static const struct fault_case cases[] = {
	{unknown_type, "`Odd` has the type `AWS::EC2::Oddity`, which is not in the tables"},
	{unknown_property, "AWS::EC2::Volume `Volume` at Sise: no such property"},
	{unknown_nested_property, "`Node` at BlockDeviceMappings.Ebs.VolumeSiz: no such property"},
	{missing_property, "AWS::EC2::SecurityGroup `Group` at GroupDescription: is required"},
	{missing_nested_property, "AWS::EC2::Instance `Node` at Tags.Value: is required"},
	{text_for_integer, "`Volume` at Iops: must be an integer, not a string"},
	{integer_for_text, "`Node` at KeyName: must be a string, not an integer"},
	{text_for_list, "`Node` at SecurityGroupIds: must be a list, not a string"},
	{integer_in_list_of_texts, "`Node` at SecurityGroupIds: must be a string, not an integer"},
	{ill_kinded_branch, "`Volume` at Iops: must be an integer, not a string"},
	{null_property, "`Volume` at Iops: is null"},
	{value_not_listed, "InstanceInitiatedShutdownBehavior: `sleep` is not among its values"},
	{ref_to_nothing, "Properties of `Node` refers to `Nothing`, which is not there"},
	{ref_in_metadata, "Metadata of `Node` refers to `Nothing`, which is not there"},
	{ref_to_pseudo_misspelt, "refers to `AWS::region`, which is not there"},
	{attribute_of_nothing, "refers to `Nothing.Arn`, which is not there"},
	{attribute_unknown, "refers to `Volume.Arn`; AWS::EC2::Volume has no such attribute"},
	{placeholder_of_nothing, "refers to `HOME`, which is not there"},
	{placeholder_without_end, "refers to ``, which is not there"},
	{placeholder_attribute_unknown, "refers to `Volume.Arn`; AWS::EC2::Volume has no such"},
	{variable_not_used, "gives `X` to a text without it"},
	{depends_on_nothing, "`Node` depends on `Nothing`, which is not there"},
	{depends_on_what_may_be_missing, "`Node` depends on `Volume`, which may be missing"},
	{condition_of_nothing, "Volume names the condition `Nothing`, which is not there"},
	{if_of_nothing, "`Node` names the condition `Nothing`, which is not there"},
	{rule_on_resource, "a rule refers to the resource `Volume`"},
	{rule_with_sub, "a rule holds a function that rules do not know"},
	{condition_on_resource, "a condition refers to the resource `Volume`"},
	{find_no_row, "looks for a row of `Sizes` that is not there"},
	{operands_missing, "a function in Properties has 0 operands"},
	{odd_id, "`Not-An-Id` is not a logical id"},
	{resource_and_parameter, "`Image` is a resource and a parameter"},
	{replacement_kept_except_on_create,
	 "`Node`: RetainExceptOnCreate is no UpdateReplacePolicy"},
	{snapshot_of_instance, "`Node`: AWS::EC2::Instance takes no snapshots"},
	{creation_policy_of_volume, "`Volume`: AWS::EC2::Volume has no such policy"},
	{circle_of_two, "resources wait for each other: Volume -> Node -> Volume"},
	{circle_of_one, "resources wait for each other: Volume -> Volume"},
	{circle_through_metadata, "wait for each other: Volume -> Ip -> Node -> Volume"},
};

Test(verify, a_sound_graph_has_no_fault)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct ir *g = sound(&a);
	struct str fault = ir_fault(&a, g);

	cr_assert(fault.n == 0, STR_F, STR_A(fault));
	ir_verify(g, &ds);
	cr_assert_null(ds.first);
	arena_release(&a);
}

Test(verify, each_fault_is_found)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct ir *g = sound(&a);
		struct str fault;

		cases[i].spoil(g, ir_find(g, STR("Volume")), ir_find(g, STR("Node")));
		fault = ir_fault(&a, g);
		cr_expect(str_find_str(fault, str_c(cases[i].fault), 0) != SIZE_MAX,
			  "got: " STR_F "\nwant: %s", STR_A(fault), cases[i].fault);
		arena_release(&a);
	}
}

Test(verify, custom_resources_have_properties_and_attributes_of_their_own)
{
	struct arena a = {0};
	struct ir *g = sound(&a);
	struct ir_resource *r = ir_add(g, STR("Look"), "Custom::HpccLookup", nowhere);

	cr_assert(ir_fault(&a, g).n > 0, "ServiceToken is required");
	ir_put_text(g, r->properties, "ServiceToken", STR("arn:x"));
	ir_put_text(g, r->properties, "Whatever", STR("x"));
	ir_add_output(g, STR("O"), (struct str){0}, ir_getatt(g, STR("Look"), STR("VpcId")),
		      nowhere);
	cr_assert_eq(ir_fault(&a, g).n, 0);
	arena_release(&a);
}

Test(verify, shared_values_are_no_fault)
{
	struct arena a = {0};
	struct ir *g = sound(&a);
	struct ir_value *tag = ir_object(g), *tags = ir_push(g, ir_list(g), tag);

	ir_put_text(g, tag, "Key", STR("k"));
	ir_put_text(g, tag, "Value", STR("v"));
	ir_put(g, ir_find(g, STR("Volume"))->properties, "Tags", tags);
	ir_put(g, ir_find(g, STR("Node"))->properties, "Tags", tags);
	cr_assert_eq(ir_fault(&a, g).n, 0);
	arena_release(&a);
}

Test(verify, a_value_that_contains_itself_is_a_bug, .exit_code = 70)
{
	struct arena a = {0};
	struct ir *g = sound(&a);
	struct ir_value *list = ir_list(g);

	ir_push(g, list, list);
	ir_find(g, STR("Node"))->metadata = ir_put(g, ir_object(g), "a", list);
	ir_fault(&a, g);
}

/* A walk that looks at every edge once: a ladder has 2^n paths. */
Test(verify, many_paths_cost_no_more_than_their_edges)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);

	for (int i = 0; i < 200; i++)
		for (int k = 0; k < 2; k++) {
			struct ir_resource *r =
				ir_add(g, arena_fmt(&a, "R%dx%d", i, k), "AWS::EC2::EIP", nowhere);

			if (i == 0)
				continue;
			ir_depend(g, r, arena_fmt(&a, "R%dx0", i - 1));
			ir_depend(g, r, arena_fmt(&a, "R%dx1", i - 1));
		}
	cr_assert_eq(ir_fault(&a, g).n, 0);
	arena_release(&a);
}

static void expect_one(const struct diags *ds, const char *code, const char *text)
{
	cr_assert_not_null(ds->first, "nothing is reported");
	cr_assert_null(ds->first->next);
	cr_assert(str_eq(diag_code(ds->first->id), str_c(code)));
	cr_assert(str_eq(ds->first->text, str_c(text)), STR_F, STR_A(ds->first->text));
}

Test(limits, five_hundred_resources_and_no_more)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct source *src = source_new(&a, STR("f"), STR("abc"));
	struct ir *g = ir_new(&a);

	for (unsigned i = 0; i < 500; i++)
		ir_add(g, arena_fmt(&a, "R%u", i), "AWS::EC2::EIP", nowhere);
	ir_verify(g, &ds);
	cr_assert_null(ds.first);
	ir_add(g, STR("Last"), "AWS::EC2::EIP", (struct ir_origin){span_in(src, 1, 2), {NULL, 0}});
	ir_verify(g, &ds);
	expect_one(&ds, "E0541",
		   "the template would have 501 resources; CloudFormation takes at most 500 in a "
		   "stack");
	cr_assert_eq(ds.first->at.lo, 1);
	arena_release(&a);
}

Test(limits, user_data_is_measured_with_its_placeholders)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct ir *g = sound(&a);
	struct ir_resource *node = ir_add(g, STR("N2"), "AWS::EC2::Instance", nowhere);
	char *xs = arena_alloc(&a, 16384 - 12, 1);
	struct str text = {xs, 16384 - 12};
	struct ir_value *sub = ir_sub(g, text);

	memset(xs, 'x', text.n);
	sub->text = arena_fmt(&a, STR_F "${AWS::AccountId}", STR_A(text));
	ir_put(g, node->properties, "UserData", ir_base64(g, sub));
	ir_verify(g, &ds);
	cr_assert_null(ds.first, "16,384 bytes fit");
	sub->text = arena_fmt(&a, STR_F "x${AWS::AccountId}", STR_A(text));
	ir_verify(g, &ds);
	expect_one(&ds, "E0542",
		   "the user data of `N2` would be 16385 bytes long; EC2 takes at most 16384");
	arena_release(&a);
}

Test(limits, user_data_is_measured_with_texts_of_mappings)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct ir *g = sound(&a);
	struct ir_resource *node = ir_add(g, STR("N2"), "AWS::EC2::Instance", nowhere);
	struct ir_value *sub = ir_sub(g, STR("${Part}12345")), *row = ir_object(g);
	struct ir_value *find = ir_func(g, IR_FINDINMAP, STR(""));
	char *xs = arena_alloc(&a, 16380, 1);

	memset(xs, 'x', 16380);
	ir_put_text(g, row, "Text", (struct str){xs, 16380});
	map_put(&g->mappings, &a, STR("Parts"), ir_put(g, ir_object(g), "Row", row));
	ir_push(g, ir_push(g, find, ir_text(g, STR("Parts"))), ir_text(g, STR("Row")));
	ir_put(g, sub, "Part", ir_push(g, find, ir_text(g, STR("Text"))));
	ir_put(g, node->properties, "UserData", ir_base64(g, sub));
	ir_verify(g, &ds);
	expect_one(&ds, "E0542",
		   "the user data of `N2` would be 16385 bytes long; EC2 takes at most 16384");
	arena_release(&a);
}

Test(limits, description_of_1024_bytes)
{
	struct arena a = {0};
	struct ir *g = sound(&a);
	char *xs = arena_alloc(&a, 1025, 1);

	memset(xs, 'x', 1025);
	g->description = (struct str){xs, 1024};
	cr_assert_eq(ir_fault(&a, g).n, 0);
	g->description.n = 1025;
	cr_assert(str_eq(ir_fault(&a, g), STR("the description has 1025 bytes")));
	arena_release(&a);
}

Test(limits, size_of_the_template)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};

	emit_check_size(&ds, (struct str){"", 1 << 20});
	cr_assert_null(ds.first);
	emit_check_size(&ds, (struct str){"", (1 << 20) + 1});
	expect_one(
		&ds, "E0543",
		"the template would be 1048577 bytes long; CloudFormation takes at most 1048576");
	arena_release(&a);
}
