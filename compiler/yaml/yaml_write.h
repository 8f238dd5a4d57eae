/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_write.h - a tree as YAML that people read and that reads back as the same tree.
 *
 * Block style, two blanks a level, dashes two blanks under their key; quotes only where YAML 1.1, or a program that
 * knows it, would take the text for something else; `|` for texts of several lines. Entries keep their order; what a
 * mapping overrides of merged ones is left out.
 */
#ifndef HPCC_YAML_WRITE_H
#define HPCC_YAML_WRITE_H

#include "compiler/base/buf.h"
#include "compiler/tree/tree.h"

/* Who is to read it. */
enum yaml_reader {
	YAML_FOR_HPCC, /* `${` in a text is written `$${`, values of the deployment as references */
	YAML_FOR_OTHERS /* `${` is text; the tree holds no values of the deployment */
};

/* The most that is written of one tree: an alias may stand for much. */
enum { MOST_WRITTEN_MIB = 64 };

/*
 * Appends the tree, with a newline at its end. False, with a part written, when there is more than MOST_WRITTEN_MIB of
 * it. Recursion is bounded by the depth of the tree.
 */
bool yaml_write(struct buf *out, const struct node *root, enum yaml_reader reader);

#endif
