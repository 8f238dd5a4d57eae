/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_written.c - a YAML file as it is written: libyaml's events as a tree. */
#include "compiler/yaml/yaml_written.h"

#include "compiler/base/map.h"
#include "compiler/tree/scalar.h"
#include "compiler/yaml/bytes.h"
#include "compiler/yaml/yaml_read.h"
#include "compiler/yaml/yaml_skip.h"

#include <yaml.h>

/* An open list or mapping. */
struct open {
	struct written *node;
	struct written *key; /* the key whose value comes next, or NULL */
	size_t cap;
};

struct reader {
	struct arena *a;
	const struct source *src;
	struct char_index index;
	struct map anchors; /* name -> struct written */
	struct open *stack;
	unsigned depth;
	struct written *root;
};

static size_t byte_of(const struct reader *r, yaml_mark_t mark)
{
	return char_index_byte(&r->index, mark.index);
}

static struct str text_of(const yaml_char_t *s)
{
	return str_c((const char *)s);
}

/* Where the value of an event stands; *ret_lo is where its anchor or tag begins. */
static struct span place(const struct reader *r, const yaml_event_t *ev, bool has_properties,
			 uint32_t *ret_lo)
{
	struct str s = r->src->text;
	size_t lo = byte_of(r, ev->start_mark), hi = byte_of(r, ev->end_mark);
	bool scalar = ev->type == YAML_SCALAR_EVENT;

	*ret_lo = (uint32_t)lo;
	if (has_properties)
		lo = yaml_skip_properties(s, lo, scalar ? hi : s.n);
	if (!scalar)
		return span_in(r->src, lo, lo);
	while (hi > lo && yaml_is_blank(s.s[hi - 1]) &&
	       (ev->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
		ev->data.scalar.style == YAML_FOLDED_SCALAR_STYLE))
		hi--;
	return span_in(r->src, lo, hi);
}

/* The kind that a tag asks of a scalar; false: it is none of the core schema. */
static bool tag_kind(struct str tag, enum node_kind *ret)
{
	static const struct {
		struct str tag;
		enum node_kind kind;
	} rows[] = {
		{STR_INIT("tag:yaml.org,2002:int"), NODE_INT},
		{STR_INIT("tag:yaml.org,2002:bool"), NODE_BOOL},
		{STR_INIT("tag:yaml.org,2002:float"), NODE_FLOAT},
		{STR_INIT("tag:yaml.org,2002:null"), NODE_NULL},
		{STR_INIT("tag:yaml.org,2002:timestamp"), NODE_TIMESTAMP},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].tag, tag)) {
			*ret = rows[i].kind;
			return true;
		}
	return false;
}

static void read_scalar(struct reader *r, const yaml_event_t *ev, struct written *w)
{
	yaml_scalar_style_t style = ev->data.scalar.style;
	struct str tag = text_of(ev->data.scalar.tag);
	enum node_kind want;

	w->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
	w->scalar.kind = NODE_STRING;
	w->scalar.plain = style == YAML_PLAIN_SCALAR_STYLE;
	w->scalar.at = w->at;
	w->scalar.text = arena_str(
		r->a, (struct str){(const char *)ev->data.scalar.value, ev->data.scalar.length});
	if (tag.n > 0 && tag_kind(tag, &want))
		yaml_resolve_as(&w->scalar, want);
	else if (tag.n == 0 && ev->data.scalar.plain_implicit)
		yaml_resolve_plain(&w->scalar);
}

static void push(struct reader *r, struct open *o, struct written *value)
{
	struct written *node = o->node;

	/* libyaml puts a value that is not there before the next token */
	if (o->key != NULL && value->at.lo == value->at.hi && value->kind == WRITTEN_SCALAR)
		value->at = span_in(r->src, o->key->at.hi, o->key->at.hi);
	node->entries = arena_grow(r->a, node->entries, sizeof(*node->entries), node->n, &o->cap);
	node->entries[node->n++] = (struct written_entry){
		o->key, value,
		o->key != NULL && o->key->scalar.plain && str_eq(o->key->scalar.text, STR("<<"))};
	o->key = NULL;
}

