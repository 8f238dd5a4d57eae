/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - a program on its way: its declarations are compiled side by side, each as a YAML file would be.
 *
 * A value of a program may stand in several declarations and at several of their places. So findings come by stages,
 * and where a stage has errors, the later ones are silent: the program itself, values, what is missing, rules.
 */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/compile/passes.h"
#include "compiler/schema/kind.h"

/* What the file and its findings go through. */
enum report_stage { REPORT_VALUES, REPORT_MISSING, REPORT_RULES, REPORT_STAGES };

/* A declaration under way. */
struct work {
	struct compilation *c;
	struct diags ds; /* found in it */
	struct choices choices;
	struct str stack;	   /* that it becomes */
	bool aside;		   /* left out: it is looked at for what others ask of it alone */
	const struct work *ground; /* the declaration that it stands on, or NULL */
	const struct foundation
		*on; /* what others can stand on, of an environment without errors */
};

struct str stack_of_declaration(const struct compile_options *o, struct arena *a, struct str name)
{
	const struct str *said = o->stack_names != NULL ? map_get(o->stack_names, name) : NULL;
	struct buf b = buf_in(a);

	if (said != NULL)
		return *said;
	for (size_t i = 0; i < name.n; i++)
		buf_char(&b, name.s[i] == '_' ? '-' : name.s[i]);
	return buf_str(&b);
}

/* ---- the chain ---- */

static const struct file_kind *kind_of_word(struct str word)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (str_eq(kind_thing(&schema_kinds[i]), word))
			return &schema_kinds[i];
	return NULL;
}

const struct model *declaration_model(const struct compile_options *o, struct arena *a,
				      struct str kind_word, const struct node *tree)
{
	struct diags found = {.arena = a};
	struct choices choices = choices_check(&(struct choices_call){
		.a = a,
		.ds = &found,
		.tree = tree,
		.check = {.knows = o->knows,
			  .patterns = o->patterns,
			  .read = &found,
			  .kind = kind_of_word(kind_word)},
		.facts = o->facts,
	});

	return found.errors == 0 ? choices.items[0].model : NULL;
}

static struct compilation beside(const struct compilation *first)
{
	return (struct compilation){.a = first->a,
				    .ds = {.arena = first->a},
				    .src = first->src,
				    .config = first->config,
				    .program = first->program};
}

static struct work work_of(const struct compile_options *o, struct compilation *c,
			   const struct hpc_declaration *d)
{
	c->declaration = d;
	c->tree = d->tree;
	c->kind = kind_of_word(d->kind_word);
	return (struct work){
		.c = c, .ds = {.arena = c->a}, .stack = stack_of_declaration(o, c->a, d->name)};
}

/*
 * Makes a compilation of each declaration that is wanted, behind `first`, which is that of the file; *ret_n of them. Up
 * to *ret_all stand those that are left out and that others stand on.
 */
static struct work *chain(const struct compile_options *o, struct compilation *first, size_t *ret_n,
			  size_t *ret_all)
{
	const struct hpc_program *p = first->program;
	struct work *all = NEW_ARRAY(first->a, struct work, p->ndeclarations + 1);
	size_t n = 0, nall;

	for (size_t i = 0; i < p->ndeclarations; i++) {
		struct compilation *c = n == 0 ? first : NEW(first->a, struct compilation);

		if (p->declarations[i].left_out || p->declarations[i].tree == NULL)
			continue; /* of what is NULL the fault was reported, see hpc_program.apart */
		if (n > 0) {
			*c = beside(first);
			all[n - 1].c->next = c;
		}
		all[n++] = work_of(o, c, &p->declarations[i]);
	}
	nall = n;
	for (size_t i = 0; i < p->ndeclarations; i++) {
		struct compilation *c;

		if (!p->declarations[i].left_out || p->declarations[i].tree == NULL)
			continue;
		c = NEW(first->a, struct compilation);
		*c = beside(first);
		all[nall] = work_of(o, c, &p->declarations[i]);
		all[nall++].aside = true;
	}
	*ret_n = n;
	*ret_all = nall;
	return all;
}

/* ---- what stands on what ---- */

static bool is_environment(const struct work *w)
{
	return w->c->kind != NULL && (w->c->kind->variants & ENVIRONMENT) != 0;
}

/* The first stack that a text of the tree names, of those that `wanted` takes. Depth is that of a program's values. */
static const struct work *first_ground(const struct node *n, struct work *all, size_t nall,
				       struct span *ret_at)
{
	const struct work *found = NULL;
	struct str rest = n->kind == NODE_STRING && n->open ? n->text : (struct str){0};
	struct text_piece piece;

	for (size_t i = 0; n->kind == NODE_LIST && i < n->list.n && found == NULL; i++)
		found = first_ground(n->list.items[i], all, nall, ret_at);
	for (size_t i = 0; n->kind == NODE_MAP && i < n->map.n && found == NULL; i++)
		found = first_ground(n->map.entries[i].value, all, nall, ret_at);
	while (found == NULL && text_next(&rest, &piece)) {
		struct reference r;

		if (!piece.open)
			continue;
		r = reference_of(piece.text);
		for (size_t i = 0; r.kind == REFERENCE_STACK && i < nall && found == NULL; i++)
			if (is_environment(&all[i]) && str_eq(all[i].stack, r.stack))
				found = &all[i];
		if (found != NULL)
			*ret_at = n->at;
	}
	return found;
}

