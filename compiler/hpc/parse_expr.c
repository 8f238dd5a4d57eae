/* SPDX-License-Identifier: Apache-2.0 */
/* parse_expr.c - expressions, from `if` and operators down to texts, lists and calls. */
#include "compiler/base/buf.h"
#include "compiler/hpc/parser.h"

struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t first)
{
	struct expr *e = NEW(p->a, struct expr);

	e->kind = kind;
	e->at = span_from(p, first);
	return e;
}

static struct expr *faulty(struct parser *p, size_t first)
{
	return new_expr(p, EXPR_FAULTY, first);
}

bool begins_expr(enum tok kind)
{
	return token_is(kind, TRAIT_BEGINS_VALUE);
}

/* One more operator, member or branch on the way; false: there are too many. */
static bool link_fits(struct parser *p)
{
	if (++p->links <= HPC_MAX_CHAIN)
		return true;
	if (fails(p))
		diag_too_deep(p->ds, token_span(p, p->at), HPC_MAX_CHAIN);
	return false;
}

static bool nest_fits(struct parser *p)
{
	if (++p->nest <= HPC_MAX_DEPTH)
		return true;
	if (fails(p))
		diag_too_deep(p->ds, token_span(p, p->at), HPC_MAX_DEPTH);
	return false;
}

/* ---- literals ---- */

struct expr *parse_number(struct parser *p)
{
	size_t first = p->at++;
	const struct token *t = token_at(p, first);
	uint32_t before = first > 0 ? token_at(p, first - 1)->faults : 0;
	struct str text = p->l->src->text;
	size_t digits_hi = t->other != 0 ? t->other : t->hi;
	struct expr *e;
	struct number n;

	if (t->faults > before || !number_read(str_trim(str_slice(text, t->lo, digits_hi)), &n)) {
		p->faulty = true;
		return faulty(p, first);
	}
	if (t->other != 0) {
		const struct unit *u = unit_named(str_slice(text, t->other, t->hi));

		if (!number_mul(n, u->value, &n)) {
			if (fails(p))
				diag_overflow(p->ds, token_span(p, first));
			return faulty(p, first);
		}
	}
	e = new_expr(p, EXPR_NUMBER, first);
	e->number = n;
	return e;
}

struct parts {
	struct text_part *items;
	size_t n, cap;
	struct buf text; /* of pieces since the last `${}` */
	size_t first;	 /* their first token; SIZE_MAX: none */
};

static struct text_part *add_part(struct parser *p, struct parts *parts)
{
	parts->items = arena_grow(p->a, parts->items, sizeof *parts->items, parts->n, &parts->cap);
	return &parts->items[parts->n++];
}

static void end_pieces(struct parser *p, struct parts *parts)
{
	struct text_part *part;

	if (parts->first == SIZE_MAX)
		return;
	part = add_part(p, parts);
	part->text = arena_str(p->a, buf_str(&parts->text));
	part->at = span_from(p, parts->first);
	parts->text = buf_in(p->a);
	parts->first = SIZE_MAX;
}

static void parse_hole(struct parser *p, struct parts *parts)
{
	size_t first = p->at, end = token_at(p, first)->other;
	struct text_part *part;
	struct scope s;

	end_pieces(p, parts);
	p->at++;
	s = begin_scope(p);
	part = add_part(p, parts);
	if (p->at == end)
		part->expr = faulty(p, first);
	else
		part->expr = parse_expr(p);
	if (p->at != end && !p->failed)
		expected(p, "`}`");
	p->at = end;
	end_scope(p, s);
	p->at = end + 1;
	part->at = span_from(p, first);
}

struct expr *parse_text(struct parser *p)
{
	size_t first = p->at, end = token_at(p, first)->other;
	struct parts parts = {.text = buf_in(p->a), .first = SIZE_MAX};
	struct expr *e;

	p->at++;
	while (p->at < end) {
		if (peek(p) == TOK_HOLE) {
			parse_hole(p, &parts);
			continue;
		}
		if (parts.first == SIZE_MAX)
			parts.first = p->at;
		buf_add(&parts.text, lex_piece(p->a, p->l, first, p->at));
		p->at++;
	}
	end_pieces(p, &parts);
	p->at = end + 1;
	e = new_expr(p, EXPR_TEXT, first);
	e->text.parts = parts.items;
	e->text.n = parts.n;
	e->text.raw = lex_is_raw(p->l, first);
	e->text.block = lex_is_block(p->l, first);
	return e;
}

