/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - MIME messages of user data. Source: cloud-init documentation, "User data formats"; RFC 2046, 5.1. */
#include "lowering/aws/message.h"

#include "lowering/aws/templates.h"
#include "lowering/ir/sub.h"

/* ---- writing ---- */

void message_open(struct buf *b)
{
	buf_add(b, STR("Content-Type: multipart/mixed; boundary=\"" MESSAGE_BOUNDARY "\"\n"
		       "MIME-Version: 1.0\n"));
}

void message_part(struct buf *b, const char *type, const char *name, const char *more)
{
	buf_fmt(b, "\n--" MESSAGE_BOUNDARY "\nContent-Type: %s; name=\"%s\"\n%s\n", type, name,
		more);
}

void message_close(struct buf *b)
{
	buf_add(b, STR("\n--" MESSAGE_BOUNDARY "--\n"));
}

/* ---- reading ---- */

static void print_value(struct buf *b, const struct ir *g, const struct ir_value *v);

/* The items of a list, or the list that only the deployment knows. */
static void print_items(struct buf *b, const struct ir *g, const struct ir_value *v,
			struct str between)
{
	for (uint32_t i = 0; i < v->n; i++) {
		if (i > 0)
			buf_add(b, between);
		print_value(b, g, v->items[i]);
	}
}

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
	case IR_LIST:
	case IR_JOIN:
		print_items(b, g, v, v->text);
		return;
	case IR_SELECT:
		print_items(b, g, v, STR(""));
		buf_fmt(b, "[%lld]", (long long)v->integer);
		return;
	case IR_IMPORT:
		buf_add(b, STR("${"));
		print_items(b, g, v, STR(""));
		buf_char(b, '}');
		return;
	case IR_SPLIT:
		print_items(b, g, v, STR(""));
		return;
	case IR_NULL:
	case IR_BOOL:
	case IR_NUMBER:
	case IR_OBJECT:
	case IR_IF:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
	case IR_NOVALUE:
		break;
	}
	BUG("a message with a value of kind %d", (int)v->kind);
}

struct str message_text(struct arena *a, const struct ir *g, const struct ir_value *message)
{
	struct buf b = buf_in(a);

	print_value(&b, g, message);
	return buf_str(&b);
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

struct str message_parts(struct arena *a, struct str message)
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
