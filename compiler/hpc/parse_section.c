/* SPDX-License-Identifier: Apache-2.0 */
/* parse_section.c - sections: their entries, paths, `let`, checks, branches and loops. */
#include "compiler/hpc/parser.h"

bool open_brace(struct parser *p)
{
	struct diag *d;
	const struct token *before;

	if (peek(p) != TOK_OPEN_BRACE)
		return false;
	if (!at_sep(p))
		return true;
	p->faulty = true;
	if (p->quiet || p->failed)
		return true;
	before = token_at(p, p->at - 1);
	d = diag_brace_on_next_line(p->ds, token_span(p, p->at));
	if (str_trim(str_slice(p->l->src->text, before->hi, token_at(p, p->at)->lo)).n == 0)
		diag_fix(p->ds, d, span_in(p->l->src, before->hi, token_at(p, p->at)->hi),
			 STR(" {"), true);
	return true;
}

/* ---- paths ---- */

/* A key of a path: a word or a text. */
static bool parse_key(struct parser *p, struct step *step)
{
	size_t first = p->at;

	*step = (struct step){.kind = STEP_KEY};
	if (token_is_word(p->l, first)) {
		step->key = token_text(p->l, first);
		p->at++;
	} else if (peek(p) == TOK_TEXT) {
		struct expr *e = parse_text(p);

		if (e->text.n > 1 || (e->text.n == 1 && e->text.parts[0].expr != NULL))
			step->index = e;
		else
			step->key = e->text.n == 1 ? e->text.parts[0].text : (struct str){"", 0};
	} else {
		expected(p, "a key");
		return false;
	}
	step->at = span_from(p, first);
	return true;
}

/* Is the `[` at the token a selector, or the list of a key that lacks its colon? */
static bool is_selector(const struct parser *p)
{
	const struct token *behind = token_at(p, token_at(p, p->at)->other + 1);

	if (token_at(p, p->at)->other == p->at + 1)
		return false;
	return behind->kind == TOK_COLON ||
	       (!behind->sep && (behind->kind == TOK_OPEN_BRACE || behind->kind == TOK_DOT ||
				 behind->kind == TOK_OPEN_BRACKET));
}

static void list_without_colon(struct parser *p)
{
	struct diag *d;
	uint32_t lo = token_at(p, p->at)->lo, before = token_at(p, p->at - 1)->hi;

	if (!fails(p))
		return;
	d = diag_expected(p->ds, token_span(p, p->at), "`:`", STR("`[`"));
	diag_help(p->ds, d, "a list takes a colon: `Key: [ … ]`");
	diag_fix(p->ds, d, span_in(p->l->src, before, lo), STR(": "), true);
}

/* `[+]`, `[*]` or `[expr]`. */
static bool parse_selector(struct parser *p, struct step *step)
{
	size_t first = p->at, end = token_at(p, first)->other;
	struct scope s;

	*step = (struct step){.kind = STEP_INDEX};
	if (!is_selector(p)) {
		list_without_colon(p);
		return false;
	}
	p->at++;
	if (end == first + 2 && (peek(p) == TOK_PLUS || peek(p) == TOK_TIMES)) {
		step->kind = peek(p) == TOK_PLUS ? STEP_APPEND : STEP_EACH;
	} else {
		s = begin_scope(p);
		step->index = parse_expr(p);
		if (p->at < end && !p->failed)
			expected(p, "`]`");
		p->at = end;
		end_scope(p, s);
	}
	p->at = end + 1;
	step->at = span_from(p, first);
	return true;
}

/* One more step behind those that are there; false: the path ends, or failed. */
static bool parse_step(struct parser *p, struct step *step, const struct step *last)
{
	bool dot = peek(p) == TOK_DOT;

	if (!dot && (peek(p) != TOK_OPEN_BRACKET || at_sep(p)))
		return false;
	if (last->kind == STEP_APPEND) {
		if (fails(p)) {
			struct diag *d = diag_append_not_last(p->ds, last->at);

			diag_help(p->ds, d, "write the new item as `Key[+] { … }`");
		}
		return false;
	}
	if (!dot)
		return parse_selector(p, step);
	p->at++;
	return parse_key(p, step);
}

static void parse_path(struct parser *p, struct section_entry *e)
{
	size_t cap = 0;
	struct step step;

	if (!parse_key(p, &step))
		return;
	do {
		e->path = arena_grow(p->a, e->path, sizeof *e->path, e->npath, &cap);
		e->path[e->npath++] = step;
	} while (parse_step(p, &step, &e->path[e->npath - 1]));
}

static void parse_property(struct parser *p, struct section_entry *e)
{
	size_t first = p->at;

	e->kind = ENTRY_SET;
	parse_path(p, e);
	if (p->failed)
		return;
	if (p->in_function && e->npath == 1 && is_word(p, first, "return") &&
	    peek(p) == TOK_OPEN_BRACE) {
		p->at = first;
		habit_foreign_value(p);
	} else if (accept(p, TOK_COLON)) {
		if (!habit_dash(p))
			e->value = parse_expr(p);
	} else if (open_brace(p)) {
		e->kind = ENTRY_OPEN;
		e->body = parse_section(p, false);
	} else {
		habit_behind_path(p, first);
	}
}

/* ---- let, assert, warn ---- */

struct let *parse_let(struct parser *p)
{
	struct let *let = NEW(p->a, struct let);

	p->at++;
	if (!parse_name(p, "a value", false, &let->name))
		return let;
	if (accept(p, TOK_COLON))
		let->type_expr = parse_type(p);
	if (p->failed)
		return let;
	if (!accept(p, TOK_ASSIGN)) {
		struct diag *d = expected(p, let->type_expr != NULL ? "`=`" : "`=` or `:`");

		if (d != NULL && peek(p) == TOK_OPEN_BRACE)
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, p->at - 1)->hi,
					 token_at(p, p->at)->lo),
				 STR(" = "), true);
		return let;
	}
	let->value = parse_expr(p);
	return let;
}

