/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - a program on its way: its declarations are compiled side by side, each as a YAML file would be.
 *
 * A value of a program may stand in several declarations and at several of their places. So findings come by stages,
 * and where a stage has errors, the later ones are silent: the program itself, values, what is missing, rules.
 */
#include "compiler/base/buf.h"
#include "compiler/compile/order.h"
#include "compiler/compile/passes.h"
#include "compiler/schema/kind.h"

/* What the file and its findings go through. */
enum report_stage { REPORT_VALUES, REPORT_MISSING, REPORT_RULES, REPORT_STAGES };

/* So many environments beside the one that it stands on are looked at for a declaration. */
enum { MOST_OTHERS = 16 };

/* A declaration under way. */
struct work {
	struct compilation *c;
	struct diags ds; /* found in it */
	struct choices choices;
	struct str stack;	  /* that it becomes */
	bool aside;		  /* left out: it is looked at for what others ask of it alone */
	struct stack_needs needs; /* the stacks that it imports from */
	struct str ground;	  /* the declaration that it stands on, or empty */
	bool in_doubt;		  /* one of these is faulty: nobody knows what it offers */
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
	return (struct work){.c = c,
			     .ds = {.arena = c->a},
			     .stack = stack_of_declaration(o, c->a, d->name),
			     .needs = stack_needs_of(c->a, d->tree)};
}

/* Takes the stack of w up among those of the program, and reports another one of its name. */
static void take_stack(struct work *w, struct map *stacks)
{
	const struct hpc_declaration *d = w->c->declaration;
	const struct hpc_declaration *first = map_get(stacks, w->stack);
	struct diag *diag;

	if (first == NULL) {
		map_put(stacks, w->c->a, w->stack, d);
	} else if (!w->aside) {
		diag = diag_same_stack(&w->c->ds, d->name_at, first->name, d->name, w->stack);
		diag_label(&w->c->ds, diag, first->name_at, "the other one");
		diag_help(&w->c->ds, diag,
			  "take another name, or say one: `--stack " STR_F "=STACK`",
			  STR_A(d->name));
	}
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
	struct map *stacks = NEW(first->a, struct map);
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
	for (size_t i = 0; i < nall; i++)
		take_stack(&all[i], stacks);
	*ret_n = n;
	*ret_all = nall;
	return all;
}

/* ---- what stands on what ---- */

static bool is_environment(const struct work *w)
{
	return w->c->kind != NULL && (w->c->kind->variants & ENVIRONMENT) != 0;
}

static const struct work *environment_of_stack(const struct work *all, size_t n, struct str stack)
{
	for (size_t i = 0; i < n; i++)
		if (is_environment(&all[i]) && str_eq(all[i].stack, stack))
			return &all[i];
	return NULL;
}

/* The stack that the section Environment says, or an empty text. */
static struct str said_stack(const struct node *tree)
{
	const struct node *stack =
		tree_get(tree_get(tree, schema_props[PROP_Cluster_Environment].name), STR("Stack"));

	return stack != NULL && stack->kind == NODE_STRING && !stack->open ? stack->text
									   : (struct str){0};
}

/* Puts another environment that w imports from before the list. */
static void add_other(struct work *w, struct ground *g, const struct work *other)
{
	struct foundation *f = NEW(w->c->a, struct foundation);

	*f = *other->on;
	f->stack = other->stack;
	f->next = g->others;
	g->others = f;
}

/*
 * The environments that w stands on and imports from: the one that its section says, in a file or in the program, or
 * the first that it names, and the others of the program. Sets w->in_doubt where one of the program is faulty.
 */
