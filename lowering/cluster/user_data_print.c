/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_data_print.c - user data of a finished graph, as a node will get it.
 *
 * A node is found by the variables its Fn::Sub was given (user_data.c): Queue and Resource, or Pool; the
 * head node is the one whose message names neither.
 */
#include "compiler/base/buf.h"
#include "lowering/aws/templates.h"
#include "lowering/cluster/cluster.h"
#include "lowering/ir/sub.h"

static void print_value(struct buf *b, const struct ir *g, const struct ir_value *v);

/* Fn::Sub: variables, literals, and references that only the deployment resolves. */
static void print_sub(struct buf *b, const struct ir *g, const struct ir_value *v)
{
	struct str rest = v->text;
	struct ir_sub_piece p;

	while (ir_sub_next(&rest, &p)) {
		const struct ir_value *variable = ir_sub_variable(v, &p);

		if (variable != NULL)
			print_value(b, g, variable);
		else
			buf_add(b, p.text);
	}
}

static void print_mapped(struct buf *b, const struct ir *g, const struct ir_value *v)
{
	const struct ir_value *mapping = map_get(&g->mappings, v->items[0]->text);
	const struct ir_value *row = mapping != NULL ? ir_get(mapping, v->items[1]->text) : NULL;
	const struct ir_value *value = row != NULL ? ir_get(row, v->items[2]->text) : NULL;

	INVARIANT(value != NULL);
	print_value(b, g, value);
}

static void print_value(struct buf *b, const struct ir *g, const struct ir_value *v)
{
	switch (v->kind) {
	case IR_STRING:
		buf_add(b, v->text);
		return;
	case IR_INT:
		buf_fmt(b, "%lld", (long long)v->integer);
		return;
	case IR_REF:
		buf_fmt(b, "${" STR_F "}", STR_A(v->text));
		return;
	case IR_GETATT:
		buf_fmt(b, "${" STR_F "." STR_F "}", STR_A(v->text), STR_A(v->attribute));
		return;
	case IR_SUB:
		print_sub(b, g, v);
		return;
	case IR_FINDINMAP:
		print_mapped(b, g, v);
		return;
	case IR_BASE64:
		print_value(b, g, v->items[0]);
		return;
	case IR_NULL:
	case IR_BOOL:
	case IR_NUMBER:
	case IR_LIST:
	case IR_OBJECT:
	case IR_JOIN:
	case IR_SELECT:
	case IR_SPLIT:
	case IR_IF:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_NOVALUE:
		break;
	}
	BUG("user data with a value of kind %d", (int)v->kind);
}

/* The message of a resource, an IR_SUB, or NULL. */
static const struct ir_value *message_of(const struct ir_resource *r)
{
	const struct ir_value *data = r->properties;
	const struct ir_value *v;

	if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
		data = ir_get(data, STR("LaunchTemplateData"));
	else if (!str_eq(r->type, STR("AWS::EC2::Instance")))
		return NULL;
	v = data != NULL ? ir_get(data, STR("UserData")) : NULL;
	return v != NULL && v->kind == IR_BASE64 && v->items[0]->kind == IR_SUB ? v->items[0]
										: NULL;
}

/* "head", "QUEUE/RESOURCE" or "login/POOL". */
static struct str node_name(struct arena *a, const struct ir_value *message)
{
	const struct ir_value *queue = ir_get(message, STR("Queue"));
	const struct ir_value *pool = ir_get(message, STR("Pool"));

	if (queue != NULL)
		return arena_fmt(a, STR_F "/" STR_F, STR_A(queue->text),
				 STR_A(ir_get(message, STR("Resource"))->text));
	if (pool != NULL)
		return arena_fmt(a, "login/" STR_F, STR_A(pool->text));
	return STR("head");
}

/* The value of a header field that stands at the beginning of a line, up to a semicolon or the line's end. */
static struct str header_field(struct str headers, struct str field)
{
	size_t at = str_find_str(headers, field, 0);
	size_t end;

	if (at == SIZE_MAX)
		return STR("");
	at += field.n;
	end = at;
	while (end < headers.n && headers.s[end] != ';' && headers.s[end] != '\n' &&
	       headers.s[end] != '"')
		end++;
	return str_slice(headers, at, end);
}

/* A packed script was packed at build time from a text that is at hand as well. */
static struct str unpacked(struct str body)
{
	for (size_t i = 0; i < template_texts_n; i++)
		if (template_texts[i].packed.n > 0 &&
		    str_eq(template_texts[i].packed, str_trim(body)))
			return template_texts[i].text;
	return body;
}

/* One part: a line that names it, then its text. */
static void print_part(struct buf *b, struct str part)
{
	size_t body = str_find_str(part, STR("\n\n"), 0);
	struct str headers, text;

	INVARIANT(body != SIZE_MAX);
	headers = str_slice(part, 0, body);
	text = unpacked(str_slice(part, body + 2, part.n));
	buf_fmt(b, "======== " STR_F " (" STR_F ") ========\n" STR_F,
		STR_A(header_field(headers, STR("; name=\""))),
		STR_A(header_field(headers, STR("Content-Type: "))), STR_A(text));
}

/* The parts of a message made by user_data.c, one after the other, without the MIME around them. */
static struct str decoded(struct arena *a, struct str message)
{
	struct str quoted = header_field(message, STR("boundary=\""));
	struct str mark = arena_fmt(a, "\n--" STR_F, STR_A(quoted));
	size_t at = str_find_str(message, mark, 0);
	struct buf b = buf_in(a);

	while (at != SIZE_MAX) {
		size_t from = at + mark.n + 1;
		size_t next = str_find_str(message, mark, from);

		if (next == SIZE_MAX)
			break;
		print_part(&b, str_slice(message, from, next));
		at = next;
	}
	return buf_str(&b);
}

bool user_data_print(struct arena *a, const struct ir *g, struct str node, bool decode,
		     struct str *ret, struct str *ret_known)
{
	struct buf known = buf_in(a);
	bool found = false;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_value *message = message_of(g->resources.items[i].value);
		struct buf text = buf_in(a);
		struct str name;

		if (message == NULL)
			continue;
		name = node_name(a, message);
		buf_fmt(&known, STR_F "\n", STR_A(name));
		if (!str_eq(name, node))
			continue;
		print_value(&text, g, message);
		*ret = decode ? decoded(a, buf_str(&text)) : buf_str(&text);
		found = true;
	}
	*ret_known = buf_str(&known);
	return found;
}
