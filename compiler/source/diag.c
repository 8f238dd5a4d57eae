/* SPDX-License-Identifier: Apache-2.0 */
/* diag.c - the list of diagnostics, and what diag.def says of each. */
#include "compiler/source/diag.h"

#include "compiler/base/open_text.h"
#include "compiler/base/shown.h"

#include <stdio.h>
#include <stdlib.h>

static const struct row {
	struct str code, name;
	enum severity sev;
} rows[DIAG_COUNT] = {
#define DIAG(code, id, sev, params, ...) {STR_INIT(#code), STR_INIT(#id), SEV_##sev},
#define DIAG0(code, id, sev, text) {STR_INIT(#code), STR_INIT(#id), SEV_##sev},
#include "compiler/source/diag.def"
#undef DIAG
#undef DIAG0
};

struct str diag_code(enum diag_id id)
{
	return rows[id].code;
}

struct str diag_name(enum diag_id id)
{
	return rows[id].name;
}

enum severity diag_default_severity(enum diag_id id)
{
	return rows[id].sev;
}

/* Equal, where a dash of `b` stands for an underscore of `a`. */
static bool name_eq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.s[i] != (b.s[i] == '-' ? '_' : b.s[i]))
			return false;
	return true;
}

bool diag_find(struct str code_or_name, enum diag_id *ret)
{
	for (int i = 0; i < DIAG_COUNT; i++) {
		if (!str_eq_nocase(rows[i].code, code_or_name) &&
		    !name_eq(rows[i].name, code_or_name))
			continue;
		*ret = (enum diag_id)i;
		return true;
	}
	return false;
}

struct str severity_word(enum severity sev)
{
	switch (sev) {
	case SEV_NOTE:
		return STR("note");
	case SEV_WARNING:
		return STR("warning");
	case SEV_ERROR:
		return STR("error");
	}
	BUG("severity %d", (int)sev);
}

static void count(struct diags *ds, enum severity sev)
{
	if (sev == SEV_ERROR)
		ds->errors++;
	else if (sev == SEV_WARNING)
		ds->warnings++;
	else
		ds->notes++;
}

/* The largest index up to i at which a character of s begins. */
static size_t begin_of_character(struct str s, size_t i)
{
	while (i > 0 && ((unsigned char)s.s[i] & 0xc0) == 0x80)
		i--;
	return i;
}

/* A message with a word of megabytes in it is of use to nobody: its middle is left out. */
static struct str shortened(struct arena *a, struct str s)
{
	enum { MOST = 2000, KEPT = 400 };
	struct str head, tail;

	if (s.n <= MOST)
		return s;
	head = str_slice(s, 0, begin_of_character(s, KEPT));
	tail = str_slice(s, begin_of_character(s, s.n - KEPT), s.n);
	return arena_fmt(a, STR_F "\xe2\x80\xa6" STR_F, STR_A(head), STR_A(tail));
}

/*
 * The text of a finding: one line, references as the user wrote them, and his control characters as YAML escapes them.
 */
static struct str one_line(struct arena *a, struct str s)
{
	return shown_line(a, shortened(a, text_shown(a, s)));
}

/* The same of what is formatted. A long text is made aside, so that no more of it takes room than what is kept. */
static struct str PRINTF_LIKE(2, 0) line_of(struct arena *a, const char *fmt, va_list ap)
{
	struct arena aside = {0};
	char small[2048];
	va_list again;
	struct str s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, again);
	va_end(again);
	INVARIANT(n >= 0);
	if ((size_t)n < sizeof(small))
		return one_line(a, arena_str(a, (struct str){small, (size_t)n}));
	s = arena_str(a, one_line(&aside, arena_vfmt(&aside, fmt, ap)));
	arena_release(&aside);
	return s;
}

bool diags_full(const struct diags *ds)
{
	return ds->arrived > MOST_FINDINGS;
}

static void link_last(struct diags *ds, struct diag *d)
{
	d->next = NULL;
	if (ds->last != NULL)
		ds->last->next = d;
	else
		ds->first = d;
	ds->last = d;
	count(ds, d->sev);
}

static struct diag *append_new(struct diags *ds, enum diag_id id, struct span at)
{
	struct diag *d = NEW(ds->arena, struct diag);

	d->id = id;
	d->sev = rows[id].sev;
	d->at = span_plain(at);
	link_last(ds, d);
	return d;
}

/* The way that the value at `at` took, as labels. */
static void tell_passages(struct diags *ds, struct diag *d, struct span at)
{
	unsigned n = 0;

	if (at.src == NULL)
		return;
	for (const struct passage *p = at.src->passages; p != NULL && n < MOST_PASSAGES;
	     p = p->next, n++)
		diag_label(ds, d, span_in(p->src, p->lo, p->hi), STR_F, STR_A(p->text));
}

