/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_check.c - walks a program and says what type each place has.
 *
 * The walk gives back what type an expression has, as far as it is written somewhere: of names with a type, their
 * properties and items, results of functions. NULL means that only a run knows. It is as deep as brackets are, as that
 * of names_bind.c.
 */
#include "compiler/hpc/static_check.h"

#include "compiler/base/buf.h"
#include "compiler/hpc/ast_shown.h"
#include "compiler/hpc/builtins.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/static_state.h"
#include "compiler/schema/kind.h"

static const struct type *walk(struct statics *s, struct expr *e, const struct wanted *w);
static void walk_entries(struct statics *s, struct entry_list *list, const struct type *t);

/* ---- names ---- */

static struct str address_key(const void *const *p)
{
	return (struct str){(const char *)p, sizeof(*p)};
}

static const struct type *type_of_binding(struct statics *s, const struct binding *b)
{
	const void *p = b;

	if (b == NULL)
		return NULL;
	switch (b->kind) {
	case BIND_LET:
		return b->let != NULL ? type_of_expr(s->types, b->let->type_expr) : NULL;
	case BIND_PARAM:
	case BIND_DEPLOY:
		return type_of_expr(s->types, b->item->type_expr);
	case BIND_DECLARATION:
		return type_of_kind(s->types, b->item->kind_word.text);
	case BIND_ARGUMENT:
		return type_of_expr(s->types, b->parameter->type_expr);
	case BIND_LOOP:
		return map_get(&s->loops, address_key(&p));
	case BIND_FN:
	case BIND_TYPE:
	case BIND_MODULE:
	case BIND_POLICY:
	case BIND_BUILTIN:
		break;
	}
	return NULL;
}

static void set_loop_type(struct statics *s, const struct binding *b, const struct type *t)
{
	const void *p = b;

	if (b != NULL && t != NULL)
		map_put(&s->loops, s->a, arena_str(s->a, address_key(&p)), t);
}

static void walk_clauses(struct statics *s, struct clause *clauses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct clause *c = &clauses[i];
		const struct type *t = walk(s, c->source, NULL);
		const struct type *item = t != NULL ? type_item(s->types, t) : NULL;

		if (c->first.text.n > 0)
			set_loop_type(s,
				      c->second.text.n > 0 ? c->second_binding : c->first_binding,
				      item);
	}
}

/* ---- calls ---- */

static const struct type *walk_call(struct statics *s, struct expr *e)
{
	const struct binding *b = e->call.binding;

	for (size_t i = 0; i < e->call.n; i++) {
		struct argument *x = &e->call.arguments[i];
		struct wanted w = {.call = e->at};

		if (b != NULL && b->kind == BIND_FN && x->parameter < b->item->nparameters) {
			const struct parameter_decl *p = &b->item->parameters[x->parameter];

			w.type = type_of_expr(s->types, p->type_expr);
			w.what = arena_fmt(s->a, "`" STR_F "`", STR_A(p->name.text));
			w.callee = b->name.text;
			if (p->type_expr != NULL && !b->file->is_std)
				w.declared = p->type_expr->at;
		} else if (b != NULL && b->kind == BIND_BUILTIN) {
			judge_builtin_argument(s, b->builtin, x->parameter, x->value);
		}
		walk(s, x->value, &w);
	}
	return b != NULL && b->kind == BIND_FN ? type_of_expr(s->types, b->item->type_expr) : NULL;
}

/* ---- chains ---- */

/* Is it NAME.Outputs of a declaration, also of one that a function got? That is no property. */
static bool is_outputs(const struct expr *e, const struct type *t)
{
	const struct section *section = type_section(t);

	return str_eq(e->member.name.text, STR("Outputs")) && section != NULL &&
	       section->label.n == 0;
}

static const struct type *member_type(struct statics *s, const struct expr *e, const struct type *t)
{
	bool is_known = true;
	const struct type *member;

	if (t == NULL || is_outputs(e, t))
		return NULL;
	member = type_member(s->types, t, e->member.name.text, &is_known);
	if (!is_known)
		unknown_property(s, e->member.name.at, e->member.name.text, t);
	return member;
}

