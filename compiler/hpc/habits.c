/* SPDX-License-Identifier: Apache-2.0 */
/*
 * habits.c - what people who come from YAML, the shell, Terraform, Python or C write in values and types, and what they
 * mean by it. One error and one help each, and a fix where one edit mends it.
 */
#include "compiler/base/buf.h"
#include "compiler/hpc/parser.h"

static struct str text_at(const struct parser *p, size_t token)
{
	return token_text(p->l, token < p->l->n ? token : p->l->n - 1);
}

struct diag *habit_foreign(struct parser *p, size_t from, size_t to)
{
	struct span at;

	if (!fails(p))
		return NULL;
	at = span_in(p->l->src, token_at(p, from)->lo, token_at(p, to)->hi);
	return diag_foreign_form(p->ds, at, span_text(at));
}

/* ---- where a value begins ---- */

/* Words for true, false and null in other languages; names of values begin with a small letter here. */
static const struct {
	const char *word, *ours;
} LITERALS[] = {
	{"True", "true"}, {"TRUE", "true"}, {"False", "false"}, {"FALSE", "false"},
	{"None", "null"}, {"Null", "null"}, {"NULL", "null"},	{"Nil", "null"},
	{"Yes", "true"},  {"YES", "true"},  {"No", "false"},	{"NO", "false"},
};

static bool literal_of_others(struct parser *p)
{
	for (size_t i = 0; i < ARRAY_LEN(LITERALS); i++) {
		struct diag *d;

		if (!is_word(p, p->at, LITERALS[i].word) || peek_ahead(p, 1) == TOK_DOT ||
		    peek_ahead(p, 1) == TOK_COLON)
			continue;
		d = habit_foreign(p, p->at, p->at);
		if (d != NULL) {
			diag_help(p->ds, d, "write `%s`", LITERALS[i].ours);
			diag_fix(p->ds, d, token_span(p, p->at), str_c(LITERALS[i].ours), true);
		}
		return true;
	}
	return false;
}

/* Does an operator that binds less tightly than `!` not go on behind the operand that begins at the token? */
static bool is_one_operand(const struct parser *p, size_t token)
{
	size_t i = behind(p, token);
	enum tok kind;

	while (token_at(p, i)->kind == TOK_DOT || token_at(p, i)->kind == TOK_OPEN_BRACKET ||
	       token_at(p, i)->kind == TOK_OPEN_PAREN)
		i = behind(p, token_at(p, i)->kind == TOK_DOT ? i + 1 : i);
	kind = (enum tok)token_at(p, i)->kind;
	return token_at(p, i)->sep || kind == TOK_AND || kind == TOK_OR || kind == TOK_THEN ||
	       kind == TOK_ELSE || kind == TOK_COMMA || kind == TOK_COLON ||
	       kind == TOK_OPEN_BRACE || kind == TOK_ARROW || token_is(kind, TRAIT_CLOSES) ||
	       is_word(p, i, "and") || is_word(p, i, "or");
}

/* Words that stand before a value in other languages, with another token behind them on the line. */
static bool word_before_value(struct parser *p)
{
	const struct token *next = token_at(p, p->at + 1);
	bool value = begins_expr((enum tok)next->kind) && !next->sep && next->gap &&
		     next->kind != TOK_MINUS && next->kind != TOK_OPEN_BRACKET &&
		     next->kind != TOK_OPEN_PAREN;
	struct diag *d;

	if (value && is_word(p, p->at, "return")) {
		d = habit_foreign(p, p->at, p->at);
		if (d != NULL)
			diag_help(p->ds, d,
				  "a function is its value: `fn f(…) = value`, or `fn f(…) { Key: "
				  "value }`");
		return true;
	}
	if (value && is_word(p, p->at, "not")) {
		d = habit_foreign(p, p->at, p->at);
		if (d != NULL) {
			bool alone = is_one_operand(p, p->at + 1);

			diag_help(p->ds, d, alone ? "write `!`" : "write `!( … )`");
			if (alone)
				diag_fix(p->ds, d,
					 span_in(p->l->src, token_at(p, p->at)->lo, next->lo),
					 STR("!"), true);
		}
		return true;
	}
	if ((is_word(p, p->at, "lambda") || is_word(p, p->at, "fn") || is_word(p, p->at, "func")) &&
	    (next->kind == TOK_NAME || next->kind == TOK_OPEN_PAREN) && !next->sep &&
	    (value || !is_word(p, p->at, "fn"))) {
		d = habit_foreign(p, p->at, p->at);
		if (d != NULL)
			diag_help(p->ds, d,
				  "functions are no values; `fn` stands at the top level of a "
				  "file, and "
				  "`[for x in xs => …]` goes over a list");
		return true;
	}
	return false;
}

