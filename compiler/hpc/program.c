/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - a whole program: its passes, its parameters, its items. */
#include "compiler/hpc/parse.h"
#include "compiler/hpc/static_state.h"
#include "compiler/hpc/to_tree.h"

#include <string.h>

struct evaluator *evaluator_new(struct arena *a, struct diags *ds, struct hpc_program *p,
				const struct hpc_options *o, struct type_maker *types)
{
	struct evaluator *ev = NEW(a, struct evaluator);
	struct hpc_options *options = NEW(a, struct hpc_options);

	/* The evaluator lives on for policies and expressions, longer than what the caller of hpc_run() has there. */
	*options = *o;
	ev->a = a;
	ev->memory_base = a->total;
	ev->ds = ds;
	ev->o = options;
	ev->program = p;
	ev->types = types;
	ev->patterns = pattern_cache_new(a);
	ev->regexes = regex_room_new(a);
	ev->file_cells = NEW_ARRAY(a, struct cell *, p->nfiles + 1);
	ev->named = NEW_ARRAY(a, struct named_declaration *, p->nfiles + 1);
	for (size_t i = 0; i < p->nfiles; i++)
		ev->file_cells[i] = NEW_ARRAY(a, struct cell, p->files[i]->nslots + 1);
	ev->statics = NEW(a, struct statics);
	*ev->statics = (struct statics){
		.a = a, .types = types, .facts = o->facts, .patterns = ev->patterns, .values = ev};
	return ev;
}

/* ---- parameters ---- */

/* Is a value of the type written as it is on the command line, without quotes? */
static bool is_bare_text(const struct type *t)
{
	if (t == NULL)
		return true;
	return t->kind == TYPE_STRING || t->kind == TYPE_PATTERN || t->kind == TYPE_CATALOGUE ||
	       t->kind == TYPE_ANY ||
	       (t->kind == TYPE_CHOICE && t->nchoices > 0 && t->choices[0]->kind == EXPR_TEXT);
}

static bool is_literal(const struct expr *e);

static bool is_literal_section(const struct entry_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct section_entry *s = &l->entries[i];

		if (s->kind != ENTRY_SET && s->kind != ENTRY_OPEN)
			return false;
		if (s->value != NULL && !is_literal(s->value))
			return false;
		if (s->body != NULL && !is_literal_section(s->body))
			return false;
	}
	return true;
}

/* Is e a value by itself? A setting is no program. As deep as brackets are. */
static bool is_literal(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_NULL:
	case EXPR_BOOL:
	case EXPR_NUMBER:
		return true;
	case EXPR_TEXT:
		for (size_t i = 0; i < e->text.n; i++)
			if (e->text.parts[i].expr != NULL)
				return false;
		return true;
	case EXPR_UNARY:
		return e->op.op == OP_MINUS && e->op.right->kind == EXPR_NUMBER;
	case EXPR_LIST:
		for (size_t i = 0; i < e->list.n; i++)
			if (e->list.items[i].nclauses > 0 || e->list.items[i].spread ||
			    !is_literal(e->list.items[i].value))
				return false;
		return true;
	case EXPR_SECTION:
		return is_literal_section(e->section);
	case EXPR_FAULTY:
	case EXPR_NAME:
	case EXPR_RANGE:
	case EXPR_MEMBER:
	case EXPR_INDEX:
	case EXPR_CALL:
	case EXPR_IF:
	case EXPR_BINARY:
		break;
	}
	return false;
}

/* The value that the text of a setting means; poison after findings. */
static const struct value *read_setting(struct evaluator *ev, const struct source *src,
					const struct type *t)
{
	struct expr *e;
	struct frame f = {.src = src};
	uint32_t nslots = 0;

	if (is_bare_text(t) && memchr(src->text.s, OPEN_BEGIN[0], src->text.n) != NULL)
		return &value_poison; /* what is known at deployment begins so in texts */
	if (is_bare_text(t))
		return value_of_text(ev->a, src->text, span_in(src, 0, src->text.n));
	e = hpc_parse_expression(ev->a, ev->ds, src);
	if (ev->ds->errors > 0 || !is_literal(e))
		return &value_poison;
	names_bind_expression(ev->a, ev->ds, NULL, e, &nslots);
	if (ev->ds->errors > 0)
		return &value_poison;
	f.cells = NEW_ARRAY(ev->a, struct cell, nslots + 1);
	return eval(ev, &f, e, t);
}

