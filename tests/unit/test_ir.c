/* SPDX-License-Identifier: Apache-2.0 */
/* test_ir.c - building, printing and walking the resource graph; logical ids. */
#include "lowering/ir/equal.h"
#include "lowering/ir/ir.h"
#include "lowering/ir/resources.h"
#include "lowering/ir/sub.h"
#include "lowering/ir/walk.h"

#include <criterion/criterion.h>

#define EQ(got, want) \
	cr_assert(str_eq(got, STR(want)), "got `" STR_F "`, want `%s`", STR_A(got), want)

static const struct ir_origin nowhere;

static struct str id_of(struct ir *g, const char *prefix, const char *a, const char *b)
{
	const struct str parts[] = {str_c(a), str_c(b)};

	return ir_unique_id(g, prefix, parts, b != NULL ? 2 : 1);
}

Test(ir, members_and_items_keep_their_order_across_growth)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_value *o = ir_object(g), *l = ir_list(g);

	for (int i = 0; i < 100; i++) {
		ir_put_str(g, o, arena_fmt(&a, "k%d", 99 - i), ir_int(g, i));
		ir_push(g, l, ir_int(g, i));
	}
	cr_assert_eq(o->nmembers, 100);
	cr_assert_eq(l->n, 100);
	for (int i = 0; i < 100; i++) {
		cr_assert(str_eq(o->members[i].name, arena_fmt(&a, "k%d", 99 - i)));
		cr_assert_eq(l->items[i]->integer, i);
	}
	cr_assert_eq(ir_get(o, STR("k42"))->integer, 57);
	cr_assert_null(ir_get(o, STR("k100")));
	arena_release(&a);
}

Test(ir, resources_keep_their_order_and_are_found_by_id)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_resource *z = ir_add(g, STR("Z"), "AWS::EC2::EIP", nowhere);

	ir_add(g, STR("A"), "AWS::EC2::EIP", nowhere);
	ir_depend(g, z, STR("A"));
	ir_depend(g, z, STR("A"));
	EQ(g->resources.items[0].key, "Z");
	EQ(g->resources.items[1].key, "A");
	cr_assert_eq(ir_find(g, STR("Z")), z);
	cr_assert_null(ir_find(g, STR("B")));
	cr_assert_eq(z->ndepends, 1);
	arena_release(&a);
}

Test(ir, ref_to_no_value_is_its_own_kind)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);

	cr_assert_eq(ir_ref(g, STR("AWS::NoValue"))->kind, IR_NOVALUE);
	cr_assert_eq(ir_ref(g, STR("AWS::Region"))->kind, IR_REF);
	arena_release(&a);
}

Test(ir, put_twice_is_a_bug, .exit_code = 70)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_value *o = ir_object(g);

	ir_put_int(g, o, "Key", 1);
	ir_put_int(g, o, "Key", 2);
}

Test(ir, add_twice_is_a_bug, .exit_code = 70)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);

	ir_add(g, STR("A"), "AWS::EC2::EIP", nowhere);
	ir_add(g, STR("A"), "AWS::EC2::EIP", nowhere);
}

Test(unique_id, plain_names_give_plain_ids)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);

	EQ(id_of(g, "", "queue1", "gpu"), "Queue1Gpu");
	EQ(id_of(g, "LaunchTemplate", "queue1", "gpu"), "LaunchTemplateQueue1Gpu");
	EQ(id_of(g, "Queue", "my-queue", NULL), "QueueMyQueue");
	arena_release(&a);
}

