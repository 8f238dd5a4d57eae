/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - the layout of files: blanks, line ends and the places of comments, and nothing else.
 *
 * A formatter takes a source and gives its text anew. What the file says stays: values, the order of keys, every
 * comment. Formatting twice changes nothing more.
 */
#ifndef HPCC_FORMAT_H
#define HPCC_FORMAT_H

#include "compiler/source/diag.h"

/* Columns that a line may have before what is in brackets is put on lines of its own. */
enum { FORMAT_WIDTH = 100 };
/* So much text a formatter makes of a file: no more than is read. */
enum { FORMAT_MOST_MIB = 16 };

/*
 * The text of src in the layout of its language, in `a`; borrowed from src where nothing changes. A file that cannot be
 * read is refused: its faults are reported, and the text is {NULL, 0}.
 */
typedef struct str format_function(struct arena *a, struct diags *ds, const struct source *src);

/* YAML 1.1: doc/fmt.md describes the layout. Reports what yaml_read does, but an empty file is none to it; E0002. */
format_function format_yaml;
/* Programs: section 14 of doc/language.md describes the layout. Reports what hpc_parse does. */
format_function format_hpc;

/* The formatter for files of this name, by its ending; that of YAML where no other is for it. */
format_function *format_for(struct str name);
/* Does the ending of a file that was found in a folder say that it has a formatter? */
bool format_knows(struct str name);

#endif
