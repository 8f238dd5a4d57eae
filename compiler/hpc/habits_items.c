/* SPDX-License-Identifier: Apache-2.0 */
/* habits_items.c - what people write where entries of sections, items of files and types stand. */
#include "compiler/base/nearest.h"
#include "compiler/hpc/parser.h"

static struct str text_at(const struct parser *p, size_t token)
{
	return token_text(p->l, token < p->l->n ? token : p->l->n - 1);
}

/* ---- entries ---- */

/* The body of a function that is a value in braces. */
static void value_in_braces(struct parser *p, size_t first)
{
	struct diag *d;

	p->at = first;
	d = expected_instead(p, "a property");
	if (d != NULL)
		diag_help(p->ds, d,
			  "a function that is one value is written `fn f(…) = value`; in braces "
			  "stand properties");
}

/* `{1, 2}`, `{"a", "b"}`: the first entry is a value with a comma behind it. */
static bool is_list_in_braces(const struct parser *p)
{
	return p->at > 0 && token_at(p, p->at - 1)->kind == TOK_OPEN_BRACE &&
	       begins_expr(peek(p)) && token_at(p, behind(p, p->at))->kind == TOK_COMMA;
}

void habit_no_entry(struct parser *p)
{
	const struct token *next = token_at(p, p->at + 1);
	struct diag *d;

	if (p->in_function && begins_expr(peek(p))) {
		value_in_braces(p, p->at);
		return;
	}
	if (habit_dash(p))
		return;
	d = expected_instead(p, "a property");
	if (d == NULL)
		return;
	if (is_list_in_braces(p))
		diag_help(p->ds, d, "a list stands in brackets: `[ … ]`");
	else if (peek(p) == TOK_OPEN_BRACKET)
		diag_help(p->ds, d, "a list has a key and a colon before it: `Key: [ … ]`");
	else if (peek(p) == TOK_OPEN_BRACE)
		diag_help(p->ds, d,
			  "a section has a key before it: `Key { … }`; sections without keys stand "
			  "in a list");
	else if (peek(p) == TOK_TIMES && next->kind == TOK_TIMES)
		diag_help(p->ds, d, "the entries of another section are put in by `...name`");
	else if (peek(p) == TOK_RANGE && next->kind == TOK_NAME)
		diag_help(p->ds, d, "the entries of another section are put in by `..." STR_F "`",
			  STR_A(text_at(p, p->at + 1)));
	else if (peek(p) == TOK_ELSE)
		diag_help(p->ds, d, "`else` stands behind the `}` of its `if`");
	if (is_list_in_braces(p))
		skip_bracket(p);
}

/* `count = 3`, `for_each = xs` in a declaration. */
static bool is_repetition(const struct parser *p, size_t first)
{
	return is_word(p, first, "count") || is_word(p, first, "for_each") ||
	       is_word(p, first, "forEach");
}

static void no_colon(struct parser *p, size_t first)
{
	struct diag *d = expected(p, "`:` or `{`");
	bool property = token_at(p, first)->kind == TOK_NAME;

	if (d == NULL)
		return;
	if (is_repetition(p, first)) {
		diag_help(p->ds, d,
			  "to make several, go over a list: `for x in xs { … }`, or in a list `for "
			  "x in xs => …`");
		return;
	}
	if (property && p->at == first + 1 && is_lower(text_at(p, first).s[0]))
		diag_help(p->ds, d,
			  "a property is written `Key: value`, a name of yours `let " STR_F
			  " = value`",
			  STR_A(text_at(p, first)));
	else
		diag_help(p->ds, d, "a property is written `Key: value`");
	diag_fix(p->ds, d, span_in(p->l->src, token_at(p, p->at - 1)->hi, token_at(p, p->at)->hi),
		 STR(":"), true);
}

/* Does the token go on with an expression that began as a path? */
static bool continues_expr(enum tok kind)
{
	return kind == TOK_PLUS || kind == TOK_MINUS || kind == TOK_TIMES || kind == TOK_OVER ||
	       kind == TOK_REST || kind == TOK_EQ || kind == TOK_NE || kind == TOK_LT ||
	       kind == TOK_GT || kind == TOK_LE || kind == TOK_GE || kind == TOK_AND ||
	       kind == TOK_OR || kind == TOK_DEFAULT || kind == TOK_OPEN_PAREN ||
	       kind == TOK_CLOSE_BRACE;
}

