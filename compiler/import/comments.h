/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comments.h - the comments of a YAML file, and the values that they stand at.
 *
 * A comment stands above an entry, behind it, behind the begin of a list or mapping, or at its end. Which of these, its
 * line and its indentation tell.
 */
#ifndef HPCC_IMPORT_COMMENTS_H
#define HPCC_IMPORT_COMMENTS_H

#include "compiler/yaml/yaml_written.h"

struct comment {
	uint32_t lo, hi;  /* from its `#` to the end of its line, blanks there left out */
	bool own_line;	  /* nothing stands before it */
	bool after_empty; /* an empty line does */
	uint32_t column;  /* bytes before it on its line */
	struct str text;
};

/* Some comments that follow each other. */
struct comment_run {
	const struct comment *first;
	size_t n;
};

/* Those of an entry or item. */
struct entry_remarks {
	struct comment_run above;
	const struct comment *behind; /* on its last line, or NULL */
	bool after_empty;	      /* an empty line stands before it, or before what is above */
	bool parted;		      /* one stands between it and what is above */
};

/* Those of a list or mapping. */
struct remarks {
	const struct comment *open; /* behind its begin, or NULL */
	struct comment_run end;	    /* behind its last entry */
	struct entry_remarks *entries;
};

/* Finds all comments of the file and gives each to the list or mapping of `root` that it stands in; *ret_n of them. */
void comments_attach(struct arena *a, const struct source *src, struct written *root,
		     size_t *ret_n);

#endif
