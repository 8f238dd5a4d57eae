/* SPDX-License-Identifier: Apache-2.0 */
/* ir.c - builds the resource graph. */
#include "lowering/ir/ir.h"

#include "compiler/base/bug.h"

#include <math.h>
#include <string.h>

/* The maps hold const pointers; what they hold here was allocated by us and is writable. */
static void *writable(const void *p)
{
	union {
		const void *in;
		void *out;
	} u = {p};

	return u.out;
}

struct ir *ir_new(struct arena *a)
{
	struct ir *g = NEW(a, struct ir);

	g->arena = a;
	return g;
}

/* ---- values ---- */

static struct ir_value *value_new(struct ir *g, enum ir_kind kind)
{
	struct ir_value *v = NEW(g->arena, struct ir_value);

	v->kind = kind;
	return v;
}

struct ir_value *ir_null(struct ir *g)
{
	return value_new(g, IR_NULL);
}

struct ir_value *ir_bool(struct ir *g, bool b)
{
	struct ir_value *v = value_new(g, IR_BOOL);

	v->boolean = b;
	return v;
}

struct ir_value *ir_int(struct ir *g, int64_t i)
{
	struct ir_value *v = value_new(g, IR_INT);

	v->integer = i;
	return v;
}

struct ir_value *ir_number(struct ir *g, double d)
{
	struct ir_value *v = value_new(g, IR_NUMBER);

	INVARIANT(isfinite(d));
	v->number = d;
	return v;
}

static struct ir_value *with_text(struct ir *g, enum ir_kind kind, struct str text)
{
	struct ir_value *v = value_new(g, kind);

	v->text = text;
	return v;
}

struct ir_value *ir_text(struct ir *g, struct str s)
{
	return with_text(g, IR_STRING, s);
}

struct ir_value *ir_text_or(struct ir *g, struct str s, struct str shorter)
{
	struct ir_value *v = ir_text(g, s);

	v->attribute = shorter;
	return v;
}

struct ir_value *ir_textf(struct ir *g, const char *fmt, ...)
{
	struct ir_value *v = value_new(g, IR_STRING);
	va_list ap;

	va_start(ap, fmt);
	v->text = arena_vfmt(g->arena, fmt, ap);
	va_end(ap);
	return v;
}

struct ir_value *ir_list(struct ir *g)
{
	return value_new(g, IR_LIST);
}

struct ir_value *ir_object(struct ir *g)
{
	return value_new(g, IR_OBJECT);
}

struct ir_value *ir_ref(struct ir *g, struct str name)
{
	if (str_eq(name, STR("AWS::NoValue")))
		return value_new(g, IR_NOVALUE);
	return with_text(g, IR_REF, name);
}

struct ir_value *ir_getatt(struct ir *g, struct str resource, struct str attribute)
{
	struct ir_value *v = with_text(g, IR_GETATT, resource);

	v->attribute = attribute;
	return v;
}

struct ir_value *ir_sub(struct ir *g, struct str format)
{
	return with_text(g, IR_SUB, format);
}

struct ir_value *ir_subf(struct ir *g, const char *fmt, ...)
{
	struct ir_value *v = value_new(g, IR_SUB);
	va_list ap;

	va_start(ap, fmt);
	v->text = arena_vfmt(g->arena, fmt, ap);
	va_end(ap);
	return v;
}

/* Does `kind` keep its operands in ->items? */
static bool has_items(enum ir_kind kind)
{
	return kind == IR_LIST || (kind >= IR_JOIN && kind <= IR_GETAZS) || kind == IR_CIDR;
}

static bool has_members(enum ir_kind kind)
{
	return kind == IR_OBJECT || kind == IR_SUB;
}

struct ir_value *ir_func(struct ir *g, enum ir_kind kind, struct str text)
{
	INVARIANT(kind != IR_LIST && has_items(kind));
	return with_text(g, kind, text);
}

struct ir_value *ir_base64(struct ir *g, struct ir_value *v)
{
	return ir_push(g, ir_func(g, IR_BASE64, (struct str){0}), v);
}

