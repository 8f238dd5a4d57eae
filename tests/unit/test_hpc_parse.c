/* SPDX-License-Identifier: Apache-2.0 */
/* test_hpc_parse.c - programs as they are understood; what is said of faults, once; limits. */
#include "compiler/base/buf.h"
#include "compiler/hpc/lex.h"
#include "front.h"

#include <criterion/criterion.h>
#include <string.h>

/* Parses text and compares the tree as it is printed, without its first line, with `want`. */
static void understands(const char *text, const char *want)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct source *src = source_new(&a, STR("t.hpc"), str_c(text));
	const struct program_file *file = hpc_parse(&a, &ds, src);
	struct str got = hpc_ast_print(&a, file);

	cr_expect_eq(ds.errors, 0, "%s: " STR_F, text,
		     STR_A(ds.first == NULL ? STR("") : ds.first->text));
	assert_text(str_slice(got, str_find(got, '\n', 0) + 1, got.n), want);
	arena_release(&a);
}

/* The value of `let a = TEXT` as it is shown. */
static void shows(const char *text, const char *want)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct expr *e = hpc_parse_expression(&a, &ds, source_new(&a, STR("t"), str_c(text)));

	cr_expect_eq(ds.errors, 0, "%s", text);
	assert_text(expr_shown(&a, e), want);
	arena_release(&a);
}

/* The codes of what is said of the text, with blanks between. */
static void says(const char *text, const char *want)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct buf b = buf_in(&a);
	const struct program_file *file =
		hpc_parse(&a, &ds, source_new(&a, STR("t.hpc"), str_c(text)));

	cr_expect_eq(file->faulty, ds.errors > 0, "%s", text);
	diags_sort(&ds);
	for (const struct diag *d = ds.first; d != NULL; d = d->next)
		buf_fmt(&b, "%s" STR_F, d == ds.first ? "" : " ", STR_A(diag_code(d->id)));
	cr_expect(str_eq(buf_str(&b), str_c(want)), "%s: " STR_F ", not %s", text,
		  STR_A(buf_str(&b)), want);
	arena_release(&a);
}

Test(hpc_parse, items)
{
	understands("language 1\nuse std/network\nuse \"./lib/teams.hpc\" as t\n",
		    "  use network std/network\n  use t \"./lib/teams.hpc\"\n");
	understands("## one\n## two\nparam env: \"dev\" | -1 = \"dev\"\n## three\n\ndeploy param "
		    "k: [KeyName]?\n",
		    "  param env : \"dev\" | -1 = \"dev\"\n    ## \"one\\ntwo\"\n  deploy param k "
		    ": [KeyName]?\n");
	understands(
		"type T = { a: int(1..3) = 2, b: network.Site }\ntype F = { ...: [T](1..) }\n",
		"  type T : { a: int(1..3) = 2, b: network.Site }\n  type F : { ...: [T](1..) }\n");
	understands("fn f(a: int, b = 1): SlurmQueue {\n  Name: a\n}\nfn g() = f(1)\n",
		    "  fn f(a: int, b = 1) : SlurmQueue = { Name: a }\n  fn g() = f(1)\n");
	understands(
		"policy p(c: Cluster) {\n  for q in c.Q if q.x {\n    assert q.y at q.z: \"m\"\n  "
		"}\n}\n",
		"  policy p(c: Cluster)\n    for q in c.Q if q.x { assert q.y at q.z: \"m\" }\n");
	understands(
		"for t in ts if t.a {\n  cluster \"${t.name}\" {}\n  if t.b { batch x {} } else if "
		"c { image y {} }\n}\n",
		"  for t in ts if t.a\n    declaration cluster \"${t.name}\"\n    if = t.b\n"
		"      declaration batch x\n    else\n      if = c\n        declaration image y\n");
}

Test(hpc_parse, entries)
{
	understands("cluster c {\n  A.\"b c\"[\"x\"][0].D: 1, E { F: 2 }\n  T[+] { K: 1 }\n  "
		    "Q[*].m: 2\n  ...base\n"
		    "  let n: int = 1\n  warn n == 1\n  if n > 0 { A: 1 } else if x { B: 2 } else "
		    "{ C: 3 }\n  then: 4\n}\n",
		    "  declaration cluster c\n    A.\"b c\"[\"x\"][0].D: 1\n    open E\n      F: "
		    "2\n    open T[+]\n      K: 1\n"
		    "    Q[*].m: 2\n    ...base\n    let n: int = 1\n    warn n == 1\n"
		    "    if n > 0 { A: 1 } else if x { B: 2 } else { C: 3 }\n    then: 4\n");
}

Test(hpc_parse, expressions)
{
	shows("a || b && c == d ?? e .. f + g * -h.i[0](1, j: 2)",
	      "a || b && c == d ?? e..f + g * -h.i[0](1, j: 2)");
	shows("(1 - 2) - 3 - 4", "(1 - 2) - 3 - 4");
	shows("if a then b else if c { D: 1 } else e",
	      "if a then b else if c then { D: 1 } else e");
	shows("[for n, x in xs for y in ..3 if y != n => x, ...z, 1 GiB]",
	      "[for n, x in xs for y in ..3 if y != n => x, ...z, 1 GiB]");
	shows("[for x in xs { A: x }][1..]", "[for x in xs => { A: x }][1..]");
	shows("\"a\\n${\"b${c}\"}\\u{41}\\${d}\"", "\"a\\n${\"b${c}\"}A\\${d}\"");
	shows("'a\\${b}'", "\"a\\\\\\${b}\"");
	shows("\"\"\"\n    a\n      b \\\n    c\n\n    ${d}\n    \"\"\"",
	      "\"a\\n  b c\\n\\n${d}\\n\"");
	shows("'''\n  \"x\" ${y} \\n\n  '''", "\"\\\"x\\\" \\${y} \\\\n\\n\"");
	shows("x.if.null", "x.if.null");
}

