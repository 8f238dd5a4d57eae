/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_read.h - YAML 1.1 text to the value tree.
 *
 * The bytes are checked first (UTF-8, control characters, NUL), then libyaml's event parser reads them. It
 * is the parser that PyYAML, and so AWS ParallelCluster, uses: what it refuses, they refuse. Differences on
 * purpose are listed in doc/yaml.md.
 */
#ifndef HPCC_YAML_READ_H
#define HPCC_YAML_READ_H

#include "compiler/tree/tree.h"
#include "compiler/tree/vars.h"

/* Limits on what a file may cost; libyaml has none of its own. */
struct yaml_limits {
	unsigned depth;	     /* nesting of lists and mappings */
	unsigned long nodes; /* values, where an alias counts all that it repeats */
};
#define YAML_LIMITS ((struct yaml_limits){.depth = 100, .nodes = 100000})

/*
 * The tree of src, or NULL when there is none to work with (reported: E00xx). With faults that leave a
 * usable tree (duplicate key, unset variable) the tree is returned and the part poisoned.
 * `vars` may be NULL: then `${` is plain text.
 */
const struct node *yaml_read(struct arena *a, struct diags *ds, const struct source *src,
			     const struct vars *vars, struct yaml_limits limits);

#endif
