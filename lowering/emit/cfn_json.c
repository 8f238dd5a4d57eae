/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfn_json.c - the graph as JSON.
 *
 * The bytes are written straight from the graph, once: what a template does without when it must be short is taken out
 * afterwards.
 */
#include "compiler/base/json_text.h"
#include "lowering/emit/document.h"
#include "lowering/emit/emit.h"
#include "lowering/emit/formats.h"

struct json_out {
	struct document doc;
	struct json_text text;
};

static struct json_text *text_of(struct document *d)
{
	return &((struct json_out *)d)->text; /* doc is its first member */
}

static void json_open(struct document *d, bool list)
{
	json_text_open(text_of(d), list);
}

static void json_close(struct document *d, bool list, bool empty)
{
	json_text_close(text_of(d), list, empty);
}

static void json_key(struct document *d, struct str name)
{
	json_text_key(text_of(d), name);
}

static void json_string(struct document *d, struct str s)
{
	json_text_string(text_of(d), s);
}

static void json_either(struct document *d, struct str s, struct str shorter)
{
	if (d->terse)
		json_text_string(text_of(d), shorter);
	else
		json_text_either(text_of(d), s, shorter);
}

static void json_word(struct document *d, struct str s)
{
	json_text_word(text_of(d), s);
}

static void json_aside(struct document *d, bool begins)
{
	json_text_aside(text_of(d), begins);
}

static void json_function(struct document *d, struct str name, bool nested)
{
	(void)nested;
	json_open(d, false);
	json_key(d, name);
}

static void json_function_end(struct document *d, struct str name, bool nested)
{
	(void)name;
	(void)nested;
	json_close(d, false, false);
}

static void json_getatt(struct document *d, struct str resource, struct str attribute)
{
	json_function(d, STR("Fn::GetAtt"), false);
	json_open(d, true);
	json_string(d, resource);
	json_string(d, attribute);
	json_close(d, true, false);
	json_function_end(d, STR("Fn::GetAtt"), false);
}

static const struct document_ops json_ops = {
	.open = json_open,
	.close = json_close,
	.key = json_key,
	.text = json_string,
	.either = json_either,
	.word = json_word,
	.function = json_function,
	.function_end = json_function_end,
	.getatt = json_getatt,
	.aside = json_aside,
};

struct str emit_cfn_json(struct arena *a, const struct ir *g, struct emit_style style)
{
	bool automatic = style.indent == EMIT_AUTO;
	int indent = automatic			     ? 2
		     : style.indent == EMIT_MINIFIED ? JSON_TEXT_MINIFIED
						     : style.indent;
	struct json_out o = {
		.doc = {.ops = &json_ops, .a = a, .terse = style.indent == EMIT_MINIFIED},
		.text = json_text_new(a, CFN_LIMIT, indent, automatic ? CFN_DIRECT_LIMIT : 0)};

	document_write(&o.doc, g);
	return json_text_end(&o.text);
}
