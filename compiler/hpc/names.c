/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - scopes: what an item of a file and a local name mean.
 *
 * Local names are in one map from name to meaning; a scope notes what it changed and changes it back. So a look-up
 * costs the same however deep it stands.
 */
#include "compiler/hpc/names.h"

#include "compiler/hpc/names_state.h"
#include "compiler/hpc/parse.h"
#include "compiler/schema/kind.h"

struct binding *name_meaning(const struct names *n, struct str name)
{
	struct binding *b = n->file_only ? NULL : handle_get(&n->locals, name);

	if (b == NULL && n->file != NULL)
		b = handle_get(&n->file->names->names, name);
	return b;
}

size_t scope_begin(const struct names *n)
{
	return n->nundo;
}

void scope_end(struct names *n, size_t begin)
{
	while (n->nundo > begin) {
		n->nundo--;
		handle_put(&n->locals, n->a, n->undo[n->nundo].name, n->undo[n->nundo].before);
	}
}

/* Was b, which has its meaning still, declared since the scope began? Slots are given in the order of declaration. */
static bool is_of_scope(const struct names *n, const struct binding *b, size_t scope)
{
	return n->nundo > scope && b->slot >= n->undo[scope].slot;
}

static void already_there(struct names *n, struct ident name, const struct binding *there,
			  bool twice)
{
	struct diag *d = twice ? diag_declared_twice(n->ds, name.at, name.text)
			       : diag_shadowed_name(n->ds, name.at, name.text);

	diag_label(n->ds, d, there->name.at, twice ? "the first one" : "it is declared here");
	if (!twice)
		diag_help(n->ds, d, "give it another name");
}

static void keep_local(struct names *n, struct binding *b)
{
	struct scope_table *t = n->file != NULL ? n->file->names : NULL;

	if (t == NULL)
		return;
	if (t->nlocals == t->cap) {
		struct binding **more = NEW_ARRAY(n->a, struct binding *, 2 * t->cap + 16);

		for (size_t i = 0; i < t->nlocals; i++)
			more[i] = t->locals[i];
		t->locals = more;
		t->cap = 2 * t->cap + 16;
	}
	t->locals[t->nlocals++] = b;
}

static void push_undo(struct names *n, const struct binding *b, struct binding *before)
{
	if (n->nundo == n->undo_cap) {
		struct undo *more = NEW_ARRAY(n->a, struct undo, 2 * n->undo_cap + 16);

		for (size_t i = 0; i < n->nundo; i++)
			more[i] = n->undo[i];
		n->undo = more;
		n->undo_cap = 2 * n->undo_cap + 16;
	}
	n->undo[n->nundo++] = (struct undo){b->name.text, before, b->slot};
}

struct binding *declare_local(struct names *n, enum binding_kind kind, struct ident name,
			      size_t scope)
{
	struct binding *before = handle_get(&n->locals, name.text);
	struct binding *b = NEW(n->a, struct binding);
	bool is_blank = str_eq(name.text, STR("_")); /* there may be any number of them */

	*b = (struct binding){.kind = kind, .name = name, .file = n->file, .slot = n->nslots++};
	if (before != NULL && !is_blank)
		already_there(n, name, before, kind != BIND_LOOP && is_of_scope(n, before, scope));
	else if (kind == BIND_LET && name_meaning(n, name.text) != NULL)
		already_there(n, name, name_meaning(n, name.text), false);
	push_undo(n, b, before);
	handle_put(&n->locals, n->a, name.text, b);
	keep_local(n, b);
	return b;
}

static enum binding_kind kind_of_item(const struct item *item)
{
	switch (item->kind) {
	case ITEM_USE:
		return BIND_MODULE;
	case ITEM_PARAM:
		return item->deploy ? BIND_DEPLOY : BIND_PARAM;
	case ITEM_LET:
		return BIND_LET;
	case ITEM_FN:
		return BIND_FN;
	case ITEM_TYPE:
		return BIND_TYPE;
	case ITEM_POLICY:
		return BIND_POLICY;
	case ITEM_CHECK:
	case ITEM_IF:
	case ITEM_FOR:
	case ITEM_DECLARATION:
		break;
	}
	return BIND_DECLARATION;
}

/* The name that a declaration with a text for its name has, where that is known and could be one. */
static void name_by_title(struct item *item)
{
	const struct expr *t = item->title;
	struct str name;

	if (t == NULL || t->kind != EXPR_TEXT || t->text.n != 1 || t->text.parts[0].expr != NULL)
		return;
	name = t->text.parts[0].text;
	for (size_t i = 0; i < name.n; i++)
		if (!is_alnum(name.s[i]) && name.s[i] != '_')
			return;
	if (name.n > 0 && (is_lower(name.s[0]) || name.s[0] == '_'))
		item->name = (struct ident){name, t->at};
}

/* Declares what the item says at the level of the file. */
static void declare_item(struct names *n, struct item *item)
{
	struct binding *b = NEW(n->a, struct binding), *there;
	bool has_slot;

	if (item->kind == ITEM_LET && item->let != NULL)
		item->name = item->let->name;
	if (item->kind == ITEM_DECLARATION)
		name_by_title(item);
	if (item->kind == ITEM_CHECK || item->name.text.n == 0)
		return;
	*b = (struct binding){
		.kind = kind_of_item(item),
		.file_level = true,
		.name = item->name,
		.file = n->file,
		.item = item,
		.let = item->let,
	};
	has_slot = b->kind == BIND_PARAM || b->kind == BIND_DEPLOY || b->kind == BIND_LET ||
		   b->kind == BIND_DECLARATION;
	if (has_slot)
		b->slot = n->file->nslots++;
	item->binding = b;
	if (item->let != NULL)
		item->let->binding = b;
	there = handle_get(&n->file->names->names, item->name.text);
	if (there != NULL) {
		already_there(n, item->name, there, true);
		there->twice = true;
		return;
	}
	handle_put(&n->file->names->names, n->a, item->name.text, b);
}