static const struct type *index_type(struct statics *s, const struct type *t, const struct expr *at)
{
	if (t == NULL || !type_is_list(t))
		return NULL;
	return at != NULL && at->kind == EXPR_RANGE ? t : type_item(s->types, t);
}

static const struct type *binary_type(struct statics *s, struct expr *e, const struct type *left,
				      const struct wanted *w)
{
	const struct type *right = walk(s, e->op.right, e->op.op == OP_DEFAULT ? w : NULL);

	switch (e->op.op) {
	case OP_EQ:
	case OP_NE:
		judge_comparison(s, e, left, e->op.right);
		judge_comparison(s, e, right, e->op.left);
		return NULL;
	case OP_IN:
		judge_comparison(s, e, left, e->op.right);
		return NULL;
	case OP_DEFAULT:
		return left != NULL ? left : right;
	case OP_NOT:
	case OP_MINUS:
	case OP_OR:
	case OP_AND:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
	case OP_PLUS:
	case OP_TIMES:
	case OP_OVER:
	case OP_REST:
		break;
	}
	return NULL;
}

/* a.b[c] + d: from the left, by a loop, since such a chain may be as long as the file. */
static const struct type *walk_chain(struct statics *s, struct expr *e, const struct wanted *w)
{
	struct expr **chain, *at = e;
	const struct type *t;
	size_t count = 0;

	for (struct expr *x = e; expr_left(x) != NULL; x = expr_left(x))
		count++;
	chain = NEW_ARRAY(s->a, struct expr *, count + 1);
	for (size_t i = count; i > 0; i--, at = expr_left(at))
		chain[i - 1] = at;
	if (at->kind == EXPR_NAME)
		t = type_of_binding(s, at->name.binding);
	else if (at->kind == EXPR_MEMBER)
		t = type_of_binding(s, at->member.binding);
	else
		t = walk(s, at, NULL);
	for (size_t i = 0; i < count; i++) {
		struct expr *x = chain[i];

		if (x->kind == EXPR_MEMBER) {
			t = member_type(s, x, t);
		} else if (x->kind == EXPR_INDEX) {
			walk(s, x->index.at, NULL);
			t = index_type(s, t, x->index.at);
		} else {
			t = binary_type(s, x, t, i + 1 == count ? w : NULL);
		}
	}
	return t;
}

/* ---- literals ---- */

static void walk_list(struct statics *s, struct expr *e, const struct wanted *w)
{
	struct wanted item = {0};
	bool fits = w == NULL || judge_shape(s, e, w);

	if (fits && w != NULL && w->type != NULL) {
		item = *w;
		item.type = type_item(s->types, w->type);
		item.item_of = w->type->kind == TYPE_PROP ? w->type->prop : NULL;
		item.what = arena_fmt(s->a, "an item of " STR_F, STR_A(w->what));
		judge_count(s, e, w->type);
	}
	for (size_t i = 0; i < e->list.n; i++) {
		struct element *x = &e->list.items[i];

		walk_clauses(s, x->clauses, x->nclauses);
		if (x->spread)
			walk(s, x->value, NULL);
		else
			walk(s, x->value, &item);
	}
}

static void walk_section(struct statics *s, struct expr *e, const struct wanted *w)
{
	const struct type *t = w != NULL && judge_shape(s, e, w) ? w->type : NULL;

	check_keys(s, e->section);
	walk_entries(s, e->section, t != NULL && type_is_mapping(t) ? t : NULL);
}

static void walk_text(struct statics *s, struct expr *e, const struct wanted *w)
{
	judge_constant(s, e, w);
	for (size_t i = 0; i < e->text.n; i++)
		if (e->text.parts[i].expr != NULL)
			walk(s, e->text.parts[i].expr, NULL);
}

