/* SPDX-License-Identifier: Apache-2.0 */
/* test_emit.c - templates as JSON and YAML: exact bytes where they matter, and read back by other parsers. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "lowering/emit/emit.h"
#include "lowering/emit/formats.h"

#include <criterion/criterion.h>
#include <string.h>
#include <yaml.h>

#define EQ(got, want) \
	cr_assert(str_eq(got, want), "got:\n" STR_F "\nwant:\n" STR_F, STR_A(got), STR_A(want))

static const struct ir_origin nowhere;
static const struct emit_style two = {2};

static struct ir *graph_of(struct arena *a, struct ir *(*fill)(struct ir *g))
{
	return fill(ir_new(a));
}

/* Puts v where the tests look for it: the member "V" of the template's metadata. */
static struct ir *with_value(struct ir *g, struct ir_value *v)
{
	g->metadata = ir_put(g, ir_object(g), "V", v);
	return g;
}

static struct ir *with_text(struct arena *a, struct str s)
{
	struct ir *g = ir_new(a);

	return with_value(g, ir_text(g, s));
}

/* Texts that are hard for one writer or the other. */
static const struct str hard[] = {
	STR_INIT(""),
	STR_INIT(" "),
	STR_INIT("yes"),
	STR_INIT("No"),
	STR_INIT("on"),
	STR_INIT("OFF"),
	STR_INIT("y"),
	STR_INIT("N"),
	STR_INIT("true"),
	STR_INIT("False"),
	STR_INIT("null"),
	STR_INIT("Null"),
	STR_INIT("~"),
	STR_INIT("010"),
	STR_INIT("0x1F"),
	STR_INIT("0b11"),
	STR_INIT("1_000"),
	STR_INIT("1:30"),
	STR_INIT("12"),
	STR_INIT("-12"),
	STR_INIT("+1"),
	STR_INIT("1.5"),
	STR_INIT("1e3"),
	STR_INIT(".inf"),
	STR_INIT("-.INF"),
	STR_INIT(".nan"),
	STR_INIT(".5"),
	STR_INIT("2010-09-09"),
	STR_INIT("2001-12-14t21:59:43.10-05:00"),
	STR_INIT("<<"),
	STR_INIT("="),
	STR_INIT("-"),
	STR_INIT("- a"),
	STR_INIT("---"),
	STR_INIT("..."),
	STR_INIT("? a"),
	STR_INIT(":"),
	STR_INIT(": a"),
	STR_INIT("a: b"),
	STR_INIT("a:"),
	STR_INIT("a #b"),
	STR_INIT("a#b"),
	STR_INIT("#a"),
	STR_INIT("&a"),
	STR_INIT("*a"),
	STR_INIT("!a"),
	STR_INIT("!Ref a"),
	STR_INIT("|"),
	STR_INIT(">"),
	STR_INIT("%a"),
	STR_INIT("@a"),
	STR_INIT("`a"),
	STR_INIT("'a'"),
	STR_INIT("it's"),
	STR_INIT("\"a\""),
	STR_INIT("{a}"),
	STR_INIT("[a]"),
	STR_INIT("a, b"),
	STR_INIT("a,b]"),
	STR_INIT(" leading"),
	STR_INIT("trailing "),
	STR_INIT("\ttab"),
	STR_INIT("tab\t"),
	STR_INIT("back\\slash"),
	STR_INIT("/var/log"),
	STR_INIT("arn:aws:iam::123456789012:role/x"),
	STR_INIT("one\n"),
	STR_INIT("one\ntwo"),
	STR_INIT("one\ntwo\n"),
	STR_INIT("one\ntwo\n\n"),
	STR_INIT("\n"),
	STR_INIT("\n\n"),
	STR_INIT("\nafter"),
	STR_INIT("  indented\nnot\n"),
	STR_INIT("a\n  b\n\n  c\n"),
	STR_INIT("trailing \nspace\n"),
	STR_INIT("end space\n "),
	STR_INIT("a\n\tb\n"),
	STR_INIT("#!/bin/sh\n# comment\nx=$1 # y\n"),
	STR_INIT("a\r\nb\r\n"),
	STR_INIT("a\rb"),
	STR_INIT("\x01\x02\x1f\x7f"),
	STR_INIT("a\0b"),
	STR_INIT("\b\f"),
	STR_INIT("\xc3\xa9"),
	STR_INIT("\xc3\xa9\nline\n"),
	STR_INIT("\xe2\x82\xac 5"),
	STR_INIT("\xe2\x80\xa8"),
	STR_INIT("\xc2\x85"),
	STR_INIT("\xef\xbb\xbf"
		 "bom"),
	STR_INIT("\xf0\x9f\x98\x80"),
	STR_INIT("\xf4\x8f\xbf\xbf"),
};

