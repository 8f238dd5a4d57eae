/* SPDX-License-Identifier: Apache-2.0 */
/* hpc_layout.c - which brackets of a program stand on one line, and where blanks stand. */
#include "compiler/format/hpc_layout.h"

#include "compiler/base/utf8.h"
#include "compiler/format/format.h"

static const struct token *token(const struct layout *y, size_t i)
{
	return &y->l->tokens[i];
}

static enum tok kind_of(const struct layout *y, size_t i)
{
	return (enum tok)y->l->tokens[i].kind;
}

size_t layout_behind(const struct layout *y, size_t i)
{
	return token_is(kind_of(y, i), TRAIT_OPENS) || kind_of(y, i) == TOK_TEXT
		       ? token(y, i)->other + 1
		       : i + 1;
}

bool layout_line_begins(const struct layout *y, size_t i)
{
	return token(y, i)->first;
}

size_t layout_entry_end(const struct layout *y, size_t i, size_t to)
{
	size_t last;

	do {
		last = i;
		i = layout_behind(y, i);
	} while (i < to && !(y->marks[i] & MARK_ENTRY));
	return kind_of(y, last) == TOK_COMMA ? last : i < to ? i : to;
}

/* ---- blanks ---- */

/* Is the sign at i one before its operand? */
static bool is_unary(const struct layout *y, size_t i)
{
	enum tok before;

	if (kind_of(y, i) == TOK_NOT)
		return true;
	if (kind_of(y, i) != TOK_MINUS)
		return false;
	if (i == 0 || (y->marks[i] & MARK_ENTRY))
		return true;
	before = kind_of(y, i - 1);
	return before == TOK_RANGE || !(token_is(before, TRAIT_ENDS_VALUE) || before == TOK_TRUE ||
					before == TOK_FALSE || before == TOK_NULL);
}

/* Is the item that i stands in a `use`, whose path has no blanks? Paths are short: one looks back at most so far. */
static bool is_use_path(const struct layout *y, size_t i)
{
	for (size_t n = 0; i > 0 && n < FORMAT_WIDTH && !(y->marks[i] & MARK_ENTRY); n++) {
		if (kind_of(y, i) != TOK_NAME && kind_of(y, i) != TOK_OVER)
			return false;
		i--;
	}
	return (y->marks[i] & MARK_ENTRY) && str_eq(token_text(y->l, i), STR("use")) &&
	       kind_of(y, i + 1) == TOK_NAME;
}

/* Does the opening bracket at i belong to the value right before it? */
static bool is_suffix(const struct layout *y, size_t before, size_t i)
{
	return (kind_of(y, i) == TOK_OPEN_PAREN || kind_of(y, i) == TOK_OPEN_BRACKET) &&
	       !(y->marks[i] & MARK_ENTRY) && token_is(kind_of(y, before), TRAIT_ENDS_VALUE) &&
	       kind_of(y, before) != TOK_RANGE;
}

bool layout_blank(const struct layout *y, size_t before, size_t i)
{
	enum tok a = kind_of(y, before), b = kind_of(y, i);

	if (a == TOK_SPREAD && b == TOK_RANGE)
		return true; /* four points would be others */
	if (a == TOK_NUMBER && b == TOK_DOT)
		return true; /* one would be part of the number */
	if (b == TOK_COMMA || b == TOK_COLON || b == TOK_DOT || b == TOK_RANGE ||
	    b == TOK_QUESTION || b == TOK_CLOSE_PAREN || b == TOK_CLOSE_BRACKET)
		return b == TOK_RANGE &&
		       (a == TOK_COMMA || a == TOK_COLON || a == TOK_ASSIGN || a == TOK_ARROW ||
			(!token_is(a, TRAIT_ENDS_VALUE) && a != TOK_OPEN_PAREN &&
			 a != TOK_OPEN_BRACKET && a != TOK_NOT && !is_unary(y, before)));
	if (a == TOK_OPEN_PAREN || a == TOK_OPEN_BRACKET || a == TOK_DOT || a == TOK_RANGE ||
	    a == TOK_SPREAD || a == TOK_NOT || is_unary(y, before))
		return false;
	if (a == TOK_OPEN_BRACE)
		return b != TOK_CLOSE_BRACE;
	if ((a == TOK_OVER && is_use_path(y, before)) || (b == TOK_OVER && is_use_path(y, i)))
		return false;
	return !is_suffix(y, before, i);
}

