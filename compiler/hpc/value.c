/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - values: making them, comparing them, finding in them. */
#include "compiler/hpc/eval.h"

const struct value value_poison = {.kind = VALUE_POISON};

struct value *value_new(struct arena *a, enum value_kind kind, struct span at)
{
	struct value *v = NEW(a, struct value);

	v->kind = kind;
	v->at = at;
	return v;
}

const struct value *value_of_bool(struct arena *a, bool b, struct span at)
{
	struct value *v = value_new(a, VALUE_BOOL, at);

	v->boolean = b;
	return v;
}

struct value *value_of_number(struct arena *a, struct number n, struct span at)
{
	struct value *v = value_new(a, VALUE_NUMBER, at);

	v->number = n;
	return v;
}

const struct value *value_of_text(struct arena *a, struct str s, struct span at)
{
	struct value *v = value_new(a, VALUE_TEXT, at);

	v->text = s;
	return v;
}

uint32_t value_weight(const struct value *v)
{
	size_t n = v->kind == VALUE_TEXT ? v->text.n / BYTES_A_VALUE : v->weight;

	return n > 0 ? (uint32_t)n : 1;
}

/* v holds `inner` too: its depth, weight and openness. */
static void hold(struct value *v, const struct value *inner)
{
	uint32_t weight = value_weight(inner);

	if (inner->depth >= v->depth)
		v->depth = (uint8_t)(inner->depth == UINT8_MAX ? UINT8_MAX : inner->depth + 1);
	v->weight = weight > UINT32_MAX - v->weight ? UINT32_MAX : v->weight + weight;
	v->holds_open |= inner->open || inner->holds_open;
}

const struct value *value_of_list(struct arena *a, const struct value *const *items, size_t n,
				  struct span at)
{
	struct value *v = value_new(a, VALUE_LIST, at);

	v->list.items = items;
	v->list.n = n;
	v->depth = 1;
	v->weight = 1;
	for (size_t i = 0; i < n; i++)
		hold(v, items[i]);
	return v;
}

struct value *value_of_section(struct arena *a, const struct value_entry *entries, size_t n,
			       struct span at)
{
	struct value *v = value_new(a, VALUE_SECTION, at);

	v->section.entries = entries;
	v->section.n = n;
	v->depth = 1;
	v->weight = 1;
	for (size_t i = 0; i < n; i++)
		hold(v, entries[i].value);
	if (n >= INDEX_FROM) {
		v->section.index = NEW(a, struct map);
		for (size_t i = 0; i < n; i++)
			map_put(v->section.index, a, entries[i].key, &entries[i]);
	}
	return v;
}

const struct value_entry *value_find(const struct value *section, struct str key)
{
	if (!is_section(section))
		return NULL;
	if (section->section.index != NULL)
		return map_get(section->section.index, key);
	for (size_t i = 0; i < section->section.n; i++)
		if (str_eq(section->section.entries[i].key, key))
			return &section->section.entries[i];
	return NULL;
}

const struct value *value_get(const struct value *section, struct str key)
{
	const struct value_entry *e = value_find(section, key);

	return e != NULL ? e->value : NULL;
}

const struct value *value_at(struct arena *a, const struct value *v, struct span at)
{
	struct value *copy;

	if (v->kind == VALUE_POISON ||
	    (v->at.src == at.src && v->at.lo == at.lo && v->at.hi == at.hi))
		return v;
	copy = NEW(a, struct value);
	*copy = *v;
	copy->at = at;
	return copy;
}

const struct value *value_open_part(const struct value *v)
{
	const struct value *open = NULL;

	if (v->kind == VALUE_OPEN_LIST || (v->kind == VALUE_TEXT && v->open))
		return v;
	if (!v->holds_open)
		return NULL;
	if (v->kind == VALUE_LIST)
		for (size_t i = 0; i < v->list.n && open == NULL; i++)
			open = value_open_part(v->list.items[i]);
	else if (is_section(v))
		for (size_t i = 0; i < v->section.n && open == NULL; i++)
			open = value_open_part(v->section.entries[i].value);
	return open;
}

/* ---- words ---- */

