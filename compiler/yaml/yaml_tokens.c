/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_tokens.c - the signs of a YAML text with the bytes that each takes. */
#include "compiler/yaml/yaml_tokens.h"

#include "compiler/yaml/bytes.h"

#include <yaml.h>

struct scan {
	struct arena *a;
	struct char_index index;
	struct token *items;
	size_t n, cap;
};

size_t yaml_break(struct str s, size_t i)
{
	unsigned char c = i < s.n ? (unsigned char)s.s[i] : 'x';

	if (c == '\n')
		return 1;
	if (c == '\r')
		return i + 1 < s.n && s.s[i + 1] == '\n' ? 2 : 1;
	if (c == 0xc2)
		return str_eq(str_slice(s, i, i + 2), STR("\xc2\x85")) ? 2 : 0;
	if (c == 0xe2 && (str_eq(str_slice(s, i, i + 3), STR("\xe2\x80\xa8")) ||
			  str_eq(str_slice(s, i, i + 3), STR("\xe2\x80\xa9"))))
		return 3;
	return 0;
}

/* False for what is no sign of the text: its begin and end. */
static bool kind_of_token(const yaml_token_t *t, enum token_kind *ret)
{
	static const struct row {
		yaml_token_type_t type;
		enum token_kind kind;
	} rows[] = {
		{YAML_VERSION_DIRECTIVE_TOKEN, TOKEN_DIRECTIVE},
		{YAML_TAG_DIRECTIVE_TOKEN, TOKEN_DIRECTIVE},
		{YAML_DOCUMENT_START_TOKEN, TOKEN_DOCUMENT_START},
		{YAML_DOCUMENT_END_TOKEN, TOKEN_DOCUMENT_END},
		{YAML_BLOCK_SEQUENCE_START_TOKEN, TOKEN_SEQUENCE},
		{YAML_BLOCK_MAPPING_START_TOKEN, TOKEN_MAPPING},
		{YAML_BLOCK_END_TOKEN, TOKEN_BLOCK_END},
		{YAML_FLOW_SEQUENCE_START_TOKEN, TOKEN_OPEN},
		{YAML_FLOW_MAPPING_START_TOKEN, TOKEN_OPEN},
		{YAML_FLOW_SEQUENCE_END_TOKEN, TOKEN_CLOSE},
		{YAML_FLOW_MAPPING_END_TOKEN, TOKEN_CLOSE},
		{YAML_BLOCK_ENTRY_TOKEN, TOKEN_DASH},
		{YAML_FLOW_ENTRY_TOKEN, TOKEN_COMMA},
		{YAML_KEY_TOKEN, TOKEN_KEY},
		{YAML_VALUE_TOKEN, TOKEN_VALUE},
		{YAML_ANCHOR_TOKEN, TOKEN_ANCHOR},
		{YAML_TAG_TOKEN, TOKEN_TAG},
		{YAML_ALIAS_TOKEN, TOKEN_ALIAS},
		{YAML_SCALAR_TOKEN, TOKEN_SCALAR},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type != t->type)
			continue;
		*ret = rows[i].kind;
		if (t->type == YAML_SCALAR_TOKEN &&
		    (t->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
		     t->data.scalar.style == YAML_FOLDED_SCALAR_STYLE))
			*ret = TOKEN_BLOCK_SCALAR;
		return true;
	}
	return false;
}

static void add(struct scan *s, const yaml_token_t *t)
{
	enum token_kind kind;

	if (!kind_of_token(t, &kind))
		return;
	s->items = arena_grow(s->a, s->items, sizeof(*s->items), s->n, &s->cap);
	s->items[s->n++] = (struct token){
		.kind = kind,
		.lo = (uint32_t)char_index_byte(&s->index, t->start_mark.index),
		.hi = (uint32_t)char_index_byte(&s->index, t->end_mark.index),
		.column = (uint32_t)t->start_mark.column,
	};
}

struct tokens yaml_tokens(struct arena *a, const struct source *src)
{
	struct diags none = {.arena = a};
	struct scan s = {.a = a};
	yaml_parser_t parser;
	yaml_token_t t;
	bool done = false;

	if (!bytes_check(a, &none, src, &s.index))
		BUG("the bytes of a text changed while it was read");
	if (!yaml_parser_initialize(&parser))
		out_of_memory();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)(s.index.text.n > 0 ? s.index.text.s : ""),
		s.index.text.n);
	while (!done) {
		if (!yaml_parser_scan(&parser, &t)) {
			if (parser.error == YAML_MEMORY_ERROR)
				out_of_memory();
			BUG("libyaml reads the text and does not scan it: %s", parser.problem);
		}
		add(&s, &t);
		done = t.type == YAML_STREAM_END_TOKEN || t.type == YAML_NO_TOKEN;
		yaml_token_delete(&t);
	}
	yaml_parser_delete(&parser);
	return (struct tokens){s.items, s.n};
}