static const struct value *setting_value(struct evaluator *ev, const struct item *item,
					 struct str text, struct span at)
{
	struct str from = arena_fmt(ev->a, "--set " STR_F, STR_A(item->name.text));
	struct source *src = source_new(ev->a, from, text);
	struct diags *all = ev->ds, aside = {.arena = ev->a};
	struct fit_for why = {.what = arena_fmt(ev->a, "`" STR_F "`", STR_A(item->name.text))};
	const struct value *v;
	unsigned apart = ev->apart;
	struct diag *d;

	ev->ds = &aside;
	v = read_setting(ev, src, item->type);
	if (!is_poison(v))
		v = fit(ev, v, item->type, &why);
	ev->ds = all;
	ev->apart = apart;
	if (!is_poison(v) && aside.errors == 0) /* a file of --vars is where it was written */
		return span_is_set(at) ? value_at(ev->a, v, at) : v;
	if (!span_is_set(at))
		at = span_in(src, 0, src->text.n);
	d = diag_bad_param_value(ev->ds, at, text, item->name.text,
				 item->type != NULL
					 ? arena_fmt(ev->a, "it must be " STR_F,
						     STR_A(type_words(ev->a, item->type)))
					 : STR("it cannot be read"));
	diag_label(ev->ds, d, item->name.at, "the parameter is declared here");
	return &value_poison;
}

const struct value *param_value(struct evaluator *ev, const struct item *item)
{
	const struct hpc_host *host = ev->o->host;
	struct span at = {0};
	const struct str *text = host != NULL && host->setting != NULL
					 ? host->setting(host->data, item->name.text, &at)
					 : NULL;
	struct fit_for why = {.what = arena_fmt(ev->a, "`" STR_F "`", STR_A(item->name.text))};
	struct frame f;

	if (text != NULL)
		return setting_value(ev, item, *text, at);
	if (item->value != NULL) {
		if (item->type_expr != NULL)
			why.declared = item->type_expr->at;
		f = frame_of_file(ev, ev->program->main, item->nslots);
		return fit(ev, eval(ev, &f, item->value, item->type), item->type, &why);
	}
	if (item->type != NULL && item->type->optional)
		return value_new(ev->a, VALUE_NULL, item->name.at);
	diag_help(ev->ds, diag_param_not_set(ev->ds, item->name.at, item->name.text),
		  "set it with `--set " STR_F "=…`, or give it a default", STR_A(item->name.text));
	return &value_poison;
}

/* ---- items ---- */

struct declarations {
	struct hpc_declaration *items;
	size_t n, cap;
};

struct item_round {
	struct declarations *out;
	const struct item *item;
};

static void take(struct evaluator *ev, struct declarations *out, const struct hpc_declaration *d)
{
	if (d == NULL)
		return;
	out->items = arena_grow(ev->a, out->items, sizeof(*out->items), out->n, &out->cap);
	out->items[out->n++] = *d;
}

static void run_item(struct evaluator *ev, struct frame *f, const struct item *item,
		     struct declarations *out);

static void run_items(struct evaluator *ev, struct frame *f, const struct item *items, size_t n,
		      struct declarations *out)
{
	for (size_t i = 0; i < n && !ev->stopped; i++)
		run_item(ev, f, &items[i], out);
}

static bool item_round(struct evaluator *ev, struct frame *f, void *data)
{
	struct item_round *r = data;

	run_items(ev, f, r->item->items, r->item->nitems, r->out);
	return !ev->stopped;
}

/* `if` and `for` around declarations; an `else if` is one item. */
static void run_branch(struct evaluator *ev, struct frame *f, const struct item *item,
		       struct declarations *out)
{
	for (;;) {
		int holds = eval_condition(ev, f, item->value);

		if (holds > 0)
			run_items(ev, f, item->items, item->nitems, out);
		if (holds != 0)
			return;
		if (item->notherwise != 1 || item->otherwise[0].kind != ITEM_IF) {
			run_items(ev, f, item->otherwise, item->notherwise, out);
			return;
		}
		item = &item->otherwise[0];
		if (!steps(ev, item->at, 1))
			return;
	}
}

static void run_item(struct evaluator *ev, struct frame *f, const struct item *item,
		     struct declarations *out)
{
	struct item_round round = {out, item};
	struct loop loop = {
		.clauses = item->clauses, .n = item->nclauses, .round = item_round, .data = &round};

