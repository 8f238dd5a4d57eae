/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_print.c - the pieces of a YAML text in the one layout.
 *
 * One walk over the pieces. Each goes into its line or begins one; what is in brackets is measured beforehand, so
 * that nothing is looked at twice.
 */
#include "compiler/format/yaml_print.h"

#include "compiler/base/buf.h"
#include "compiler/base/utf8.h"
#include "compiler/format/format.h"

enum { STEP = 2, MOST_FLOWS = 128 };

/* Brackets that are open. */
struct flow {
	size_t open;
	bool broken;   /* one item a line */
	uint32_t base; /* column of the closing one if it begins a line; items stand STEP further */
};

struct printer {
	struct arena *a;
	const struct pieces *p;
	struct str s;
	struct buf out;
	size_t start;	/* bytes of a byte order mark */
	uint32_t col;	/* characters in the line */
	bool fresh;	/* nothing is in the line */
	uint32_t base;	/* column to which brackets that begin here close */
	size_t comment; /* the next one */
	struct flow flows[MOST_FLOWS];
	unsigned depth;
	uint64_t *widths; /* characters up to the end of each piece if all stood in one line */
	uint32_t *hard;	  /* how many comments and pieces of several lines are up to each piece */
};

/* ---- measures ---- */

static uint32_t as_written(const struct piece *p)
{
	return p->gap > 0 ? 1 : 0;
}

/* Blanks in front of piece i when it stands in the line of the one before. */
static uint32_t blanks(const struct pieces *p, size_t i)
{
	const struct piece *at = &p->items[i], *before = &p->items[i - 1];
	bool sign = before->kind == PIECE_COLON || before->kind == PIECE_QUESTION;
	bool named = before->kind == PIECE_PROPERTY || before->kind == PIECE_ALIAS;

	if (at->kind == PIECE_COLON && at->place == PLACE_GLUED)
		return named ? as_written(at) : before->kind == PIECE_QUESTION;
	if (before->kind == PIECE_OPEN)
		return 0;
	if (at->kind == PIECE_CLOSE || at->kind == PIECE_COMMA)
		return before->kind == PIECE_PROPERTY ? as_written(at) : sign;
	return 1;
}

static void measure(struct printer *pr)
{
	const struct pieces *p = pr->p;
	uint64_t width = 0;
	uint32_t hard = 0;

	pr->widths = NEW_ARRAY(pr->a, uint64_t, p->n + 1);
	pr->hard = NEW_ARRAY(pr->a, uint32_t, p->n + 1);
	for (size_t i = 0; i < p->n; i++) {
		size_t comments = p->items[i].comments - pieces_first_comment(p, i);

		width += p->items[i].width + (i > 0 ? blanks(p, i) : 0);
		hard += (uint32_t)comments + p->items[i].multi;
		pr->widths[i] = width;
		pr->hard[i] = hard;
	}
}

/* Must the brackets that open with piece i have several lines, or one, whatever their width? */
static bool shape_is_given(const struct printer *pr, size_t i, bool *ret_broken)
{
	const struct piece *open = &pr->p->items[i], *close = &pr->p->items[open->other];

	*ret_broken = pr->hard[open->other] > pr->hard[i];
	if (*ret_broken || open->other == i + 1)
		return true;
	/* What a comment takes back in one line, it would not in another. */
	*ret_broken = close->last_line > open->line;
	return pieces_marked(pr->p, open->line, close->last_line);
}

/* Columns of what piece i opens in one line, with the comma behind it. */
static uint64_t flat_width(const struct printer *pr, size_t i)
{
	size_t close = pr->p->items[i].other;
	bool comma = close + 1 < pr->p->n && pr->p->items[close + 1].kind == PIECE_COMMA;

	return pr->widths[close] - pr->widths[i] + pr->p->items[i].width + comma;
}

static bool is_broken(const struct printer *pr, size_t i, uint32_t col)
{
	bool broken;

	if (shape_is_given(pr, i, &broken))
		return broken;
	return col + flat_width(pr, i) > FORMAT_WIDTH;
}

/* ---- lines ---- */

static void add_text(struct printer *pr, struct str text)
{
	buf_add(&pr->out, text);
	pr->col += (uint32_t)utf8_count(text);
	pr->fresh = false;
}

static void end_line(struct printer *pr)
{
	if (!pr->fresh)
		buf_char(&pr->out, '\n');
	pr->fresh = true;
	pr->col = 0;
}

static void begin_line(struct printer *pr, bool blank, uint32_t col)
{
	end_line(pr);
	if (blank && pr->out.n > pr->start)
		buf_char(&pr->out, '\n');
	buf_pad(&pr->out, ' ', col);
	pr->col = col;
}