/* ---- what is left out ---- */

/* Does the entry end at token i, or an `else` follow there? */
static bool ends_branch(const struct layout *y, size_t i)
{
	enum tok kind = kind_of(y, i);

	return kind == TOK_END || kind == TOK_COMMA || kind == TOK_ELSE ||
	       (y->marks[i] & MARK_ENTRY) || token_is(kind, TRAIT_CLOSES);
}

static bool has_comment_between(const struct layout *y, size_t i)
{
	const struct lex *l = y->l;
	size_t from = 0, to = l->ncomments;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (l->comments[mid].lo < l->tokens[i].lo)
			from = mid + 1;
		else
			to = mid;
	}
	return from < l->ncomments && l->comments[from].lo < l->tokens[i + 1].lo;
}

/* The `=` before the body of the function whose parameters open at `paren`, or SIZE_MAX. */
static size_t body_sign(const struct layout *y, size_t paren)
{
	for (size_t i = token(y, paren)->other + 1; i < y->l->n && !(y->marks[i] & MARK_ENTRY);
	     i = layout_behind(y, i))
		if (kind_of(y, i) == TOK_ASSIGN)
			return i;
	return SIZE_MAX;
}

/* `=>`, `then` and the `=` of a function before the brace that ends the entry, or a branch of it. */
static void drop_words(struct layout *y)
{
	size_t fn_sign = SIZE_MAX;

	for (size_t i = 0; i + 1 < y->l->n; i++) {
		enum tok kind = kind_of(y, i);

		if ((y->marks[i] & MARK_ENTRY) && str_eq(token_text(y->l, i), STR("fn")) &&
		    kind_of(y, i + 1) == TOK_NAME && kind_of(y, i + 2) == TOK_OPEN_PAREN &&
		    (y->marks[i + 2] & MARK_ARGUMENTS))
			fn_sign = body_sign(y, i + 2);
		if (kind != TOK_ARROW && kind != TOK_THEN && i != fn_sign)
			continue;
		if (kind_of(y, i + 1) == TOK_OPEN_BRACE && !token(y, i + 1)->first &&
		    ends_branch(y, token(y, i + 1)->other + 1) && !has_comment_between(y, i - 1) &&
		    !has_comment_between(y, i))
			y->dropped[i] = true; /* behind a comment the brace would begin a line */
	}
}

/* ---- widths ---- */

static uint32_t width_of(const struct layout *y, size_t i)
{
	const struct token *t = token(y, i);
	struct str text = y->l->src->text;

	if (t->kind == TOK_NUMBER && t->other != 0)
		return (uint32_t)(str_trim(str_slice(text, t->lo, t->other)).n + 1 +
				  (t->hi - t->other));
	if (t->kind == TOK_TEXT)
		return (uint32_t)utf8_count(str_slice(text, t->lo, token(y, t->other)->hi));
	return (uint32_t)utf8_count(token_text(y->l, i));
}

