/* SPDX-License-Identifier: Apache-2.0 */
/* test_scalar.c - the types of plain scalars, against a table of what PyYAML does. */
#include "compiler/tree/scalar.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct node resolve(const char *text)
{
	struct node n = {.text = str_c(text), .plain = true};

	yaml_resolve_plain(&n);
	return n;
}

static bool value_is(const struct node *n, const char *want)
{
	char got[64] = "";

	switch (n->kind) {
	case NODE_BOOL:
		return n->boolean == (strcmp(want, "true") == 0);
	case NODE_INT:
		if (strcmp(want, "big") == 0)
			return n->big;
		snprintf(got, sizeof(got), "%lld", (long long)n->integer);
		return !n->big && strcmp(got, want) == 0;
	case NODE_FLOAT:
		if (strcmp(want, "nan") == 0)
			return isnan(n->number);
		return n->number == strtod(want, NULL);
	case NODE_NULL:
	case NODE_STRING:
	case NODE_TIMESTAMP:
	case NODE_LIST:
	case NODE_MAP:
		break;
	}
	return strcmp(want, "") == 0;
}

Test(scalar, types_are_those_of_pyyaml)
{
	static const struct row {
		const char *text;
		enum node_kind kind;
		const char *value;
	} rows[] = {
#define SCALAR(text, kind, value) {text, NODE_##kind, value},
#include "scalars.def"
#undef SCALAR
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct node n = resolve(rows[i].text);

		cr_expect_eq(n.kind, rows[i].kind, "`%s` became %s", rows[i].text,
			     node_kind_words(n.kind));
		cr_expect(value_is(&n, rows[i].value), "value of `%s`", rows[i].text);
	}
}

Test(scalar, digits_are_needed_after_a_prefix)
{
	/* PyYAML fails on these with an exception; here they are text. */
	cr_expect_eq(resolve("0b_").kind, NODE_STRING);
	cr_expect_eq(resolve("0x_").kind, NODE_STRING);
}

Test(scalar, a_date_that_is_none_is_a_date_by_its_looks)
{
	cr_expect_eq(resolve("2024-13-45").kind, NODE_TIMESTAMP);
}

Test(scalar, integers_are_clamped)
{
	cr_expect_eq(resolve("99999999999999999999").integer, INT64_MAX);
	cr_expect_eq(resolve("-99999999999999999999").integer, INT64_MIN);
	cr_expect_eq(resolve("-9223372036854775808").integer, INT64_MIN);
	cr_expect_not(resolve("-9223372036854775808").big);
}

Test(scalar, a_line_break_at_the_end_counts)
{
	/* Such text can come out of a variable only. */
	cr_expect_eq(resolve("5\n").kind, NODE_STRING);
	cr_expect_eq(resolve("true\n").kind, NODE_STRING);
}

Test(scalar, tags_force_a_type)
{
	struct node n = {.text = STR("5")};

	cr_expect(yaml_resolve_as(&n, NODE_STRING));
	cr_expect_eq(n.kind, NODE_STRING);
	cr_expect(yaml_resolve_as(&n, NODE_FLOAT));
	cr_expect_eq(n.kind, NODE_FLOAT);
	cr_expect_eq(n.number, 5.0);
	cr_expect_not(yaml_resolve_as(&n, NODE_BOOL));
	cr_expect_eq(n.kind, NODE_STRING);
	cr_expect(yaml_resolve_as(&n, NODE_NULL));
	cr_expect_eq(n.kind, NODE_NULL);
}
