/* SPDX-License-Identifier: Apache-2.0 */
/* fix.c - applies the fixes of findings to the text. */
#include "compiler/source/fix.h"

#include "compiler/base/buf.h"

#include <stdlib.h>

enum { CONTEXT = 3 };

/* May all edits of d be made beside those chosen so far? */
static bool fits(const struct edits *e, const struct diag *d, const struct source *src)
{
	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next) {
		if (!f->certain || f->at.src != src)
			return false;
		for (size_t i = 0; i < e->n; i++)
			if (f->at.lo <= e->items[i].hi && e->items[i].lo <= f->at.hi)
				return false;
	}
	return d->fixes != NULL;
}

static int edit_cmp(const void *pa, const void *pb)
{
	const struct edit *a = pa, *b = pb;

	return (a->lo > b->lo) - (a->lo < b->lo);
}

struct edits fixes_choose(struct arena *a, const struct diags *ds, const struct source *src)
{
	struct edits e = {0};
	size_t most = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
			most++;
	e.items = NEW_ARRAY(a, struct edit, most + 1);
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		if (!fits(&e, d, src))
			continue;
		for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
			e.items[e.n++] = (struct edit){f->at.lo, f->at.hi, f->text};
		e.findings++;
	}
	if (e.n > 0)
		qsort(e.items, e.n, sizeof(*e.items), edit_cmp);
	return e;
}

/* Appends bytes [lo, hi) of src with edits [from, to) made. */
static void add_edited(struct buf *b, const struct source *src, uint32_t lo, uint32_t hi,
		       const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add(b, str_slice(src->text, lo, edits[i].lo));
		buf_add(b, edits[i].text);
		lo = edits[i].hi;
	}
	buf_add(b, str_slice(src->text, lo, hi));
}

struct str fixes_apply(struct arena *a, const struct source *src, const struct edits *e)
{
	struct buf b = buf_in(a);

	add_edited(&b, src, 0, (uint32_t)src->text.n, e->items, e->n);
	return buf_str(&b);
}

static uint32_t line_of(const struct source *src, uint32_t at)
{
	return source_place(src, at).line;
}

static uint32_t last_line(const struct source *src)
{
	uint32_t line = line_of(src, (uint32_t)src->text.n);

	return source_line_start(src, line) == src->text.n && line > 1 ? line - 1 : line;
}

/* Appends each line of text after `sign`; returns how many. */
static uint32_t add_lines(struct buf *b, struct str text, char sign)
{
	uint32_t n = 0;

	while (text.n > 0) {
		size_t end = str_find(text, '\n', 0);

		buf_char(b, sign);
		buf_add(b, str_slice(text, 0, end));
		buf_char(b, '\n');
		if (end == text.n)
			buf_add(b, STR("\\ No newline at end of file\n"));
		text = str_slice(text, end + 1, text.n);
		n++;
	}
	return n;
}

/* One hunk: the edits [0, n) of `edits`, which lie near each other. `shift` is lines added before it. */
static int64_t hunk(struct buf *b, const struct source *src, const struct edit *edits, size_t n,
		    int64_t shift)
{
	uint32_t first = line_of(src, edits[0].lo), last = line_of(src, edits[n - 1].hi);
	uint32_t from = first > CONTEXT ? first - CONTEXT : 1, to = last + CONTEXT;
	struct buf body = buf_in(b->a), fresh = buf_in(b->a);
	uint32_t start = source_line_start(src, first), end = source_line_start(src, last + 1);
	uint32_t old, made, context;

	if (to > last_line(src))
		to = last_line(src);
	context = add_lines(&body, str_slice(src->text, source_line_start(src, from), start), ' ');
	old = add_lines(&body, str_slice(src->text, start, end), '-');
	add_edited(&fresh, src, start, end, edits, n);
	made = add_lines(&body, buf_str(&fresh), '+');
	if (to > last)
		context += add_lines(
			&body, str_slice(src->text, end, source_line_start(src, to + 1)), ' ');
	buf_fmt(b, "@@ -%u,%u +%lld,%u @@\n", from, context + old,
		(long long)from + (long long)shift, context + made);
	buf_add(b, buf_str(&body));
	return shift + (int64_t)made - (int64_t)old;
}

struct str fixes_diff(struct arena *a, const struct source *src, const struct edits *e)
{
	struct buf b = buf_in(a);
	int64_t shift = 0;

	if (e->n == 0)
		return (struct str){0};
	buf_fmt(&b, "--- " STR_F "\n+++ " STR_F "\n", STR_A(src->name), STR_A(src->name));
	for (size_t i = 0; i < e->n;) {
		size_t j = i + 1;

		while (j < e->n && line_of(src, e->items[j].lo) <=
					   line_of(src, e->items[j - 1].hi) + 2 * CONTEXT)
			j++;
		shift = hunk(&b, src, &e->items[i], j - i, shift);
		i = j;
	}
	return buf_str(&b);
}
