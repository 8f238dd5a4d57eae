/* SPDX-License-Identifier: Apache-2.0 */
/* test_merge.c - graphs of one stack with other values of parameters, as one. */
#include "compiler/base/buf.h"
#include "lowering/ir/merge.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

enum { MOST = 6 };

static const struct ir_origin nowhere;

/* Graphs and what they stand for. */
struct several {
	struct arena a;
	struct ir *g[MOST];
	struct ir_resource *r[MOST]; /* a bucket that all have, called Store */
	struct ir_merge in;
};

/* n graphs; `names` are those of the parameters, `values` those of each graph in turn, all with blanks between. */
static void begin(struct several *s, size_t n, const char *names, const char *values)
{
	struct str rest = str_c(names), all = str_c(values);
	struct str *parameters = NEW_ARRAY(&s->a, struct str, MOST);
	struct str *given = NEW_ARRAY(&s->a, struct str, MOST * MOST);
	size_t ngiven = 0;

	cr_assert_leq(n, MOST);
	s->in = (struct ir_merge){
		.arena = &s->a, .n = n, .parameters = parameters, .values = given};
	while (rest.s != NULL)
		parameters[s->in.nparameters++] = str_cut(&rest, ' ');
	while (all.s != NULL)
		given[ngiven++] = str_cut(&all, ' ');
	cr_assert_eq(ngiven, n * s->in.nparameters);
	s->in.graphs = (const struct ir *const *)s->g;
	for (size_t k = 0; k < n; k++) {
		s->g[k] = ir_new(&s->a);
		for (size_t p = 0; p < s->in.nparameters; p++)
			ir_add_parameter(s->g[k], parameters[p], "String", STR(""), nowhere);
		s->r[k] = ir_add(s->g[k], STR("Store"), "AWS::S3::Bucket", nowhere);
	}
}

/* Gives graph k the text as its property `Is`. */
static void text_in(struct several *s, size_t k, const char *text)
{
	ir_put_text(s->g[k], s->r[k]->properties, "Is", str_c(text));
}

/* The graph that is made of them, without its first line and empty ones; ends the test where there is none. */
static void expect(struct several *s, const char *want)
{
	struct buf lines = buf_in(&s->a);
	struct ir *merged = ir_merge(&s->in);
	struct str text;

	cr_assert_not_null(merged, STR_F, STR_A(s->in.fault));
	text = ir_print(&s->a, merged);
	for (str_cut(&text, '\n'); text.s != NULL;) {
		struct str line = str_cut(&text, '\n');

		if (line.n > 0)
			buf_fmt(&lines, STR_F "\n", STR_A(line));
	}
	assert_text(buf_str(&lines), want);
	arena_release(&s->a);
}

static void expect_fault(struct several *s, const char *words)
{
	cr_assert_null(ir_merge(&s->in));
	assert_text(s->in.fault, words);
	arena_release(&s->a);
}

Test(merge, keeps_what_is_the_same_and_drops_the_parameter)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	for (size_t k = 0; k < 2; k++)
		text_in(&s, k, "both");
	expect(&s, "resource Store AWS::S3::Bucket\n"
		   "\tIs text \"both\"\n");
}

Test(merge, a_text_that_is_the_value_is_the_parameter)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	text_in(&s, 0, "fast");
	text_in(&s, 1, "slow");
	text_in(&s, 2, "off");
	expect(&s, "parameter Mode String\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tIs ref Mode\n");
}

Test(merge, values_that_differ_are_chosen)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	text_in(&s, 0, "one");
	text_in(&s, 1, "two");
	text_in(&s, 2, "one");
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "condition ModeIsSlow equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"slow\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tIs if ModeIsFast\n"
		   "\t\t- text \"one\"\n"
		   "\t\t- if ModeIsSlow\n"
		   "\t\t\t- text \"two\"\n"
		   "\t\t\t- text \"one\"\n");
}

Test(merge, asks_the_parameter_that_decides_alone)
{
	struct several s = {0};

	begin(&s, 4, "Size Mode", "s fast s slow l fast l slow");
	text_in(&s, 0, "one");
	text_in(&s, 1, "two");
	text_in(&s, 2, "one");
	text_in(&s, 3, "two");
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tIs if ModeIsFast\n"
		   "\t\t- text \"one\"\n"
		   "\t\t- text \"two\"\n");
}

