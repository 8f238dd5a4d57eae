/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - what the schema says of the places of values. */
#include "compiler/import/importer.h"

/* Longer choices are texts. */
enum { WIDEST_CHOICE = 60 };

struct place_of place_of_key(const struct importer *im, struct place_of at, struct str key)
{
	const struct prop *p;

	if (at.section == NULL) {
		bool named = at.prop != NULL && at.prop->by_name && !at.item;

		return (struct place_of){.section =
						 named ? &schema_sections[at.prop->section] : NULL};
	}
	p = schema_find(at.section, key);
	if (p == NULL)
		return (struct place_of){0};
	return (struct place_of){.prop = kind_prop(im->a, im->kind, p),
				 .section = p->kind == PROP_SECTION ? &schema_sections[p->section]
								    : NULL};
}

struct place_of place_of_items(struct place_of at)
{
	const struct prop *p = at.prop;

	if (p == NULL || at.item)
		return (struct place_of){0};
	return (struct place_of){.prop = p,
				 .item = true,
				 .section = p->kind == PROP_SECTIONS ? &schema_sections[p->section]
								     : NULL};
}

bool place_is_free(struct place_of at)
{
	if (at.section != NULL)
		return false;
	return at.prop == NULL || at.prop->by_name || at.prop->kind == PROP_MAP ||
	       at.prop->kind == PROP_MAPS || at.prop->kind == PROP_ANY;
}

/* The name of a pattern in capitals: "subnet_id" is "SubnetId". */
static struct str pattern_type(struct arena *a, const struct pattern *p)
{
	static const char *const plain[] = {"single_line", "line_of_text"};
	struct buf b = buf_in(a);

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (str_eq(p->name, str_c(plain[i])))
			return STR("string");
	buf_pascal(&b, p->name);
	return buf_str(&b);
}

/* The values of an enumeration as a choice, `quote` around each; empty where that is too long. */
static struct str choice(struct arena *a, const struct prop *p, const char *quote)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < p->nvalues; i++)
		buf_fmt(&b, "%s%s" STR_F "%s", i > 0 ? " | " : "", quote, STR_A(p->values[i].name),
			quote);
	return b.n <= WIDEST_CHOICE ? buf_str(&b) : STR("");
}

static bool is_key_name(const struct prop *p)
{
	return str_eq(p->name, STR("KeyName")) && p->open && p->pattern != NULL &&
	       str_eq(p->pattern->name, STR("single_line"));
}

struct str place_type(const struct importer *im, struct place_of at)
{
	const struct prop *p = at.prop;
	struct str found;

	if (p == NULL)
		return STR("string");
	switch (p->kind) {
	case PROP_INT:
	case PROP_INTS:
		return STR("int");
	case PROP_NUMBER:
		return STR("number");
	case PROP_BOOL:
		return STR("bool");
	case PROP_INT_ENUM:
		found = choice(im->a, p, "");
		return found.n > 0 ? found : STR("int");
	case PROP_ENUM:
		found = str_eq(p->name, STR("Os")) ? p->name : choice(im->a, p, "\"");
		return found.n > 0 ? found : STR("string");
	case PROP_STRING:
	case PROP_STRINGS:
		if (is_key_name(p))
			return STR("KeyName");
		return p->pattern != NULL ? pattern_type(im->a, p->pattern) : STR("string");
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
	case PROP_MAP:
	case PROP_MAPS:
	case PROP_ANY:
	case PROP_SECTION:
	case PROP_SECTIONS:
		break;
	}
	return STR("string");
}

struct str place_section_type(const struct importer *im, struct place_of at)
{
	const struct prop *p = at.prop;

	if (at.section != NULL)
		return at.section->name;
	if (p != NULL && p->kind == PROP_SECTIONS && !p->by_name && !at.item)
		return arena_fmt(im->a, "[" STR_F "]", STR_A(schema_sections[p->section].name));
	return STR("");
}
