/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of programs: expressions to values as they are shown, programs to trees and findings. */
#include "compiler/base/buf.h"
#include "compiler/hpc/hpc.h"

#include <criterion/criterion.h>

static const struct str *no_setting(void *data, struct str name, struct span *ret_at)
{
	(void)data;
	(void)name;
	(void)ret_at;
	return NULL;
}

static const struct hpc_host host = {.setting = no_setting};

static struct hpc_options options(void)
{
	return (struct hpc_options){.facts = facts_bundled(), .host = &host};
}

/* An expression, what its value is shown as, or the code of the one error. */
struct row {
	const char *expression, *want;
};

static const struct row rows[] = {
	/* numbers */
	{"1 + 2 * 3", "7"},
	{"1 / 3 * 3", "1"},
	{"-7 % 3", "2"},
	{"7 % -3", "-2"},
	{"1536 GiB", "1.5 TiB"},
	{"98 USD/h * 24 h", "2352 USD"},
	{"600 s", "10 min"},
	{"1 TiB / 1 GiB", "1024"},
	{"round(2.5)", "3"},
	{"round(-2.5)", "-3"},
	{"round(1 / 3, 2)", "0.33"},
	{"ceil(0.2) + floor(1.8) + abs(-1)", "3"},
	{"sum([1 GiB, 1 GiB])", "2 GiB"},
	{"sum([])", "0"},
	{"min(3, 1, 2)", "1"},
	{"max([1 min, 50 s])", "1 min"},
	{"min([])", "E0802"},
	{"1 GiB + 1 min", "E0808"},
	{"1 + 1 GiB", "E0808"},
	{"1 + \"a\"", "E0807"},
	{"1 / 0", "E0811"},
	{"999999999999999999 * 999999999999999999", "E0812"},
	/* conditions */
	{"!false && (true || false)", "true"},
	{"false && fail(\"not needed\")", "false"},
	{"if 1 < 2 then \"a\" else \"b\"", "\"a\""},
	{"if false then 1", "null"},
	{"if 1 then 2", "E0810"},
	{"1 == \"1\"", "E0809"},
	{"1 == null", "false"},
	{"3 in 1..3", "true"},
	{"\"A\" in { A: 1 }", "true"},
	{"\"b\" in [\"a\", \"b\"]", "true"},
	{"\"a\" < \"b\"", "true"},
	/* texts */
	{"\"a${1 + 1}b${true}\"", "\"a2btrue\""},
	{"\"${1 GiB}\"", "E0819"},
	{"\"${1 / 3}\"", "E0834"},
	{"text(1 GiB, \"MiB\")", "\"1024 MiB\""},
	{"join([1, 2], \"-\")", "\"1-2\""},
	{"split(\"a,b\", \",\")", "[\"a\", \"b\"]"},
	{"replace(\"aXbX\", \"X\", \"\")", "\"ab\""},
	{"upper(\"aé\")", "\"Aé\""},
	{"pad(7, 3)", "\"007\""},
	{"len(\"é\")", "1"},
	{"match(\"ab12\", '([a-z]+)(\\d+)')", "[\"ab12\", \"ab\", \"12\"]"},
	{"match(\"a\", 'b')", "null"},
	{"match(\"a\", '(')", "E0832"},
	{"cidr_subnet(\"10.0.0.0/16\", 8, 255)", "\"10.0.255.0/24\""},
	{"cidr_subnet(\"10.0.0.0/16\", 8, 256)", "E0835"},
	/* lists */
	{"[for x in 1..3 if x != 2 => x * 10]", "[10, 30]"},
	{"[for i, x in [\"a\", \"b\"] => \"${i}${x}\"]", "[\"0a\", \"1b\"]"},
	{"[for k, v in { A: 1 } => \"${k}${v}\"]", "[\"A1\"]"},
	{"[for a in [1, 2] for b in [3, 4] if a + b != 5 => a * b]", "[3, 8]"},
	{"[1, null, ...[2, 3], if false then 4]", "[1, 2, 3]"},
	{"[1, 2, 3][1]", "2"},
	{"[1, 2, 3][1..9]", "[2, 3]"},
	{"[{ Name: \"a\", X: 1 }][\"a\"].X", "1"},
	{"[1][1]", "E0815"},
	{"[...[][0..1], ...[][..3], ...[][1..], ...[1][2..], ...[1][1..0], ...[]]", "[]"},
	{"[...sort([]), ...unique([]), ...keys({}), ...values({}), ...[for x in [] => x]]", "[]"},
	{"merge({}, {})", "{}"},
	{"[join([], \"-\"), ...split(\"\", \",\")]", "[\"\", \"\"]"},
	{"[{ Name: \"a\" }][\"b\"]", "E0814"},
	{"sort([3, 1, 2])", "[1, 2, 3]"},
	{"unique([1, 2, 1])", "[1, 2]"},
	{"any([false, true]) && !all([false, true])", "true"},
	{"[for x in 1 => x]", "E0817"},
	{"[for x in 1.. => x]", "E0842"},
	{"[for x in 1..20_000 => x]", "E0838"},
	/* sections */
	{"{ A: 1, B: null }", "{ A: 1 }"},
	{"{ ...{ A: 1, B: 2 }, A: null, C: 3 }", "{ B: 2, C: 3 }"},
	{"{ ...{ A: { B: 1, C: 2 } }, A.B: 3 }", "{ A: { B: 3, C: 2 } }"},
	{"{ ...{ A: { B: 1 } }, A { C: 2 } }", "{ A: { B: 1, C: 2 } }"},
	{"{ A.B.C: if false then 1 }", "{}"},
	{"{ A[+]: 1, for i in 2..3 { A[+]: i } }", "{ A: [1, 2, 3] }"},
	{"{ ...{ A: [{ B: 1 }, { B: 2 }] }, A[*].B: 3 }", "{ A: [{ B: 3 }, { B: 3 }] }"},
	{"{ ...{ A: [{ Name: \"x\" }, { Name: \"y\" }] }, A[\"x\"]: null }",
	 "{ A: [{ Name: \"y\" }] }"},
	{"{ ...{ A: [1] }, A[0]: 2 }", "{ A: [2] }"},
	{"{ let x = y, let y = 2, A: x }", "{ A: 2 }"},
	{"{ A: 1 }.A", "1"},
	{"{ A: 1 }.B", "E0813"},
	{"{ A: 1 }.B.C ?? 5", "5"},
	{"{ ...[1] }", "E0818"},
	{"{ ...{ A: 1 }, A.B: 2 }", "E0820"},
	{"{ ...{ A: 1 }, A[*]: 2 }", "E0821"},
	{"keys({ A: 1, B: 2 })", "[\"A\", \"B\"]"},
	{"values({ A: 1, B: 2 })", "[1, 2]"},
	{"merge({ A: { B: 1 } }, { A: { C: 2 }, D: 3 })", "{ A: { B: 1, C: 2 }, D: 3 }"},
	/* facts, files */
	{"instance(\"c5.xlarge\").vcpus", "4"},
	{"instance(\"c5.xlarge\").memory", "8 GiB"},
	{"instance(\"c5.xlarge\").gpus.name", "null"},
	{"instance(\"c5.nothing\")", "E0401"},
	{"region(\"eu-west-1\").partition", "\"aws\""},
	{"len(instances(\"c7i.*\")) > 3", "true"},
	{"file(\"x\")", "E0757"},
	{"fail(\"no\")", "E0829"},
};

