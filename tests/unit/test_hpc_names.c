/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hpc_names.c - names, modules, types and checks of programs without running them: what is found, where, and with
 * which help; frames and slots; and that what is long costs time in its length.
 */
#include "compiler/base/buf.h"
#include "compiler/hpc/names.h"
#include "compiler/hpc/static_check.h"

#include <criterion/criterion.h>

/* A program and what its passes found. */
struct run {
	struct arena a;
	struct diags ds;
	struct module_set files;
};

static struct run *run_with(const char *text,
			    enum hpc_read (*read)(void *, struct str, struct str,
						  const struct source **, struct str *))
{
	struct run *r = calloc(1, sizeof(*r));
	struct hpc_host host = {.data = r, .read = read};

	r->ds.arena = &r->a;
	r->files =
		modules_load(&r->a, &r->ds, source_new(&r->a, STR("main.hpc"), str_c(text)), &host);
	if (!r->files.faulty) {
		names_bind(&r->a, &r->ds, &r->files);
		if (r->ds.errors == 0)
			static_check(&r->a, &r->ds, type_maker_new(&r->a, &r->ds), &r->files,
				     facts_bundled());
		if (r->ds.errors == 0)
			names_unused(&r->ds, &r->files);
	}
	diags_sort(&r->ds);
	return r;
}

static void end(struct run *r)
{
	arena_release(&r->a);
	free(r);
}

/* "2:4 E0730 text | help" of each finding, a line each. */
static struct str findings(struct run *r)
{
	struct buf b = buf_in(&r->a);

	for (const struct diag *d = r->ds.first; d != NULL; d = d->next) {
		struct place p = source_place(d->at.src, d->at.lo);

		buf_fmt(&b, "%s%u:%u " STR_F " " STR_F, b.n > 0 ? "\n" : "", p.line, p.column,
			STR_A(diag_code(d->id)), STR_A(d->text));
		for (const struct diag_sub *s = d->subs; s != NULL; s = s->next)
			buf_fmt(&b, " | " STR_F, STR_A(s->text));
	}
	return buf_str(&b);
}

static void gives(const char *text, const char *want)
{
	struct run *r = run_with(text, NULL);
	struct str got = findings(r);

	cr_expect(str_eq(got, str_c(want)), "%s\n gives\n" STR_F "\n not\n%s", text, STR_A(got),
		  want);
	end(r);
}

/* The only finding begins so. */
static void begins(const char *text, const char *want)
{
	struct run *r = run_with(text, NULL);
	struct str got = findings(r);

	cr_expect(str_starts(got, str_c(want)) && str_find(got, '\n', 0) == got.n,
		  "%s\n gives\n" STR_F "\n not\n%s", text, STR_A(got), want);
	end(r);
}

Test(hpc_names, knows_what_is_meant)
{
	begins("let n = 1\nlet a = nod + n\nassert a == 1", "2:9 E0730 there is no `nod`");
	gives("let node = 1\nassert nod + 1 == 2",
	      "2:8 E0730 there is no `nod` | did you mean `node`?");
	gives("let a = lenght([1])", "1:9 E0730 there is no function `lenght` | write `len(…)`");
	gives("let a = concat([1], [2])", "1:9 E0730 there is no function `concat` | lists are "
					  "joined by `[...a, ...b]`, texts by `\"${a}${b}\"`");
	gives("let s = \"cd ${HOME}\"", "1:15 E0730 there is no `HOME` | for a variable of the "
					"shell write `\\${HOME}`, or use `'…'`");
	gives("cluster c {\n  Scheduling.Scheduler: slurm\n}",
	      "2:25 E0717 `slurm` is not a name; text needs quotes | write `\"slurm\"`");
	gives("cluster c {\n  HeadNode.InstanceType: t3.micro\n}",
	      "2:26 E0717 `t3.micro` is not a name; text needs quotes | write `\"t3.micro\"`");
	gives("cluster c {\n  Region: us-east-1\n}",
	      "2:11 E0717 `us-east-1` is not a name; text needs quotes | write `\"us-east-1\"`");
	gives("let site = { region: \"us-east-1\" }\ncluster c {\n  Region: sit.region\n}",
	      "3:11 E0730 there is no `sit` | did you mean `site`?");
	gives("cluster c {\n  Region: network.x\n}",
	      "2:11 E0717 `network.x` is not a name; text needs quotes | write `\"network.x\"`");
	gives("let a = network.head(1)",
	      "1:9 E0730 there is no `network` | is `use std/network` missing?");
	gives("let a = if yes then 1", "1:12 E0730 there is no `yes` | write `true`");
	gives("let r = \"${Region}\"", "1:12 E0731 `Region` is a property, not a name | to use a "
				       "value twice, name it: `let … = …` | for a variable of "
				       "the shell write `\\${Region}`, or use `'…'`");
	gives("let who = \"a\"\nlet s = 'hello ${who}'\nlet t = 'hello ${whom}'",
	      "2:16 W0764 in single quotes, `${who}` is text and not the value | for its value "
	      "write the text in double quotes");
}