struct expr *parse_section_expr(struct parser *p)
{
	size_t first = p->at;
	struct entry_list *section = parse_section(p, false);
	struct expr *e = new_expr(p, EXPR_SECTION, first);

	e->section = section;
	return e;
}

/* ---- lists ---- */

/* for NAME[, NAME] in EXPR; ->at is the `for`. */
static void parse_for(struct parser *p, struct clause *c)
{
	p->at++;
	parse_name(p, "an item of a loop", false, &c->first);
	if (accept(p, TOK_COMMA))
		parse_name(p, "an item of a loop", false, &c->second);
	if (!p->failed && is_word(p, p->at, "of")) {
		if (fails(p)) {
			struct diag *d =
				diag_expected(p->ds, token_span(p, p->at), "`in`", STR("`of`"));

			diag_fix(p->ds, d, token_span(p, p->at), STR("in"), true);
		}
	}
	if (!p->failed && !accept(p, TOK_IN))
		expected(p, "`in`");
	c->source = p->failed ? faulty(p, p->at) : parse_expr(p);
}

void parse_clauses(struct parser *p, struct clause **ret, size_t *ret_n)
{
	size_t cap = 0;

	*ret = NULL;
	*ret_n = 0;
	while ((peek(p) == TOK_FOR || peek(p) == TOK_IF) && !p->failed) {
		struct clause *c;
		size_t first = p->at;

		*ret = arena_grow(p->a, *ret, sizeof **ret, *ret_n, &cap);
		c = &(*ret)[(*ret_n)++];
		*c = (struct clause){.at = token_span(p, first)};
		if (peek(p) == TOK_FOR) {
			parse_for(p, c);
		} else {
			p->at++;
			c->source = parse_expr(p);
		}
	}
}

static void parse_comprehension(struct parser *p, struct element *x)
{
	parse_clauses(p, &x->clauses, &x->nclauses);
	if (!p->failed && accept(p, TOK_ARROW))
		x->value = parse_expr(p);
	else if (!p->failed && open_brace(p))
		x->value = parse_section_expr(p);
	else if (!p->failed)
		habit_no_section(p, "the clauses of a list");
	if (x->value == NULL)
		x->value = faulty(p, p->at);
}

static void parse_element(struct parser *p, struct element *x)
{
	size_t first = p->at;

	*x = (struct element){0};
	if (peek(p) == TOK_FOR) {
		parse_comprehension(p, x);
	} else {
		x->spread = peek(p) == TOK_SPREAD;
		p->at += x->spread;
		x->value = parse_expr(p);
	}
	x->at = span_from(p, first);
}

/* Behind an entry or item in brackets that end at token `end`: a comma, a separator or the end; else it is an error. */
static void end_element(struct parser *p, size_t end, const char *things)
{
	if (p->at >= end || p->failed)
		return;
	if (peek(p) != TOK_COMMA && !at_sep(p))
		habit_behind(p, things);
}

struct expr *parse_list(struct parser *p)
{
	size_t first = p->at, end = token_at(p, first)->other, cap = 0;
	struct expr *e = new_expr(p, EXPR_LIST, first);

	p->at++;
	while (p->at < end) {
		struct scope s = begin_scope(p);

		if (!habit_dash(p)) {
			e->list.items = arena_grow(p->a, e->list.items, sizeof *e->list.items,
						   e->list.n, &cap);
			parse_element(p, &e->list.items[e->list.n]);
			e->list.n++;
		}
		end_element(p, end, "items");
		end_scope(p, s);
		accept(p, TOK_COMMA);
	}
	p->at = end + 1;
	e->at = span_from(p, first);
	return e;
}

/* ---- calls, members, selectors ---- */

