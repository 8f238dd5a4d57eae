/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - the graph as indented text; the format is described in doc/ir.md. */
#include "compiler/base/buf.h"
#include "lowering/ir/ir.h"

static const char *const kind_words[] = {
	[IR_NULL] = "null",	  [IR_BOOL] = "bool",
	[IR_INT] = "int",	  [IR_NUMBER] = "number",
	[IR_STRING] = "text",	  [IR_LIST] = "list",
	[IR_OBJECT] = "object",	  [IR_REF] = "ref",
	[IR_GETATT] = "getatt",	  [IR_SUB] = "sub",
	[IR_JOIN] = "join",	  [IR_SELECT] = "select",
	[IR_SPLIT] = "split",	  [IR_FINDINMAP] = "findinmap",
	[IR_IF] = "if",		  [IR_BASE64] = "base64",
	[IR_IMPORT] = "import",	  [IR_EQUALS] = "equals",
	[IR_NOT] = "not",	  [IR_GETAZS] = "getazs",
	[IR_NOVALUE] = "novalue", [IR_CIDR] = "cidr",
};

/* Appends a name: bare when it has only letters, digits and ".:_-/", else quoted. */
static void add_name(struct buf *b, struct str s)
{
	bool bare = s.n > 0;

	for (size_t i = 0; i < s.n && bare; i++) {
		char c = s.s[i];

		bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		       c == '.' || c == ':' || c == '_' || c == '-' || c == '/';
	}
	if (bare)
		buf_add(b, s);
	else
		buf_quoted(b, s);
}

/* Ends the line; text of several lines follows as a block, each line behind "| ". */
static void add_text(struct buf *b, struct str s, unsigned depth)
{
	if (str_find(s, '\n', 0) == s.n) {
		buf_char(b, ' ');
		buf_quoted(b, s);
		buf_char(b, '\n');
		return;
	}
	buf_char(b, '\n');
	for (struct str rest = s; rest.s != NULL;) {
		struct str line = str_cut(&rest, '\n');

		buf_pad(b, '\t', depth + 1);
		buf_add(b, STR("| "));
		buf_add(b, line);
		buf_char(b, '\n');
	}
}

static void add_value(struct buf *b, const struct ir_value *v, unsigned depth);

static void add_members(struct buf *b, const struct ir_value *v, unsigned depth)
{
	for (uint32_t i = 0; i < v->nmembers; i++) {
		buf_pad(b, '\t', depth);
		add_name(b, v->members[i].name);
		add_value(b, v->members[i].value, depth);
	}
}

static void add_items(struct buf *b, const struct ir_value *v, unsigned depth)
{
	for (uint32_t i = 0; i < v->n; i++) {
		buf_pad(b, '\t', depth);
		buf_char(b, '-');
		add_value(b, v->items[i], depth);
	}
}

/* Appends what stands behind the kind on its line, and the end of the line. */
static void add_operand(struct buf *b, const struct ir_value *v, unsigned depth)
{
	switch (v->kind) {
	case IR_BOOL:
		buf_fmt(b, " %s\n", v->boolean ? "true" : "false");
		return;
	case IR_INT:
	case IR_SELECT:
		buf_fmt(b, " %lld\n", (long long)v->integer);
		return;
	case IR_NUMBER:
		buf_fmt(b, " %.15g\n", v->number);
		return;
	case IR_STRING:
	case IR_SUB:
		add_text(b, v->text, depth);
		return;
	case IR_REF:
	case IR_IF:
		buf_fmt(b, " " STR_F "\n", STR_A(v->text));
		return;
	case IR_GETATT:
		buf_fmt(b, " " STR_F "." STR_F "\n", STR_A(v->text), STR_A(v->attribute));
		return;
	case IR_JOIN:
	case IR_SPLIT:
		buf_char(b, ' ');
		buf_quoted(b, v->text);
		if (v->kind == IR_JOIN && v->boolean)
			buf_add(b, STR(" the items of"));
		buf_char(b, '\n');
		return;
	case IR_NULL:
	case IR_NOVALUE:
	case IR_OBJECT:
	case IR_LIST:
	case IR_FINDINMAP:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
		buf_char(b, '\n');
		return;
	}
	BUG("a value of kind %d", (int)v->kind);
}

