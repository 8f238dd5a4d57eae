/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfn_yaml.c - the graph as YAML, written with libyaml's emitter.
 *
 * Functions get CloudFormation's short tags (!Ref, !Sub, !GetAtt A.b); a function directly inside another
 * is written in long form outside ("Fn::Base64: !Sub …"), as a node can have one tag only. Readers follow
 * YAML 1.1, where yes, 010, 1:30 and 2024-01-01 are no texts: a text is plain only when it cannot be read
 * as anything else. Text of several lines becomes a block.
 */
#include "compiler/base/buf.h"
#include "lowering/emit/document.h"
#include "lowering/emit/emit.h"
#include "lowering/emit/formats.h"

#include <yaml.h>

struct yaml_out {
	struct document doc;
	struct buf text;
	yaml_emitter_t emitter;
	struct str tag; /* of the next value; empty: none */
	bool shorter;	/* of two texts the shorter one */
};

static struct yaml_out *out_of(struct document *d)
{
	return (struct yaml_out *)d; /* its first member */
}

/* Events come from our own code in a right order. */
static void must(int ok)
{
	if (!ok)
		BUG("libyaml refuses to write the template");
}

static void emit_event(struct yaml_out *o, yaml_event_t *e)
{
	int ok = yaml_emitter_emit(&o->emitter, e);

	if (!ok && o->emitter.error == YAML_MEMORY_ERROR)
		out_of_memory();
	must(ok);
}

/* The tag of the next value as a C string, or NULL; it is used up. Owner: the arena. */
static const char *take_tag(struct yaml_out *o)
{
	const char *tag = o->tag.n > 0 ? arena_fmt(o->text.a, "!" STR_F, STR_A(o->tag)).s : NULL;

	o->tag = (struct str){0};
	return tag;
}

static const yaml_char_t *yaml_text(const char *s)
{
	return (const yaml_char_t *)s;
}

static void add_scalar(struct yaml_out *o, struct str s, yaml_scalar_style_t style)
{
	const char *tag = take_tag(o);
	int implicit = tag == NULL;
	yaml_event_t e;

	must(yaml_scalar_event_initialize(&e, NULL, yaml_text(tag),
					  yaml_text(s.s != NULL ? s.s : ""), (int)s.n, implicit,
					  implicit, style));
	emit_event(o, &e);
}

/* Texts that begin with a letter and are no text for YAML 1.1, whatever their case. */
static bool is_yaml_word(struct str s)
{
	static const char *const words[] = {"y",  "n",	 "yes",	 "no",	"true", "false",
					    "on", "off", "null", "inf", "nan"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(s, str_c(words[i])))
			return true;
	return false;
}

/*
 * How to write a text. Plain: begins with a letter or slash and is no word of YAML; numbers, dates, ~, <<
 * and the like all begin otherwise. Where the syntax forbids a style, libyaml takes a stricter one.
 */
static yaml_scalar_style_t text_style(struct str s)
{
	char c = s.n > 0 ? s.s[0] : ' ';
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	if (str_find(s, '\n', 0) < s.n)
		return YAML_LITERAL_SCALAR_STYLE;
	if ((letter || c == '/') && !is_yaml_word(s))
		return YAML_PLAIN_SCALAR_STYLE;
	return YAML_SINGLE_QUOTED_SCALAR_STYLE;
}

/* ---- the pieces of the document ---- */

static void yaml_open(struct document *d, bool list)
{
	struct yaml_out *o = out_of(d);
	const char *tag = take_tag(o);
	yaml_event_t e;

	if (list)
		must(yaml_sequence_start_event_initialize(&e, NULL, yaml_text(tag), tag == NULL,
							  YAML_BLOCK_SEQUENCE_STYLE));
	else
		must(yaml_mapping_start_event_initialize(&e, NULL, yaml_text(tag), tag == NULL,
							 YAML_BLOCK_MAPPING_STYLE));
	emit_event(o, &e);
}

static void yaml_close(struct document *d, bool list, bool empty)
{
	yaml_event_t e;

	(void)empty;
	must(list ? yaml_sequence_end_event_initialize(&e) : yaml_mapping_end_event_initialize(&e));
	emit_event(out_of(d), &e);
}

