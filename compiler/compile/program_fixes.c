/* SPDX-License-Identifier: Apache-2.0 */
/* program_fixes.c - texts and repairs of findings, which checks write as YAML, as programs write them. */
#include "compiler/base/buf.h"
#include "compiler/compile/passes.h"

/* ---- repairs ---- */

static bool is_quoted(struct str s)
{
	return s.n >= 2 && (s.s[0] == '"' || s.s[0] == '\'');
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.s[i]) && s.s[i] != '_')
			return false;
	return s.n > 0 && !is_digit(s.s[0]);
}

/* The number at the begin of s, with its sign. */
static struct str number_of(struct str s)
{
	size_t first = s.n > 0 && s.s[0] == '-', i = first;

	while (i < s.n && (is_digit(s.s[i]) || s.s[i] == '.' || s.s[i] == '_'))
		i++;
	return str_slice(s, 0, i > first ? i : 0);
}

/* Is s a number, alone or with a unit? */
static bool is_number(struct str s)
{
	struct str number = number_of(s), unit = str_trim(str_slice(s, number.n, s.n));

	for (size_t i = 0; i < unit.n; i++)
		if (!is_letter(unit.s[i]) && unit.s[i] != '/')
			return false;
	return number.n > 0;
}

static bool is_plain(struct str s)
{
	return str_eq(s, STR("true")) || str_eq(s, STR("false")) || number_of(s).n == s.n;
}

/* Is the span the step of a path, a property? */
static bool is_key(struct span at)
{
	struct str before = span_text(at), text = at.src->text;
	size_t i = at.hi;

	while (i < text.n && text.s[i] == ' ')
		i++;
	return is_word(before) && is_upper(before.s[0]) && i < text.n &&
	       str_find(STR(":{.["), text.s[i], 0) < 4;
}

/* A text of a program. */
static struct str quoted(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);

	buf_char(&b, '"');
	for (size_t i = 0; i < s.n; i++) {
		bool hole = s.s[i] == '$' && i + 1 < s.n && s.s[i + 1] == '{';

		if (s.s[i] == '"' || s.s[i] == '\\' || hole)
			buf_char(&b, '\\');
		buf_char(&b, s.s[i]);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

/*
 * The number `now` in the place of `before`: with its unit, where that is the one that the property stores, which the
 * message tells; else alone, which means the same.
 */
static struct str number_instead(struct arena *a, const struct diag *d, struct str before,
				 struct str now)
{
	struct str number = number_of(before);

	if (number.n == before.n || str_find_str(d->text, number, 0) == SIZE_MAX)
		return now;
	return arena_fmt(a, STR_F STR_F, STR_A(now), STR_A(str_slice(before, number.n, before.n)));
}

/* Can the edit be made in a program? Then it is as a program writes it. */
static bool adapt(struct arena *a, const struct diag *d, struct diag_fix *f)
{
	struct str before = span_text(f->at);
	char first = f->text.n > 0 ? f->text.s[0] : '\0';

	if (before.n == 0 || str_find(f->text, '\n', 0) < f->text.n)
		return false; /* lines of YAML */
	if (is_key(f->at))
		return is_word(f->text);
	if (str_find_str(before, STR("${"), 0) != SIZE_MAX)
		return false; /* what the value is, and what is written, are two things */
	if (first == '[' || first == '{')
		return (is_quoted(before) || is_number(before) || is_plain(before)) &&
		       program_value(a, f->text, &f->text);
	if (is_quoted(before)) {
		if (!is_quoted(f->text) && (d->id != DIAG_wrong_type || !is_plain(f->text)))
			f->text = quoted(a, f->text);
		return true;
	}
	if (before.s[0] == '[')
		return is_quoted(f->text); /* a list of one, and its item */
	if (!is_number(before) && !is_plain(before))
		return false; /* an expression */
	if (is_number(before) && number_of(f->text).n == f->text.n)
		f->text = number_instead(a, d, before, f->text);
	else if (!is_plain(f->text) && !is_quoted(f->text))
		f->text = quoted(a, f->text);
	return true;
}

static void make_fixes(struct arena *a, struct diag *d)
{
	for (struct diag_fix *f = d->fixes; f != NULL; f = f->next)
		if (!adapt(a, d, f)) {
			d->fixes = NULL; /* all edits of a finding belong together */
			return;
		}
}

/* ---- texts ---- */

struct program_names program_names_of(struct arena *a, const struct hpc_program *p)
{
	struct program_names names = {0};

	for (size_t i = 0; p->main != NULL && i < p->main->nitems; i++) {
		const struct item *item = &p->main->items[i];
		struct str *name = NEW(a, struct str);
		struct buf b = buf_in(a);

		if (item->kind != ITEM_PARAM || !item->deploy)
			continue;
		*name = item->name.text;
		buf_pascal(&b, *name);
		map_put(&names.parameters, a, buf_str(&b), name);
	}
	return names;
}

/* Does the finding stand in a file of the program, or in none? What it says of others they say in their own words. */
static bool is_of_program(const struct hpc_program *p, struct span at)
{
	const struct source *src = at.src;

	if (!span_is_set(at))
		return true;
	if (src->base != NULL)
		src = src->base;
	for (size_t i = 0; i < p->nfiles; i++)
		if (p->files[i]->src == src)
			return true;
	return false;
}

void program_texts(struct arena *a, const struct hpc_program *p, const struct program_names *names,
		   struct diag *d)
{
	if (!is_of_program(p, d->at) || d->id == DIAG_policy_failed || d->id == DIAG_policy_warning)
		return; /* what a policy says are the words of who wrote it */
	d->text = program_words(a, names, d->text, false);
	d->inner = program_words(a, names, d->inner, true);
	for (struct diag_label *l = d->labels; l != NULL; l = l->next)
		l->text = program_words(a, names, l->text, false);
	for (struct diag_sub *s = d->subs; s != NULL; s = s->next)
		s->text = program_words(a, names, s->text, true);
	make_fixes(a, d);
}