Test(hpc_parse, newlines)
{
	understands("let a =\n  1 +\n  2\n  * 3\nlet b = [\n  1, 2\n  3,\n  -4\n  (5)\n]\nlet c = "
		    "f(\n  1,\n  x\n  (2),\n)\n"
		    "let d = if a\n  then 1\n  else 2\nlet e = a\n  .b\n  ?? c\nlet f = [\n  for x "
		    "in xs\n    for y in x\n"
		    "    if y\n    => y\n]\n",
		    "  let a = 1 + 2 * 3\n  let b = [1, 2, 3, -4, (5)]\n  let c = f(1, x(2))\n"
		    "  let d = if a then 1 else 2\n  let e = a.b ?? c\n  let f = [for x in xs for "
		    "y in x if y => y]\n");
	understands("let a = 1\r\nlet b = \"\"\"\r\n  x\r\n  \"\"\"\r\n",
		    "  let a = 1\n  let b = \"x\\n\"\n");
	understands("\xef\xbb\xbf"
		    "let a = 1",
		    "  let a = 1\n");
}

Test(hpc_parse, one_error_for_a_mistake)
{
	says("let a = (1\n\nlet b = 2\n\nlet c = [1 2]\n", "E0713 E0714");
	says("cluster c {\n  A {\n    B: \"x\n  }\n  C = 1\n}\n", "E0702 E0712");
	says("cluster c {\n  A: 1\n  }\n}\n", "E0713");
	says("Region: x\nHeadNode:\n  A: subnet-0123\n  - b: |\n    'c\nlet a = 1 2\n",
	     "E0721 E0712");
	says("cluster c\n  A: 1\n  B: 2\n", "E0712");
	says("\xff", "E0003");
	says("let a = \"\x01\"", "E0701");
	says("", "");
	says("-\nr", "E0712");
	says("-", "E0716");
}

Test(hpc_parse, limits)
{
	static char text[3 << 20];
	struct arena a = {0};
	struct diags ds = {.arena = &a};

	memset(text, '(', HPC_MAX_DEPTH + 1);
	says(text, "E0008");
	memset(text, '-', HPC_MAX_DEPTH + 1);
	memcpy(text, "let a =", 7);
	text[HPC_MAX_DEPTH + 20] = '\0';
	memset(text + 7, '-', HPC_MAX_DEPTH + 13);
	says(text, "E0008");
	for (size_t i = 0; i < 2 * (size_t)HPC_MAX_CHAIN; i++)
		memcpy(text + 8 + 2 * i, "a+", 2);
	memcpy(text, "let a = ", 8);
	says(text, "E0008");
	memset(text, ' ', HPC_MAX_BYTES + 1);
	hpc_parse(&a, &ds, source_new(&a, STR("t.hpc"), (struct str){text, HPC_MAX_BYTES + 1}));
	cr_expect_eq(ds.errors, 1);
	cr_expect(str_eq(diag_code(ds.first->id), STR("E0002")));
	arena_release(&a);
}

/* Nearly every token of a program is needed: without it there is one error, and seldom more. */
Test(hpc_parse, without_a_token)
{
	static const char text[] =
		"use std/network\n\n## Size.\nparam n: int(1..9) = 2\n\n"
		"fn q(name: string, max: int = 3): SlurmQueue {\n  let facts = instance(name)\n"
		"  assert max <= 4: \"most is ${max}\"\n  Name: name\n"
		"  Resources: [{ Name: \"r\", Count: if max > 1 then 2 else 3 }]\n}\n\n"
		"cluster c {\n  Region: \"eu-west-1\"\n  HeadNode {\n    Size: 500 GiB\n"
		"    Net { Id: \"subnet-1\", Ip: true }\n  }\n  Queues: [\n    q(\"a\", max: n)\n"
		"    for x in [1, 2] => q(\"b${x}\")\n  ]\n  Tags[+]: { Key: \"k\" }\n}\n";
	struct arena a = {0};
	const struct source *src = source_new(&a, STR("t.hpc"), str_c(text));
	const struct lex *l = lex_text(&a, src);
	unsigned tried = 0, one = 0, many = 0;

	for (size_t i = 0; i + 1 < l->n; i++) {
		struct diags ds = {.arena = &a};
		struct str less =
			arena_fmt(&a, STR_F " %s", STR_A(str_slice(src->text, 0, l->tokens[i].lo)),
				  text + l->tokens[i].hi);

		hpc_parse(&a, &ds, source_new(&a, STR("t.hpc"), less));
		tried++;
		one += ds.errors == 1;
		many += ds.errors > 2;
	}
	cr_expect_gt(tried, 130, "%u", tried);
	cr_expect_leq(many, 3, "%u", many);
	cr_expect_geq(one, tried * 7 / 10, "%u of %u", one, tried);
	arena_release(&a);
}
