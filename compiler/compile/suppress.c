/* SPDX-License-Identifier: Apache-2.0 */
/* suppress.c - comments that take findings back. */
#include "compiler/compile/suppress.h"

#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/compile/misspelt.h"

#include <stdlib.h>

static const struct str MARK = STR_INIT("hpcc:ignore");

/* A place where a comment with MARK may stand: bytes of its # and of the mark. */
struct mark {
	uint32_t hash, at;
	uint32_t end; /* of what was meant as the mark; 0: it is one */
	bool file;    /* that of the form for the whole file was meant */
	bool certain; /* what was meant is clear */
	bool text;    /* it is part of a scalar */
};

struct reader {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	struct mark *marks; /* by place */
	size_t n;
	uint32_t asked,
		target; /* a line of comments, and the line that those from there on are for */
	struct suppression *first, **end;
};

/* Rules without which there would be nothing to emit, two things of one name, or a part of a list. */
static const enum diag_id needed[] = {
	DIAG_unknown_volume_type,
	DIAG_output_taken,
	DIAG_unknown_name,
	DIAG_network_without_subnets,
	DIAG_compute_without_subnets,
	DIAG_multinode_fargate,
	DIAG_scheduled_which_queue,
	DIAG_schedule_nothing,
	DIAG_output_circle,
	DIAG_item_splits,
	DIAG_items_uncounted,
	DIAG_workflow_definition_taken,
	DIAG_policy_warning, /* what a policy says is not for the file to take back */
};

/* Reading, schema, lowering, programs; kinds, parameters and references. */
static const struct str needed_blocks[] = {
	STR_INIT("E00"), STR_INIT("E01"),  STR_INIT("E05"),  STR_INIT("E07"),
	STR_INIT("E08"), STR_INIT("E160"), STR_INIT("E161"),
};

bool diag_may_change(enum diag_id id)
{
	struct str code = diag_code(id);

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i] == id)
			return false;
	for (size_t i = 0; i < ARRAY_LEN(needed_blocks); i++)
		if (str_starts(code, needed_blocks[i]))
			return false;
	return true;
}

const char *diag_why_fixed(enum diag_id id)
{
	return id == DIAG_policy_failed || id == DIAG_policy_warning
		       ? "a policy says it"
		       : "nothing can be made of a file that has it";
}

/*
 * The line that the comment at byte `hash` is for: its own, or the next that is neither blank nor a comment.
 * The last answer is kept, because a block of comments asks the same again and again.
 */
static uint32_t target_line(struct reader *r, uint32_t hash)
{
	const struct source *src = r->src;
	uint32_t line = source_place(src, hash).line;
	struct str before = str_slice(src->text, source_line_start(src, line), hash);

	if (str_trim(before).n > 0)
		return line;
	if (line >= r->asked && line < r->target)
		return r->target;
	r->asked = line;
	for (line++; source_line_start(src, line) < src->text.n; line++) {
		struct str text = str_trim(source_line(src, line));

		if (text.n > 0 && text.s[0] != '#')
			break;
	}
	return r->target = line;
}

static bool is_separator(char c)
{
	return c == ' ' || c == ',' || c == '\t';
}

static void report_unknown(struct reader *r, struct span at, struct str word)
{
	struct diag *d = diag_suppression_of_unknown_code(r->ds, at, word);
	struct str near;

	if (near_code(word, &near)) {
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(r->ds, d, at, near, edit_distance(word, near, 1) <= 1);
	} else {
		diag_help(r->ds, d, "`hpcc explain --list` shows all codes");
	}
}

static void add(struct reader *r, struct str word, uint32_t offset, uint32_t line)
{
	struct span at = span_in(r->src, offset, offset + word.n);
	struct suppression *s;
	enum diag_id id;

	if (!diag_find(word, &id)) {
		report_unknown(r, at, word);
		return;
	}
	if (!diag_may_change(id)) {
		diag_not_suppressible(r->ds, at, diag_code(id), diag_why_fixed(id));
		return;
	}
	s = NEW(r->a, struct suppression);
	*s = (struct suppression){.id = id, .at = at, .line = line};
	*r->end = s;
	r->end = &s->next;
}

/* Reads the codes of `text`, which begins at byte `offset`. */
static void read_codes(struct reader *r, struct str text, uint32_t offset, uint32_t line)
{
	for (size_t i = 0; i < text.n && !diags_full(r->ds);) {
		size_t start = i;

		while (i < text.n && !is_separator(text.s[i]))
			i++;
		if (i > start)
			add(r, str_slice(text, start, i), offset + (uint32_t)start, line);
		while (i < text.n && is_separator(text.s[i]))
			i++;
	}
}

