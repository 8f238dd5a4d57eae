/* SPDX-License-Identifier: Apache-2.0 */
/* names_call.c - calls: which function, which parameter each argument goes to, and functions that call themselves. */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/hpc/names_state.h"

/* What a call needs to know of a function, built-in or not. */
struct callable {
	struct str name; /* as it is called */
	const struct item *item;
	const struct builtin *builtin;
	size_t nparameters;
};

static struct str parameter_name(const struct callable *f, size_t i)
{
	return f->item != NULL ? f->item->parameters[i].name.text : f->builtin->parameters[i].name;
}

/* Is null one of the values of the type? A named type may be. */
static bool is_optional(const struct type_expr *t)
{
	enum { MOST_STEPS = 64 }; /* types may not hold themselves, which type_names.c reports */

	for (int i = 0; t != NULL && i < MOST_STEPS; i++) {
		if (t->optional)
			return true;
		t = t->kind == TYPE_EXPR_NAME && t->binding != NULL && t->binding->item != NULL
			    ? t->binding->item->type_expr
			    : NULL;
	}
	return false;
}

static bool may_be_left_out(const struct callable *f, size_t i)
{
	const struct parameter_decl *p;

	if (f->item == NULL)
		return f->builtin->parameters[i].has_default;
	p = &f->item->parameters[i];
	return p->otherwise != NULL || is_optional(p->type_expr);
}

static bool is_variadic(const struct callable *f)
{
	return f->builtin != NULL && f->builtin->variadic;
}

enum {
	MOST_SHOWN = 12,   /* parameters in a message */
	INDEXED_FROM = 16, /* parameters from which they are found by a map */
};

/* "`queue(name, type, nodes)`" */
static struct str signature(struct names *n, const struct callable *f)
{
	struct buf b = buf_in(n->a);

	buf_fmt(&b, "`" STR_F "(", STR_A(f->name));
	for (size_t i = 0; i < f->nparameters && i < MOST_SHOWN; i++) {
		struct str name = parameter_name(f, i);

		buf_fmt(&b, "%s" STR_F "%s", i > 0 ? ", " : "", STR_A(name),
			may_be_left_out(f, i) ? "?" : "");
	}
	buf_fmt(&b, "%s)`", is_variadic(f) || f->nparameters > MOST_SHOWN ? ", …" : "");
	return buf_str(&b);
}

