/* SPDX-License-Identifier: Apache-2.0 */
/* model_walk.c - fields of a model, by the generated tables. */
#include "compiler/model/model_walk.h"

#include <string.h>

bool walk_has_default(const struct file_kind *kind, const struct prop *prop)
{
	bool own = (prop->has & HAS_DEFAULT) != 0;

	for (size_t i = 0; i < prop->ndefaults_for; i++)
		own |= (prop->defaults_for[i].variants & kind->variants) != 0;
	return own;
}

bool walk_has_fields(const struct file_kind *kind, const struct section *s, const char *model)
{
	if (((const struct section_at *)(const void *)model)->written)
		return true;
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *prop = &s->props[i];

		if ((prop->variants & kind->variants) == 0)
			continue;
		if (walk_has_default(kind, prop))
			return true;
		if (prop->kind == PROP_SECTION &&
		    walk_has_fields(kind, &schema_sections[prop->section],
				    model + prop->value_offset))
			return true;
	}
	return false;
}

int walk_enum(const void *field)
{
	int value;

	memcpy(&value, field, sizeof(value)); /* whichever enum it is, it is an int of size */
	return value;
}

const char *walk_items(const void *field, size_t *n)
{
	struct { /* how every generated list begins */
		const char *items;
		size_t n;
	} list;

	memcpy(&list, field, sizeof(list));
	*n = list.n;
	return list.items;
}
