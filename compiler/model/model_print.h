/* SPDX-License-Identifier: Apache-2.0 */
/* model_print.h - the typed model as text. */
#ifndef HPCC_MODEL_PRINT_H
#define HPCC_MODEL_PRINT_H

#include "compiler/base/arena.h"
#include "model.h"

/*
 * The model as indented text, for --dump=model: one line a field that has a value, in the order of the
 * schema. `(default)` marks what was not written, `(absent)` a section of defaults only, `(faulty)` what was
 * reported. Ends with a newline.
 */
struct str model_print(struct arena *a, const struct model *model);

#endif