/* Names that letters and digits do not tell apart; the hash may not change from release to release. */
Test(unique_id, names_that_read_the_same_get_a_hash)
{
	static const char *const same[][2] = {
		{"a-1", NULL},	    {"a1", NULL},   {"a_1", NULL}, {"A1", NULL},
		{"a.1", NULL},	    {"a--1", NULL}, {"a-b", "c"},  {"a", "b-c"},
		{"a-b-c", NULL},    {"aB", "c"},    {"a", "BC"},   {"ab", "c"},
		{"-a", NULL},	    {"a-", NULL},   {"1a", NULL},  {"a\xc3\xa9", NULL},
		{"\xc3\xa9", NULL}, {"", NULL}};
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct str ids[ARRAY_LEN(same)];

	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		ids[i] = id_of(g, "X", same[i][0], same[i][1]);
		for (size_t k = 0; k < i; k++)
			cr_assert(!str_eq(ids[i], ids[k]), "%s and %s: " STR_F, same[i][0],
				  same[k][0], STR_A(ids[i]));
	}
	EQ(ids[0], "XA1Q0APDE");
	EQ(ids[1], "XA1");
	arena_release(&a);
}

Test(unique_id, does_not_depend_on_what_else_is_there)
{
	struct arena a = {0};
	struct ir *empty = ir_new(&a), *full = ir_new(&a);

	ir_add(full, id_of(full, "X", "a1", NULL), "AWS::EC2::EIP", nowhere);
	ir_add(full, id_of(full, "X", "b", "c"), "AWS::EC2::EIP", nowhere);
	cr_assert(str_eq(id_of(empty, "X", "a-1", NULL), id_of(full, "X", "a-1", NULL)));
	cr_assert(str_eq(id_of(empty, "X", "b-c", "d"), id_of(full, "X", "b-c", "d")));
	arena_release(&a);
}

Test(unique_id, a_taken_id_gets_a_hash_and_long_ids_are_cut)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	char name[301];
	struct str first, second;

	ir_add(g, STR("HeadNode"), "AWS::EC2::EIP", nowhere);
	first = id_of(g, "Head", "node", NULL);
	cr_assert_eq(first.n, STR("HeadNode").n + 6);
	cr_assert(str_starts(first, STR("HeadNode")));
	for (size_t i = 0; i < 300; i++)
		name[i] = 'x';
	name[300] = '\0';
	second = id_of(g, "", name, NULL);
	cr_assert_leq(second.n, 255);
	name[299] = 'y';
	cr_assert(!str_eq(second, id_of(g, "", name, NULL)));
	arena_release(&a);
}

Test(ir_print, shows_every_kind_of_part)
{
	static const char want[] =
		"description \"d\\\"1\"\n"
		"\nparameter P String @2:1 Path.A\n"
		"\t.description \"said\"\n\t.default text \"x\"\n\t.no_echo\n"
		"\nmapping M object\n\tK object\n\t\tV text \"1\"\n"
		"\ncondition C equals\n\t- ref P\n\t- text \"x\"\n"
		"\nresource R AWS::EC2::EIP\n"
		"\t.condition C\n\t.depends_on Q\n\t.deletion_policy Retain\n"
		"\tTags list\n"
		"\t\t- object\n\t\t\tKey text \"k\"\n\t\t\tValue sub \"${X}-${AWS::Region}\"\n"
		"\t\t\t\tX getatt R.PublicIp\n"
		"\tText base64\n\t\t- text\n\t\t\t| a\n\t\t\t| \tb\n\t\t\t| \n"
		"\t\"odd name\" join \",\"\n\t\t- bool true\n\t\t- number 0.1\n\t\t- null\n\t\t- "
		"novalue\n"
		"\noutput O\n\t.condition C\n\t.value select 1\n\t\t- getazs\n\t\t\t- text \"\"\n";
	struct arena a = {0};
	struct source *src = source_new(&a, STR("f"), STR("a\nb\n"));
	struct ir_origin at = {span_in(src, 2, 3), STR_INIT("Path.A")};
	struct ir *g = ir_new(&a);
	struct ir_parameter *p = ir_add_parameter(g, STR("P"), "String", STR("said"), at);
	struct ir_resource *r = ir_add(g, STR("R"), "AWS::EC2::EIP", nowhere);
	struct ir_value *tag = ir_object(g), *join = ir_func(g, IR_JOIN, STR(","));
	struct ir_value *select = ir_func(g, IR_SELECT, (struct str){0});
	struct ir_value *equals = ir_func(g, IR_EQUALS, (struct str){0}), *row = ir_object(g);
	struct ir_output *o;

	g->description = STR("d\"1");
	p->default_value = ir_text(g, STR("x"));
	p->no_echo = true;
	ir_put_text(g, row, "V", STR("1"));
	ir_add_mapping(g, STR("M"), ir_put(g, ir_object(g), "K", row));
	ir_push(g, ir_push(g, equals, ir_ref(g, STR("P"))), ir_text(g, STR("x")));
	ir_add_condition(g, STR("C"), equals);
	r->condition = STR("C");
	r->deletion_policy = IR_RETAIN;
	ir_depend(g, r, STR("Q"));
	ir_put_text(g, tag, "Key", STR("k"));
	ir_put(g, tag, "Value",
	       ir_put(g, ir_sub(g, STR("${X}-${AWS::Region}")), "X",
		      ir_getatt(g, STR("R"), STR("PublicIp"))));
	ir_put(g, r->properties, "Tags", ir_push(g, ir_list(g), tag));
	ir_put(g, r->properties, "Text", ir_base64(g, ir_text(g, STR("a\n\tb\n"))));
	ir_push(g, ir_push(g, join, ir_bool(g, true)), ir_number(g, 0.1));
	ir_push(g, ir_push(g, join, ir_null(g)), ir_ref(g, STR("AWS::NoValue")));
	ir_put(g, r->properties, "odd name", join);
	select->integer = 1;
	ir_push(g, select, ir_push(g, ir_func(g, IR_GETAZS, (struct str){0}), ir_text(g, STR(""))));
	o = ir_add_output(g, STR("O"), (struct str){0}, select, nowhere);
	o->condition = STR("C");
	EQ(ir_print(&a, g), want);
	arena_release(&a);
}