bool habit_foreign_value(struct parser *p)
{
	return literal_of_others(p) || word_before_value(p);
}

/* `- ` at the begin of a line, before an item. */
static bool is_dash(const struct parser *p, size_t token)
{
	const struct token *t = token_at(p, token), *next = token_at(p, token + 1);

	return t->kind == TOK_MINUS && t->first &&
	       (next->kind == TOK_END || (next->gap && !next->first));
}

/* Steps over lines that are indented more than `indent`, and over those with a dash, in the bracket that ->at is in. */
static void skip_deeper(struct parser *p, uint32_t indent)
{
	size_t from = p->at;

	for (;;) {
		const struct token *t = token_at(p, p->at);

		if (t->kind == TOK_END || token_is((enum tok)t->kind, TRAIT_CLOSES))
			break;
		if (t->first && p->at > from && token_indent(p->l, p->at) <= indent &&
		    !(is_dash(p, p->at) && token_indent(p->l, p->at) == indent))
			break;
		p->at = behind(p, p->at);
	}
	mute(p, from, p->at);
}

void skip_bracket(struct parser *p)
{
	size_t from = p->at;

	for (;;) {
		const struct token *t = token_at(p, p->at);

		if (t->kind == TOK_END || token_is((enum tok)t->kind, TRAIT_CLOSES))
			break;
		p->at = behind(p, p->at);
	}
	mute(p, from, p->at);
}

/* The dashes of a list in brackets, whose first is at ->at, are mended together. */
static void mend_dashes(struct parser *p, struct diag *d)
{
	size_t i = p->at;

	for (;;) {
		const struct token *t = token_at(p, i);

		if (t->kind == TOK_END || t->kind == TOK_CLOSE_BRACKET ||
		    t->kind == TOK_CLOSE_BRACE)
			return;
		if (is_dash(p, i))
			diag_fix(p->ds, d, span_in(p->l->src, t->lo, token_at(p, i + 1)->lo),
				 (struct str){"", 0}, true);
		i = behind(p, i);
	}
}

bool habit_dash(struct parser *p)
{
	bool in_list = p->at > 0 && token_at(p, p->at - 1)->kind != TOK_COLON;
	struct diag *d;

	if (!is_dash(p, p->at))
		return false;
	if (fails(p)) {
		d = diag_dash(p->ds, token_span(p, p->at));
		diag_help(p->ds, d,
			  in_list ? "remove it: an item a line is enough"
				  : "a list stands in brackets, one item a line: `Key: [ … ]`");
		if (in_list)
			mend_dashes(p, d);
	}
	if (in_list) {
		skip_bracket(p);
	} else {
		skip_deeper(p, token_indent(p->l, p->at > 0 ? p->at - 1 : 0));
	}
	return true;
}

/* E0728 for `for`, `...`, `let` where a value is needed. */
static bool misplaced_word(struct parser *p)
{
	const char *where = "in a list or a section";

	/* At the beginning of a line it is an item by itself: what stands before it is not complete. */
	if ((peek(p) == TOK_LET || peek(p) == TOK_ASSERT || peek(p) == TOK_WARN) &&
	    token_at(p, p->at)->first)
		return false;
	if (peek(p) == TOK_LET || peek(p) == TOK_ASSERT || peek(p) == TOK_WARN)
		where = "at the top level of a file and in sections";
	else if (peek(p) != TOK_FOR && peek(p) != TOK_SPREAD)
		return false;
	if (fails(p)) {
		struct diag *d =
			diag_misplaced(p->ds, token_span(p, p->at), text_at(p, p->at), where);

		if (peek(p) == TOK_FOR)
			diag_help(p->ds, d,
				  "a list that is made in a loop stands in brackets: `[for x in xs "
				  "=> …]`");
	}
	return true;
}