/* Declares the items; of those in `if`, all, since a name of them is known when they are evaluated. */
static void declare_items(struct names *n, struct item *items, size_t count, unsigned depth)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind == ITEM_IF && depth < HPC_MAX_DEPTH) {
			declare_items(n, items[i].items, items[i].nitems, depth + 1);
			declare_items(n, items[i].otherwise, items[i].notherwise, depth + 1);
		} else if (items[i].kind != ITEM_FOR && items[i].kind != ITEM_IF) {
			declare_item(n, &items[i]);
		}
	}
}

static void bind_parameters(struct names *n, struct item *item, size_t scope)
{
	for (size_t i = 0; i < item->nparameters; i++) {
		struct parameter_decl *p = &item->parameters[i];

		bind_type(n, p->type_expr);
		bind_expr(n, p->otherwise, USE_VALUE);
		p->binding = declare_local(n, BIND_ARGUMENT, p->name, scope);
		p->binding->parameter = p;
		p->binding->item = item;
	}
}

static void bind_items(struct names *n, struct item *items, size_t count, unsigned depth);

static void bind_let_item(struct names *n, struct item *item, unsigned depth)
{
	bind_let(n, item->let);
	if (depth > 0 && item->let->binding == NULL) {
		item->let->binding = declare_local(n, BIND_LET, item->let->name, scope_begin(n));
		item->let->binding->let = item->let;
		item->binding = item->let->binding;
	}
}

/* Reports a kind that the schema does not have yet. */
static void check_kind(struct names *n, const struct item *item)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (str_eq_nocase(schema_kinds[i].name, item->kind_word.text))
			return;
	diag_help(n->ds,
		  diag_unknown_kind(n->ds, item->kind_word.at, item->kind_word.text,
				    "a kind of declaration that hpcc cannot build yet"),
		  "it builds `cluster`, `environment` and `batch`");
}

/* What stands in an item, whose frame is counted in n->nslots. */
static void bind_item(struct names *n, struct item *item, unsigned depth)
{
	size_t scope = scope_begin(n);

	switch (item->kind) {
	case ITEM_USE:
		break;
	case ITEM_PARAM:
		bind_type(n, item->type_expr);
		bind_expr(n, item->value, USE_VALUE);
		break;
	case ITEM_LET:
		bind_let_item(n, item, depth);
		return; /* what it declares holds for what follows */
	case ITEM_FN:
		n->function = item;
		bind_parameters(n, item, scope);
		bind_type(n, item->type_expr);
		bind_expr(n, item->value, USE_VALUE);
		n->function = NULL;
		break;
	case ITEM_TYPE:
		bind_type(n, item->type_expr);
		break;
	case ITEM_POLICY:
		bind_parameters(n, item, scope);
		bind_entries(n, item->body);
		break;
	case ITEM_CHECK:
		bind_check(n, item->check);
		break;
	case ITEM_DECLARATION:
		check_kind(n, item);
		bind_expr(n, item->title, USE_VALUE);
		bind_entries(n, item->body);
		break;
	case ITEM_IF:
		bind_expr(n, item->value, USE_OPERAND);
		bind_items(n, item->items, item->nitems, depth + 1);
		bind_items(n, item->otherwise, item->notherwise, depth + 1);
		break;
	case ITEM_FOR:
		bind_clauses(n, item->clauses, item->nclauses, scope);
		bind_items(n, item->items, item->nitems, depth + 1);
		break;
	}
	scope_end(n, scope);
}

/* Nested items have the frame of the outermost one. */
static void set_slots(struct item *items, size_t count, uint32_t nslots, unsigned depth)
{
	for (size_t i = 0; i < count; i++) {
		items[i].nslots = nslots;
		if (depth < HPC_MAX_DEPTH) {
			set_slots(items[i].items, items[i].nitems, nslots, depth + 1);
			set_slots(items[i].otherwise, items[i].notherwise, nslots, depth + 1);
		}
	}
}

static void bind_items(struct names *n, struct item *items, size_t count, unsigned depth)
{
	size_t scope = scope_begin(n);

	if (depth > HPC_MAX_DEPTH)
		return;
	for (size_t i = 0; i < count; i++) {
		if (depth == 0)
			n->nslots = 0;
		bind_item(n, &items[i], depth);
		if (depth == 0) {
			scope_end(n, scope);
			set_slots(&items[i], 1, n->nslots, 0);
		}
	}
	scope_end(n, scope);
}

void names_bind(struct arena *a, struct diags *ds, const struct module_set *files)
{
	struct names n = {.a = a, .ds = ds};
	unsigned errors = ds->errors;

	for (size_t i = 0; i < files->n; i++) {
		n.file = files->files[i];
		n.file->names = NEW(a, struct scope_table);
		declare_items(&n, n.file->items, n.file->nitems, 0);
	}
	for (size_t i = 0; i < files->n; i++) {
		n.file = files->files[i];
		n.unknown = (struct map){0};
		bind_items(&n, n.file->items, n.file->nitems, 0);
	}
	if (ds->errors == errors)
		find_recursion(&n, files);
}

void names_bind_expression(struct arena *a, struct diags *ds, struct program_file *file,
			   struct expr *e, uint32_t *ret_nslots)
{
	struct names n = {.a = a, .ds = ds, .file = file};

	bind_expr(&n, e, USE_VALUE);
	*ret_nslots = n.nslots;
}

struct binding *names_find(const struct program_file *file, struct str name)
{
	return file->names != NULL ? handle_get(&file->names->names, name) : NULL;
}