Test(ir_walk, a_format_is_cut_into_its_pieces)
{
	struct str rest = STR("a$b${N}${N.A.B}${!lit}$${X");
	static const struct {
		bool placeholder;
		const char *text, *name, *attribute;
	} want[] = {
		{false, "a$b", "", ""}, {true, "${N}", "N", ""},  {true, "${N.A.B}", "N", "A.B"},
		{false, "${", "", ""},	{false, "lit}$", "", ""}, {true, "${X", "", ""},
	};
	struct ir_sub_piece p;

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		cr_assert(ir_sub_next(&rest, &p));
		cr_assert_eq(p.placeholder, want[i].placeholder);
		cr_assert(str_eq(p.text, str_c(want[i].text)), "piece %zu: " STR_F, i,
			  STR_A(p.text));
		cr_assert(str_eq(p.name, str_c(want[i].name)));
		cr_assert(str_eq(p.attribute, str_c(want[i].attribute)));
	}
	cr_assert(!ir_sub_next(&rest, &p));
}

Test(resources, types_properties_and_attributes_are_found)
{
	const struct resource_type *t = resource_type_find(STR("AWS::EC2::LaunchTemplate"));
	const struct resource_property *p;

	cr_assert_not_null(t);
	cr_assert(resource_has_attribute(t, STR("LatestVersionNumber")));
	cr_assert(!resource_has_attribute(t, STR("Arn")));
	p = resource_property_find(t->shape, STR("LaunchTemplateData"));
	cr_assert_not_null(p);
	cr_assert(p->required);
	cr_assert_eq(p->kind, RESOURCE_OBJECT);
	p = resource_property_find(p->shape, STR("NetworkInterfaces"));
	cr_assert_eq(p->kind, RESOURCE_LIST);
	cr_assert_eq(p->items, RESOURCE_OBJECT);
	p = resource_property_find(p->shape, STR("DeviceIndex"));
	cr_assert_eq(p->kind, RESOURCE_INTEGER);
	cr_assert_null(resource_type_find(STR("AWS::EC2::Nothing")));
	cr_assert_eq(resource_type_find(STR("Custom::Anything")),
		     resource_type_find(STR("AWS::CloudFormation::CustomResource")));
	t = resource_type_find(STR("AWS::EC2::Instance"));
	cr_assert_eq(resource_property_find(t->shape, STR("ImageId"))->update, RESOURCE_REPLACE);
	cr_assert_eq(resource_property_find(t->shape, STR("UserData"))->update,
		     RESOURCE_CONDITIONAL);
	cr_assert_eq(resource_property_find(t->shape, STR("Tags"))->update, RESOURCE_IN_PLACE);
	t = resource_type_find(STR("AWS::FSx::Volume"));
	cr_assert_eq(resource_property_find(t->shape, STR("OpenZFSConfiguration"))->update,
		     RESOURCE_WITHIN);
}