/* The bare word around the token, in quotes, as a fix. */
static void quote_word(struct parser *p, struct diag *d, size_t token, bool certain)
{
	size_t lo;
	struct str word = lex_bare_word(p->l->src->text, token_at(p, token)->lo, &lo);

	if (word.n == 0)
		return;
	diag_help(p->ds, d, "text needs quotes: `\"" STR_F "\"`", STR_A(word));
	diag_fix(p->ds, d, span_in(p->l->src, lo, lo + word.n),
		 arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)), certain);
}

void habit_no_value(struct parser *p)
{
	struct diag *d;
	const struct token *next = token_at(p, p->at + 1);

	if (misplaced_word(p))
		return;
	d = expected(p, "a value");
	if (d == NULL)
		return;
	if (peek(p) == TOK_TIMES && next->kind == TOK_NAME && !next->gap)
		diag_help(p->ds, d,
			  "there are no aliases; name the value, `let " STR_F
			  " = …`, and write `" STR_F "`",
			  STR_A(text_at(p, p->at + 1)), STR_A(text_at(p, p->at + 1)));
	else if ((peek(p) == TOK_OVER || peek(p) == TOK_DOT) && !next->gap)
		quote_word(p, d, p->at, true);
	else if (peek(p) == TOK_IF)
		diag_help(p->ds, d, "an `if` within an expression stands in parentheses");
	else if (p->at > 1 && token_at(p, p->at - 1)->kind == TOK_REST &&
		 token_at(p, p->at - 2)->kind == TOK_NUMBER)
		diag_help(p->ds, d, "a number of percent has no sign: write `" STR_F "`",
			  STR_A(text_at(p, p->at - 2)));
	else if (peek(p) == TOK_PLUS && next->kind == TOK_NUMBER)
		diag_help(p->ds, d, "a number has no plus sign");
	else if (peek(p) == TOK_REST || peek(p) == TOK_TIMES)
		quote_word(p, d, p->at, false);
	else if (peek(p) == TOK_ASSIGN && p->at > 0 && token_at(p, p->at - 1)->kind == TOK_NOT)
		diag_help(p->ds, d, "write `!=`");
	else if (peek(p) == TOK_ELSE)
		diag_help(p->ds, d, "write `null` for nothing");
}

/* ---- behind a value ---- */

static const struct {
	const char *word, *ours;
} OPERATORS[] = {
	{"and", "&&"}, {"or", "||"},  {"is", "=="}, {"eq", "=="},
	{"ne", "!="},  {"xor", "!="}, {"mod", "%"}, {"div", "/"},
};

/* Does the condition that the token stands behind begin with `if`, `assert` or `warn` on this line? */
static bool in_condition(const struct parser *p)
{
	for (size_t i = p->at; i-- > 0;) {
		enum tok kind = (enum tok)token_at(p, i)->kind;

		if (kind == TOK_IF || kind == TOK_ASSERT || kind == TOK_WARN)
			return true;
		if (token_at(p, i + 1)->sep || kind == TOK_OPEN_BRACE || kind == TOK_COMMA ||
		    kind == TOK_ASSIGN || kind == TOK_THEN || kind == TOK_COLON ||
		    p->at - i > HPC_MAX_DEPTH)
			return false;
	}
	return false;
}

/* `a ? b : c` */
static void ternary(struct parser *p)
{
	struct diag *d = habit_foreign(p, p->at, p->at);

	if (d != NULL)
		diag_help(p->ds, d, "write `if condition then value else other`");
}

/* `a = b` where a comparison is meant: behind a condition. */
static void assign(struct parser *p)
{
	struct diag *d = expected(p, "`==`");

	if (d != NULL) {
		diag_help(p->ds, d,
			  "`==` compares; `=` stands behind `let`, `param` and `fn` alone");
		diag_fix(p->ds, d, token_span(p, p->at), STR("=="), true);
	}
}

/* `value if condition else other`, `value for x in xs`: what stands behind stands before, here. */
static void clauses_behind(struct parser *p)
{
	struct diag *d = habit_foreign(p, p->at, p->at);

	if (d == NULL)
		return;
	if (peek(p) == TOK_FOR)
		diag_help(p->ds, d, "the loop stands before its value: `[for x in xs => value]`");
	else
		diag_help(p->ds, d,
			  "the condition stands before its value: `if condition then value else "
			  "other`");
}