Test(merge, asks_one_after_the_other_where_both_decide)
{
	struct several s = {0};

	begin(&s, 4, "Size Mode", "s fast s slow l fast l slow");
	text_in(&s, 0, "one");
	text_in(&s, 1, "two");
	text_in(&s, 2, "three");
	text_in(&s, 3, "three");
	expect(&s, "parameter Size String\n"
		   "parameter Mode String\n"
		   "condition SizeIsS equals\n"
		   "\t- ref Size\n"
		   "\t- text \"s\"\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tIs if SizeIsS\n"
		   "\t\t- if ModeIsFast\n"
		   "\t\t\t- text \"one\"\n"
		   "\t\t\t- text \"two\"\n"
		   "\t\t- text \"three\"\n");
}

Test(merge, goes_into_objects_and_lists)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	for (size_t k = 0; k < 2; k++) {
		struct ir *g = s.g[k];
		struct ir_value *o = ir_object(g), *l = ir_list(g);

		ir_put(g, s.r[k]->properties, "Deep", o);
		ir_put_text(g, o, "Same", STR("x"));
		if (k == 1)
			ir_put_int(g, o, "Second", 7);
		ir_put(g, o, "List", l);
		ir_push(g, l, ir_int(g, (int64_t)k));
		if (k == 0)
			ir_push(g, l, ir_ref(g, STR("Store")));
	}
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tDeep object\n"
		   "\t\tSame text \"x\"\n"
		   "\t\tList list\n"
		   "\t\t\t- if ModeIsFast\n"
		   "\t\t\t\t- int 0\n"
		   "\t\t\t\t- int 1\n"
		   "\t\t\t- if ModeIsFast\n"
		   "\t\t\t\t- ref Store\n"
		   "\t\t\t\t- novalue\n"
		   "\t\tSecond if ModeIsFast\n"
		   "\t\t\t- novalue\n"
		   "\t\t\t- int 7\n");
}

Test(merge, variables_of_a_sub_are_chosen_and_other_functions_as_a_whole)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	for (size_t k = 0; k < 2; k++) {
		struct ir *g = s.g[k];
		struct ir_value *sub = ir_sub(g, STR("${A}-x")),
				*join = ir_func(g, IR_JOIN, STR("-"));

		ir_put(g, sub, "A", ir_int(g, (int64_t)k));
		ir_put(g, s.r[k]->properties, "Sub", sub);
		ir_push(g, join, ir_int(g, (int64_t)k));
		ir_put(g, s.r[k]->properties, "Join", join);
	}
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tSub sub \"${A}-x\"\n"
		   "\t\tA if ModeIsFast\n"
		   "\t\t\t- int 0\n"
		   "\t\t\t- int 1\n"
		   "\tJoin if ModeIsFast\n"
		   "\t\t- join \"-\"\n"
		   "\t\t\t- int 0\n"
		   "\t\t- join \"-\"\n"
		   "\t\t\t- int 1\n");
}

/* ---- what is not in all ---- */

static struct ir_resource *extra(struct several *s, size_t k, const char *text)
{
	struct ir_resource *r = ir_add(s->g[k], STR("Extra"), "AWS::S3::Bucket", nowhere);

	ir_put_text(s->g[k], r->properties, "Of", str_c(text));
	return r;
}

Test(merge, a_resource_of_one_value_has_a_condition)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	extra(&s, 1, "x");
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsSlow equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"slow\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsSlow\n"
		   "\tOf text \"x\"\n");
}

Test(merge, a_resource_of_all_values_but_one_has_the_opposite)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	extra(&s, 0, "x");
	extra(&s, 2, "y");
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsNotSlow not\n"
		   "\t- equals\n"
		   "\t\t- ref Mode\n"
		   "\t\t- text \"slow\"\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotSlow\n"
		   "\tOf if ModeIsFast\n"
		   "\t\t- text \"x\"\n"
		   "\t\t- text \"y\"\n");
}