/* The word of the language that begins an entry and is nearest to the one at the token, or NULL. */
static const char *near_entry_word(const struct parser *p, size_t token)
{
	static const char *const words[] = {"assert", "let", "warn", "for", "if"};
	struct str word = text_at(p, token);

	for (size_t i = 0; i < ARRAY_LEN(words) && p->at == token + 1; i++) {
		if (edit_distance(word, str_c(words[i]), near_limit(word)) <= near_limit(word) &&
		    is_lower(word.s[0]))
			return words[i];
	}
	return NULL;
}

void habit_behind_path(struct parser *p, size_t first)
{
	const struct token *next = token_at(p, p->at);
	struct diag *d;

	if (is_elif(p, first) && begins_expr((enum tok)next->kind) && !next->sep) {
		p->at = first;
		habit_elif(p);
	} else if (is_word(p, first, "return") && !next->sep && begins_expr((enum tok)next->kind)) {
		p->at = first;
		habit_foreign_value(p);
	} else if (p->in_function &&
		   (continues_expr(peek(p)) || (at_sep(p) && is_lower(text_at(p, first).s[0])))) {
		value_in_braces(p, first);
	} else if (peek(p) == TOK_ASSIGN || peek(p) == TOK_ARROW) {
		no_colon(p, first);
	} else if (peek(p) == TOK_COMMA && token_at(p, first - 1)->kind == TOK_OPEN_BRACE) {
		d = expected(p, "`:` or `{`");
		if (d != NULL)
			diag_help(p->ds, d, "a list stands in brackets: `[ … ]`");
		skip_bracket(p);
	} else if (near_entry_word(p, first) != NULL && begins_expr(peek(p)) && !at_sep(p)) {
		const char *word = near_entry_word(p, first);

		d = expected(p, "`:` or `{`");
		if (d == NULL)
			return;
		diag_help(p->ds, d, "did you mean `%s`?", word);
		diag_fix(p->ds, d, token_span(p, first), str_c(word), true);
	} else if (begins_expr(peek(p)) && !at_sep(p)) {
		d = expected(p, "`:` or `{`");
		if (d == NULL)
			return;
		if (is_word(p, first, "def") || is_word(p, first, "function") ||
		    is_word(p, first, "func"))
			diag_help(p->ds, d,
				  "a function stands at the top level of a file: `fn name(…) = "
				  "value`");
		else
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, p->at - 1)->hi,
					 token_at(p, p->at - 1)->hi),
				 STR(":"), token_at(p, p->at)->kind != TOK_NAME);
	} else {
		expected(p, "`:` or `{`");
	}
}

void habit_no_then(struct parser *p)
{
	struct diag *d;

	if (peek(p) == TOK_QUESTION || peek(p) == TOK_ASSIGN) {
		habit_foreign_operator(p);
		if (p->failed)
			return;
	}
	d = expected(p, "`then`");
	if (d != NULL && peek(p) == TOK_COLON)
		diag_fix(p->ds, d,
			 span_in(p->l->src, token_at(p, p->at - 1)->hi, token_at(p, p->at)->hi),
			 STR(" then"), true);
	else if (d != NULL)
		diag_help(p->ds, d,
			  "write `if condition then value else other`, or `if condition { … }`");
}

/* The arrows of other languages before a section or value. */
static bool is_other_arrow(const struct parser *p)
{
	return peek(p) == TOK_FOREIGN || peek(p) == TOK_COLON || peek(p) == TOK_ASSIGN ||
	       is_word(p, p->at, "do") || is_word(p, p->at, "as");
}

