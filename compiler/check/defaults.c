/* SPDX-License-Identifier: Apache-2.0 */
/* defaults.c - fields of which the file says nothing: the `default` column; and those of faulty sections. */
#include "compiler/check/walk.h"

#include <string.h>

static void set_enum(void *field, double value)
{
	int index = (int)value;

	memcpy(field, &index, sizeof(index));
}

/* Sets a field of prop to a default: its value, or its text. */
static void field_set(const struct prop *prop, void *field, struct str text, double value)
{
	switch (prop->kind) {
	case PROP_STRING:
		*(struct str *)field = text;
		break;
	case PROP_INT:
	case PROP_INT_ENUM:
		*(int64_t *)field = (int64_t)value;
		break;
	case PROP_NUMBER:
		*(double *)field = value;
		break;
	case PROP_BOOL:
		*(bool *)field = value != 0;
		break;
	case PROP_ENUM:
		set_enum(field, value);
		break;
	case PROP_BOOL_OR_STRING:
		((struct model_flex *)field)->flag = value != 0;
		break;
	case PROP_INT_OR_STRING:
	case PROP_STRINGS:
	case PROP_INTS:
	case PROP_MAP:
	case PROP_MAPS:
	case PROP_ANY:
	case PROP_SECTION:
	case PROP_SECTIONS:
		break; /* empty is what zero is */
	}
}

/* Sets one field, those of a section inside included. */
static void default_set(const struct check *c, const struct prop *prop, char *model)
{
	void *field = model + prop->value_offset;

	if (prop->kind == PROP_SECTION)
		defaults_fill(c, &schema_sections[prop->section], field);
	for (size_t i = 0; i < prop->ndefaults_for; i++) {
		const struct kind_default *own = &prop->defaults_for[i];

		if ((own->variants & c->kind->variants) == 0)
			continue;
		field_set(prop, field, own->text, own->value);
		return;
	}
	if ((prop->has & HAS_DEFAULT) != 0)
		field_set(prop, field, prop->default_text, prop->default_value);
}

void defaults_fill(const struct check *c, const struct section *s, char *model)
{
	for (size_t i = 0; i < s->nfilled; i++)
		default_set(c, &s->props[s->filled[i]], model);
}

void faulty_fill(const struct section *s, char *model)
{
	((struct section_at *)(void *)model)->poisoned = true;
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *prop = &s->props[i];

		prop_at(model, prop)->state = FIELD_POISONED;
		if (prop->kind == PROP_SECTION)
			faulty_fill(&schema_sections[prop->section], model + prop->value_offset);
	}
}
