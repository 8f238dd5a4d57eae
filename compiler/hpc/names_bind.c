/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names_bind.c - walks expressions, entries and types, and binds the names in them.
 *
 * Brackets bound how deep the walk goes (HPC_MAX_DEPTH); chains of operators, members and `else if`, which have no
 * brackets, are walked by loops.
 */
#include "compiler/hpc/ast_shown.h"
#include "compiler/hpc/names_state.h"

static void bind_name(struct names *n, struct expr *e, const struct expr *whole, enum use_as as)
{
	struct binding *b = name_meaning(n, e->name.name);
	const char *what = NULL;
	struct str use = {0};

	if (b == NULL) {
		const struct builtin *f = builtin_named(e->name.name);

		if (f == NULL) {
			unknown_name(n, e, whole, as);
			return;
		}
		diag_function_as_value(n->ds, e->at, f->name, "function",
				       arena_fmt(n->a, "call it: `" STR_F "(…)`", STR_A(f->name)));
		return;
	}
	b->used = true;
	if (b->twice) {
		n->poison++;
		return;
	}
	switch (b->kind) {
	case BIND_FN:
	case BIND_BUILTIN:
		what = "function";
		use = arena_fmt(n->a, "call it: `" STR_F "(…)`", STR_A(b->name.text));
		break;
	case BIND_MODULE:
		what = "module";
		use = arena_fmt(n->a, "name what is meant: `" STR_F ".NAME`", STR_A(b->name.text));
		break;
	case BIND_TYPE:
		what = "type";
		use = STR("types stand behind a colon");
		break;
	case BIND_POLICY:
		what = "policy";
		use = STR("hpcc applies it");
		break;
	case BIND_LET:
	case BIND_PARAM:
	case BIND_DEPLOY:
	case BIND_ARGUMENT:
	case BIND_LOOP:
	case BIND_DECLARATION:
		e->name.binding = b;
		return;
	}
	diag_function_as_value(n->ds, e->at, b->name.text, what, use);
}

/* Is e a name that means a module? Then it is bound to it. */
static const struct binding *module_of(struct names *n, struct expr *e)
{
	struct binding *b;

	if (e->kind != EXPR_NAME)
		return NULL;
	b = name_meaning(n, e->name.name);
	if (b == NULL || b->kind != BIND_MODULE || b->twice)
		return NULL;
	b->used = true;
	e->name.binding = b;
	return b;
}

/* module.name as a value. */
static void bind_member_of(struct names *n, struct expr *e, const struct binding *module)
{
	struct binding *b = module_member(n, module, &e->member.name, false);
	struct str whole = arena_fmt(n->a, STR_F "." STR_F, STR_A(module->name.text),
				     STR_A(e->member.name.text));

	if (b == NULL)
		return;
	if (b->kind == BIND_FN)
		diag_function_as_value(n->ds, e->at, whole, "function",
				       arena_fmt(n->a, "call it: `" STR_F "(…)`", STR_A(whole)));
	else if (b->kind == BIND_TYPE)
		diag_function_as_value(n->ds, e->at, whole, "type",
				       STR("types stand behind a colon"));
	else
		e->member.binding = b;
}

static void bind_arguments(struct names *n, struct expr *e)
{
	for (size_t i = 0; i < e->call.n; i++)
		bind_expr(n, e->call.arguments[i].value, USE_VALUE);
	bind_call(n, e);
}

static bool is_comparison(enum operator op)
{
	return op == OP_EQ || op == OP_NE || op == OP_IN;
}

/* How the operands of e are used. */
static enum use_as operand_use(const struct expr *e, bool right, enum use_as as)
{
	if (e->kind != EXPR_BINARY)
		return USE_OPERAND;
	if (is_comparison(e->op.op))
		return right ? USE_VALUE : USE_OPERAND;
	return e->op.op == OP_DEFAULT && right ? as : USE_OPERAND;
}

/*
 * A chain such as a.b.c, a + b + c, a.b[c] - d: its first part, then what hangs on it. `whole` is the longest chain of
 * members and minus signs from the first part on: words without quotes.
 */
