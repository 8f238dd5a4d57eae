/* SPDX-License-Identifier: Apache-2.0 */
/* lex.c - blanks, comments, signs and words; texts are lex_quoted.c's, numbers lex_number.c's. */
#include "compiler/hpc/lex.h"

#include "compiler/base/lookalike.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/lex_state.h"

enum { LONGEST_WORD = 256, BOM_BYTES = 3, DELETE_CHARACTER = 0x7f };

struct fixed {
	enum tok kind;
	struct str text;
};

static const struct fixed SIGNS[] = {
#define TOKEN(id, text) {TOK_##id, STR_INIT(text)},
	SIGN_TOKENS
#undef TOKEN
};

static const struct fixed WORDS[] = {
#define TOKEN(id, text) {TOK_##id, STR_INIT(text)},
	WORD_TOKENS
#undef TOKEN
};

/* Signs of other languages, and the token that goes on in their place; TOK_FOREIGN: none. */
static const struct fixed FOREIGN[] = {
	{TOK_EQ, STR_INIT("===")},     {TOK_NE, STR_INIT("!==")},     {TOK_FOREIGN, STR_INIT("->")},
	{TOK_FOREIGN, STR_INIT("<-")}, {TOK_DOT, STR_INIT("?.")},     {TOK_ASSIGN, STR_INIT(":=")},
	{TOK_DOT, STR_INIT("::")},     {TOK_TIMES, STR_INIT("**")},   {TOK_PLUS, STR_INIT("++")},
	{TOK_ASSIGN, STR_INIT("+=")},  {TOK_FOREIGN, STR_INIT("<<")}, {TOK_FOREIGN, STR_INIT(">>")},
	{TOK_NE, STR_INIT("<>")},      {TOK_FOREIGN, STR_INIT("|>")}, {TOK_FOREIGN, STR_INIT("<|")},
};

static const uint8_t TRAITS[TOK_FOREIGN + 1] = {
	[TOK_SPREAD] = TRAIT_NEEDS_MORE,
	[TOK_RANGE] = TRAIT_BEGINS_VALUE | TRAIT_ENDS_VALUE | TRAIT_NEEDS_BEFORE,
	[TOK_DOT] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_ARROW] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_EQ] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_NE] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_LE] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_GE] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_AND] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_OR] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_DEFAULT] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_OPEN_BRACE] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE | TRAIT_OPENS,
	[TOK_CLOSE_BRACE] = TRAIT_ENDS_VALUE | TRAIT_NEEDS_BEFORE | TRAIT_CLOSES,
	[TOK_OPEN_BRACKET] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE | TRAIT_OPENS,
	[TOK_CLOSE_BRACKET] = TRAIT_ENDS_VALUE | TRAIT_NEEDS_BEFORE | TRAIT_CLOSES,
	[TOK_OPEN_PAREN] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE | TRAIT_OPENS,
	[TOK_CLOSE_PAREN] = TRAIT_ENDS_VALUE | TRAIT_NEEDS_BEFORE | TRAIT_CLOSES,
	[TOK_COMMA] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_COLON] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_ASSIGN] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_BAR] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_QUESTION] = TRAIT_NEEDS_BEFORE,
	[TOK_NOT] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE,
	[TOK_LT] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_GT] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_PLUS] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_MINUS] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE,
	[TOK_TIMES] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_OVER] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_REST] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_LET] = TRAIT_NEEDS_MORE,
	[TOK_ASSERT] = TRAIT_NEEDS_MORE,
	[TOK_WARN] = TRAIT_NEEDS_MORE,
	[TOK_IF] = TRAIT_BEGINS_VALUE | TRAIT_NEEDS_MORE,
	[TOK_THEN] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_ELSE] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_FOR] = TRAIT_NEEDS_MORE,
	[TOK_IN] = TRAIT_NEEDS_MORE | TRAIT_NEEDS_BEFORE,
	[TOK_TRUE] = TRAIT_BEGINS_VALUE,
	[TOK_FALSE] = TRAIT_BEGINS_VALUE,
	[TOK_NULL] = TRAIT_BEGINS_VALUE,
	[TOK_NAME] = TRAIT_BEGINS_VALUE | TRAIT_ENDS_VALUE,
	[TOK_NUMBER] = TRAIT_BEGINS_VALUE | TRAIT_ENDS_VALUE,
	[TOK_TEXT] = TRAIT_BEGINS_VALUE,
	[TOK_HOLE] = TRAIT_NEEDS_MORE | TRAIT_OPENS,
	[TOK_HOLE_END] = TRAIT_NEEDS_BEFORE | TRAIT_CLOSES,
	[TOK_TEXT_END] = TRAIT_ENDS_VALUE,
};

