/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_pieces.c - a YAML text as pieces, with what stands between them. */
#include "compiler/format/yaml_pieces.h"

#include "compiler/base/search.h"
#include "compiler/base/utf8.h"

enum { MOST_LEVELS = 128, STEP = 2 };

/* An open list or mapping. */
struct level {
	bool flow, sequence;
	bool under_key; /* a sequence whose dashes stand under the key itself: nothing tells its end */
	bool asked;	/* the key before has a `?` */
	uint32_t column; /* of a block: where it stands in the new layout */
	uint32_t was;	 /* of a block: where it stood, plus 1 */
	size_t open;	 /* of brackets: index of the piece */
};

struct reader {
	struct pieces p;
	struct str s;
	struct level levels[MOST_LEVELS];
	unsigned depth;
	uint32_t at;	     /* byte behind the last piece */
	uint32_t line;	     /* number of the line there */
	uint32_t line_start; /* its first byte */
	bool opened;	     /* a block begins, and none of its pieces came yet */
	bool indicator;	     /* the last piece is one behind which a block may begin */
	bool key;	     /* the next piece begins a key */
	bool mark;	     /* a comment for hpcc speaks of the line of the next piece */
};

/* The innermost of the open ones, of which there is one. */
static struct level *top(struct reader *r)
{
	INVARIANT(r->depth > 0);
	return &r->levels[r->depth - 1];
}

/* The innermost block, or NULL. */
static const struct level *inner(const struct reader *r)
{
	for (unsigned i = r->depth; i > 0; i--)
		if (!r->levels[i - 1].flow)
			return &r->levels[i - 1];
	return NULL;
}

/* Where a block or a value in the innermost block stands if it begins a line. */
static uint32_t next_column(const struct reader *r)
{
	const struct level *in = inner(r);

	return in != NULL ? in->column + STEP : 0;
}

static void push(struct reader *r, struct level level)
{
	INVARIANT(r->depth < MOST_LEVELS);
	r->levels[r->depth++] = level;
}

static void push_block(struct reader *r, const struct token *t, bool sequence)
{
	push(r, (struct level){
			.sequence = sequence,
			.under_key = sequence && t->kind == TOKEN_DASH,
			.column = next_column(r),
			.was = t->column + 1,
		});
	r->opened = true;
}

static void pop(struct reader *r)
{
	INVARIANT(r->depth > 0);
	r->depth--;
}

/* What follows ends a sequence whose dashes stand under a key. */
static void end_under_key(struct reader *r)
{
	if (r->depth > 0 && top(r)->under_key)
		pop(r);
}

/* ---- what stands between pieces ---- */

