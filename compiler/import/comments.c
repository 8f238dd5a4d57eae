/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comments.c - finds the comments of a YAML file and gives each its place.
 *
 * What is between scalars is blanks, signs, anchors, tags and comments; so a `#` there, behind a blank or a sign,
 * begins a comment. The tree is walked in the order of the text with one cursor over the comments: each is taken
 * once, by the innermost that may have it.
 */
#include "compiler/import/comments.h"

#include <string.h>

struct finder {
	struct arena *a;
	const struct source *src;
	struct comment *items;
	size_t n, cap;
	size_t next; /* the first that has no place yet */
};

/* ---- finding ---- */

/* Bytes of the line break at i as libyaml sees them, or 0. */
static size_t break_at(struct str s, size_t i)
{
	struct str three = str_slice(s, i, i + 3);

	if (i < s.n && (s.s[i] == '\n' || s.s[i] == '\r'))
		return 1;
	if (str_starts(three, STR("\xc2\x85")))
		return 2;
	return str_eq(three, STR("\xe2\x80\xa8")) || str_eq(three, STR("\xe2\x80\xa9")) ? 3 : 0;
}

static size_t line_end(struct str s, size_t i)
{
	while (i < s.n && break_at(s, i) == 0)
		i++;
	return i;
}

static size_t line_start(struct str s, size_t i)
{
	while (i > 0 && break_at(s, i - 1) == 0 && !(i > 1 && break_at(s, i - 2) == 2) &&
	       !(i > 2 && break_at(s, i - 3) == 3))
		i--;
	return i;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Is the line before that of byte i empty? False in the first line. */
static bool after_empty_line(struct str s, size_t i)
{
	size_t at = line_start(s, i);

	if (at == 0)
		return false;
	at -= at > 1 && s.s[at - 1] == '\n' && s.s[at - 2] == '\r' ? 2 : 1;
	while (at > 0 && is_blank(s.s[at - 1]))
		at--;
	return at > 0 && break_at(s, at - 1) != 0;
}

/* Is an empty line before what begins at byte i, which is the first on its line but for dashes? */
static bool begins_paragraph(struct str s, size_t i)
{
	for (size_t at = line_start(s, i); at < i; at++)
		if (!is_blank(s.s[at]) && s.s[at] != '-')
			return false;
	return after_empty_line(s, i);
}

static void add(struct finder *f, size_t lo, size_t hi)
{
	struct str s = f->src->text;
	size_t start = line_start(s, lo), first = start;

	while (first < lo && is_blank(s.s[first]))
		first++;
	while (hi > lo && is_blank(s.s[hi - 1]))
		hi--;
	f->items = arena_grow(f->a, f->items, sizeof(*f->items), f->n, &f->cap);
	f->items[f->n++] = (struct comment){
		.lo = (uint32_t)lo,
		.hi = (uint32_t)hi,
		.own_line = first == lo,
		.after_empty = after_empty_line(s, lo),
		.column = (uint32_t)(lo - start),
		.text = str_slice(s, lo, hi),
	};
}

/* The comments between two scalars. */
static void find_in(struct finder *f, size_t lo, size_t hi)
{
	struct str s = f->src->text;

	for (size_t i = lo; i < hi; i++) {
		if (s.s[i] != '#' ||
		    (i > 0 && strchr(" \t\r\n,[]{}", s.s[i - 1]) == NULL && line_start(s, i) != i))
			continue;
		add(f, i, line_end(s, i));
		i = line_end(s, i);
	}
}

/* Walks to the scalar w: the comments before it, and that in the head of a block. */
static void find_before(struct finder *f, const struct written *w, size_t *done)
{
	struct str s = f->src->text;

	if (w->at.lo < *done || w->at.lo == w->at.hi)
		return;
	find_in(f, *done, w->at.lo);
	if (w->block)
		find_in(f, w->at.lo, line_end(s, w->at.lo));
	*done = w->at.hi;
}

static void find_under(struct finder *f, const struct written *w, size_t *done)
{
	if (w->kind == WRITTEN_SCALAR || w->kind == WRITTEN_ALIAS) {
		find_before(f, w, done);
		return;
	}
	for (size_t i = 0; i < w->n; i++) {
		if (w->entries[i].key != NULL)
			find_before(f, w->entries[i].key, done);
		find_under(f, w->entries[i].value, done);
	}
}

/* ---- giving places ---- */

static const struct comment *peek(const struct finder *f, size_t before)
{
	const struct comment *c = f->next < f->n ? &f->items[f->next] : NULL;

	return c != NULL && c->lo < before ? c : NULL;
}

/* All comments before byte `before`. */
static struct comment_run take_until(struct finder *f, size_t before)
{
	struct comment_run run = {f->n > 0 ? &f->items[f->next] : NULL, 0};

	while (peek(f, before) != NULL) {
		f->next++;
		run.n++;
	}
	return run;
}

/* The comment on the line of byte `at`, behind it. */
static const struct comment *take_behind(struct finder *f, size_t at)
{
	const struct comment *c = peek(f, line_end(f->src->text, at));

	if (c == NULL || c->own_line || c->lo < at)
		return NULL;
	f->next++;
	return c;
}

/* Own lines that are indented as far as a block at `column`, before byte `before`. */
static struct comment_run take_block_end(struct finder *f, size_t column, size_t before)
{
	struct comment_run run = {f->n > 0 ? &f->items[f->next] : NULL, 0};
	const struct comment *c;

	while ((c = peek(f, before)) != NULL && c->own_line && c->column >= column) {
		f->next++;
		run.n++;
	}
	return run;
}

static void attach(struct finder *f, struct written *w, size_t column, size_t before);

static size_t column_of(const struct finder *f, size_t at)
{
	return at - line_start(f->src->text, at);
}

/* Where an entry begins: its key, or the dash of an item in block style. */
static size_t begin_of(const struct finder *f, const struct written *in,
		       const struct written_entry *e)
{
	struct str s = f->src->text;
	size_t at = e->key != NULL ? e->key->lo : e->value->lo;

	if (in->kind == WRITTEN_LIST && !in->flow)
		while (at > 0 && is_blank(s.s[at - 1]))
			at--;
	return in->kind == WRITTEN_LIST && !in->flow && at > 0 && s.s[at - 1] == '-' ? at - 1 : at;
}

/* Comments inside of the value of an entry, and behind it. */
static void attach_value(struct finder *f, struct written_entry *e, struct entry_remarks *r,
			 size_t column, size_t before)
{
	struct written *v = e->value;
	bool collection = v->kind == WRITTEN_LIST || v->kind == WRITTEN_MAP;
	size_t key_end = e->key != NULL ? e->key->at.hi : v->lo;

	if (collection) {
		attach(f, v, column, before);
	} else if (v->at.lo > key_end && peek(f, v->at.lo) != NULL) {
		size_t had = r->above.n; /* between key and value: nowhere else to put it */

		r->above.n += take_until(f, v->at.lo).n;
		if (had == 0)
			r->above.first = &f->items[f->next - r->above.n];
	}
	if (v->block)
		r->behind = take_behind(f, v->at.lo);
	else if (!collection || v->flow)
		r->behind = take_behind(f, v->at.hi > key_end ? v->at.hi : key_end);
}

/* `column`: that of the block that w stands in; `before`: where what follows w begins. */
static void attach(struct finder *f, struct written *w, size_t column, size_t before)
{
	struct remarks *r = NEW(f->a, struct remarks);
	size_t own, first = w->n > 0 ? begin_of(f, w, &w->entries[0]) : w->at.hi;
	size_t closing = w->flow && w->at.hi > 0 ? w->at.hi - 1 : before;

	w->remarks = r;
	r->entries = NEW_ARRAY(f->a, struct entry_remarks, w->n + 1);
	if (peek(f, first) != NULL && !peek(f, first)->own_line)
		r->open = &f->items[f->next++];
	own = column_of(f, first);
	if (w->kind == WRITTEN_LIST && !w->flow && own == column)
		own++; /* a list may stand under its key: a comment there is of what follows */
	for (size_t i = 0; i < w->n; i++) {
		struct entry_remarks *e = &r->entries[i];
		size_t at = begin_of(f, w, &w->entries[i]);
		size_t next = i + 1 < w->n ? begin_of(f, w, &w->entries[i + 1]) : closing;

		e->above = take_until(f, at);
		e->parted = begins_paragraph(f->src->text, at);
		e->after_empty = e->above.n > 0 ? e->above.first->after_empty : e->parted;
		e->parted = e->parted && e->above.n > 0;
		attach_value(f, &w->entries[i], e, own, next);
	}
	r->end = w->flow ? take_until(f, closing) : take_block_end(f, own, before);
}

void comments_attach(struct arena *a, const struct source *src, struct written *root, size_t *ret_n)
{
	struct finder f = {.a = a, .src = src};
	struct remarks *r;
	size_t done = 0;

	find_under(&f, root, &done);
	find_in(&f, done, src->text.n);
	*ret_n = f.n;
	if (root->kind != WRITTEN_LIST && root->kind != WRITTEN_MAP)
		return;
	attach(&f, root, 0, src->text.n);
	r = root->remarks;
	if (f.next < f.n) { /* behind all: they stand at the end */
		if (r->end.n == 0)
			r->end.first = &f.items[f.next];
		r->end.n += f.n - f.next;
	}
}
