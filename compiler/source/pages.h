/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - the pages of doc/diagnostics/, built into the program. */
#ifndef HPCC_PAGES_H
#define HPCC_PAGES_H

#include "compiler/source/diag.h"

struct page {
	struct str title; /* "EFA on a type without it"; empty when there is no page */
	struct str text;  /* the whole page in Markdown */
};

/* By enum diag_id; generated from doc/diagnostics/<code>.md. */
extern const struct page diag_pages[DIAG_COUNT];

#endif