static void parse_argument(struct parser *p, struct argument *x, bool *named)
{
	*x = (struct argument){0};
	if (token_is_word(p->l, p->at) && peek_ahead(p, 1) == TOK_COLON) {
		x->name = (struct ident){token_text(p->l, p->at), token_span(p, p->at)};
		p->at += 2;
		*named = true;
	} else if (peek(p) == TOK_NAME && peek_ahead(p, 1) == TOK_ASSIGN) {
		if (fails(p)) {
			struct diag *d =
				diag_expected(p->ds, token_span(p, p->at + 1), "`:`", STR("`=`"));

			diag_help(p->ds, d,
				  "an argument has its name before a colon: `" STR_F ": …`",
				  STR_A(token_text(p->l, p->at)));
			diag_fix(p->ds, d,
				 span_in(p->l->src, token_at(p, p->at)->hi,
					 token_at(p, p->at + 1)->hi),
				 STR(":"), true);
		}
	} else if (*named) {
		if (fails(p))
			diag_argument_order(p->ds, token_span(p, p->at));
		*named = false; /* said once for a call */
	}
	x->value = p->failed ? faulty(p, p->at) : parse_expr(p);
}

static struct expr *parse_call(struct parser *p, struct expr *callee, size_t first)
{
	size_t end = token_at(p, p->at)->other, cap = 0, n = 0;
	struct argument *arguments = NULL;
	bool named = false;
	struct expr *e;

	if (p->marks != NULL)
		p->marks[p->at] |= MARK_ARGUMENTS;
	p->at++;
	while (p->at < end) {
		struct scope s = begin_scope(p);

		arguments = arena_grow(p->a, arguments, sizeof *arguments, n, &cap);
		parse_argument(p, &arguments[n++], &named);
		end_element(p, end, "arguments");
		end_scope(p, s);
		accept(p, TOK_COMMA);
	}
	p->at = end + 1;
	e = new_expr(p, EXPR_CALL, first);
	e->call.callee = callee;
	e->call.arguments = arguments;
	e->call.n = n;
	return e;
}

static struct expr *parse_index(struct parser *p, struct expr *of, size_t first)
{
	size_t end = token_at(p, p->at)->other;
	struct scope s;
	struct expr *e, *at;

	p->at++;
	s = begin_scope(p);
	at = parse_expr(p);
	if (p->at < end && !p->failed)
		expected(p, "`]`");
	p->at = end;
	end_scope(p, s);
	p->at = end + 1;
	e = new_expr(p, EXPR_INDEX, first);
	e->index.of = of;
	e->index.at = at;
	return e;
}

static struct expr *parse_member(struct parser *p, struct expr *of, size_t first)
{
	struct expr *e;

	p->at++;
	if (!token_is_word(p->l, p->at) || at_sep(p)) {
		struct diag *d = expected(p, "the name of a property");

		if (d != NULL && peek(p) == TOK_NUMBER)
			diag_help(p->ds, d,
				  "an item of a list is taken by its number in brackets: `[" STR_F
				  "]`",
				  STR_A(token_text(p->l, p->at)));
		return faulty(p, first);
	}
	p->at++;
	e = new_expr(p, EXPR_MEMBER, first);
	e->member.of = of;
	e->member.name = (struct ident){token_text(p->l, p->at - 1), token_span(p, p->at - 1)};
	return e;
}

static struct expr *parse_primary(struct parser *p);

static struct expr *parse_postfix(struct parser *p)
{
	size_t first = p->at;
	struct expr *e = parse_primary(p);

	while (!p->failed && !at_sep(p)) {
		enum tok kind = peek(p);

		if (kind != TOK_DOT && kind != TOK_OPEN_BRACKET && kind != TOK_OPEN_PAREN)
			break;
		if (!link_fits(p))
			break;
		if (kind == TOK_DOT)
			e = parse_member(p, e, first);
		else if (kind == TOK_OPEN_BRACKET)
			e = parse_index(p, e, first);
		else
			e = parse_call(p, e, first);
	}
	return e;
}

static struct expr *parse_parens(struct parser *p)
{
	size_t first = p->at, end = token_at(p, first)->other;
	struct scope s;
	struct expr *e;

	p->at++;
	s = begin_scope(p);
	e = parse_expr(p);
	if (p->at < end && !p->failed)
		habit_behind(p, "values");
	p->at = end;
	end_scope(p, s);
	p->at = end + 1;
	e->parenthesised = true;
	e->at = span_from(p, first);
	return e;
}

