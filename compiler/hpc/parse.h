/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.h - text of a program to its tree of items, entries and expressions.
 *
 * lex.h cuts the text, parse*.c put it together, habits*.c know what people who come from YAML, the shell, Terraform or
 * Python write, and say what they meant. The parser goes on behind an error at the next separator of the same depth and
 * invents none. A faulty file says nothing but its errors of syntax.
 */
#ifndef HPCC_HPC_PARSE_H
#define HPCC_HPC_PARSE_H

#include "compiler/hpc/ast.h"

/*
 * HPC_MAX_DEPTH: brackets in each other, and of `if`, unary operators and types as many again. HPC_MAX_CHAIN:
 * operators, members and `else if` on the way from an expression of the file to any part of it, so that a tree is no
 * deeper.
 */
enum { HPC_MAX_BYTES = 1 << 20, HPC_MAX_DEPTH = 100, HPC_MAX_CHAIN = 5000, HPC_LANGUAGE = 1 };

/*
 * The items of src. Never NULL; ->faulty where errors of syntax were reported (E0002, E0003, E0008, E0701 to E0729).
 * Memory is from `a`; linear in the length of the text.
 */
struct program_file *hpc_parse(struct arena *a, struct diags *ds, const struct source *src);

/* One expression that is all of src, for `eval`; EXPR_FAULTY after errors. */
struct expr *hpc_parse_expression(struct arena *a, struct diags *ds, const struct source *src);

/* The program as text, an item or entry a line, indented: for tests of the parser. In `a`. */
struct str hpc_ast_print(struct arena *a, const struct program_file *file);
/* An expression as a person writes it in one line, for messages ("`n < 4` does not hold"). In `a`. */
struct str expr_shown(struct arena *a, const struct expr *e);
/*
 * How a number is written at a place, with one blank where there are several; empty where it is not written there (a
 * name, a call), not on one line, or longer than a message quotes. In `a`.
 */
struct str number_written(struct arena *a, struct span at);
/* A type, likewise. */
struct str type_expr_shown(struct arena *a, const struct type_expr *t);

#endif
