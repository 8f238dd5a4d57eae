/* SPDX-License-Identifier: Apache-2.0 */
/* lex_quoted.c - texts in quotes: their pieces, `${}` in them, blocks of lines, escapes. */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/lex_state.h"

enum { BLOCK_QUOTES = 3, MOST_HEX = 6, HEX = 16, LAST_CODE_POINT = 0x10ffff };

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* Behind the line end at `i`. */
static size_t behind_line_end(struct str text, size_t i)
{
	return text.s[i] == '\r' && i + 1 < text.n && text.s[i + 1] == '\n' ? i + 2 : i + 1;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The escape \u{…} whose backslash is at `i`: its length, or 0. */
static size_t unicode_escape(struct str text, size_t i, uint32_t *ret_cp)
{
	size_t at = i + 3;
	uint32_t cp = 0;

	if (at >= text.n || text.s[i + 2] != '{')
		return 0;
	for (; at < text.n && hex_digit(text.s[at]) >= 0 && at < i + 3 + MOST_HEX; at++)
		cp = cp * HEX + (uint32_t)hex_digit(text.s[at]);
	if (at == i + 3 || at >= text.n || text.s[at] != '}' || cp > LAST_CODE_POINT ||
	    (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return at + 1 - i;
}

/*
 * The length of the escape whose backslash is at `i`, and its character; 0: it is none. A line end is one in blocks,
 * and stands for nothing (*ret_cp UINT32_MAX).
 */
static size_t escape_at(struct str text, size_t i, bool block, uint32_t *ret_cp)
{
	char c = i + 1 < text.n ? text.s[i + 1] : '\0';

	switch (c) {
	case 'n':
		*ret_cp = '\n';
		return 2;
	case 't':
		*ret_cp = '\t';
		return 2;
	case '\\':
	case '"':
	case '$':
		*ret_cp = (uint32_t)c;
		return 2;
	case 'u':
		return unicode_escape(text, i, ret_cp);
	case '\n':
	case '\r':
		*ret_cp = UINT32_MAX;
		return block ? behind_line_end(text, i + 1) - i : 0;
	default:
		return 0;
	}
}

/* ---- where a `${` ends, before it is read ---- */

static size_t hole_end(struct str text, size_t i, size_t end, unsigned depth);

/* Behind the closing quote of the text whose quote is at `i`, on this line; SIZE_MAX: it has none. */
static size_t quoted_end(struct str text, size_t i, size_t end, unsigned depth)
{
	char quote = text.s[i++];

	while (i < end && !is_line_end(text.s[i])) {
		if (text.s[i] == quote)
			return i + 1;
		if (quote == '"' && text.s[i] == '\\' && i + 1 < end &&
		    !is_line_end(text.s[i + 1])) {
			i += 2;
		} else if (quote == '"' && text.s[i] == '$' && i + 1 < end &&
			   text.s[i + 1] == '{') {
			i = hole_end(text, i + 2, end, depth + 1);
			if (i == SIZE_MAX)
				return SIZE_MAX;
			i++;
		} else {
			i++;
		}
	}
	return SIZE_MAX;
}

/* The `}` that closes the `${` whose expression begins at `i`, on this line; SIZE_MAX: there is none. */
static size_t hole_end(struct str text, size_t i, size_t end, unsigned depth)
{
	unsigned braces = 0;

	if (depth > HPC_MAX_DEPTH)
		return SIZE_MAX;
	while (i < end && !is_line_end(text.s[i]) && text.s[i] != '#') {
		char c = text.s[i];

		if (c == '}' && braces-- == 0)
			return i;
		if (c == '{')
			braces++;
		if (c == '"' || c == '\'') {
			i = quoted_end(text, i, end, depth);
			if (i == SIZE_MAX)
				return SIZE_MAX;
		} else {
			i++;
		}
	}
	return SIZE_MAX;
}

/* ---- reading ---- */

static bool is_blank_between(struct str text, size_t lo, size_t hi)
{
	return str_trim(str_slice(text, lo, hi)).n == 0;
}

/* Reads the `${` at ->at; its expression ends at `end`. */
static void read_hole(struct lexer *x, size_t end)
{
	size_t outer = x->end, lo = x->at;

	if (is_blank_between(x->text, lo + 2, end))
		lex_fault(x, FAULT_EMPTY_HOLE, lo, end + 1);
	if (++x->holes > HPC_MAX_DEPTH) {
		lex_fault(x, FAULT_DEEP, lo, lo + 2);
		x->out->too_deep = true;
		x->at = x->end = x->text.n;
		return;
	}
	lex_add(x, TOK_HOLE, lo, lo + 2);
	x->end = end;
	while (lex_next(x))
		;
	if (x->out->too_deep)
		return;
	x->end = outer;
	x->holes--;
	lex_add(x, TOK_HOLE_END, end, end + 1);
}

static void end_piece(struct lexer *x, size_t lo, size_t hi)
{
	if (hi > lo)
		lex_add(x, TOK_PIECE, lo, hi);
	x->at = hi;
}

/* The `\` at `i`: keeps a fault where it begins no escape; the index behind it. */
static size_t read_escape(struct lexer *x, size_t i, bool block)
{
	uint32_t cp;
	size_t length = escape_at(x->text, i, block, &cp);

	if (length == 0) {
		unsigned bytes = i + 1 < x->end ? utf8_decode(x->text, i + 1, NULL) : 0;

		if (i + 1 < x->end && is_line_end(x->text.s[i + 1]))
			bytes = 0;
		length = 1 + bytes;
		lex_fault(x, FAULT_ESCAPE, i, i + length);
	} else if (cp == 0 || cp == (uint32_t)OPEN_BEGIN[0] || cp == (uint32_t)OPEN_END[0]) {
		lex_fault(x, FAULT_ESCAPED, i, i + length);
	}
	return i + length;
}

/*
 * Reads pieces and `${}` from ->at to `hi`, with escapes unless raw. Behind a `${` that is not closed all is text, so
 * that its line says one thing.
 */
static void read_pieces(struct lexer *x, size_t hi, bool raw, bool block)
{
	size_t lo = x->at, i = lo;
	bool holes = !raw && x->open_hole != x->line + 1; /* none on this line is left open */

	while (i < hi && !x->out->too_deep) {
		char c = x->text.s[i];

		if (!raw && c == '\\') {
			i = read_escape(x, i, block);
			if (block && is_line_end(x->text.s[i - 1])) {
				end_piece(x, lo, i);
				lex_line(x, i);
				lo = i;
			}
		} else if (holes && c == '$' && i + 1 < hi && x->text.s[i + 1] == '{') {
			size_t end = hole_end(x->text, i + 2, hi, 0);

			if (end == SIZE_MAX) {
				lex_fault(x, FAULT_OPEN_HOLE, i, i + 2);
				holes = false;
				x->open_hole = x->line + 1;
				i += 2;
				continue;
			}
			end_piece(x, lo, i);
			read_hole(x, end);
			lo = i = x->at;
		} else if (is_line_end(c)) {
			i = behind_line_end(x->text, i);
			end_piece(x, lo, i);
			lex_line(x, i);
			lo = i;
			holes = !raw;
		} else {
			if (c < ' ' || c >= 0x7f)
				lex_hidden(x, i);
			i++;
		}
	}
	if (!x->out->too_deep)
		end_piece(x, lo, i < hi ? i : hi);
}

static void close_text(struct lexer *x, size_t open, size_t lo, size_t hi)
{
	size_t close = lex_add(x, TOK_TEXT_END, lo, hi);

	x->out->tokens[open].other = (uint32_t)close;
	x->out->tokens[close].other = (uint32_t)open;
}

/*
 * The quote that closes the text which begins at `lo`: its index, or that of the end of the line. *ret_hole: where a
 * `${` is not closed, or SIZE_MAX.
 */
static size_t closing_quote(const struct lexer *x, size_t lo, char quote, bool *ret_closed,
			    size_t *ret_hole)
{
	size_t i = lo + 1;
	bool holes = quote == '"' && x->open_hole != x->line + 1; /* none is left open */

	*ret_closed = false;
	*ret_hole = SIZE_MAX;
	while (i < x->end && !is_line_end(x->text.s[i])) {
		size_t end;

		if (x->text.s[i] == quote) {
			*ret_closed = true;
			return i;
		}
		end = SIZE_MAX;
		if (holes && x->text.s[i] == '$' && i + 1 < x->end && x->text.s[i + 1] == '{') {
			end = hole_end(x->text, i + 2, x->end, 0);
			holes = end != SIZE_MAX;
			if (!holes)
				*ret_hole = i;
		}
		if (end != SIZE_MAX)
			i = end + 1;
		else if (quote == '"' && x->text.s[i] == '\\' && i + 1 < x->end &&
			 !is_line_end(x->text.s[i + 1]))
			i += 2;
		else
			i++;
	}
	return i;
}

/*
 * The quote behind lines on which a `${` goes on that was begun before the line end at `i`, and its `}`; SIZE_MAX:
 * there is none. Lines without quotes are read twice at most.
 */
static size_t far_end(const struct lexer *x, size_t i)
{
	size_t brace = SIZE_MAX;

	if (x->holes > 0)
		return SIZE_MAX;
	for (; i < x->end && x->text.s[i] != '"'; i++) {
		if (x->text.s[i] == '}')
			brace = i;
		else if (is_line_end(x->text.s[i]))
			brace = SIZE_MAX;
	}
	return i < x->end && brace != SIZE_MAX ? i : SIZE_MAX;
}

static void read_line_text(struct lexer *x, size_t lo, char quote)
{
	bool closed;
	size_t hole, end = closing_quote(x, lo, quote, &closed, &hole), open;
	size_t far = closed || hole == SIZE_MAX ? SIZE_MAX : far_end(x, end);

	if (far != SIZE_MAX)
		lex_fault(x, FAULT_OPEN_HOLE, hole, hole + 2);
	else if (!closed)
		lex_fault(x, FAULT_OPEN_TEXT, lo, lo + 1);
	open = lex_add(x, TOK_TEXT, lo, lo + 1);
	if (closed) {
		read_pieces(x, end, quote == '\'', false);
	} else if (far != SIZE_MAX) {
		read_pieces(x, far, true, true);
		closed = true;
		end = far;
	}
	if (!x->out->too_deep)
		close_text(x, open, end, closed ? end + 1 : end);
}

/* ---- blocks ---- */

/* Does the line at `i` hold closing quotes alone, but for blanks, commas, closing brackets and a comment? */
static bool closes_block(const struct lexer *x, size_t i, char quote, size_t *ret_quotes)
{
	while (i < x->end && (x->text.s[i] == ' ' || x->text.s[i] == '\t'))
		i++;
	*ret_quotes = i;
	for (size_t k = 0; k < BLOCK_QUOTES; k++, i++) {
		if (i >= x->end || x->text.s[i] != quote)
			return false;
	}
	for (; i < x->end && !is_line_end(x->text.s[i]) && x->text.s[i] != '#'; i++) {
		char c = x->text.s[i];

		if (c != ' ' && c != '\t' && c != ',' && c != ')' && c != ']' && c != '}')
			return false;
	}
	return true;
}

/* A line with less indentation than that of the closing quotes, blank ones apart: kept as a fault, the first alone. */
static void check_indent(struct lexer *x, size_t from, size_t to, size_t indent_lo, size_t quotes)
{
	size_t i = from, indent = quotes - indent_lo;

	while (i < to) {
		size_t in = 0, end = i;

		while (in < indent && i + in < to && x->text.s[i + in] == x->text.s[indent_lo + in])
			in++;
		while (end < to && !is_line_end(x->text.s[end]))
			end++;
		if (in < indent && !is_blank_between(x->text, i, end)) {
			lex_fault(x, FAULT_BLOCK_INDENT, i, in > 0 ? i + in : i + 1);
			return;
		}
		i = end < to ? behind_line_end(x->text, end) : to;
	}
}

/* Begin of the next line, or the end of what is read. */
static size_t next_line(const struct lexer *x, size_t i)
{
	while (i < x->end && !is_line_end(x->text.s[i]))
		i++;
	return i < x->end ? behind_line_end(x->text, i) : x->end;
}

static void read_block(struct lexer *x, size_t lo, char quote)
{
	size_t first = next_line(x, lo), line = first, quotes = 0, open;
	bool closed = false;

	while (line < x->end) {
		closed = closes_block(x, line, quote, &quotes);
		if (closed)
			break;
		line = next_line(x, line);
	}
	if (!is_blank_between(x->text, lo + BLOCK_QUOTES, first)) {
		lex_fault(x, FAULT_BLOCK_FIRST_LINE, lo, lo + BLOCK_QUOTES);
		first = lo + BLOCK_QUOTES;
	} else if (!closed) {
		lex_fault(x, FAULT_OPEN_BLOCK, lo, lo + BLOCK_QUOTES);
	} else {
		check_indent(x, first, line, line, quotes);
	}
	open = lex_add(x, TOK_TEXT, lo, lo + BLOCK_QUOTES);
	x->at = first;
	if (first > lo + BLOCK_QUOTES && first <= x->end)
		lex_line(x, first);
	read_pieces(x, closed ? line : x->end, quote == '\'', true);
	if (!x->out->too_deep)
		close_text(x, open, closed ? quotes : x->end,
			   closed ? quotes + BLOCK_QUOTES : x->end);
}

void lex_quoted(struct lexer *x)
{
	char quote = x->text.s[x->at];
	struct str quotes = quote == '"' ? STR("\"\"\"") : STR("'''");

	if (str_starts(str_slice(x->text, x->at, x->end), quotes) && x->holes == 0)
		read_block(x, x->at, quote);
	else
		read_line_text(x, x->at, quote);
}

/* ---- what a piece says ---- */

bool lex_is_raw(const struct lex *l, size_t open)
{
	return l->src->text.s[l->tokens[open].lo] == '\'';
}

bool lex_is_block(const struct lex *l, size_t open)
{
	return l->tokens[open].hi - l->tokens[open].lo == BLOCK_QUOTES;
}

static void add_code_point(struct buf *b, uint32_t cp)
{
	if (cp < 0x80) {
		buf_char(b, (char)cp);
	} else if (cp < 0x800) {
		buf_char(b, (char)(0xc0 | cp >> 6));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		buf_char(b, (char)(0xe0 | cp >> 12));
		buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	} else {
		buf_char(b, (char)(0xf0 | cp >> 18));
		buf_char(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	}
}

/* Behind the indentation of at most `indent` blanks at `i`. */
static size_t behind_indent(struct str text, size_t i, size_t hi, size_t indent)
{
	size_t end = i + indent < hi ? i + indent : hi;

	while (i < end && (text.s[i] == ' ' || text.s[i] == '\t'))
		i++;
	return i;
}

struct str lex_piece(struct arena *a, const struct lex *l, size_t open, size_t piece)
{
	const struct token *t = &l->tokens[piece];
	struct str text = l->src->text;
	bool raw = lex_is_raw(l, open), block = lex_is_block(l, open);
	size_t close = l->tokens[open].other, i = t->lo;
	size_t indent = block ? token_indent(l, close) : 0;
	struct buf b = buf_in(a);

	if (block && i == l->lines[t->line])
		i = behind_indent(text, i, t->hi, indent);
	while (i < t->hi) {
		uint32_t cp;

		if (!raw && text.s[i] == '\\') {
			size_t length = escape_at(text, i, block, &cp);

			if (length > 0 && cp != UINT32_MAX)
				add_code_point(&b, cp);
			i += length > 0 ? length : 1;
		} else if (is_line_end(text.s[i])) {
			buf_char(&b, '\n');
			i = behind_line_end(text, i);
		} else {
			buf_char(&b, text.s[i++]);
		}
	}
	return buf_str(&b);
}