bool token_is(enum tok kind, enum trait trait)
{
	return (TRAITS[kind] & (unsigned)trait) != 0;
}

size_t lex_add(struct lexer *x, enum tok kind, size_t lo, size_t hi)
{
	struct lex *l = x->out;

	l->tokens = arena_grow(x->a, l->tokens, sizeof *l->tokens, l->n, &x->tokens_cap);
	l->tokens[l->n] = (struct token){
		.lo = (uint32_t)lo,
		.hi = (uint32_t)hi,
		.line = x->line,
		.kind = (uint8_t)kind,
		.sep = x->newline || x->semicolon,
		.first = x->first,
		.gap = x->gap,
	};
	if (token_is(kind, TRAIT_OPENS))
		x->depth++;
	else if (token_is(kind, TRAIT_CLOSES) && x->depth > 0)
		x->depth--;
	if (kind == TOK_ASSERT || kind == TOK_WARN)
		x->check_line = x->line + 1;
	x->newline = x->gap = x->first = x->semicolon = false;
	x->at = hi;
	return l->n++;
}

void lex_fault(struct lexer *x, enum fault_kind kind, size_t lo, size_t hi)
{
	struct lex *l = x->out;

	l->faults = arena_grow(x->a, l->faults, sizeof *l->faults, l->nfaults, &x->faults_cap);
	l->faults[l->nfaults++] =
		(struct fault){.kind = kind, .lo = (uint32_t)lo, .hi = (uint32_t)hi};
}

/* How many blanks and tabs stand at `line_start`. */
static size_t indent_at(struct str text, size_t line_start)
{
	size_t i = line_start;

	while (i < text.n && (text.s[i] == ' ' || text.s[i] == '\t'))
		i++;
	return i - line_start;
}

void lex_line(struct lexer *x, size_t at)
{
	struct lex *l = x->out;

	l->lines = arena_grow(x->a, l->lines, sizeof *l->lines, l->nlines, &x->lines_cap);
	l->indents = arena_grow(x->a, l->indents, sizeof *l->indents, l->nlines, &x->indents_cap);
	l->indents[l->nlines] = (uint32_t)indent_at(x->text, at);
	l->lines[l->nlines++] = (uint32_t)at;
	x->line = (uint32_t)(l->nlines - 1);
}

void lex_hidden(struct lexer *x, size_t i)
{
	unsigned char c = (unsigned char)x->text.s[i];
	uint32_t cp = c;
	unsigned bytes = 1;

	if ((c >= ' ' && c < DELETE_CHARACTER) || c == '\t' || (c & 0xc0) == 0x80)
		return;
	if (c > DELETE_CHARACTER)
		bytes = utf8_decode(x->text, i, &cp);
	if (cp < ' ' || (cp >= DELETE_CHARACTER && cp < 0xa0))
		lex_fault(x, FAULT_CHARACTER, i, i + bytes);
	else if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		lex_fault(x, FAULT_HIDDEN, i, i + bytes);
}

static char at_byte(const struct lexer *x, size_t i)
{
	return i < x->text.n ? x->text.s[i] : '\0';
}

static bool starts(const struct lexer *x, struct str prefix)
{
	return str_starts(str_slice(x->text, x->at, x->end), prefix);
}

static size_t line_end(const struct lexer *x, size_t from)
{
	while (from < x->end && x->text.s[from] != '\n' && x->text.s[from] != '\r')
		from++;
	return from;
}

