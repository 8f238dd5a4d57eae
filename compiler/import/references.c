/* SPDX-License-Identifier: Apache-2.0 */
/*
 * references.c - `${…}` in texts of YAML files: what it becomes in a program.
 *
 * The reader has seen to the form of all references (compiler/tree/vars.h), also to how deep their defaults are nested.
 */
#include "compiler/base/open_text.h"
#include "compiler/import/importer.h"
#include "compiler/tree/vars.h"

/* Index just after the `}` that closes the reference at text[lo]; the end of the text where nothing does. */
static size_t reference_end(struct str text, size_t lo)
{
	unsigned open = 0;

	for (size_t i = lo; i < text.n; i++) {
		if (text.s[i] == '$' && i + 1 < text.n && text.s[i + 1] == '{') {
			open++;
			i++;
		} else if (text.s[i] == '}' && --open == 0) {
			return i + 1;
		}
	}
	return text.n;
}

/* Takes a body apart: NAME or NAME:-otherwise. False: it is none of a variable. */
static bool read_variable(struct str body, struct variable_use *ret)
{
	size_t dash = str_find_str(body, STR(":-"), 0);

	ret->has_default = dash != SIZE_MAX;
	ret->name = str_slice(body, 0, ret->has_default ? dash : body.n);
	ret->otherwise = ret->has_default ? str_slice(body, dash + 2, body.n) : STR("");
	return vars_name_ok(ret->name);
}

/* The next reference of text at or behind *at: its body; literal text before it is added to `literal`. False: none. */
static bool next_reference(struct str text, size_t *at, struct buf *literal, struct str *ret_body)
{
	size_t begin, end;

	while ((begin = str_find_str(text, STR("${"), *at)) != SIZE_MAX) {
		bool escaped = begin > *at && text.s[begin - 1] == '$';

		if (literal != NULL)
			buf_add(literal, str_slice(text, *at, begin - escaped));
		if (!escaped) {
			end = reference_end(text, begin);
			*ret_body = str_slice(text, begin + 2, end > begin + 2 ? end - 1 : end);
			*at = end;
			return true;
		}
		if (literal != NULL)
			buf_add(literal, STR("${"));
		*at = begin + 2;
	}
	if (literal != NULL)
		buf_add(literal, str_slice(text, *at, text.n));
	*at = text.n;
	return false;
}

static bool is_whole(struct str text)
{
	return str_starts(text, STR("${")) && reference_end(text, 0) == text.n &&
	       str_ends(text, STR("}"));
}

void import_each_variable(struct importer *im, struct str text, variable_function *found,
			  const void *data)
{
	bool whole = is_whole(text);
	size_t at = 0;
	struct str body;

	while (next_reference(text, &at, NULL, &body)) {
		struct variable_use use;

		if (!read_variable(body, &use))
			continue;
		use.whole = whole;
		found(im, &use, data);
		import_each_variable(im, use.otherwise, found, NULL);
	}
}

/* A value of the deployment. */
static struct str open_expression(struct importer *im, struct str body)
{
	struct reference r;
	const struct str *ident;

	if (reference_read(body, &r) == REFERENCE_OK && r.kind == REFERENCE_PARAMETER) {
		ident = map_get(&im->parameters, r.name);
		if (ident != NULL && r.has_index)
			return arena_fmt(im->a, STR_F "[%u]", STR_A(*ident), r.index);
		if (ident != NULL)
			return *ident;
	}
	return arena_fmt(im->a, "reference(\"" STR_F "\")", STR_A(body));
}

/* A variable: its parameter, with what it stands for otherwise where that is not the parameter's own. */
static struct str variable_expression(struct importer *im, const struct variable_use *use)
{
	const struct import_variable *v = map_get(&im->variables, use->name);

	if (v == NULL)
		BUG("the variable `" STR_F "` was not seen", STR_A(use->name));
	if (v->optional && !use->whole)
		return arena_fmt(im->a, STR_F " ?? \"\"", STR_A(v->ident));
	if (!use->has_default || v->optional || v->same_default)
		return v->ident;
	return arena_fmt(im->a, STR_F " ?? " STR_F, STR_A(v->ident),
			 STR_A(import_default(im, v->type, use->otherwise)));
}

struct text_bits import_text(struct importer *im, struct str text, bool *ret_whole)
{
	struct text_bits bits = {0};
	size_t at = 0;
	struct str body;
	bool more;

	*ret_whole = is_whole(text);
	do {
		struct buf literal = buf_in(im->a);
		struct variable_use use;

		more = next_reference(text, &at, &literal, &body);
		text_add(im->a, &bits, false, buf_str(&literal));
		if (!more)
			break;
		use.whole = *ret_whole;
		if (read_variable(body, &use)) {
			use.whole = *ret_whole;
			text_add(im->a, &bits, true, variable_expression(im, &use));
		} else {
			text_add(im->a, &bits, true, open_expression(im, body));
		}
	} while (more);
	return bits;
}

static bool is_number(struct str s, bool fraction)
{
	size_t i = str_starts(s, STR("-")) ? 1 : 0, first = i, points = 0;

	if (s.n <= i || s.n - i > 18 || !is_digit(s.s[i]) || !is_digit(s.s[s.n - 1]))
		return false;
	for (; i < s.n; i++) {
		points += s.s[i] == '.';
		if (!is_digit(s.s[i]) && s.s[i] != '.')
			return false;
	}
	if (s.s[first] == '0' && s.n > first + 1 && s.s[first + 1] != '.')
		return false;
	return points <= (fraction ? 1u : 0u);
}

/* Does a value of the type stand without quotes? */
static bool is_plain_type(struct str type)
{
	return str_eq(type, STR("int")) || str_eq(type, STR("number")) ||
	       str_eq(type, STR("bool")) ||
	       (type.n > 0 && (is_digit(type.s[0]) || type.s[0] == '-'));
}

static bool is_bool(struct str s)
{
	return str_eq(s, STR("true")) || str_eq(s, STR("false"));
}

bool default_fits(struct str type, struct str text)
{
	if (!is_plain_type(type) || is_whole(text))
		return true;
	if (str_eq(type, STR("bool")))
		return is_bool(text);
	return is_number(text, str_eq(type, STR("number")));
}

struct str import_default(struct importer *im, struct str type, struct str text)
{
	bool whole;
	struct text_bits bits = import_text(im, text, &whole);

	if (whole && bits.n == 1)
		return bits.items[0].text;
	if (is_plain_type(type) && default_fits(type, text))
		return text;
	return text_quoted(im->a, &bits);
}
