/* SPDX-License-Identifier: Apache-2.0 */
/* test_format.c - the layout of YAML texts that files beside a test would not hold well. */
#include "compiler/base/buf.h"
#include "compiler/format/format.h"
#include "compiler/format/yaml_same.h"
#include "compiler/source/lines.h"
#include "front.h"

#include <criterion/criterion.h>

/* Formats text and wants `want`, and that once more changes nothing. */
static void check(struct str text, struct str want)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct str got = format_yaml(&a, &ds, source_new(&a, STR("t.yaml"), text));

	cr_assert_eq(ds.errors, 0);
	cr_assert(str_eq(got, want), "got:\n" STR_F "\nnot:\n" STR_F "\n", STR_A(got), STR_A(want));
	got = format_yaml(&a, &ds, source_new(&a, STR("t.yaml"), want));
	cr_assert(str_eq(got, want), "again:\n" STR_F "\n", STR_A(got));
	arena_release(&a);
}

#define SAME(text) check(STR(text), STR(text))
#define BECOMES(text, want) check(STR(text), STR(want))

Test(format, line_ends_become_one_kind)
{
	BECOMES("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n");
	BECOMES("a: 1\rb: 2", "a: 1\nb: 2\n");
	BECOMES("a: 1\xc2\x85"
		"b: 2",
		"a: 1\nb: 2\n");
	BECOMES("a: |\r\n   x\r\n\r\n   y\r\nb: 'c\r\n d'\r\n", "a: |\n  x\n\n  y\nb: 'c\n  d'\n");
}

Test(format, line_ends_that_are_text_stay)
{
	SAME("a: |\n  x\xe2\x80\xa8  y\xe2\x80\xa9"
	     "b: 1\n");
	BECOMES("a: \"x\xe2\x80\xa8    y\"\n", "a: \"x\xe2\x80\xa8  y\"\n");
}

Test(format, a_byte_order_mark_stays)
{
	BECOMES("\xef\xbb\xbf\n\n# c\na:   1", "\xef\xbb\xbf# c\na: 1\n");
}

Test(format, a_block_scalar_at_the_end_keeps_its_end)
{
	SAME("a: |\n  x");
	SAME("a: |+\n  x\n\n\n");
	SAME("a: |+\n  x");
	BECOMES("a: |-\n  x", "a: |-\n  x\n");
	BECOMES("a: |\n  x\n\n\n", "a: |\n  x\n");
	BECOMES("a: |", "a: |\n");
	SAME("a: |+\n\n\n");
	BECOMES("a: |\n\n\n", "a: |\n");
	BECOMES("a: |\n  x\n  ", "a: |\n  x\n");
	SAME("a: |\n  x\n   \n");
}

Test(format, indentation_that_a_header_names_stays)
{
	BECOMES("a:\n    b: |1\n       c\n      d\n", "a:\n  b: |1\n     c\n    d\n");
	SAME("- |3\n    x\n");
	SAME("--- |1\n  x\n y\n");
}

Test(format, text_that_would_be_a_sign_stays_where_it_is)
{
	SAME("   --- : 1\n");
	SAME("\n ... x\n");
	BECOMES(" ----:   1\n", "----: 1\n");
	BECOMES("a:\n    --- b\n", "a: --- b\n");
}

Test(format, what_needs_a_blank_keeps_it)
{
	SAME("[a: , b]\n");
	SAME("{a: }\n");
	SAME("[&a , *a, !!str , ? b : c]\n");
	SAME("x: &x y\n*x : z\n");
	BECOMES("{\"a\":1, b:  , c: 2}\n", "{\"a\": 1, b: , c: 2}\n");
	BECOMES("[a: # c\n , b]\n", "[\n  a: ,  # c\n  b\n]\n");
}

Test(format, a_mark_that_is_none_becomes_none)
{
	SAME("a: \"b\"# hpcc:ignore W0601\n");
	SAME("a: |# hpcc:ignore W0601\n  b\n");
	BECOMES("a: \"b\"# other\n", "a: \"b\"  # other\n");
}

Test(format, an_empty_text_is_no_fault)
{
	SAME("");
	BECOMES("\n  \n\n", "");
	BECOMES("  # c", "# c\n");
	BECOMES("---\n\n\n...", "---\n\n...\n");
}

