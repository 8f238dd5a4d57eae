/* SPDX-License-Identifier: Apache-2.0 */
/* open_text.c - references in texts: how they are written, kept and shown. */
#include "compiler/base/open_text.h"

#include "compiler/base/buf.h"
#include "compiler/base/bug.h"

/* ---- reading ---- */

/* Letters and digits, a letter first; with `dashes` also those. */
static bool is_name(struct str s, size_t most, bool dashes)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(i == 0 ? is_letter(s.s[i]) : is_alnum(s.s[i]) || (dashes && s.s[i] == '-')))
			return false;
	return s.n > 0 && s.n <= most;
}

bool reference_is_name(struct str s)
{
	return is_name(s, MAX_REFERENCE_NAME, false);
}

bool is_stack_name(struct str s)
{
	return is_name(s, MAX_STACK_NAME, true);
}

/* Cuts `[n]` off the end of *name; false where it is none. */
static bool cut_index(struct str *name, struct reference *ret)
{
	size_t at = str_find(*name, '[', 0);
	struct str digits = str_slice(*name, at + 1, name->n > 0 ? name->n - 1 : 0);
	int64_t index;

	if (at == name->n)
		return true;
	if (!str_ends(*name, STR("]")) || digits.n == 0 || !is_digit(digits.s[0]) ||
	    !str_to_int(digits, &index) || index > MAX_REFERENCE_INDEX)
		return false;
	ret->has_index = true;
	ret->index = (unsigned)index;
	name->n = at;
	return true;
}

enum reference_fault reference_read(struct str body, struct reference *ret)
{
	struct str rest = body, word = str_cut(&rest, '.');

	*ret = (struct reference){0};
	if (str_eq(word, STR("param")))
		ret->kind = REFERENCE_PARAMETER;
	else if (str_eq(word, STR("env")))
		ret->kind = REFERENCE_ENVIRONMENT;
	else if (str_eq(word, STR("stack")))
		ret->kind = REFERENCE_STACK;
	else if (str_eq(word, STR("self")))
		ret->kind = REFERENCE_SELF;
	else
		return REFERENCE_NO_SUCH_WORD;
	if (str_find_str(body, STR(":-"), 0) != SIZE_MAX)
		return REFERENCE_HAS_DEFAULT;
	if (ret->kind == REFERENCE_STACK) {
		ret->stack = str_cut(&rest, '.');
		if (!is_stack_name(ret->stack))
			return REFERENCE_BAD_STACK;
	}
	ret->name = rest;
	if (!cut_index(&ret->name, ret))
		return REFERENCE_BAD_INDEX;
	return reference_is_name(ret->name) ? REFERENCE_OK : REFERENCE_BAD_NAME;
}

struct reference reference_of(struct str body)
{
	bool list = str_starts(body, STR("*"));
	struct reference r;

	if (str_starts(body, STR(SUBNET_WORD)))
		return (struct reference){.kind = REFERENCE_SUBNET,
					  .name = str_slice(body, STR(SUBNET_WORD).n, body.n)};
	if (reference_read(str_slice(body, list ? 1 : 0, body.n), &r) != REFERENCE_OK)
		BUG("`" STR_F "` is no reference", STR_A(body));
	r.list = list;
	return r;
}

/* ---- in texts ---- */

bool text_next(struct str *rest, struct text_piece *ret)
{
	bool open = rest->n > 0 && rest->s[0] == OPEN_BEGIN[0];
	size_t end;

	if (rest->n == 0)
		return false;
	end = str_find(*rest, open ? OPEN_END[0] : OPEN_BEGIN[0], 0);
	*ret = (struct text_piece){open, str_slice(*rest, open ? 1 : 0, end)};
	*rest = str_slice(*rest, open ? end + 1 : end, rest->n);
	return true;
}

bool text_next_reference(struct str *rest, struct reference *ret)
{
	struct text_piece piece;

	while (text_next(rest, &piece))
		if (piece.open) {
			*ret = reference_of(piece.text);
			return true;
		}
	return false;
}

struct str text_refer(struct arena *a, struct str body)
{
	return arena_fmt(a, OPEN_BEGIN STR_F OPEN_END, STR_A(body));
}

struct str text_refer_list(struct arena *a, struct str body)
{
	return arena_fmt(a, OPEN_BEGIN "*" STR_F OPEN_END, STR_A(body));
}

bool text_is_list(struct str s)
{
	return str_starts(s, STR(OPEN_BEGIN "*"));
}

struct str text_shown(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);
	struct text_piece p;

	if (text_is_known(s))
		return s;
	while (text_next(&s, &p)) {
		if (p.open && str_starts(p.text, STR("*")))
			p.text = str_slice(p.text, 1, p.text.n);
		buf_add(&b, p.open ? STR("${") : STR(""));
		buf_add(&b, p.text);
		buf_add(&b, p.open ? STR("}") : STR(""));
	}
	return buf_str(&b);
}