Test(hpc_eval, expressions)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = {0};
		struct diags ds = {.arena = &a};
		struct hpc_options o = options();
		const struct source *src =
			source_new(&a, STR("expression"), str_c(rows[i].expression));
		const struct value *v = hpc_evaluate(&a, &ds, NULL, src, &o);
		struct str got =
			ds.errors > 0 ? diag_code(ds.first->id) : value_shown(&a, v, false);

		cr_expect(str_eq(got, str_c(rows[i].want)), "%s: " STR_F, rows[i].expression,
			  STR_A(got));
		cr_expect(ds.errors <= 1, "%s: one mistake, one finding", rows[i].expression);
		cr_expect(ds.errors == 0 || v->kind == VALUE_POISON, "%s", rows[i].expression);
		arena_release(&a);
	}
}

/* What is shown is read again as the same value. */
Test(hpc_eval, shown_values_read_back)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = {0};
		struct diags ds = {.arena = &a};
		struct hpc_options o = options();
		const struct value *v;

		if (rows[i].want[0] == 'E')
			continue;
		v = hpc_evaluate(&a, &ds, NULL, source_new(&a, STR("x"), str_c(rows[i].want)), &o);
		cr_expect_eq(ds.errors, 0, "%s", rows[i].want);
		cr_expect(str_eq(value_shown(&a, v, false), str_c(rows[i].want)), "%s",
			  rows[i].want);
		arena_release(&a);
	}
}