/* Takes the place of a finding that is one too many. */
static struct diag *left_out(struct diags *ds, struct span at)
{
	if (ds->spare == NULL) {
		ds->spare = NEW(ds->arena, struct diag);
		diag_too_many_findings(ds, at, MOST_FINDINGS);
	}
	*ds->spare = (struct diag){0};
	return ds->spare;
}

struct diag *diag_new(struct diags *ds, enum diag_id id, struct span at, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	if (id != DIAG_too_many_findings && ++ds->arrived > MOST_FINDINGS)
		return left_out(ds, at);
	d = append_new(ds, id, at);
	va_start(ap, fmt);
	d->text = line_of(ds->arena, fmt, ap);
	va_end(ap);
	tell_passages(ds, d, at);
	return d;
}

struct diag *diag_inner(struct diags *ds, struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d == ds->spare)
		return d;
	va_start(ap, fmt);
	d->inner = line_of(ds->arena, fmt, ap);
	va_end(ap);
	return d;
}

struct diag *diag_label(struct diags *ds, struct diag *d, struct span at, const char *fmt, ...)
{
	struct diag_label *l, **end = &d->labels;
	va_list ap;

	if (d == ds->spare)
		return d;
	l = NEW(ds->arena, struct diag_label);
	l->at = span_plain(at);
	va_start(ap, fmt);
	l->text = line_of(ds->arena, fmt, ap);
	va_end(ap);
	while (*end != NULL)
		end = &(*end)->next;
	*end = l;
	return d;
}

static struct diag *add_sub(struct diags *ds, struct diag *d, enum diag_sub_kind kind,
			    struct str text)
{
	struct diag_sub *s = NEW(ds->arena, struct diag_sub), **end = &d->subs;

	s->kind = kind;
	s->text = text;
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	return d;
}

struct diag *diag_note(struct diags *ds, struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d == ds->spare)
		return d;
	va_start(ap, fmt);
	d = add_sub(ds, d, SUB_NOTE, line_of(ds->arena, fmt, ap));
	va_end(ap);
	return d;
}

struct diag *diag_help(struct diags *ds, struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d == ds->spare)
		return d;
	va_start(ap, fmt);
	d = add_sub(ds, d, SUB_HELP, line_of(ds->arena, fmt, ap));
	va_end(ap);
	return d;
}

struct diag *diag_fix(struct diags *ds, struct diag *d, struct span at, struct str text,
		      bool certain)
{
	struct diag_fix *f;

	if (d == ds->spare || has_private_key(text))
		return d;
	f = NEW(ds->arena, struct diag_fix);
	*f = (struct diag_fix){
		.at = span_plain(at), .text = arena_str(ds->arena, text), .certain = certain};
	*(d->fixes == NULL ? &d->fixes : &d->last_fix->next) = f;
	d->last_fix = f;
	return d;
}

/* A diagnostic and its rank of arrival, which makes the sort stable and the order total. */
struct ranked {
	struct diag *d;
	size_t rank;
};

static int ranked_cmp(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	int c = span_cmp(a->d->at, b->d->at);

	if (c == 0)
		c = (int)b->d->sev - (int)a->d->sev;
	if (c == 0)
		c = str_cmp(diag_code(a->d->id), diag_code(b->d->id));
	return c != 0 ? c : (a->rank > b->rank) - (a->rank < b->rank);
}

static bool same(const struct diag *a, const struct diag *b)
{
	return a->id == b->id && span_cmp(a->at, b->at) == 0 && str_eq(a->text, b->text);
}

void diags_sort(struct diags *ds)
{
	size_t n = 0, i = 0;
	struct ranked *all;
	struct diag *d, *kept = NULL;

	ds->errors = ds->warnings = ds->notes = 0;
	for (d = ds->first; d != NULL; d = d->next)
		n++;
	if (n == 0) {
		ds->last = NULL;
		return;
	}
	all = NEW_ARRAY(ds->arena, struct ranked, n);
	for (d = ds->first; d != NULL; d = d->next, i++)
		all[i] = (struct ranked){d, i};
	qsort(all, n, sizeof(*all), ranked_cmp);
	for (i = 0; i < n; i++) {
		d = all[i].d;
		d->next = NULL;
		if (kept != NULL && same(kept, d))
			continue;
		if (kept == NULL)
			ds->first = d;
		else
			kept->next = d;
		kept = d;
		count(ds, d->sev);
	}
	ds->last = kept;
}

void diags_append(struct diags *all, const struct diags *more)
{
	if (more->first == NULL)
		return;
	*(all->last != NULL ? &all->last->next : &all->first) = more->first;
	all->last = more->last;
	all->errors += more->errors;
	all->warnings += more->warnings;
	all->notes += more->notes;
}

void diags_take(struct diags *all, const struct diags *more)
{
	struct diag *next;

	for (struct diag *d = more->first; d != NULL; d = next) {
		next = d->next;
		if (d->id == DIAG_too_many_findings || ++all->arrived > MOST_FINDINGS)
			left_out(all, d->at);
		else
			link_last(all, d);
	}
}