void habit_no_section(struct parser *p, const char *what)
{
	bool list = str_eq(str_c(what), STR("the clauses of a list"));
	bool title = str_eq(str_c(what), STR("the name of a declaration"));
	const struct token *next = token_at(p, p->at + 1);
	struct diag *d = expected(p, list ? "`=>` or `{`" : "`{`");

	if (d == NULL)
		return;
	if (title && peek(p) == TOK_MINUS) {
		size_t lo;
		struct str word = lex_bare_word(p->l->src->text, token_at(p, p->at)->lo, &lo);

		diag_help(p->ds, d, "a name with dashes stands in quotes: `\"" STR_F "\"`",
			  STR_A(word));
		diag_fix(p->ds, d, span_in(p->l->src, lo, lo + word.n),
			 arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)), true);
	} else if (list && is_other_arrow(p)) {
		diag_help(p->ds, d, "the value of each round stands behind `=>`");
		diag_fix(p->ds, d, token_span(p, p->at),
			 token_at(p, p->at)->gap ? STR("=>") : STR(" =>"), true);
	} else if (next->kind == TOK_OPEN_BRACE && is_other_arrow(p)) {
		diag_help(p->ds, d, "what stands behind %s is a section: `{ … }`", what);
		diag_fix(p->ds, d, span_in(p->l->src, token_at(p, p->at - 1)->hi, next->lo),
			 STR(" "), true);
	} else if (peek(p) == TOK_ARROW) {
		diag_help(p->ds, d,
			  "entries stand in braces: `for x in xs { … }`; `=>` is for lists");
	} else if (list) {
		diag_help(p->ds, d, "write `for x in xs => value`, or `for x in xs { … }`");
	} else {
		diag_help(p->ds, d, "behind %s stands a section in braces: `{ … }`", what);
	}
}

void habit_no_name(struct parser *p, const char *what)
{
	struct diag *d;
	const char *words = str_eq(str_c(what), STR("a module")) ? "the name or path of a module"
			    : str_eq(str_c(what), STR("a declaration"))
				    ? "the name of a declaration"
			    : str_eq(str_c(what), STR("a function")) ? "the name of a function"
								     : "a name";
	size_t lo;
	struct str word;

	d = expected(p, words);
	if (d == NULL)
		return;
	word = lex_bare_word(p->l->src->text, token_at(p, p->at)->lo, &lo);
	if (str_eq(str_c(what), STR("a module")) && peek(p) != TOK_TEXT && word.n > 0 &&
	    !at_sep(p)) {
		diag_help(p->ds, d, "a path stands in quotes: `use \"" STR_F "\"`", STR_A(word));
		diag_fix(p->ds, d, span_in(p->l->src, lo, lo + word.n),
			 arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)), true);
	} else if (str_eq(str_c(what), STR("a declaration"))) {
		struct str kind = text_at(p, p->at - 1);

		diag_help(p->ds, d, "write `" STR_F " name { … }`", STR_A(kind));
	} else if (peek(p) == TOK_TEXT) {
		diag_help(p->ds, d, "names stand without quotes");
	}
}

/* ---- items of a file ---- */

/* Words with which others begin what has another word here. */
static const struct {
	const char *word, *help;
} ITEM_WORDS[] = {
	{"locals", "a value of yours is named by `let name = value`"},
	{"local", "a value of yours is named by `let name = value`"},
	{"const", "a value of yours is named by `let name = value`"},
	{"var", "a value of yours is named by `let name = value`, what is set from outside by "
		"`param name: type`"},
	{"def", "a function is written `fn name(…) = value`"},
	{"func", "a function is written `fn name(…) = value`"},
	{"function", "a function is written `fn name(…) = value`"},
	{"variable", "what is set when compiling is `param name: type = value`"},
	{"parameter", "what is set when compiling is `param name: type = value`"},
	{"parameters", "what is set when compiling is `param name: type = value`"},
	{"input", "what is set when compiling is `param name: type = value`"},
	{"import",
	 "another file is used by `use \"./name.hpc\"`, a module of the library by `use std/name`"},
	{"include",
	 "another file is used by `use \"./name.hpc\"`, a module of the library by `use std/name`"},
	{"require",
	 "another file is used by `use \"./name.hpc\"`, a module of the library by `use std/name`"},
	{"from",
	 "another file is used by `use \"./name.hpc\"`, a module of the library by `use std/name`"},
	{"module", "another file is used by `use \"./name.hpc\"`; what differs from use to use is "
		   "a function"},
	{"class", "a type is named by `type Name = { field: type }`"},
	{"struct", "a type is named by `type Name = { field: type }`"},
	{"schema", "a type is named by `type Name = { field: type }`"},
	{"resource", "a declaration is `cluster name { … }`"},
	{"output",
	 "what a stack exports is read by others as `name.Outputs.X`; nothing is written for it"},
	{"data", "facts are asked for by `instance(type)` and `region(name)`"},
	{"provider", "the region is the property `Region` of the declaration"},
	{"terraform", "a file begins with its declarations; nothing is set up before"},
	{"stack", "a declaration is `cluster name { … }`; each becomes a stack"},
};

