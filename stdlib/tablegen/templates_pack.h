/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates_pack.h - files to one compressed text, the same bytes for the same files.
 */
#ifndef HPCC_TEMPLATES_PACK_H
#define HPCC_TEMPLATES_PACK_H

#include "stdlib/tablegen/tablegen.h"

struct packed_file {
	struct str name; /* path below templates/ */
	struct str text;
};

/*
 * The text of a file without what machines do not read: lines that are only a comment (#; "#!" and
 * "#cloud-config" of the first line stay), and in shell the tabs at the beginning of lines, in Python the
 * documentation strings and three of four blanks of indentation. So templates must not hold here-documents
 * or strings with such lines, nor strings of several lines in Python.
 */
struct str pack_strip(struct arena *a, const struct packed_file *f);
/* A Python program without its documentation strings. */
struct str pack_without_docstrings(struct arena *a, struct str text);
/*
 * An archive of the files, stripped, in the given order: for each a line "name size" and then its bytes. The
 * first `skip` bytes of names are left out.
 */
struct str pack_archive(struct arena *a, const struct packed_file *files, size_t n, size_t skip);
/* gzip (RFC 1952), level 9, no name, no time, operating system "unknown". */
struct str pack_gzip(struct arena *a, struct str bytes);
/* zlib (RFC 1950), level 9; with a preset dictionary unless that is empty. */
struct str pack_zlib(struct arena *a, struct str bytes, struct str dictionary);
/* LZMA with its short header (".lzma", xz-file-format 1.1), for texts: what Python's lzma.decompress reads. */
struct str pack_lzma(struct arena *a, struct str bytes);
/* Base64 (RFC 4648, 4), padded, without line breaks. */
struct str pack_base64(struct arena *a, struct str bytes);
/*
 * Base 85 as Python's base64.b85encode writes it, but with "," for "$", so that no "${" comes about: four
 * bytes in five characters, where Base64 takes five and a third.
 */
struct str pack_base85(struct arena *a, struct str bytes);

#endif