/* Appends " kind …", the end of the line, and what is nested, one level below `depth`. */
static void add_value(struct buf *b, const struct ir_value *v, unsigned depth)
{
	buf_fmt(b, " %s", kind_words[v->kind]);
	add_operand(b, v, depth);
	if (v->kind == IR_OBJECT || v->kind == IR_SUB)
		add_members(b, v, depth + 1);
	else if (v->kind != IR_GETATT &&
		 v->kind != IR_STRING) /* an attribute shares the bytes of the items */
		add_items(b, v, depth + 1);
}

/* Appends " @line:column path" and the end of the line. */
static void add_origin(struct buf *b, struct ir_origin o)
{
	if (span_is_set(o.at)) {
		struct place p = source_place(o.at.src, o.at.lo);

		buf_fmt(b, " @%u:%u", p.line, p.column);
	}
	if (o.path.n > 0)
		buf_fmt(b, " " STR_F, STR_A(o.path));
	buf_char(b, '\n');
}

static void add_word(struct buf *b, const char *key, struct str word)
{
	if (word.n > 0)
		buf_fmt(b, "\t.%s " STR_F "\n", key, STR_A(word));
}

static void add_said(struct buf *b, const char *key, struct str text)
{
	if (text.n == 0)
		return;
	buf_fmt(b, "\t.%s ", key);
	buf_quoted(b, text);
	buf_char(b, '\n');
}

static void add_field(struct buf *b, const char *key, const struct ir_value *v)
{
	if (v == NULL)
		return;
	buf_fmt(b, "\t.%s", key);
	add_value(b, v, 1);
}

static void add_parameter(struct buf *b, const struct ir_parameter *p)
{
	buf_fmt(b, "\nparameter " STR_F " " STR_F, STR_A(p->name), STR_A(p->type));
	add_origin(b, p->origin);
	add_said(b, "description", p->description);
	add_field(b, "default", p->default_value);
	add_field(b, "allowed_values", p->allowed_values);
	add_said(b, "allowed_pattern", p->allowed_pattern);
	add_field(b, "min_value", p->min_value);
	add_field(b, "max_value", p->max_value);
	if (p->no_echo)
		buf_add(b, STR("\t.no_echo\n"));
}

static void add_resource(struct buf *b, const struct ir_resource *r)
{
	buf_fmt(b, "\nresource " STR_F " " STR_F, STR_A(r->id), STR_A(r->type));
	add_origin(b, r->origin);
	add_word(b, "condition", r->condition);
	for (size_t i = 0; i < r->ndepends; i++)
		add_word(b, "depends_on", r->depends_on[i]);
	add_word(b, "deletion_policy", ir_policy_text(r->deletion_policy));
	add_word(b, "update_replace_policy", ir_policy_text(r->update_replace_policy));
	add_field(b, "creation_policy", r->creation_policy);
	add_field(b, "update_policy", r->update_policy);
	add_field(b, "metadata", r->metadata);
	add_members(b, r->properties, 1);
}

static void add_output(struct buf *b, const struct ir_output *o)
{
	buf_fmt(b, "\noutput " STR_F, STR_A(o->name));
	add_origin(b, o->origin);
	add_said(b, "description", o->description);
	add_word(b, "condition", o->condition);
	add_field(b, "export", o->export_name);
	add_field(b, "value", o->value);
}

static void add_named(struct buf *b, const char *word, const struct map *values)
{
	for (size_t i = 0; i < values->n; i++) {
		buf_fmt(b, "\n%s " STR_F, word, STR_A(values->items[i].key));
		add_value(b, values->items[i].value, 0);
	}
}

struct str ir_print(struct arena *a, const struct ir *g)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("description "));
	buf_quoted(&b, g->description);
	buf_char(&b, '\n');
	if (g->metadata != NULL) {
		buf_add(&b, STR("\nmetadata"));
		add_value(&b, g->metadata, 0);
	}
	for (size_t i = 0; i < g->parameters.n; i++)
		add_parameter(&b, g->parameters.items[i].value);
	add_named(&b, "rule", &g->rules);
	add_named(&b, "mapping", &g->mappings);
	add_named(&b, "condition", &g->conditions);
	for (size_t i = 0; i < g->resources.n; i++)
		add_resource(&b, g->resources.items[i].value);
	for (size_t i = 0; i < g->outputs.n; i++)
		add_output(&b, g->outputs.items[i].value);
	return buf_str(&b);
}