Test(merge, a_resource_of_one_combination_has_a_condition)
{
	struct several s = {0};

	begin(&s, 4, "Size Mode", "s fast s slow l fast l slow");
	extra(&s, 2, "x");
	expect(&s, "parameter Size String\n"
		   "parameter Mode String\n"
		   "condition ValuesIsLFastJS0PDH equals\n"
		   "\t- sub \"${Size}|${Mode}\"\n"
		   "\t- text \"l|fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ValuesIsLFastJS0PDH\n"
		   "\tOf text \"x\"\n");
}

Test(merge, a_part_that_only_a_later_graph_has_is_chosen)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	extra(&s, 0, "x");
	extra(&s, 1, "x")->metadata = ir_put_int(s.g[1], ir_object(s.g[1]), "A", 1);
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsNotOff not\n"
		   "\t- equals\n"
		   "\t\t- ref Mode\n"
		   "\t\t- text \"off\"\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotOff\n"
		   "\t.metadata if ModeIsFast\n"
		   "\t\t- novalue\n"
		   "\t\t- object\n"
		   "\t\t\tA int 1\n"
		   "\tOf text \"x\"\n");
}

Test(merge, an_output_of_one_value_has_a_condition)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	ir_add_output(s.g[0], STR("Both"), STR("d"), ir_int(s.g[0], 1), nowhere);
	ir_add_output(s.g[1], STR("Both"), STR("d"), ir_int(s.g[1], 2), nowhere);
	ir_add_output(s.g[1], STR("One"), STR("d"), ir_int(s.g[1], 3), nowhere);
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "condition ModeIsSlow equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"slow\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "output Both\n"
		   "\t.description \"d\"\n"
		   "\t.value if ModeIsFast\n"
		   "\t\t- int 1\n"
		   "\t\t- int 2\n"
		   "output One\n"
		   "\t.description \"d\"\n"
		   "\t.condition ModeIsSlow\n"
		   "\t.value int 3\n");
}

Test(merge, conditions_with_other_tests_have_other_names)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast not-fast off");
	text_in(&s, 0, "one");
	text_in(&s, 1, "two");
	text_in(&s, 2, "three");
	extra(&s, 1, "x");
	extra(&s, 2, "x");
	ir_add(s.g[1], STR("Third"), "AWS::S3::Bucket", nowhere);
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"fast\"\n"
		   "condition ModeIsNotFast equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"not-fast\"\n"
		   "condition ModeIsNotFast2 not\n"
		   "\t- equals\n"
		   "\t\t- ref Mode\n"
		   "\t\t- text \"fast\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\tIs if ModeIsFast\n"
		   "\t\t- text \"one\"\n"
		   "\t\t- if ModeIsNotFast\n"
		   "\t\t\t- text \"two\"\n"
		   "\t\t\t- text \"three\"\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotFast2\n"
		   "\tOf text \"x\"\n"
		   "resource Third AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotFast\n");
}

/* ---- orders ---- */

/* Lets the bucket of graph k wait for another one, which is made there. */
static void wait_for(struct several *s, size_t k)
{
	extra(s, k, "x");
	ir_depend(s->g[k], s->r[k], STR("Extra"));
}

Test(merge, depends_on_what_all_have)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	wait_for(&s, 0);
	extra(&s, 1, "x");
	expect(&s, "resource Store AWS::S3::Bucket\n"
		   "\t.depends_on Extra\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\tOf text \"x\"\n");
}

Test(merge, refers_to_what_may_be_missing)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	wait_for(&s, 1);
	for (size_t k = 0; k < 3; k++) {
		ir_add(s.g[k], STR("First"), "AWS::S3::Bucket", nowhere);
		ir_depend(s.g[k], s.r[k], STR("First"));
	}
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsSlow equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"slow\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "\t.depends_on First\n"
		   "\t.metadata object\n"
		   "\t\tOrder list\n"
		   "\t\t\t- if ModeIsSlow\n"
		   "\t\t\t\t- ref Extra\n"
		   "\t\t\t\t- text \"\"\n"
		   "resource First AWS::S3::Bucket\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsSlow\n"
		   "\tOf text \"x\"\n");
}

