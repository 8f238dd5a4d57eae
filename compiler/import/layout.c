/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c - pieces of a program as text. Depth is that of the YAML file, which the reader bounds. */
#include "compiler/import/layout.h"

/* Sections with more than so many values have a line for each. */
enum { MOST_IN_LINE = 3 };

#define NOT_FLAT SIZE_MAX

struct piece *piece_text(struct arena *a, struct str text)
{
	struct piece *p = NEW(a, struct piece);

	p->text = text;
	return p;
}

struct piece *piece_new(struct arena *a, enum piece_kind kind)
{
	struct piece *p = NEW(a, struct piece);

	p->kind = kind;
	return p;
}

struct piece_entry *piece_add(struct arena *a, struct piece *in, struct str key,
			      struct piece *value)
{
	in->entries = arena_grow(a, in->entries, sizeof(*in->entries), in->n, &in->cap);
	in->entries[in->n] = (struct piece_entry){.key = key, .value = value};
	return &in->entries[in->n++];
}

void remark_add(struct arena *a, struct remarks_list *to, struct str text, bool after_empty)
{
	to->items = arena_grow(a, to->items, sizeof(*to->items), to->n, &to->cap);
	to->items[to->n++] = (struct remark){text, after_empty};
}

/* Code points. */
static size_t width(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.s[i] & 0xc0) != 0x80;
	return n;
}

static bool is_spread(const struct piece_entry *e)
{
	return str_eq(e->key, STR("..."));
}

/* What stands between key and value. */
static struct str between(const struct piece_entry *e)
{
	if (e->key.n == 0 || is_spread(e))
		return STR("");
	return e->value->kind == PIECE_SECTION && !e->replaces ? STR(" ") : STR(": ");
}

/* ---- on one line ---- */

/* Is it free of comments, and are its entries? */
static bool is_bare(const struct piece *p)
{
	if (p->open.n > 0 || p->end.n > 0)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->entries[i].above.n > 0 || p->entries[i].behind.n > 0)
			return false;
	return true;
}

static bool all_texts(const struct piece *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->entries[i].value->kind != PIECE_TEXT)
			return false;
	return true;
}

/* May it stand on one line, as far as its form goes? */
static bool may_be_flat(const struct piece *p)
{
	size_t values = 0;

	if (p->broken || p->kind == PIECE_BLOCK)
		return false;
	if (p->kind == PIECE_TEXT || p->n == 0)
		return is_bare(p);
	if (!is_bare(p))
		return false;
	if (p->kind == PIECE_LIST && p->n == 1)
		return may_be_flat(p->entries[0].value);
	if (p->kind == PIECE_LIST)
		return all_texts(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct piece *v = p->entries[i].value;

		if (v->kind == PIECE_SECTION || !may_be_flat(v) || (v->n > 0 && !all_texts(v)))
			return false;
		values += v->kind == PIECE_LIST && v->n > 0 ? v->n : 1;
	}
	return values <= MOST_IN_LINE;
}

/* Its columns on one line, or NOT_FLAT. */
static size_t flat_width(const struct piece *p)
{
	size_t n = p->kind == PIECE_SECTION ? 4 : 2;

	if (!may_be_flat(p))
		return NOT_FLAT;
	if (p->kind == PIECE_TEXT)
		return width(p->text);
	if (p->n == 0)
		return 2;
	for (size_t i = 0; i < p->n; i++) {
		const struct piece_entry *e = &p->entries[i];

		n += (i > 0 ? 2 : 0) + width(e->key) + between(e).n + flat_width(e->value);
	}
	return n;
}

static void print_flat(struct buf *b, const struct piece *p)
{
	bool section = p->kind == PIECE_SECTION;

	if (p->kind == PIECE_TEXT) {
		buf_add(b, p->text);
		return;
	}
	buf_add(b, section ? STR("{") : STR("["));
	for (size_t i = 0; i < p->n; i++) {
		buf_add(b, i > 0 ? STR(", ") : section ? STR(" ") : STR(""));
		buf_add(b, p->entries[i].key);
		buf_add(b, between(&p->entries[i]));
		print_flat(b, p->entries[i].value);
	}
	buf_add(b, section && p->n > 0 ? STR(" }") : section ? STR("}") : STR("]"));
}

/* ---- on several lines ---- */

static void indent(struct buf *b, unsigned level)
{
	buf_pad(b, ' ', (size_t)level * LAYOUT_INDENT);
}

static void comment_behind(struct buf *b, struct str comment)
{
	if (comment.n > 0)
		buf_fmt(b, "  " STR_F, STR_A(comment));
}

void layout_remarks(struct buf *b, const struct remarks_list *remarks, unsigned level, bool first)
{
	for (size_t i = 0; i < remarks->n; i++) {
		if (remarks->items[i].after_empty && !(first && i == 0))
			buf_char(b, '\n');
		indent(b, level);
		buf_add(b, remarks->items[i].text);
		buf_char(b, '\n');
	}
}

static void print_entries(struct buf *b, const struct piece *p, unsigned level)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct piece_entry *e = &p->entries[i];

		layout_remarks(b, &e->above, level, i == 0);
		if (e->after_empty && (i > 0 || e->above.n > 0))
			buf_char(b, '\n');
		indent(b, level);
		buf_add(b, e->key);
		buf_add(b, between(e));
		layout_piece(b, e->value, level,
			     (size_t)level * LAYOUT_INDENT + width(e->key) + between(e).n);
		comment_behind(b, e->behind);
		buf_char(b, '\n');
	}
	layout_remarks(b, &p->end, level, p->n == 0);
}

static void print_block(struct buf *b, const struct piece *p, unsigned level)
{
	struct str rest = p->text;

	buf_add(b, p->quotes);
	buf_char(b, '\n');
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		if (line.n > 0)
			indent(b, level + 1);
		buf_add(b, line);
		buf_char(b, '\n');
	}
	indent(b, level + 1);
	buf_add(b, p->quotes);
}

/* Does the only item stand between the brackets of its list, without a line for itself? */
static bool is_hugged(const struct piece *p)
{
	return p->kind == PIECE_LIST && p->n == 1 && is_bare(p) && !p->broken &&
	       (p->entries[0].value->kind == PIECE_SECTION ||
		p->entries[0].value->kind == PIECE_LIST);
}

void layout_piece(struct buf *b, const struct piece *p, unsigned level, size_t column)
{
	size_t flat = flat_width(p);
	bool section = p->kind == PIECE_SECTION;

	if (p->kind == PIECE_BLOCK) {
		print_block(b, p, level);
	} else if (p->kind == PIECE_TEXT || (flat != NOT_FLAT && column + flat <= LAYOUT_WIDTH)) {
		print_flat(b, p);
	} else if (is_hugged(p)) {
		buf_char(b, '[');
		layout_piece(b, p->entries[0].value, level, column + 2); /* with its end */
		buf_char(b, ']');
	} else {
		buf_char(b, section ? '{' : '[');
		comment_behind(b, p->open);
		buf_char(b, '\n');
		print_entries(b, p, level + 1);
		indent(b, level);
		buf_char(b, section ? '}' : ']');
	}
}
