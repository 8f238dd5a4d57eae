/* SPDX-License-Identifier: Apache-2.0 */
/* sub.c - reads the formats of Fn::Sub. */
#include "lowering/ir/sub.h"

/* Does "${" stand at `at`? Formats are read several times for each resource, so no text is cut out for it. */
static bool is_open(struct str s, size_t at)
{
	return at + 1 < s.n && s.s[at] == '$' && s.s[at + 1] == '{';
}

/* Where the first "${" is, or the end of s. */
static size_t placeholder_at(struct str s)
{
	size_t at = str_find(s, '$', 0);

	while (at < s.n && !is_open(s, at))
		at = str_find(s, '$', at + 1);
	return at;
}

/* "${name.attribute}"; `end` is the place of its brace, or that of the end of s. */
static struct ir_sub_piece placeholder(struct str s, size_t end)
{
	struct ir_sub_piece p = {.placeholder = true, .raw = str_slice(s, 0, end + 1)};
	size_t dot = str_find(str_slice(s, 0, end), '.', 2);

	p.text = p.raw;
	if (end == s.n)
		return p;
	p.name = str_slice(s, 2, dot < end ? dot : end);
	p.attribute = str_slice(s, dot < end ? dot + 1 : end, end);
	return p;
}

bool ir_sub_next(struct str *rest, struct ir_sub_piece *ret)
{
	if (rest->n == 0) {
		*ret = (struct ir_sub_piece){0};
		return false;
	}
	if (!is_open(*rest, 0)) {
		struct str text = str_slice(*rest, 0, placeholder_at(*rest));

		*ret = (struct ir_sub_piece){.raw = text, .text = text};
	} else if (rest->n > 2 && rest->s[2] == '!') {
		*ret = (struct ir_sub_piece){.raw = str_slice(*rest, 0, 3),
					     .text = str_slice(*rest, 0, 2)};
	} else {
		*ret = placeholder(*rest, str_find(*rest, '}', 2));
	}
	*rest = str_slice(*rest, ret->raw.n, rest->n);
	return true;
}

const struct ir_value *ir_sub_variable(const struct ir_value *sub, const struct ir_sub_piece *p)
{
	return p->placeholder && p->attribute.n == 0 ? ir_get(sub, p->name) : NULL;
}