struct ir_value *ir_push(struct ir *g, struct ir_value *list, struct ir_value *v)
{
	INVARIANT(has_items(list->kind) && v != NULL);
	if (list->n == list->cap) {
		uint32_t cap = list->cap == 0 ? 2 : list->cap * 2;
		struct ir_value **items = NEW_ARRAY(g->arena, struct ir_value *, cap);

		if (list->n > 0)
			memcpy(items, list->items, list->n * sizeof(struct ir_value *));
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = v;
	return list;
}

struct ir_value *ir_put_str(struct ir *g, struct ir_value *object, struct str name,
			    struct ir_value *v)
{
	INVARIANT(has_members(object->kind) && v != NULL);
	if (ir_get(object, name) != NULL)
		BUG("member `" STR_F "` is put twice", STR_A(name));
	if (object->nmembers == object->capmembers) {
		uint32_t cap = object->capmembers == 0 ? 4 : object->capmembers * 2;
		struct ir_member *members = NEW_ARRAY(g->arena, struct ir_member, cap);

		if (object->nmembers > 0)
			memcpy(members, object->members, object->nmembers * sizeof(*members));
		object->members = members;
		object->capmembers = cap;
	}
	object->members[object->nmembers++] = (struct ir_member){name, v};
	return object;
}

struct ir_value *ir_put(struct ir *g, struct ir_value *object, const char *name, struct ir_value *v)
{
	return ir_put_str(g, object, str_c(name), v);
}

struct ir_value *ir_put_text(struct ir *g, struct ir_value *object, const char *name, struct str s)
{
	return ir_put(g, object, name, ir_text(g, s));
}

struct ir_value *ir_put_int(struct ir *g, struct ir_value *object, const char *name, int64_t i)
{
	return ir_put(g, object, name, ir_int(g, i));
}

struct ir_value *ir_put_bool(struct ir *g, struct ir_value *object, const char *name, bool b)
{
	return ir_put(g, object, name, ir_bool(g, b));
}

struct ir_value *ir_get(const struct ir_value *object, struct str name)
{
	if (!has_members(object->kind))
		return NULL;
	for (uint32_t i = 0; i < object->nmembers; i++)
		if (str_eq(object->members[i].name, name))
			return object->members[i].value;
	return NULL;
}

/* ---- parts of the graph ---- */

static void put_new(struct ir *g, struct map *m, struct str name, const void *value)
{
	if (map_put(m, g->arena, name, value) != NULL)
		BUG("`" STR_F "` is added to the graph twice", STR_A(name));
}

struct ir_resource *ir_add(struct ir *g, struct str id, const char *type, struct ir_origin origin)
{
	struct ir_resource *r = NEW(g->arena, struct ir_resource);

	r->id = id;
	r->type = str_c(type);
	r->properties = ir_object(g);
	r->origin = origin;
	put_new(g, &g->resources, id, r);
	return r;
}

void ir_depend(struct ir *g, struct ir_resource *r, struct str on)
{
	for (size_t i = 0; i < r->ndepends; i++)
		if (str_eq(r->depends_on[i], on))
			return;
	if (r->ndepends == r->capdepends) {
		size_t cap = r->capdepends == 0 ? 2 : r->capdepends * 2;
		struct str *ids = NEW_ARRAY(g->arena, struct str, cap);

		if (r->ndepends > 0)
			memcpy(ids, r->depends_on, r->ndepends * sizeof(*ids));
		r->depends_on = ids;
		r->capdepends = cap;
	}
	r->depends_on[r->ndepends++] = on;
}

bool ir_there_with(const struct ir_resource *on, const struct ir_resource *r)
{
	return on->condition.n == 0 || str_eq(on->condition, r->condition);
}

struct ir_resource *ir_find(const struct ir *g, struct str id)
{
	return writable(map_get(&g->resources, id));
}

struct ir_parameter *ir_add_parameter(struct ir *g, struct str name, const char *type,
				      struct str description, struct ir_origin origin)
{
	struct ir_parameter *p = NEW(g->arena, struct ir_parameter);

	p->name = name;
	p->type = str_c(type);
	p->description = description;
	p->origin = origin;
	put_new(g, &g->parameters, name, p);
	return p;
}

struct ir_output *ir_add_output(struct ir *g, struct str name, struct str description,
				struct ir_value *value, struct ir_origin origin)
{
	struct ir_output *o = NEW(g->arena, struct ir_output);

	INVARIANT(value != NULL);
	o->name = name;
	o->description = description;
	o->value = value;
	o->origin = origin;
	put_new(g, &g->outputs, name, o);
	return o;
}

void ir_add_condition(struct ir *g, struct str name, struct ir_value *test)
{
	put_new(g, &g->conditions, name, test);
}

void ir_add_rule(struct ir *g, struct str name, struct ir_value *test, struct str description)
{
	struct ir_value *assertion = ir_put(g, ir_object(g), "Assert", test);
	struct ir_value *rule = ir_object(g);

	ir_put_text(g, assertion, "AssertDescription", description);
	ir_put(g, rule, "Assertions", ir_push(g, ir_list(g), assertion));
	put_new(g, &g->rules, name, rule);
}

void ir_add_mapping(struct ir *g, struct str name, struct ir_value *object)
{
	INVARIANT(object->kind == IR_OBJECT);
	put_new(g, &g->mappings, name, object);
}

struct str ir_policy_text(enum ir_policy p)
{
	switch (p) {
	case IR_POLICY_NONE:
		return (struct str){0};
	case IR_DELETE:
		return STR("Delete");
	case IR_RETAIN:
		return STR("Retain");
	case IR_SNAPSHOT:
		return STR("Snapshot");
	case IR_RETAIN_EXCEPT_ON_CREATE:
		return STR("RetainExceptOnCreate");
	}
	BUG("policy %d", (int)p);
}
