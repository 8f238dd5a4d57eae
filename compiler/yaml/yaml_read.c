/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_read.c - YAML 1.1 text to the value tree.
 *
 * libyaml parses; this file only turns its events into calls of the tree builder and its marks, which count
 * characters, into bytes. libyaml looks ahead by at most 1,024 characters before it gives the next event, so
 * a nesting that is too deep is refused before its quadratic flow scanner hurts.
 */
#include "compiler/yaml/yaml_read.h"

#include "compiler/base/open_text.h"
#include "compiler/base/utf8.h"
#include "compiler/tree/scalar.h"
#include "compiler/tree/tree_build.h"
#include "compiler/yaml/bytes.h"
#include "compiler/yaml/yaml_error.h"
#include "compiler/yaml/yaml_skip.h"

#include <string.h>
#include <yaml.h>

struct reader {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	const struct vars *vars;
	struct char_index index;
	struct builder b;
	struct span document; /* where the first document begins */
	size_t room;	      /* bytes of text that variables may still make */
	bool several;
	bool done; /* nothing more is wanted of the parser */
};

static size_t byte_of(const struct reader *r, yaml_mark_t mark)
{
	return char_index_byte(&r->index, mark.index);
}

static struct str text_of(const yaml_char_t *s)
{
	return str_c((const char *)s);
}

/* The point where the value of the key that waits would stand: after its colon. */
static struct span empty_place(const struct reader *r, size_t at)
{
	struct span key = build_key_place(&r->b);
	struct str s = r->src->text;
	size_t i;

	if (key.src == NULL)
		return span_in(r->src, at, at);
	i = yaml_skip_blanks(s, key.hi);
	if (i >= s.n || s.s[i] != ':')
		return span_in(r->src, key.hi, key.hi);
	return span_in(r->src, i + 1, i + 1);
}

/* The end of a block scalar without the line breaks and the indentation that libyaml counts to it. */
static size_t trim_block(const struct reader *r, size_t lo, size_t hi)
{
	while (hi > lo && yaml_is_blank(r->src->text.s[hi - 1]))
		hi--;
	return hi;
}

static struct span scalar_place(const struct reader *r, const yaml_event_t *ev)
{
	size_t lo = byte_of(r, ev->start_mark), hi = byte_of(r, ev->end_mark);
	yaml_scalar_style_t style = ev->data.scalar.style;

	if (ev->data.scalar.length == 0 && style == YAML_PLAIN_SCALAR_STYLE)
		return empty_place(r, hi);
	if (ev->data.scalar.anchor != NULL || ev->data.scalar.tag != NULL)
		lo = yaml_skip_properties(r->src->text, lo, hi);
	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
		hi = trim_block(r, lo, hi);
	return span_in(r->src, lo, hi);
}

/*
 * Sets the text of a scalar. Text that stands in the source as it is, is borrowed from there, and *ret_inner
 * covers exactly it; other text is copied, and *ret_inner is the whole scalar.
 */
static bool set_text(const struct reader *r, struct node *scalar, const yaml_event_t *ev,
		     struct span *ret_inner)
{
	struct str value = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
	struct span inner = scalar->at;
	yaml_scalar_style_t style = ev->data.scalar.style;

	if ((style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
	     style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) &&
	    inner.hi - inner.lo >= 2)
		inner = span_in(r->src, inner.lo + 1, inner.hi - 1);
	if (str_eq(span_text(inner), value)) {
		scalar->text = span_text(inner);
		*ret_inner = inner;
		return true;
	}
	scalar->text = arena_str(r->a, value);
	*ret_inner = scalar->at;
	return false;
}

/* The scalar types a tag may ask for; timestamps have no other use than to be refused. */
static bool scalar_tag_kind(struct str tag, enum node_kind *ret)
{
	static const struct row {
		struct str tag;
		enum node_kind kind;
	} rows[] = {
		{STR_INIT("!"), NODE_STRING},
		{STR_INIT("tag:yaml.org,2002:str"), NODE_STRING},
		{STR_INIT("tag:yaml.org,2002:int"), NODE_INT},
		{STR_INIT("tag:yaml.org,2002:bool"), NODE_BOOL},
		{STR_INIT("tag:yaml.org,2002:float"), NODE_FLOAT},
		{STR_INIT("tag:yaml.org,2002:null"), NODE_NULL},
		{STR_INIT("tag:yaml.org,2002:timestamp"), NODE_TIMESTAMP},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!str_eq(rows[i].tag, tag))
			continue;
		*ret = rows[i].kind;
		return true;
	}
	return false;
}

/* A tag as people write it: `!!int` for the long form. */
static struct str tag_words(const struct reader *r, struct str tag)
{
	struct str prefix = STR("tag:yaml.org,2002:");

	if (!str_starts(tag, prefix))
		return tag;
	return arena_fmt(r->a, "!!" STR_F, STR_A(str_slice(tag, prefix.n, tag.n)));
}