/* What decides over networks and data when a stack is updated. */
Test(resources, updates_of_a_network_and_its_storage_are_known)
{
	static const struct {
		const char *type, *property;
		enum resource_update update;
	} rows[] = {
		{"AWS::EC2::VPC", "CidrBlock", RESOURCE_REPLACE},
		{"AWS::EC2::VPC", "EnableDnsSupport", RESOURCE_IN_PLACE},
		{"AWS::EC2::Subnet", "CidrBlock", RESOURCE_REPLACE},
		{"AWS::EC2::Subnet", "AvailabilityZone", RESOURCE_REPLACE},
		{"AWS::EC2::Subnet", "Ipv6CidrBlock", RESOURCE_CONDITIONAL},
		{"AWS::EC2::Subnet", "MapPublicIpOnLaunch", RESOURCE_IN_PLACE},
		{"AWS::EC2::NatGateway", "AvailabilityMode", RESOURCE_REPLACE},
		{"AWS::EC2::VPCEndpoint", "SubnetIds", RESOURCE_IN_PLACE},
		{"AWS::EC2::VPCEndpoint", "DnsOptions", RESOURCE_WITHIN},
		{"AWS::EC2::KeyPair", "Tags", RESOURCE_REPLACE},
		{"AWS::EC2::VPNConnection", "StaticRoutesOnly", RESOURCE_REPLACE},
		{"AWS::EC2::VPNConnection", "CustomerGatewayId", RESOURCE_IN_PLACE},
		{"AWS::EC2::TransitGatewayVpcAttachment", "SubnetIds", RESOURCE_REPLACE},
		{"AWS::EC2::TransitGatewayAttachment", "SubnetIds", RESOURCE_IN_PLACE},
		{"AWS::DirectConnect::PrivateVirtualInterface", "Vlan", RESOURCE_REPLACE},
		{"AWS::DirectConnect::PrivateVirtualInterface", "Mtu", RESOURCE_IN_PLACE},
		{"AWS::Route53Resolver::ResolverEndpoint", "SecurityGroupIds", RESOURCE_REPLACE},
		{"AWS::FSx::FileSystem", "SubnetIds", RESOURCE_REPLACE},
		{"AWS::S3::Bucket", "BucketName", RESOURCE_REPLACE},
		{"AWS::S3::Bucket", "LifecycleConfiguration", RESOURCE_IN_PLACE},
		{"AWS::KMS::Key", "EnableKeyRotation", RESOURCE_IN_PLACE},
		{"AWS::Budgets::Budget", "Budget", RESOURCE_WITHIN},
		{"AWS::Budgets::Budget", "NotificationsWithSubscribers", RESOURCE_REPLACE},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct resource_type *t = resource_type_find(str_c(rows[i].type));
		const struct resource_property *p;

		cr_assert_not_null(t, "%s", rows[i].type);
		p = resource_property_find(t->shape, str_c(rows[i].property));
		cr_assert_not_null(p, "%s %s", rows[i].type, rows[i].property);
		cr_expect_eq(p->update, rows[i].update, "%s %s", rows[i].type, rows[i].property);
	}
}

/* Rows must be sorted, or binary search misses some: ask for each of them. */
Test(resources, every_row_is_found)
{
	for (size_t i = 0; i < resource_types_n; i++) {
		const struct resource_type *t = &resource_types[i];
		size_t n;
		const struct resource_property *rows = resource_properties_of(t->shape, &n);

		cr_assert_eq(resource_type_find(resource_name(t->name)), t);
		for (size_t k = 0; k < n; k++)
			cr_assert_eq(resource_property_find(t->shape, resource_name(rows[k].name)),
				     &rows[k]);
	}
}

