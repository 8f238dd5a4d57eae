/* SPDX-License-Identifier: Apache-2.0 */
/* test_yaml_read.c - trees, places and faults of YAML texts. */
#include "compiler/base/buf.h"
#include "front.h"

#include <criterion/criterion.h>

/* Reads text and compares the printed tree, or "none", and the findings. */
static void check(struct str text, const char *tree, const char *findings)
{
	struct front f = {0};

	front_read(&f, text, NULL);
	assert_text(f.root != NULL ? tree_print(&f.a, f.root) : STR("none"), tree);
	assert_text(front_findings(&f), findings);
	front_end(&f);
}

Test(yaml_read, every_value_has_its_place)
{
	check(STR("# c\nRegion: eu-west-1 # c\nImage: {Os: alinux2023,  Custom: , X}\nL:\n- "
		  "'a'\n-\n"
		  "- \"b\\n\"\nT: |\n  one\n  two\n\n\nE:\nZ: ~\n"),
	      "map 6  @2:1-14:5\n"
	      "  Region: string \"eu-west-1\"  @2:9-2:18\n"
	      "  Image: map 3  @3:8-3:38\n"
	      "    Os: string \"alinux2023\"  @3:13-3:23\n"
	      "    Custom: null \"\"  @3:33-3:33\n"
	      "    X: null \"\"  @3:37-3:37\n"
	      "  L: list 3  @5:1-7:8\n"
	      "    - string \"a\"  @5:3-5:6\n"
	      "    - null \"\"  @6:2-6:2\n"
	      "    - string \"b\\n\"  @7:3-7:8\n"
	      "  T: string \"one\\ntwo\\n\"  @8:4-10:6\n"
	      "  E: null \"\"  @13:3-13:3\n"
	      "  Z: null \"~\"  @14:4-14:5\n",
	      "");
}

Test(yaml_read, places_are_bytes_behind_wide_characters)
{
	struct front f = {0};

	front_read(&f,
		   STR("\xef\xbb\xbf\xc3\xa4\xf0\x9f\x98\x80: '\xe2\x82\xac'\r\nb: \xc3\xb6x # "
		       "\xc3\xb6\r\nc: d"),
		   NULL);
	cr_assert_eq(f.ds.errors, 0);
	assert_text(span_text(f.root->map.entries[0].key_at), "\xc3\xa4\xf0\x9f\x98\x80");
	assert_text(span_text(f.root->map.entries[0].value->at), "'\xe2\x82\xac'");
	assert_text(span_text(f.root->map.entries[1].value->at), "\xc3\xb6x");
	assert_text(span_text(f.root->map.entries[2].value->at), "d");
	front_end(&f);
}

Test(yaml_read, places_hold_after_many_wide_characters)
{
	struct front f = {0};
	struct buf b = buf_in(&f.a);

	for (int i = 0; i < 300; i++)
		buf_fmt(&b, "k%d: \xc3\xa4\xe2\x82\xac%d\n", i, i);
	front_read(&f, buf_str(&b), NULL);
	cr_assert_eq(f.root->map.n, 300);
	for (size_t i = 0; i < 300; i++) {
		const struct entry *e = &f.root->map.entries[i];

		assert_text(span_text(e->key_at), arena_fmt(&f.a, "k%zu", i).s);
		assert_text(span_text(e->value->at),
			    arena_fmt(&f.a, "\xc3\xa4\xe2\x82\xac%zu", i).s);
	}
	front_end(&f);
}

Test(yaml_read, anchors_and_tags_are_not_part_of_a_place)
{
	check(STR("a: &x !!str 5\nb: !!map &y\n  c: 1\nd: !<tag:yaml.org,2002:int> \"7\"\ne: "
		  "&z\nf: ! 8\n"),
	      "map 5  @1:1-6:7\n"
	      "  a: string \"5\"  @1:13-1:14\n"
	      "  b: map 1  @3:3-3:7\n"
	      "    c: int 1 \"1\"  @3:6-3:7\n"
	      "  d: int 7 \"7\"  @4:29-4:32\n"
	      "  e: null \"\"  @5:3-5:3\n"
	      "  f: string \"8\"  @6:6-6:7\n",
	      "");
}