static void read_newline(struct lexer *x)
{
	x->at += starts(x, STR("\r\n")) ? 2 : 1;
	x->newline = x->gap = x->first = true;
	lex_line(x, x->at);
}

static void read_comment(struct lexer *x)
{
	struct lex *l = x->out;
	size_t end = line_end(x, x->at);

	l->comments =
		arena_grow(x->a, l->comments, sizeof *l->comments, l->ncomments, &x->comments_cap);
	l->comments[l->ncomments++] =
		(struct comment){(uint32_t)x->at, (uint32_t)end, x->line, x->first};
	for (size_t i = x->at; i < end; i++)
		if (x->text.s[i] < ' ' || x->text.s[i] >= DELETE_CHARACTER)
			lex_hidden(x, i);
	x->at = end;
	x->gap = true;
}

/* A comment between slash-star and star-slash, or to the end of the file. */
static void read_block_comment(struct lexer *x)
{
	size_t end = str_find_str(x->text, STR("*/"), x->at + 2);

	end = end == SIZE_MAX || end + 2 > x->end ? x->end : end + 2;
	lex_fault(x, FAULT_COMMENT, x->at, x->at + 2);
	while (x->at < end) {
		if (x->text.s[x->at] == '\n' || x->text.s[x->at] == '\r')
			read_newline(x);
		else
			x->at++;
	}
	x->gap = true;
}

/* `//` behind a blank, or at the begin of a line, is meant as a comment. */
static bool read_foreign_comment(struct lexer *x)
{
	if (starts(x, STR("/*"))) {
		read_block_comment(x);
		return true;
	}
	if (!starts(x, STR("//")) || !(x->gap || x->first))
		return false;
	lex_fault(x, FAULT_COMMENT, x->at, x->at + 2);
	x->at = line_end(x, x->at);
	x->gap = true;
	return true;
}

/* Is what stands at ->at, `|` or `>` with its signs, the head of a text block of YAML? */
static bool is_yaml_block(const struct lexer *x)
{
	const struct lex *l = x->out;
	size_t i = x->at + 1;

	if (l->n == 0 || l->tokens[l->n - 1].kind != TOK_COLON || x->newline)
		return false;
	while (at_byte(x, i) == '-' || at_byte(x, i) == '+' || is_digit(at_byte(x, i)))
		i++;
	while (at_byte(x, i) == ' ')
		i++;
	return i >= x->end || x->text.s[i] == '\n' || x->text.s[i] == '\r' || x->text.s[i] == '#';
}

/* Skips the lines of a text block of YAML: those that are indented more than the line of its key, and empty ones. */
static void read_yaml_block(struct lexer *x)
{
	size_t indent = x->out->indents[x->line];

	lex_fault(x, FAULT_YAML_BLOCK, x->at, x->at + 1);
	lex_add(x, TOK_FOREIGN, x->at, x->at + 1);
	for (;;) {
		size_t in;

		x->at = line_end(x, x->at);
		if (x->at >= x->end)
			return;
		read_newline(x);
		in = x->out->indents[x->line];
		if (in <= indent && x->at + in < x->end && line_end(x, x->at) > x->at + in)
			return;
	}
}

static bool read_blank(struct lexer *x)
{
	char c = x->text.s[x->at];

	if (c == ' ' || c == '\t') {
		x->at++;
		x->gap = true;
	} else if (c == '\n' || c == '\r') {
		read_newline(x);
	} else if (c == '#') {
		read_comment(x);
	} else if (c == ';') {
		lex_fault(x, FAULT_SEMICOLON, x->at, x->at + 1);
		x->out->faults[x->out->nfaults - 1].in_brackets = x->depth > 0;
		x->at++;
		x->semicolon = x->gap = true;
	} else {
		return read_foreign_comment(x);
	}
	return true;
}

static bool is_name_byte(char c)
{
	return is_alnum(c) || c == '_';
}

