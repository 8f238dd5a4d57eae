/* SPDX-License-Identifier: Apache-2.0 */
/* templates_json.c - a JSON file as the values of compiler/base/json.h, so that a program need not read it. */
#include "stdlib/tablegen/templates_json.h"

#include "compiler/base/json.h"

static bool is_container(const struct json_value *v)
{
	return v->kind == JSON_KIND_ARRAY || v->kind == JSON_KIND_OBJECT;
}

/* How many values v is: itself, and all that is in it. */
static size_t count(const struct json_value *v)
{
	size_t n = 1;

	if (is_container(v))
		for (const struct json_value *i = v->first; i != NULL; i = i->next)
			n += count(i);
	return n;
}

/* What stands in the union of a value at `at`; values in it stand right behind it, each before those of its own. */
static void write_content(struct buf *b, size_t index, const struct json_value *v, size_t at)
{
	size_t last = at + 1;

	switch (v->kind) {
	case JSON_KIND_NULL:
		return;
	case JSON_KIND_BOOL:
		buf_fmt(b, ".boolean = %d", v->boolean);
		return;
	case JSON_KIND_INT:
		buf_fmt(b, ".integer = %lld", (long long)v->integer);
		return;
	case JSON_KIND_REAL:
		buf_fmt(b, ".real = %.17g", v->real);
		return;
	case JSON_KIND_TEXT:
		buf_add(b, STR(".text = "));
		c_str(b, v->text);
		return;
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		if (v->n == 0)
			return;
		for (const struct json_value *i = v->first; i->next != NULL; i = i->next)
			last += count(i);
		buf_fmt(b, ".first = &json_%zu[%zu], .last = &json_%zu[%zu], .n = %zu", index,
			at + 1, index, last, v->n);
		return;
	}
}

/* The rows of v and of all that is in it, from row `at` on. Returns the row behind them. */
static size_t write_rows(struct buf *b, size_t index, const struct json_value *v, size_t at)
{
	size_t next = at + 1;

	buf_fmt(b, "\t{.kind = %d, .key = ", (int)v->kind);
	c_str(b, v->key);
	if (v->next != NULL)
		buf_fmt(b, ", .next = &json_%zu[%zu]", index, at + count(v));
	buf_add(b, STR(", "));
	write_content(b, index, v, at);
	buf_add(b, STR("},\n"));
	if (is_container(v))
		for (const struct json_value *i = v->first; i != NULL; i = i->next)
			next = write_rows(b, index, i, next);
	return next;
}

bool write_json(struct tablegen *tg, struct buf *b, size_t index, struct str text)
{
	struct str error;
	const struct json_value *v = json_read(tg->a, text, &error);

	if (v == NULL) {
		diag_bad_data(tg->ds, (struct span){0}, error);
		return false;
	}
	buf_fmt(b, "static struct json_value json_%zu[] = {\n", index);
	write_rows(b, index, v, 0);
	buf_add(b, STR("};\n"));
	return true;
}
