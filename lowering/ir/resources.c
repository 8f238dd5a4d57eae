/* SPDX-License-Identifier: Apache-2.0 */
/* resources.c - look-ups in the tables of CloudFormation types. */
#include "lowering/ir/resources.h"

#include "compiler/base/bug.h"

struct str resource_name(struct resource_text t)
{
	return (struct str){resource_names + t.at, t.n};
}

const struct resource_type *resource_type_find(struct str name)
{
	size_t lo = 0, hi = resource_types_n;

	if (str_starts(name, STR("Custom::")))
		name = STR("AWS::CloudFormation::CustomResource");
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(name, resource_name(resource_types[mid].name));

		if (c == 0)
			return &resource_types[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
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
	size_t lo = 0, hi;
	const struct resource_property *rows = resource_properties_of(shape, &hi);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(name, resource_name(rows[mid].name));

		if (c == 0)
			return &rows[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
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