static void read_word(struct lexer *x)
{
	size_t end = x->at;
	struct str word;
	enum tok kind = TOK_NAME;

	while (end < x->end && is_name_byte(x->text.s[end]))
		end++;
	word = str_slice(x->text, x->at, end);
	for (size_t i = 0; i < ARRAY_LEN(WORDS) && kind == TOK_NAME; i++) {
		if (str_eq(word, WORDS[i].text))
			kind = WORDS[i].kind;
	}
	lex_add(x, kind, x->at, end);
}

/* Reads what begins no token: a sign with the word behind it, a word in other letters, or a control character. */
static void read_unknown(struct lexer *x)
{
	size_t lo = x->at, end = lo;
	uint32_t cp = 0;
	unsigned bytes = utf8_decode(x->text, lo, &cp);

	end += bytes == 0 ? 1 : bytes;
	if (cp == '&' || cp == '@' || cp == '$' || cp == '`' || cp > DELETE_CHARACTER) {
		while (end < x->end && (is_name_byte(x->text.s[end]) ||
					(unsigned char)x->text.s[end] > DELETE_CHARACTER))
			end++;
	}
	if (cp == '`' && str_find(x->text, '`', end) < line_end(x, end))
		end = str_find(x->text, '`', end) + 1;
	lex_fault(x, FAULT_CHARACTER, lo, end);
	lex_add(x, TOK_FOREIGN, lo, end);
}

/* The row of `rows` that the text at ->at begins with, or NULL. */
static const struct fixed *sign_at(const struct lexer *x, const struct fixed *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (starts(x, rows[i].text))
			return &rows[i];
	}
	return NULL;
}

/* `Key:: value`: a blank behind a sign of two colons, which is a colon then. */
static bool is_key_sign(const struct lexer *x, size_t end)
{
	char c = at_byte(x, end);

	return x->text.s[end - 1] == ':' && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}

static void read_sign(struct lexer *x)
{
	static const struct fixed key_sign = {TOK_COLON, STR_INIT("::")};

	const struct fixed *sign = sign_at(x, FOREIGN, ARRAY_LEN(FOREIGN));

	if (sign != NULL) {
		lex_fault(x, FAULT_FOREIGN, x->at, x->at + sign->text.n);
		if (sign->kind == TOK_DOT && is_key_sign(x, x->at + sign->text.n))
			sign = &key_sign;
	} else {
		sign = sign_at(x, SIGNS, ARRAY_LEN(SIGNS));
		if (sign == NULL) {
			read_unknown(x);
			return;
		}
	}
	lex_add(x, sign->kind, x->at, x->at + sign->text.n);
}

/* Can the last token end a value, so that a point behind it takes a member? */
static bool behind_value(const struct lexer *x)
{
	const struct lex *l = x->out;

	return l->n > 0 && !x->gap &&
	       token_is((enum tok)l->tokens[l->n - 1].kind, TRAIT_ENDS_VALUE);
}

bool lex_next(struct lexer *x)
{
	char c;

	if (x->at >= x->end)
		return false;
	if (read_blank(x))
		return true;
	c = x->text.s[x->at];
	if (is_digit(c) || (c == '.' && is_digit(at_byte(x, x->at + 1)) && !behind_value(x)))
		lex_number(x);
	else if (is_name_byte(c))
		read_word(x);
	else if (c == '"' || c == '\'')
		lex_quoted(x);
	else if ((c == '|' || c == '>') && is_yaml_block(x))
		read_yaml_block(x);
	else
		read_sign(x);
	return true;
}

/* Both are in the order of the text. */
void lex_count_faults(struct lex *l)
{
	size_t f = 0;

	for (size_t i = 0; i < l->n; i++) {
		while (f < l->nfaults && l->faults[f].lo < l->tokens[i].hi)
			f++;
		l->tokens[i].faults = (uint32_t)f;
	}
	l->tokens[l->n - 1].faults = (uint32_t)l->nfaults;
}