/* Index of the line end at or behind i, at most `hi`. */
static uint32_t find_end(struct str s, uint32_t i, uint32_t hi)
{
	while (i < hi && yaml_break(s, i) == 0)
		i++;
	return i;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static uint32_t trim_end(struct str s, uint32_t lo, uint32_t hi)
{
	while (hi > lo && is_blank(s.s[hi - 1]))
		hi--;
	return hi;
}

static void mark_line(struct reader *r, uint32_t line)
{
	struct pieces *p = &r->p;

	if (p->nmarked == 0 || p->marked[p->nmarked - 1] < line)
		p->marked[p->nmarked++] = line;
}

/* Does a comment speak to hpcc, or was meant to? */
static bool is_for_hpcc(struct str comment)
{
	for (size_t i = 0; i + 4 <= comment.n; i++)
		if (str_eq_nocase(str_slice(comment, i, i + 4), STR("hpcc")))
			return true;
	return false;
}

static void add_comment(struct reader *r, struct comment c)
{
	bool for_hpcc = is_for_hpcc(str_slice(r->s, c.lo, c.hi));

	c.tight = for_hpcc && !c.own && c.lo == r->at;
	r->p.comments[r->p.ncomments++] = c;
	if (!for_hpcc)
		return;
	if (c.own)
		r->mark = true;
	else
		mark_line(r, r->line);
}

/* Reads from the last piece to `piece`, which begins at its lo. */
static void read_gap(struct reader *r, struct piece *piece)
{
	bool own = r->at == r->line_start, blank = false;
	struct str s = r->s;
	uint32_t i = r->at;

	piece->gap = piece->lo - i;
	while (i < piece->lo) {
		uint32_t n = (uint32_t)yaml_break(s, i), from = i;

		if (n > 0) {
			blank |= own;
			own = piece->broken = true;
			r->line++;
			r->line_start = i += n;
		} else if (s.s[i] == '#') {
			i = find_end(s, i, piece->lo);
			add_comment(r, (struct comment){.lo = from,
							.hi = trim_end(s, from, i),
							.column = from - r->line_start,
							.own = own,
							.blank = blank});
			own = blank = false;
		} else {
			INVARIANT(is_blank(s.s[i]));
			i++;
		}
	}
	piece->blank = blank;
	piece->comments = (uint32_t)r->p.ncomments;
	piece->line = r->line;
	if (r->mark)
		mark_line(r, r->line);
	r->mark = false;
}

/* ---- block scalars ---- */

/* Index behind the blanks at i, at most `most` of them. */
static uint32_t skip_spaces(struct str s, uint32_t i, uint32_t hi, uint32_t most)
{
	uint32_t n = 0;

	while (i + n < hi && n < most && s.s[i + n] == ' ')
		n++;
	return i + n;
}

/* The columns in front of text that the lines from b->lo to hi have. */
static uint32_t block_indent(struct str s, const struct block *b, uint32_t hi, uint32_t was_inner)
{
	uint32_t most = was_inner > 0 ? was_inner : 1, at = b->lo;

	if (b->digit > 0)
		return (was_inner > 0 ? was_inner - 1 : 0) + b->digit;
	while (at < hi) {
		uint32_t text = skip_spaces(s, at, hi, UINT32_MAX);
		uint32_t n = (uint32_t)yaml_break(s, text);

		most = text - at > most ? text - at : most;
		if (n == 0)
			break;
		at = text + n;
	}
	return most;
}

/* Index behind the line at i, its line end included. */
static uint32_t line_after(struct str s, uint32_t i, uint32_t *ret_end)
{
	*ret_end = find_end(s, i, (uint32_t)s.n);
	return *ret_end + (uint32_t)yaml_break(s, *ret_end);
}

struct block block_read(struct str s, uint32_t lo, uint32_t hi, uint32_t was_inner)
{
	struct block b = {0};
	uint32_t i = lo + 1, end;

	for (; i < hi && (s.s[i] == '+' || s.s[i] == '-' || is_digit(s.s[i])); i++) {
		b.keep |= s.s[i] == '+';
		b.strip |= s.s[i] == '-';
		if (is_digit(s.s[i]))
			b.digit = (uint32_t)(s.s[i] - '0');
	}
	b.header = str_slice(s, lo, i);
	b.lo = line_after(s, i, &end);
	b.end = trim_end(s, i, end);
	while (i < end && is_blank(s.s[i]))
		i++;
	b.comment = str_slice(s, i, b.end);
	b.tight = is_for_hpcc(b.comment) && i == lo + b.header.n;
	b.indent = block_indent(s, &b, hi, was_inner);
	for (uint32_t at = b.lo; at < hi;) {
		uint32_t text = skip_spaces(s, at, hi, b.indent);

		at = line_after(s, text, &end);
		if (end > text && text < hi) {
			b.text = true;
			b.end = end;
		}
	}
	return b;
}

/* ---- pieces ---- */

/* Measures a piece, whose gap was read, and goes behind it. */
static void measure(struct reader *r, struct piece *p)
{
	uint32_t end = p->hi, first;

	if (p->kind == PIECE_BLOCK) {
		struct block b = block_read(r->s, p->lo, p->hi, p->was_inner);

		if (is_for_hpcc(b.comment))
			mark_line(r, p->line);
		if (!b.keep)
			p->hi = end = b.end;
		p->width = (uint32_t)b.header.n;
		p->multi = true;
	}
	for (uint32_t i = p->lo; i < end;) {
		uint32_t n = (uint32_t)yaml_break(r->s, i);

		if (n > 0) {
			p->multi = true;
			r->line++;
			r->line_start = i + n;
		}
		i += n > 0 ? n : 1;
	}
	p->last_line = r->line;
	r->at = end;
	if (p->kind == PIECE_BLOCK)
		return;
	first = find_end(r->s, p->lo, end);
	p->width = (uint32_t)utf8_count(str_slice(r->s, p->lo, first));
}

/* Adds a piece; its place is known. */
static struct piece *add(struct reader *r, const struct token *t, struct piece piece)
{
	struct piece *p = &r->p.items[r->p.n++];
	const struct level *in = inner(r);

	*p = piece;
	p->lo = t->lo;
	p->hi = t->hi;
	p->inner = in != NULL ? in->column : 0;
	p->was_inner = in != NULL ? in->was : 0;
	p->flow = p->flow || (r->depth > 0 && top(r)->flow);
	read_gap(r, p);
	measure(r, p);
	r->opened = r->key = false;
	r->indicator = p->kind == PIECE_DASH || p->kind == PIECE_QUESTION ||
		       (p->kind == PIECE_COLON && p->place == PLACE_BEGINS);
	return p;
}

/* A piece that begins a line of the innermost block, unless the block begins with it behind a sign. */
static void add_beginning(struct reader *r, const struct token *t, enum piece_kind kind)
{
	add(r, t,
	    (struct piece){.kind = kind,
			   .place = r->opened && r->indicator ? PLACE_FREE : PLACE_BEGINS,
			   .column = top(r)->column});
}

/* A value, what belongs to one, or a key. */
static struct piece *add_content(struct reader *r, const struct token *t, enum piece_kind kind)
{
	const struct piece *before = r->p.n > 0 ? &r->p.items[r->p.n - 1] : NULL;
	struct piece p = {.kind = kind, .place = PLACE_FREE, .column = next_column(r)};

	if (r->key && !top(r)->flow) {
		p.column = top(r)->column;
		if (!r->opened || !r->indicator)
			p.place = PLACE_BEGINS;
	} else if (before == NULL) {
		p.place = PLACE_BEGINS;
	} else if (before->kind == PIECE_START) {
		p.place = PLACE_STAYS;
	}
	return add(r, t, p);
}

static void on_dash(struct reader *r, const struct token *t)
{
	INVARIANT(r->depth > 0 && !top(r)->flow);
	if (!top(r)->sequence)
		push_block(r, t, true);
	add_beginning(r, t, PIECE_DASH);
}

static void on_key(struct reader *r, const struct token *t)
{
	end_under_key(r);
	INVARIANT(r->depth > 0);
	top(r)->asked = t->hi > t->lo;
	if (!top(r)->asked)
		r->key = true;
	else if (top(r)->flow)
		add_content(r, t, PIECE_QUESTION);
	else
		add_beginning(r, t, PIECE_QUESTION);
}

static void on_value(struct reader *r, const struct token *t)
{
	struct piece p = {.kind = PIECE_COLON, .place = PLACE_GLUED};

	end_under_key(r);
	INVARIANT(r->depth > 0);
	if (top(r)->asked) {
		p.place = top(r)->flow ? PLACE_FREE : PLACE_BEGINS;
		p.column = top(r)->column;
	}
	add(r, t, p);
}

static void on_open(struct reader *r, const struct token *t)
{
	size_t open = r->p.n;

	add_content(r, t, PIECE_OPEN)->flow = true;
	push(r, (struct level){.flow = true, .open = open});
}

static void on_close(struct reader *r, const struct token *t)
{
	INVARIANT(r->depth > 0 && top(r)->flow);
	r->p.items[top(r)->open].other = (uint32_t)r->p.n;
	add(r, t, (struct piece){.kind = PIECE_CLOSE, .place = PLACE_FREE});
	pop(r);
}

/* --- and its like, which stand on column 0 outside of all blocks. */
static void on_line(struct reader *r, const struct token *t, enum piece_kind kind)
{
	add(r, t, (struct piece){.kind = kind, .place = PLACE_BEGINS});
}

static void on_token(struct reader *r, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_DIRECTIVE:
		on_line(r, t, PIECE_DIRECTIVE);
		return;
	case TOKEN_DOCUMENT_START:
		on_line(r, t, PIECE_START);
		return;
	case TOKEN_DOCUMENT_END:
		on_line(r, t, PIECE_END);
		return;
	case TOKEN_SEQUENCE:
	case TOKEN_MAPPING:
		push_block(r, t, t->kind == TOKEN_SEQUENCE);
		return;
	case TOKEN_BLOCK_END:
		end_under_key(r);
		pop(r);
		return;
	case TOKEN_OPEN:
		on_open(r, t);
		return;
	case TOKEN_CLOSE:
		on_close(r, t);
		return;
	case TOKEN_DASH:
		on_dash(r, t);
		return;
	case TOKEN_COMMA:
		top(r)->asked = false;
		add(r, t, (struct piece){.kind = PIECE_COMMA, .place = PLACE_GLUED});
		return;
	case TOKEN_KEY:
		on_key(r, t);
		return;
	case TOKEN_VALUE:
		on_value(r, t);
		return;
	case TOKEN_ANCHOR:
	case TOKEN_TAG:
		add_content(r, t, PIECE_PROPERTY);
		return;
	case TOKEN_ALIAS:
		add_content(r, t, PIECE_ALIAS);
		return;
	case TOKEN_SCALAR:
		add_content(r, t, PIECE_SCALAR);
		return;
	case TOKEN_BLOCK_SCALAR:
		add_content(r, t, PIECE_BLOCK);
		return;
	}
}