static void yaml_value_text(struct document *d, struct str s)
{
	add_scalar(out_of(d), s, text_style(s));
}

static void yaml_either(struct document *d, struct str s, struct str shorter)
{
	yaml_value_text(d, out_of(d)->shorter ? shorter : s);
}

/* A key is quoted like a text; blocks are no keys, so one with line ends is quoted. */
static void yaml_key(struct document *d, struct str name)
{
	yaml_scalar_style_t style = text_style(name);

	if (style == YAML_LITERAL_SCALAR_STYLE)
		style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	add_scalar(out_of(d), name, style);
}

static void yaml_word(struct document *d, struct str s)
{
	add_scalar(out_of(d), s, YAML_PLAIN_SCALAR_STYLE);
}

static void yaml_function(struct document *d, struct str name, bool nested)
{
	if (nested) {
		yaml_open(d, false);
		yaml_key(d, name);
		return;
	}
	if (str_starts(name, STR("Fn::")))
		name = str_slice(name, 4, name.n);
	out_of(d)->tag = name;
}

static void yaml_function_end(struct document *d, struct str name, bool nested)
{
	(void)name;
	if (nested)
		yaml_close(d, false, false);
}

static void yaml_getatt(struct document *d, struct str resource, struct str attribute)
{
	struct yaml_out *o = out_of(d);

	o->tag = STR("GetAtt");
	yaml_value_text(d,
			arena_fmt(o->text.a, STR_F "." STR_F, STR_A(resource), STR_A(attribute)));
}

static const struct document_ops yaml_ops = {
	.open = yaml_open,
	.close = yaml_close,
	.key = yaml_key,
	.text = yaml_value_text,
	.either = yaml_either,
	.word = yaml_word,
	.function = yaml_function,
	.function_end = yaml_function_end,
	.getatt = yaml_getatt,
};

static int write_bytes(void *data, unsigned char *bytes, size_t n)
{
	buf_add(data, (struct str){(const char *)bytes, n});
	return 1;
}

static void begin(struct yaml_out *o, int indent)
{
	yaml_event_t e;

	must(yaml_emitter_initialize(&o->emitter));
	yaml_emitter_set_output(&o->emitter, write_bytes, &o->text);
	yaml_emitter_set_encoding(&o->emitter, YAML_UTF8_ENCODING);
	yaml_emitter_set_unicode(&o->emitter, 0);
	yaml_emitter_set_width(&o->emitter, -1);
	yaml_emitter_set_indent(&o->emitter, indent);
	must(yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING));
	emit_event(o, &e);
	must(yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1));
	emit_event(o, &e);
}

static void end(struct yaml_out *o)
{
	yaml_event_t e;

	must(yaml_document_end_event_initialize(&e, 1));
	emit_event(o, &e);
	must(yaml_stream_end_event_initialize(&e));
	emit_event(o, &e);
	yaml_emitter_delete(&o->emitter);
}

static struct str written(struct arena *a, const struct ir *g, int indent, bool shorter)
{
	struct yaml_out o = {.doc = {.ops = &yaml_ops, .a = a, .terse = indent == EMIT_MINIFIED},
			     .text = buf_in(a),
			     .shorter = shorter};

	begin(&o, indent >= 2 && indent <= 9 ? indent : 2);
	document_write(&o.doc, g);
	end(&o);
	return buf_str(&o.text);
}

struct str emit_cfn_yaml(struct arena *a, const struct ir *g, struct emit_style style)
{
	/* What the shorter texts may save, with the blanks before each of their lines. */
	enum { MOST_SAVED = 20000 };
	struct str text = written(a, g, style.indent, style.indent == EMIT_MINIFIED), less;

	if (style.indent != EMIT_AUTO || text.n <= CFN_DIRECT_LIMIT ||
	    text.n > CFN_DIRECT_LIMIT + MOST_SAVED)
		return text;
	less = written(a, g, style.indent, true);
	return less.n <= CFN_DIRECT_LIMIT ? less : text;
}
