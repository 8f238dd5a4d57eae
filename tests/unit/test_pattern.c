/* SPDX-License-Identifier: Apache-2.0 */
/* test_pattern.c - patterns match as Python's re.match does, and every row's example matches its row. */
#include "compiler/base/buf.h"
#include "compiler/check/pattern.h"

#include <criterion/criterion.h>

static const struct pattern *row(const char *name)
{
	for (size_t i = 0; i < schema_npatterns; i++)
		if (str_eq(schema_patterns[i].name, str_c(name)))
			return &schema_patterns[i];
	cr_assert_fail("no pattern %s", name);
	return NULL;
}

static bool matches(const char *name, struct str text)
{
	struct arena a = {0};
	bool yes = pattern_matches(pattern_cache_new(&a), row(name), text);

	arena_release(&a);
	return yes;
}

Test(pattern, every_row_compiles_and_matches_its_example)
{
	struct arena a = {0};
	struct pattern_cache *cache = pattern_cache_new(&a);

	for (size_t i = 0; i < schema_npatterns; i++) {
		const struct pattern *p = &schema_patterns[i];

		cr_expect(pattern_matches(cache, p, p->example), "%s", p->regex);
		cr_expect(pattern_matches(cache, p, p->example), "%s the second time", p->regex);
	}
	arena_release(&a);
}

Test(pattern, dollar_also_matches_before_one_final_newline)
{
	cr_assert(matches("subnet_id", STR("subnet-12345678")));
	cr_assert(matches("subnet_id", STR("subnet-12345678\n")));
	cr_assert_not(matches("subnet_id", STR("subnet-12345678\n\n")));
	cr_assert_not(matches("subnet_id", STR("subnet-12345678\r\n")));
	cr_assert_not(matches("subnet_id", STR("subnet-12345678 ")));
}

Test(pattern, is_anchored_at_the_start_only)
{
	cr_assert_not(matches("subnet_id", STR("xsubnet-12345678")));
	cr_assert_not(matches("subnet_id", STR("\nsubnet-12345678")));
	cr_assert(matches("role_arn", STR("arn:aws:iam::1:role/x and anything")));
	cr_assert(matches("cidr_or_prefix_list", STR("pl-1!")));
}

Test(pattern, ids_have_8_or_17_lower_case_letters_or_digits)
{
	cr_assert(matches("ami_id", STR("ami-0123456789abcdefz")));
	cr_assert_not(matches("ami_id", STR("ami-1234567")));
	cr_assert_not(matches("ami_id", STR("ami-123456789")));
	cr_assert_not(matches("ami_id", STR("ami-1234567A")));
	cr_assert_not(matches("ami_id", STR("")));
}

Test(pattern, cidr_has_a_mask_and_no_leading_zeros)
{
	cr_assert(matches("cidr_or_prefix_list", STR("0.0.0.0/0")));
	cr_assert(matches("cidr_or_prefix_list", STR("255.255.255.255/32")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("10.0.0.0")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("10.0.0.0/33")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("010.0.0.0/8")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("256.0.0.0/8")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("::/0")));
}

Test(pattern, text_that_would_take_too_long_does_not_match)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	for (int i = 0; i < 200000; i++)
		buf_add(&b, STR("arn:"));
	cr_assert_not(
		pattern_matches(pattern_cache_new(&a), row("directory_secret_arn"), buf_str(&b)));
	arena_release(&a);
}
