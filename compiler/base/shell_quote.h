/* SPDX-License-Identifier: Apache-2.0 */
/* shell_quote.h - text as one word of a POSIX shell. */
#ifndef HPCC_SHELL_QUOTE_H
#define HPCC_SHELL_QUOTE_H

#include "compiler/base/arena.h"

/*
 * A shell word whose value is exactly s, in printable ASCII and newlines only. A line of the word never
 * begins with text of s, so it can end neither a here-document nor a MIME part. Plain words stay as they
 * are. s must not hold NUL.
 */
struct str shell_quote(struct arena *a, struct str s);

#endif
