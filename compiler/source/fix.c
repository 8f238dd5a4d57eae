/* SPDX-License-Identifier: Apache-2.0 */
/* fix.c - applies the fixes of findings to the text. */
#include "compiler/source/fix.h"

#include "compiler/base/buf.h"
#include "compiler/base/search.h"

#include <string.h>

enum { CONTEXT = 3 };

static uint32_t edit_end(const void *edits, size_t i)
{
	return ((const struct edit *)edits)[i].hi;
}

/* Index of the first edit that ends at or after byte `at`. */
static size_t first_from(const struct edits *e, uint32_t at)
{
	return search_least(at, e->items, e->n, edit_end);
}

/* Puts an edit in its place; false when it would touch another. */
static bool insert(struct edits *e, struct edit new)
{
	size_t i = first_from(e, new.lo);

	if (i < e->n && e->items[i].lo <= new.hi)
		return false;
	memmove(&e->items[i + 1], &e->items[i], (e->n - i) * sizeof(*e->items));
	e->items[i] = new;
	e->n++;
	return true;
}

static void take_out(struct edits *e, struct span at)
{
	size_t i = first_from(e, at.lo);

	e->n--;
	memmove(&e->items[i], &e->items[i + 1], (e->n - i) * sizeof(*e->items));
}

static bool certain_here(const struct diag *d, const struct source *src)
{
	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
		if (!f->certain || f->at.src != src)
			return false;
	return d->fixes != NULL;
}

/* Does the first line of src end in CR LF? Then all that is written into it does. */
static bool has_crlf(const struct source *src)
{
	size_t end = str_find(src->text, '\n', 0);

	return end > 0 && end < src->text.n && src->text.s[end - 1] == '\r';
}

/* Text to insert, with the line ends of the file. */
static struct str in_file_style(struct arena *a, struct str text, bool crlf)
{
	struct buf b = buf_in(a);

	if (!crlf || str_find(text, '\n', 0) == text.n)
		return text;
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '\n')
			buf_char(&b, '\r');
		buf_char(&b, text.s[i]);
	}
	return buf_str(&b);
}

/* Adds all edits of d, or none. */
static void add_finding(struct arena *a, struct edits *e, const struct diag *d, bool crlf)
{
	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next) {
		struct str text = in_file_style(a, f->text, crlf);

		if (insert(e, (struct edit){f->at.lo, f->at.hi, text}))
			continue;
		for (const struct diag_fix *done = d->fixes; done != f; done = done->next)
			take_out(e, done->at);
		return;
	}
	e->findings++;
}

struct edits fixes_choose(struct arena *a, const struct diags *ds, const struct source *src)
{
	bool crlf = has_crlf(src);
	struct edits e = {0};
	size_t most = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
			most++;
	e.items = NEW_ARRAY(a, struct edit, most + 1);
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		if (certain_here(d, src))
			add_finding(a, &e, d, crlf);
	return e;
}

/* Appends bytes [lo, hi) of text with the edits, which lie in there, made. */
static void add_edited(struct buf *b, struct str text, size_t lo, size_t hi,
		       const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add(b, str_slice(text, lo, edits[i].lo));
		buf_add(b, edits[i].text);
		lo = edits[i].hi;
	}
	buf_add(b, str_slice(text, lo, hi));
}

struct str fixes_apply(struct arena *a, const struct source *src, const struct edits *e)
{
	struct buf b = buf_in(a);

	add_edited(&b, src->text, 0, src->text.n, e->items, e->n);
	return buf_str(&b);
}

struct edits fixes_then(struct arena *a, const struct edits *first, struct str between,
			const struct edits *second)
{
	struct edits all = {.items = NEW_ARRAY(a, struct edit, first->n + second->n + 1),
			    .findings = first->findings + second->findings};
	int64_t shift = 0; /* bytes that the edits of `first` added so far */

	/* Edits that meet in the text between become one. */
	for (size_t i = 0, j = 0; i < first->n || j < second->n;) {
		int64_t one = i < first->n ? first->items[i].lo + shift : INT64_MAX;
		int64_t two = j < second->n ? second->items[j].lo : INT64_MAX;
		int64_t lo = one < two ? one : two, hi = lo, shift_before = shift;
		struct buf text = buf_in(a);
		size_t from = j;

		for (;;) {
			const struct edit *e = &first->items[i], *f = &second->items[j];
			int64_t end;

			if (i < first->n && e->lo + shift <= hi) {
				end = e->lo + shift + (int64_t)e->text.n;
				shift += (int64_t)e->text.n - (int64_t)(e->hi - e->lo);
				i++;
			} else if (j < second->n && f->lo <= hi) {
				end = f->hi;
				j++;
			} else {
				break;
			}
			hi = end > hi ? end : hi;
		}
		add_edited(&text, between, (size_t)lo, (size_t)hi, &second->items[from], j - from);
		all.items[all.n++] = (struct edit){(uint32_t)(lo - shift_before),
						   (uint32_t)(hi - shift), buf_str(&text)};
	}
	return all;
}