/* Columns of comments behind the last piece: that of the innermost block in which they were written. */
static void place_last_comments(struct reader *r, unsigned depth)
{
	struct piece *end = &r->p.items[r->p.n];

	for (size_t i = pieces_first_comment(&r->p, r->p.n); i < end->comments; i++) {
		uint32_t written = r->p.comments[i].column;

		r->p.comments[i].column = 0;
		for (unsigned k = 0; k < depth; k++)
			if (!r->levels[k].flow && r->levels[k].was <= written + 1)
				r->p.comments[i].column = r->levels[k].column;
	}
}

/* Comments that a text can have at most. */
static size_t count_hashes(struct str s)
{
	size_t n = 0;

	for (size_t i = str_find(s, '#', 0); i < s.n; i = str_find(s, '#', i + 1))
		n++;
	return n;
}

struct pieces pieces_read(struct arena *a, const struct source *src)
{
	struct tokens t = yaml_tokens(a, src);
	struct reader r = {.p = {.src = src}, .s = src->text};
	size_t hashes = count_hashes(src->text);
	unsigned depth = 0; /* of the last piece: its levels are still there when all have ended */
	struct piece *end;

	r.p.items = NEW_ARRAY(a, struct piece, t.n + 1);
	r.p.comments = NEW_ARRAY(a, struct comment, hashes + 1);
	r.p.marked = NEW_ARRAY(a, uint32_t, hashes + 1);
	if (str_starts(r.s, STR("\xef\xbb\xbf")))
		r.at = r.line_start = 3;
	for (size_t i = 0; i < t.n; i++) {
		size_t before = r.p.n;

		on_token(&r, &t.items[i]);
		depth = r.p.n > before ? r.depth : depth;
	}
	end = &r.p.items[r.p.n];
	*end = (struct piece){.kind = PIECE_END, .lo = (uint32_t)r.s.n, .hi = (uint32_t)r.s.n};
	read_gap(&r, end);
	place_last_comments(&r, depth);
	return r.p;
}

size_t pieces_first_comment(const struct pieces *p, size_t i)
{
	return i > 0 ? p->items[i - 1].comments : 0;
}

static uint32_t marked_line(const void *lines, size_t i)
{
	return ((const uint32_t *)lines)[i];
}

bool pieces_marked(const struct pieces *p, uint32_t first, uint32_t last)
{
	size_t i = search_least(first, p->marked, p->nmarked, marked_line);

	return i < p->nmarked && p->marked[i] <= last;
}