static const struct type *walk(struct statics *s, struct expr *e, const struct wanted *w)
{
	while (e != NULL)
		switch (e->kind) {
		case EXPR_FAULTY:
		case EXPR_NULL:
			return NULL;
		case EXPR_BOOL:
		case EXPR_NUMBER:
			judge_constant(s, e, w);
			return NULL;
		case EXPR_TEXT:
			walk_text(s, e, w);
			return NULL;
		case EXPR_LIST:
			walk_list(s, e, w);
			return NULL;
		case EXPR_SECTION:
			walk_section(s, e, w);
			return NULL;
		case EXPR_IF:
			walk(s, e->branch.condition, NULL);
			if (e->branch.otherwise == NULL) {
				e = e->branch.then;
			} else {
				walk(s, e->branch.then, w);
				e = e->branch.otherwise;
			}
			break;
		case EXPR_UNARY:
			judge_constant(s, e, w);
			e = e->op.right;
			w = NULL;
			break;
		case EXPR_RANGE:
			walk(s, e->range.from, NULL);
			e = e->range.to;
			w = NULL;
			break;
		case EXPR_CALL:
			return walk_call(s, e);
		case EXPR_NAME:
		case EXPR_BINARY:
		case EXPR_MEMBER:
		case EXPR_INDEX:
			return walk_chain(s, e, w);
		}
	return NULL;
}

/* ---- entries ---- */

/*
 * ParallelCluster drops what it does not know beside the list of scripts of a custom action; the check of the whole
 * file warns of it.
 */
static bool is_dropped(const struct statics *s, const struct type *t)
{
	struct str sequence = schema_props[PROP_CustomAction_Sequence].name;

	if (type_section(t) != &schema_sections[SECTION_CustomAction] || s->literal == NULL)
		return false;
	for (size_t i = 0; i < s->literal->n; i++) {
		const struct section_entry *e = &s->literal->entries[i];

		if (e->npath > 0 && e->path[0].kind == STEP_KEY && str_eq(e->path[0].key, sequence))
			return true;
	}
	return false;
}

/* The type of what the path leads to from a section of type t, or NULL; E0101 for a step that it does not have. */
static const struct type *path_type(struct statics *s, struct section_entry *e,
				    const struct type *t)
{
	for (size_t i = 0; i < e->npath; i++) {
		const struct step *step = &e->path[i];
		bool is_known = true;

		if (step->index != NULL)
			walk(s, step->index, NULL);
		if (t == NULL)
			continue;
		if (step->kind == STEP_KEY &&
		    step->index != NULL) { /* a run tells which one it is */
			t = t->kind == TYPE_FREE ? t->item : NULL;
			continue;
		}
		if (step->kind != STEP_KEY) {
			t = type_is_list(t) ? type_item(s->types, t) : NULL;
			continue;
		}
		if (!type_is_mapping(t)) {
			t = NULL;
			continue;
		}
		const struct type *member = type_member(s->types, t, step->key, &is_known);

		if (!is_known && (i > 0 || !is_dropped(s, t)))
			unknown_property(s, step->at, step->key, t);
		t = member;
	}
	return t;
}

/* "`Size`", the property that an entry sets. */
static struct str path_words(struct statics *s, const struct section_entry *e)
{
	for (size_t i = e->npath; i > 0; i--)
		if (e->path[i - 1].kind == STEP_KEY && e->path[i - 1].index == NULL)
			return arena_joined(s->a, STR("`"), e->path[i - 1].key, STR("`"));
	return STR("the item");
}

static void walk_check(struct statics *s, struct check *check)
{
	walk(s, check->condition, NULL);
	walk(s, check->place, NULL);
	walk(s, check->message, NULL);
}

static void walk_let(struct statics *s, struct let *let)
{
	struct wanted w = {.type = type_of_expr(s->types, let->type_expr),
			   .what = arena_fmt(s->a, "`" STR_F "`", STR_A(let->name.text))};

	let->type = w.type;
	if (let->type_expr != NULL)
		w.declared = let->type_expr->at;
	walk(s, let->value, &w);
}