/* A comment that was meant as a suppression, and is none. */
static void report_misspelt(struct reader *r, const struct mark *m)
{
	struct span at = span_in(r->src, m->at, m->end);
	struct str form = m->file ? STR("hpcc:ignore-file") : MARK;
	struct diag *d = diag_misspelt_suppression(r->ds, at, span_text(at));

	diag_help(r->ds, d, "write `# " STR_F " CODE -- reason`", STR_A(form));
	if (m->end < r->src->text.n && !is_separator(r->src->text.s[m->end]) &&
	    r->src->text.s[m->end] > ' ')
		form = arena_fmt(r->a, STR_F " ", STR_A(form));
	if (r->src->text.s[m->at] == '#')
		form = arena_fmt(r->a, "# " STR_F, STR_A(form));
	if (m->certain)
		diag_fix(r->ds, d, at, form, true);
}

/* Byte offset after the last of `text`, which lies in src, that is no blank. */
static uint32_t trimmed_end(const struct source *src, struct str text)
{
	struct str t = str_trim(text);

	return t.n > 0 ? (uint32_t)(t.s - src->text.s) + (uint32_t)t.n
		       : (uint32_t)(text.s - src->text.s);
}

/* One comment; the byte where its line ends. */
static uint32_t read_comment(struct reader *r, const struct mark *m)
{
	uint32_t line = source_place(r->src, m->at).line, for_line = target_line(r, m->hash);
	uint32_t end = source_line_start(r->src, line) + (uint32_t)source_line(r->src, line).n;
	uint32_t start = m->at + (uint32_t)MARK.n;
	struct str rest = str_slice(r->src->text, start, end), codes;
	size_t dashes;
	struct span at;

	if (str_starts(rest, STR("-file"))) {
		start += 5;
		rest = str_slice(r->src->text, start, end);
		for_line = 0;
	}
	dashes = str_find_str(rest, STR("--"), 0);
	codes = str_slice(rest, 0, dashes);
	at = span_in(r->src, m->at, trimmed_end(r->src, codes));
	if (str_trim(codes).n == 0)
		diag_help(r->ds, diag_suppression_without_code(r->ds, at),
			  "name what it is for: `# hpcc:ignore W0601 -- reason`");
	read_codes(r, codes, start, for_line);
	if (dashes == SIZE_MAX || str_trim(str_slice(rest, dashes + 2, rest.n)).n == 0)
		diag_help(r->ds, diag_suppression_without_reason(r->ds, at),
			  "say why after two dashes: `# hpcc:ignore CODE -- reason`");
	return end;
}

/* Is the comment whose # is text[hash] a suppression, or was it meant as one? Only blanks are between # and mark. */
static bool read_mark(struct str text, size_t hash, struct mark *ret)
{
	struct meant_mark meant;
	size_t at = hash + 1;

	while (at < text.n && (text.s[at] == ' ' || text.s[at] == '\t'))
		at++;
	*ret = (struct mark){.hash = (uint32_t)hash, .at = (uint32_t)at};
	if (misspelt_mark(text, hash, &meant)) {
		ret->at = (uint32_t)meant.lo;
		ret->end = (uint32_t)meant.hi;
		ret->file = meant.file;
		ret->certain = meant.certain;
		return true;
	}
	return str_starts(str_slice(text, at, text.n), MARK);
}

/* The # of the next comment at or after i: at the begin of the text or after a blank. text.n when there is none. */
static size_t next_comment(struct str text, size_t i)
{
	while ((i = str_find(text, '#', i)) < text.n && i > 0 && text.s[i - 1] > ' ')
		i++;
	return i;
}

bool suppressions_are_meant(const struct source *src)
{
	struct mark m;

	for (size_t i = next_comment(src->text, 0); i < src->text.n;
	     i = next_comment(src->text, i + 1))
		if (read_mark(src->text, i, &m))
			return true;
	return false;
}

static void find_marks(struct reader *r)
{
	struct str text = r->src->text;
	struct mark m;
	size_t most = 0;

	for (size_t i = next_comment(text, 0); i < text.n; i = next_comment(text, i + 1))
		most += read_mark(text, i, &m);
	if (most == 0)
		return;
	r->marks = NEW_ARRAY(r->a, struct mark, most);
	for (size_t i = next_comment(text, 0); i < text.n; i = next_comment(text, i + 1))
		if (read_mark(text, i, &m))
			r->marks[r->n++] = m;
}

static uint32_t mark_place(const void *marks, size_t i)
{
	return ((const struct mark *)marks)[i].hash;
}

/* The marks inside the span of a scalar are its text. */
static void strike(struct reader *r, struct span at)
{
	size_t i = search_least(at.lo, r->marks, r->n, mark_place);

	/* Scalars do not overlap: one that was struck already is an alias. */
	for (; i < r->n && r->marks[i].hash < at.hi && !r->marks[i].text; i++)
		r->marks[i].text = true;
}

