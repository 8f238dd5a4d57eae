/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_words.c - findings of checks, which speak of YAML, as who wrote a program says it: `net.Outputs.VPC` for
 * `${stack.net.VPC}`, and texts in quotes.
 */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/compile/passes.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/yaml_words.h"

/* ---- references ---- */

/* The parameter of the program that is called `name` in the template, or NULL. */
static const struct item *parameter_named(const struct program_words *w, struct str name)
{
	for (size_t i = 0; w->main != NULL && i < w->main->nitems; i++) {
		const struct item *item = &w->main->items[i];
		struct buf b = buf_in(w->a);

		if (item->kind != ITEM_PARAM || !item->deploy)
			continue;
		buf_pascal(&b, item->name.text);
		if (str_eq(buf_str(&b), name))
			return item;
	}
	return NULL;
}

/* What a program writes for the reference `body`, "stack.net.VPC[0]". */
static struct str expression_of(const struct program_words *w, struct str body)
{
	const struct hpc_declaration *declaration = NULL;
	struct str name = {0};
	const struct item *parameter;
	struct reference r;
	struct str index;

	if (reference_read(body, &r) != REFERENCE_OK)
		return (struct str){0};
	index = str_slice(body, str_find(body, '[', 0), body.n);
	if (r.kind == REFERENCE_PARAMETER) {
		parameter = parameter_named(w, r.name);
		return parameter != NULL ? arena_fmt(w->a, STR_F STR_F, STR_A(parameter->name.text),
						     STR_A(index))
					 : (struct str){0};
	}
	if (r.kind == REFERENCE_STACK)
		declaration = map_get(w->stacks, r.stack);
	else if (r.kind == REFERENCE_ENVIRONMENT)
		name = w->ground;
	if (declaration != NULL)
		name = declaration->name;
	return name.n > 0 ? arena_fmt(w->a, STR_F ".Outputs." STR_F STR_F, STR_A(name),
				      STR_A(r.name), STR_A(index))
			  : arena_fmt(w->a, "reference(\"" STR_F "\")", STR_A(body));
}

static bool is_at(struct str s, size_t i, char c)
{
	return i < s.n && s.s[i] == c;
}

/* The text with its references as a program writes them: alone as values, inside of a text as `${}`. */
static struct str with_expressions(const struct program_words *w, struct str s)
{
	struct buf b = buf_in(w->a);
	size_t done = 0, at;

	while ((at = str_find_str(s, STR("${"), done)) != SIZE_MAX) {
		size_t end = str_find(s, '}', at);
		struct str e =
			end < s.n ? expression_of(w, str_slice(s, at + 2, end)) : (struct str){0};
		bool quoted = at > 0 && is_at(s, at - 1, '"') && is_at(s, end + 1, '"');
		bool alone = quoted || ((at == 0 || is_at(s, at - 1, '`') ||
					 is_at(s, at - 1, ' ') || is_at(s, at - 1, '[')) &&
					(end + 1 >= s.n || is_at(s, end + 1, '`') ||
					 is_at(s, end + 1, ']') || is_at(s, end + 1, ',')));

		if (e.n == 0) {
			buf_add(&b, str_slice(s, done, at + 2));
			done = at + 2;
			continue;
		}
		buf_add(&b, str_slice(s, done, quoted ? at - 1 : at));
		buf_fmt(&b, "%s" STR_F "%s", alone ? "" : "${", STR_A(e), alone ? "" : "}");
		done = quoted ? end + 2 : end + 1;
	}
	if (done == 0)
		return s;
	buf_add(&b, str_slice(s, done, s.n));
	return buf_str(&b);
}

/* ---- findings ---- */

/* Was the finding made of the program, and not by a check of what it comes to? */
static bool is_of_language(const struct diag *d)
{
	struct str block = str_slice(diag_code(d->id), 1, 3);

	return str_eq(block, STR("07")) || str_eq(block, STR("08"));
}

void program_words(const struct program_words *w, struct diag *d)
{
	if (is_of_language(d))
		return;
	d->text = with_expressions(w, d->text);
	d->inner = with_expressions(w, d->inner);
	for (struct diag_label *l = d->labels; l != NULL; l = l->next)
		l->text = with_expressions(w, l->text);
	for (struct diag_sub *s = d->subs; s != NULL; s = s->next)
		s->text = with_expressions(w, yaml_words(w->a, s->text));
}
