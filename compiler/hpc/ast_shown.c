/* SPDX-License-Identifier: Apache-2.0 */
/* ast_shown.c - expressions and types as a person writes them, on one line: for messages and for the dump of a file. */
#include "compiler/hpc/ast_shown.h"

#include "compiler/hpc/lex.h"

static const char *const OPERATORS[] = {
	[OP_NOT] = "!",	     [OP_MINUS] = "-", [OP_OR] = "||",	[OP_AND] = "&&",
	[OP_DEFAULT] = "??", [OP_EQ] = "==",   [OP_NE] = "!=",	[OP_LT] = "<",
	[OP_LE] = "<=",	     [OP_GT] = ">",    [OP_GE] = ">=",	[OP_IN] = "in",
	[OP_PLUS] = "+",     [OP_TIMES] = "*", [OP_OVER] = "/", [OP_REST] = "%",
};

struct expr *expr_left(struct expr *e)
{
	switch (e->kind) {
	case EXPR_BINARY:
		return e->op.left;
	case EXPR_MEMBER:
		return e->member.binding == NULL ? e->member.of : NULL;
	case EXPR_INDEX:
		return e->index.of;
	case EXPR_FAULTY:
	case EXPR_NULL:
	case EXPR_BOOL:
	case EXPR_NUMBER:
	case EXPR_TEXT:
	case EXPR_NAME:
	case EXPR_LIST:
	case EXPR_SECTION:
	case EXPR_IF:
	case EXPR_UNARY:
	case EXPR_RANGE:
	case EXPR_CALL:
		break;
	}
	return NULL;
}

static void add_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (c == '\n') {
			buf_add(b, STR("\\n"));
		} else if (c == '\t') {
			buf_add(b, STR("\\t"));
		} else if ((unsigned char)c < ' ') {
			buf_fmt(b, "\\u{%x}", (unsigned char)c);
		} else {
			if (c == '"' || c == '\\' || (c == '$' && i + 1 < s.n && s.s[i + 1] == '{'))
				buf_char(b, '\\');
			buf_char(b, c);
		}
	}
}

static void add_text(struct buf *b, const struct expr *e)
{
	buf_char(b, '"');
	for (size_t i = 0; i < e->text.n; i++) {
		if (e->text.parts[i].expr == NULL) {
			add_escaped(b, e->text.parts[i].text);
			continue;
		}
		buf_add(b, STR("${"));
		add_expr(b, e->text.parts[i].expr);
		buf_char(b, '}');
	}
	buf_char(b, '"');
}

static void add_clauses(struct buf *b, const struct clause *clauses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct clause *c = &clauses[i];

		if (c->first.text.n == 0) {
			buf_add(b, STR("if "));
		} else {
			buf_fmt(b, "for " STR_F, STR_A(c->first.text));
			if (c->second.text.n > 0)
				buf_fmt(b, ", " STR_F, STR_A(c->second.text));
			buf_add(b, STR(" in "));
		}
		add_expr(b, c->source);
		buf_char(b, ' ');
	}
}

static void add_list(struct buf *b, const struct expr *e)
{
	buf_char(b, '[');
	for (size_t i = 0; i < e->list.n; i++) {
		const struct element *x = &e->list.items[i];

		if (i > 0)
			buf_add(b, STR(", "));
		add_clauses(b, x->clauses, x->nclauses);
		if (x->nclauses > 0)
			buf_add(b, STR("=> "));
		if (x->spread)
			buf_add(b, STR("..."));
		add_expr(b, x->value);
	}
	buf_char(b, ']');
}

void add_path(struct buf *b, const struct step *path, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (path[i].kind) {
		case STEP_KEY:
			if (i > 0)
				buf_char(b, '.');
			if (path[i].index != NULL) {
				add_expr(b, path[i].index);
			} else if (is_plain_key(path[i].key)) {
				buf_add(b, path[i].key);
			} else {
				buf_char(b, '"');
				add_escaped(b, path[i].key);
				buf_char(b, '"');
			}
			break;
		case STEP_INDEX:
			buf_char(b, '[');
			add_expr(b, path[i].index);
			buf_char(b, ']');
			break;
		case STEP_APPEND:
			buf_add(b, STR("[+]"));
			break;
		case STEP_EACH:
			buf_add(b, STR("[*]"));
			break;
		}
	}
}

bool is_plain_key(struct str key)
{
	static const char *const words[] = {"if", "for", "let", "assert", "warn"};

	if (key.n == 0 || is_digit(key.s[0]))
		return false;
	for (size_t i = 0; i < key.n; i++) {
		if (!is_alnum(key.s[i]) && key.s[i] != '_')
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(key, str_c(words[i])))
			return false;
	}
	return true;
}

