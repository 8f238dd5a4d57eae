/* SPDX-License-Identifier: Apache-2.0 */
/* test_fix.c - which fixes are made, together and one after the other, and the diff they make. */
#include "compiler/source/fix.h"

#include <criterion/criterion.h>

/* A text with findings. */
struct text {
	struct arena a;
	struct diags ds;
	const struct source *src;
};

static void begin(struct text *t, const char *text)
{
	*t = (struct text){.a = {0}};
	t->ds.arena = &t->a;
	t->src = source_new(&t->a, STR("c.yaml"), arena_str(&t->a, str_c(text)));
}

static struct diag *finding(struct text *t, size_t at)
{
	return diag_empty_document(&t->ds, span_in(t->src, at, at));
}

static void edit(struct text *t, struct diag *d, size_t lo, size_t hi, const char *text)
{
	diag_fix(&t->ds, d, span_in(t->src, lo, hi), str_c(text), true);
}

/* The text with all certain fixes made, NUL-terminated. */
static const char *fixed(struct text *t)
{
	struct edits e;

	diags_sort(&t->ds);
	e = fixes_choose(&t->a, &t->ds, t->src);
	return arena_str(&t->a, fixes_apply(&t->a, t->src, &e)).s;
}

static void check(struct text *t, const char *want)
{
	cr_assert_str_eq(fixed(t), want);
	arena_release(&t->a);
}

Test(fix, replaces_inserts_and_removes)
{
	struct text t;

	begin(&t, "abcdefgh");
	edit(&t, finding(&t, 1), 1, 2, "BB");
	edit(&t, finding(&t, 4), 4, 4, "-");
	edit(&t, finding(&t, 6), 6, 8, "");
	check(&t, "aBBcd-ef");
}

Test(fix, leaves_what_touches_an_earlier_one)
{
	struct text t;

	begin(&t, "abcdefgh");
	edit(&t, finding(&t, 1), 1, 3, "X");
	edit(&t, finding(&t, 2), 2, 4, "Y"); /* overlaps */
	edit(&t, finding(&t, 3), 3, 3, "Z"); /* touches */
	edit(&t, finding(&t, 5), 5, 6, "W");
	check(&t, "aXdeWgh");
}

Test(fix, makes_all_edits_of_a_finding_or_none)
{
	struct text t;
	struct diag *d;

	begin(&t, "abcdefgh");
	edit(&t, finding(&t, 0), 6, 7, "X");
	d = finding(&t, 1);
	edit(&t, d, 1, 2, "Y");
	edit(&t, d, 6, 8, "Z"); /* overlaps the first finding's */
	d = finding(&t, 3);
	edit(&t, d, 3, 4, "U");
	edit(&t, d, 1, 1, "V");
	check(&t, "aVbcUefXh");
}

Test(fix, leaves_what_is_not_certain)
{
	struct text t;
	struct diag *d;

	begin(&t, "abcdefgh");
	d = finding(&t, 1);
	edit(&t, d, 1, 2, "X");
	diag_fix(&t.ds, d, span_in(t.src, 4, 5), STR("Y"), false);
	check(&t, "abcdefgh");
}

Test(fix, inserts_lines_with_the_line_ends_of_the_file)
{
	struct text t;

	begin(&t, "a: 1\r\nb: 2\r\n");
	edit(&t, finding(&t, 6), 6, 6, "x: 1\ny: 2\n");
	check(&t, "a: 1\r\nx: 1\r\ny: 2\r\nb: 2\r\n");
	begin(&t, "a: 1\nb: 2\r\n");
	edit(&t, finding(&t, 5), 5, 5, "x: 1\n");
	check(&t, "a: 1\nx: 1\nb: 2\r\n");
}

/* A generator of numbers that gives the same ones each time (Numerical Recipes). */
static uint32_t next_random(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % below;
}

/* Some edits of a text of n bytes that do not touch each other. */
static struct edits some_edits(struct arena *a, uint32_t *state, size_t n)
{
	static const char *const words[] = {"", "x", "yy", "zzz\n", "\n"};
	struct edits e = {.items = NEW_ARRAY(a, struct edit, n + 1)};

	for (uint32_t at = next_random(state, 4); at <= n;) {
		uint32_t hi = at + next_random(state, 4);

		if (hi > n)
			break;
		e.items[e.n++] = (struct edit){at, hi, str_c(words[next_random(state, 5)])};
		at = hi + 1 + next_random(state, 5);
	}
	return e;
}

Test(fix, two_rounds_are_as_one)
{
	uint32_t state = 7;

	for (int i = 0; i < 2000; i++) {
		struct arena a = {0};
		const struct source *first =
			source_new(&a, STR("a"), STR("abc\ndefgh\nijklmno\np"));
		struct edits one = some_edits(&a, &state, first->text.n), two, both;
		const struct source *between =
			source_new(&a, STR("b"), fixes_apply(&a, first, &one));
		struct str want;

		two = some_edits(&a, &state, between->text.n);
		want = fixes_apply(&a, between, &two);
		both = fixes_then(&a, &one, between->text, &two);
		cr_assert(str_eq(fixes_apply(&a, first, &both), want), "round %d", i);
		for (size_t k = 1; k < both.n; k++)
			cr_assert(both.items[k - 1].hi < both.items[k].lo, "round %d", i);
		arena_release(&a);
	}
}

static void check_diff(const char *text, size_t lo, size_t hi, const char *new, const char *want)
{
	struct text t;
	struct edits e;

	begin(&t, text);
	edit(&t, finding(&t, lo), lo, hi, new);
	e = fixes_choose(&t.a, &t.ds, t.src);
	cr_assert_str_eq(arena_str(&t.a, fixes_diff(&t.a, t.src, &e)).s, want);
	arena_release(&t.a);
}

#define HEAD "--- c.yaml\n+++ c.yaml\n"

Test(fix, diff_shows_changed_lines_with_three_around_them)
{
	check_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", 8, 9, "five",
		   HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	check_diff("1\n2\n3\n", 2, 4, "", HEAD "@@ -1,3 +1,2 @@\n 1\n-2\n 3\n");
	check_diff("1\n2\n3\n", 2, 2, "x\n", HEAD "@@ -1,3 +1,4 @@\n 1\n+x\n 2\n 3\n");
	check_diff("1\n2\n3\n", 1, 2, "", HEAD "@@ -1,3 +1,2 @@\n-1\n-2\n+12\n 3\n");
}

Test(fix, diff_says_when_the_last_line_does_not_end)
{
	check_diff("1\n2", 2, 3, "x",
		   HEAD "@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+x\n"
			"\\ No newline at end of file\n");
	check_diff("1\n2", 0, 1, "x",
		   HEAD "@@ -1,2 +1,2 @@\n-1\n+x\n 2\n\\ No newline at end of file\n");
}

Test(fix, diff_of_nothing_is_empty)
{
	struct text t;
	struct edits e;

	begin(&t, "a\n");
	e = fixes_choose(&t.a, &t.ds, t.src);
	cr_assert_eq(fixes_diff(&t.a, t.src, &e).n, 0);
	arena_release(&t.a);
}
