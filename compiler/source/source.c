/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - the text the user gave, and places in it. */
#include "compiler/source/source.h"

#include "compiler/base/utf8.h"

struct source *source_new(struct arena *a, struct str name, struct str text)
{
	struct source *src = NEW(a, struct source);

	INVARIANT(text.n < UINT32_MAX);
	*src = (struct source){.name = name, .text = text, .arena = a};
	return src;
}

struct span span_in(const struct source *src, size_t lo, size_t hi)
{
	if (lo > src->text.n)
		lo = src->text.n;
	if (hi > src->text.n)
		hi = src->text.n;
	if (hi < lo)
		hi = lo;
	return (struct span){src, (uint32_t)lo, (uint32_t)hi};
}

/* The passages of a source and then those of `more`. */
static const struct passage *joined(struct arena *a, const struct passage *first,
				    const struct passage *more)
{
	const struct passage *all = NULL, **end = &all;
	unsigned n = 0;

	for (; first != NULL && n < MOST_PASSAGES; first = first->next, n++) {
		struct passage *copy = NEW(a, struct passage);

		*copy = *first;
		copy->next = NULL;
		*end = copy;
		end = &copy->next;
	}
	if (n < MOST_PASSAGES)
		*end = more;
	return all;
}

struct source *source_through(struct arena *a, const struct source *src,
			      const struct passage *nearest)
{
	const struct source *base = src->base != NULL ? src->base : src;
	struct source *through = source_new(a, base->name, base->text);

	through->base = base;
	through->passages = joined(a, src->passages, nearest);
	return through;
}

struct span span_plain(struct span at)
{
	if (at.src != NULL && at.src->base != NULL)
		at.src = at.src->base;
	return at;
}

bool span_is_set(struct span at)
{
	return at.src != NULL;
}

struct str span_text(struct span at)
{
	return at.src != NULL ? str_slice(at.src->text, at.lo, at.hi) : (struct str){0};
}

int span_cmp(struct span a, struct span b)
{
	if (a.src != b.src) {
		if (a.src == NULL || b.src == NULL)
			return (a.src != NULL) - (b.src != NULL);
		int c = str_cmp(a.src->name, b.src->name);

		if (c != 0)
			return c;
	}
	if (a.lo != b.lo)
		return a.lo < b.lo ? -1 : 1;
	return (a.hi > b.hi) - (a.hi < b.hi);
}

/* Length of the line break at offset i of text: 0 when there is none. */
static unsigned break_at(struct str text, size_t i)
{
	if (text.s[i] == '\n')
		return 1;
	if (text.s[i] == '\r')
		return i + 1 < text.n && text.s[i + 1] == '\n' ? 2 : 1;
	return 0;
}

/* The index is a cache: it changes no answer, so a const source may grow one. */
static void index_lines(const struct source *src)
{
	struct source *s = NULL;
	uint32_t n = 1;

	if (src->line_starts != NULL)
		return;
	for (size_t i = 0; i < src->text.n; i++) {
		unsigned len = break_at(src->text, i);

		if (len > 0) {
			n++;
			i += len - 1;
		}
	}
	s = (struct source *)(uintptr_t)src;
	s->line_starts = NEW_ARRAY(src->arena, uint32_t, n);
	s->lines = n;
	n = 1;
	for (size_t i = 0; i < src->text.n; i++) {
		unsigned len = break_at(src->text, i);

		if (len > 0) {
			s->line_starts[n++] = (uint32_t)(i + len);
			i += len - 1;
		}
	}
}

/* Characters of a text before byte `at`. */
struct source_count {
	uint32_t at, points, units;
};

enum { COUNT_STEP = 256 };

/* Index of the counts: entry k is the first character border at or after byte k * COUNT_STEP. */
static void index_counts(const struct source *src)
{
	struct source *s = (struct source *)(uintptr_t)src; /* a cache, as above */
	struct source_count c = {0};
	size_t n = 0;

	if (src->counts != NULL)
		return;
	s->counts = NEW_ARRAY(src->arena, struct source_count, src->text.n / COUNT_STEP + 1);
	while (c.at < src->text.n) {
		unsigned len = utf8_decode(src->text, c.at, NULL);

		if (c.at >= n * COUNT_STEP)
			s->counts[n++] = c;
		c.at += len > 0 ? len : 1;
		c.points++;
		c.units += len == 4 ? 2 : 1;
	}
	if (c.at >= n * COUNT_STEP)
		s->counts[n] = c;
}

static struct source_count count_to(const struct source *src, uint32_t offset)
{
	struct source_count c = src->counts[offset / COUNT_STEP];
	struct str rest;

	if (c.at > offset) /* the entry's border is up to three bytes late */
		c = src->counts[offset / COUNT_STEP - 1];
	rest = str_slice(src->text, c.at, offset);
	c.points += (uint32_t)utf8_count(rest);
	c.units += (uint32_t)utf8_count16(rest);
	return c;
}

/* Characters of [lo, hi), which lie on one line; quick for the long lines of minified files too. */
static struct source_count count_between(const struct source *src, uint32_t lo, uint32_t hi)
{
	struct str s = str_slice(src->text, lo, hi);
	struct source_count a, b;

	if (s.n <= 2 * COUNT_STEP)
		return (struct source_count){lo, (uint32_t)utf8_count(s),
					     (uint32_t)utf8_count16(s)};
	index_counts(src);
	a = count_to(src, lo);
	b = count_to(src, hi);
	return (struct source_count){lo, b.points - a.points, b.units - a.units};
}

/* Who has the index of a text: passages see through to it. */
static const struct source *indexed(const struct source *src)
{
	if (src->base != NULL)
		src = src->base;
	index_lines(src);
	return src;
}

struct place source_place(const struct source *src, uint32_t offset)
{
	uint32_t lo = 0, hi, start;
	struct source_count before;

	src = indexed(src);
	hi = src->lines;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (src->line_starts[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	start = src->line_starts[lo];
	if (lo == 0 && offset >= 3 && str_starts(src->text, STR("\xef\xbb\xbf")))
		start = 3; /* a byte order mark is not a column */
	before = count_between(src, start, offset);
	return (struct place){
		.line = lo + 1,
		.column = before.points + 1,
		.column_byte = offset - start + 1,
		.column_utf16 = before.units + 1,
	};
}

uint32_t source_line_start(const struct source *src, uint32_t line)
{
	src = indexed(src);
	if (line == 0 || line > src->lines)
		return (uint32_t)src->text.n;
	return src->line_starts[line - 1];
}

struct str source_line(const struct source *src, uint32_t line)
{
	uint32_t lo = source_line_start(src, line), hi = source_line_start(src, line + 1);

	while (hi > lo && (src->text.s[hi - 1] == '\n' || src->text.s[hi - 1] == '\r'))
		hi--;
	return str_slice(src->text, lo, hi);
}