static const struct hpc_program *program(struct arena *a, struct diags *ds, const char *text)
{
	struct hpc_options o = options();

	return hpc_run(a, ds, source_new(a, STR("a.hpc"), str_c(text)), &o);
}

/* A finding in a function stands where the value was written, and names the way it took. */
Test(hpc_eval, findings_know_the_way)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct diag *d;

	program(&a, &ds,
		"fn f(size: any): HeadNodeRootVolume { Size: size }\n"
		"let _x = f(1.2 TiB)\n");
	d = ds.first;
	cr_assert_not_null(d);
	cr_expect(str_eq(diag_code(d->id), STR("E0806")), STR_F, STR_A(d->text));
	cr_expect_eq(source_place(d->at.src, d->at.lo).line, 2);
	cr_assert_not_null(d->labels);
	arena_release(&a);
}

Test(hpc_eval, deep_and_long_programs_end)
{
	static const char *const codes[] = {"E0836", "E0838"};
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct buf b = {.a = &a};

	/* each list holds the one before ten times: 10^12 values to compare */
	for (unsigned k = 0; k < 2; k++) {
		buf_fmt(&b, "let %c0 = [1]\n", k == 0 ? 'a' : 'b');
		for (unsigned i = 0; i < 12; i++) {
			buf_fmt(&b, "let %c%u = [", k == 0 ? 'a' : 'b', i + 1);
			for (unsigned n = 0; n < 10; n++)
				buf_fmt(&b, "%s%c%u", n > 0 ? ", " : "", k == 0 ? 'a' : 'b', i);
			buf_fmt(&b, "]\n");
		}
	}
	buf_fmt(&b, "assert a12 == b12\n");
	buf_char(&b, '\0');
	program(&a, &ds, buf_str(&b).s);
	cr_assert_eq(ds.errors, 1);
	cr_expect(str_eq(diag_code(ds.first->id), str_c(codes[0])) ||
		  str_eq(diag_code(ds.first->id), str_c(codes[1])));
	arena_release(&a);
}

Test(hpc_eval, parameters_of_the_template_stand_in_the_tree)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct hpc_program *p = program(&a, &ds,
					      "## key of the team\n"
					      "deploy param key_name: KeyName = \"team\"\n"
					      "deploy param unused: string\n"
					      "let _u = unused\n"
					      "cluster c { HeadNode.Ssh.KeyName: key_name }\n");
	const struct node *parameters;

	cr_assert_eq(ds.errors, 0);
	cr_assert_eq(p->ndeclarations, 1);
	parameters = tree_get(p->declarations[0].tree, STR("Parameters"));
	cr_assert_not_null(parameters);
	cr_assert_eq(parameters->map.n, 1);
	cr_expect(str_eq(parameters->map.entries[0].key, STR("KeyName")));
	cr_expect(str_eq(tree_get(parameters->map.entries[0].value, STR("Description"))->text,
			 STR("key of the team")));
	arena_release(&a);
}