static void add_let(struct buf *b, const struct let *let)
{
	buf_fmt(b, "let " STR_F, STR_A(let->name.text));
	if (let->type_expr != NULL) {
		buf_add(b, STR(": "));
		add_type(b, let->type_expr);
	}
	buf_add(b, STR(" = "));
	add_expr(b, let->value);
}

void add_check(struct buf *b, const struct check *c)
{
	buf_add(b, c->warn ? STR("warn ") : STR("assert "));
	add_expr(b, c->condition);
	if (c->place != NULL) {
		buf_add(b, STR(" at "));
		add_expr(b, c->place);
	}
	if (c->message != NULL) {
		buf_add(b, STR(": "));
		add_expr(b, c->message);
	}
}

void add_entry(struct buf *b, const struct section_entry *e)
{
	switch (e->kind) {
	case ENTRY_SET:
		add_path(b, e->path, e->npath);
		buf_add(b, STR(": "));
		add_expr(b, e->value);
		break;
	case ENTRY_OPEN:
		add_path(b, e->path, e->npath);
		buf_char(b, ' ');
		add_section(b, e->body);
		break;
	case ENTRY_SPREAD:
		buf_add(b, STR("..."));
		add_expr(b, e->value);
		break;
	case ENTRY_LET:
		add_let(b, e->let);
		break;
	case ENTRY_CHECK:
		add_check(b, e->check);
		break;
	case ENTRY_IF:
		for (;;) {
			buf_add(b, STR("if "));
			add_expr(b, e->value);
			buf_char(b, ' ');
			add_section(b, e->body);
			if (e->otherwise == NULL)
				break;
			buf_add(b, STR(" else "));
			if (e->otherwise->n != 1 || e->otherwise->entries[0].kind != ENTRY_IF ||
			    span_text(e->otherwise->at).s[0] == '{') {
				add_section(b, e->otherwise);
				break;
			}
			e = &e->otherwise->entries[0];
		}
		break;
	case ENTRY_FOR:
		add_clauses(b, e->clauses, e->nclauses);
		add_section(b, e->body);
		break;
	}
}

void add_section(struct buf *b, const struct entry_list *list)
{
	if (list == NULL) {
		buf_add(b, STR("{ faulty }"));
		return;
	}
	buf_add(b, list->n == 0 ? STR("{") : STR("{ "));
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			buf_add(b, STR(", "));
		add_entry(b, &list->entries[i]);
	}
	buf_add(b, list->n == 0 ? STR("}") : STR(" }"));
}

static void add_call(struct buf *b, const struct expr *e)
{
	add_expr(b, e->call.callee);
	buf_char(b, '(');
	for (size_t i = 0; i < e->call.n; i++) {
		if (i > 0)
			buf_add(b, STR(", "));
		if (e->call.arguments[i].name.text.n > 0)
			buf_fmt(b, STR_F ": ", STR_A(e->call.arguments[i].name.text));
		add_expr(b, e->call.arguments[i].value);
	}
	buf_char(b, ')');
}

static void add_if(struct buf *b, const struct expr *e)
{
	for (;;) {
		buf_add(b, STR("if "));
		add_expr(b, e->branch.condition);
		buf_add(b, STR(" then "));
		add_expr(b, e->branch.then);
		if (e->branch.otherwise == NULL)
			return;
		buf_add(b, STR(" else "));
		e = e->branch.otherwise;
		if (e->kind != EXPR_IF || e->parenthesised) {
			add_expr(b, e);
			return;
		}
	}
}

/* The operands of a chain from left to right, without recursion to the left. */
static void add_binary(struct buf *b, const struct expr *e)
{
	const struct expr *chain[HPC_MAX_CHAIN + 1];
	size_t n = 0;

	while (e->kind == EXPR_BINARY && n <= HPC_MAX_CHAIN && (n == 0 || !e->parenthesised)) {
		chain[n++] = e;
		e = e->op.left;
	}
	add_expr(b, e);
	while (n-- > 0) {
		buf_fmt(b, " %s ", OPERATORS[chain[n]->op.op]);
		add_expr(b, chain[n]->op.right);
	}
}

/* `of` of members and selectors from the first on, without recursion to the left. */
static void add_postfix(struct buf *b, const struct expr *e)
{
	const struct expr *chain[HPC_MAX_CHAIN + 1];
	size_t n = 0;

	while ((e->kind == EXPR_MEMBER || e->kind == EXPR_INDEX) && n <= HPC_MAX_CHAIN &&
	       (n == 0 || !e->parenthesised)) {
		chain[n++] = e;
		e = e->kind == EXPR_MEMBER ? e->member.of : e->index.of;
	}
	add_expr(b, e);
	while (n-- > 0) {
		if (chain[n]->kind == EXPR_MEMBER) {
			buf_fmt(b, "." STR_F, STR_A(chain[n]->member.name.text));
			continue;
		}
		buf_char(b, '[');
		add_expr(b, chain[n]->index.at);
		buf_char(b, ']');
	}
}

