/* SPDX-License-Identifier: Apache-2.0 */
/* test_arn.c - Amazon Resource Names taken apart. */
#include "compiler/check/rules/arn.h"

#include <criterion/criterion.h>

static void check(struct str a, struct str b)
{
	cr_assert(str_eq(a, b), "`" STR_F "` is not `" STR_F "`", STR_A(a), STR_A(b));
}

Test(arn, parts)
{
	struct arn a;

	cr_assert(arn_parse(STR("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf"),
			    &a));
	check(a.partition, STR("aws"));
	check(a.service, STR("secretsmanager"));
	check(a.region, STR("eu-west-1"));
	check(a.account, STR("123456789012"));
	check(a.resource, STR("secret:a-AbCdEf"));
}

Test(arn, empty_parts)
{
	struct arn a;

	cr_assert(arn_parse(STR("arn:aws-cn:iam::aws:policy/x"), &a));
	check(a.partition, STR("aws-cn"));
	check(a.region, STR(""));
	check(a.account, STR("aws"));
	cr_assert(arn_parse(STR("arn:::::"), &a));
	check(a.resource, STR(""));
}

Test(arn, refused)
{
	struct arn a = {.service = STR("kept")};

	cr_assert(!arn_parse(STR(""), &a));
	cr_assert(!arn_parse(STR("arn"), &a));
	cr_assert(!arn_parse(STR("ARN:aws:iam::aws:policy/x"), &a));
	cr_assert(!arn_parse(STR("arn:aws:iam::aws"), &a));
	cr_assert(!arn_parse(STR("urn:aws:iam::aws:policy/x"), &a));
	check(a.service, STR("kept"));
}
