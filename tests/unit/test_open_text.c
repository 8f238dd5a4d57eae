/* SPDX-License-Identifier: Apache-2.0 */
/* test_open_text.c - references to what a deployment knows: their form, and how texts keep and show them. */
#include "compiler/base/open_text.h"

#include <criterion/criterion.h>

Test(open_text, forms_are_told)
{
	static const struct row {
		const char *body;
		enum reference_fault fault;
	} rows[] = {
		{"param.KeyName", REFERENCE_OK},
		{"env.PublicSubnet", REFERENCE_OK},
		{"env.PrivateSubnets[0]", REFERENCE_OK},
		{"stack.net-1.PrivateSubnets[999]", REFERENCE_OK},
		{"self.Results", REFERENCE_OK},
		{"self.a-b", REFERENCE_BAD_NAME},
		{"Param.KeyName", REFERENCE_NO_SUCH_WORD},
		{"NAME", REFERENCE_NO_SUCH_WORD},
		{"", REFERENCE_NO_SUCH_WORD},
		{"param.", REFERENCE_BAD_NAME},
		{"param.1a", REFERENCE_BAD_NAME},
		{"param.a b", REFERENCE_BAD_NAME},
		{"env.a.b", REFERENCE_BAD_NAME},
		{"stack.net", REFERENCE_BAD_NAME},
		{"stack..X", REFERENCE_BAD_STACK},
		{"stack.my_net.X", REFERENCE_BAD_STACK},
		{"env.X[]", REFERENCE_BAD_INDEX},
		{"env.X[-1]", REFERENCE_BAD_INDEX},
		{"env.X[1000]", REFERENCE_BAD_INDEX},
		{"env.X[1", REFERENCE_BAD_INDEX},
		{"env.X:-y", REFERENCE_HAS_DEFAULT},
	};
	struct reference r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(reference_read(str_c(rows[i].body), &r), rows[i].fault, "%s",
			     rows[i].body);
}

Test(open_text, parts_are_read)
{
	struct reference r;

	cr_assert_eq(reference_read(STR("stack.net.Subnets[12]"), &r), REFERENCE_OK);
	cr_expect_eq(r.kind, REFERENCE_STACK);
	cr_expect(str_eq(r.stack, STR("net")));
	cr_expect(str_eq(r.name, STR("Subnets")));
	cr_expect(r.has_index && r.index == 12 && !r.list);
}

Test(open_text, texts_keep_references)
{
	struct arena a = {0};
	struct str one = text_refer(&a, STR("param.X"));
	struct str text = arena_fmt(&a, "s3://" STR_F "/x", STR_A(one)), rest = text;
	struct text_piece p;
	unsigned n = 0;

	cr_expect(text_is_known(STR("")) && text_is_known(STR("s3://x")) && !text_is_known(text));
	cr_expect(str_eq(text_shown(&a, text), STR("s3://${param.X}/x")));
	while (text_next(&rest, &p))
		cr_expect(p.open == (n++ == 1));
	cr_expect_eq(n, 3);
	cr_expect(!text_is_list(one));
	one = text_refer_list(&a, STR("param.X"));
	cr_expect(text_is_list(one));
	cr_expect(str_eq(text_shown(&a, one), STR("${param.X}")));
	cr_expect(reference_of(str_slice(one, 1, one.n - 1)).list);
	arena_release(&a);
}