/* A spread of a literal has the properties of the section around it. */
static void walk_spread(struct statics *s, struct expr *e, const struct type *t)
{
	struct wanted w = {.type = t, .what = STR("the section")};
	bool literal = e != NULL && (e->kind == EXPR_SECTION ||
				     (e->kind == EXPR_IF && e->branch.then->kind == EXPR_SECTION));

	walk(s, e, literal ? &w : NULL);
}

static void walk_entry(struct statics *s, struct section_entry *e, const struct type *t)
{
	struct wanted w = {0};

	switch (e->kind) {
	case ENTRY_SET:
		w.type = path_type(s, e, t);
		w.what = path_words(s, e);
		walk(s, e->value, &w);
		return;
	case ENTRY_OPEN:
		w.type = path_type(s, e, t);
		walk_entries(s, e->body, w.type != NULL && type_is_mapping(w.type) ? w.type : NULL);
		return;
	case ENTRY_SPREAD:
		walk_spread(s, e->value, t);
		return;
	case ENTRY_LET:
		walk_let(s, e->let);
		return;
	case ENTRY_CHECK:
		walk_check(s, e->check);
		return;
	case ENTRY_IF:
		walk(s, e->value, NULL);
		break;
	case ENTRY_FOR:
		walk_clauses(s, e->clauses, e->nclauses);
		break;
	}
	check_keys(s, e->body);
	walk_entries(s, e->body, t);
}

static void walk_entries(struct statics *s, struct entry_list *list, const struct type *t)
{
	const struct entry_list *outer = s->literal;

	while (list != NULL) {
		struct entry_list *next = NULL;

		for (size_t i = 0; i < list->n; i++) {
			struct section_entry *e = &list->entries[i];

			s->literal = list;
			walk_entry(s, e, t);
			if (e->kind != ENTRY_IF || e->otherwise == NULL)
				continue;
			check_keys(s, e->otherwise);
			if (i + 1 == list->n)
				next = e->otherwise; /* a chain of `else if` is no depth */
			else
				walk_entries(s, e->otherwise, t);
		}
		list = next;
	}
	s->literal = outer;
}

/* ---- types and items ---- */

/* The defaults of the fields of a record, and of those inside. */
static void walk_defaults(struct statics *s, struct type_expr *t)
{
	while (t != NULL) {
		for (size_t i = 0; i < t->nfields; i++) {
			struct type_field *f = &t->fields[i];
			struct wanted w = {
				.type = f->type != NULL ? f->type->type : NULL,
				.what = arena_fmt(s->a, "`" STR_F "`", STR_A(f->name.text))};

			if (f->type != NULL)
				w.declared = f->type->at;
			walk(s, f->otherwise, &w);
			walk_defaults(s, f->type);
		}
		t = t->item;
	}
}

static void type_item_of_file(struct statics *s, struct item *item)
{
	item->type = item->kind == ITEM_DECLARATION ? type_of_kind(s->types, item->kind_word.text)
						    : type_of_expr(s->types, item->type_expr);
	for (size_t i = 0; i < item->nparameters; i++)
		item->parameters[i].type = type_of_expr(s->types, item->parameters[i].type_expr);
	if (item->let != NULL)
		item->let->type = type_of_expr(s->types, item->let->type_expr);
}

static void type_items(struct statics *s, struct item *items, size_t n, unsigned depth)
{
	for (size_t i = 0; i < n && depth <= HPC_MAX_DEPTH; i++) {
		type_item_of_file(s, &items[i]);
		type_items(s, items[i].items, items[i].nitems, depth + 1);
		type_items(s, items[i].otherwise, items[i].notherwise, depth + 1);
	}
}

static void walk_parameters(struct statics *s, struct item *item)
{
	for (size_t i = 0; i < item->nparameters; i++) {
		struct parameter_decl *p = &item->parameters[i];
		struct wanted w = {.type = p->type,
				   .what = arena_fmt(s->a, "`" STR_F "`", STR_A(p->name.text))};

		if (p->type_expr != NULL)
			w.declared = p->type_expr->at;
		walk(s, p->otherwise, &w);
	}
}