static const char *item_help(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(ITEM_WORDS); i++) {
		if (str_eq_nocase(word, str_c(ITEM_WORDS[i].word)))
			return ITEM_WORDS[i].help;
	}
	return NULL;
}

static const char *const STARTERS[] = {"cluster", "environment", "batch",  "image",
				       "use",	  "param",	 "deploy", "fn",
				       "type",	  "policy",	 "let",	   "assert"};

/* The word that begins an item and is nearest, or NULL. */
static const char *nearest_starter(struct str word)
{
	const char *best = NULL;
	unsigned least = near_limit(word);

	for (size_t i = 0; i < ARRAY_LEN(STARTERS); i++) {
		unsigned d = edit_distance(word, str_c(STARTERS[i]), least);

		if (d <= least && (best == NULL || d < least)) {
			best = STARTERS[i];
			least = d;
		}
	}
	return best;
}

/* Words and a brace at the top: a declaration of what is no kind. */
static void unknown_item(struct parser *p)
{
	struct str word = text_at(p, p->at);
	const char *help = item_help(word), *near = nearest_starter(word);
	struct diag *d;

	if (!fails(p))
		return;
	d = diag_unknown_kind(p->ds, token_span(p, p->at), word, "not a kind of declaration");
	if (help != NULL) {
		diag_help(p->ds, d, "%s", help);
	} else if (near != NULL) {
		diag_help(p->ds, d, "did you mean `%s`?", near);
		diag_fix(p->ds, d, token_span(p, p->at), str_c(near), true);
	} else {
		diag_help(p->ds, d,
			  "a declaration begins with `cluster`, `environment`, `batch` or `image`");
	}
}

/* Steps over all that is no item, so that a YAML file is one error. */
static void skip_to_item(struct parser *p)
{
	size_t from = p->at;

	while (peek(p) != TOK_END) {
		const struct token *t = token_at(p, p->at);

		if (p->at > from && t->first && token_indent(p->l, p->at) == 0 &&
		    (is_item_word(p, p->at) || peek(p) == TOK_LET || peek(p) == TOK_ASSERT ||
		     peek(p) == TOK_WARN))
			break;
		p->at = behind(p, p->at);
	}
	mute(p, from, p->at);
}

static void property_outside(struct parser *p)
{
	struct diag *d;

	if (fails(p)) {
		d = diag_property_outside(p->ds, token_span(p, p->at), text_at(p, p->at));
		diag_help(p->ds, d,
			  "put it into `cluster NAME { … }`; `hpcc import FILE.yaml` makes a "
			  "program of a YAML file");
	}
	skip_to_item(p);
}

/* NAME = value at the top. */
static void value_without_let(struct parser *p)
{
	struct diag *d;
	size_t first = p->at;

	p->at++;
	d = expected(p, "`{`");
	p->at = first;
	if (d == NULL)
		return;
	diag_help(p->ds, d, "a value is named by `let " STR_F " = …`", STR_A(text_at(p, first)));
	diag_fix(p->ds, d, span_in(p->l->src, token_at(p, first)->lo, token_at(p, first)->lo),
		 STR("let "), true);
}