static struct diag *report_unknown_tag(struct reader *r, size_t at, struct str tag)
{
	struct str s = r->src->text;
	struct diag *d;

	while (at < s.n && s.s[at] == '&') /* the tag may stand after an anchor */
		at = yaml_skip_blanks(s, yaml_skip_property(s, at));
	d = diag_unknown_tag(r->ds, span_in(r->src, at, at < s.n ? yaml_skip_property(s, at) : at),
			     tag_words(r, tag));
	return diag_help(r->ds, d, "remove the tag; text that begins with `!` needs quotes");
}

/* Functions of CloudFormation, and what stands here for them. */
static void tell_function(struct reader *r, struct diag *d, struct str tag, struct str value)
{
	if (str_eq(tag, STR("!Ref")) && reference_is_name(value))
		diag_help(r->ds, d, "a parameter of the file is `${param." STR_F "}`",
			  STR_A(value));
	else if (str_eq(tag, STR("!Ref")) || str_eq(tag, STR("!Sub")))
		diag_help(r->ds, d,
			  "a parameter of the file is `${param.NAME}`, in a text as well");
	else if (str_eq(tag, STR("!ImportValue")))
		diag_help(r->ds, d, "an output of another stack is `${stack.NAME.OUTPUT}`");
}

/* Types a scalar by its tag. */
static void apply_tag(struct reader *r, struct node *scalar, const yaml_event_t *ev)
{
	struct str tag = text_of(ev->data.scalar.tag);
	enum node_kind want;

	if (!scalar_tag_kind(tag, &want)) {
		tell_function(r, report_unknown_tag(r, byte_of(r, ev->start_mark), tag), tag,
			      scalar->text);
		scalar->kind = NODE_STRING;
		scalar->poisoned = true;
	} else if (!yaml_resolve_as(scalar, want)) {
		diag_tag_mismatch(r->ds, scalar->at, scalar->text, tag_words(r, tag));
		scalar->poisoned = true;
	}
}

/* Replaces variable references; true when the result is to be typed as if it stood there. */
static bool expand(struct reader *r, struct node *scalar, struct span inner, bool exact)
{
	struct str before = scalar->text;
	struct vars_result result;

	if (r->vars == NULL || build_wants_key(&r->b) || str_find(before, '$', 0) == before.n)
		return true;
	result = vars_expand(r->a, r->ds, r->vars,
			     (struct vars_text){before, inner, exact, &r->room});
	scalar->text = result.text;
	scalar->poisoned = !result.ok;
	scalar->open = result.open;
	return result.ok && (result.whole || str_eq(before, scalar->text));
}

/* Is there a control character in a text, apart from those around its references? */
static bool has_control(const struct node *scalar, uint32_t *ret)
{
	struct str rest = scalar->text;
	struct text_piece p;

	if (!scalar->open)
		return utf8_has_control(rest, ret);
	while (text_next(&rest, &p))
		if (utf8_has_control(p.text, ret))
			return true;
	return false;
}

/* What an escape or a variable put into a text is held to what may stand in the file itself. */
static void check_controls(const struct reader *r, struct node *scalar)
{
	struct str source = r->src->text, text = scalar->text;
	bool borrowed = text.s >= source.s && text.s < source.s + source.n;
	uint32_t cp;

	if (borrowed || scalar->poisoned || !has_control(scalar, &cp))
		return;
	diag_help(r->ds, diag_control_character(r->ds, scalar->at, (unsigned)cp),
		  "remove it: a text that holds it breaks what it lands in");
	scalar->poisoned = true;
}

static bool on_scalar(struct reader *r, const yaml_event_t *ev)
{
	struct node scalar = {
		.kind = NODE_STRING,
		.plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
		.at = scalar_place(r, ev),
	};
	struct span inner;
	bool exact = set_text(r, &scalar, ev, &inner);
	bool typed = expand(r, &scalar, inner, exact);

	check_controls(r, &scalar);
	if (ev->data.scalar.tag != NULL && !scalar.poisoned)
		apply_tag(r, &scalar, ev);
	else if (ev->data.scalar.plain_implicit && typed)
		yaml_resolve_plain(&scalar);
	return build_scalar(&r->b, &scalar, text_of(ev->data.scalar.anchor));
}

/* A list or mapping begins. Its tag may only say what it is anyway. */
static bool on_open(struct reader *r, const yaml_event_t *ev)
{
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	struct str tag = text_of(map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag);
	const yaml_char_t *anchor =
		map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
	size_t begin = byte_of(r, ev->start_mark), lo = begin;

	if (tag.n > 0 || anchor != NULL)
		lo = yaml_skip_properties(r->src->text, begin, r->src->text.n);
	if (tag.n > 0 && !str_eq(tag, STR("!")) &&
	    !str_eq(tag, map ? STR("tag:yaml.org,2002:map") : STR("tag:yaml.org,2002:seq")))
		report_unknown_tag(r, begin, tag);
	return build_open(&r->b, map ? NODE_MAP : NODE_LIST, span_in(r->src, lo, lo),
			  text_of(anchor));
}

