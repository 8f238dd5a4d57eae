/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_properties.c - the graph against stdlib/resources.
 *
 * Nested objects are checked as far as the tables describe them. A function may stand for a value of any
 * kind, as only CloudFormation knows what it gives; the branches of Fn::If are checked like the value.
 */
#include "lowering/ir/resources.h"
#include "lowering/ir/verify.h"

/* What is being checked, for messages: the resource, and the names on the way down. */
struct property_path {
	const struct ir_resource *r;
	const struct property_path *up;
	struct str name;
};

static void check_value(struct verify *v, const struct resource_property *p,
			enum resource_kind kind, const struct ir_value *value,
			const struct property_path *path);

/* "AWS::EC2::Volume `Id` at A.B". */
static struct str path_text(struct verify *v, const struct property_path *path)
{
	struct str text = path->name;

	for (const struct property_path *up = path->up; up != NULL && up->name.n > 0; up = up->up)
		text = arena_fmt(v->a, STR_F "." STR_F, STR_A(up->name), STR_A(text));
	return arena_fmt(v->a, STR_F " `" STR_F "` at " STR_F, STR_A(path->r->type),
			 STR_A(path->r->id), STR_A(text));
}

static enum resource_kind kind_of(const struct ir_value *value)
{
	switch (value->kind) {
	case IR_BOOL:
		return RESOURCE_BOOLEAN;
	case IR_INT:
		return RESOURCE_INTEGER;
	case IR_NUMBER:
		return RESOURCE_NUMBER;
	case IR_STRING:
		return RESOURCE_STRING;
	case IR_LIST:
		return RESOURCE_LIST;
	case IR_OBJECT:
		return RESOURCE_OBJECT;
	case IR_NULL:
	case IR_REF:
	case IR_GETATT:
	case IR_SUB:
	case IR_JOIN:
	case IR_SELECT:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_NOVALUE:
	case IR_CIDR:
		return RESOURCE_ANY;
	}
	BUG("a value of kind %d", (int)value->kind);
}

static void check_object(struct verify *v, uint16_t shape, bool open, const struct ir_value *object,
			 const struct property_path *path)
{
	size_t n;
	const struct resource_property *rows = resource_properties_of(shape, &n);

	for (uint32_t i = 0; i < object->nmembers; i++) {
		struct ir_member m = object->members[i];
		struct property_path at = {path->r, path, m.name};
		const struct resource_property *p = resource_property_find(shape, m.name);

		if (p != NULL)
			check_value(v, p, p->kind, m.value, &at);
		else if (!open)
			verify_fault(v, STR_F ": no such property", STR_A(path_text(v, &at)));
	}
	for (size_t i = 0; i < n; i++) {
		struct property_path at = {path->r, path, resource_name(rows[i].name)};

		if (rows[i].required && ir_get(object, at.name) == NULL)
			verify_fault(v, STR_F ": is required", STR_A(path_text(v, &at)));
	}
}

static void check_kind(struct verify *v, enum resource_kind want, enum resource_kind got,
		       const struct property_path *path)
{
	if (want != got && !(want == RESOURCE_NUMBER && got == RESOURCE_INTEGER))
		verify_fault(v, STR_F ": must be %s, not %s", STR_A(path_text(v, path)),
			     resource_kind_words(want), resource_kind_words(got));
}

/* The value of property p, or an item of it, which must be of `kind`. */
static void check_value(struct verify *v, const struct resource_property *p,
			enum resource_kind kind, const struct ir_value *value,
			const struct property_path *path)
{
	enum resource_kind got = kind_of(value);

	if (value->kind == IR_NULL)
		verify_fault(v, STR_F ": is null", STR_A(path_text(v, path)));
	if (value->kind == IR_IF)
		for (uint32_t i = 0; i < value->n; i++)
			check_value(v, p, kind, value->items[i], path);
	if (kind == RESOURCE_ANY || got == RESOURCE_ANY)
		return;
	check_kind(v, kind, got, path);
	if (v->fault.n > 0)
		return;
	if (kind == RESOURCE_STRING && !resource_may_be(p, value->text))
		verify_fault(v, STR_F ": `" STR_F "` is not among its values",
			     STR_A(path_text(v, path)), STR_A(value->text));
	if (kind == RESOURCE_LIST)
		for (uint32_t i = 0; i < value->n; i++)
			check_value(v, p, p->items, value->items[i], path);
	if (kind == RESOURCE_OBJECT && p->shape != RESOURCE_NO_SHAPE)
		check_object(v, p->shape, false, value, path);
}

static void check_resource(struct verify *v, const struct ir_resource *r)
{
	const struct resource_type *t = resource_type_find(r->type);
	struct property_path top = {.r = r};

	if (t == NULL) {
		verify_fault(v, "`" STR_F "` has the type `" STR_F "`, which is not in the tables",
			     STR_A(r->id), STR_A(r->type));
		return;
	}
	if (!t->snapshot &&
	    (r->deletion_policy == IR_SNAPSHOT || r->update_replace_policy == IR_SNAPSHOT))
		verify_fault(v, "`" STR_F "`: " STR_F " takes no snapshots", STR_A(r->id),
			     STR_A(r->type));
	if (r->update_replace_policy == IR_RETAIN_EXCEPT_ON_CREATE)
		verify_fault(v, "`" STR_F "`: RetainExceptOnCreate is no UpdateReplacePolicy",
			     STR_A(r->id));
	if ((r->creation_policy != NULL && !t->creation_policy) ||
	    (r->update_policy != NULL && !t->update_policy))
		verify_fault(v, "`" STR_F "`: " STR_F " has no such policy", STR_A(r->id),
			     STR_A(r->type));
	check_object(v, t->shape, t->open, r->properties, &top);
}

/* How many operands a function has in ->items; SIZE_MAX: any number, but one at least. */
static size_t operands(enum ir_kind kind)
{
	switch (kind) {
	case IR_JOIN:
		return SIZE_MAX;
	case IR_SELECT:
	case IR_SPLIT:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_NOT:
	case IR_GETAZS:
		return 1;
	case IR_IF:
	case IR_EQUALS:
		return 2;
	case IR_FINDINMAP:
	case IR_CIDR:
		return 3;
	case IR_NULL:
	case IR_BOOL:
	case IR_INT:
	case IR_NUMBER:
	case IR_STRING:
	case IR_LIST:
	case IR_OBJECT:
	case IR_REF:
	case IR_GETATT:
	case IR_SUB:
	case IR_NOVALUE:
		return 0;
	}
	BUG("a value of kind %d", (int)kind);
}

void verify_operands(struct verify *v, const struct ir_walk *walk, const struct ir_value *value)
{
	size_t want = operands(value->kind);

	if (want != 0 && (want == SIZE_MAX ? value->n == 0 : value->n != want))
		verify_fault(v, "a function in %s has %u operands", walk->part, value->n);
}

void verify_properties(struct verify *v)
{
	for (size_t i = 0; i < v->g->resources.n; i++)
		check_resource(v, v->g->resources.items[i].value);
}