static void expect_ascii(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		cr_assert(text.s[i] == '\n' || (text.s[i] >= ' ' && text.s[i] <= '~'),
			  "byte %zu is %d", i, text.s[i]);
}

/* Nothing that moves a terminal's cursor, in no encoding. */
static void expect_no_controls(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		cr_assert(text.s[i] == '\n' || text.s[i] < 0 ||
				  (text.s[i] >= ' ' && text.s[i] <= '~'),
			  "byte %zu is %d", i, text.s[i]);
	cr_assert_eq(str_find_str(text, STR("\xc2\x85"), 0), SIZE_MAX);
}

static const struct json_value *read_json(struct arena *a, struct str text)
{
	struct str why = {0};
	const struct json_value *v = json_read(a, text, &why);

	cr_assert_not_null(v, STR_F, STR_A(why));
	return v;
}

Test(json, hard_texts_are_read_back_by_jansson)
{
	for (size_t i = 0; i < ARRAY_LEN(hard); i++) {
		struct arena a = {0};
		struct str text = emit_cfn_json(&a, with_text(&a, hard[i]), two);
		const struct json_value *v =
			json_get(json_get(read_json(&a, text), STR("Metadata")), STR("V"));

		expect_no_controls(text);
		EQ(v->text, hard[i]);
		arena_release(&a);
	}
}

/* The value of "V" as JSON text. */
static struct str json_of(struct arena *a, struct ir *g)
{
	struct str text = emit_cfn_json(a, g, (struct emit_style){EMIT_MINIFIED});
	size_t at = str_find_str(text, STR("\"V\":"), 0) + 4;

	return str_slice(text, at, text.n - 3);
}

