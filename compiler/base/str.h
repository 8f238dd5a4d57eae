/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str.h - counted, borrowed strings.
 *
 * A `struct str` never owns its bytes and need not end in NUL; whoever made the bytes (an arena, the source
 * text, the program image) keeps them alive. The zero value is the empty string. All text is UTF-8.
 */
#ifndef HPCC_STR_H
#define HPCC_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *s;
	size_t n; /* bytes */
};

/* A string literal as a str; also usable as a static initialiser when written STR_INIT. */
#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})
#define STR_INIT(lit)                  \
	{                              \
		(lit), sizeof(lit) - 1 \
	}

/* For printf: "…" STR_F "…", STR_A(x), which takes x several times. Longer text than an int counts is cut. */
#define STR_F "%.*s"
#define STR_A(x) (int)((x).n > 1u << 30 ? 1u << 30 : (x).n), ((x).s != NULL ? (x).s : "")

/* The str of a NUL-terminated string; NULL gives the empty one. */
struct str str_c(const char *s);

/* Classes of characters in ASCII, whatever the locale. */
static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}
static inline bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool is_letter(char c)
{
	return is_lower(c) || is_upper(c);
}
static inline bool is_alnum(char c)
{
	return is_letter(c) || is_digit(c);
}

/* The same bytes. */
bool str_eq(struct str a, struct str b);
/* `b` may differ from `a` in the case of ASCII letters. */
bool str_eq_nocase(struct str a, struct str b);
/* Byte order, then length; <0, 0, >0 as memcmp. */
int str_cmp(struct str a, struct str b);
/* Does s begin with `prefix`? Every text begins with the empty one. */
bool str_starts(struct str s, struct str prefix);
/* Does s end with `suffix`? Every text ends with the empty one. */
bool str_ends(struct str s, struct str suffix);

/* Bytes [lo, hi) of s; both are clamped to its length. */
struct str str_slice(struct str s, size_t lo, size_t hi);
/* s without ASCII white space (blank, tab, CR, LF, VT, FF) at both ends. */
struct str str_trim(struct str s);
/* Index of the first byte `c` at or after `from`, or s.n when there is none. */
size_t str_find(struct str s, char c, size_t from);
/* Index of the first occurrence of `needle` at or after `from`, or SIZE_MAX. */
size_t str_find_str(struct str s, struct str needle, size_t from);
/* Does all of s fit a shell pattern with * and ?; linear in s for each star (no recursion). */
bool str_glob(struct str pattern, struct str s);
/*
 * Cuts the next field off `*rest` at `sep` and returns it; the separator is dropped.
 * Call while rest->s != NULL: after the last field `*rest` is {NULL, 0}.
 */
struct str str_cut(struct str *rest, char sep);

/*
 * The 8 bytes at `bytes` as a number whose order is that of the bytes, the same on any machine. Compilers make one
 * load of it.
 */
static inline uint64_t word_at(const char *bytes)
{
	const unsigned char *s = (const unsigned char *)bytes;

	return (uint64_t)s[0] << 56 | (uint64_t)s[1] << 48 | (uint64_t)s[2] << 40 |
	       (uint64_t)s[3] << 32 | (uint64_t)s[4] << 24 | (uint64_t)s[5] << 16 |
	       (uint64_t)s[6] << 8 | (uint64_t)s[7];
}

/* FNV-1a, 64 bits: stable over machines and releases, so it may decide bytes of output. */
uint64_t str_hash(struct str s);

/*
 * Parses all of s as a decimal integer with optional sign. False, and *ret untouched, on an empty string,
 * any other character, or a value outside int64.
 */
bool str_to_int(struct str s, int64_t *ret);

#endif