static void bind_chain(struct names *n, struct expr *e, enum use_as as)
{
	struct expr **chain = NULL, *at = e;
	const struct expr *whole = NULL;
	size_t count = 0, i;
	enum use_as first = as;

	for (struct expr *x = e; expr_left(x) != NULL; x = expr_left(x))
		count++;
	chain = NEW_ARRAY(n->a, struct expr *, count + 1);
	for (i = count; i > 0; i--, at = expr_left(at))
		chain[i - 1] = at;
	for (i = 0; i < count && !at->parenthesised; i++) {
		if (chain[i]->kind != EXPR_MEMBER &&
		    !(chain[i]->kind == EXPR_BINARY && chain[i]->op.op == OP_MINUS))
			break;
		whole = chain[i];
	}
	if (count > 0)
		first = chain[0]->kind == EXPR_BINARY ? operand_use(chain[0], false, as)
						      : USE_OPERAND;
	/* `subnet-0a`, `t3.micro`: as a whole they are used as the chain is. */
	if (whole == e)
		first = as == USE_VALUE ? USE_VALUE : first;

	i = 0;
	if (count > 0 && chain[0]->kind == EXPR_MEMBER && module_of(n, at) != NULL) {
		bind_member_of(n, chain[0], at->name.binding);
		i = 1;
	} else if (at->kind == EXPR_NAME) {
		unsigned errors = n->ds->errors + n->poison;

		bind_name(n, at, whole != NULL ? whole : at, first);
		if (n->ds->errors + n->poison > errors && whole != NULL)
			while (chain[i] != whole)
				i++; /* the rest of the words */
	} else {
		bind_expr(n, at, first);
	}
	for (; i < count; i++) {
		if (chain[i]->kind == EXPR_BINARY)
			bind_expr(n, chain[i]->op.right, operand_use(chain[i], true, as));
		else if (chain[i]->kind == EXPR_INDEX)
			bind_expr(n, chain[i]->index.at, USE_VALUE);
	}
}

/* '…${name}…' of a name that there is: it was meant to be seen. */
static void look_into_raw(struct names *n, const struct expr *e)
{
	struct str text = span_text(e->at);

	for (size_t at = str_find_str(text, STR("${"), 0); at != SIZE_MAX;
	     at = str_find_str(text, STR("${"), at + 2)) {
		size_t end = at + 2;
		struct str name;
		struct diag *d;

		while (end < text.n && (is_alnum(text.s[end]) || text.s[end] == '_'))
			end++;
		name = str_slice(text, at + 2, end);
		if (end == text.n || text.s[end] != '}' || name.n == 0 ||
		    name_meaning(n, name) == NULL)
			continue;
		d = diag_raw_expression(
			n->ds, span_in(e->at.src, e->at.lo + at, e->at.lo + end + 1), name);
		diag_help(n->ds, d, "for its value write %s",
			  e->text.block ? "the block between `\"\"\"`"
					: "the text in double quotes");
	}
}

static void bind_text(struct names *n, struct expr *e)
{
	if (e->text.raw)
		look_into_raw(n, e);
	for (size_t i = 0; i < e->text.n; i++)
		bind_expr(n, e->text.parts[i].expr, USE_TEXT);
}

void bind_clauses(struct names *n, struct clause *clauses, size_t count, size_t scope)
{
	for (size_t i = 0; i < count; i++) {
		struct clause *c = &clauses[i];
		size_t own = i == 0 ? scope
				    : n->nundo; /* each clause stands inside of those before it */

		bind_expr(n, c->source, USE_OPERAND);
		if (c->first.text.n > 0)
			c->first_binding = declare_local(n, BIND_LOOP, c->first, own);
		if (c->second.text.n > 0)
			c->second_binding = declare_local(n, BIND_LOOP, c->second, own);
	}
}

static void bind_list(struct names *n, struct expr *e)
{
	for (size_t i = 0; i < e->list.n; i++) {
		struct element *x = &e->list.items[i];
		size_t scope = scope_begin(n);

		bind_clauses(n, x->clauses, x->nclauses, scope);
		bind_expr(n, x->value, x->spread ? USE_OPERAND : USE_VALUE);
		scope_end(n, scope);
	}
}

void bind_expr(struct names *n, struct expr *e, enum use_as as)
{
	while (e != NULL)
		switch (e->kind) {
		case EXPR_FAULTY:
		case EXPR_NULL:
		case EXPR_BOOL:
		case EXPR_NUMBER:
			return;
		case EXPR_TEXT:
			bind_text(n, e);
			return;
		case EXPR_LIST:
			bind_list(n, e);
			return;
		case EXPR_SECTION:
			bind_entries(n, e->section);
			return;
		case EXPR_IF:
			bind_expr(n, e->branch.condition, USE_OPERAND);
			if (e->branch.otherwise == NULL) {
				e = e->branch.then;
			} else {
				bind_expr(n, e->branch.then, as);
				e = e->branch.otherwise;
			}
			break;
		case EXPR_UNARY:
			e = e->op.right;
			as = USE_OPERAND;
			break;
		case EXPR_RANGE:
			bind_expr(n, e->range.from, USE_OPERAND);
			e = e->range.to;
			as = USE_OPERAND;
			break;
		case EXPR_CALL:
			bind_arguments(n, e);
			return;
		case EXPR_NAME:
		case EXPR_BINARY:
		case EXPR_MEMBER:
		case EXPR_INDEX:
			bind_chain(n, e, as);
			return;
		}
}