Test(format, what_cannot_be_read_is_refused)
{
	static const struct row {
		const char *text, *code;
	} rows[] = {
		{"a: [", "E0005"},
		{"a: 1\na: 2\n", "E0010"},
		{"a: 1\n---\nb: 1\n", "E0007"},
		{"a: !Ref  x\n", "E0012"},
		{"a: *b\n", "E0011"},
		{"a: \xff\n", "E0003"},
		{"a: \x01\n", "E0004"},
		{"? [a]\n: 1\n", "E0013"},
		{"a: !!int  x\n", "E0020"},
		{"a: &a [*a]\n", "E0019"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = {0};
		struct diags ds = {.arena = &a};
		struct str got =
			format_yaml(&a, &ds, source_new(&a, STR("t.yaml"), str_c(rows[i].text)));

		cr_assert_null(got.s);
		cr_assert_not_null(ds.first);
		assert_text(diag_code(ds.first->id), rows[i].code);
		arena_release(&a);
	}
}

/* Comments in front of a deep value get its indentation. */
Test(format, a_text_that_grows_too_large_is_refused)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct buf b = buf_in(&a);
	struct str got;

	for (size_t i = 0; i < 97; i++) {
		buf_pad(&b, ' ', i);
		buf_add(&b, STR("a:\n"));
	}
	for (size_t i = 0; i < 100000; i++)
		buf_add(&b, STR("#\n"));
	buf_pad(&b, ' ', 97);
	buf_add(&b, STR("a: 1\n"));
	got = format_yaml(&a, &ds, source_new(&a, STR("t.yaml"), buf_str(&b)));
	cr_assert_null(got.s);
	assert_text(diag_code(ds.first->id), "E0002");
	arena_release(&a);
}

Test(format, the_ending_of_a_name_chooses)
{
	cr_assert(format_for(STR("a/b.yml")) == format_yaml);
	cr_assert(format_for(STR("<stdin>")) == format_yaml);
	cr_assert(format_knows(STR("a.yaml")) && format_knows(STR("a.yml")));
	cr_assert(!format_knows(STR("a.yaml.bak")) && !format_knows(STR("yaml")));
}

/* Do the texts say the same, as trees and as pieces? */
static void check_same(const char *x, const char *y, bool trees, bool pieces)
{
	struct front f = {0}, g = {0};
	struct pieces p, q;

	front_read(&f, str_c(x), NULL);
	front_read(&g, str_c(y), NULL);
	p = pieces_read(&f.a, f.src);
	q = pieces_read(&g.a, g.src);
	cr_assert_eq(trees_same(f.root, g.root), trees, "%s | %s", x, y);
	cr_assert_eq(pieces_same(&p, &q), pieces, "%s | %s", x, y);
	front_end(&f);
	front_end(&g);
}

Test(format, differences_are_seen)
{
	check_same("a: 1\n", "a:   1 \n", true, true);
	check_same("a: [1, b]\n", "a: [1,\n b]\n", true, true);
	check_same("a: 1\n", "a: '1'\n", false, false);
	check_same("a: b\n", "a: 'b'\n", false, false);
	check_same("a: 'b'\n", "a: \"b\"\n", true, false);
	check_same("a: 1\nb: 2\n", "b: 2\na: 1\n", false, false);
	check_same("a: [1]\n", "a: [1, 2]\n", false, false);
	check_same("a: {b: 1}\n", "a: {b: 1, c: 2}\n", false, false);
	check_same("a: [1]\n", "a:\n  - 1\n", true, false);
	check_same("1: a\n", "'1': a\n", false, false);
	check_same("a: &x 1\n", "a: 1\n", true, false);
	check_same("a: 1 # b\n", "a: 1 # c\n", true, false);
	check_same("a: 1 # b\n", "a: 1\n", true, false);
	check_same("a: | # b\n  x\n", "a: | # c\n  x\n", true, false);
	check_same("a: |\n  x\n", "a: |\n  y\n", false, true);
	check_same("a: \"x\n  y\"\n", "a: \"x\n  z\"\n", false, true);
}

/* Edits between two texts make one of the other, and change no more lines than `most`. */
static void check_lines(const char *x, const char *y, const char *diff)
{
	struct arena a = {0};
	struct source *src = source_new(&a, STR("f"), str_c(x));
	struct edits e = lines_between(&a, str_c(x), str_c(y));

	assert_text(fixes_apply(&a, src, &e), y);
	assert_text(fixes_diff(&a, src, &e), diff);
	arena_release(&a);
}

Test(lines, meet_where_they_are_the_same)
{
	check_lines("a\nb\n", "a\nb\n", "");
	check_lines("a:  1\n\n\nb: 2\nc:  3\n", "a: 1\n\nb: 2\nc: 3\n",
		    "--- f\n+++ f\n@@ -1,5 +1,4 @@\n-a:  1\n+a: 1\n \n-\n b: 2\n-c:  3\n+c: 3\n");
	check_lines("a: [b,\n  c]\nd: 1\n", "a: [b, c]\nd: 1\n",
		    "--- f\n+++ f\n@@ -1,3 +1,2 @@\n-a: [b,\n-  c]\n+a: [b, c]\n d: 1\n");
	check_lines("a", "a\n",
		    "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
	check_lines("", "a\n", "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
	check_lines("a\n", "", "--- f\n+++ f\n@@ -1,1 +0,0 @@\n-a\n");
	check_lines("x\ny\n", "other\ntext\ny\n",
		    "--- f\n+++ f\n@@ -1,2 +1,3 @@\n-x\n-y\n+other\n+text\n+y\n");
}
