/* SPDX-License-Identifier: Apache-2.0 */
/* equal.c - values compared and hashed. Each kind is named, so that a new one cannot be forgotten here. */
#include "lowering/ir/equal.h"

/* ---- the same ---- */

static bool same_items(const struct ir_value *a, const struct ir_value *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && ir_same(a->items[i], b->items[i]))
		i++;
	return i == a->n && i == b->n;
}

static bool same_members(const struct ir_value *a, const struct ir_value *b)
{
	size_t i = 0;

	while (i < a->nmembers && i < b->nmembers &&
	       str_eq(a->members[i].name, b->members[i].name) &&
	       ir_same(a->members[i].value, b->members[i].value))
		i++;
	return i == a->nmembers && i == b->nmembers;
}

bool ir_same(const struct ir_value *a, const struct ir_value *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || !str_eq(a->text, b->text))
		return false;
	switch (a->kind) {
	case IR_NULL:
	case IR_NOVALUE:
	case IR_STRING:
	case IR_REF:
		return true;
	case IR_BOOL:
		return a->boolean == b->boolean;
	case IR_INT:
		return a->integer == b->integer;
	case IR_NUMBER:
		return a->number == b->number;
	case IR_GETATT:
		return str_eq(a->attribute, b->attribute);
	case IR_OBJECT:
	case IR_SUB:
		return same_members(a, b);
	case IR_SELECT:
		return a->integer == b->integer && same_items(a, b);
	case IR_JOIN:
		return a->boolean == b->boolean && same_items(a, b);
	case IR_LIST:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
		return same_items(a, b);
	}
	BUG("value of kind %d", (int)a->kind);
}

/* ---- hash ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

/* By words, for texts may be long. Each is folded, so that its high bits reach the low ones. */
static uint64_t mix_text(uint64_t h, struct str s)
{
	size_t i = 0;

	h = mix(h, s.n);
	for (; s.n - i >= 8; i += 8) {
		h = (h ^ word_at(s.s + i)) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; i < s.n; i++)
		h = mix(h, (unsigned char)s.s[i]);
	return h;
}

static uint64_t mix_items(uint64_t h, const struct ir_value *v, int64_t integer)
{
	for (size_t i = 0; i < v->n; i++)
		h = ir_hash(h, v->items[i]);
	return mix(mix(h, (uint64_t)integer), v->n);
}

static uint64_t mix_members(uint64_t h, const struct ir_value *v)
{
	for (size_t i = 0; i < v->nmembers; i++)
		h = ir_hash(mix_text(h, v->members[i].name), v->members[i].value);
	return mix(h, v->nmembers);
}

uint64_t ir_hash(uint64_t h, const struct ir_value *v)
{
	h = mix_text(mix(h, (uint64_t)v->kind), v->text);
	switch (v->kind) {
	case IR_NULL:
	case IR_NOVALUE:
	case IR_STRING:
	case IR_REF:
		return h;
	case IR_BOOL:
		return mix(h, v->boolean);
	case IR_INT:
		return mix(h, (uint64_t)v->integer);
	case IR_NUMBER:
		return mix(h, (uint64_t)(int64_t)(v->number * 1e6));
	case IR_GETATT:
		return mix_text(h, v->attribute);
	case IR_OBJECT:
	case IR_SUB:
		return mix_members(h, v);
	case IR_SELECT:
		return mix_items(h, v, v->integer);
	case IR_JOIN:
		return mix_items(h, v, v->boolean);
	case IR_LIST:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
		return mix_items(h, v, 0);
	}
	BUG("value of kind %d", (int)v->kind);
}