Test(json, escapes_are_the_shortest_and_the_fewest)
{
	static const struct {
		struct str text;
		const char *json;
	} cases[] = {
		{STR_INIT("\"\\/\b\f\n\r\t"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
		{STR_INIT("\x01\x1f\x7f"), "\"\\u0001\\u001f\\u007f\""},
		{STR_INIT("\0"), "\"\\u0000\""},
		{STR_INIT("\xc3\xa9\xe2\x82\xac"), "\"\xc3\xa9\xe2\x82\xac\""},
		{STR_INIT("\xf0\x90\x80\x80"), "\"\xf0\x90\x80\x80\""},
		{STR_INIT("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\""},
		{STR_INIT("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\""},
		{STR_INIT("\xc2\x80\xc2\x9f\xc2\xa0"), "\"\\u0080\\u009f\xc2\xa0\""},
		{STR_INIT("\xe2\x80\xa8\xe2\x80\xae\xef\xbb\xbf"), "\"\\u2028\\u202e\\ufeff\""},
		{STR_INIT("sixteen plain ch\x7f"), "\"sixteen plain ch\\u007f\""},
		{STR_INIT("\"sixteen plain c\\"), "\"\\\"sixteen plain c\\\\\""},
		{STR_INIT(""), "\"\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};

		EQ(json_of(&a, with_text(&a, cases[i].text)), str_c(cases[i].json));
		arena_release(&a);
	}
}

Test(json, text_that_is_not_utf8_is_a_bug, .exit_code = 70)
{
	struct arena a = {0};

	emit_cfn_json(&a, with_text(&a, STR("\xff")), two);
}

static struct ir_value *func2(struct ir *g, enum ir_kind kind, const char *text, const char *x,
			      const char *y)
{
	struct ir_value *f = ir_func(g, kind, str_c(text));

	ir_push(g, f, ir_text(g, str_c(x)));
	if (y != NULL)
		ir_push(g, f, ir_text(g, str_c(y)));
	return f;
}

/* Every function, with its argument a text and, where that is allowed, another function. */
static struct ir *functions(struct ir *g)
{
	struct ir_value *l = ir_list(g), *select = ir_func(g, IR_SELECT, (struct str){0});
	struct ir_value *find = func2(g, IR_FINDINMAP, "", "M", "K");
	struct ir_value *joined = ir_func(g, IR_JOIN, STR(""));
	struct ir_value *cidr = ir_func(g, IR_CIDR, STR(""));

	ir_push(g, l, ir_ref(g, STR("A")));
	ir_push(g, l, ir_ref(g, STR("AWS::NoValue")));
	ir_push(g, l, ir_getatt(g, STR("A"), STR("B.C")));
	ir_push(g, l, ir_sub(g, STR("${A}")));
	ir_push(g, l, ir_put_text(g, ir_sub(g, STR("${X}")), "X", STR("$1")));
	ir_push(g, l, func2(g, IR_JOIN, ",", "a", "b"));
	ir_push(g, joined, func2(g, IR_SPLIT, ",", "a,b", NULL));
	ir_push(g, l, joined);
	select->integer = 1;
	ir_push(g, select, ir_push(g, ir_list(g), ir_text(g, STR("x"))));
	ir_push(g, l, select);
	ir_push(g, l, ir_push(g, find, ir_ref(g, STR("AWS::Region"))));
	ir_push(g, l, func2(g, IR_IF, "C", "a", "b"));
	ir_push(g, l, ir_base64(g, ir_text(g, STR("x"))));
	ir_push(g, l, ir_base64(g, ir_sub(g, STR("x"))));
	ir_push(g, l,
		ir_push(g, ir_func(g, IR_NOT, (struct str){0}), func2(g, IR_EQUALS, "", "a", "b")));
	ir_push(g, l, func2(g, IR_IMPORT, "", "x", NULL));
	ir_push(g, l, func2(g, IR_GETAZS, "", "", NULL));
	ir_push(g, cidr, ir_ref(g, STR("A")));
	ir_push(g, l, ir_push(g, ir_push(g, cidr, ir_int(g, 256)), ir_int(g, 64)));
	return with_value(g, l);
}

Test(json, functions_have_their_form)
{
	static const char want[] =
		"[{\"Ref\":\"A\"},{\"Ref\":\"AWS::NoValue\"},{\"Fn::GetAtt\":[\"A\",\"B.C\"]},"
		"{\"Fn::Sub\":\"${A}\"},{\"Fn::Sub\":[\"${X}\",{\"X\":\"$1\"}]},"
		"{\"Fn::Join\":[\",\",[\"a\",\"b\"]]},"
		"{\"Fn::Join\":[\"\",{\"Fn::Split\":[\",\",\"a,b\"]}]},"
		"{\"Fn::Select\":[1,[\"x\"]]},"
		"{\"Fn::FindInMap\":[\"M\",\"K\",{\"Ref\":\"AWS::Region\"}]},"
		"{\"Fn::If\":[\"C\",\"a\",\"b\"]},{\"Fn::Base64\":\"x\"},"
		"{\"Fn::Base64\":{\"Fn::Sub\":\"x\"}},"
		"{\"Fn::Not\":[{\"Fn::Equals\":[\"a\",\"b\"]}]},{\"Fn::ImportValue\":\"x\"},"
		"{\"Fn::GetAZs\":\"\"},{\"Fn::Cidr\":[{\"Ref\":\"A\"},256,64]}]";
	struct arena a = {0};

	EQ(json_of(&a, graph_of(&a, functions)), STR(want));
	arena_release(&a);
}

/* A format with a variable each of what can stand in it and what cannot. */
static struct ir *variables(struct ir *g)
{
	struct ir_value *s = ir_sub(g, STR("${T}-${T}, ${R} ${G} ${!T} ${A} ${P} ${S} ${J} ${"));

	ir_put_text(g, s, "T", STR("text"));
	ir_put(g, s, "R", ir_ref(g, STR("AWS::Region")));
	ir_put(g, s, "G", ir_getatt(g, STR("A"), STR("B.C")));
	ir_put_text(g, s, "P", STR("{x}"));
	ir_put(g, s, "S", ir_ref(g, STR("P")));
	ir_put(g, s, "J", func2(g, IR_JOIN, ",", "a", "b"));
	return with_value(g, s);
}

Test(json, sub_has_values_in_its_format_where_they_mean_the_same)
{
	static const char want[] =
		"{\"Fn::Sub\":[\"text-text, ${AWS::Region} ${A.B.C} ${!T} ${A} ${P} ${S} ${J} ${\","
		"{\"P\":\"{x}\",\"S\":{\"Ref\":\"P\"},\"J\":{\"Fn::Join\":[\",\",[\"a\",\"b\"]]}}]"
		"}";
	struct arena a = {0};

	EQ(json_of(&a, graph_of(&a, variables)), STR(want));
	arena_release(&a);
}

Test(yaml, functions_have_short_tags)
{
	static const char want[] = "Metadata:\n"
				   "  V:\n"
				   "  - !Ref A\n"
				   "  - !Ref AWS::NoValue\n"
				   "  - !GetAtt A.B.C\n"
				   "  - !Sub '${A}'\n"
				   "  - !Sub\n    - '${X}'\n    - X: '$1'\n"
				   "  - !Join\n    - ','\n    - - a\n      - b\n"
				   "  - !Join\n    - ''\n    - !Split\n      - ','\n      - a,b\n"
				   "  - !Select\n    - 1\n    - - x\n"
				   "  - !FindInMap\n    - M\n    - K\n    - !Ref AWS::Region\n"
				   "  - !If\n    - C\n    - a\n    - b\n"
				   "  - !Base64 x\n"
				   "  - Fn::Base64: !Sub x\n"
				   "  - !Not\n    - !Equals\n      - a\n      - b\n"
				   "  - !ImportValue x\n"
				   "  - !GetAZs ''\n"
				   "  - !Cidr\n    - !Ref A\n    - 256\n    - 64\n";
	struct arena a = {0};
	struct str text = emit_cfn_yaml(&a, graph_of(&a, functions), two);

	EQ(str_slice(text, str_find_str(text, STR("Metadata:"), 0), text.n), STR(want));
	arena_release(&a);
}

/* All parts of a template, each with all it can have. */
static struct ir *all_parts(struct ir *g)
{
	struct ir_parameter *p = ir_add_parameter(g, STR("P"), "String", STR("said"), nowhere);
	struct ir_resource *r = ir_add(g, STR("R"), "AWS::EC2::EIP", nowhere);
	struct ir_output *o;

	g->description = STR("d");
	with_value(g, ir_object(g));
	p->default_value = ir_text(g, STR("x"));
	p->allowed_pattern = STR("[a-z]+");
	p->no_echo = true;
	ir_add_mapping(g, STR("M"),
		       ir_put(g, ir_object(g), "K", ir_put(g, ir_object(g), "V", ir_list(g))));
	ir_add_condition(g, STR("C"), func2(g, IR_EQUALS, "", "a", "b"));
	r->condition = STR("C");
	ir_depend(g, r, STR("B"));
	r->creation_policy = ir_put_int(g, ir_object(g), "Count", -1);
	r->update_policy = ir_object(g);
	r->deletion_policy = IR_RETAIN;
	r->update_replace_policy = IR_DELETE;
	r->metadata = ir_put(g, ir_object(g), "m", ir_number(g, 0.1));
	ir_put(g, r->properties, "Tags", ir_push(g, ir_list(g), ir_null(g)));
	r = ir_add(g, STR("B"), "AWS::EC2::EIP", nowhere);
	ir_depend(g, r, STR("Z"));
	ir_depend(g, r, STR("Y"));
	r->deletion_policy = IR_SNAPSHOT;
	r = ir_add(g, STR("K"), "AWS::EC2::EIP", nowhere);
	r->deletion_policy = IR_RETAIN_EXCEPT_ON_CREATE;
	r->update_replace_policy = IR_RETAIN;
	o = ir_add_output(g, STR("O"), STR("said"), ir_bool(g, true), nowhere);
	o->condition = STR("C");
	o->export_name = ir_ref(g, STR("P"));
	return g;
}

static const char parts_json[] =
	"{\"AWSTemplateFormatVersion\":\"2010-09-09\",\"Description\":\"d\","
	"\"Metadata\":{\"V\":{}},"
	"\"Parameters\":{\"P\":{\"Type\":\"String\",\"Default\":\"x\","
	"\"AllowedPattern\":\"[a-z]+\",\"NoEcho\":true}},"
	"\"Mappings\":{\"M\":{\"K\":{\"V\":[]}}},"
	"\"Conditions\":{\"C\":{\"Fn::Equals\":[\"a\",\"b\"]}},"
	"\"Resources\":{\"R\":{\"Type\":\"AWS::EC2::EIP\",\"Condition\":\"C\",\"DependsOn\":\"B\","
	"\"CreationPolicy\":{\"Count\":-1},\"UpdatePolicy\":{},\"DeletionPolicy\":\"Retain\","
	"\"UpdateReplacePolicy\":\"Delete\",\"Metadata\":{\"m\":0.1},"
	"\"Properties\":{\"Tags\":[null]}},"
	"\"B\":{\"Type\":\"AWS::EC2::EIP\",\"DependsOn\":[\"Z\",\"Y\"],"
	"\"DeletionPolicy\":\"Snapshot\"},"
	"\"K\":{\"Type\":\"AWS::EC2::EIP\",\"DeletionPolicy\":\"RetainExceptOnCreate\","
	"\"UpdateReplacePolicy\":\"Retain\"}},"
	"\"Outputs\":{\"O\":{\"Condition\":\"C\",\"Value\":true,"
	"\"Export\":{\"Name\":{\"Ref\":\"P\"}}}}}\n";

Test(json, all_parts_stand_in_their_order)
{
	struct arena a = {0};

	EQ(emit_cfn_json(&a, graph_of(&a, all_parts), (struct emit_style){EMIT_MINIFIED}),
	   STR(parts_json));
	arena_release(&a);
}

/* jansson writes the same bytes from what it reads, with every indentation. */
Test(json, layout_is_that_of_jansson)
{
	for (int indent = 1; indent < 9; indent++) {
		struct arena a = {0};
		struct ir *g = graph_of(&a, indent % 2 == 0 ? functions : all_parts);
		struct str text = emit_cfn_json(&a, g, (struct emit_style){indent});
		struct str again =
			json_write(&a, read_json(&a, text), (unsigned)indent, JSON_ASCII);

		EQ(text, arena_fmt(&a, STR_F "\n", STR_A(again)));
		arena_release(&a);
	}
}

Test(json, deep_values_are_written)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct ir_value *v = ir_text(g, STR("x"));

	for (int i = 0; i < 400; i++)
		v = i % 2 == 0 ? ir_push(g, ir_list(g), v) : ir_put(g, ir_object(g), "k", v);
	read_json(&a, emit_cfn_json(&a, with_value(g, v), two));
	cr_assert(emit_cfn_yaml(&a, g, two).n > 0);
	arena_release(&a);
}

Test(json, auto_shortens_only_where_that_helps)
{
	static const struct {
		size_t size;
		bool shortened;
	} cases[] = {{1000, false}, {51000, false}, {60000, true}, {400000, false}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct ir *g = ir_new(&a);
		struct ir_value *l = ir_list(g);
		struct str text;

		for (size_t n = 0; n + 40 < cases[i].size; n += 44)
			ir_push(g, l, ir_put_int(g, ir_object(g), "key", 100000));
		with_value(g, l);
		text = emit_cfn_json(&a, g, (struct emit_style){EMIT_AUTO});
		cr_assert_eq(str_find_str(text, STR(": "), 0) == SIZE_MAX, cases[i].shortened,
			     "%zu: %zu bytes", cases[i].size, text.n);
		arena_release(&a);
	}
}

/* The longest line, without its end. */
static size_t longest_line(struct str text)
{
	size_t most = 0;

	while (text.s != NULL) {
		struct str line = str_cut(&text, '\n');

		most = line.n > most ? line.n : most;
	}
	return most;
}

/*
 * What auto makes of graphs of all sizes around the limit, each with a text of 4,000 bytes that has a shorter form of
 * 1,000: it never needs a bucket where the minified text does not, means the same, and is the first in the order of
 * emit.h that fits.
 */
Test(json, auto_stays_readable_as_long_as_it_can)
{
	bool text_once = false, packed_once = false, lines_once = false;

	for (size_t size = 20000; size < 80000; size += 400) {
		struct arena a = {0};
		struct ir *g = ir_new(&a);
		struct ir_value *l = ir_list(g), *both = ir_object(g);
		char *longer = arena_alloc(&a, 4001, 1), *shorter = arena_alloc(&a, 1001, 1);
		struct str minified, text;
		bool has_text;

		memset(longer, '\t', 2000); /* each of these takes two bytes */
		memset(longer + 2000, 'l', 2000);
		memset(shorter, 's', 1000);
		ir_put(g, both, "code",
		       ir_text_or(g, (struct str){longer, 4000}, (struct str){shorter, 1000}));
		for (size_t n = 0; n < size; n += 20)
			ir_push(g, l, ir_put_int(g, ir_object(g), "key", 100000));
		ir_put(g, both, "list", l);
		with_value(g, both);
		minified = emit_cfn_json(&a, g, (struct emit_style){EMIT_MINIFIED});
		text = emit_cfn_json(&a, g, (struct emit_style){EMIT_AUTO});
		has_text = str_find_str(text, STR("llll"), 0) != SIZE_MAX;
		read_json(&a, text);
		cr_assert(has_text != (str_find_str(text, STR("ssss"), 0) != SIZE_MAX));
		cr_assert(str_find_str(minified, STR("ssss"), 0) != SIZE_MAX);
		if (minified.n <= CFN_DIRECT_LIMIT)
			cr_assert_leq(text.n, CFN_DIRECT_LIMIT, "%zu", size);
		else
			cr_assert(has_text && str_find_str(text, STR(": "), 0) != SIZE_MAX);
		if (minified.n + 5000 <= CFN_DIRECT_LIMIT)
			cr_assert(has_text, "%zu", size);
		text_once = text_once || (text.n <= CFN_DIRECT_LIMIT && has_text &&
					  str_find_str(text, STR(": "), 0) == SIZE_MAX);
		packed_once = packed_once || !has_text;
		lines_once =
			lines_once || (text.n <= CFN_DIRECT_LIMIT && text.n > minified.n + 5000 &&
				       longest_line(text) > 10000);
		arena_release(&a);
	}
	cr_assert(text_once && packed_once && lines_once, "%d %d %d", text_once, packed_once,
		  lines_once);
}

/* ---- YAML ---- */

/* The scalar after the key "V", as libyaml's parser reads it. */
static struct str yaml_value(struct arena *a, struct str text, bool *ret_plain)
{
	yaml_parser_t parser;
	yaml_event_t e;
	struct str got = {0};
	bool next = false, done = false;

	cr_assert(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.s, text.n);
	while (!done) {
		cr_assert(yaml_parser_parse(&parser, &e), "line %zu: %s in\n" STR_F,
			  parser.problem_mark.line, parser.problem, STR_A(text));
		if (e.type == YAML_SCALAR_EVENT) {
			struct str s = {(char *)e.data.scalar.value, e.data.scalar.length};

			if (next) {
				got = arena_str(a, s);
				*ret_plain = e.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
			}
			next = !next && str_eq(s, STR("V")) && got.s == NULL;
		}
		done = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	cr_assert_not_null(got.s);
	return got;
}

/* Hard texts that need no quotes: a reader of YAML 1.1 sees a text anyway. */
static bool may_be_plain(struct str s)
{
	static const char *const plain[] = {"a#b",
					    "it's",
					    "a, b",
					    "a,b]",
					    "back\\slash",
					    "/var/log",
					    "arn:aws:iam::123456789012:role/x"};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (str_eq(s, str_c(plain[i])))
			return true;
	return false;
}

Test(yaml, hard_texts_are_read_back_by_libyaml_and_quoted)
{
	for (size_t i = 0; i < ARRAY_LEN(hard); i++) {
		struct arena a = {0};
		struct str text = emit_cfn_yaml(&a, with_text(&a, hard[i]), two);
		bool plain = false;

		expect_ascii(text);
		EQ(yaml_value(&a, text, &plain), hard[i]);
		cr_assert_eq(plain, may_be_plain(hard[i]), STR_F, STR_A(text));
		arena_release(&a);
	}
}

Test(yaml, hard_texts_are_read_back_as_keys)
{
	for (size_t i = 0; i < ARRAY_LEN(hard); i++) {
		struct arena a = {0};
		struct ir *g = ir_new(&a);
		struct ir_value *o = ir_put_str(g, ir_object(g), hard[i], ir_text(g, STR("z")));
		bool plain;

		/* The first scalar after V is the key. */
		EQ(yaml_value(&a, emit_cfn_yaml(&a, with_value(g, o), two), &plain), hard[i]);
		arena_release(&a);
	}
}

Test(yaml, text_of_several_lines_is_a_block)
{
	struct arena a = {0};
	struct ir *g = ir_new(&a);
	struct str text;

	with_value(g, ir_base64(g, ir_sub(g, STR("#!/bin/sh\necho \"${A}\"\n  x: y\n"))));
	text = emit_cfn_yaml(&a, g, two);
	EQ(str_slice(text, str_find_str(text, STR("Metadata:"), 0), text.n),
	   STR("Metadata:\n  V:\n    Fn::Base64: !Sub |\n      #!/bin/sh\n      echo \"${A}\"\n"
	       "        x: y\n"));
	arena_release(&a);
}

Test(yaml, all_parts_stand_in_their_order)
{
	static const char want[] =
		"AWSTemplateFormatVersion: '2010-09-09'\n"
		"Description: d\n"
		"Metadata:\n  V: {}\n"
		"Parameters:\n  P:\n    Type: String\n    Description: said\n"
		"    Default: x\n    AllowedPattern: '[a-z]+'\n    NoEcho: true\n"
		"Mappings:\n  M:\n    K:\n      V: []\n"
		"Conditions:\n  C: !Equals\n  - a\n  - b\n"
		"Resources:\n  R:\n    Type: AWS::EC2::EIP\n    Condition: C\n"
		"    DependsOn: B\n    CreationPolicy:\n      Count: -1\n"
		"    UpdatePolicy: {}\n    DeletionPolicy: Retain\n"
		"    UpdateReplacePolicy: Delete\n    Metadata:\n      m: 0.1\n"
		"    Properties:\n      Tags:\n      - null\n"
		"  B:\n    Type: AWS::EC2::EIP\n    DependsOn:\n    - Z\n    - 'Y'\n"
		"    DeletionPolicy: Snapshot\n"
		"  K:\n    Type: AWS::EC2::EIP\n    DeletionPolicy: RetainExceptOnCreate\n"
		"    UpdateReplacePolicy: Retain\n"
		"Outputs:\n  O:\n    Description: said\n    Condition: C\n"
		"    Value: true\n    Export:\n      Name: !Ref P\n";
	struct arena a = {0};

	EQ(emit_cfn_yaml(&a, graph_of(&a, all_parts), two), STR(want));
	arena_release(&a);
}

Test(emit, only_minified_text_leaves_out_descriptions)
{
	static const struct {
		int indent;
		bool described;
	} cases[] = {{EMIT_AUTO, true}, {1, true}, {EMIT_MINIFIED, false}};

	for (size_t i = 0; i < ARRAY_LEN(cases) * emitters_n; i++) {
		struct arena a = {0};
		int indent = cases[i / emitters_n].indent;
		struct str text = emitters[i % emitters_n].emit(&a, graph_of(&a, all_parts),
								(struct emit_style){indent});

		cr_expect_eq(str_find_str(text, STR("said"), 0) != SIZE_MAX,
			     cases[i / emitters_n].described, STR_F " with %d",
			     STR_A(emitters[i % emitters_n].name), indent);
		arena_release(&a);
	}
}

Test(emit, the_same_graph_gives_the_same_bytes)
{
	for (size_t i = 0; i < emitters_n; i++) {
		struct arena a = {0}, b = {0};
		struct str first, second;

		arena_alloc(&b, 1000, 1); /* other addresses */
		first = emitters[i].emit(&a, graph_of(&a, all_parts), two);
		second = emitters[i].emit(&b, graph_of(&b, all_parts), two);
		EQ(first, second);
		arena_release(&a);
		arena_release(&b);
	}
}