/* true, false, null or a name. */
static struct expr *parse_word(struct parser *p)
{
	size_t first = p->at++;
	enum tok kind = (enum tok)token_at(p, first)->kind;
	struct expr *e = new_expr(p,
				  kind == TOK_NULL   ? EXPR_NULL
				  : kind == TOK_NAME ? EXPR_NAME
						     : EXPR_BOOL,
				  first);

	if (kind == TOK_NAME)
		e->name.name = token_text(p->l, first);
	else
		e->boolean = kind == TOK_TRUE;
	return e;
}

static struct expr *parse_primary(struct parser *p)
{
	enum tok kind = peek(p);

	if (kind == TOK_NUMBER)
		return parse_number(p);
	if (kind == TOK_TEXT)
		return parse_text(p);
	if (kind == TOK_OPEN_PAREN)
		return parse_parens(p);
	if (kind == TOK_OPEN_BRACKET)
		return parse_list(p);
	if (kind == TOK_OPEN_BRACE)
		return parse_section_expr(p);
	if (kind == TOK_TRUE || kind == TOK_FALSE || kind == TOK_NULL)
		return parse_word(p);
	if (kind != TOK_NAME)
		habit_no_value(p);
	else if (!habit_foreign_value(p))
		return parse_word(p);
	return faulty(p, p->at);
}

/* ---- operators ---- */

static struct expr *new_unary(struct parser *p, enum operator op, size_t sign, struct expr *right)
{
	struct expr *e = new_expr(p, EXPR_UNARY, sign);

	e->op.op = op;
	e->op.op_at = token_span(p, sign);
	e->op.right = right;
	return e;
}

static struct expr *parse_unary(struct parser *p)
{
	size_t first = p->at;
	unsigned nest = p->nest;
	struct expr *e;

	if (peek(p) != TOK_MINUS && peek(p) != TOK_NOT)
		return parse_postfix(p);
	if (!nest_fits(p)) {
		p->nest = nest;
		return faulty(p, first);
	}
	p->at++;
	e = parse_unary(p);
	p->nest = nest;
	if (p->failed)
		return e;
	return new_unary(p, token_at(p, first)->kind == TOK_MINUS ? OP_MINUS : OP_NOT, first, e);
}

/* Operators by how tightly they bind, the loosest first; all of a level from left to right. */
static const struct {
	uint8_t level;
	uint8_t token;
	uint8_t op;
} BINARY[] = {
	{0, TOK_OR, OP_OR},	      {1, TOK_AND, OP_AND},   {2, TOK_EQ, OP_EQ},
	{2, TOK_NE, OP_NE},	      {2, TOK_LT, OP_LT},     {2, TOK_LE, OP_LE},
	{2, TOK_GT, OP_GT},	      {2, TOK_GE, OP_GE},     {2, TOK_IN, OP_IN},
	{3, TOK_DEFAULT, OP_DEFAULT}, {5, TOK_PLUS, OP_PLUS}, {5, TOK_MINUS, OP_MINUS},
	{6, TOK_TIMES, OP_TIMES},     {6, TOK_OVER, OP_OVER}, {6, TOK_REST, OP_REST},
};
enum { LEVEL_COMPARISON = 2, LEVEL_RANGE = 4, LEVEL_UNARY = 7, LONGEST_OPERAND = 40 };

/* Is the token an operator of the level? */
static bool is_operator(enum tok kind, unsigned level, enum operator* ret)
{
	for (size_t i = 0; i < ARRAY_LEN(BINARY); i++) {
		if (BINARY[i].token == kind && BINARY[i].level == level) {
			*ret = (enum operator)BINARY[i].op;
			return true;
		}
	}
	return false;
}

static struct expr *parse_level(struct parser *p, unsigned level);

/* Can the token be the end of a range behind `..`? A brace begins what the range is for. */
static bool begins_range_end(const struct parser *p)
{
	return begins_expr(peek(p)) && !at_sep(p) && peek(p) != TOK_OPEN_BRACE &&
	       peek(p) != TOK_RANGE && peek(p) != TOK_IF;
}

static struct expr *parse_range(struct parser *p)
{
	size_t first = p->at, sign;
	struct expr *from = NULL, *e;