Test(hpc_names, keeps_names_apart)
{
	begins("let a = 1\nlet a = 2", "2:5 E0732 `a` is declared twice");
	begins("fn f(a: int, a: int) = a", "1:14 E0732 `a` is declared twice");
	begins("fn f(x: int) = [for x in [1] => x]",
	       "1:21 E0733 `x` has a meaning in this file already");
	begins("let a = 1\nlet s = { let a = 2, K: a }",
	       "2:15 E0733 `a` has a meaning in this file already");
	gives("let a = 1\nfn f(a: int) = [for b in [a] => a + b]\nlet len = 2\nlet c = f(a) ", "");
	gives("let s = {\n  A: one\n  let one = 1\n  B { let two = one, C: two }\n  D { let two = "
	      "2, C: two }\n}",
	      "");
	begins("let s = { B { let two = 1 }, A: [two] }", "1:34 E0717");
}

Test(hpc_names, binds_calls)
{
	begins("let n = 1\nlet a = n(2)", "2:9 E0738 `n` is a value, not a function");
	begins("let n = \"a\"\nlet a = n.upper()",
	       "2:11 E0738 `upper` is a property, not a function | values have no functions");
	begins("fn f(n: int) = n\nlet a = f", "2:9 E0739 `f` is a function; call it: `f(…)`");
	begins("fn f(max: int) = max\nlet a = f(mx: 1)",
	       "2:11 E0740 `f` has no parameter `mx` | did you mean `max`?");
	begins("fn f(a: int, b: int) = a + b\nlet c = f(1)",
	       "2:9 E0741 `f` needs the argument `b` | it is `f(a, b)`");
	begins("fn f(a: int) = a\nlet c = f(1, 2)", "2:14 E0742 `f` takes 1 argument, not 2");
	begins("fn f(a: int) = a\nlet c = f(1, a: 2)", "2:14 E0743 `a` is given twice");
	gives("type Maybe = int?\nfn f(a: int, b: int = a, c: Maybe, d: int?) = [a, b, c, d]\nlet "
	      "x = f(1)\nlet y = min(1, 2, 3)",
	      "");
	begins("let a = replace(\"a\", \"b\")", "1:9 E0741 `replace` needs the argument `new`");
	begins("fn f(n: int): int = g(n)\nfn g(n: int): int = 1 + f(n)",
	       "2:25 E0737 `f` calls itself: `f` → `g` → `f`");
	begins("fn f(n: int = f(1)) = n", "1:15 E0737 `f` calls itself: `f` → `f`");
	gives("let b = f(0)\nfn f(x: int) = if x > 0 then b else 1", "");
}

Test(hpc_names, tells_what_is_not_used)
{
	begins("fn f() = [for x in [1] => 1]", "1:15 W0760 `x` is not used");
	begins("fn f(n: int) = 1", "1:6 W0761 the parameter `n` is not used");
	begins("use std/network\nlet a = 1", "1:5 W0762 the module `network` is not used");
	gives("fn f(_n: int) = [for _x in [1] => 1]", "");
	gives("let a = [for _, _ in [1] for _ in [2] => 1]", "");
	begins("let a = 1\nassert true", "1:5 W0760 `a` is not used");
}

/* ---- modules ---- */

static enum hpc_read reads(void *data, struct str from, struct str path, const struct source **ret,
			   struct str *ret_why)
{
	struct run *r = data;
	struct str name = str_starts(path, STR("./")) ? str_slice(path, 2, path.n) : path;