Test(yaml_read, aliases_share_and_print_once)
{
	check(STR("a: &x {k: 1}\nb: *x\nc: [*x, &s v, *s]\n? *s\n: key\n"),
	      "map 4  @1:1-5:6\n"
	      "  a: map 1  @1:7-1:13\n"
	      "    k: int 1 \"1\"  @1:11-1:12\n"
	      "  b: map 1 repeated  @1:7-1:13\n"
	      "  c: list 3  @3:4-3:18\n"
	      "    - map 1 repeated  @1:7-1:13\n"
	      "    - string \"v\"  @3:12-3:13\n"
	      "    - string \"v\"  @3:12-3:13\n"
	      "  v: string \"key\"  @5:3-5:6\n",
	      "");
}

Test(yaml_read, an_anchor_given_again_counts_from_there)
{
	struct front f = {0};

	front_read(&f, STR("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), NULL);
	cr_expect_eq(front_at(&f, "b")->integer, 1);
	cr_expect_eq(front_at(&f, "d")->integer, 2);
	front_end(&f);
}

Test(yaml_read, merges_add_what_is_not_there)
{
	check(STR("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nm:\n  <<: [*x, *y]\n  a: 0\nq: {\"<<\": "
		  "1}\n"
		  "n: {<<: *x}\ni:\n  <<: {z: 1}\n"),
	      "map 6  @1:1-9:13\n"
	      "  x: map 2  @1:7-1:19\n"
	      "    a: int 1 \"1\"  @1:11-1:12\n"
	      "    b: int 1 \"1\"  @1:17-1:18\n"
	      "  y: map 2  @2:7-2:19\n"
	      "    b: int 2 \"2\"  @2:11-2:12\n"
	      "    c: int 2 \"2\"  @2:17-2:18\n"
	      "  m: map 3  @4:3-5:7\n"
	      "    a: int 0 \"0\"  @5:6-5:7\n"
	      "    b: int 1 \"1\"  @1:17-1:18\n"
	      "    c: int 2 \"2\"  @2:17-2:18\n"
	      "  q: map 1  @6:4-6:13\n"
	      "    <<: int 1 \"1\"  @6:11-6:12\n"
	      "  n: map 2  @7:4-7:12\n"
	      "    a: int 1 \"1\"  @1:11-1:12\n"
	      "    b: int 1 \"1\"  @1:17-1:18\n"
	      "  i: map 1  @9:3-9:13\n"
	      "    z: int 1 \"1\"  @9:11-9:12\n",
	      "");
	check(STR("a:\n  <<: text\n"), "map 1  @1:1-2:11\n  a: map 0  @2:3-2:11\n",
	      "E0014 2:7-2:11 `<<` merges mappings; this is text\n");
	check(STR("a:\n  <<: [{b: 1}, 2]\n"),
	      "map 1  @1:1-2:18\n  a: map 1  @2:3-2:18\n    b: int 1 \"1\"  @2:12-2:13\n",
	      "E0014 2:16-2:17 `<<` merges mappings; this is a number\n");
}

Test(yaml_read, duplicate_keys_keep_the_first)
{
	check(STR("a: 1\n\"a\": 2\nb: {c: 1, d: 1, c: 2, c: 3}\n"),
	      "map 2  @1:1-3:28\n"
	      "  a: int 1 \"1\" poisoned  @1:4-1:5\n"
	      "  b: map 2  @3:4-3:28\n"
	      "    c: int 1 \"1\" poisoned  @3:8-3:9\n"
	      "    d: int 1 \"1\"  @3:14-3:15\n",
	      "E0010 2:1-2:4 `a` is given twice in the same mapping\n"
	      "- 1:1-1:2 first given here\n"
	      "E0010 3:17-3:18 `c` is given twice in the same mapping\n"
	      "- 3:5-3:6 first given here\n"
	      "E0010 3:23-3:24 `c` is given twice in the same mapping\n"
	      "- 3:5-3:6 first given here\n");
}

Test(yaml_read, duplicate_keys_of_large_mappings)
{
	struct front f = {0};
	struct buf b = buf_in(&f.a);

	for (int i = 0; i < 50; i++)
		buf_fmt(&b, "k%d: %d\n", i % 49, i);
	front_read(&f, buf_str(&b), NULL);
	assert_text(front_findings(&f), "E0010 50:1-50:3 `k0` is given twice in the same mapping\n"
					"- 1:1-1:3 first given here\n");
	cr_expect_eq(f.root->map.n, 49);
	cr_expect_eq(front_at(&f, "k0")->integer, 0);
	front_end(&f);
}

Test(yaml_read, keys_are_text_whatever_they_look_like)
{
	struct front f = {0};

	front_read(&f, STR("1: a\nyes: b\n'2': c\n~: d\n? e\n: f\n"), NULL);
	cr_assert_eq(f.root->map.n, 5);
	cr_expect_eq(f.root->map.entries[0].key_kind, NODE_INT);
	cr_expect_eq(f.root->map.entries[1].key_kind, NODE_BOOL);
	cr_expect_eq(f.root->map.entries[2].key_kind, NODE_STRING);
	cr_expect_eq(f.root->map.entries[3].key_kind, NODE_NULL);
	assert_text(front_at(&f, "1")->text, "a");
	assert_text(front_at(&f, "e")->text, "f");
	front_end(&f);
	check(STR("? [1]\n: 2\na: {{x}}\n"), "map 1  @1:1-3:9\n  a: null \"\" poisoned  @3:4-3:9\n",
	      "E0013 1:3-1:6 a key must be text, not a list\n"
	      "E0013 3:5-3:8 a key must be text, not a mapping\n");
}

Test(yaml_read, aliases_that_lead_nowhere)
{
	check(STR("a: *x\n"), "map 1  @1:1-1:6\n  a: null \"\" poisoned  @1:4-1:6\n",
	      "E0011 1:4-1:6 the alias `*x` has no anchor before it\n");
	check(STR("a: &x\n  b: [*x]\n"),
	      "map 1  @1:1-2:10\n  a: map 1  @2:3-2:10\n    b: list 1  @2:6-2:10\n"
	      "      - null \"\" poisoned  @2:7-2:9\n",
	      "E0019 2:7-2:9 this alias stands inside the value it repeats\n"
	      "- 2:3-2:3 the value begins here\n");
	check(STR("*x : 1\n"), "map 0  @1:1-1:7\n",
	      "E0011 1:1-1:3 the alias `*x` has no anchor before it\n");
}

Test(yaml_read, tags_that_are_not_understood)
{
	check(STR("a: !Ref x\nb: !!set {x}\nc: !!int five\nd: &e !Sub y\n"),
	      "map 4  @1:1-4:13\n"
	      "  a: string \"x\" poisoned  @1:9-1:10\n"
	      "  b: map 1  @2:10-2:13\n"
	      "    x: null \"\"  @2:12-2:12\n"
	      "  c: string \"five\" poisoned  @3:10-3:14\n"
	      "  d: string \"y\" poisoned  @4:12-4:13\n",
	      "E0012 1:4-1:8 the tag `!Ref` means nothing here\n"
	      "E0012 2:4-2:9 the tag `!!set` means nothing here\n"
	      "E0020 3:10-3:14 `five` is not what its tag `!!int` says\n"
	      "E0012 4:7-4:11 the tag `!Sub` means nothing here\n");
}

Test(yaml_read, exactly_one_document)
{
	check(STR(""), "none", "E0006 1:1-1:1 the file is empty: it holds no configuration\n");
	check(STR("# only a comment\n"), "none",
	      "E0006 2:1-2:1 the file is empty: it holds no configuration\n");
	check(STR("---\n"), "none", "E0006 2:1-2:1 the file is empty: it holds no configuration\n");
	check(STR("---\na: 1\n...\n"), "map 1  @2:1-2:5\n  a: int 1 \"1\"  @2:4-2:5\n", "");
	check(STR("%YAML 1.2\n---\na: yes\n"),
	      "map 1  @3:1-3:7\n  a: bool true \"yes\"  @3:4-3:7\n", "");
	check(STR("a: 1\n---\nb: 2\n---\n"),
	      "map 1 poisoned  @1:1-1:5\n  a: int 1 \"1\"  @1:4-1:5\n",
	      "E0007 2:1-2:4 a second YAML document begins here; a file holds exactly one\n");
	check(STR("just text"), "string \"just text\"  @1:1-1:10\n", "");
}

Test(yaml_read, bad_bytes_are_shown_where_they_are)
{
	check(STR("a: b\nc: \xff\n"), "none", "E0003 2:4-2:5 the file is not UTF-8 text\n");
	check(STR("a: \xc3\xa4 \xc3"), "none", "E0003 1:6-1:7 the file is not UTF-8 text\n");
	check(STR("a: \xed\xa0\x80"), "none", "E0003 1:4-1:5 the file is not UTF-8 text\n");
	check(STR("\xff\xfe"
		  "a\0"),
	      "none", "E0003 1:1-1:2 the file is not UTF-8 text\n");
	check(STR("a: x\0y\n"), "none", "E0004 1:5-1:6 control character U+0000 is not allowed\n");
	check(STR("a: \x1b[31m"), "none",
	      "E0004 1:4-1:5 control character U+001B is not allowed\n");
	check(STR("a: \x7f"), "none", "E0004 1:4-1:5 control character U+007F is not allowed\n");
	check(STR("a: \xc2\x80"), "none",
	      "E0004 1:4-1:5 control character U+0080 is not allowed\n");
	check(STR("a: 1\n\xef\xbb\xbf"
		  "b: 2\n"),
	      "none", "E0004 2:1-2:2 control character U+FEFF is not allowed\n");
	check(STR("a: \"x\\0\\e\"\n"),
	      "map 1  @1:1-1:11\n  a: string \"x\\x00\\x1b\" poisoned  @1:4-1:11\n",
	      "E0004 1:4-1:11 control character U+0000 is not allowed\n");
}

/* n times `open`, then `middle`, then n times `close`. */
static struct str nested(struct arena *a, size_t n, const char *open, const char *middle,
			 const char *close)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_c(open));
	buf_add(&b, str_c(middle));
	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_c(close));
	return buf_str(&b);
}