void habit_no_item(struct parser *p)
{
	const struct token *next = token_at(p, p->at + 1);
	bool word = peek(p) == TOK_NAME;
	bool capital = word && is_upper(text_at(p, p->at).s[0]);
	struct diag *d;

	if (p->faulty && token_indent(p->l, p->at) > 0 && token_at(p, p->at)->first) {
		p->failed = true; /* the inside of a declaration that failed */
		skip_to_item(p);
		return;
	}
	if (word && item_help(text_at(p, p->at)) != NULL && !next->sep && next->kind != TOK_COLON &&
	    next->kind != TOK_DOT) {
		unknown_item(p);
	} else if (word && !next->sep && (next->kind == TOK_NAME || next->kind == TOK_TEXT)) {
		unknown_item(p);
	} else if (capital || (word && (next->kind == TOK_COLON || next->kind == TOK_DOT))) {
		property_outside(p);
	} else if (word && next->kind == TOK_ASSIGN) {
		value_without_let(p);
	} else if (word && next->kind == TOK_OPEN_BRACE && !next->sep) {
		unknown_item(p);
	} else if (habit_dash(p)) {
		skip_to_item(p);
	} else {
		d = expected_instead(p, "a declaration or another item of a file");
		if (d != NULL &&
		    (peek(p) == TOK_OPEN_BRACE || peek(p) == TOK_TEXT || peek(p) == TOK_MINUS))
			diag_help(p->ds, d,
				  "properties stand in `cluster NAME { … }`; `hpcc import "
				  "FILE.yaml` makes a program of a YAML file");
		else if (d != NULL)
			diag_help(p->ds, d,
				  "items begin with `cluster`, `let`, `fn`, `param`, `use`, "
				  "`type`, `policy` or `assert`");
		if (peek(p) == TOK_OPEN_BRACE || peek(p) == TOK_TEXT || peek(p) == TOK_MINUS)
			skip_to_item(p);
	}
}

/* ---- types ---- */

void habit_behind_type(struct parser *p, size_t first)
{
	struct str type = p->at > first ? span_text(span_from(p, first)) : (struct str){0};
	struct diag *d = NULL;

	if (peek(p) == TOK_OPEN_BRACKET && !token_at(p, p->at)->gap &&
	    peek_ahead(p, 1) == TOK_CLOSE_BRACKET) {
		d = habit_foreign(p, first, p->at + 1);
		if (d != NULL) {
			diag_help(p->ds, d, "a list of them is `[" STR_F "]`", STR_A(type));
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, first)->lo,
					 token_at(p, p->at + 1)->hi),
				 arena_fmt(p->a, "[" STR_F "]", STR_A(type)), true);
		}
	} else if (peek(p) == TOK_NULL || (peek(p) == TOK_BAR && peek_ahead(p, 1) == TOK_NULL)) {
		size_t null = peek(p) == TOK_NULL ? p->at : p->at + 1;

		d = habit_foreign(p, null - 1, null);
		if (d != NULL) {
			diag_help(p->ds, d, "what may be left out is `" STR_F "?`",
				  STR_A(str_trim(str_slice(
					  type, 0,
					  peek(p) == TOK_NULL ? str_find(type, '|', 0) : type.n))));
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, null - 2)->hi,
					 token_at(p, null)->hi),
				 STR("?"), true);
		}
	} else if (peek(p) == TOK_DEFAULT || peek(p) == TOK_QUESTION) {
		d = expected(p, "the end of the type");
		if (d != NULL) {
			diag_help(p->ds, d, "one `?` says that it may be null");
			diag_fix(p->ds, d, token_span(p, p->at),
				 peek(p) == TOK_DEFAULT ? STR("?") : STR(""), true);
		}
	} else if (peek(p) == TOK_BAR && peek_ahead(p, 1) == TOK_NAME) {
		d = expected(p, "the end of the type");
		if (d != NULL)
			diag_help(p->ds, d,
				  "a choice is between values, `\"a\" | \"b\"`; what takes several "
				  "types is `any`");
	} else if (peek(p) == TOK_LT || (peek(p) == TOK_OPEN_BRACKET && !token_at(p, p->at)->gap)) {
		d = habit_foreign(p, first, p->at);
		if (d != NULL)
			diag_help(p->ds, d,
				  "a list is `[T]`, a section with any keys `{ ...: T }`, what may "
				  "be left out `T?`");
	}
}
