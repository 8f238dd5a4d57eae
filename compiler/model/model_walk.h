/* SPDX-License-Identifier: Apache-2.0 */
/* model_walk.h - what those ask who walk a model by the generated tables, and know no property by name. */
#ifndef HPCC_MODEL_WALK_H
#define HPCC_MODEL_WALK_H

#include "compiler/model/model_base.h"
#include "compiler/schema/kind.h"

/* Where the field of `prop` was written, in the struct of its section. */
static inline const struct field_at *walk_at(const struct prop *prop, const char *model)
{
	return (const struct field_at *)(const void *)(model + prop->at_offset);
}

/* Has the kind of the file a default for the property? */
bool walk_has_default(const struct file_kind *kind, const struct prop *prop);
/* Is the section there, or has something in it a default, so that there is something to show? */
bool walk_has_fields(const struct file_kind *kind, const struct section *s, const char *model);
/* The enumerator of a PROP_ENUM. */
int walk_enum(const void *field);
/* The items of a PROP_SECTIONS: `n` structs of the section's size. */
const char *walk_items(const void *field, size_t *n);

#endif