Test(merge, depends_on_what_has_the_same_condition_and_refers_to_others)
{
	struct several s = {0};

	begin(&s, 3, "Mode", "fast slow off");
	for (size_t k = 1; k < 3; k++) {
		struct ir_resource *r = ir_add(s.g[k], STR("Waits"), "AWS::S3::Bucket", nowhere);

		ir_add(s.g[k], STR("Beside"), "AWS::S3::Bucket", nowhere);
		ir_depend(s.g[k], r, STR("Beside"));
		if (k == 1) {
			extra(&s, k, "x");
			ir_depend(s.g[k], r, STR("Extra"));
		}
	}
	expect(&s, "parameter Mode String\n"
		   "condition ModeIsNotFast not\n"
		   "\t- equals\n"
		   "\t\t- ref Mode\n"
		   "\t\t- text \"fast\"\n"
		   "condition ModeIsSlow equals\n"
		   "\t- ref Mode\n"
		   "\t- text \"slow\"\n"
		   "resource Store AWS::S3::Bucket\n"
		   "resource Waits AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotFast\n"
		   "\t.depends_on Beside\n"
		   "\t.metadata object\n"
		   "\t\tOrder list\n"
		   "\t\t\t- if ModeIsSlow\n"
		   "\t\t\t\t- ref Extra\n"
		   "\t\t\t\t- text \"\"\n"
		   "resource Beside AWS::S3::Bucket\n"
		   "\t.condition ModeIsNotFast\n"
		   "resource Extra AWS::S3::Bucket\n"
		   "\t.condition ModeIsSlow\n"
		   "\tOf text \"x\"\n");
}

Test(merge, an_order_stands_beside_other_metadata_and_leaves_the_graphs_as_they_are)
{
	struct several s = {0};
	struct ir_value *told;
	struct ir *merged;

	begin(&s, 2, "Mode", "fast slow");
	wait_for(&s, 1);
	told = ir_put_int(s.g[0], ir_object(s.g[0]), "A", 1);
	s.r[0]->metadata = told;
	s.r[1]->metadata = told;
	merged = ir_merge(&s.in);
	cr_assert_not_null(merged);
	cr_expect_not_null(ir_get(ir_find(merged, STR("Store"))->metadata, STR("A")));
	cr_expect_not_null(ir_get(ir_find(merged, STR("Store"))->metadata, STR("Order")));
	cr_expect_eq(told->nmembers, 1);
	arena_release(&s.a);
}

/* ---- what no parameter can decide ---- */

Test(merge, metadata_that_values_decide_holds_no_order)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	wait_for(&s, 1);
	s.r[1]->metadata = ir_put_int(s.g[1], ir_object(s.g[1]), "A", 1);
	expect_fault(&s,
		     "with another value, the resource `Store` of the template would be another");
}

Test(merge, types_and_policies_cannot_differ)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	s.r[1]->deletion_policy = IR_RETAIN;
	expect_fault(&s,
		     "with another value, the resource `Store` of the template would be another");
	begin(&s, 2, "Mode", "fast slow");
	extra(&s, 0, "x");
	ir_add(s.g[1], STR("Extra"), "AWS::SNS::Topic", nowhere);
	expect_fault(&s,
		     "with another value, the resource `Extra` of the template would be another");
}

Test(merge, mappings_rules_and_defaults_cannot_differ)
{
	struct several s = {0};

	begin(&s, 2, "Mode", "fast slow");
	for (size_t k = 0; k < 2; k++)
		ir_add_rule(s.g[k], STR("Region"), ir_int(s.g[k], (int64_t)k), STR("d"));
	expect_fault(&s, "with another value, the part `Region` of the template would be another");
	begin(&s, 2, "Mode", "fast slow");
	ir_add_parameter(s.g[0], STR("Image"), "String", STR(""), nowhere);
	ir_add_parameter(s.g[1], STR("Image"), "Number", STR(""), nowhere);
	expect_fault(&s,
		     "with another value, the parameter `Image` of the template would be another");
}

Test(merge, a_resource_of_some_combinations_cannot_be)
{
	struct several s = {0};

	begin(&s, 4, "Size Mode", "s fast s slow l fast l slow");
	extra(&s, 0, "x");
	extra(&s, 3, "x");
	expect_fault(&s,
		     "with another value, whether there is the resource `Extra` of the template "
		     "would be another");
}