	(void)from;
	*ret_why = STR("no such file");
	if (str_starts(path, STR("../"))) {
		*ret_why = STR("/root");
		return HPC_READ_OUTSIDE;
	}
	if (str_eq(name, STR("main.hpc")))
		*ret = source_new(&r->a, name, STR("use \"./a.hpc\"\n"));
	else if (str_eq(name, STR("a.hpc")))
		*ret = source_new(&r->a, name, STR("use \"./main.hpc\" as back\nlet x = back.y\n"));
	else if (str_eq(name, STR("lib.hpc")))
		*ret = source_new(&r->a, name,
				  STR("type T = { a: int }\nlet x = 1\nlet _y = "
				      "2\nfn f(t: T) = t.a\n"));
	else if (str_eq(name, STR("asks.hpc")))
		*ret = source_new(&r->a, name, STR("param n: int = 1\n"));
	else
		return HPC_READ_FAILED;
	return HPC_READ_OK;
}

static void module_gives(const char *text, const char *want)
{
	struct run *r = run_with(text, reads);
	struct str got = findings(r);

	cr_expect(str_starts(got, str_c(want)), "%s\n gives\n" STR_F "\n not\n%s", text, STR_A(got),
		  want);
	end(r);
}

Test(hpc_names, reads_modules)
{
	module_gives("use \"./none.hpc\"", "1:5 E0750 cannot read `./none.hpc`: no such file");
	module_gives("use \"../x.hpc\"",
		     "1:5 E0751 `../x.hpc` lies outside of the root | the root is `/root`");
	module_gives("use \"./a.hpc\"",
		     "1:5 E0752 this file uses itself: `main.hpc` → `a.hpc` → `main.hpc`");
	module_gives("use std/netwrk", "1:5 E0753 `std/netwrk` is not a module of the standard "
				       "library | did you mean `std/network`?");
	module_gives("use \"./asks.hpc\"", "1:7 E0754 a module has no parameters");
	module_gives("use \"./two-words.hpc\"", "1:5 E0755 `two-words` cannot be a name");
	module_gives("use \"./lib.hpc\"\nlet a = lib._y", "2:13 E0744 `_y` is private to `lib`");
}

/* ---- checks without running ---- */

Test(hpc_names, checks_keys_and_constants)
{
	begins("fn f(n: int): SlurmComputeResource {\n  Name: \"r\"\n  Maxcount: n\n}",
	       "3:3 E0101 unknown property `Maxcount` in "
	       "Scheduling.SlurmQueues[].ComputeResources[] | "
	       "did you mean `MaxCount`?");
	begins("cluster c {\n  if false { Image.OS: \"alinux2023\" }\n}",
	       "2:20 E0101 unknown property `OS` in Image");
	begins("cluster c {\n  Image.Os: \"alinux2024\"\n}",
	       "2:13 E0106 `alinux2024` is not a value of `Os` | did you mean `\"alinux2023\"`?");
	begins("cluster c {\n  HeadNode.Dcv.Enabled: \"yes\"\n}",
	       "2:25 E0102 `Enabled` must be true or false, not a text | write `true`");
	begins("fn f(): SlurmComputeResource { MaxCount: \"5\" }",
	       "1:42 E0102 `MaxCount` must be a whole number, not a text | write `5`");
	begins("cluster c {\n  HeadNode.Networking.SubnetId: \"sn-1\"\n}",
	       "2:33 E0107 `SubnetId` is `sn-1`; it must be a subnet id");
	begins("cluster c {\n  Scheduling.SlurmSettings.ScaledownIdletime: -2\n}",
	       "2:47 E0105 `ScaledownIdletime` is -2");
	begins("cluster c {\n  HeadNode.LocalStorage.RootVolume.Size: 10 min\n}", "2:42 E0805");
	begins("cluster c {\n  HeadNode.LocalStorage.RootVolume.Size: 1.2 TiB\n}", "2:42 E0806");
	begins("cluster c {\n  HeadNode: [1]\n}",
	       "2:13 E0102 `HeadNode` must be a section, not a list");
	begins("let a = instance(\"t3.mikro\")",
	       "1:18 E0401 `t3.mikro` is not a known instance type");
	begins("fn f(n: int(1..4)) = n\nlet a = f(\"2\")",
	       "2:11 E0801 `n` must be an int from 1 to 4, not a text");
	begins("fn f(n: int = \"2\") = n", "1:15 E0801");
	begins("let n: [int(1..4)] = [1, 5]", "1:26 E0802");
	begins("param e: \"dev\" | \"prod\" = \"pro\"\nlet a = e", "1:27 E0803");
	begins("param e: \"dev\" | \"prod\" = \"dev\"\nlet a = if e == \"test\" then 1",
	       "2:14 E0809");
	begins("let s: InstanceType = \"t3.mikro\"", "1:23 E0401");
	begins("fn f(c: Cluster) = c.HeadNod.Ssh",
	       "1:22 E0101 unknown property `HeadNod` in the cluster | did you mean `HeadNode`?");
	begins("fn f(c: Cluster) = [for q in c.Scheduling.SlurmQueues => q.Nam]", "1:60 E0101");
}