/* `not in` */
static bool not_in(struct parser *p)
{
	struct diag *d;

	if (!is_word(p, p->at, "not") || peek_ahead(p, 1) != TOK_IN)
		return false;
	d = habit_foreign(p, p->at, p->at + 1);
	if (d != NULL)
		diag_help(p->ds, d, "write `!(x in xs)`");
	return true;
}

void habit_foreign_operator(struct parser *p)
{
	for (size_t i = 0; i < ARRAY_LEN(OPERATORS); i++) {
		struct diag *d;

		if (!is_word(p, p->at, OPERATORS[i].word) || !begins_expr(peek_ahead(p, 1)))
			continue;
		d = habit_foreign(p, p->at, p->at);
		if (d != NULL) {
			bool value = is_word(p, p->at, "or") && !in_condition(p);

			if (value)
				diag_help(p->ds, d,
					  "write `||` between conditions, `??` before a value "
					  "in place of null");
			else
				diag_help(p->ds, d, "write `%s`", OPERATORS[i].ours);
			diag_fix(p->ds, d, token_span(p, p->at), str_c(OPERATORS[i].ours), !value);
		}
		return;
	}
	if (not_in(p))
		return;
	if (peek(p) == TOK_QUESTION)
		ternary(p);
	else if (peek(p) == TOK_ASSIGN && in_condition(p))
		assign(p);
}

/* Has the colon no blank on either side, as in `10:30`? */
static bool is_tight(const struct parser *p, size_t colon)
{
	const struct token *next = token_at(p, colon + 1);

	return !token_at(p, colon)->gap && !next->gap &&
	       (next->kind == TOK_NAME || next->kind == TOK_NUMBER);
}

void habit_colon(struct parser *p)
{
	struct str key = {0};
	size_t first = p->at;
	uint32_t indent = token_indent(p->l, first);

	/* The key whose value begins on a line of its own: that line and those that are deeper are its section. */
	for (size_t i = first; i-- > 0 && !token_at(p, i + 1)->sep;) {
		if (token_at(p, i)->kind == TOK_COLON && token_at(p, i + 1)->first && i > 0) {
			key = text_at(p, i - 1);
			indent = token_indent(p->l, i - 1);
			break;
		}
		if (token_at(p, i)->kind == TOK_COMMA ||
		    token_is((enum tok)token_at(p, i)->kind, TRAIT_OPENS))
			break;
		if (token_is((enum tok)token_at(p, i)->kind, TRAIT_CLOSES))
			i = token_at(p, i)->other;
	}
	if (fails(p)) {
		struct diag *d = diag_yaml_nesting(p->ds, token_span(p, first));

		if (key.n > 0)
			diag_help(p->ds, d, "a section stands in braces: `" STR_F " { … }`",
				  STR_A(key));
		else if (is_tight(p, first))
			quote_word(p, d, first, true);
		else if (token_at(p, first - 1)->kind == TOK_NAME)
			diag_help(p->ds, d, "keys stand in braces: `{ " STR_F ": … }`",
				  STR_A(text_at(p, first - 1)));
		else
			diag_help(p->ds, d, "a section stands in braces: `Key { … }`");
	}
	if (key.n > 0)
		skip_deeper(p, indent);
	else if (is_tight(p, first))
		p->at++;
}

/* A word of people behind a value on one line: text without quotes, such as `eu west 1`. */
static bool is_bare_text(const struct parser *p, const char *things)
{
	const struct token *before = token_at(p, p->at - 1);

	if (before->kind != TOK_NAME || peek(p) != TOK_NAME ||
	    str_eq(str_c(things), STR("items of a file")))
		return false;
	return p->at >= 2 && token_at(p, p->at - 2)->kind == TOK_COLON &&
	       peek_ahead(p, 1) != TOK_COLON && peek_ahead(p, 1) != TOK_OPEN_BRACE &&
	       peek_ahead(p, 1) != TOK_DOT && peek_ahead(p, 1) != TOK_OPEN_BRACKET;
}

