/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - our JSON values to and from jansson's. */
#include "compiler/base/json.h"

#include "compiler/base/port.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* Significant digits of a real: 0.1 stays 0.1. */
#define REAL_DIGITS 15

static struct json_value *value_new(struct arena *a, enum json_kind kind)
{
	struct json_value *v = NEW(a, struct json_value);

	v->kind = kind;
	return v;
}

struct json_value *json_new_null(struct arena *a)
{
	return value_new(a, JSON_KIND_NULL);
}

struct json_value *json_new_bool(struct arena *a, bool b)
{
	struct json_value *v = value_new(a, JSON_KIND_BOOL);

	v->boolean = b;
	return v;
}

struct json_value *json_new_int(struct arena *a, int64_t i)
{
	struct json_value *v = value_new(a, JSON_KIND_INT);

	v->integer = i;
	return v;
}

struct json_value *json_new_real(struct arena *a, double x)
{
	struct json_value *v = value_new(a, JSON_KIND_REAL);

	INVARIANT(isfinite(x));
	v->real = x;
	return v;
}

struct json_value *json_new_text(struct arena *a, struct str text)
{
	struct json_value *v = value_new(a, JSON_KIND_TEXT);

	v->text = text;
	return v;
}

struct json_value *json_new_array(struct arena *a)
{
	return value_new(a, JSON_KIND_ARRAY);
}

struct json_value *json_new_object(struct arena *a)
{
	return value_new(a, JSON_KIND_OBJECT);
}

static struct json_value *append(struct json_value *parent, struct json_value *value)
{
	INVARIANT(value->next == NULL && parent->last != value);
	if (parent->last != NULL)
		parent->last->next = value;
	else
		parent->first = value;
	parent->last = value;
	parent->n++;
	return value;
}

struct json_value *json_put(struct json_value *object, struct str key, struct json_value *value)
{
	INVARIANT(object->kind == JSON_KIND_OBJECT);
	value->key = key;
	return append(object, value);
}

struct json_value *json_push(struct json_value *array, struct json_value *value)
{
	INVARIANT(array->kind == JSON_KIND_ARRAY);
	return append(array, value);
}

const struct json_value *json_get(const struct json_value *object, struct str key)
{
	if (object == NULL || object->kind != JSON_KIND_OBJECT)
		return NULL;
	for (const struct json_value *v = object->first; v != NULL; v = v->next)
		if (str_eq(v->key, key))
			return v;
	return NULL;
}

static const char *bytes(struct str s)
{
	return s.s != NULL ? s.s : "";
}

static json_t *to_jansson(const struct json_value *v);

static json_t *container_to_jansson(const struct json_value *v)
{
	bool object = v->kind == JSON_KIND_OBJECT;
	json_t *to = object ? json_object() : json_array();

	for (const struct json_value *i = v->first; i != NULL; i = i->next) {
		json_t *item = to_jansson(i);
		int failed = object ? json_object_setn_new(to, bytes(i->key), i->key.n, item)
				    : json_array_append_new(to, item);

		if (failed != 0)
			BUG("a JSON value could not be built");
	}
	if (object && json_object_size(to) != v->n)
		BUG("a JSON object has the same key twice");
	return to;
}

/* A new reference; never NULL. */
static json_t *to_jansson(const struct json_value *v)
{
	json_t *to = NULL;

	switch (v->kind) {
	case JSON_KIND_NULL:
		to = json_null();
		break;
	case JSON_KIND_BOOL:
		to = json_boolean(v->boolean);
		break;
	case JSON_KIND_INT:
		to = json_integer(v->integer);
		break;
	case JSON_KIND_REAL:
		to = json_real(v->real);
		break;
	case JSON_KIND_TEXT:
		to = json_stringn(bytes(v->text), v->text.n);
		break;
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		to = container_to_jansson(v);
		break;
	}
	if (to == NULL)
		BUG("a JSON text is not UTF-8");
	return to;
}

/* malloc(3) that does not come back with nothing: jansson's errors are then never those of memory. */
static void *take(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		out_of_memory();
	return p;
}

/* Our seed: jansson would else open /dev/urandom. Members keep their order whatever it is. */
static void seed(void)
{
	uint64_t secret[2];

	json_set_alloc_funcs(take, free);
	port_secret((unsigned char *)secret);
	json_object_seed((size_t)(secret[0] ^ secret[1]) | 1); /* 0 would mean: draw one */
}

struct str json_write(struct arena *a, const struct json_value *value, unsigned indent,
		      unsigned flags)
{
	size_t how = JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS);
	struct str out;
	json_t *root;
	char *text;

	INVARIANT(indent < 32);
	seed();
	root = to_jansson(value);
	how |= indent > 0 ? JSON_INDENT(indent) : JSON_COMPACT;
	how |= (flags & JSON_ASCII) != 0 ? JSON_ENSURE_ASCII : 0;
	text = json_dumps(root, how);
	if (text == NULL)
		BUG("a JSON value could not be written");
	out = arena_str(a, str_c(text));
	free(text);
	json_decref(root);
	return out;
}

static struct json_value *from_jansson(struct arena *a, json_t *j);

static struct json_value *object_from_jansson(struct arena *a, json_t *j)
{
	struct json_value *v = json_new_object(a);

	for (void *i = json_object_iter(j); i != NULL; i = json_object_iter_next(j, i)) {
		struct str key = {json_object_iter_key(i), json_object_iter_key_len(i)};

		json_put(v, arena_str(a, key), from_jansson(a, json_object_iter_value(i)));
	}
	return v;
}

static struct json_value *from_jansson(struct arena *a, json_t *j)
{
	struct json_value *v;

	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return object_from_jansson(a, j);
	case JSON_ARRAY:
		v = json_new_array(a);
		for (size_t i = 0; i < json_array_size(j); i++)
			json_push(v, from_jansson(a, json_array_get(j, i)));
		return v;
	case JSON_STRING:
		return json_new_text(
			a, arena_str(a, (struct str){json_string_value(j), json_string_length(j)}));
	case JSON_INTEGER:
		return json_new_int(a, json_integer_value(j));
	case JSON_REAL:
		return json_new_real(a, json_real_value(j));
	case JSON_TRUE:
	case JSON_FALSE:
		return json_new_bool(a, json_is_true(j));
	case JSON_NULL:
		return json_new_null(a);
	}
	BUG("jansson gave a value of no known type");
}

const struct json_value *json_read(struct arena *a, struct str text, struct str *ret_error)
{
	json_error_t error;
	const struct json_value *v;
	json_t *j;

	seed();
	j = json_loadb(bytes(text), text.n,
		       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (j == NULL) {
		*ret_error = arena_fmt(a, "line %d: %s", error.line, error.text);
		return NULL;
	}
	v = from_jansson(a, j);
	json_decref(j);
	return v;
}