/* Sums of widths, blanks with them, and of line breaks and comments, before each token. */
static void add_up(struct layout *y)
{
	uint32_t width = 0, breaks = 0;
	size_t last = SIZE_MAX, comment = 0;

	for (size_t i = 0; i < y->l->n; i++) {
		for (; comment < y->l->ncomments && y->l->comments[comment].lo < token(y, i)->lo;
		     comment++)
			breaks++;
		breaks += token(y, i)->first;
		y->breaks[i] = breaks;
		if (!y->dropped[i] &&
		    !(kind_of(y, i) == TOK_COMMA && token_is(kind_of(y, i + 1), TRAIT_CLOSES))) {
			width += width_of(y, i) + (last != SIZE_MAX && layout_blank(y, last, i));
			last = i;
		}
		y->widths[i] = width;
		if (kind_of(y, i) == TOK_TEXT) {
			size_t end = token(y, i)->other;

			breaks += token(y, end)->line > token(y, i)->line;
			for (; i < end; i++) {
				y->widths[i + 1] = width;
				y->breaks[i + 1] = breaks;
			}
			last = end;
		}
	}
}

struct layout *layout_new(struct arena *a, const struct lex *l, const uint8_t *marks)
{
	struct layout *y = NEW(a, struct layout);

	y->l = l;
	y->marks = marks;
	y->dropped = NEW_ARRAY(a, bool, l->n);
	y->widths = NEW_ARRAY(a, uint32_t, l->n);
	y->breaks = NEW_ARRAY(a, uint32_t, l->n);
	y->decided = NEW_ARRAY(a, uint8_t, l->n);
	drop_words(y);
	add_up(y);
	return y;
}

/* ---- brackets ---- */

/* The `{` of the branch that follows the one whose `}` is at `close`, or SIZE_MAX. */
static size_t next_branch(const struct layout *y, size_t close)
{
	size_t i = close + 2;

	if (kind_of(y, close + 1) != TOK_ELSE)
		return SIZE_MAX;
	while (kind_of(y, i) != TOK_OPEN_BRACE) {
		if (kind_of(y, i) == TOK_THEN || ends_branch(y, i))
			return SIZE_MAX;
		i = layout_behind(y, i);
	}
	return i;
}

/* Does [open, close] stand on one line, behind `column` columns? */
static bool fits(const struct layout *y, size_t open, size_t close, size_t column)
{
	return y->breaks[close] == y->breaks[open] &&
	       column + width_of(y, open) + (y->widths[close] - y->widths[open]) <= FORMAT_WIDTH;
}

/* All branches of the chain that begins at `open` are laid out as one. */
static void decide_chain(struct layout *y, size_t open, size_t column)
{
	size_t last = open, branch = open;
	uint8_t kind;

	for (; branch != SIZE_MAX; branch = next_branch(y, token(y, branch)->other))
		last = token(y, branch)->other;
	kind = 1 + (fits(y, open, last, column) ? LAYOUT_LINE : LAYOUT_LINES);
	for (branch = open; branch != SIZE_MAX; branch = next_branch(y, token(y, branch)->other))
		y->decided[branch] = kind;
}

/* Is a bracket all that is in the brackets, without a comment around it? */
static bool hugs(const struct layout *y, size_t open)
{
	size_t close = token(y, open)->other, inner = open + 1, behind;

	if (kind_of(y, open) == TOK_OPEN_BRACE || inner >= close ||
	    !token_is(kind_of(y, inner), TRAIT_OPENS))
		return false;
	behind = token(y, inner)->other + 1;
	if (kind_of(y, behind) == TOK_COMMA && !has_comment_between(y, behind - 1))
		behind++;
	return behind == close && !has_comment_between(y, open) &&
	       !has_comment_between(y, close - 1);
}

enum layout_kind layout_of(struct layout *y, size_t open, size_t column)
{
	size_t close = token(y, open)->other;

	if (close == open + 1)
		return has_comment_between(y, open) ? LAYOUT_LINES : LAYOUT_LINE;
	if (y->decided[open] == 0 && kind_of(y, open) == TOK_OPEN_BRACE &&
	    next_branch(y, close) != SIZE_MAX)
		decide_chain(y, open, column);
	if (y->decided[open] == 1 + LAYOUT_LINES)
		return LAYOUT_LINES;
	if (fits(y, open, close, column))
		return LAYOUT_LINE;
	return hugs(y, open) ? LAYOUT_HUG : LAYOUT_LINES;
}
