/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpc_format.c - the layout of programs: tokens and comments of a text that parses, written anew.
 *
 * What is in a pair of brackets stands on one line, or each entry on its own; see hpc_layout.h for which. All that is
 * decided is decided by the text as it comes out, so that a second time changes nothing. The result is parsed again: it
 * must be the same program, with the same comments.
 */
#include "compiler/base/buf.h"
#include "compiler/base/utf8.h"
#include "compiler/format/format.h"
#include "compiler/format/hpc_layout.h"

enum { INDENT = 2, COMMENT_GAP = 2 };

struct printer {
	struct layout *y;
	const struct lex *l;
	struct buf out;
	size_t column;	/* code points on this line */
	unsigned level; /* of this line */
	size_t comment; /* the next one to be written */
	bool broken;	/* the line ends with a comment: nothing else goes there */
};

static const struct token *token(const struct printer *p, size_t i)
{
	return &p->l->tokens[i];
}

static void put(struct printer *p, struct str s)
{
	buf_add(&p->out, s);
	p->column += utf8_count(s);
}

static void new_line(struct printer *p, unsigned level)
{
	buf_char(&p->out, '\n');
	buf_pad(&p->out, ' ', (size_t)INDENT * level);
	p->column = (size_t)INDENT * level;
	p->level = level;
	p->broken = false;
}

static struct str comment_text(const struct lex *l, const struct comment *c)
{
	struct str s = str_slice(l->src->text, c->lo, c->hi);

