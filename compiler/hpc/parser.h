/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parser.h - what the files of the parser share.
 *
 * One function a rule of the grammar (section 4 of doc/language.md); each returns a node, EXPR_FAULTY or the like after
 * an error. An error is reported once for an entry, item or argument (struct scope), and not where a fault of the lexer
 * stands in it already; the loop over entries goes on behind the next separator.
 */
#ifndef HPCC_HPC_PARSER_H
#define HPCC_HPC_PARSER_H

#include "compiler/hpc/lex.h"

/* Tokens that are of no interest: nothing that the lexer found in them is reported. */
struct muted {
	size_t from, to;
};

struct parser {
	struct arena *a;
	struct diags *ds;
	const struct lex *l;
	size_t at;	   /* the token that is looked at */
	unsigned errors;   /* in ->ds when the text was begun */
	bool faulty;	   /* an error was found */
	bool failed;	   /* in this entry */
	bool said;	   /* that was reported */
	bool quiet;	   /* nothing is reported: brackets of the item do not balance */
	uint32_t faults;   /* of the lexer, before this entry */
	unsigned nest;	   /* `if`, unary operators and types around `at` */
	unsigned links;	   /* operators and members between the file and what is read */
	bool in_loop;	   /* a `for` around declarations */
	bool in_function;  /* the section that is read is the body of a function */
	size_t item_end;   /* behind the item that begins where brackets were looked at last */
	uint32_t unclosed; /* the first fault of a bracket that is not closed, from ->faults on */
	uint8_t *marks;	   /* for the formatter: bits of enum mark for each token; or NULL */
	struct muted *mutes;
	size_t nmutes, mutes_cap;
};

/* The state of an entry around the one that is begun. */
struct scope {
	bool failed, said;
	uint32_t faults;
	size_t first; /* token */
};

/* ---- tokens ---- */

static inline enum tok peek(const struct parser *p)
{
	return (enum tok)p->l->tokens[p->at].kind;
}
static inline const struct token *token_at(const struct parser *p, size_t i)
{
	return &p->l->tokens[i < p->l->n ? i : p->l->n - 1];
}
/* The kind of the token `ahead` further; TOK_END behind the end. */
static inline enum tok peek_ahead(const struct parser *p, size_t ahead)
{
	return (enum tok)token_at(p, p->at + ahead)->kind;
}
/* Does a newline separate the token from the one before it? */
static inline bool at_sep(const struct parser *p)
{
	return token_at(p, p->at)->sep;
}
/* Is the token a NAME with this text? */
bool is_word(const struct parser *p, size_t token, const char *word);
/* Steps over a token of this kind on the same line; false: it is another. */
bool accept(struct parser *p, enum tok kind);
/* The place of a token. */
struct span token_span(const struct parser *p, size_t token);
/* From the token `first` to the one before `at`. */
struct span span_from(const struct parser *p, size_t first);

/* ---- errors ---- */

/* Begins an entry, item or argument; see end_scope. */
struct scope begin_scope(struct parser *p);
/* Ends the entry; after an error goes to the next separator of the bracket that it is in. */
void end_scope(struct parser *p, struct scope s);
/* Notes an error of the entry; true: it is to be reported. */
bool fails(struct parser *p);
/* Does a line begin here that is an item of a file, whatever stands before it? */
bool begins_item(const struct parser *p);
/* Steps to the next separator, or the end, of the bracket that `at` is in. */
void skip_entry(struct parser *p);
/* The token behind this one; behind its partner, where it opens a bracket or a text. */
size_t behind(const struct parser *p, size_t token);
/* Keeps faults of the lexer in the tokens from..to (not included) silent. */
void mute(struct parser *p, size_t from, size_t to);
/* E0712, unless the entry failed: what is expected at the token, such as "`:` or `{`". NULL: nothing is reported. */
struct diag *expected(struct parser *p, const char *what);
/* The same at the beginning of an entry or an item: the token stands there instead, also at the beginning of a line. */
struct diag *expected_instead(struct parser *p, const char *what);

