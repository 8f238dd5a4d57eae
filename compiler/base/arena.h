/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that is freed at once.
 *
 * A compilation owns one arena; every pass allocates from it and nobody frees. Allocation never fails: see
 * out_of_memory(). Under AddressSanitizer a poisoned gap follows each allocation.
 */
#ifndef HPCC_ARENA_H
#define HPCC_ARENA_H

#include "compiler/base/bug.h"
#include "compiler/base/str.h"

#include <stdarg.h>

struct arena_block;

/* The zero value is an empty arena. */
struct arena {
	struct arena_block *first; /* newest block; older ones follow */
	char *next, *end;	   /* free bytes of the newest block */
	size_t total;		   /* bytes asked of the system so far */
};

/* Zeroed, suitably aligned memory for n objects of `size` bytes; checks n * size for overflow. */
void *arena_alloc(struct arena *a, size_t n, size_t size);
/*
 * Room for bytes that the caller writes before anybody reads them: not zeroed, so that what stays unwritten
 * costs no page. For text; structs come from NEW.
 */
char *arena_room(struct arena *a, size_t bytes);

/*
 * Room for one more in an array of n items of `size` bytes with room for *cap: `items`, or a copy with twice the room
 * and zeros behind the items, of which *cap is told then.
 */
void *arena_grow(struct arena *a, void *items, size_t size, size_t n, size_t *cap);

/*
 * What happens when the system has no more memory, in an arena or in a library: one line on stderr, status 71 (the
 * system cannot do it: EX_OSERR of sysexits.h).
 */
_Noreturn void out_of_memory(void);

#define NEW(a, T) ((T *)arena_alloc((a), 1, sizeof(T)))
#define NEW_ARRAY(a, T, n) ((T *)arena_alloc((a), (n), sizeof(T)))

/* A copy of s in the arena, followed by a NUL that is not counted (so .s is also a C string). */
struct str arena_str(struct arena *a, struct str s);
/* x, y and z behind each other, likewise: for texts that are made for each value, where printf would cost most. */
struct str arena_joined(struct arena *a, struct str x, struct str y, struct str z);
/* printf into the arena; also followed by an uncounted NUL. */
struct str arena_fmt(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same with the arguments of a function that takes them; `ap` is used up. */
struct str arena_vfmt(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* Makes what was allocated from `from` live as long as `a`; `from` is empty and usable again. */
void arena_take(struct arena *a, struct arena *from);

/* Gives all memory back; the arena is empty and usable again. */
void arena_release(struct arena *a);

#endif