/* Gives a value its place in what is open. */
static void put(struct reader *r, struct written *w)
{
	struct open *o;

	if (r->depth == 0) {
		r->root = w;
		return;
	}
	o = &r->stack[r->depth - 1];
	if (o->node->kind == WRITTEN_MAP && o->key == NULL)
		o->key = w;
	else
		push(r, o, w);
}

static struct written *new_node(struct reader *r, const yaml_event_t *ev, enum written_kind kind,
				const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct written *w = NEW(r->a, struct written);

	w->kind = kind;
	w->anchor = arena_str(r->a, text_of(anchor));
	w->at = place(r, ev, anchor != NULL || tag != NULL, &w->lo);
	if (anchor != NULL)
		map_put(&r->anchors, r->a, w->anchor, w);
	return w;
}

static void on_alias(struct reader *r, const yaml_event_t *ev)
{
	struct written *target =
		(struct written *)(uintptr_t)map_get(&r->anchors, text_of(ev->data.alias.anchor));
	struct written *w = new_node(r, ev, WRITTEN_ALIAS, NULL, NULL);

	w->at = span_in(r->src, byte_of(r, ev->start_mark), byte_of(r, ev->end_mark));
	w->target = target;
	if (target != NULL) {
		w->scalar = target->scalar;
		target->aliases++;
	}
	put(r, w);
}

static void on_open(struct reader *r, const yaml_event_t *ev)
{
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	struct written *w;

	if (map)
		w = new_node(r, ev, WRITTEN_MAP, ev->data.mapping_start.anchor,
			     ev->data.mapping_start.tag);
	else
		w = new_node(r, ev, WRITTEN_LIST, ev->data.sequence_start.anchor,
			     ev->data.sequence_start.tag);
	w->flow = map ? ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
		      : ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	put(r, w);
	if (r->depth == YAML_LIMITS.depth)
		BUG("a file that was read is nested deeper than %u", YAML_LIMITS.depth);
	r->stack[r->depth++] = (struct open){.node = w};
}

/* Where the last child ends. */
static size_t end_of(const struct written *w)
{
	const struct written_entry *last = w->n > 0 ? &w->entries[w->n - 1] : NULL;

	if (last == NULL)
		return w->at.hi;
	if (last->key != NULL && last->key->at.hi > last->value->at.hi)
		return last->key->at.hi;
	return last->value->at.hi;
}

static void on_close(struct reader *r, const yaml_event_t *ev)
{
	struct written *w = r->stack[--r->depth].node;

	w->at = span_in(r->src, w->at.lo, w->flow ? byte_of(r, ev->end_mark) : end_of(w));
}

static void on_event(struct reader *r, const yaml_event_t *ev)
{
	struct written *w;

	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		w = new_node(r, ev, WRITTEN_SCALAR, ev->data.scalar.anchor, ev->data.scalar.tag);
		read_scalar(r, ev, w);
		put(r, w);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(r, ev);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		on_open(r, ev);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(r, ev);
		break;
	default: /* begin and end of stream and document */
		break;
	}
}

struct written *yaml_written(struct arena *a, const struct source *src)
{
	struct reader r = {.a = a, .src = src};
	struct diags none = {.arena = a};
	yaml_parser_t parser;
	yaml_event_t ev;
	bool more = true;

	if (!bytes_check(a, &none, src, &r.index))
		return NULL;
	r.stack = NEW_ARRAY(a, struct open, YAML_LIMITS.depth);
	if (!yaml_parser_initialize(&parser))
		out_of_memory();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)(r.index.text.n > 0 ? r.index.text.s : ""),
		r.index.text.n);
	while (more && yaml_parser_parse(&parser, &ev) != 0) {
		on_event(&r, &ev);
		more = ev.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&parser);
	return more ? NULL : r.root;
}
