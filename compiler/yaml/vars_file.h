/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vars_file.h - values of variables from files and from the command line.
 *
 * (Above eval/ in the order of layers, because files are read with the YAML reader.)
 */
#ifndef HPCC_VARS_FILE_H
#define HPCC_VARS_FILE_H

#include "compiler/tree/vars.h"

/*
 * Adds the entries of `src`, a flat YAML or JSON mapping, to v->file; a name that is there already gets the
 * new value. A value is the text as it is written, without quotes; an empty one is the empty text. Names
 * that no reference can spell are ignored: such files serve other programs too. References in values are
 * text. Reports what yaml_read reports, E0018 for a value that is a list or mapping, and E0023; false then.
 */
bool vars_load(struct arena *a, struct diags *ds, struct vars *v, const struct source *src);

/*
 * Adds `NAME=value` to v->set; the value may be empty and may hold more `=`. False when there is no `=` or
 * what is before it is no name. Text is borrowed.
 */
bool vars_set(struct arena *a, struct vars *v, struct str assignment);

#endif