/* ---- the rules of the grammar ---- */

/* Any expression. */
struct expr *parse_expr(struct parser *p);
/* `[ … ]` */
struct expr *parse_list(struct parser *p);
/* A text, with its `${}`. */
struct expr *parse_text(struct parser *p);
/* A number with its unit. */
struct expr *parse_number(struct parser *p);
/* `{ … }`; function: it is the body of one. */
struct entry_list *parse_section(struct parser *p, bool function);
/* A section as a value. */
struct expr *parse_section_expr(struct parser *p);
/* for … in …, for … in …, if …; ->at is a `for`. */
void parse_clauses(struct parser *p, struct clause **ret, size_t *ret_n);
/* ->at is the `let`. */
struct let *parse_let(struct parser *p);
/* ->at is the `assert` or `warn`. */
struct check *parse_check(struct parser *p);
/* Any type. */
struct type_expr *parse_type(struct parser *p);
/* A name of `what` ("a value") that begins with a lower-case letter, or else a capital. False: it was reported. */
bool parse_name(struct parser *p, const char *what, bool capital, struct ident *ret);
/* A node whose place runs from token `first` to ->at. */
struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t first);
/* Can the token begin an expression? */
bool begins_expr(enum tok kind);
/* Is the `{` at the token on a line of its own (E0715)? Then that is reported, and it is taken all the same. */
bool open_brace(struct parser *p);
/* Is the token a word that begins an item of a file, in a form that is no entry? */
bool is_item_word(const struct parser *p, size_t token);
/* Is it the word of a kind of declaration? */
bool is_kind_word(struct str word);

/* ---- parse_doc.c ---- */

/* The `##` lines directly above the token, without the signs. */
struct str doc_above(struct parser *p, size_t token);
/* The `##` block at the head of the file, if an empty line follows it. */
struct str doc_of_file(struct parser *p);

/* ---- habits.c: what people meant ---- */

/* E0726 for the tokens from..to, or NULL. */
struct diag *habit_foreign(struct parser *p, size_t from, size_t to);
/* A value is expected at the token. */
void habit_no_value(struct parser *p);
/* Something stands behind a whole entry, item or argument ("entries", "items", "arguments"). */
void habit_behind(struct parser *p, const char *things);
/* `:` or `{` is expected behind a path that begins at token `first`. */
void habit_behind_path(struct parser *p, size_t first);
/* An entry begins with what is no path. */
void habit_no_entry(struct parser *p);
/* An item of a file begins with what is none. */
void habit_no_item(struct parser *p);
/* `then` or `{` is expected behind a condition. */
void habit_no_then(struct parser *p);
/* A section is expected behind `what`. */
void habit_no_section(struct parser *p, const char *what);
/* YAML dashes before items of a list or behind a colon: true, where they were reported. */
bool habit_dash(struct parser *p);
/* `:` behind a value. */
void habit_colon(struct parser *p);
/* Words of other languages at the begin of a value: `return`, `not`, `True` …: true, where it was reported. */
bool habit_foreign_value(struct parser *p);
/* Words and signs of other languages behind a value: `and`, `or`, `is`, `?` …; reported, where one stands there. */
void habit_foreign_operator(struct parser *p);
/* Steps to the end of the bracket that ->at is in; what the lexer found there is not reported. */
void skip_bracket(struct parser *p);
/* `elif` and the like at the token; and what is said of it at ->at. */
bool is_elif(const struct parser *p, size_t token);
/* Reports the `elif` at ->at. */
void habit_elif(struct parser *p);
/* Forms of types of other languages behind a type. */
void habit_behind_type(struct parser *p, size_t first);
/* Something else where a name is needed. */
void habit_no_name(struct parser *p, const char *what);
/* Reports the faults of the lexer that are not muted. */
void report_faults(struct parser *p);

#endif
