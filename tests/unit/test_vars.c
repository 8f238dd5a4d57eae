/* SPDX-License-Identifier: Apache-2.0 */
/* test_vars.c - references to variables, and where their values come from. */
#include "compiler/base/buf.h"
#include "compiler/yaml/vars_file.h"
#include "front.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *environment(const char *name)
{
	if (strcmp(name, "FROM_ENV") == 0)
		return "env";
	return strcmp(name, "A") == 0 ? "wrong" : NULL;
}

/* A=1, B=two, EMPTY=; the environment has FROM_ENV and another A. */
static struct vars some(struct arena *a)
{
	struct vars v = {.environment = environment};

	cr_assert(vars_set(a, &v, STR("A=1")));
	cr_assert(vars_set(a, &v, STR("B=two")));
	cr_assert(vars_set(a, &v, STR("EMPTY=")));
	return v;
}

/* Expands text; *ret_whole may be NULL. The text itself is the source. */
static struct str expand(struct front *f, const char *text, bool *ret_whole)
{
	struct vars v = some(&f->a);
	struct vars_result out;
	size_t room = MOST_EXPANDED_MIB << 20;

	f->ds.arena = &f->a;
	f->src = source_new(&f->a, STR("t"), str_c(text));
	out = vars_expand(
		&f->a, &f->ds, &v,
		(struct vars_text){str_c(text), span_in(f->src, 0, SIZE_MAX), true, &room});
	cr_expect_eq(out.ok, f->ds.errors == 0);
	if (ret_whole != NULL)
		*ret_whole = out.whole;
	return out.text;
}

Test(vars, references_are_replaced)
{
	static const struct row {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"plain", "plain"},
		{"${A}", "1"},
		{"x${A}y${B}z", "x1ytwoz"},
		{"${FROM_ENV}", "env"},
		{"${EMPTY}", ""},
		{"${NONE:-}", ""},
		{"${NONE:-default}", "default"},
		{"${A:-default}", "1"},
		{"${EMPTY:-default}", "default"},
		{"${NONE:-a:-b}", "a:-b"},
		{"${NONE:-${B}}", "two"},
		{"${NONE:-<${NONE:-${A}}>}", "<1>"},
		{"$${A}", "${A}"},
		{"$$${A}", "$${A}"},
		{"$${A}${A}", "${A}1"},
		{"$A $(A) $ {A} $", "$A $(A) $ {A} $"},
		{"}${A}}", "}1}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f = {0};

		assert_text(expand(&f, rows[i].text, NULL), rows[i].want);
		cr_expect_eq(f.ds.errors, 0, "%s", rows[i].text);
		front_end(&f);
	}
}