/* Strikes the marks in all scalars below n; the reader's limits bound depth and number. */
static void strike_in(struct reader *r, const struct node *n)
{
	if (n->kind == NODE_LIST) {
		for (size_t i = 0; i < n->list.n; i++)
			strike_in(r, n->list.items[i]);
	} else if (n->kind == NODE_MAP) {
		for (size_t i = 0; i < n->map.n; i++) {
			strike(r, n->map.entries[i].key_at);
			strike_in(r, n->map.entries[i].value);
		}
	} else {
		strike(r, n->at);
	}
}

/* Reads the marks that were not struck. */
static struct suppression *read_marks(struct reader *r)
{
	uint32_t end = 0; /* of the last comment: what it goes on to say is its reason */

	r->end = &r->first;
	for (size_t i = 0; i < r->n; i++)
		if (!r->marks[i].text && r->marks[i].hash >= end && r->marks[i].end > 0)
			report_misspelt(r, &r->marks[i]);
		else if (!r->marks[i].text && r->marks[i].hash >= end)
			end = read_comment(r, &r->marks[i]);
	return r->first;
}

struct suppression *suppressions_read(struct arena *a, struct diags *ds, const struct source *src,
				      const struct node *root)
{
	struct reader r = {.a = a, .ds = ds, .src = src};

	find_marks(&r);
	if (r.n > 0)
		strike_in(&r, root);
	return read_marks(&r);
}

struct suppression *suppressions_among(struct arena *a, struct diags *ds, const struct source *src,
				       const struct span *comments, size_t n)
{
	struct reader r = {.a = a, .ds = ds, .src = src};
	size_t k = 0;

	find_marks(&r);
	for (size_t i = 0; i < r.n; i++) {
		while (k < n && comments[k].hi <= r.marks[i].hash)
			k++;
		r.marks[i].text = k == n || comments[k].lo > r.marks[i].hash;
	}
	return read_marks(&r);
}

/* The suppressions in two orders. */
struct index {
	const struct source *src;	       /* of the comments */
	struct suppression *whole[DIAG_COUNT]; /* for the file, by code: the last one */
	struct suppression **lines; /* for a line, by line and code; the first one of each */
	size_t n;
};

static int by_line(const void *pa, const void *pb)
{
	const struct suppression *a = *(struct suppression *const *)pa,
				 *b = *(struct suppression *const *)pb;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int by_line_and_place(const void *pa, const void *pb)
{
	const struct suppression *a = *(struct suppression *const *)pa,
				 *b = *(struct suppression *const *)pb;
	int c = by_line(pa, pb);

	return c != 0 ? c : (a->at.lo > b->at.lo) - (a->at.lo < b->at.lo);
}

static void index_fill(struct arena *a, struct index *x, struct suppression *list)
{
	size_t most = 0, n = 0;

	for (const struct suppression *s = list; s != NULL; s = s->next)
		most++;
	x->src = list->at.src;
	x->lines = NEW_ARRAY(a, struct suppression *, most + 1);
	for (struct suppression *s = list; s != NULL; s = s->next)
		if (s->line == 0)
			x->whole[s->id] = s;
		else
			x->lines[n++] = s;
	qsort(x->lines, n, sizeof(x->lines[0]), by_line_and_place);
	for (size_t i = 0; i < n; i++) {
		if (x->n > 0 && by_line(&x->lines[x->n - 1], &x->lines[i]) == 0)
			x->lines[i]->same = x->lines[x->n - 1];
		else
			x->lines[x->n++] = x->lines[i];
	}
}

/* Is d taken back? Marks what does it as used. */
static bool covered(const struct index *x, const struct diag *d)
{
	uint32_t line = span_is_set(d->at) ? source_place(d->at.src, d->at.lo).line : 0;
	struct suppression wanted = {.line = line, .id = d->id}, *key = &wanted, **on_line;
	bool found = false;

	if (span_is_set(d->at) && d->at.src != x->src)
		return false; /* it is of a file that this one uses */
	if (x->whole[d->id] != NULL)
		x->whole[d->id]->used = found = true;
	on_line = bsearch(&key, x->lines, x->n, sizeof(x->lines[0]), by_line);
	if (on_line != NULL)
		(*on_line)->used = found = true;
	return found;
}

/* Was it, or the same on the same line, of use? */
static bool is_used(const struct suppression *s)
{
	return s->used || (s->same != NULL && s->same->used);
}

void suppress(struct diags *ds, struct suppression *list,
	      bool (*off)(enum diag_id id, const void *data), const void *data)
{
	struct diag **link = &ds->first;
	struct index x = {.n = 0};

	if (list == NULL) {
		diags_sort(ds);
		return;
	}
	index_fill(ds->arena, &x, list);
	ds->last = NULL;
	while (*link != NULL) {
		if (covered(&x, *link)) {
			*link = (*link)->next;
			continue;
		}
		ds->last = *link;
		link = &(*link)->next;
	}
	for (struct suppression *s = list; s != NULL; s = s->next)
		if (!is_used(s) && !off(s->id, data))
			diag_unused_suppression(ds, s->at, diag_code(s->id));
	diags_sort(ds);
}
