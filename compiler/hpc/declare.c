/* SPDX-License-Identifier: Apache-2.0 */
/* declare.c - declarations: their values, their trees, and who needs whom. */
#include "compiler/hpc/eval.h"
#include "compiler/schema/kind.h"

/* ---- names ---- */

/* Lower-case letters, digits, `_` and `-`, a letter or `_` first. */
static bool is_declaration_name(struct str s)
{
	if (s.n == 0 || (!is_lower(s.s[0]) && s.s[0] != '_'))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!is_lower(s.s[i]) && !is_digit(s.s[i]) && s.s[i] != '_' && s.s[i] != '-')
			return false;
	return true;
}

/* The name that the item gives, evaluated; false after an error. */
static bool name_of(struct evaluator *ev, struct frame *f, const struct item *item, struct str *ret,
		    struct span *ret_at)
{
	const struct value *v;

	*ret = item->name.text;
	*ret_at = item->name.at;
	if (item->title == NULL)
		return true;
	v = eval(ev, f, item->title, NULL);
	*ret_at = item->title->at;
	if (!known(ev, v, item->title->at, "the name of a declaration"))
		return false;
	if (v->kind != VALUE_TEXT) {
		diag_wrong_value_type(ev->ds, item->title->at, STR("the name of a declaration"),
				      STR("a text"), value_kind_words(ev->a, v));
		return false;
	}
	*ret = v->text;
	if (is_declaration_name(v->text))
		return true;
	diag_help(ev->ds,
		  diag_name_case(ev->ds, item->title->at, "a declaration",
				 v->text.n == 0 ? "is not empty"
				 : is_lower(v->text.s[0]) || v->text.s[0] == '_'
					 ? "has lower-case letters, digits, `_` and `-` alone"
					 : "begins with a lower-case letter"),
		  "lower-case letters, digits, `_` and `-` can follow; it is `" STR_F "`",
		  STR_A(v->text));
	return false;
}

/* Takes up the declaration under its name; false: there is one of that name. */
static bool take_name(struct evaluator *ev, const struct hpc_declaration *d)
{
	const struct hpc_declaration *first = map_get(&ev->names, d->name);

	if (first == NULL) {
		map_put(&ev->names, ev->a, d->name, d);
		return true;
	}
	diag_label(ev->ds, diag_declared_twice(ev->ds, d->name_at, d->name), first->name_at,
		   "the first one stands here");
	return false;
}

bool is_wanted(const struct evaluator *ev, struct str name)
{
	return ev->o->only == NULL || map_get(ev->o->only, name) != NULL;
}

/* ---- values and trees ---- */

static const struct node *text_node(struct arena *a, struct str s, struct span at)
{
	struct node *n = NEW(a, struct node);

	n->kind = NODE_STRING;
	n->text = s;
	n->at = at;
	return n;
}

/* The tree of a declaration: Kind where YAML files need it, Parameters, and what stands in the body. */
static const struct node *whole_tree(struct evaluator *ev, const struct item *item,
				     const struct type *t, const struct node *body)
{
	enum { MORE = 2 };
	const struct section *root = t != NULL ? type_section(t) : NULL;
	const struct node *parameters;
	struct entry *entries;
	struct node *n;

	if (body == NULL || body->kind != NODE_MAP)
		return body;
	parameters = parameters_tree(ev, body);
	n = NEW(ev->a, struct node);
	*n = *body;
	entries = NEW_ARRAY(ev->a, struct entry, body->map.n + MORE);
	n->map.entries = entries;
	n->map.n = 0;
	/* A file without Kind is of the first kind, as long as nothing speaks against it. */
	for (size_t i = 1; root != NULL && i < KIND_COUNT; i++)
		if (&schema_sections[schema_kinds[i].root] == root && schema_kinds[i].kind.n > 0 &&
		    tree_get(body, STR("Kind")) == NULL)
			entries[n->map.n++] = (struct entry){
				STR("Kind"), NODE_STRING, item->kind_word.at,
				text_node(ev->a, schema_kinds[i].kind, item->kind_word.at)};
	if (parameters != NULL && tree_get(body, STR("Parameters")) == NULL)
		entries[n->map.n++] = (struct entry){STR("Parameters"), NODE_STRING,
						     item->kind_word.at, parameters};
	for (size_t i = 0; i < body->map.n; i++)
		entries[n->map.n++] = body->map.entries[i];
	return n;
}

static const struct value *body_value(struct evaluator *ev, struct frame *f,
				      const struct item *item, const struct type *t)
{
	const struct value *v = eval_section(ev, f, item->body, t);
	struct value *made;

	if (is_poison(v))
		return v;
	made = NEW(ev->a, struct value);
	*made = *v;
	made->kind = VALUE_DECLARATION;
	made->section.declaration = item;
	return made;
}

static struct hpc_declaration *new_declaration(struct evaluator *ev, const struct item *item)
{
	struct hpc_declaration *d = NEW(ev->a, struct hpc_declaration);

