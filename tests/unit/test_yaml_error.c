/* SPDX-License-Identifier: Apache-2.0 */
/* test_yaml_error.c - mistakes in YAML that people make, and how they are explained. */
#include "front.h"

#include <criterion/criterion.h>

/* Each text has one fault; the finding is compared with its place. */
static const struct row {
	const char *text, *findings;
} rows[] = {
	/* tabs */
	{"a:\n\tb: 1\n", "E0005 2:1-2:2 a tab indents this line\n"},
	{"a:\n  b: 1\n\t\tc: 2\n", "E0005 3:1-3:3 a tab indents this line\n"},
	{"a: |\n\tx\n", "E0005 2:1-2:2 a tab indents this line\n"},
	{"-\ta\n", "E0005 1:2-1:3 a tab stands where YAML takes only blanks\n"},
	/* a blank is missing after a colon or a dash */
	{"a: 1\nRegion:us\nb: x\n", "E0005 2:7-2:8 a blank must follow the colon of a key\n"},
	{"Region:us\nb: x\n", "E0005 1:7-1:8 a blank must follow the colon of a key\n"},
	{"a:\n  Os:x\n  c: 1\n", "E0005 2:5-2:6 a blank must follow the colon of a key\n"},
	{"a:\n  Os:x # y\n  c: 1\n", "E0005 2:5-2:6 a blank must follow the colon of a key\n"},
	{"a:\n  - b\n  -c\n", "E0005 3:3-3:4 a blank must follow the `-` of a list item\n"},
	/* the format of another age */
	{"# mine\n[global]\nx = 1\n",
	 "E0005 2:1-2:9 this is an INI file of ParallelCluster 2, not YAML\n"},
	/* no colon at all */
	{"a: 1\nfoo\nb: 2\n", "E0005 2:1-2:4 this line is no `key: value`: it has no colon\n"},
	{"a = 1\nb: 2\n", "E0005 1:1-1:6 this line is no `key: value`: it has no colon\n"},
	/* colons too many */
	{"a: b: c\n", "E0005 1:5-1:6 a second `: ` stands in the value of `a`\n"},
	/* indentation */
	{"a: 1\n  b: 2\n", "E0005 2:3-2:4 `b` is indented like a part of `a`, which has a value\n"
			   "- 1:1-1:5 has a value already\n"},
	{"a:\n   b: 1\n  c: 2\n",
	 "E0005 3:3-3:4 the indentation of this line, 2, fits no line above\n"},
	{"  a: 1\nb: 2\n", "E0005 2:1-2:2 the indentation of this line, 0, fits no line above\n"},
	{"a:\n  - x\n  b: 1\n", "E0005 3:3-3:4 a key stands among the items of a list\n"
				"- 2:3-2:3 the list begins here\n"},
	{"a:\n  b: 1\n  - x\n", "E0005 3:3-3:4 a list item stands among the keys of a mapping\n"
				"- 2:3-2:3 the mapping begins here\n"},
	{"a: - b\n", "E0005 1:4-1:5 a list cannot begin on the line of its key\n"},
	/* quotes and brackets */
	{"a: \"x\nb: 2\n", "E0005 1:4-1:5 the quote that opens here is not closed\n"},
	{"a: 'x\n---\n", "E0005 1:4-1:5 the quote that opens here is not closed\n"},
	{"a: \"x\" y\n", "E0005 1:8-1:9 nothing may follow the closing quote of a value\n"},
	{"a: 'it's'\n", "E0005 1:8-1:10 nothing may follow the closing quote of a value\n"},
	{"a: {b: 1} x\n", "E0005 1:11-1:12 nothing may follow the closing `}`\n"},
	{"a: [1, 2\nb: 3\n", "E0005 1:4-1:5 the `[` that opens here is not closed\n"
			     "- 2:2-2:3 `,` or `]` should be here\n"},
	{"a: {b: 1 c: 2}\n", "E0005 1:11-1:12 `,` or `}` must stand before this\n"
			     "- 1:4-1:5 inside what opens here\n"},
	{"a:\n  b: [1,\n", "E0005 3:1-3:1 the file ends inside a `[` or `{`\n"},
	{"a: ]\n", "E0005 1:4-1:5 a value must stand before this\n"},
	{"a: \"C:\\Users\"\n",
	 "E0005 1:7-1:9 `\\U` is no escape that YAML knows, or has too few digits\n"},
	{"a: \"\\d\"\n",
	 "E0005 1:5-1:7 `\\d` is no escape that YAML knows, or has too few digits\n"},
	/* characters that mean something */
	{"a: @x\n", "E0005 1:4-1:5 text cannot begin with `@` in YAML\n"},
	{"a: %x\n", "E0005 1:4-1:5 text cannot begin with `%` in YAML\n"},
	{"a: *.txt\n", "E0005 1:4-1:5 `*` begins an alias, which needs a name\n"},
	{"a: & b\n", "E0005 1:4-1:5 `&` begins an anchor, which needs a name\n"},
	{"a: !f!b x\n",
	 "E0005 1:4-1:10 text that begins with `!` is a tag, and this one is unknown\n"},
	{"a: | text\n  x\n", "E0005 1:6-1:10 only a comment may follow `|` or `>` on its line\n"},
	{"a: 1\n...\nb: 2\n", "E0005 3:1-3:5 `...` ended the document on line 2\n"},
	/* without a row: libyaml's own words */
	{"%YAML 2.0\n---\na: 1\n", "E0005 1:1-1:2 found incompatible YAML document\n"},
	/* places are bytes there as well */
	{"\xc3\xa4: \"\xf0\x9f\x98\x80\" y\n",
	 "E0005 1:8-1:9 nothing may follow the closing quote of a value\n"},
};

Test(yaml_error, says_what_the_writer_did)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f = {0};

		front_read(&f, str_c(rows[i].text), NULL);
		cr_expect_null(f.root);
		assert_text(front_findings(&f), rows[i].findings);
		front_end(&f);
	}
}

Test(yaml_error, a_missing_blank_can_be_put_in)
{
	struct front f = {0};

	front_read(&f, STR("a: 1\nRegion:us\n"), NULL);
	cr_assert_not_null(f.ds.first->fixes);
	assert_text(f.ds.first->fixes->text, " ");
	cr_expect_eq(f.ds.first->fixes->at.lo, 12);
	assert_text(f.ds.first->subs->text, "write `Region: us`");
	front_end(&f);
}