	while (s.n > 0 && (s.s[s.n - 1] == ' ' || s.s[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* ---- texts ---- */

/* A block: its lines move with the line that it begins on. */
static void put_block(struct printer *p, size_t open)
{
	size_t close = token(p, open)->other;
	uint32_t indent = token_indent(p->l, close);
	struct str rest =
		str_slice(p->l->src->text, token(p, open)->hi, p->l->lines[token(p, close)->line]);
	struct str line;

	put(p, token_text(p->l, open));
	/* The rest of the line of the quotes is blank. */
	rest = str_slice(rest, str_find(rest, '\n', 0) + 1, rest.n);
	while (rest.n > 0) {
		size_t end = str_find(rest, '\n', 0), cut = 0;

		line = str_slice(rest, 0, end);
		rest = str_slice(rest, end + 1, rest.n);
		if (line.n > 0 && line.s[line.n - 1] == '\r')
			line.n--;
		while (cut < indent && cut < line.n && (line.s[cut] == ' ' || line.s[cut] == '\t'))
			cut++;
		buf_char(&p->out, '\n');
		if (cut < line.n)
			buf_pad(&p->out, ' ', (size_t)INDENT * (p->level + 1));
		buf_add(&p->out, str_slice(line, cut, line.n));
	}
	buf_char(&p->out, '\n');
	buf_pad(&p->out, ' ', (size_t)INDENT * (p->level + 1));
	p->column = (size_t)INDENT * (p->level + 1);
	put(p, token_text(p->l, close));
}

/* Writes token i, all of a text; the index behind it. */
static size_t put_token(struct printer *p, size_t i)
{
	const struct token *t = token(p, i);
	struct str text = p->l->src->text;

	if (t->kind == TOK_TEXT && lex_is_block(p->l, i)) {
		put_block(p, i);
	} else if (t->kind == TOK_TEXT) {
		put(p, str_slice(text, t->lo, token(p, t->other)->hi));
	} else if (t->kind == TOK_NUMBER && t->other != 0) {
		put(p, str_trim(str_slice(text, t->lo, t->other)));
		put(p, STR(" "));
		put(p, str_slice(text, t->other, t->hi));
	} else {
		put(p, token_text(p->l, i));
	}
	return t->kind == TOK_TEXT ? t->other + 1 : i + 1;
}

/* ---- comments ---- */

/* The line on which the token before i ends. */
static uint32_t line_before(const struct printer *p, size_t i)
{
	return i > 0 ? token(p, i - 1)->line : 0;
}

/*
 * Writes the comments that stand before token i behind something: on the line of what was written, and below it where a
 * comma that is left out stood between two.
 */
static void put_trailing(struct printer *p, size_t i, unsigned level)
{
	while (p->comment < p->l->ncomments) {
		const struct comment *c = &p->l->comments[p->comment];

		if (c->lo >= token(p, i)->lo || c->own_line)
			return;
		if (p->broken)
			new_line(p, level);
		else
			buf_pad(&p->out, ' ', COMMENT_GAP);
		put(p, comment_text(p->l, c));
		p->broken = true;
		p->comment++;
	}
}

/* Writes the comments before token i that stand within an entry, each on a line. */
static void put_inner(struct printer *p, size_t i, unsigned level)
{
	put_trailing(p, i, level);
	while (p->comment < p->l->ncomments && p->l->comments[p->comment].lo < token(p, i)->lo) {
		new_line(p, level);
		put(p, comment_text(p->l, &p->l->comments[p->comment++]));
		p->broken = true;
	}
}

/* ---- brackets and entries ---- */

static size_t put_group(struct printer *p, size_t open);

/* Does a line begin with token i of an entry? */
static bool breaks_before(const struct printer *p, size_t i, bool breaks_else)
{
	if (token(p, i)->kind == TOK_ELSE && token(p, i - 1)->kind == TOK_CLOSE_BRACE)
		return false;
	if (token(p, i)->kind == TOK_ELSE)
		return breaks_else;
	return layout_line_begins(p->y, i);
}

/* Is there an `else` at the begin of a line among the tokens [i, to) of an entry? Then all begin one. */
static bool has_else_line(const struct printer *p, size_t i, size_t to)
{
	for (; i < to; i = layout_behind(p->y, i)) {
		if (token(p, i)->kind == TOK_ELSE && token(p, i - 1)->kind != TOK_CLOSE_BRACE &&
		    layout_line_begins(p->y, i))
			return true;
	}
	return false;
}

/* The tokens [from, to) of one entry on the line that was begun. */
static void put_entry(struct printer *p, size_t from, size_t to)
{
	unsigned level = p->level;
	bool breaks_else = has_else_line(p, from, to);
	size_t last = SIZE_MAX;

	for (size_t i = from; i < to;) {
		if (p->y->dropped[i]) {
			i++;
			continue;
		}
		if (last != SIZE_MAX) {
			put_inner(p, i, level + 1);
			if (p->broken || breaks_before(p, i, breaks_else))
				new_line(p, level + 1);
			else if (layout_blank(p->y, last, i))
				put(p, STR(" "));
		}
		last = layout_behind(p->y, i) - 1;
		i = token_is((enum tok)token(p, i)->kind, TRAIT_OPENS) ? put_group(p, i)
								       : put_token(p, i);
	}
}

/* An empty line is kept between what ends on `line` and what begins on `next`. */
static void put_line(struct printer *p, unsigned level, bool first, uint32_t line, uint32_t next)
{
	if (!first && next > line + 1)
		buf_char(&p->out, '\n');
	new_line(p, level);
}

/*
 * Entries of [from, to), each on a line of its own; arguments: with a comma behind each. `first` is false behind an
 * opening bracket, true at the begin of the file, where no line is begun.
 */
static void put_entries(struct printer *p, size_t from, size_t to, unsigned level, bool arguments,
			bool file)
{
	uint32_t line = file ? 0 : line_before(p, from);
	bool first = true;

	put_trailing(p, from, level);
	for (size_t i = from; i <= to;) {
		size_t end;

		for (; p->comment < p->l->ncomments &&
		       p->l->comments[p->comment].lo < token(p, i)->lo;
		     p->comment++) {
			const struct comment *c = &p->l->comments[p->comment];

			if (!file || !first)
				put_line(p, level, first, line, c->line);
			put(p, comment_text(p->l, c));
			line = c->line;
			first = false;
		}
		if (i == to)
			return;
		if (!file || !first)
			put_line(p, level, first, line, token(p, i)->line);
		first = false;
		end = layout_entry_end(p->y, i, to);
		put_entry(p, i, end);
		i = end;
		if (i < to && token(p, i)->kind == TOK_COMMA)
			i++;
		if (arguments ||
		    (i < to && token_is((enum tok)token(p, i)->kind, TRAIT_NEEDS_BEFORE))) {
			if (p->broken)
				new_line(p, level);
			put(p, STR(","));
		}
		put_trailing(p, i, level);
		line = line_before(p, i);
	}
}

/* The brackets that open at token `open`, which is not written yet; the index behind them. */
static size_t put_group(struct printer *p, size_t open)
{
	size_t close = token(p, open)->other, last = open;
	unsigned level = p->level;

	switch (layout_of(p->y, open, p->column)) {
	case LAYOUT_LINE:
		put_token(p, open);
		for (size_t i = open + 1; i <= close;) {
			if (p->y->dropped[i] ||
			    (token(p, i)->kind == TOK_COMMA &&
			     token_is((enum tok)token(p, i + 1)->kind, TRAIT_CLOSES))) {
				i++;
				continue;
			}
			if (layout_blank(p->y, last, i))
				put(p, STR(" "));
			last = token(p, i)->kind == TOK_TEXT ? token(p, i)->other : i;
			i = put_token(p, i);
		}
		break;
	case LAYOUT_HUG:
		put_token(p, open);
		put_group(p, open + 1);
		put_token(p, close);
		break;
	case LAYOUT_LINES:
		put_token(p, open);
		put_entries(p, open + 1, close, level + 1, p->y->marks[open] & MARK_ARGUMENTS,
			    false);
		new_line(p, level);
		put_token(p, close);
		break;
	}
	return close + 1;
}

/* ---- the whole text ---- */

/* Is the text `after` the program that `before` is? Anything else is our fault. */
static void check_same(struct arena *a, const struct program_file *before, const struct lex *l,
		       const struct source *after)
{
	struct diags ds = {.arena = a};
	const struct lex *again;
	const uint8_t *marks;
	const struct program_file *file = hpc_parse_marked(a, &ds, after, false, &again, &marks);

	INVARIANT(!file->faulty);
	INVARIANT(l->ncomments == again->ncomments);
	for (size_t i = 0; i < l->ncomments; i++)
		INVARIANT(str_eq(comment_text(l, &l->comments[i]),
				 comment_text(again, &again->comments[i])));
	INVARIANT(str_eq(hpc_ast_print(a, before), hpc_ast_print(a, file)));
}

struct str format_hpc(struct arena *a, struct diags *ds, const struct source *src)
{
	struct printer p = {.out = buf_in(a)};
	const struct program_file *file;
	const uint8_t *marks;

	file = hpc_parse_marked(a, ds, src, true, &p.l, &marks);
	if (file->faulty)
		return (struct str){NULL, 0};
	p.y = layout_new(a, p.l, marks);
	put_entries(&p, 0, p.l->n - 1, 0, false, true);
	if (p.out.n > 0)
		buf_char(&p.out, '\n');
	check_same(a, file, p.l, source_new(a, src->name, buf_str(&p.out)));
	return str_eq(buf_str(&p.out), src->text) ? src->text
	       : p.out.n == 0			  ? STR("")
						  : buf_str(&p.out);
}
