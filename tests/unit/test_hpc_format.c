/* SPDX-License-Identifier: Apache-2.0 */
/* test_hpc_format.c - the layout of programs, of section 14 of doc/language.md. */
#include "compiler/format/format.h"
#include "front.h"

#include <criterion/criterion.h>

static void lays_out(const char *text, const char *want)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct str once = format_hpc(&a, &ds, source_new(&a, STR("t.hpc"), str_c(text)));
	struct str twice;

	cr_assert_eq(ds.errors, 0, "%s", text);
	assert_text(once, want);
	twice = format_hpc(&a, &ds, source_new(&a, STR("t.hpc"), once));
	assert_text(twice, want);
	arena_release(&a);
}

Test(hpc_format, blanks)
{
	lays_out("let   a=1+2*-x . y [0] ( !c , b:3 ) \r\n", "let a = 1 + 2 * -x.y[0](!c, b: 3)\n");
	lays_out("let a = { A :1,B:[ 1,2 , ],C:{ },D:f( ) ,}",
		 "let a = { A: 1, B: [1, 2], C: {}, D: f() }\n");
	lays_out("let a = [... b,1 .. 3,..2, 500GiB , 5  min,x [ 1.. ]]",
		 "let a = [...b, 1..3, ..2, 500 GiB, 5 min, x[1..]]\n");
	lays_out("type T={a:[ int(1 .. 3) ] ? ,b:\"x\"|\"y\"}\ntype F={...:string}",
		 "type T = { a: [int(1..3)]?, b: \"x\" | \"y\" }\ntype F = { ...: string }\n");
	lays_out("use  std / network as  n\nlet a = b/c", "use std/network as n\nlet a = b / c\n");
	lays_out("cluster c{A . \"b\"[ + ]:1,C[ * ] . D{E:- 1}}",
		 "cluster c { A.\"b\"[+]: 1, C[*].D { E: -1 } }\n");
	lays_out("let a = [0 . b, 5 GiB . c, 1 .. 2]", "let a = [0 .b, 5 GiB .c, 1..2]\n");
	lays_out("", "");
	lays_out("\n\n# only\n\n\n", "# only\n");
}

Test(hpc_format, lines)
{
	lays_out("cluster c { A: 1,\n  B: [1, 2], C: 3 }",
		 "cluster c {\n  A: 1\n  B: [1, 2]\n  C: 3\n}\n");
	lays_out("let a = f(\n1, 2)", "let a = f(\n  1,\n  2,\n)\n");
	lays_out("let a = [{\nA: 1 }]", "let a = [{\n  A: 1\n}]\n");
	lays_out("let a = [\n  {\n    A: 1\n  }\n]\n", "let a = [{\n  A: 1\n}]\n");
	lays_out("let a = [\n  1,\n  ..2\n]\n", "let a = [\n  1,\n  ..2\n]\n");
	lays_out("let a = {\n\n\n  A: 1\n\n\n  B: 2\n\n}\n\n\n\nlet b = 1",
		 "let a = {\n  A: 1\n\n  B: 2\n}\n\nlet b = 1\n");
	lays_out("for a,b in c{ cluster \"${a}\"{\n} }",
		 "for a, b in c {\n  cluster \"${a}\" {}\n}\n");
	lays_out("let a = b ??\nc\n?? d", "let a = b ??\n  c\n  ?? d\n");
	lays_out("let a = if b then 1\nelse if c then 2 else 3",
		 "let a = if b then 1\n  else if c then 2\n  else 3\n");
	lays_out("let a = { if b { A: 1 } else {\nA: 2 } }",
		 "let a = {\n  if b {\n    A: 1\n  } else {\n    A: 2\n  }\n}\n");
	lays_out("let aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = [1111111111111111, 2222222222222222, "
		 "3333333333333333, 44444444444]",
		 "let aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = [\n  1111111111111111\n  "
		 "2222222222222222\n  3333333333333333\n"
		 "  44444444444\n]\n");
}

Test(hpc_format, words)
{
	lays_out("fn f(a) = { A: a }\nfn g() : T={ }\nfn h()=[1]",
		 "fn f(a) { A: a }\nfn g(): T {}\nfn h() = [1]\n");
	lays_out("let a = [for x in y => { A: x }, if b then { A: 1 } else { A: 2 }]",
		 "let a = [for x in y { A: x }, if b { A: 1 } else { A: 2 }]\n");
	lays_out("let a = if b then { A: 1 }.A else 2\nlet c = { D: { E: 1 }, F { G: 1 } }",
		 "let a = if b then { A: 1 }.A else 2\nlet c = { D: { E: 1 }, F { G: 1 } }\n");
}

Test(hpc_format, comments)
{
	lays_out(
		"  # head\nlet a = [ # open\n1, # one\n   # own\n2 # two\n# end\n] # close\n# last",
		"# head\nlet a = [  # open\n  1  # one\n  # own\n  2  # two\n  # end\n]  # "
		"close\n# last\n");
	lays_out("let a = f(1 # one\n, 2)", "let a = f(\n  1,  # one\n  2,\n)\n");
	lays_out("let a = 1 + # plus\n# own\n2", "let a = 1 +  # plus\n  # own\n  2\n");
	lays_out("let a = { # why\n}", "let a = {  # why\n}\n");
	lays_out("for\n## no doc\na in b { for d in c {\n} }\n",
		 "for\n  ## no doc\n  a in b {\n    for d in c {}\n  }\n");
	lays_out("let a = [1 # one\n, # two\n   # own\n 2 # three\n,]",
		 "let a = [\n  1  # one\n  # two\n  # own\n  2  # three\n]\n");
	lays_out("fn f(a # one\n, # two\n b) = 1", "fn f(\n  a,  # one\n  # two\n  b,\n) = 1\n");
	lays_out("let a = [for x in y # why\n=> { A: x }]",
		 "let a = [\n  for x in y  # why\n    => { A: x }\n]\n");
	lays_out("let a = if b # why\nthen { A: 1 }", "let a = if b  # why\n  then { A: 1 }\n");
	lays_out("fn f() {}\nlet a = { A: 1 }\ntype T = {}",
		 "fn f() {}\nlet a = { A: 1 }\ntype T = {}\n");
	lays_out("fn f(a = {}): { b: int = 1 } = { b: 1 }\nfn g(): { b: int = 1 } { b: 1 }\nlet a "
		 "= {}",
		 "fn f(a = {}): { b: int = 1 } { b: 1 }\nfn g(): { b: int = 1 } { b: 1 }\nlet a = "
		 "{}\n");
	lays_out("fn f(a) # why\n= { A: a }", "fn f(a)  # why\n  = { A: a }\n");
}

Test(hpc_format, texts)
{
	lays_out("cluster c {\nA: \"\"\"\n      x ${y}\n\n        z\n      \"\"\"\n}",
		 "cluster c {\n  A: \"\"\"\n    x ${y}\n\n      z\n    \"\"\"\n}\n");
	lays_out("let a = \"${  f( 1,2 )  }\"", "let a = \"${  f( 1,2 )  }\"\n");
}

Test(hpc_format, refuses_what_does_not_parse)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};

	cr_expect_null(format_hpc(&a, &ds, source_new(&a, STR("t.hpc"), STR("let a = [1 2]"))).s);
	cr_expect_eq(ds.errors, 1);
	arena_release(&a);
}
