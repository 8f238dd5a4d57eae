/* SPDX-License-Identifier: Apache-2.0 */
/* suppress.c - comments that take findings back. */
#include "compiler/source/suppress.h"

static const struct str MARK = STR_INIT("hpcc:ignore");

/* What one comment says. */
struct reader {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	struct suppression *first, **end;
};

bool diag_may_change(enum diag_id id)
{
	struct str code = diag_code(id);

	return !str_starts(code, STR("E00")) && !str_starts(code, STR("E01"));
}

/* The line that a comment at byte `at` is for: its own, or the next that is neither blank nor a comment. */
static uint32_t target_line(const struct source *src, uint32_t at, uint32_t hash)
{
	uint32_t line = source_place(src, at).line;
	struct str before = str_slice(src->text, source_line_start(src, line), hash);

	if (str_trim(before).n > 0)
		return line;
	for (line++; source_line_start(src, line) < src->text.n; line++) {
		struct str text = str_trim(source_line(src, line));

		if (text.n > 0 && text.s[0] != '#')
			break;
	}
	return line;
}

static void add(struct reader *r, struct str word, uint32_t offset, uint32_t line)
{
	struct span at = span_in(r->src, offset, offset + word.n);
	struct suppression *s;
	enum diag_id id;

	if (!diag_find(word, &id)) {
		diag_suppression_of_unknown_code(r->ds, at, word);
		return;
	}
	if (!diag_may_change(id)) {
		diag_not_suppressible(r->ds, at, diag_code(id));
		return;
	}
	s = NEW(r->a, struct suppression);
	*s = (struct suppression){.id = id, .at = at, .line = line};
	*r->end = s;
	r->end = &s->next;
}

static bool is_separator(char c)
{
	return c == ' ' || c == ',' || c == '\t';
}

/* Reads the codes of `text`, which begins at byte `offset`. */
static void read_codes(struct reader *r, struct str text, uint32_t offset, uint32_t line)
{
	for (size_t i = 0; i < text.n;) {
		size_t start = i;

		while (i < text.n && !is_separator(text.s[i]))
			i++;
		if (i > start)
			add(r, str_slice(text, start, i), offset + (uint32_t)start, line);
		while (i < text.n && is_separator(text.s[i]))
			i++;
	}
}

/* One comment: `hash` is where its # stands, `at` where MARK does. */
static void read_comment(struct reader *r, uint32_t hash, uint32_t at)
{
	uint32_t line = source_place(r->src, at).line, for_line = target_line(r->src, at, hash);
	uint32_t end = source_line_start(r->src, line) + (uint32_t)source_line(r->src, line).n;
	uint32_t start = at + (uint32_t)MARK.n;
	struct str rest = str_slice(r->src->text, start, end), codes;
	size_t dashes = str_find_str(rest, STR("--"), 0);

	if (str_starts(rest, STR("-file"))) {
		start += 5;
		rest = str_slice(r->src->text, start, end);
		dashes = str_find_str(rest, STR("--"), 0);
		for_line = 0;
	}
	codes = str_slice(rest, 0, dashes);
	read_codes(r, codes, start, for_line);
	if (dashes == SIZE_MAX || str_trim(str_slice(rest, dashes + 2, rest.n)).n == 0)
		diag_help(r->ds,
			  diag_suppression_without_reason(
				  r->ds, span_in(r->src, at, start + str_trim(rest).n + 1)),
			  "say why after two dashes: `# hpcc:ignore CODE -- reason`");
}

struct suppression *suppressions_read(struct arena *a, struct diags *ds, const struct source *src)
{
	struct reader r = {.a = a, .ds = ds, .src = src};
	size_t at = 0;

	r.end = &r.first;
	while ((at = str_find_str(src->text, MARK, at)) != SIZE_MAX) {
		size_t hash = at;

		/* A comment: only blanks between the # and the mark, and a blank or nothing before the #. */
		while (hash > 0 && (src->text.s[hash - 1] == ' ' || src->text.s[hash - 1] == '\t'))
			hash--;
		if (hash > 0 && src->text.s[hash - 1] == '#' &&
		    (hash == 1 || src->text.s[hash - 2] <= ' '))
			read_comment(&r, (uint32_t)hash - 1, (uint32_t)at);
		at += MARK.n;
	}
	return r.first;
}

static bool covered(struct suppression *list, const struct diag *d)
{
	uint32_t line = span_is_set(d->at) ? source_place(d->at.src, d->at.lo).line : 0;
	bool found = false;

	for (struct suppression *s = list; s != NULL; s = s->next) {
		if (s->id != d->id || (s->line != 0 && s->line != line))
			continue;
		s->used = found = true;
	}
	return found;
}

void suppress(struct diags *ds, struct suppression *list,
	      bool (*off)(enum diag_id id, const void *data), const void *data)
{
	struct diag **link = &ds->first;

	ds->last = NULL;
	while (list != NULL && *link != NULL) {
		if (covered(list, *link)) {
			*link = (*link)->next;
			continue;
		}
		ds->last = *link;
		link = &(*link)->next;
	}
	if (list == NULL)
		for (struct diag *d = ds->first; d != NULL; d = d->next)
			ds->last = d;
	for (struct suppression *s = list; s != NULL; s = s->next)
		if (!s->used && !off(s->id, data))
			diag_unused_suppression(ds, s->at, diag_code(s->id));
	diags_sort(ds);
}
