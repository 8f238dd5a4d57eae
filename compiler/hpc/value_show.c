/* SPDX-License-Identifier: Apache-2.0 */
/* value_show.c - a value as a program writes it, on one line. */
#include "compiler/base/utf8.h"
#include "compiler/hpc/ast_shown.h"
#include "compiler/hpc/eval.h"

enum { BRIEF = 60, LONG = 4 << 20 };

struct show {
	struct buf b;
	bool brief;
};

static void show(struct show *s, const struct value *v);

/* Is what follows left out? Then the three points stand there already, or do now. */
static bool is_long(struct show *s)
{
	return s->b.n > (s->brief ? BRIEF : LONG);
}

static void show_character(struct buf *b, struct str text, size_t *i)
{
	uint32_t cp;
	unsigned n = utf8_decode(text, *i, &cp);

	if (n == 0) { /* no text of a program is like this */
		n = 1;
		cp = 0xfffd;
	}
	if (text.s[*i] == '\n')
		buf_add(b, STR("\\n"));
	else if (text.s[*i] == '\t')
		buf_add(b, STR("\\t"));
	else if (cp < ' ' || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
		 cp == 0xfeff || cp == 0xfffd)
		buf_fmt(b, "\\u{%X}", (unsigned)cp);
	else
		buf_add(b, str_slice(text, *i, *i + n));
	*i += n;
}

/* A text in double quotes; `open` ones with their references as an author thinks of them. */
static void show_text(struct show *s, struct str text)
{
	struct text_piece piece;

	buf_char(&s->b, '"');
	while (text_next(&text, &piece)) {
		if (piece.open) {
			buf_fmt(&s->b, "${" STR_F "}", STR_A(piece.text));
			continue;
		}
		for (size_t i = 0; i < piece.text.n && !is_long(s);) {
			char c = piece.text.s[i];

			if (c == '"' || c == '\\' ||
			    (c == '$' && i + 1 < piece.text.n && piece.text.s[i + 1] == '{')) {
				buf_char(&s->b, '\\');
				buf_char(&s->b, c);
				i++;
			} else {
				show_character(&s->b, piece.text, &i);
			}
		}
	}
	buf_add(&s->b, is_long(s) ? STR("…\"") : STR("\""));
}

static void show_list(struct show *s, const struct value *v)
{
	buf_char(&s->b, '[');
	for (size_t i = 0; i < v->list.n; i++) {
		if (i > 0)
			buf_add(&s->b, STR(", "));
		if (is_long(s)) {
			buf_add(&s->b, STR("…"));
			break;
		}
		show(s, v->list.items[i]);
	}
	buf_char(&s->b, ']');
}

static void show_section(struct show *s, const struct value *v)
{
	if (v->section.n == 0) {
		buf_add(&s->b, STR("{}"));
		return;
	}
	buf_add(&s->b, STR("{ "));
	for (size_t i = 0; i < v->section.n; i++) {
		const struct value_entry *e = &v->section.entries[i];

		if (i > 0)
			buf_add(&s->b, STR(", "));
		if (is_long(s)) {
			buf_add(&s->b, STR("…"));
			break;
		}
		if (is_plain_key(e->key))
			buf_add(&s->b, e->key);
		else
			show_text(s, e->key);
		buf_add(&s->b, STR(": "));
		show(s, e->value);
	}
	buf_add(&s->b, STR(" }"));
}

static void show_range(struct show *s, const struct value *v)
{
	if (v->range.has_from)
		buf_add(&s->b, number_shown(s->b.a, v->range.from));
	buf_add(&s->b, STR(".."));
	if (v->range.has_to)
		buf_add(&s->b, number_shown(s->b.a, v->range.to));
}

static void show(struct show *s, const struct value *v)
{
	struct number number;

	switch (v->kind) {
	case VALUE_POISON:
		buf_add(&s->b, STR("?"));
		break;
	case VALUE_NULL:
		buf_add(&s->b, STR("null"));
		break;
	case VALUE_BOOL:
		buf_add(&s->b, v->boolean ? STR("true") : STR("false"));
		break;
	case VALUE_NUMBER:
		if (!value_quantity(v, &number))
			number = v->number;
		buf_add(&s->b, number_shown(s->b.a, number));
		break;
	case VALUE_TEXT:
	case VALUE_OPEN_LIST:
		show_text(s, v->text);
		break;
	case VALUE_LIST:
		show_list(s, v);
		break;
	case VALUE_SECTION:
	case VALUE_DECLARATION:
		show_section(s, v);
		break;
	case VALUE_RANGE:
		show_range(s, v);
		break;
	}
}

struct str value_shown(struct arena *a, const struct value *v, bool brief)
{
	struct show s = {buf_in(a), brief};

	show(&s, v);
	return arena_str(a, buf_str(&s.b));
}