Test(vars, knows_when_the_text_is_one_reference)
{
	static const struct row {
		const char *text;
		bool whole;
	} rows[] = {
		{"${A}", true},	  {"${NONE:-${A}}", true}, {"${A}${A}", false}, {" ${A}", false},
		{"${A}x", false}, {"$${A}", false},	   {"no", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f = {0};
		bool whole;

		expand(&f, rows[i].text, &whole);
		cr_expect_eq(whole, rows[i].whole, "%s", rows[i].text);
		front_end(&f);
	}
}

Test(vars, faults_are_shown_where_they_are)
{
	static const struct row {
		const char *text, *findings;
	} rows[] = {
		{"a${X}b", "E0016 1:2-1:6 the variable `X` is not set\n"},
		{"${X}${X}", "E0016 1:1-1:5 the variable `X` is not set\n"
			     "E0016 1:5-1:9 the variable `X` is not set\n"},
		{"${N:-${X}}", "E0016 1:6-1:10 the variable `X` is not set\n"},
		{"${}", "E0017 1:1-1:4 `${}` is not a variable reference\n"},
		{"${1A}", "E0017 1:1-1:6 `${1A}` is not a variable reference\n"},
		{"${a-b}", "E0017 1:1-1:7 `${a-b}` is not a variable reference\n"},
		{"${a.b}", "E0017 1:1-1:7 `${a.b}` is not a variable reference\n"},
		{"x ${A", "E0017 1:3-1:6 `${A` is not a variable reference\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f = {0};

		expand(&f, rows[i].text, NULL);
		assert_text(front_findings(&f), rows[i].findings);
		front_end(&f);
	}
}

Test(vars, a_faulty_reference_stays_as_it_is)
{
	struct front f = {0};

	assert_text(expand(&f, "${A}${X}${", NULL), "1${X}${");
	front_end(&f);
}

Test(vars, defaults_nest_only_so_deep)
{
	struct front f = {0};
	struct buf b = buf_in(&f.a);

	for (int i = 0; i < 50; i++)
		buf_add(&b, STR("${N:-"));
	buf_pad(&b, '}', 50);
	buf_char(&b, '\0');
	expand(&f, buf_str(&b).s, NULL);
	cr_expect_eq(f.ds.errors, 1);
	front_end(&f);
}

Test(vars, assignments)
{
	struct arena a = {0};
	struct vars v = {0};
	struct variable value;

	cr_expect_not(vars_set(&a, &v, STR("NAME")));
	cr_expect_not(vars_set(&a, &v, STR("=x")));
	cr_expect_not(vars_set(&a, &v, STR("a-b=x")));
	cr_expect(vars_set(&a, &v, STR("X=a=b")));
	cr_assert(vars_get(&v, &a, STR("X"), &value));
	assert_text(value.value, "a=b");
	cr_expect_not(vars_get(&v, &a, STR("Y"), &value));
	arena_release(&a);
}

Test(vars, set_goes_before_file_goes_before_environment)
{
	struct front f = {.ds.arena = &f.a};
	struct vars v = {.environment = environment};
	struct variable value;
	const struct source *src = source_new(
		&f.a, STR("v.yaml"), STR("A: file\nFROM_ENV: file\nB: file\ntwo-words: 1\n"));

	cr_assert(vars_load(&f.a, &f.ds, &v, src));
	cr_assert(vars_set(&f.a, &v, STR("B=set")));
	cr_assert(vars_get(&v, &f.a, STR("A"), &value));
	assert_text(value.value, "file");
	cr_assert(vars_get(&v, &f.a, STR("B"), &value));
	assert_text(value.value, "set");
	cr_assert(vars_get(&v, &f.a, STR("FROM_ENV"), &value));
	assert_text(value.value, "file");
	front_end(&f);
}

/* Loads text as a file of variables into v. */
static bool load(struct front *f, struct vars *v, const char *text)
{
	f->ds.arena = &f->a;
	return vars_load(&f->a, &f->ds, v, source_new(&f->a, STR("v"), str_c(text)));
}

Test(vars, files_keep_the_text_of_values)
{
	struct front f = {0};
	struct vars v = {0};
	struct variable value;

	cr_assert(load(&f, &v, "{\"N\": 010, \"T\": yes, \"E\": null, \"R\": \"${N}\"}"));
	cr_assert(vars_get(&v, &f.a, STR("N"), &value));
	assert_text(value.value, "010");
	cr_assert(vars_get(&v, &f.a, STR("T"), &value));
	assert_text(value.value, "yes");
	cr_assert(vars_get(&v, &f.a, STR("E"), &value));
	assert_text(value.value, "");
	cr_assert(vars_get(&v, &f.a, STR("R"), &value));
	assert_text(value.value, "${N}");
	cr_assert(load(&f, &v, "N: later"));
	cr_assert(vars_get(&v, &f.a, STR("N"), &value));
	assert_text(value.value, "later");
	front_end(&f);
}

Test(vars, files_must_be_flat)
{
	struct front f = {0};
	struct vars v = {0};

	cr_expect_not(load(&f, &v, "A: 1\nB: [1]\nC: {x: 1}\n"));
	assert_text(front_findings(&f), "E0018 2:1-2:2 `B` must have one plain value\n"
					"E0018 3:1-3:2 `C` must have one plain value\n");
	front_end(&f);
	f = (struct front){0};
	cr_expect_not(load(&f, &v, "[A]"));
	assert_text(front_findings(&f), "E0023 1:1-1:4 a file of variables is a mapping of names "
					"to values, not a list\n");
	front_end(&f);
}

Test(vars, whole_plain_scalars_are_typed_after_replacement)
{
	struct front f = {0};
	struct vars v = some(&f.a);

	front_read(&f,
		   STR("whole: ${A}\nquoted: \"${A}\"\npart: ${A}0\nempty: ${EMPTY}\n${A}: key\n"
		       "literal: $${A}\nblock: |\n  ${A}\n"),
		   &v);
	cr_expect_eq(front_at(&f, "whole")->kind, NODE_INT);
	cr_expect_eq(front_at(&f, "whole")->integer, 1);
	cr_expect_eq(front_at(&f, "quoted")->kind, NODE_STRING);
	cr_expect_eq(front_at(&f, "part")->kind, NODE_STRING);
	assert_text(front_at(&f, "part")->text, "10");
	cr_expect_eq(front_at(&f, "empty")->kind, NODE_NULL);
	assert_text(front_at(&f, "${A}")->text, "key");
	assert_text(front_at(&f, "literal")->text, "${A}");
	assert_text(front_at(&f, "block")->text, "1\n");
	cr_expect_eq(f.ds.errors, 0);
	front_end(&f);
}

Test(vars, unset_ones_are_found_in_every_kind_of_scalar)
{
	struct front f = {0};
	struct vars v = {0};

	front_read(&f,
		   STR("p: x ${X}\nq: 'ä${X}'\ne: \"\\t${X} ${X}\"\nb: |\n  one\n  two ${X}\n"
		       "m: a\n  ${X}\n"),
		   &v);
	assert_text(front_findings(&f), "E0016 1:6-1:10 the variable `X` is not set\n"
					"E0016 2:6-2:10 the variable `X` is not set\n"
					"E0016 3:7-3:11 the variable `X` is not set\n"
					"E0016 3:12-3:16 the variable `X` is not set\n"
					"E0016 6:7-6:11 the variable `X` is not set\n"
					"E0016 8:3-8:7 the variable `X` is not set\n");
	cr_expect(front_at(&f, "p")->poisoned);
	front_end(&f);
}

Test(vars, without_them_references_are_text)
{
	struct front f = {0};

	front_read(&f, STR("a: ${X}\nb: $${X}\n"), NULL);
	assert_text(front_at(&f, "a")->text, "${X}");
	assert_text(front_at(&f, "b")->text, "$${X}");
	cr_expect_eq(f.ds.errors, 0);
	front_end(&f);
}
