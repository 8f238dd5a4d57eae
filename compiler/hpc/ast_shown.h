/* SPDX-License-Identifier: Apache-2.0 */
/* ast_shown.h - parts of a program on one line; see expr_shown and hpc_ast_print of parse.h. */
#ifndef HPCC_HPC_AST_SHOWN_H
#define HPCC_HPC_AST_SHOWN_H

#include "compiler/base/buf.h"
#include "compiler/hpc/parse.h"

/* Appends the expression as a program writes it; NULL and what failed is the word `faulty`, here and below. */
void add_expr(struct buf *b, const struct expr *e);
/* The type. */
void add_type(struct buf *b, const struct type_expr *t);
/* The entry of a section, without a comma. */
void add_entry(struct buf *b, const struct section_entry *e);
/* The section with its braces. */
void add_section(struct buf *b, const struct entry_list *list);
/* The path of a property: `A.B[0]`. */
void add_path(struct buf *b, const struct step *path, size_t n);
/* An `assert` or `warn`. */
void add_check(struct buf *b, const struct check *c);
/* May the key of a section stand without quotes? */
bool is_plain_key(struct str key);
/*
 * What stands left in a chain of operators, properties and items, in which a walk goes down by a loop since it may be
 * as long as the file; NULL: e begins the chain. The name behind a module is no property of it once it is bound.
 */
struct expr *expr_left(struct expr *e);

#endif