void bind_let(struct names *n, const struct let *let)
{
	struct str outer = n->declaring;

	bind_type(n, let->type_expr);
	n->declaring = let->name.text;
	bind_expr(n, let->value, USE_VALUE);
	n->declaring = outer;
}

void bind_check(struct names *n, struct check *check)
{
	bind_expr(n, check->condition, USE_OPERAND);
	bind_expr(n, check->place, USE_OPERAND);
	bind_expr(n, check->message, USE_VALUE);
}

static void bind_path(struct names *n, struct section_entry *e)
{
	for (size_t i = 0; i < e->npath; i++)
		bind_expr(n, e->path[i].index, USE_VALUE);
}

/* All but the alternative of an `if`. */
static void bind_entry(struct names *n, struct section_entry *e)
{
	size_t scope = scope_begin(n);

	switch (e->kind) {
	case ENTRY_SET:
	case ENTRY_OPEN:
		bind_path(n, e);
		bind_expr(n, e->value, USE_VALUE);
		break;
	case ENTRY_SPREAD:
	case ENTRY_IF:
		bind_expr(n, e->value, USE_OPERAND);
		break;
	case ENTRY_LET:
		bind_let(n, e->let);
		break;
	case ENTRY_CHECK:
		bind_check(n, e->check);
		break;
	case ENTRY_FOR:
		bind_clauses(n, e->clauses, e->nclauses, scope);
		break;
	}
	if (e->body != NULL)
		bind_entries(n, e->body);
	scope_end(n, scope);
}

void bind_entries(struct names *n, struct entry_list *list)
{
	size_t scope = scope_begin(n);

	while (list != NULL) {
		struct entry_list *next = NULL;

		for (size_t i = 0; i < list->n; i++) {
			struct let *let = list->entries[i].let;

			if (list->entries[i].kind != ENTRY_LET)
				continue;
			let->binding = declare_local(n, BIND_LET, let->name, scope);
			let->binding->let = let;
		}
		for (size_t i = 0; i < list->n; i++) {
			struct section_entry *e = &list->entries[i];

			bind_entry(n, e);
			if (e->kind != ENTRY_IF || e->otherwise == NULL)
				continue;
			if (i + 1 == list->n)
				next = e->otherwise; /* a chain of `else if` is no depth */
			else
				bind_entries(n, e->otherwise);
		}
		list = next;
	}
	scope_end(n, scope);
}

/* The names in a type are those of the file; the default of each field has a frame of its own. */
static void bind_fields(struct names *n, struct type_expr *t)
{
	uint32_t nslots = n->nslots;

	for (size_t i = 0; i < t->nfields; i++) {
		bind_type(n, t->fields[i].type);
		n->nslots = 0;
		bind_expr(n, t->fields[i].otherwise, USE_VALUE);
		t->fields[i].nslots = n->nslots;
		n->nslots = nslots;
	}
}

static void bind_type_name(struct names *n, struct type_expr *t)
{
	struct binding *b, *module;

	if (t->module.text.n == 0) {
		b = n->file != NULL ? names_find(n->file, t->name.text) : NULL;
		if (b == NULL || b->kind != BIND_TYPE)
			return; /* type_names.c knows those of the language and the schema */
		b->used = true;
		t->binding = b;
		return;
	}
	module = n->file != NULL ? names_find(n->file, t->module.text) : NULL;
	if (module != NULL && module->twice) {
		module->used = true;
		t->kind = TYPE_EXPR_FAULTY;
		return;
	}
	if (module == NULL || module->kind != BIND_MODULE) {
		struct expr e = {.kind = EXPR_NAME, .at = t->module.at};

		e.name.name = t->module.text;
		unknown_name(n, &e, &e, USE_OPERAND);
		t->kind = TYPE_EXPR_FAULTY;
		return;
	}
	module->used = true;
	b = module_member(n, module, &t->name, true);
	if (b != NULL && b->kind == BIND_TYPE) {
		t->binding = b;
		return;
	}
	if (b != NULL)
		diag_unknown_type(n->ds, t->name.at,
				  arena_fmt(n->a, STR_F "." STR_F, STR_A(t->module.text),
					    STR_A(t->name.text)));
	t->kind = TYPE_EXPR_FAULTY;
}

void bind_type(struct names *n, struct type_expr *t)
{
	bool file_only = n->file_only;

	n->file_only = true;
	while (t != NULL) {
		struct type_expr *inner = t->item;

		if (t->kind == TYPE_EXPR_NAME)
			bind_type_name(n, t);
		else if (t->kind == TYPE_EXPR_RECORD)
			bind_fields(n, t);
		bind_expr(n, t->limit, USE_OPERAND);
		for (size_t i = 0; i < t->nchoices; i++)
			bind_expr(n, t->choices[i], USE_VALUE);
		t = inner;
	}
	n->file_only = file_only;
}