	if (peek(p) != TOK_RANGE) {
		from = parse_level(p, LEVEL_RANGE + 1);
		if (p->failed || peek(p) != TOK_RANGE || at_sep(p))
			return from;
	}
	sign = p->at++;
	e = new_expr(p, EXPR_RANGE, first);
	e->range.from = from;
	e->range.op_at = token_span(p, sign);
	if (from == NULL || begins_range_end(p))
		e->range.to = parse_level(p, LEVEL_RANGE + 1);
	e->at = span_from(p, first);
	return e;
}

static void chained(struct parser *p, const struct expr *left)
{
	struct str a = span_text(left->op.left->at), b = span_text(left->op.right->at);
	struct str first = span_text(left->op.op_at), second = token_text(p->l, p->at);
	struct diag *d;

	if (!fails(p))
		return;
	if (a.n > LONGEST_OPERAND || b.n > LONGEST_OPERAND) {
		a = STR("a");
		b = STR("b");
	}
	d = diag_chained_comparison(p->ds, token_span(p, p->at));
	diag_help(p->ds, d,
		  "write `" STR_F " " STR_F " " STR_F " && " STR_F " " STR_F " …`, or `" STR_F
		  " in from..to`",
		  STR_A(a), STR_A(first), STR_A(b), STR_A(b), STR_A(second), STR_A(b));
}

static struct expr *parse_level(struct parser *p, unsigned level)
{
	size_t first = p->at;
	struct expr *e;
	enum operator op;

	if (level == LEVEL_RANGE)
		return parse_range(p);
	if (level == LEVEL_UNARY)
		return parse_unary(p);
	e = parse_level(p, level + 1);
	while (!p->failed && !at_sep(p) && is_operator(peek(p), level, &op)) {
		struct expr *left = e;

		if (level == LEVEL_COMPARISON && left->kind == EXPR_BINARY &&
		    !left->parenthesised && left->op.op >= OP_EQ && left->op.op <= OP_IN) {
			chained(p, left);
			break;
		}
		if (!link_fits(p))
			break;
		e = NEW(p->a, struct expr);
		e->kind = EXPR_BINARY;
		e->op.op = op;
		e->op.op_at = token_span(p, p->at++);
		e->op.left = left;
		e->op.right = parse_level(p, level + 1);
		e->at = span_from(p, first);
	}
	return e;
}

/* ---- if ---- */

/* What follows the condition: `then` and a value, or a section. */
static struct expr *parse_then(struct parser *p)
{
	if (p->failed)
		return faulty(p, p->at);
	if (accept(p, TOK_THEN))
		return parse_expr(p);
	if (open_brace(p))
		return parse_section_expr(p);
	habit_no_then(p);
	return faulty(p, p->at);
}

/* if … then … else if … then … else …: a chain is read in a loop. */
static struct expr *parse_if(struct parser *p)
{
	struct expr *head = NULL, **place = &head;
	size_t first_of_all = p->at;

	for (;;) {
		size_t first = p->at++;
		struct expr *e = NEW(p->a, struct expr);

		e->kind = EXPR_IF;
		e->branch.condition = parse_expr(p);
		e->branch.then = parse_then(p);
		e->at = span_from(p, first);
		*place = e;
		if (p->failed || peek(p) != TOK_ELSE || !link_fits(p))
			break;
		p->at++;
		place = &e->branch.otherwise;
		if (peek(p) == TOK_IF)
			continue;
		*place = parse_expr(p);
		break;
	}
	/* All of the chain end where the last of it does. */
	for (struct expr *e = head; e != NULL && e->kind == EXPR_IF && e->branch.otherwise != NULL;
	     e = e->branch.otherwise) {
		e->at.hi = span_from(p, first_of_all).hi;
		if (e->branch.otherwise->parenthesised)
			break;
	}
	return head;
}

struct expr *parse_expr(struct parser *p)
{
	unsigned nest = p->nest, links = p->links;
	struct expr *e;

	if (peek(p) == TOK_IF) {
		if (nest_fits(p))
			e = parse_if(p);
		else
			e = faulty(p, p->at);
	} else {
		e = parse_level(p, 0);
		if (!p->failed && !at_sep(p))
			habit_foreign_operator(p);
	}
	p->nest = nest;
	p->links = links;
	return e;
}