	d->item = item;
	d->kind_word = item->kind_word.text;
	d->value = &value_poison;
	return d;
}

/* Evaluates the body of d in the frame, and makes its tree. */
static void evaluate(struct evaluator *ev, struct frame *f, struct hpc_declaration *d)
{
	const struct type *t = type_of_kind(ev->types, d->item->kind_word.text);
	const struct item *outer = ev->running;
	unsigned errors = ev->ds->errors - ev->apart;

	ev->running = d->item;
	d->value = body_value(ev, f, d->item, t);
	if (!is_poison(d->value) && ev->ds->errors - ev->apart == errors)
		d->tree = whole_tree(ev, d->item, t, hpc_value_tree(ev->a, ev->ds, d->value, t));
	if (ev->ds->errors - ev->apart > errors)
		d->tree = NULL;
	d->apart = ev->apart > 0;
	ev->running = outer;
}

/* ---- needing each other ---- */

/* Where what is known of the declaration of a binding is kept. */
static struct named_declaration *named(struct evaluator *ev, const struct binding *b)
{
	struct named_declaration **of_file = &ev->named[b->file->index];

	INVARIANT(b->file_level && b->slot < b->file->nslots);
	if (*of_file == NULL)
		*of_file = NEW_ARRAY(ev->a, struct named_declaration, b->file->nslots);
	return &(*of_file)[b->slot];
}

/* Reports that the stacks of `item` and of what is under way need each other. */
static void stack_cycle(struct evaluator *ev, const struct item *item, struct span at)
{
	struct str own = ev->running != NULL ? ev->running->name.text : item->name.text;
	struct diag *d;

	if (ev->running == NULL || ev->running == item) {
		diag_stack_cycle(ev->ds, at,
				 arena_fmt(ev->a, "`" STR_F "` uses an output of its own stack",
					   STR_A(item->name.text)));
		return;
	}
	d = diag_stack_cycle(ev->ds, at,
			     arena_fmt(ev->a,
				       "`" STR_F "` uses an output of `" STR_F "`, and `" STR_F
				       "` one of `" STR_F "`",
				       STR_A(own), STR_A(item->name.text), STR_A(item->name.text),
				       STR_A(own)));
	for (const struct stack_use *u = ev->uses; u != NULL; u = u->next)
		if (u->by == item) {
			diag_label(ev->ds, d, u->at, "`" STR_F "` uses an output here",
				   STR_A(item->name.text));
			break;
		}
}

const struct hpc_declaration *declared(struct evaluator *ev, const struct item *item,
				       struct span at, bool for_output)
{
	struct named_declaration *n = named(ev, item->binding);
	struct stack_use use = {ev->running, at, ev->uses};
	struct frame f;

	if (n->state == CELL_DONE)
		return n->d;
	if (n->state == CELL_RUNNING) {
		if (for_output)
			stack_cycle(ev, item, at);
		else
			diag_label(ev->ds, diag_value_cycle(ev->ds, item->name.at, item->name.text),
				   at, "it is needed here, on the way to its own value");
		return NULL;
	}
	n->state = CELL_RUNNING;
	n->d = new_declaration(ev, item);
	n->d->name = item->name.text;
	n->d->name_at = item->name.at;
	if (for_output)
		ev->uses = &use;
	f = frame_of_file(ev, item->binding->file, item->nslots);
	evaluate(ev, &f, n->d);
	ev->uses = use.next;
	n->state = CELL_DONE;
	return n->d;
}

const struct hpc_declaration *declaration_made(struct evaluator *ev, const struct item *item)
{
	const struct named_declaration *n;

	if (item->kind != ITEM_DECLARATION || item->title != NULL || item->binding == NULL ||
	    !item->binding->file_level)
		return NULL;
	n = named(ev, item->binding);
	return n->state == CELL_DONE && n->d != NULL && n->d->tree != NULL ? n->d : NULL;
}

void declaration_faulty(struct evaluator *ev, const struct item *item)
{
	named(ev, item->binding)->d->faulty = true;
}

const struct value *declaration_value(struct evaluator *ev, const struct binding *b, struct span at)
{
	const struct hpc_declaration *d = declared(ev, b->item, at, false);

	return d != NULL ? d->value : &value_poison;
}

const struct hpc_declaration *declare(struct evaluator *ev, struct frame *f,
				      const struct item *item)
{
	struct hpc_declaration *d;
	struct str name;
	struct span at;

	if (item->title == NULL && item->binding != NULL && item->binding->file_level) {
		const struct hpc_declaration *done = declared(ev, item, item->name.at, false);

		return done != NULL && take_name(ev, done) ? done : NULL;
	}
	if (!name_of(ev, f, item, &name, &at))
		return NULL;
	if (!is_wanted(ev, name)) {
		map_put(&ev->program->left_out, ev->a, name, item);
		return NULL;
	}
	d = new_declaration(ev, item);
	d->name = name;
	d->name_at = at;
	if (!take_name(ev, d))
		return NULL;
	evaluate(ev, f, d);
	return d;
}