static void unknown_argument(struct names *n, const struct callable *f, const struct argument *x)
{
	struct diag *d = diag_unknown_argument(n->ds, x->name.at, f->name, x->name.text);
	struct str near = {0};

	for (size_t i = 0; i < f->nparameters && near.n == 0 && n->searches < MOST_SEARCHES; i++)
		if (edit_distance(x->name.text, parameter_name(f, i), near_limit(x->name.text)) <=
		    near_limit(x->name.text))
			near = parameter_name(f, i);
	n->searches++;
	if (near.n > 0) {
		diag_help(n->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(n->ds, d, x->name.at, near, false);
	} else {
		diag_help(n->ds, d, "it is " STR_F, STR_A(signature(n, f)));
	}
}

static void too_many(struct names *n, const struct callable *f, const struct expr *e, size_t i)
{
	struct diag *d = diag_too_many_arguments(
		n->ds, e->call.arguments[i].value->at, f->name,
		f->nparameters == 0 ? STR("no argument")
				    : arena_fmt(n->a, "%zu argument%s", f->nparameters,
						f->nparameters == 1 ? "" : "s"),
		e->call.n);

	diag_help(n->ds, d, "it is " STR_F, STR_A(signature(n, f)));
}

/* The parameters of a function with many, by name: each is itself. */
static const struct map *parameter_index(struct names *n, const struct item *fn)
{
	struct str key = {(const char *)&fn, sizeof(fn)};
	const struct map *known = map_get(&n->parameters, key);
	struct map *index;

	if (known != NULL)
		return known;
	index = NEW(n->a, struct map);
	for (size_t k = fn->nparameters; k > 0; k--) /* the first of one name stays */
		map_put(index, n->a, fn->parameters[k - 1].name.text, &fn->parameters[k - 1]);
	map_put(&n->parameters, n->a, arena_str(n->a, key), index);
	return index;
}

/* The number of the parameter of this name, or SIZE_MAX. */
static size_t parameter_named(struct names *n, const struct callable *f, struct str name)
{
	const struct parameter_decl *found;

	if (f->item != NULL && f->nparameters >= INDEXED_FROM) {
		found = map_get(parameter_index(n, f->item), name);
		return found != NULL ? (size_t)(found - f->item->parameters) : SIZE_MAX;
	}
	for (size_t k = 0; k < f->nparameters; k++)
		if (str_eq(parameter_name(f, k), name))
			return k;
	return SIZE_MAX;
}

/* The parameter of the argument number i, SIZE_MAX after an error. */
static size_t parameter_of(struct names *n, const struct callable *f, const struct expr *e,
			   size_t i)
{
	const struct argument *x = &e->call.arguments[i];
	size_t k;

	if (x->name.text.n == 0) {
		if (i < f->nparameters || is_variadic(f))
			return i;
		if (i == f->nparameters)
			too_many(n, f, e, i);
		return SIZE_MAX;
	}
	k = parameter_named(n, f, x->name.text);
	if (k == SIZE_MAX)
		unknown_argument(n, f, x);
	return k;
}

static void missing(struct names *n, const struct callable *f, const struct expr *e, size_t i)
{
	struct diag *d = diag_missing_argument(n->ds, e->at, f->name, parameter_name(f, i));

	if (f->item != NULL)
		diag_label(n->ds, d, f->item->name.at, "the function is declared here");
	diag_help(n->ds, d, "it is " STR_F, STR_A(signature(n, f)));
}

static void give_arguments(struct names *n, const struct callable *f, struct expr *e)
{
	bool *given = NEW_ARRAY(n->a, bool, f->nparameters + 1), faulty = false;

	for (size_t i = 0; i < e->call.n; i++) {
		struct argument *x = &e->call.arguments[i];
		size_t k = parameter_of(n, f, e, i);

		x->parameter = k;
		if (k == SIZE_MAX) {
			faulty = true;
			continue;
		}
		if (k >= f->nparameters)
			continue;
		if (given[k]) {
			diag_argument_twice(n->ds, x->name.text.n > 0 ? x->name.at : x->value->at,
					    parameter_name(f, k));
			faulty = true;
		}
		given[k] = true;
	}
	for (size_t i = 0; i < f->nparameters && !faulty; i++)
		if (!given[i] && !may_be_left_out(f, i)) {
			missing(n, f, e, i);
			return;
		}
}

static void note_call(struct names *n, const struct item *callee, struct span at)
{
	struct call_edge *edge;
	struct str key = {(const char *)&n->function, sizeof(n->function)};

	if (n->function == NULL)
		return;
	edge = NEW(n->a, struct call_edge);
	key = arena_str(n->a, key);
	*edge = (struct call_edge){callee, at, handle_get(&n->calls, key)};
	handle_put(&n->calls, n->a, key, edge);
}

/* What is no function, in words. */
static void no_function(struct names *n, const struct expr *callee, struct str name,
			enum binding_kind kind)
{
	const char *what = kind == BIND_MODULE	      ? "a module"
			   : kind == BIND_TYPE	      ? "a type"
			   : kind == BIND_POLICY      ? "a policy"
			   : kind == BIND_DECLARATION ? "a declaration"
						      : "a value";

	diag_not_a_function(n->ds, callee->at, arena_fmt(n->a, "`" STR_F "`", STR_A(name)), what);
}

static void call_bound(struct names *n, struct expr *e, struct binding *b, struct str name)
{
	struct callable f = {.name = name, .item = b->item, .nparameters = b->item->nparameters};

	b->used = true;
	note_call(n, b->item, e->at);
	give_arguments(n, &f, e);
	e->call.binding = b;
}

static void call_builtin(struct names *n, struct expr *e, const struct builtin *builtin)
{
	struct callable f = {
		.name = builtin->name, .builtin = builtin, .nparameters = builtin->nparameters};
	struct binding *b = NEW(n->a, struct binding);

	*b = (struct binding){.kind = BIND_BUILTIN,
			      .used = true,
			      .name = {builtin->name, e->call.callee->at},
			      .builtin = builtin};
	give_arguments(n, &f, e);
	e->call.binding = b;
}

static void call_name(struct names *n, struct expr *e)
{
	struct expr *callee = e->call.callee;
	struct binding *b = name_meaning(n, callee->name.name);
	const struct builtin *builtin;

	if (b != NULL) {
		b->used = true;
		if (b->twice)
			n->poison++;
		else if (b->kind == BIND_FN)
			call_bound(n, e, b, callee->name.name);
		else
			no_function(n, callee, callee->name.name, b->kind);
		return;
	}
	builtin = builtin_named(callee->name.name);
	if (builtin != NULL)
		call_builtin(n, e, builtin);
	else
		unknown_name(n, callee, callee, USE_CALL);
}

/* x.name(…), where x is no module: methods of other languages. */
static void call_of_value(struct names *n, struct expr *callee)
{
	struct str name = callee->member.name.text;
	unsigned errors = n->ds->errors + n->poison;
	const char *foreign;
	struct diag *d;

	bind_expr(n, callee->member.of, USE_OPERAND);
	if (n->ds->errors + n->poison > errors)
		return;
	d = diag_not_a_function(n->ds, callee->member.name.at,
				arena_fmt(n->a, "`" STR_F "`", STR_A(name)), "a property");
	foreign = foreign_function(name);
	if (builtin_named(name) != NULL)
		diag_help(n->ds, d, "values have no functions; write `" STR_F "(…)`", STR_A(name));
	else if (foreign != NULL)
		diag_help(n->ds, d, "%s", foreign);
}

static void call_member(struct names *n, struct expr *e)
{
	struct expr *callee = e->call.callee, *of = callee->member.of;
	struct binding *module = of->kind == EXPR_NAME ? name_meaning(n, of->name.name) : NULL, *b;
	struct str name;

	if (module == NULL || module->kind != BIND_MODULE || module->twice) {
		call_of_value(n, callee);
		return;
	}
	module->used = true;
	of->name.binding = module;
	b = module_member(n, module, &callee->member.name, false);
	if (b == NULL)
		return;
	callee->member.binding = b;
	name = arena_fmt(n->a, STR_F "." STR_F, STR_A(module->name.text), STR_A(b->name.text));
	if (b->kind == BIND_FN)
		call_bound(n, e, b, name);
	else
		no_function(n, callee, name, b->kind);
}

void bind_call(struct names *n, struct expr *e)
{
	switch (e->call.callee->kind) {
	case EXPR_NAME:
		call_name(n, e);
		return;
	case EXPR_MEMBER:
		call_member(n, e);
		return;
	case EXPR_FAULTY:
		return;
	case EXPR_NULL:
	case EXPR_BOOL:
	case EXPR_NUMBER:
	case EXPR_TEXT:
	case EXPR_LIST:
	case EXPR_SECTION:
	case EXPR_IF:
	case EXPR_UNARY:
	case EXPR_BINARY:
	case EXPR_RANGE:
	case EXPR_INDEX:
	case EXPR_CALL:
		diag_not_a_function(n->ds, e->call.callee->at, STR("this"), "a value");
		return;
	}
}

/* The name of the module's file that is nearest to `word`, or empty. */
static struct str near_member(struct names *n, const struct program_file *file, struct str word,
			      bool type)
{
	unsigned best = near_limit(word) + 1;
	struct str near = {0};

	if (n->searches++ >= MOST_SEARCHES)
		return near;
	for (size_t i = 0; i < file->names->names.n; i++) {
		const struct map_item *item = &file->names->names.items[i];
		const struct binding *b = ((const struct handle *)item->value)->of;
		unsigned distance = edit_distance(word, item->key, best);

		if (distance < best && item->key.s[0] != '_' && b->kind != BIND_MODULE &&
		    (b->kind == BIND_TYPE) == type) {
			best = distance;
			near = item->key;
		}
	}
	return near;
}

struct binding *module_member(struct names *n, const struct binding *module,
			      const struct ident *name, bool type)
{
	const struct program_file *file = module->item->module;
	struct binding *b;
	struct diag *d;
	struct str near;

	if (file == NULL)
		return NULL; /* what cannot be read was reported */
	b = names_find(file, name->text);
	if (name->text.n > 0 && name->text.s[0] == '_') {
		diag_private_name(n->ds, name->at, name->text, module->name.text);
		return NULL;
	}
	if (b != NULL && b->kind != BIND_MODULE && b->kind != BIND_POLICY &&
	    b->kind != BIND_PARAM && b->kind != BIND_DEPLOY) {
		b->used = true;
		return b;
	}
	d = type ? diag_unknown_type(n->ds, name->at,
				     arena_fmt(n->a, STR_F "." STR_F, STR_A(module->name.text),
					       STR_A(name->text)))
		 : diag_unknown_member(n->ds, name->at, module->name.text, name->text);
	if (b != NULL && b->kind == BIND_MODULE) {
		diag_help(n->ds, d, "what a module uses itself is not passed on: `use` it here");
		return NULL;
	}
	near = near_member(n, file, name->text, type);
	if (near.n > 0) {
		diag_help(n->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(n->ds, d, name->at, near, false);
	}
	return NULL;
}

/* ---- recursion ---- */

enum colour { WHITE, ON_THE_WAY, DONE };

struct visit {
	const struct item *function;
	const struct call_edge *next;
};

struct search {
	struct names *n;
	struct map colours; /* address of the function -> a colour */
	struct visit *way;
	size_t nway;
};

static const enum colour colours[] = {WHITE, ON_THE_WAY, DONE};

static struct str key_of(struct names *n, const struct item *function)
{
	return arena_str(n->a, (struct str){(const char *)&function, sizeof(function)});
}

static void close_circle(struct search *s, const struct call_edge *edge)
{
	struct buf b = buf_in(s->n->a);
	size_t from = s->nway - 1;

	while (s->way[from].function != edge->callee)
		from--;
	for (size_t i = from; i < s->nway; i++)
		buf_fmt(&b, "`" STR_F "` → ", STR_A(s->way[i].function->name.text));
	buf_fmt(&b, "`" STR_F "`", STR_A(edge->callee->name.text));
	diag_help(s->n->ds,
		  diag_recursion(s->n->ds, edge->at, edge->callee->name.text, buf_str(&b)),
		  "there is no recursion; go over lists with `for`");
}

static void enter(struct search *s, const struct item *function)
{
	struct str key = key_of(s->n, function);

	map_put(&s->colours, s->n->a, key, &colours[ON_THE_WAY]);
	s->way[s->nway++] = (struct visit){function, handle_get(&s->n->calls, key)};
}

static enum colour colour_of(struct search *s, const struct item *function)
{
	const enum colour *c = map_get(&s->colours, key_of(s->n, function));

	return c != NULL ? *c : WHITE;
}

/* Goes along all calls from `first` on. */
static void search_from(struct search *s, const struct item *first)
{
	enter(s, first);
	while (s->nway > 0) {
		struct visit *v = &s->way[s->nway - 1];
		const struct call_edge *edge = v->next;

		if (edge == NULL) {
			map_put(&s->colours, s->n->a, key_of(s->n, v->function), &colours[DONE]);
			s->nway--;
			continue;
		}
		v->next = edge->next;
		if (colour_of(s, edge->callee) == ON_THE_WAY)
			close_circle(s, edge);
		else if (colour_of(s, edge->callee) == WHITE)
			enter(s, edge->callee);
	}
}

/* Calls were noted last first; people read them in the order of the text. */
static void turn_round(struct names *n)
{
	for (size_t i = 0; i < n->calls.n; i++) {
		struct call_edge *edge = handle_get(&n->calls, n->calls.items[i].key);
		struct call_edge *turned = NULL;

		while (edge != NULL) {
			struct call_edge *next = edge->next;

			edge->next = turned;
			turned = edge;
			edge = next;
		}
		handle_put(&n->calls, n->a, n->calls.items[i].key, turned);
	}
}

void find_recursion(struct names *n, const struct module_set *files)
{
	struct search s = {.n = n};

	turn_round(n);
	s.way = NEW_ARRAY(n->a, struct visit, n->calls.n + 2);
	for (size_t i = 0; i < files->n; i++)
		for (size_t k = 0; k < files->files[i]->nitems; k++) {
			const struct item *item = &files->files[i]->items[k];

			if (item->kind == ITEM_FN && colour_of(&s, item) == WHITE)
				search_from(&s, item);
		}
}
