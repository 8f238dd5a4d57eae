/* SPDX-License-Identifier: Apache-2.0 */
/* resources.c - look-ups in the tables of CloudFormation types. */
#include "lowering/ir/resources.h"

#include "compiler/base/bug.h"
#include "compiler/base/search.h"

struct str resource_name(struct resource_text t)
{
	return (struct str){resource_names + t.at, t.n};
}

static struct str type_name(const void *types, size_t i)
{
	return resource_name(((const struct resource_type *)types)[i].name);
}

static struct str property_name(const void *rows, size_t i)
{
	return resource_name(((const struct resource_property *)rows)[i].name);
}

const struct resource_type *resource_type_find(struct str name)
{
	size_t i;

	if (str_starts(name, STR("Custom::")))
		name = STR("AWS::CloudFormation::CustomResource");
	i = search_name(name, resource_types, resource_types_n, type_name);
	return i < resource_types_n ? &resource_types[i] : NULL;
}

/* Is s one of n texts from `first`? */
static bool is_one_of(size_t first, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(resource_name(resource_values[first + i]), s))
			return true;
	return false;
}

bool resource_has_attribute(const struct resource_type *t, struct str attribute)
{
	return t->open || is_one_of(t->attributes, t->nattributes, attribute);
}

bool resource_may_be(const struct resource_property *p, struct str value)
{
	return p->nvalues == 0 || is_one_of(p->values, p->nvalues, value);
}

const struct resource_property *resource_properties_of(uint16_t shape, size_t *ret_n)
{
	INVARIANT(shape != RESOURCE_NO_SHAPE);
	*ret_n = resource_shapes[shape].n;
	return &resource_properties[resource_shapes[shape].first];
}

const struct resource_property *resource_property_find(uint16_t shape, struct str name)
{
	size_t n, i;
	const struct resource_property *rows = resource_properties_of(shape, &n);

	i = search_name(name, rows, n, property_name);
	return i < n ? &rows[i] : NULL;
}

const char *resource_kind_words(enum resource_kind kind)
{
	switch (kind) {
	case RESOURCE_ANY:
		return "any value";
	case RESOURCE_STRING:
		return "a string";
	case RESOURCE_INTEGER:
		return "an integer";
	case RESOURCE_NUMBER:
		return "a number";
	case RESOURCE_BOOLEAN:
		return "a boolean";
	case RESOURCE_LIST:
		return "a list";
	case RESOURCE_OBJECT:
		return "an object";
	}
	BUG("resource kind %d", (int)kind);
}