/* On a line on which a text is not closed all else means nothing: its tokens are broken, its other faults silent. */
static void break_lines(struct arena *a, struct lex *l)
{
	bool *broken = NEW_ARRAY(a, bool, l->nlines);
	size_t line = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct token *t = &l->tokens[i];

		if (t->kind == TOK_TEXT && t->other == i + 1 &&
		    l->tokens[i + 1].lo == l->tokens[i + 1].hi && l->tokens[i].hi == t->lo + 1)
			broken[t->line] = true;
	}
	for (size_t i = 0; i < l->n; i++)
		l->tokens[i].broken = broken[l->tokens[i].line];
	for (size_t i = 0; i < l->nfaults; i++) {
		while (line + 1 < l->nlines && l->lines[line + 1] <= l->faults[i].lo)
			line++;
		if (broken[line] && l->faults[i].kind != FAULT_OPEN_TEXT)
			l->faults[i].silent = true;
	}
}

/* Keeps the first CR without LF as a fault; it ends a line to the lexer, so that the rest is read as it looks. */
static void find_return(struct lexer *x)
{
	struct lex *l = x->out;
	struct fault f = {.kind = FAULT_RETURN};
	size_t i = str_find(x->text, '\r', 0), k;

	while (i < x->text.n && i + 1 < x->text.n && x->text.s[i + 1] == '\n')
		i = str_find(x->text, '\r', i + 1);
	if (i >= x->text.n)
		return;
	f.lo = (uint32_t)i;
	f.hi = (uint32_t)i + 1;
	lex_fault(x, FAULT_RETURN, i, i + 1);
	for (k = l->nfaults - 1; k > 0 && l->faults[k - 1].lo > f.lo; k--)
		l->faults[k] = l->faults[k - 1];
	l->faults[k] = f;
}

struct lex *lex_text(struct arena *a, const struct source *src)
{
	struct lex *l = NEW(a, struct lex);
	struct lexer x = {.a = a, .out = l, .text = src->text, .end = src->text.n, .first = true};

	l->src = src;
	if (str_starts(src->text, STR("\xef\xbb\xbf")))
		x.at = BOM_BYTES;
	lex_line(&x, x.at);
	while (lex_next(&x))
		;
	lex_add(&x, TOK_END, src->text.n, src->text.n);
	find_return(&x);
	lex_count_faults(l);
	break_lines(a, l);
	lex_brackets(a, l);
	return l;
}

struct str token_text(const struct lex *l, size_t token)
{
	return str_slice(l->src->text, l->tokens[token].lo, l->tokens[token].hi);
}

struct str token_shown(struct arena *a, const struct lex *l, size_t token)
{
	enum tok kind = (enum tok)l->tokens[token].kind;

	if (kind == TOK_END)
		return STR("the end of the file");
	if (kind == TOK_NUMBER)
		return STR("a number");
	if (kind == TOK_TEXT || kind == TOK_PIECE || kind == TOK_TEXT_END)
		return STR("a text");
	if (kind == TOK_HOLE_END)
		return STR("the end of `${ }`");
	return arena_fmt(a, "`" STR_F "`", STR_A(token_text(l, token)));
}

uint32_t token_indent(const struct lex *l, size_t token)
{
	return l->indents[l->tokens[token].line];
}

bool token_is_word(const struct lex *l, size_t token)
{
	return l->tokens[token].kind == TOK_NAME ||
	       (l->tokens[token].kind >= TOK_LET && l->tokens[token].kind <= TOK_NULL);
}

static bool is_bare_byte(char c)
{
	return is_name_byte(c) || c == '.' || c == '-' || c == '/' || c == ':' || c == '@' ||
	       c == '+' || c == '~' || c == '*';
}

struct str lex_bare_word(struct str text, size_t at, size_t *ret_lo)
{
	size_t lo = at, hi = at;

	while (lo > 0 && at - lo < LONGEST_WORD && is_bare_byte(text.s[lo - 1]))
		lo--;
	while (hi < text.n && hi - at < LONGEST_WORD && is_bare_byte(text.s[hi]))
		hi++;
	while (hi > at && (text.s[hi - 1] == ':' || text.s[hi - 1] == '.'))
		hi--;
	*ret_lo = lo;
	return str_slice(text, lo, hi);
}