/* The environment of the same program that the file says to stand on, or NULL. */
static const struct work *named_ground(const struct node *tree, struct work *all, size_t n)
{
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	const struct node *stack = tree_get(tree_get(tree, environment->name), STR("Stack"));

	for (size_t i = 0; stack != NULL && stack->kind == NODE_STRING && i < n; i++)
		if (is_environment(&all[i]) && str_eq(all[i].stack, stack->text))
			return &all[i];
	return NULL;
}

static struct ground ground_of(const struct compile_options *o, struct work *w, struct work *all,
			       size_t n)
{
	struct ground g = {.on = foundation_find(o, w->c)};

	if (g.on != NULL)
		return g;
	w->ground = named_ground(w->c->tree, all, n);
	if (w->ground == NULL)
		w->ground = first_ground(w->c->tree, all, n, &g.at);
	if (w->ground != NULL && w->ground->aside && w->ground->on == NULL)
		w->ground = NULL; /* its faults are not said, so the file is judged by itself */
	if (w->ground == NULL || w->ground == w)
		return (struct ground){0};
	g.stack = w->ground->stack;
	g.on = w->ground->on;
	return g;
}

/* ---- findings ---- */

static enum report_stage stage_of(const struct diag *d)
{
	if (d->id == DIAG_missing_property)
		return REPORT_MISSING;
	return str_starts(str_slice(diag_code(d->id), 1, 3), STR("01")) ? REPORT_VALUES
									: REPORT_RULES;
}

/* Moves the findings of all declarations to those of the program, as far as stages before have no error. */
static void gather(struct compilation *first, struct work *all, size_t n)
{
	struct program_names names = program_names_of(first->a, first->program);
	enum report_stage last = first->program->apart > 0 ? REPORT_VALUES : REPORT_RULES;

	for (size_t i = 0; i < n; i++)
		map_put(&names.stacks, first->a, all[i].stack, &all[i].c->declaration->name);
	for (size_t i = 0; i < n; i++)
		for (const struct diag *d = all[i].ds.first; d != NULL; d = d->next)
			if (d->sev == SEV_ERROR && stage_of(d) < last)
				last = stage_of(d);
	for (size_t i = 0; i < n; i++) {
		struct diag *next;

		for (struct diag *d = all[i].ds.first; d != NULL; d = next) {
			next = d->next;
			d->next = NULL;
			if (stage_of(d) > last)
				continue;
			program_texts(first->a, first->program, &names, d);
			diags_take(&first->ds, &(struct diags){.first = d});
		}
		all[i].ds = (struct diags){.arena = first->a};
	}
}

static bool is_of_tidiness(enum diag_id id)
{
	return str_starts(diag_code(id), STR("W076"));
}

/* Beside an error nobody wonders what is not used yet. */
static void leave_out_unused(struct diags *ds)
{
	struct diag **link = &ds->first;

	while (*link != NULL)
		if (is_of_tidiness((*link)->id))
			*link = (*link)->next;
		else
			link = &(*link)->next;
	diags_sort(ds);
}

/* ---- the passes ---- */

static void check(const struct compile_options *o, struct work *w, struct work *all, size_t n)
{
	struct ground g = ground_of(o, w, all, n);

	diags_take(&w->ds, &w->c->ds);
	w->c->ds = (struct diags){.arena = w->c->a};
	if (w->ground != NULL && w->ground != w && w->ground->on == NULL)
		return; /* what it stands on is faulty: nobody knows what that offers */
	w->choices = pass_check(o, w->c, &w->ds, &g);
	if (w->ds.errors == 0 && is_environment(w))
		w->on = foundation_of(w->c->a, w->c->declaration->name, w->c->model->environment);
}

/* Checks all declarations, environments before what stands on them; false when there are errors. */
static bool check_all(const struct compile_options *o, struct compilation *first, struct work *all,
		      size_t n, size_t nall)
{
	struct diags own = first->ds; /* of the program itself */

	first->ds = (struct diags){.arena = first->a};
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < (round == 0 ? nall : n); i++)
			if (is_environment(&all[i]) == (round == 0))
				check(o, &all[i], all, nall);
	first->ds = own;
	gather(first, all, n);
	pass_settle(o, first);
	for (size_t i = 0; i < n && first->ds.errors == 0; i++)
		pass_policies(o, all[i].c, &all[i].ds, &all[i].choices);
	gather(first, all, n);
	return first->ds.errors == 0;
}

static void lower_all(const struct compile_options *o, enum stage to, struct compilation *first,
		      struct work *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (to == STAGE_MODEL)
			pass_parameters(o, all[i].c, &all[i].ds, &all[i].choices);
		else
			pass_lower(o, all[i].c, &all[i].ds, &all[i].choices);
	gather(first, all, n);
	compile_settle_late(o, first);
}

void compile_program(const struct compile_options *o, enum stage to, struct compilation *c)
{
	const struct hpc_options ho = {
		.facts = o->facts, .host = o->host, .only = o->only, .stack_names = o->stack_names};
	struct work *all;
	size_t n, nall;

	c->program = hpc_run(c->a, &c->ds, c->src, &ho);
	all = chain(o, c, &n, &nall);
	if (c->ds.errors > c->program->apart || c->program->faulty || to == STAGE_TREE || n == 0) {
		pass_settle(o, c);
		if (c->ds.errors > 0)
			leave_out_unused(&c->ds);
		return;
	}
	if (check_all(o, c, all, n, nall))
		lower_all(o, to, c, all, n);
	else
		leave_out_unused(&c->ds);
}
