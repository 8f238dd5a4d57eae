/* SPDX-License-Identifier: Apache-2.0 */
/* arn.c - names of AWS resources, and texts that stand in them. */
#include "lowering/aws/arn.h"

#include "compiler/base/buf.h"

/* text with `with` in the place of every "${". */
static struct str reopened(struct stack *st, struct str text, struct str with)
{
	struct buf b = buf_in(st->a);
	size_t from = 0;

	for (;;) {
		size_t at = str_find_str(text, STR("${"), from);

		if (at == SIZE_MAX)
			break;
		buf_add(&b, str_slice(text, from, at));
		buf_add(&b, with);
		from = at + 2;
	}
	if (from == 0)
		return text;
	buf_add(&b, str_slice(text, from, text.n));
	return buf_str(&b);
}

struct str sub_literal(struct stack *st, struct str text)
{
	return reopened(st, text, STR("${!"));
}

struct str iam_literal(struct stack *st, struct str text)
{
	return reopened(st, text, STR("${$}{"));
}

struct str iam_exact(struct stack *st, struct str text)
{
	struct buf b = buf_in(st->a);

	text = iam_literal(st, text);
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '*' || text.s[i] == '?')
			buf_fmt(&b, "${%c}", text.s[i]);
		else
			buf_char(&b, text.s[i]);
	}
	return buf_str(&b);
}

struct ir_value *arn(struct stack *st, const char *service, struct str resource)
{
	return ir_subf(st->g, "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:" STR_F,
		       service, STR_A(resource));
}

struct ir_value *aws_managed_policy(struct stack *st, const char *name)
{
	return ir_subf(st->g, "arn:${AWS::Partition}:iam::aws:policy/%s", name);
}

struct str arn_name(struct str arn_text)
{
	size_t cut = arn_text.n;

	while (cut > 0 && arn_text.s[cut - 1] != '/')
		cut--;
	return str_slice(arn_text, cut, arn_text.n);
}