/* A line end inside of a scalar. Those that YAML reads as LF become LF, the others are part of the text. */
static void add_break(struct printer *pr, size_t at, size_t n)
{
	if (n == 3)
		buf_add(&pr->out, str_slice(pr->s, at, at + n));
	else if (n > 0)
		buf_char(&pr->out, '\n');
	pr->col = 0;
	pr->fresh = n > 0;
}

/* The comments up to `hi`; those that have a line of their own on column `col`. */
static void add_comments(struct printer *pr, size_t hi, uint32_t col, bool last)
{
	for (size_t lo = pr->comment; pr->comment < hi; pr->comment++) {
		const struct comment *c = &pr->p->comments[pr->comment];

		if (pr->comment == lo && !c->own && !pr->fresh)
			add_text(pr, c->tight ? STR("") : STR("  "));
		else
			begin_line(pr, c->blank, last ? c->column : col);
		add_text(pr, str_slice(pr->s, c->lo, c->hi));
	}
}

/* ---- scalars of several lines ---- */

/* Index of the end of the line [lo, hi) of a quoted or plain scalar without blanks that are no part of its text. */
static uint32_t text_end(struct str s, uint32_t lo, uint32_t hi, bool escapes)
{
	uint32_t end = lo;

	for (uint32_t i = lo; i < hi; i++) {
		if (escapes && s.s[i] == '\\' && i + 1 < hi)
			end = ++i + 1;
		else if (s.s[i] != ' ' && s.s[i] != '\t')
			end = i + 1;
	}
	return end;
}

static uint32_t skip_blanks(struct str s, uint32_t i, uint32_t hi)
{
	while (i < hi && (s.s[i] == ' ' || s.s[i] == '\t'))
		i++;
	return i;
}

/* A plain or quoted scalar; lines behind its first on column `col`. Blanks around line ends are no part of it. */
static void add_scalar(struct printer *pr, const struct piece *p, uint32_t col)
{
	bool escapes = pr->s.s[p->lo] == '"';

	for (uint32_t at = p->lo; at < p->hi;) {
		uint32_t end = at, n;

		while (end < p->hi && yaml_break(pr->s, end) == 0)
			end++;
		if (at > p->lo)
			at = skip_blanks(pr->s, at, end);
		if (at < end && at > p->lo) {
			buf_pad(&pr->out, ' ', col);
			pr->col = col;
		}
		if (at < end)
			add_text(pr,
				 str_slice(pr->s, at,
					   end < p->hi ? text_end(pr->s, at, end, escapes) : end));
		n = end < p->hi ? (uint32_t)yaml_break(pr->s, end) : 0;
		if (n > 0)
			add_break(pr, end, n);
		at = end + n;
	}
}

/* A block scalar: its lines keep what they have beyond their common indentation. */
static void add_block(struct printer *pr, const struct piece *p)
{
	struct block b = block_read(pr->s, p->lo, p->hi, p->was_inner);
	uint32_t col = p->inner + (b.digit > 0 ? b.digit : STEP);

	add_text(pr, b.header);
	if (b.comment.n > 0) {
		add_text(pr, b.tight ? STR("") : STR("  "));
		add_text(pr, b.comment);
	}
	if (b.text || b.keep)
		end_line(pr);
	for (uint32_t at = b.lo; at < p->hi;) {
		uint32_t end, n;

		for (uint32_t most = at + b.indent; at < most && at < p->hi && pr->s.s[at] == ' ';)
			at++;
		end = at;
		while (end < p->hi && yaml_break(pr->s, end) == 0)
			end++;
		if (end > at) {
			buf_pad(&pr->out, ' ', col);
			add_text(pr, str_slice(pr->s, at, end));
		}
		n = (uint32_t)yaml_break(pr->s, end);
		if (end < p->hi || n == 3)
			add_break(pr, end, n);
		at = end + (n > 0 ? n : 1);
	}
}

/* ---- where pieces go ---- */

/* Where a piece stands if it begins a line, and the comments in front of it. */
struct columns {
	uint32_t piece, comments;
};

/* Does piece i, inside of brackets, begin a line? */
static bool begins_in_flow(const struct printer *pr, size_t i, bool comments, struct columns *ret)
{
	const struct flow *f = &pr->flows[pr->depth - 1];
	const struct piece *p = &pr->p->items[i];
	bool item = i - 1 == f->open || pr->p->items[i - 1].kind == PIECE_COMMA;

	ret->piece = ret->comments = f->base + (item ? STEP : 2 * STEP);
	if (p->kind == PIECE_CLOSE)
		*ret = (struct columns){f->base, f->base + STEP};
	return f->broken && (item || comments || p->kind == PIECE_CLOSE);
}

