/* SPDX-License-Identifier: Apache-2.0 */
/* parse_type.c - types. */
#include "compiler/hpc/parser.h"

static struct type_expr *new_type(struct parser *p, enum type_expr_kind kind, size_t first)
{
	struct type_expr *t = NEW(p->a, struct type_expr);

	t->kind = kind;
	t->at = span_from(p, first);
	return t;
}

/* The limit in parentheses behind a type, or NULL. */
static struct expr *parse_limit(struct parser *p)
{
	size_t end;
	struct scope s;
	struct expr *e;

	if (p->failed || peek(p) != TOK_OPEN_PAREN || at_sep(p))
		return NULL;
	end = token_at(p, p->at++)->other;
	s = begin_scope(p);
	e = parse_expr(p);
	if (p->at < end && !p->failed)
		expected(p, "`)`");
	p->at = end;
	end_scope(p, s);
	p->at = end + 1;
	return e;
}

static struct type_expr *parse_named(struct parser *p)
{
	size_t first = p->at++;
	struct type_expr *t;
	struct ident name = {token_text(p->l, first), token_span(p, first)}, module = {0};

	if (peek(p) == TOK_DOT && token_is_word(p->l, p->at + 1)) {
		module = name;
		p->at += 2;
		name = (struct ident){token_text(p->l, p->at - 1), token_span(p, p->at - 1)};
	}
	t = new_type(p, TYPE_EXPR_NAME, first);
	t->module = module;
	t->name = name;
	t->limit = parse_limit(p);
	return t;
}

static struct type_expr *parse_list_type(struct parser *p)
{
	size_t first = p->at, end = token_at(p, first)->other;
	struct type_expr *t = new_type(p, TYPE_EXPR_LIST, first);
	struct scope s;

	p->at++;
	s = begin_scope(p);
	t->item = parse_type(p);
	if (p->at < end && !p->failed)
		expected(p, "`]`");
	p->at = end;
	end_scope(p, s);
	p->at = end + 1;
	t->limit = parse_limit(p);
	return t;
}

static void parse_field(struct parser *p, struct type_field *f)
{
	*f = (struct type_field){0};
	if (!token_is_word(p->l, p->at)) {
		expected_instead(p, "the name of a field");
		return;
	}
	f->name = (struct ident){token_text(p->l, p->at), token_span(p, p->at)};
	p->at++;
	if (!accept(p, TOK_COLON)) {
		expected(p, "`:` and a type");
		return;
	}
	f->type = parse_type(p);
	if (!p->failed && accept(p, TOK_ASSIGN))
		f->otherwise = parse_expr(p);
}

/* { ...: T } */
static void parse_free(struct parser *p, struct type_expr *t)
{
	t->kind = TYPE_EXPR_FREE;
	p->at++;
	if (!accept(p, TOK_COLON))
		expected(p, "`:` and a type");
	else
		t->item = parse_type(p);
}

static struct type_expr *parse_record_type(struct parser *p)
{
	size_t first = p->at, end = token_at(p, first)->other, cap = 0;
	struct type_expr *t = new_type(p, TYPE_EXPR_RECORD, first);

	p->at++;
	while (p->at < end) {
		struct scope s = begin_scope(p);

		if (peek(p) == TOK_SPREAD && t->nfields == 0 && t->kind == TYPE_EXPR_RECORD) {
			parse_free(p, t);
		} else {
			t->fields =
				arena_grow(p->a, t->fields, sizeof *t->fields, t->nfields, &cap);
			parse_field(p, &t->fields[t->nfields]);
			if (t->fields[t->nfields].type != NULL)
				t->nfields++;
		}
		if (p->at < end && !p->failed && peek(p) != TOK_COMMA && !at_sep(p))
			habit_behind(p, "fields");
		if (p->failed)
			p->at = end; /* most likely it is no type */
		end_scope(p, s);
		accept(p, TOK_COMMA);
	}
	p->at = end + 1;
	t->at = span_from(p, first);
	return t;
}

/* A text or number of a choice, with its sign taken in; NULL: it is none. */
static struct expr *parse_literal(struct parser *p)
{
	size_t first = p->at;
	bool minus = peek(p) == TOK_MINUS && peek_ahead(p, 1) == TOK_NUMBER;
	struct expr *e;

	if (peek(p) == TOK_TEXT)
		return parse_text(p);
	if (minus)
		p->at++;
	if (peek(p) != TOK_NUMBER)
		return NULL;
	e = parse_number(p);
	if (minus && e->kind == EXPR_NUMBER) {
		e->number.num = -e->number.num;
		e->at = span_from(p, first);
	}
	return e;
}

static struct type_expr *parse_choice(struct parser *p)
{
	size_t first = p->at, cap = 0;
	struct type_expr *t = new_type(p, TYPE_EXPR_CHOICE, first);

	do {
		struct expr *e = parse_literal(p);

		if (e == NULL) {
			if (peek(p) == TOK_NULL)
				habit_behind_type(p, first);
			else
				expected(p, "a text or a number");
			break;
		}
		t->choices = arena_grow(p->a, t->choices, sizeof(struct expr *), t->nchoices, &cap);
		t->choices[t->nchoices++] = e;
	} while (!p->failed && accept(p, TOK_BAR));
	return t;
}

struct type_expr *parse_type(struct parser *p)
{
	size_t first = p->at;
	unsigned nest = p->nest;
	struct type_expr *t;

	if (++p->nest > HPC_MAX_DEPTH) {
		if (fails(p))
			diag_too_deep(p->ds, token_span(p, p->at), HPC_MAX_DEPTH);
		p->nest = nest;
		return new_type(p, TYPE_EXPR_FAULTY, first);
	}
	if (peek(p) == TOK_NAME) {
		t = parse_named(p);
	} else if (peek(p) == TOK_OPEN_BRACKET) {
		t = parse_list_type(p);
	} else if (peek(p) == TOK_OPEN_BRACE) {
		t = parse_record_type(p);
	} else if (peek(p) == TOK_TEXT || peek(p) == TOK_NUMBER || peek(p) == TOK_MINUS) {
		t = parse_choice(p);
	} else {
		t = new_type(p, TYPE_EXPR_FAULTY, first);
		expected(p, "a type");
	}
	if (!p->failed && !at_sep(p))
		t->optional = accept(p, TOK_QUESTION);
	if (!p->failed && !at_sep(p))
		habit_behind_type(p, first);
	p->nest = nest;
	t->at = span_from(p, first);
	return t;
}