/* All words to the end of the line are one text. */
static void bare_text(struct parser *p)
{
	size_t from = p->at - 1, to = p->at;
	struct span at;
	struct diag *d;

	while ((token_at(p, to + 1)->kind == TOK_NAME || token_at(p, to + 1)->kind == TOK_NUMBER) &&
	       !token_at(p, to + 1)->sep)
		to++;
	if (!fails(p))
		return;
	at = span_in(p->l->src, token_at(p, from)->lo, token_at(p, to)->hi);
	d = diag_text_without_quotes(p->ds, at, span_text(at));
	diag_help(p->ds, d, "write `\"" STR_F "\"`", STR_A(span_text(at)));
	diag_fix(p->ds, d, at, arena_fmt(p->a, "\"" STR_F "\"", STR_A(span_text(at))), true);
}

/* `elif`: `else if` of other languages. */
bool is_elif(const struct parser *p, size_t token)
{
	return is_word(p, token, "elif") || is_word(p, token, "elsif") ||
	       is_word(p, token, "elseif");
}

void habit_elif(struct parser *p)
{
	struct diag *d = habit_foreign(p, p->at, p->at);

	if (d != NULL) {
		diag_help(p->ds, d, "write `else if`");
		diag_fix(p->ds, d, token_span(p, p->at), STR("else if"), true);
	}
}

/* `{ A: 1 B: 2 }`: the unit behind the number is a key. */
static bool unit_is_key(struct parser *p)
{
	const struct token *before = token_at(p, p->at - 1);
	uint32_t hi = before->other;
	struct diag *d;

	if (before->kind != TOK_NUMBER || hi == 0 || !is_alnum(p->l->src->text.s[hi]) ||
	    p->l->src->text.s[hi - 1] != ' ')
		return false;
	if (fails(p)) {
		d = diag_missing_comma(p->ds, span_in(p->l->src, hi, before->hi), "entries");
		diag_help(p->ds, d, "`" STR_F "` behind a number is its unit",
			  STR_A(span_text(span_in(p->l->src, hi, before->hi))));
	}
	return true;
}

/* Has it two colons or more, as `arn:aws:s3:::bucket` has? */
static bool has_colons(struct str word)
{
	size_t first = str_find(word, ':', 0);

	return first < word.n && str_find(word, ':', first + 1) < word.n;
}

/* `s3://a/b`, `arn:aws:…` without quotes: true, where it was reported. */
static bool is_address(struct parser *p)
{
	size_t lo, from = p->at;
	struct str word = lex_bare_word(p->l->src->text, token_at(p, p->at)->lo, &lo);
	struct span at = span_in(p->l->src, lo, lo + word.n);
	struct diag *d;

	if (word.n == 0 || word.s[0] == ':' || is_digit(word.s[0]) ||
	    (str_find_str(word, STR("://"), 0) == SIZE_MAX && !has_colons(word)))
		return false;
	if (fails(p)) {
		d = diag_text_without_quotes(p->ds, at, word);
		diag_help(p->ds, d, "write `\"" STR_F "\"`", STR_A(word));
		diag_fix(p->ds, d, at, arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)), true);
	}
	while (peek(p) != TOK_END && token_at(p, p->at)->lo < at.hi)
		p->at++;
	mute(p, from, p->at);
	return true;
}

/* Is it likely the name of a type: one with a capital, or of the language? */
static bool is_type_word(struct str word)
{
	static const char *const words[] = {"bool",  "string", "number",       "int",
					    "size",  "rate",   "any",	       "duration",
					    "money", "price",  "rate_per_size"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(word, str_c(words[i])))
			return true;
	}
	return word.n > 0 && is_upper(word.s[0]);
}

/* `int a`: the type before the name of a parameter; `a int`: no colon between them. */
static void type_before_name(struct parser *p)
{
	struct diag *d;
	struct str type = text_at(p, p->at - 1), name = text_at(p, p->at);

	if (!fails(p))
		return;
	if (is_type_word(name) && !is_type_word(type)) {
		d = diag_expected(p->ds, token_span(p, p->at), "`:`",
				  arena_fmt(p->a, "`" STR_F "`", STR_A(name)));
		diag_help(p->ds, d,
			  "the type of a parameter stands behind a colon: `" STR_F ": " STR_F "`",
			  STR_A(type), STR_A(name));
		diag_fix(p->ds, d,
			 span_in(p->l->src, token_at(p, p->at - 1)->hi, token_at(p, p->at - 1)->hi),
			 STR(":"), true);
		return;
	}
	d = diag_expected(p->ds, token_span(p, p->at), "`:` or a comma",
			  arena_fmt(p->a, "`" STR_F "`", STR_A(name)));
	diag_help(p->ds, d, "the name stands before its type: `" STR_F ": " STR_F "`", STR_A(name),
		  STR_A(type));
}