	if (!steps(ev, item->at, 1))
		return;
	switch (item->kind) {
	case ITEM_DECLARATION:
		if (item->title != NULL || is_wanted(ev, item->name.text))
			take(ev, out, declare(ev, f, item));
		break;
	case ITEM_IF:
		run_branch(ev, f, item, out);
		break;
	case ITEM_FOR:
		eval_rounds(ev, f, &loop);
		break;
	case ITEM_CHECK:
		eval_check(ev, f, item->check);
		break;
	case ITEM_LET:
		if (ev->o->only == NULL)
			eval_binding(ev, f, item->let->binding, item->at);
		break;
	case ITEM_PARAM:
		if (item->binding != NULL && !item->deploy)
			eval_binding(ev, f, item->binding, item->at);
		break;
	case ITEM_USE:
	case ITEM_FN:
	case ITEM_TYPE:
	case ITEM_POLICY:
		break;
	}
}

/* Takes those that nobody asked for and others needed; of modules those that have errors nobody else would tell of. */
static void take_needed(struct evaluator *ev, const struct program_file *file,
			struct declarations *out)
{
	bool own = file == ev->program->main;

	for (size_t i = 0; (ev->o->only != NULL || !own) && i < file->nitems; i++) {
		const struct hpc_declaration *made = declaration_made(ev, &file->items[i]);
		struct hpc_declaration aside;

		if (made == NULL || (own ? is_wanted(ev, made->name) : !made->faulty))
			continue;
		aside = *made;
		aside.left_out = !made->faulty;
		take(ev, out, &aside);
	}
}

static void run_file(struct evaluator *ev, struct hpc_program *p)
{
	struct declarations out = {0};

	for (size_t i = 0; i < p->main->nitems && !ev->stopped; i++) {
		const struct item *item = &p->main->items[i];
		struct frame f = frame_of_file(ev, p->main, item->nslots);

		run_item(ev, &f, item, &out);
	}
	for (size_t i = 0; i < p->nfiles; i++)
		take_needed(ev, p->files[i], &out);
	p->declarations = out.items;
	p->ndeclarations = out.n;
}

/* ---- the passes ---- */

struct hpc_program *hpc_run(struct arena *a, struct diags *ds, const struct source *src,
			    const struct hpc_options *o)
{
	struct hpc_program *p = NEW(a, struct hpc_program);
	struct module_set files = modules_load(a, ds, src, o->host);
	struct type_maker *types;
	struct evaluator *ev;
	unsigned errors = ds->errors;

	p->files = files.files;
	p->nfiles = files.n;
	p->main = files.n > 0 ? files.files[0] : NULL;
	p->faulty = files.faulty || p->main == NULL;
	if (p->faulty)
		return p;
	names_bind(a, ds, &files);
	p->faulty = ds->errors > errors;
	if (p->faulty)
		return p;
	types = type_maker_new(a, ds);
	static_check(a, ds, types, &files, o->facts);
	ev = evaluator_new(a, ds, p, o, types);
	check_deploy_params(ev, p->main);
	p->faulty = ds->errors > errors;
	if (p->faulty)
		return p;
	p->evaluator = ev;
	run_file(ev, p);
	p->apart = ev->apart;
	p->faulty = ds->errors - p->apart > errors;
	if (ds->errors == errors && !o->asked)
		names_unused(ds, &files);
	return p;
}

const struct value *hpc_evaluate(struct arena *a, struct diags *ds, struct hpc_program *p,
				 const struct source *expression, const struct hpc_options *o)
{
	struct expr *e;
	uint32_t nslots = 0;
	unsigned errors = ds->errors;
	struct hpc_program *none = NEW(a, struct hpc_program);
	struct evaluator *ev = p != NULL ? p->evaluator : NULL;
	struct frame f = {.file = p != NULL ? p->main : NULL, .src = expression};

	if (p != NULL && ev == NULL)
		return &value_poison;
	if (ev == NULL)
		ev = evaluator_new(a, ds, none, o, type_maker_new(a, ds));
	e = hpc_parse_expression(a, ds, expression);
	if (ds->errors > errors)
		return &value_poison;
	names_bind_expression(a, ds, p != NULL ? p->main : NULL, e, &nslots);
	if (ds->errors > errors)
		return &value_poison;
	static_check_expression(a, ds, ev->types, e, o->facts);
	if (ds->errors > errors)
		return &value_poison;
	ev->ds = ds;
	f.cells = NEW_ARRAY(a, struct cell, nslots + 1);
	return eval(ev, &f, e, NULL);
}
