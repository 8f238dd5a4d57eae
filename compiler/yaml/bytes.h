/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - the first look at what the user gave.
 *
 * libyaml does not tell line and column of a bad byte and takes a NUL for the end of the text; so every byte
 * is checked before it sees one. It counts characters where we count bytes; the index converts.
 */
#ifndef HPCC_BYTES_H
#define HPCC_BYTES_H

#include "compiler/source/diag.h"

/* From characters to bytes. Made by bytes_check. */
struct char_index {
	struct str text;  /* the source's bytes without a byte order mark in front */
	size_t base;	  /* bytes of that mark: 0 or 3 */
	uint32_t *starts; /* byte at which each CHAR_STEP-th character begins; NULL: all ASCII */
	size_t chars, nstart; /* characters in text; entries of starts */
};

/*
 * Checks that src is UTF-8 and has only characters that YAML 1.1 allows (no C0 or C1 controls but tab, CR,
 * LF and NEL, no DEL, no U+FFFE and U+FFFF, a byte order mark only in front). Reports the first fault
 * (E0003, E0004) and returns false; else fills *ret, whose memory is from `a`.
 */
bool bytes_check(struct arena *a, struct diags *ds, const struct source *src,
		 struct char_index *ret);

/* The byte of the source at which character `at` of ix->text begins; clamped to its end. */
size_t char_index_byte(const struct char_index *ix, size_t at);

#endif