struct str value_kind_words(struct arena *a, const struct value *v)
{
	switch (v->kind) {
	case VALUE_POISON:
		return STR("a faulty value");
	case VALUE_NULL:
		return STR("null");
	case VALUE_BOOL:
		return STR("true or false");
	case VALUE_NUMBER:
		if (!dimension_is_plain(v->number.of))
			return dimension_words(a, v->number.of);
		return number_is_int(v->number) ? STR("an int") : STR("a number");
	case VALUE_TEXT:
		return STR("a text");
	case VALUE_LIST:
	case VALUE_OPEN_LIST:
		return STR("a list");
	case VALUE_SECTION:
		return STR("a section");
	case VALUE_DECLARATION:
		return v->open ? STR("the outputs of a declaration") : STR("a section");
	case VALUE_RANGE:
		return STR("a range");
	}
	BUG("no such kind of value");
}

/* ---- equality ---- */

static bool lists_eq(const struct value *a, const struct value *b, bool *ret_comparable)
{
	bool eq = a->list.n == b->list.n;
	size_t n = eq ? a->list.n : 0;

	for (size_t i = 0; i < n; i++) {
		bool comparable;

		/* Two kinds within are two values; only at the outside they are somebody's mistake. */
		if (!value_eq(a->list.items[i], b->list.items[i], &comparable))
			eq = false;
	}
	*ret_comparable = true;
	return eq;
}

static bool sections_eq(const struct value *a, const struct value *b, bool *ret_comparable)
{
	*ret_comparable = true;
	if (a->section.n != b->section.n)
		return false;
	for (size_t i = 0; i < a->section.n; i++) {
		const struct value *other = value_get(b, a->section.entries[i].key);
		bool comparable;

		if (other == NULL || !value_eq(a->section.entries[i].value, other, &comparable))
			return false;
	}
	return true;
}

static bool ranges_eq(const struct value *a, const struct value *b)
{
	return a->range.has_from == b->range.has_from && a->range.has_to == b->range.has_to &&
	       (!a->range.has_from || number_cmp(a->range.from, b->range.from) == 0) &&
	       (!a->range.has_to || number_cmp(a->range.to, b->range.to) == 0);
}

bool value_quantity(const struct value *v, struct number *ret)
{
	*ret = v->number;
	return v->unit == NULL || number_mul(v->number, v->unit->value, ret);
}

bool value_numbers(const struct value *a, const struct value *b, struct number *ret_a,
		   struct number *ret_b, const struct unit **ret_unit)
{
	const struct unit *unit = a->unit != NULL ? a->unit : b->unit;

	*ret_a = a->number;
	*ret_b = b->number;
	*ret_unit = unit;
	if (unit == NULL || (dimension_is_plain(a->number.of) && dimension_is_plain(b->number.of) &&
			     (a->unit == b->unit || a->unit == NULL || b->unit == NULL)))
		return true;
	*ret_unit = NULL;
	return value_quantity(a, ret_a) && value_quantity(b, ret_b);
}

static bool numbers_eq(const struct value *a, const struct value *b, bool *ret_comparable)
{
	const struct unit *unit;
	struct number x, y;

	*ret_comparable = true;
	if (!value_numbers(a, b, &x, &y, &unit))
		return false;
	*ret_comparable = dimension_eq(x.of, y.of);
	return *ret_comparable && number_cmp(x, y) == 0;
}

bool value_eq(const struct value *a, const struct value *b, bool *ret_comparable)
{
	*ret_comparable = true;
	if (a == b)
		return true;
	if (is_section(a) && is_section(b))
		return sections_eq(a, b, ret_comparable);
	if (a->kind != b->kind) {
		*ret_comparable = a->kind == VALUE_NULL || b->kind == VALUE_NULL;
		return false;
	}
	switch (a->kind) {
	case VALUE_BOOL:
		return a->boolean == b->boolean;
	case VALUE_NUMBER:
		return numbers_eq(a, b, ret_comparable);
	case VALUE_TEXT:
	case VALUE_OPEN_LIST:
		return str_eq(a->text, b->text);
	case VALUE_LIST:
		return lists_eq(a, b, ret_comparable);
	case VALUE_RANGE:
		return ranges_eq(a, b);
	case VALUE_POISON:
	case VALUE_NULL:
	case VALUE_SECTION:
	case VALUE_DECLARATION:
		break;
	}
	return true;
}