static struct ground ground_of(const struct compile_options *o, struct work *w,
			       const struct work *all, size_t n)
{
	struct ground g = {.on = foundation_find(o, w->c)};
	struct str said = said_stack(w->c->tree);
	bool by_file = g.on != NULL;
	size_t others = 0;

	for (size_t i = 0; i < w->needs.n && others < MOST_OTHERS; i++) {
		const struct stack_need *need = &w->needs.items[i];
		const struct work *ground = environment_of_stack(all, n, need->stack);
		bool own = said.n == 0 ? g.on == NULL : str_eq(said, need->stack);

		if (ground == NULL || ground == w || (own && by_file))
			continue;
		if (ground->on == NULL) {
			/* What is wrong with one that is left out is not said. */
			w->in_doubt |=
				!ground->aside && (ground->ds.errors > 0 || ground->in_doubt);
			continue;
		}
		if (own) {
			w->ground = ground->c->declaration->name;
			g.stack = ground->stack;
			g.at = need->at;
			g.on = ground->on;
		} else {
			add_other(w, &g, ground);
			others++;
		}
	}
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
			names.ground = all[i].ground;
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
	/* A baseline may take the errors back that are the reason for the doubt, and a model there must be then. */
	w->choices =
		pass_check(o, w->c, w->in_doubt ? &(struct diags){.arena = w->c->a} : &w->ds, &g);
	if (w->in_doubt)
		return;
	if (w->ds.errors == 0 && is_environment(w))
		w->on = foundation_of(w->c->a, w->c->declaration->name, w->c->model->environment);
}

/* Reports stacks that import from each other. What the program says by NAME.Outputs is reported as it runs. */
static void report_circle(struct work *all, const struct stack_circle *circle)
{
	struct work *from = &all[circle->from], *to = &all[circle->to];
	struct str a = from->c->declaration->name, b = to->c->declaration->name;
	struct diag *d;

	if (from == to) {
		diag_stack_cycle(&from->ds, circle->at,
				 arena_fmt(from->c->a,
					   "`" STR_F "` uses an output of its own stack",
					   STR_A(a)));
		return;
	}
	d = diag_stack_cycle(&from->ds, circle->at,
			     arena_fmt(from->c->a,
				       "`" STR_F "` uses an output of `" STR_F "`, and `" STR_F
				       "` needs one of `" STR_F "`",
				       STR_A(a), STR_A(b), STR_A(b), STR_A(a)));
	for (size_t i = 0; i < to->needs.n; i++)
		if (str_eq(to->needs.items[i].stack, from->stack))
			diag_label(&from->ds, d, to->needs.items[i].at,
				   "`" STR_F "` uses an output here", STR_A(b));
}

/* Indices of all declarations, each behind those that it imports from. */
static size_t *order_of(struct arena *a, struct work *all, size_t n)
{
	struct ordered_stack *stacks = NEW_ARRAY(a, struct ordered_stack, n);
	size_t *order = NEW_ARRAY(a, size_t, n);
	struct stack_circles circles;

	for (size_t i = 0; i < n; i++)
		stacks[i] = (struct ordered_stack){all[i].stack, all[i].needs};
	circles = stacks_order(a, stacks, n, order);
	for (size_t i = 0; i < circles.n; i++)
		report_circle(all, &circles.items[i]);
	return order;
}

/* Checks all declarations, environments before what stands on them; false when there are errors. */
static bool check_all(const struct compile_options *o, struct compilation *first, struct work *all,
		      size_t n, size_t nall)
{
	struct diags own = first->ds; /* of the program itself */
	size_t steps = 0;	      /* of policies */
	const size_t *order = order_of(first->a, all, nall);

	first->ds = (struct diags){.arena = first->a};
	for (size_t i = 0; i < nall; i++)
		if (!all[order[i]].aside || is_environment(&all[order[i]]))
			check(o, &all[order[i]], all, nall);
	first->ds = own;
	gather(first, all, n);
	pass_settle(o, first);
	for (size_t i = 0; i < n && first->ds.errors == 0; i++)
		pass_policies(o, all[i].c, &all[i].ds, &all[i].choices, &steps);
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
	const struct hpc_options ho = {.facts = o->facts,
				       .host = o->host,
				       .only = o->only,
				       .stack_names = o->stack_names,
				       .asked = o->asked};
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