Test(hpc_names, lets_functions_see_outputs)
{
	gives("environment net { Network.AvailabilityZoneCount: 1 }\n"
	      "fn head(e: Environment) = e.Outputs.PublicSubnet\n"
	      "assert head(net) == net.Outputs.PublicSubnet",
	      "");
}

Test(hpc_names, finds_properties_given_twice)
{
	begins("let a = { A: 1, A: 2 }", "1:17 E0734 `A` is given twice in the same section");
	begins("let a = { A { B: 1 }, A.B: 2 }", "1:25 E0734 `A.B` is given twice");
	begins("let a = { A: { B: 1 }, A.C: 2 }",
	       "1:24 E0735 `A` is set in this section and cannot be opened as well");
	begins("let a = { A.C: 2, A: { B: 1 } }",
	       "1:19 E0735 `A` is opened in this section and cannot be set as well");
	begins("let a = { T[\"x\"].V: 1, T[\"x\"].V: 2 }", "1:31 E0734 `T[\"x\"].V`");
	gives("let b = { A: 1 }\nlet a = { A: 1, ...b, if true { A: 2 }, T[+]: 1, T[+]: 2 }", "");
}

Test(hpc_names, makes_types)
{
	begins("fn f(a: Subnett) = a",
	       "1:9 E0746 there is no type `Subnett` | did you mean `Subnet`?");
	begins("fn f(a: String) = a", "1:9 E0746 there is no type `String` | write `string`");
	begins("fn f(n: int(\"1\")) = n", "1:13 E0748");
	begins("fn f(n: int(4..1)) = n", "1:13 E0748");
	begins("fn f(n: string('(')) = n", "1:16 E0832");
	begins("type A = { b: [B] }\ntype B = A", "2:10 E0749 the type `A` holds itself");
	gives("let most = 8\nfn f(n: int(1..most), s: size(1 GiB..16 TiB), t: [SubnetId](1..16)?) "
	      "= [n, s, t]\nlet a = f(2, 1 TiB)",
	      "");
}

/* ---- frames ---- */

Test(hpc_names, counts_slots)
{
	struct run *r = run_with("fn f(a: int, b: int) = [for x in [a, b] => { let y = x, K: y "
				 "}]\nlet n = f(1, 2)\nparam p: int = n",
				 NULL);
	const struct program_file *file = r->files.files[0];
	const struct item *f = &file->items[0];

	cr_expect_eq(r->ds.errors, 0);
	cr_expect_eq(f->nslots, 4);
	cr_expect_eq(f->parameters[0].binding->slot, 0);
	cr_expect_eq(f->parameters[1].binding->slot, 1);
	cr_expect_eq(file->nslots, 2);
	cr_expect_eq(names_find(file, STR("n"))->slot, 0);
	cr_expect(names_find(file, STR("n"))->file_level);
	end(r);
}

/* ---- what is long ---- */

/* `before`, n times `part`, `behind`. */
static void survives(const char *before, const char *part, size_t n, const char *behind)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);
	struct run *r;

	buf_add(&b, str_c(before));
	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_c(part));
	buf_add(&b, str_c(behind));
	r = run_with(arena_str(&a, buf_str(&b)).s, NULL);
	cr_expect_eq(r->ds.errors, 0, "%s%s… gives " STR_F, before, part, STR_A(findings(r)));
	end(r);
	arena_release(&a);
}

Test(hpc_names, walks_long_chains)
{
	survives("let a = 1", " + 1", 4000, "\n");
	survives("let s = { a: 1 }\nlet a = s", ".a", 4000, "\n");
	survives("let a = { ", "if true { A: 1 } else ", 1000, "{ A: 2 } }\n");
	survives("let a = ", "if true then 1 else ", 1000, "2\n");
	survives("let a = [", "1, ", 100000, "1]\n");
	survives("let a = {\n", "T[+]: 1\n", 50000, "}\n");
}
