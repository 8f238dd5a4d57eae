/* SPDX-License-Identifier: Apache-2.0 */
/* cut_number.c - numbers that a comma between braces cut in two. */
#include "compiler/tree/cut_number.h"

#include "compiler/base/buf.h"

enum { GROUP = 3, MOST_TAILS = 6 };

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
	return s.n > 0;
}

/* Is the entry a key of digits without a value, behind a comma that ends what is left of byte `end`? */
static bool is_tail(const struct entry *e, size_t end)
{
	struct str key = span_text(e->key_at), before;

	if (e->value == NULL || e->value->kind != NODE_NULL || e->value->text.n > 0 ||
	    !all_digits(key) || e->key_at.lo <= end)
		return false;
	before = str_slice(e->key_at.src->text, end, e->key_at.lo);
	return str_eq(before, STR(",")) || str_eq(before, STR(", "));
}

/* What was probably meant by the digits of `head` and the keys behind it; empty when nobody knows. */
static struct str meant(struct builder *b, struct str head, const struct pending *tail, size_t n)
{
	struct buf joined = buf_in(b->a);
	bool grouped = head.n <= GROUP && head.s[0] != '0';

	for (size_t i = 0; i < n; i++)
		grouped &= span_text(tail[i].entry.key_at).n == GROUP;
	if (!grouped && n > 1)
		return (struct str){0};
	buf_add(&joined, head);
	for (size_t i = 0; i < n; i++) {
		buf_add(&joined, grouped ? STR("") : STR("."));
		buf_add(&joined, span_text(tail[i].entry.key_at));
	}
	return buf_str(&joined);
}

/* Reports the number of *head, whose n tails follow. */
static void report_cut(struct builder *b, struct pending *head, size_t n)
{
	struct node *v = (struct node *)(uintptr_t)head->entry.value;
	struct span last = head[n].entry.key_at;
	struct str number = meant(b, span_text(v->at), head + 1, n);
	struct diag *d = diag_cut_number(b->ds, span_in(v->at.src, v->at.lo, last.hi), v->text,
					 head[1].entry.key);

	if (number.n == 0) {
		diag_help(b->ds, d, "write digits alone");
	} else {
		diag_help(b->ds, d, "write `" STR_F "`", STR_A(number));
		diag_fix(b->ds, d, d->at, number, false);
	}
	v->poisoned = true;
	for (size_t i = 1; i <= n; i++)
		head[i].dropped = true;
}

void join_cut_numbers(struct builder *b, struct pending *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		const struct node *v = p[i].entry.value;
		size_t tails = 0, end;

		if (v == NULL || v->kind != NODE_INT || v->at.src == NULL ||
		    !all_digits(span_text(v->at)))
			continue;
		for (end = v->at.hi; i + 1 + tails < n && tails < MOST_TAILS &&
				     is_tail(&p[i + 1 + tails].entry, end);)
			end = p[i + 1 + tails++].entry.key_at.hi;
		if (tails > 0)
			report_cut(b, &p[i], tails);
	}
}