static void add_bare(struct buf *b, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_FAULTY:
		buf_add(b, STR("faulty"));
		break;
	case EXPR_NULL:
		buf_add(b, STR("null"));
		break;
	case EXPR_BOOL:
		buf_add(b, e->boolean ? STR("true") : STR("false"));
		break;
	case EXPR_NUMBER:
		buf_add(b, number_shown(b->a, e->number));
		break;
	case EXPR_TEXT:
		add_text(b, e);
		break;
	case EXPR_NAME:
		buf_add(b, e->name.name);
		break;
	case EXPR_LIST:
		add_list(b, e);
		break;
	case EXPR_SECTION:
		add_section(b, e->section);
		break;
	case EXPR_IF:
		add_if(b, e);
		break;
	case EXPR_UNARY:
		buf_add(b, str_c(OPERATORS[e->op.op]));
		add_expr(b, e->op.right);
		break;
	case EXPR_BINARY:
		add_binary(b, e);
		break;
	case EXPR_RANGE:
		if (e->range.from != NULL)
			add_expr(b, e->range.from);
		buf_add(b, STR(".."));
		if (e->range.to != NULL)
			add_expr(b, e->range.to);
		break;
	case EXPR_MEMBER:
	case EXPR_INDEX:
		add_postfix(b, e);
		break;
	case EXPR_CALL:
		add_call(b, e);
		break;
	}
}

void add_expr(struct buf *b, const struct expr *e)
{
	if (e == NULL) {
		buf_add(b, STR("faulty"));
		return;
	}
	if (e->parenthesised)
		buf_char(b, '(');
	add_bare(b, e);
	if (e->parenthesised)
		buf_char(b, ')');
}

static void add_fields(struct buf *b, const struct type_expr *t)
{
	buf_add(b, t->nfields == 0 ? STR("{") : STR("{ "));
	for (size_t i = 0; i < t->nfields; i++) {
		if (i > 0)
			buf_add(b, STR(", "));
		buf_fmt(b, STR_F ": ", STR_A(t->fields[i].name.text));
		add_type(b, t->fields[i].type);
		if (t->fields[i].otherwise != NULL) {
			buf_add(b, STR(" = "));
			add_expr(b, t->fields[i].otherwise);
		}
	}
	buf_add(b, t->nfields == 0 ? STR("}") : STR(" }"));
}

void add_type(struct buf *b, const struct type_expr *t)
{
	if (t == NULL) {
		buf_add(b, STR("faulty"));
		return;
	}
	switch (t->kind) {
	case TYPE_EXPR_FAULTY:
		buf_add(b, STR("faulty"));
		break;
	case TYPE_EXPR_NAME:
		if (t->module.text.n > 0)
			buf_fmt(b, STR_F ".", STR_A(t->module.text));
		buf_add(b, t->name.text);
		break;
	case TYPE_EXPR_LIST:
		buf_char(b, '[');
		add_type(b, t->item);
		buf_char(b, ']');
		break;
	case TYPE_EXPR_RECORD:
		add_fields(b, t);
		break;
	case TYPE_EXPR_FREE:
		buf_add(b, STR("{ ...: "));
		add_type(b, t->item);
		buf_add(b, STR(" }"));
		break;
	case TYPE_EXPR_CHOICE:
		for (size_t i = 0; i < t->nchoices; i++) {
			if (i > 0)
				buf_add(b, STR(" | "));
			add_expr(b, t->choices[i]);
		}
		break;
	}
	if (t->limit != NULL) {
		buf_char(b, '(');
		add_expr(b, t->limit);
		buf_char(b, ')');
	}
	if (t->optional)
		buf_char(b, '?');
}

struct str expr_shown(struct arena *a, const struct expr *e)
{
	struct buf b = buf_in(a);

	add_expr(&b, e);
	return buf_str(&b);
}

struct str number_written(struct arena *a, struct span at)
{
	enum { LONGEST = 40 };
	struct str text = span_text(span_plain(at));
	struct buf b = buf_in(a);

	if (text.n >= LONGEST || text.n == 0 || !is_digit(text.s[0]) ||
	    str_find(text, '\n', 0) < text.n)
		return (struct str){0};
	for (size_t i = 0; i < text.n; i++) {
		bool blank = text.s[i] == ' ' || text.s[i] == '\t';

		if (!blank)
			buf_char(&b, text.s[i]);
		else if (text.s[i - 1] != ' ' && text.s[i - 1] != '\t')
			buf_char(&b, ' ');
	}
	return buf_str(&b);
}

struct str type_expr_shown(struct arena *a, const struct type_expr *t)
{
	struct buf b = buf_in(a);

	add_type(&b, t);
	return buf_str(&b);
}