/* `x => y` as a value. */
static void arrow(struct parser *p)
{
	struct diag *d = habit_foreign(p, p->at, p->at);

	if (d != NULL)
		diag_help(p->ds, d,
			  "functions are no values; `[for x in xs => y]` goes over a list");
}

/* A text right behind a word or a text: `f"…"`, 'it''s'. */
static void text_at_text(struct parser *p)
{
	struct diag *d = expected(p, "the end of the value");

	if (d == NULL)
		return;
	if (token_at(p, p->at - 1)->kind == TOK_NAME)
		diag_help(p->ds, d,
			  "texts have no letter before them; `${name}` stands in `\"…\"`, and '…' "
			  "is raw");
	else
		diag_help(p->ds, d,
			  "a text with quotes in it stands between the others, or has `\\\"` in "
			  "`\"…\"`");
}

/* `!Ref x`, `!GetAtt a.b`: a tag of CloudFormation behind `!`. */
static bool is_tag(const struct parser *p)
{
	return p->at >= 2 && token_at(p, p->at - 1)->kind == TOK_NAME &&
	       !token_at(p, p->at - 1)->gap && token_at(p, p->at - 2)->kind == TOK_NOT &&
	       is_upper(text_at(p, p->at - 1).s[0]) && begins_expr(peek(p));
}

static void tag(struct parser *p)
{
	struct diag *d = habit_foreign(p, p->at - 2, p->at - 1);

	if (d != NULL)
		diag_help(p->ds, d,
			  "there are no tags; write the name of a value alone, what another stack "
			  "exports "
			  "as `name.Outputs.X`, a text with values in it as `\"${a}-${b}\"`");
}

void habit_behind(struct parser *p, const char *things)
{
	bool parameters = str_eq(str_c(things), STR("parameters"));
	struct diag *d;

	if (peek(p) == TOK_COLON && !parameters) {
		if (unit_is_key(p) || is_address(p))
			return;
		habit_colon(p);
		if (str_eq(str_c(things), STR("items")))
			skip_bracket(p); /* the other keys lack the same braces */
	} else if (is_elif(p, p->at)) {
		habit_elif(p);
	} else if (peek(p) == TOK_ARROW) {
		arrow(p);
	} else if (parameters && peek(p) == TOK_NAME && peek_ahead(p, 1) != TOK_COLON &&
		   token_at(p, p->at - 1)->kind == TOK_NAME) {
		type_before_name(p);
	} else if (peek(p) == TOK_FOR || peek(p) == TOK_IF) {
		clauses_behind(p);
	} else if (is_bare_text(p, things)) {
		bare_text(p);
	} else if (peek(p) == TOK_TEXT && !token_at(p, p->at)->gap) {
		text_at_text(p);
	} else if (is_tag(p)) {
		tag(p);
	} else if (str_eq(str_c(things), STR("items of a file"))) {
		d = expected(p, "a new line");
		if (d != NULL && peek(p) == TOK_COMMA &&
		    token_at(p, p->at - 1)->kind == TOK_NUMBER && peek_ahead(p, 1) == TOK_NUMBER)
			diag_help(p->ds, d, "a number has no commas: `1_000`");
	} else if (str_eq(str_c(things), STR("values"))) {
		d = expected(p, "`)`");
		if (d != NULL && peek(p) == TOK_COMMA)
			diag_help(p->ds, d, "a list stands in brackets: `[1, 2]`");
	} else if (begins_expr(peek(p)) || peek(p) == TOK_SPREAD) {
		if (fails(p)) {
			d = diag_missing_comma(p->ds, token_span(p, p->at), things);
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, p->at - 1)->hi,
					 token_at(p, p->at - 1)->hi),
				 STR(","), true);
		}
	} else if (peek(p) == TOK_THEN || peek(p) == TOK_ELSE || peek(p) == TOK_ASSIGN ||
		   peek(p) == TOK_ARROW || peek(p) == TOK_IN || peek(p) == TOK_BAR ||
		   peek(p) == TOK_QUESTION) {
		expected(p, "a comma or a new line");
	} else {
		expected(p, "a comma");
	}
}