/* A flow collection ends with its bracket; a block one with its last child, as its end has no width. */
static bool on_close(struct reader *r, const yaml_event_t *ev)
{
	bool bracket = ev->end_mark.index > ev->start_mark.index;

	build_close(&r->b, bracket ? byte_of(r, ev->end_mark) : 0);
	return true;
}

static bool on_document(struct reader *r, const yaml_event_t *ev)
{
	struct span at = span_in(r->src, byte_of(r, ev->start_mark), byte_of(r, ev->end_mark));
	struct diag *d;

	if (!span_is_set(r->document)) {
		r->document = at;
		return true;
	}
	d = diag_several_documents(r->ds, at);
	diag_help(r->ds, d, "`---` begins a document: put each into a file of its own");
	r->several = true;
	return false;
}

/* One event; false when reading must stop. */
static bool on_event(struct reader *r, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(r, ev);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, ev);
	case YAML_ALIAS_EVENT:
		return build_alias(
			&r->b, text_of(ev->data.alias.anchor),
			span_in(r->src, byte_of(r, ev->start_mark), byte_of(r, ev->end_mark)));
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return on_open(r, ev);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(r, ev);
	case YAML_STREAM_END_EVENT:
		r->done = true;
		return true;
	default: /* begin of the stream, end of a document */
		return true;
	}
}

static void report_parser(struct reader *r, const yaml_parser_t *parser)
{
	struct yaml_fault fault = {.problem = str_c(parser->problem)};

	fault.at = byte_of(r, parser->problem_mark);
	fault.context = parser->context != NULL ? byte_of(r, parser->context_mark) : fault.at;
	if (parser->error == YAML_MEMORY_ERROR)
		out_of_memory();
	yaml_error_report(r->ds, r->src, fault);
}

/* Is byte i the first of a line, as libyaml sees lines? */
static bool begins_line(struct str s, size_t i)
{
	return i == 0 || s.s[i - 1] == '\n' || s.s[i - 1] == '\r' ||
	       (i >= 2 && str_eq(str_slice(s, i - 2, i), STR("\xc2\x85"))) ||
	       (i >= 3 && (str_eq(str_slice(s, i - 3, i), STR("\xe2\x80\xa8")) ||
			   str_eq(str_slice(s, i - 3, i), STR("\xe2\x80\xa9"))));
}

/* libyaml compares each directive with all before it. False when there are too many, which is reported. */
static bool few_directives(struct reader *r)
{
	enum { MOST = 16 };
	struct str s = r->index.text;
	unsigned n = 0;

	for (size_t i = 0; (i = str_find(s, '%', i)) < s.n; i++) {
		size_t at = r->index.base + i;

		if (!begins_line(s, i) || ++n <= MOST)
			continue;
		diag_too_many_directives(r->ds, span_in(r->src, at, at + 1), MOST);
		return false;
	}
	return true;
}

/* Feeds all events to the builder; false when that ended early. */
static bool run(struct reader *r)
{
	yaml_parser_t parser;
	yaml_event_t ev;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		out_of_memory();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING); /* checked, and its mark removed */
	/* no text is NULL here, which libyaml does not take */
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)(r->index.text.n > 0 ? r->index.text.s : ""),
		r->index.text.n);
	do {
		ok = yaml_parser_parse(&parser, &ev) != 0;
		if (!ok) {
			report_parser(r, &parser);
			break;
		}
		ok = on_event(r, &ev);
		yaml_event_delete(&ev);
	} while (ok && !r->done);
	yaml_parser_delete(&parser);
	return ok;
}

/* The root, unless the document holds nothing or was not read to its end. */
static const struct node *result(struct reader *r, bool complete)
{
	struct node *root = (struct node *)(uintptr_t)r->b.root;

	if (root == NULL || (root->kind == NODE_NULL && root->text.n == 0 && !root->poisoned)) {
		if (complete)
			diag_empty_document(r->ds, span_in(r->src, r->src->text.n, r->src->text.n));
		return NULL;
	}
	if (!complete && !r->several)
		return NULL;
	if (r->several) /* what it lacks may stand in the second one */
		root->poisoned = true;
	return root;
}

const struct node *yaml_read(struct arena *a, struct diags *ds, const struct source *src,
			     const struct vars *vars, struct yaml_limits limits)
{
	struct reader r = {
		.a = a, .ds = ds, .src = src, .vars = vars, .room = MOST_EXPANDED_MIB << 20};
	const struct node *root;
	bool complete;

	if (!bytes_check(a, ds, src, &r.index))
		return NULL;
	if (!few_directives(&r))
		return NULL;
	r.b = build_begin(a, ds, limits.depth, limits.nodes);
	complete = run(&r);
	root = result(&r, complete);
	build_end(&r.b);
	return root;
}
