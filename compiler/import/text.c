/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - texts as programs write them. */
#include "compiler/import/text.h"

#include "compiler/base/utf8.h"

void text_add(struct arena *a, struct text_bits *bits, bool is_expression, struct str text)
{
	if (text.n == 0)
		return;
	bits->items = arena_grow(a, bits->items, sizeof(*bits->items), bits->n, &bits->cap);
	bits->items[bits->n++] = (struct text_bit){is_expression, text};
}

/* ---- what a text holds ---- */

struct traits {
	bool expression, newline, odd; /* odd: a character that a text has only by an escape */
	bool backslash, quote, apostrophe, dollar; /* dollar: `${` */
};

static struct traits traits_of(const struct text_bits *bits)
{
	struct traits t = {0};

	for (size_t i = 0; i < bits->n; i++) {
		struct str s = bits->items[i].text;
		uint32_t cp = 0;

		t.expression |= bits->items[i].is_expression;
		for (size_t k = 0; !bits->items[i].is_expression && k < s.n;) {
			unsigned len = utf8_decode(s, k, &cp);

			t.newline |= cp == '\n';
			t.backslash |= cp == '\\';
			t.quote |= cp == '"';
			t.apostrophe |= cp == '\'';
			t.dollar |= cp == '$' && k + 1 < s.n && s.s[k + 1] == '{';
			t.odd |= (cp < 0x20 && cp != '\n' && cp != '\t') ||
				 (cp >= 0x7f && cp < 0xa0) || cp == 0xfeff || cp == 0x2028 ||
				 cp == 0x2029;
			k += len > 0 ? len : 1;
		}
	}
	return t;
}

/* ---- escapes ---- */

/* Appends a text as it stands between double quotes; in a block, lines and quotes stay. */
static void escape(struct buf *b, struct str s, bool block)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < s.n;) {
		unsigned len = utf8_decode(s, i, &cp);
		bool three = block && str_starts(str_slice(s, i, s.n), STR("\"\"\""));

		len = len > 0 ? len : 1;
		if (cp == '\n' && !block)
			buf_add(b, STR("\\n"));
		else if (cp == '\t' && !block)
			buf_add(b, STR("\\t"));
		else if (cp == '\\')
			buf_add(b, STR("\\\\"));
		else if (cp == '"' && (!block || three))
			buf_add(b, STR("\\\""));
		else if (cp == '$' && i + 1 < s.n && s.s[i + 1] == '{')
			buf_add(b, STR("\\$"));
		else if ((cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0) ||
			 cp == 0xfeff || cp == 0x2028 || cp == 0x2029)
			buf_fmt(b, "\\u{%X}", (unsigned)cp);
		else
			buf_add(b, str_slice(s, i, i + len));
		i += len;
	}
}

static void escape_all(struct buf *b, const struct text_bits *bits, bool block)
{
	for (size_t i = 0; i < bits->n; i++) {
		const struct text_bit *bit = &bits->items[i];

		if (bit->is_expression)
			buf_fmt(b, "${" STR_F "}", STR_A(bit->text));
		else if (i + 1 < bits->n && str_ends(bit->text, STR("$"))) {
			/* a `$` before an expression is text */
			escape(b, str_slice(bit->text, 0, bit->text.n - 1), block);
			buf_add(b, STR("\\$"));
		} else {
			escape(b, bit->text, block);
		}
	}
}

struct str text_quoted(struct arena *a, const struct text_bits *bits)
{
	struct buf b = buf_in(a);

	buf_char(&b, '"');
	escape_all(&b, bits, false);
	buf_char(&b, '"');
	return buf_str(&b);
}

/* ---- blocks ---- */

/* Would its lines come back as they are? A line of blanks would lose them; only one newline may end it. */
static bool fits_block(struct str s)
{
	struct str rest = s;

	if (str_ends(s, STR("\n\n")) || str_eq(s, STR("\n")) || s.n == 0)
		return false;
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		if (line.n > 0 && (str_trim(line).n == 0 || str_ends(line, STR(" ")) ||
				   str_ends(line, STR("\t"))))
			return false;
	}
	return true;
}

static struct piece *block_piece(struct arena *a, struct str quotes, struct str lines)
{
	struct piece *p = piece_new(a, PIECE_BLOCK);

	p->quotes = quotes;
	p->text = lines;
	return p;
}

/* The text with its escapes as the lines of a block, or NULL where it cannot be one. */
static struct piece *as_block(struct arena *a, const struct text_bits *bits, const struct traits *t)
{
	struct buf escaped = buf_in(a);
	struct str plain = bits->n == 1 ? bits->items[0].text : STR("");
	bool ends = str_ends(bits->items[bits->n - 1].text, STR("\n")) &&
		    !bits->items[bits->n - 1].is_expression;

	escape_all(&escaped, bits, true);
	if (t->odd || !fits_block(buf_str(&escaped)))
		return NULL;
	if (!t->expression && ends && (t->backslash || t->dollar) &&
	    str_find_str(plain, STR("'''"), 0) == SIZE_MAX)
		return block_piece(a, STR("'''"), plain);
	if (!ends)
		buf_add(&escaped, STR("\\\n"));
	return block_piece(a, STR("\"\"\""), buf_str(&escaped));
}

struct piece *text_piece_of(struct arena *a, const struct text_bits *bits)
{
	struct traits t = traits_of(bits);
	struct piece *block = t.newline ? as_block(a, bits, &t) : NULL;

	if (block != NULL)
		return block;
	if (!t.expression && !t.newline && !t.odd && !t.apostrophe &&
	    (t.backslash || t.quote || t.dollar))
		return piece_text(a, arena_fmt(a, "'" STR_F "'", STR_A(bits->items[0].text)));
	return piece_text(a, text_quoted(a, bits));
}

/* ---- keys ---- */

bool key_is_name(struct str s)
{
	static const char *const words[] = {"if", "for", "let", "assert", "warn"};

	for (size_t i = 0; i < s.n; i++)
		if (!(is_letter(s.s[i]) || s.s[i] == '_' || (i > 0 && is_digit(s.s[i]))))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_c(words[i])))
			return false;
	return s.n > 0;
}

struct str key_written(struct arena *a, struct str key)
{
	struct text_bits bits = {0};

	if (key_is_name(key))
		return key;
	text_add(a, &bits, false, key);
	return text_quoted(a, &bits);
}
