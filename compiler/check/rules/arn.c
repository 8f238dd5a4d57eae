/* SPDX-License-Identifier: Apache-2.0 */
/* arn.c - Amazon Resource Names. */
#include "compiler/check/rules/arn.h"

bool arn_parse(struct str text, struct arn *ret)
{
	struct str rest = text;
	struct arn a;

	if (!str_eq(str_cut(&rest, ':'), STR("arn")) || rest.s == NULL)
		return false;
	a.partition = str_cut(&rest, ':');
	a.service = rest.s != NULL ? str_cut(&rest, ':') : (struct str){0};
	a.region = rest.s != NULL ? str_cut(&rest, ':') : (struct str){0};
	a.account = rest.s != NULL ? str_cut(&rest, ':') : (struct str){0};
	if (rest.s == NULL)
		return false;
	a.resource = rest;
	*ret = a;
	return true;
}