/* ---- the same, and hashes ---- */

/* One value of each kind; of a kind with parts, `other` gives one that differs in a part. */
static struct ir_value *sample(struct ir *g, enum ir_kind kind, bool other)
{
	struct ir_value *part = ir_text(g, other ? STR("b") : STR("a"));
	struct ir_value *v;

	switch (kind) {
	case IR_NULL:
		return ir_null(g);
	case IR_NOVALUE:
		return ir_ref(g, STR("AWS::NoValue"));
	case IR_BOOL:
		return ir_bool(g, other);
	case IR_INT:
		return ir_int(g, other ? 3 : 4);
	case IR_NUMBER:
		return ir_number(g, other ? 0.25 : 0.5);
	case IR_STRING:
		return part;
	case IR_REF:
		return ir_ref(g, part->text);
	case IR_GETATT:
		return ir_getatt(g, STR("X"), part->text);
	case IR_OBJECT:
		return ir_put(g, ir_object(g), "K", part);
	case IR_SUB:
		return ir_put(g, ir_sub(g, STR("${K}")), "K", part);
	case IR_SELECT:
		v = ir_push(g, ir_func(g, kind, STR("")), ir_list(g));
		v->integer = other;
		return v;
	case IR_LIST:
		return ir_push(g, ir_list(g), part);
	case IR_JOIN:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
		return ir_push(g, ir_func(g, kind, STR("")), part);
	}
	return NULL;
}

Test(ir, values_of_each_kind_are_the_same_and_hash_alike_by_what_they_say)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);

	for (int i = IR_NULL; i <= IR_CIDR; i++) {
		enum ir_kind kind = (enum ir_kind)i;
		const struct ir_value *v = sample(g, kind, false), *w = sample(g, kind, true);
		bool alone = kind == IR_NULL || kind == IR_NOVALUE; /* there is only one */

		cr_assert(ir_same(v, sample(g, kind, false)), "kind %d", i);
		cr_assert_eq(ir_hash(IR_HASH_SEED, v),
			     ir_hash(IR_HASH_SEED, sample(g, kind, false)));
		cr_assert_eq(ir_same(v, w), alone, "kind %d", i);
		cr_assert_eq(ir_hash(IR_HASH_SEED, v) == ir_hash(IR_HASH_SEED, w), alone, "kind %d",
			     i);
		for (int k = IR_NULL; k < i; k++)
			cr_assert(!ir_same(v, sample(g, (enum ir_kind)k, false)));
	}
	arena_release(&a);
}

Test(ir, a_longer_list_or_object_is_another_value)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_value *one = ir_push(g, ir_list(g), ir_int(g, 1));
	struct ir_value *two = ir_push(g, ir_push(g, ir_list(g), ir_int(g, 1)), ir_int(g, 1));
	struct ir_value *small = ir_put_int(g, ir_object(g), "A", 1);
	struct ir_value *large = ir_put_int(g, ir_put_int(g, ir_object(g), "A", 1), "B", 1);

	cr_assert(!ir_same(one, two) && !ir_same(two, one));
	cr_assert(!ir_same(small, large) && !ir_same(large, small));
	cr_assert_neq(ir_hash(IR_HASH_SEED, one), ir_hash(IR_HASH_SEED, two));
	cr_assert_neq(ir_hash(IR_HASH_SEED, small), ir_hash(IR_HASH_SEED, large));
	arena_release(&a);
}

/* Wait conditions carry it in their ids: another hash would make every stack wait for its head again. */
Test(ir, the_hash_is_that_of_earlier_releases)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_value *v = ir_object(g);

	ir_put_text(g, v, "Name", STR("a text of more than eight bytes"));
	ir_put(g, v, "Ref", ir_ref(g, STR("AWS::Region")));
	ir_put(g, v, "List", ir_push(g, ir_list(g), ir_bool(g, true)));
	cr_assert_eq(ir_hash(IR_HASH_SEED, v), 0xc101cc75d755419au);
	arena_release(&a);
}
