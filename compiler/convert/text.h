/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - the text of a YAML file that is put together piece by piece, with comments between. */
#ifndef HPCC_CONVERT_TEXT_H
#define HPCC_CONVERT_TEXT_H

#include "compiler/base/buf.h"
#include "compiler/tree/tree.h"

/* Appends a line of `indent` blanks and what the format makes. */
void yaml_add_line(struct buf *b, unsigned indent, const char *fmt, ...) PRINTF_LIKE(3, 4);
/*
 * Appends "KEY: value" in as many lines as it takes. The value is as yaml_write() writes it; of one that is larger than
 * it takes the rest is left out.
 */
void yaml_add_entry(struct buf *b, unsigned indent, struct str key, const struct node *value);
/* The same of a text, which may hold references. */
void yaml_add_text(struct buf *b, unsigned indent, const char *key, struct str text);
/* The same, as the first line of an item of a list: "- KEY: text". */
void yaml_add_row(struct buf *b, unsigned indent, const char *key, struct str text);
/* An item of a list that is a text. */
void yaml_add_item(struct buf *b, unsigned indent, struct str text);

#endif
