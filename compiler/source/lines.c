/* SPDX-License-Identifier: Apache-2.0 */
/* lines.c - which lines of a text must change to make another of it. */
#include "compiler/source/lines.h"

/* A walk over the lines of a text. */
struct walk {
	struct str text;
	size_t at;     /* where the line begins */
	size_t end;    /* where the next one does */
	size_t before; /* bytes in front of it that are no blanks */
	size_t inside; /* in it */
};

static void look(struct walk *w)
{
	size_t lf = str_find(w->text, '\n', w->at);

	w->end = lf < w->text.n ? lf + 1 : w->text.n;
	w->inside = 0;
	for (size_t i = w->at; i < w->end; i++)
		w->inside += (unsigned char)w->text.s[i] > ' ';
}

static void step(struct walk *w)
{
	w->before += w->inside;
	w->at = w->end;
	look(w);
}

static bool ended(const struct walk *w)
{
	return w->at == w->text.n;
}

static bool meets(const struct walk *x, const struct walk *y)
{
	return x->before == y->before &&
	       str_eq(str_slice(x->text, x->at, x->end), str_slice(y->text, y->at, y->end));
}

/* Goes on in the text that is behind, in both where none is. An empty line is behind what is not. */
static void step_behind(struct walk *x, struct walk *y)
{
	bool first = ended(y) || x->before < y->before ||
		     (x->before == y->before && x->inside <= y->inside);
	bool second = ended(x) || y->before < x->before ||
		      (x->before == y->before && y->inside <= x->inside);

	if (first && !ended(x))
		step(x);
	if (second && !ended(y))
		step(y);
}

struct edits lines_between(struct arena *a, struct str before, struct str after)
{
	struct walk x = {.text = before}, y = {.text = after};
	struct edits e = {0};
	size_t most = 1;

	for (size_t i = 0; i < before.n; i++)
		most += before.s[i] == '\n';
	e.items = NEW_ARRAY(a, struct edit, most + 1);
	look(&x);
	look(&y);
	while (!ended(&x) || !ended(&y)) {
		size_t lo = x.at, from = y.at;

		while ((!ended(&x) || !ended(&y)) && !meets(&x, &y))
			step_behind(&x, &y);
		if (x.at > lo || y.at > from)
			e.items[e.n++] = (struct edit){(uint32_t)lo, (uint32_t)x.at,
						       str_slice(after, from, y.at)};
		while (!ended(&x) && !ended(&y) && meets(&x, &y)) {
			step(&x);
			step(&y);
		}
	}
	return e;
}
