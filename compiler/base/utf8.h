/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - the little we need to know about UTF-8 (RFC 3629). */
#ifndef HPCC_UTF8_H
#define HPCC_UTF8_H

#include "compiler/base/str.h"

/*
 * Length in bytes (1 to 4) of the well-formed code point at s.s[at], or 0 when the bytes there are not
 * UTF-8: overlong forms, surrogates, values above U+10FFFF and cut sequences are not. *ret_cp, when not
 * NULL, receives the code point.
 */
unsigned utf8_decode(struct str s, size_t at, uint32_t *ret_cp);

/* Code points in s, which must be well-formed; a broken byte counts as one. */
size_t utf8_count(struct str s);

/* UTF-16 units in s, which must be well-formed; a broken byte counts as one. */
size_t utf8_count16(struct str s);

/*
 * Terminal columns a code point takes: 0 for combining marks and other invisible ones, 2 for East Asian
 * wide ones and emoji, else 1. An approximation of UAX #11 by ranges; it needs no locale.
 */
unsigned utf8_width(uint32_t cp);

/*
 * May a file of text hold the code point? Those of YAML 1.1: no C0 or C1 controls but tab, CR, LF and NEL, no DEL, no
 * U+FFFE and U+FFFF, and no byte order mark.
 */
bool utf8_is_allowed(uint32_t cp);
/*
 * Does s hold a character that no text of a file may hold, however it is written (as an escape, by a variable, read
 * from a file)? *ret_cp is the first of C0 but tab and LF, DEL, C1, U+FFFE, U+FFFF and the byte order mark; 0xfffd for
 * a byte that is not UTF-8.
 */
bool utf8_has_control(struct str s, uint32_t *ret_cp);

#endif
