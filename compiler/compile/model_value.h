/* SPDX-License-Identifier: Apache-2.0 */
/* model_value.h - a checked file as a value of programs, for policies. */
#ifndef HPCC_MODEL_VALUE_H
#define HPCC_MODEL_VALUE_H

#include "compiler/hpc/value.h"
#include "model.h"

/*
 * The model of a file of any kind as a section with every default filled in. Values have the places at which the file
 * says them; a default, and a section of defaults alone, has that of the nearest section around it that is written.
 * What is absent and has no default is left out, but lists and free mappings are empty then; an absent section is there
 * where it needs nothing but defaults. Quantities are what the file stores. `src` is the file. All memory is from `a`.
 */
const struct value *model_value(struct arena *a, const struct model *m, const struct source *src);

#endif
