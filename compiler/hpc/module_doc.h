/* SPDX-License-Identifier: Apache-2.0 */
/* module_doc.h - the documentation of a file of a program, made of its `##` comments. */
#ifndef HPCC_HPC_MODULE_DOC_H
#define HPCC_HPC_MODULE_DOC_H

#include "compiler/hpc/ast.h"

/*
 * What users of the file called `title` need to know, as Markdown: what it says of itself, and each type,
 * function, value, parameter, policy and declaration with its `##` comment, in the order of the text; names that
 * begin with `_` are left out. Memory is from `a`.
 */
struct str module_doc(struct arena *a, struct str title, const struct program_file *file);
/* The first line of what it says of itself; may be empty. */
struct str module_doc_line(const struct program_file *file);

#endif