struct check *parse_check(struct parser *p)
{
	struct check *c = NEW(p->a, struct check);
	size_t first = p->at;

	c->warn = peek(p) == TOK_WARN;
	p->at++;
	c->condition = parse_expr(p);
	if (!p->failed && is_word(p, p->at, "at") && !at_sep(p)) {
		p->at++;
		c->place = parse_expr(p);
	}
	if (!p->failed && accept(p, TOK_COLON))
		c->message = parse_expr(p);
	c->at = span_from(p, first);
	return c;
}

/* ---- branches and loops ---- */

static struct entry_list *parse_body(struct parser *p, const char *behind)
{
	if (p->failed)
		return NULL;
	if (!open_brace(p)) {
		habit_no_section(p, behind);
		return NULL;
	}
	return parse_section(p, false);
}

/* The branch `if …` behind `else`, as a list with that one entry. */
static struct entry_list *list_of_one(struct parser *p)
{
	struct entry_list *list = NEW(p->a, struct entry_list);

	list->entries = NEW(p->a, struct section_entry);
	list->n = 1;
	return list;
}

/* if … { … } else if … { … } else { … }: a chain is read in a loop. */
static void parse_branches(struct parser *p, struct section_entry *e)
{
	unsigned links = p->links;
	struct entry_list *around = NULL;

	for (;;) {
		size_t first = p->at++;

		e->kind = ENTRY_IF;
		e->value = parse_expr(p);
		if (!p->failed && peek(p) == TOK_THEN && peek_ahead(p, 1) == TOK_OPEN_BRACE)
			p->at++;
		e->body = parse_body(p, "a condition");
		e->at = span_from(p, first);
		if (around != NULL)
			around->at = e->at;
		if (p->failed || peek(p) != TOK_ELSE)
			break;
		if (++p->links > HPC_MAX_CHAIN) {
			if (fails(p))
				diag_too_deep(p->ds, token_span(p, p->at), HPC_MAX_CHAIN);
			break;
		}
		p->at++;
		if (peek(p) != TOK_IF) {
			e->otherwise = parse_body(p, "`else`");
			break;
		}
		e->otherwise = around = list_of_one(p);
		e = &around->entries[0];
	}
	p->links = links;
}

static void parse_loop(struct parser *p, struct section_entry *e)
{
	e->kind = ENTRY_FOR;
	parse_clauses(p, &e->clauses, &e->nclauses);
	e->body = parse_body(p, "the clauses of a loop");
}

/* ---- entries ---- */

/* A word of the language as a key, which needs quotes. */
static void word_as_key(struct parser *p)
{
	struct str word = token_text(p->l, p->at);
	struct diag *d;

	if (!fails(p))
		return;
	d = diag_word_as_name(p->ds, token_span(p, p->at), word, "a property");
	diag_help(p->ds, d, "as a key it stands in quotes: `\"" STR_F "\": …`", STR_A(word));
	diag_fix(p->ds, d, token_span(p, p->at), arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)),
		 true);
}

static void misplaced_item(struct parser *p)
{
	if (fails(p))
		diag_misplaced(p->ds, token_span(p, p->at), token_text(p->l, p->at),
			       "at the top level of a file");
}

static void parse_entry(struct parser *p, struct section_entry *e)
{
	size_t first = p->at;
	enum tok kind = peek(p);

	*e = (struct section_entry){.kind = ENTRY_SPREAD};
	if ((kind == TOK_LET || kind == TOK_ASSERT || kind == TOK_WARN || kind == TOK_IF ||
	     kind == TOK_FOR) &&
	    peek_ahead(p, 1) == TOK_COLON) {
		word_as_key(p);
	} else if (kind == TOK_SPREAD) {
		p->at++;
		e->value = parse_expr(p);
	} else if (kind == TOK_LET) {
		e->kind = ENTRY_LET;
		e->let = parse_let(p);
	} else if (kind == TOK_ASSERT || kind == TOK_WARN) {
		e->kind = ENTRY_CHECK;
		e->check = parse_check(p);
	} else if (kind == TOK_IF) {
		parse_branches(p, e);
	} else if (kind == TOK_FOR) {
		parse_loop(p, e);
	} else if (is_item_word(p, first)) {
		misplaced_item(p);
	} else if ((token_is_word(p->l, first) && kind != TOK_THEN && kind != TOK_ELSE &&
		    kind != TOK_IN) ||
		   kind == TOK_TEXT) {
		parse_property(p, e);
	} else {
		habit_no_entry(p);
	}
	if (kind != TOK_IF)
		e->at = span_from(p, first);
	else
		e->at.hi = span_from(p, first).hi;
}

struct entry_list *parse_section(struct parser *p, bool function)
{
	size_t first = p->at, end = token_at(p, first)->other, cap = 0;
	struct entry_list *list = NEW(p->a, struct entry_list);
	bool around = p->in_function;

	p->at++;
	p->in_function = function;
	while (p->at < end) {
		struct scope s = begin_scope(p);

		list->entries =
			arena_grow(p->a, list->entries, sizeof *list->entries, list->n, &cap);
		parse_entry(p, &list->entries[list->n]);
		if (!p->failed)
			list->n++;
		if (p->at < end && !p->failed && peek(p) != TOK_COMMA && !at_sep(p))
			habit_behind(p, "entries");
		end_scope(p, s);
		accept(p, TOK_COMMA);
	}
	p->in_function = around;
	p->at = end + 1;
	list->at = span_from(p, first);
	return list;
}
