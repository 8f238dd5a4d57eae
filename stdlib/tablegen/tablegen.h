/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tablegen.h - the generator that turns stdlib/ and templates/ into static const tables.
 *
 * It is a native program built first, on hpcc's own reader, so that a fault in the data is shown like a
 * user's fault: file, line, column, caret. Call: tablegen COMMAND OUTPUT... -- INPUT...
 */
#ifndef HPCC_TABLEGEN_H
#define HPCC_TABLEGEN_H

#include "compiler/base/buf.h"
#include "compiler/source/diag.h"

/* What one run works with. */
struct tablegen {
	struct arena *a;
	struct diags *ds;
	char **outputs;
	int noutputs;
	char **inputs;
	int ninputs;
};

/* Commands: each reads tg->inputs and writes tg->outputs with tablegen_write; false after an error. */

/* stdlib/schema/ to schema_ids.h, model.h, schema_tables.c. */
bool tablegen_schema(struct tablegen *tg);
/* stdlib/facts/ to facts_tables.c. */
bool tablegen_facts(struct tablegen *tg);
/* stdlib/resources/ to resource_tables.c. */
bool tablegen_resources(struct tablegen *tg);
/* templates/ to template_tables.c. */
bool tablegen_templates(struct tablegen *tg);
/* doc/diagnostics/ to diag_pages.c. */
bool tablegen_pages(struct tablegen *tg);
/* stdlib/std/ to std_tables.c. */
bool tablegen_std(struct tablegen *tg);

/* The whole file as a source, or NULL (reported). */
const struct source *tablegen_read(struct tablegen *tg, const char *path);
/* Writes the whole file; false when that failed. */
bool tablegen_write(struct tablegen *tg, const char *path, struct str text);
/* "3.11.1" -> 31101, as in compiler/schema/schema.h; 0 when it is no release. */
unsigned release_number(struct str text);
/* Appends s as a C string literal with quotes, every byte outside printable ASCII escaped. */
void c_string(struct buf *b, struct str s);
/* Appends s as the C initialiser of a struct str. */
void c_str(struct buf *b, struct str s);

#endif