/* Does piece i, which stands on a line of its own, fit into the one before? */
static bool fits(const struct printer *pr, size_t i)
{
	const struct piece *p = &pr->p->items[i];
	uint64_t col = pr->col + blanks(pr->p, i), width = p->width;

	if (p->kind == PIECE_OPEN && p->other > i + 1 && pr->hard[p->other] == pr->hard[i]) {
		width = flat_width(pr, i);
		if (p->column + width > FORMAT_WIDTH)
			return true; /* as one item a line */
	}
	return col + width <= FORMAT_WIDTH;
}

static bool begins_in_block(const struct printer *pr, size_t i, bool comments)
{
	const struct piece *p = &pr->p->items[i];

	if (i == 0 || p->place == PLACE_BEGINS || comments)
		return true;
	if (p->place == PLACE_GLUED || !p->broken)
		return false;
	if (p->place == PLACE_STAYS)
		return true;
	/* A comment for hpcc speaks of one line: what is not on it, stays off it. */
	if (pieces_marked(pr->p, p[-1].last_line, p[-1].last_line) ||
	    pieces_marked(pr->p, p->line, p->line))
		return true;
	return !fits(pr, i);
}

static void open_flow(struct printer *pr, size_t i)
{
	bool outer_flat = pr->depth > 0 && !pr->flows[pr->depth - 1].broken;

	INVARIANT(pr->depth < MOST_FLOWS);
	pr->flows[pr->depth] = (struct flow){
		.open = i, .base = pr->base, .broken = !outer_flat && is_broken(pr, i, pr->col)};
	pr->depth++;
}

/* The bytes of piece i, in their place. */
static void add_piece(struct printer *pr, size_t i)
{
	const struct piece *p = &pr->p->items[i];
	bool sign = p->kind == PIECE_DASH || p->kind == PIECE_QUESTION ||
		    (p->kind == PIECE_COLON && p->place == PLACE_BEGINS);

	if (p->kind == PIECE_OPEN)
		open_flow(pr, i);
	if (p->kind == PIECE_BLOCK)
		add_block(pr, p);
	else if (p->kind == PIECE_SCALAR && p->multi)
		add_scalar(pr, p,
			   pr->depth > 0 ? pr->flows[pr->depth - 1].base + 2 * STEP
					 : p->inner + STEP);
	else
		add_text(pr, str_slice(pr->s, p->lo, p->hi));
	if (p->kind == PIECE_CLOSE)
		pr->depth--;
	if (sign && !p->flow)
		pr->base = p->column + STEP;
}

static void add_next(struct printer *pr, size_t i)
{
	const struct piece *p = &pr->p->items[i];
	bool comments = p->comments > pr->comment;
	struct columns col = {p->column, p->column};
	bool begins;

	/* A comma stands behind its item, and comments in front of it behind it. */
	if (p->kind == PIECE_COMMA) {
		buf_pad(&pr->out, ' ', blanks(pr->p, i));
		pr->col += blanks(pr->p, i);
		add_piece(pr, i);
		return;
	}
	begins = pr->depth > 0 ? begins_in_flow(pr, i, comments, &col)
			       : begins_in_block(pr, i, comments);
	add_comments(pr, p->comments, col.comments, false);
	if (begins) {
		begin_line(pr, p->blank, col.piece);
		pr->base = col.piece;
	} else {
		buf_pad(&pr->out, ' ', blanks(pr->p, i));
		pr->col += blanks(pr->p, i);
	}
	add_piece(pr, i);
}

/* Ends the last line, unless it is one of a block scalar to whose text a line end would add. */
static void end_text(struct printer *pr)
{
	const struct piece *last = pr->p->n > 0 ? &pr->p->items[pr->p->n - 1] : NULL;

	add_comments(pr, pr->p->ncomments, 0, true);
	if (last != NULL && last->kind == PIECE_BLOCK && last->hi == pr->s.n) {
		struct block b = block_read(pr->s, last->lo, last->hi, last->was_inner);

		if (b.text && !b.strip && b.end == pr->s.n)
			return;
	}
	end_line(pr);
}

bool pieces_print(struct arena *a, const struct pieces *p, size_t most, struct str *ret)
{
	struct printer pr = {.a = a, .p = p, .s = p->src->text, .out = buf_in(a), .fresh = true};

	if (str_starts(pr.s, STR("\xef\xbb\xbf")))
		pr.start = 3;
	buf_add(&pr.out, str_slice(pr.s, 0, pr.start));
	measure(&pr);
	for (size_t i = 0; i < p->n && pr.out.n <= most; i++)
		add_next(&pr, i);
	end_text(&pr);
	*ret = buf_str(&pr.out);
	return ret->n <= most;
}
