/* SPDX-License-Identifier: Apache-2.0 */
/* model_base.c - names of the model's enumerators. */
#include "compiler/model/model_base.h"

#include "compiler/base/bug.h"

struct str enum_text(enum prop_id id, int value)
{
	const struct prop *prop = &schema_props[id];

	INVARIANT(value >= 0 && value <= prop->nvalues);
	return value > 0 ? prop->values[value - 1].name : (struct str){0};
}