Test(yaml_read, nesting_has_a_limit, .timeout = 10)
{
	struct arena a = {0};
	struct front f = {0};

	front_read(&f, nested(&a, 100, "[", "", "]"), NULL);
	cr_expect_eq(f.ds.errors, 0);
	front_end(&f);
	check(nested(&a, 101, "[", "", "]"), "none",
	      "E0008 1:101-1:101 nesting is deeper than 100 levels\n");
	check(nested(&a, 1000000, "[", "", ""), "none",
	      "E0008 1:101-1:101 nesting is deeper than 100 levels\n");
	check(nested(&a, 1000000, "{a: ", "", ""), "none",
	      "E0008 1:401-1:401 nesting is deeper than 100 levels\n");
	check(nested(&a, 1000000, "- ", "x", ""), "none",
	      "E0008 1:201-1:201 nesting is deeper than 100 levels\n");
	arena_release(&a);
}

Test(yaml_read, aliases_count_for_the_depth)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	buf_add(&b, STR("a0: &a0 {k: 1}\n"));
	for (int i = 1; i < 200; i++)
		buf_fmt(&b, "a%d: &a%d {k: *a%d}\n", i, i, i - 1);
	check(buf_str(&b), "none", "E0008 100:15-100:19 nesting is deeper than 100 levels\n");
	arena_release(&a);
}

Test(yaml_read, alias_bombs_are_refused, .timeout = 10)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	buf_add(&b, STR("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
	for (int i = 1; i < 30; i++)
		buf_fmt(&b, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	check(buf_str(&b), "none",
	      "E0009 14:12-14:16 the document has more than 100000 values, counting what aliases "
	      "repeat\n");
	arena_release(&a);
}

Test(yaml_read, text_that_stands_in_the_source_is_not_copied)
{
	struct front f = {0};

	front_read(&f, STR("a: plain\nb: 'quoted'\nc: \"esc\\x41ped\"\n"), NULL);
	cr_expect_eq(front_at(&f, "a")->text.s, f.src->text.s + 3);
	cr_expect_eq(front_at(&f, "b")->text.s, f.src->text.s + 13);
	assert_text(front_at(&f, "c")->text, "escAped");
	front_end(&f);
}
