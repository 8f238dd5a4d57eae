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
 * A ustar archive (POSIX.1-2017, pax) of the files in the given order: owner root, no times; scripts (.sh,
 * .py) may be executed. BUG on a name over 100 bytes.
 */
struct str pack_ustar(struct arena *a, const struct packed_file *files, size_t n);
/*
 * The text without its lines that are only a comment (#), which are a fifth of the archive; "#!" of the
 * first line stays. Here-documents of templates must not hold such lines.
 */
struct str pack_strip(struct arena *a, struct str text);
/* gzip (RFC 1952), level 9, no name, no time, operating system "unknown". */
struct str pack_gzip(struct arena *a, struct str bytes);
/* Base64 (RFC 4648, 4), padded, without line breaks. */
struct str pack_base64(struct arena *a, struct str bytes);

#endif