static void walk_items(struct statics *s, struct item *items, size_t n, unsigned depth);

/* The default of a parameter of the file, or the body of a function. */
static void walk_value(struct statics *s, struct item *item, const char *what)
{
	struct wanted w = {.type = item->type,
			   .what = arena_fmt(s->a, "%s`" STR_F "`", what, STR_A(item->name.text))};

	if (item->type_expr != NULL)
		w.declared = item->type_expr->at;
	walk(s, item->value, &w);
}

/* A policy that looks at no kind of declaration would check nothing, and nobody would know. */
static void check_policy_type(struct statics *s, const struct item *item)
{
	const struct type *own = item->nparameters > 0 ? item->parameters[0].type : NULL;
	struct buf kinds = buf_in(s->a);

	if (own == NULL || type_is_checked(s->types, own))
		return;
	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_fmt(&kinds, "%s`" STR_F "`",
			i == 0		      ? ""
			: i + 1 == KIND_COUNT ? " or "
					      : ", ",
			STR_A(schema_kinds[i].name));
	diag_help(s->ds,
		  diag_expected(
			  s->ds, item->type_expr->at, "the type of a declaration",
			  arena_fmt(s->a, "`" STR_F "`", STR_A(span_text(item->type_expr->at)))),
		  "a policy looks at whole declarations, " STR_F
		  "; what it asks of a part stands in its body, as in `for q in "
		  "c.Scheduling.SlurmQueues { … }`",
		  STR_A(buf_str(&kinds)));
}

static void walk_item(struct statics *s, struct item *item, unsigned depth)
{
	switch (item->kind) {
	case ITEM_USE:
		return;
	case ITEM_PARAM:
		walk_value(s, item, "");
		return;
	case ITEM_LET:
		walk_let(s, item->let);
		return;
	case ITEM_FN:
		walk_parameters(s, item);
		walk_value(s, item, "the result of ");
		return;
	case ITEM_TYPE:
		walk_defaults(s, item->type_expr);
		return;
	case ITEM_POLICY:
		check_policy_type(s, item);
		check_keys(s, item->body);
		walk_entries(s, item->body, NULL);
		return;
	case ITEM_CHECK:
		walk_check(s, item->check);
		return;
	case ITEM_DECLARATION:
		walk(s, item->title, NULL);
		check_keys(s, item->body);
		walk_entries(s, item->body, item->type);
		return;
	case ITEM_IF:
		walk(s, item->value, NULL);
		break;
	case ITEM_FOR:
		walk_clauses(s, item->clauses, item->nclauses);
		break;
	}
	walk_items(s, item->items, item->nitems, depth + 1);
	walk_items(s, item->otherwise, item->notherwise, depth + 1);
}

static void walk_items(struct statics *s, struct item *items, size_t n, unsigned depth)
{
	for (size_t i = 0; i < n && depth <= HPC_MAX_DEPTH; i++)
		walk_item(s, &items[i], depth);
}

void static_check(struct arena *a, struct diags *ds, struct type_maker *types,
		  const struct module_set *files, const struct facts *facts)
{
	struct statics s = {.a = a, .ds = ds, .types = types, .facts = facts};

	values_begin(&s);
	for (size_t i = 0; i < files->n; i++)
		type_items(&s, files->files[i]->items, files->files[i]->nitems, 0);
	for (size_t i = 0; i < files->n; i++)
		walk_items(&s, files->files[i]->items, files->files[i]->nitems, 0);
}

void static_check_expression(struct arena *a, struct diags *ds, struct type_maker *types,
			     struct expr *e, const struct facts *facts)
{
	struct statics s = {.a = a, .ds = ds, .types = types, .facts = facts};

	values_begin(&s);
	walk(&s, e, NULL);
}
