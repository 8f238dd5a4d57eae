/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - memory that is freed at once. */
#include "compiler/base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

/* Small at first, so that a small file touches few pages; then doubling, so that a large one asks seldom. */
enum { FIRST_BLOCK = 64 << 10, MAX_BLOCK = 4 << 20, ALIGN = 16 };

struct arena_block {
	struct arena_block *older;
	size_t size;
};

void out_of_memory(void)
{
	enum { STATUS = 71 };

	fputs("hpcc: out of memory\n", stderr);
	_Exit(STATUS);
}

static size_t round_up(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void grow(struct arena *a, size_t need)
{
	size_t head = round_up(sizeof(struct arena_block));
	size_t size = a->first == NULL ? FIRST_BLOCK : a->first->size * 2;
	struct arena_block *b;

	if (size > MAX_BLOCK)
		size = MAX_BLOCK;
	if (need > size - head)
		size = need + head;
	b = malloc(size); /* not calloc, which would clear all of a block that was used before */
	if (b == NULL)
		out_of_memory();
	b->older = a->first;
	b->size = size;
	a->first = b;
	a->next = (char *)b + head;
	a->end = (char *)b + size;
	a->total += size;
	POISON(a->next, (size_t)(a->end - a->next));
}

void *arena_grow(struct arena *a, void *items, size_t size, size_t n, size_t *cap)
{
	enum { FIRST = 8 };
	size_t more = *cap < FIRST ? FIRST : *cap * 2;
	void *copy;

	if (n < *cap)
		return items;
	copy = arena_alloc(a, more, size);
	if (n > 0)
		memcpy(copy, items, n * size);
	*cap = more;
	return copy;
}

char *arena_room(struct arena *a, size_t bytes)
{
	size_t taken;
	char *p;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	taken = round_up(bytes) + GAP;
	if (a->next == NULL || taken > (size_t)(a->end - a->next))
		grow(a, taken);
	p = a->next;
	a->next += taken;
	UNPOISON(p, bytes);
	return p;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	char *p;

	if (size != 0 && n > (SIZE_MAX / 2) / size)
		out_of_memory();
	p = arena_room(a, n * size);
	memset(p, 0, n * size);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_room(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.s, s.n);
	p[s.n] = '\0';
	return (struct str){p, s.n};
}

struct str arena_joined(struct arena *a, struct str x, struct str y, struct str z)
{
	const struct str parts[] = {x, y, z};
	char *p = arena_room(a, x.n + y.n + z.n + 1), *end = p;

	for (size_t i = 0; i < 3; i++) {
		if (parts[i].n > 0)
			memcpy(end, parts[i].s, parts[i].n);
		end += parts[i].n;
	}
	*end = '\0';
	return (struct str){p, (size_t)(end - p)};
}

struct str arena_vfmt(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char small[256], *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	INVARIANT(n >= 0);
	p = arena_room(a, (size_t)n + 1);
	if ((size_t)n < sizeof(small))
		memcpy(p, small, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){p, (size_t)n};
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	struct str s;

	va_start(ap, fmt);
	s = arena_vfmt(a, fmt, ap);
	va_end(ap);
	return s;
}

void arena_take(struct arena *a, struct arena *from)
{
	struct arena_block *last = from->first;

	if (last == NULL)
		return;
	while (last->older != NULL)
		last = last->older;
	if (a->first == NULL) {
		*a = *from;
	} else { /* behind the newest, whose free bytes stay in use */
		last->older = a->first->older;
		a->first->older = from->first;
		a->total += from->total;
	}
	*from = (struct arena){0};
}

void arena_release(struct arena *a)
{
	while (a->first != NULL) {
		struct arena_block *b = a->first;

		a->first = b->older;
		UNPOISON(b, b->size);
		free(b);
	}
	*a = (struct arena){0};
}