/*
 * ---- the unified diff ----
 *
 * A line ends with LF for the tools that read a diff, also where YAML sees more line ends.
 */

static size_t line_begin(struct str text, size_t at)
{
	while (at > 0 && text.s[at - 1] != '\n')
		at--;
	return at;
}

/* Where the line that holds byte `at` ends, its LF included. */
static size_t line_end(struct str text, size_t at)
{
	size_t lf = str_find(text, '\n', at);

	return lf < text.n ? lf + 1 : text.n;
}

static unsigned long count_lines(struct str text)
{
	unsigned long n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.s[i] == '\n';
	return n + (text.n > 0 && text.s[text.n - 1] != '\n');
}

/* Where the lines end that an edit changes: not the line after it when only whole lines come and go. */
static size_t changed_end(struct str text, const struct edit *e)
{
	bool at_begin = e->hi == 0 || text.s[e->hi - 1] == '\n';
	bool whole = e->text.n == 0 ? line_begin(text, e->lo) == e->lo
				    : e->text.s[e->text.n - 1] == '\n';

	return at_begin && whole ? e->hi : line_end(text, e->hi);
}

static void add_lines(struct buf *b, struct str text, char sign)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = line_end(text, at);

		buf_char(b, sign);
		buf_add(b, str_slice(text, at, end));
		if (text.s[end - 1] != '\n')
			buf_add(b, STR("\n\\ No newline at end of file\n"));
		at = end;
	}
}

/* How far the diff has come. */
struct differ {
	struct buf *out;
	struct str text;
	size_t at;	    /* byte of text */
	unsigned long line; /* line number there, from 1 */
	long shift;	    /* lines that the hunks before added */
};

/* The lines [*lo, *hi) of text that the first edits change, as many as share lines; returns how many. */
static size_t changed_lines(struct str text, const struct edit *edits, size_t n, size_t *lo,
			    size_t *hi)
{
	size_t i = 1;

	*lo = line_begin(text, edits[0].lo);
	*hi = changed_end(text, &edits[0]);
	for (; i < n && line_begin(text, edits[i].lo) < *hi; i++)
		*hi = changed_end(text, &edits[i]);
	return i;
}

/* One hunk: `n` edits that lie near each other. */
static void hunk(struct differ *d, const struct edit *edits, size_t n)
{
	size_t start = line_begin(d->text, edits[0].lo), end = changed_end(d->text, &edits[n - 1]);
	size_t from = start, to = end, lo, hi, step;
	struct buf body = buf_in(d->out->a);
	unsigned long old, new;

	for (int i = 0; i < CONTEXT; i++) {
		from = from > 0 ? line_begin(d->text, from - 1) : 0;
		to = to < d->text.n ? line_end(d->text, to) : to;
	}
	d->line += count_lines(str_slice(d->text, d->at, from));
	d->at = from;
	old = new = count_lines(str_slice(d->text, from, to));
	for (size_t i = 0; i < n; i += step, from = hi) {
		struct buf fresh = buf_in(d->out->a);

		step = changed_lines(d->text, &edits[i], n - i, &lo, &hi);
		add_edited(&fresh, d->text, lo, hi, &edits[i], step);
		add_lines(&body, str_slice(d->text, from, lo), ' ');
		add_lines(&body, str_slice(d->text, lo, hi), '-');
		add_lines(&body, buf_str(&fresh), '+');
		new = new - count_lines(str_slice(d->text, lo, hi)) + count_lines(buf_str(&fresh));
	}
	add_lines(&body, str_slice(d->text, from, to), ' ');
	/* Where no line is, the one in front of it is named. */
	buf_fmt(d->out, "@@ -%lu,%lu +%ld,%lu @@\n", d->line - (old == 0), old,
		(long)d->line + d->shift - (new == 0), new);
	buf_add(d->out, buf_str(&body));
	d->shift += (long)new - (long)old;
}

/* A file name of the heading; a tab must end one with blanks, for patch(1). */
static void heading(struct buf *b, const char *sign, struct str name)
{
	buf_fmt(b, "%s " STR_F "%s\n", sign, STR_A(name),
		str_find(name, ' ', 0) < name.n ? "\t" : "");
}

struct str fixes_diff(struct arena *a, const struct source *src, const struct edits *e)
{
	struct buf b = buf_in(a);
	struct differ d = {.out = &b, .text = src->text, .line = 1};

	if (e->n == 0)
		return (struct str){0};
	heading(&b, "---", src->name);
	heading(&b, "+++", src->name);
	for (size_t i = 0, j; i < e->n; i = j) {
		for (j = i + 1; j < e->n; j++)
			if (count_lines(str_slice(d.text, e->items[j - 1].hi, e->items[j].lo)) >
			    2 * CONTEXT)
				break;
		hunk(&d, &e->items[i], j - i);
	}
	return buf_str(&b);
}
