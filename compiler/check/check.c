/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - the walk: value tree and schema side by side, down from the root.
 *
 * Every section's struct first gets all its defaults. Then each entry of the file finds its row by name; the row says
 * what the value must be and where in the struct it goes. What is faulty leaves its default in the field and the field
 * poisoned, and where a section should stand all fields of it. In the end the rows that are required and were not met
 * are reported. An entry that comes a second time (a repeated key, or a merged one that the mapping overrides) is
 * passed over: the first one counts.
 */
#include "compiler/check/check.h"

#include "compiler/base/map.h"
#include "compiler/check/open_value.h"
#include "compiler/check/walk.h"
#include "compiler/model/each.h"

#include <string.h>

static void check_section(struct check *c, const struct scope *in);

static struct str path_of(struct check *c, const struct scope *in, const struct prop *prop)
{
	struct str outer = in->at->path;
	char *p =
		arena_alloc(c->a, outer.n + prop->name.n + 2, 1); /* for each section: no printf */
	size_t n = 0;

	if (outer.n > 0) {
		memcpy(p, outer.s, outer.n);
		p[outer.n] = '.';
		n = outer.n + 1;
	}
	memcpy(p + n, prop->name.s, prop->name.n);
	return (struct str){p, n + prop->name.n};
}

/* Queues are written for the one or the other; the rest is of one scheduler alone. */
static void help_scheduler(struct check *c, struct diag *d, const struct prop *prop)
{
	bool slurm = (prop->variants & SLURM) != 0;

	if (str_eq(prop->name, STR("SlurmQueues")) || str_eq(prop->name, STR("AwsBatchQueues")))
		diag_help(c->ds, d, "write `%s`, or `Scheduler: %s`",
			  slurm ? "AwsBatchQueues" : "SlurmQueues", slurm ? "slurm" : "awsbatch");
	else
		diag_help(c->ds, d, "leave it out, or write `Scheduler: %s`",
			  slurm ? "slurm" : "awsbatch");
}

/* Whether prop exists for the variant of the file, such as its scheduler. */
static bool variant_ok(struct check *c, const struct prop *prop, const struct entry *e)
{
	bool section = prop->kind == PROP_SECTION || prop->kind == PROP_SECTIONS;
	struct diag *d;

	if ((prop->variants & c->variant) != 0)
		return true;
	if (section)
		d = diag_wrong_scheduler(c->ds, e->key_at, prop->name, c->chosen);
	else
		d = diag_no_effect_with_scheduler(c->ds, e->key_at, prop->name, c->chosen);
	diag_label(c->ds, d, c->chosen_at, "the scheduler is chosen here");
	if (section)
		help_scheduler(c, d, prop);
	return !section;
}

static bool bind_section(struct check *c, const struct scope *in, const struct prop *prop,
			 const struct entry *e)
{
	struct scope s = {.schema = &schema_sections[prop->section],
			  .node = e->value,
			  .model = in->model + prop->value_offset,
			  .outer = in};

	if (e->value->kind != NODE_MAP) {
		wrong_section(c, prop, prop->name, s.schema, e->value);
		return false;
	}
	s.at = (struct section_at *)(void *)s.model;
	s.at->key = e->key_at;
	s.at->path = path_of(c, in, prop);
	check_section(c, &s);
	return true;
}

/* Poisons a section that is no mapping, and says so; `name` is what it is called, at `at` where it is empty. */
static void no_mapping(struct check *c, struct scope *s, struct str name, struct span at)
{
	s->at->written = true;
	faulty_fill(s->schema, s->model);
	if (s->node->kind == NODE_NULL && !s->node->poisoned)
		diag_null_value(c->ds, at, name);
	else if (!s->node->poisoned)
		wrong_section(c, NULL, name, s->schema, s->node);
}

/* A text in place of a section, as the section that it stands for. */
static const struct node *alone(struct check *c, const struct prop *prop, const struct node *text)
{
	struct entry *e = NEW(c->a, struct entry);
	struct node *map = NEW(c->a, struct node);

	*e = (struct entry){prop->key, NODE_STRING, text->at, text};
	*map = (struct node){.kind = NODE_MAP, .at = text->at, .poisoned = text->poisoned};
	map->map.entries = e;
	map->map.n = 1;
	return map;
}

/* One item of a list of sections into the zeroed struct `model`. */
static void bind_item(struct check *c, struct scope *s, const struct prop *prop, size_t i)
{
	struct str name = arena_fmt(c->a, STR_F "[%zu]", STR_A(prop->name), i);

	s->at = (struct section_at *)(void *)s->model;
	s->at->path = arena_fmt(c->a, STR_F "[%zu]", STR_A(path_of(c, s->outer, prop)), i);
	s->at->span = s->node->at;
	if (prop->single && s->node->kind != NODE_MAP && s->node->kind != NODE_LIST &&
	    s->node->kind != NODE_NULL)
		s->node = alone(c, prop, s->node);
	defaults_fill(c, s->schema, s->model);
	if (s->node->kind == NODE_MAP) {
		check_section(c, s);
		return;
	}
	no_mapping(c, s, name, s->node->at);
}

/* The value of the key property of an item, as text. */
static struct str key_text(const struct prop *key, const char *item)
{
	const void *value = item + key->value_offset;
	int choice;

	if (key->kind == PROP_STRING)
		return *(const struct str *)value;
	INVARIANT(key->kind == PROP_ENUM);
	memcpy(&choice, value, sizeof(choice));
	return enum_text((enum prop_id)(key - schema_props), choice);
}

/* Reports items that share the value of the key property. False when there are such. */
static bool items_unique(struct check *c, const struct prop *prop, char *items, size_t n)
{
	const struct section *s = &schema_sections[prop->section];
	const struct prop *key = schema_find(s, prop->key);
	struct map seen = {0};
	bool ok = true;

	INVARIANT(key != NULL);
	for (size_t i = 0; i < n; i++) {
		char *item = items + i * s->size;
		const struct field_at *f = prop_at(item, key);
		struct str name = key_text(key, item);
		const struct field_at *first = map_get(&seen, name);
		struct diag *d;

		if (!is_written(f))
			continue;
		if (first == NULL) {
			map_put(&seen, c->a, name, f);
			continue;
		}
		d = diag_duplicate_name(c->ds, f->value, key->name, shown(c, name));
		diag_label(c->ds, d, first->value, "the first one");
		ok = false;
	}
	return ok;
}

/* One entry of a mapping of names to sections: its key is a property of the section, though none inside of it. */
static void bind_named(struct check *c, struct scope *s, const struct prop *prop,
		       const struct entry *e)
{
	const struct prop *key = schema_find(s->schema, prop->key);
	const struct entry *inner = tree_find(s->node, prop->key);
	struct field_at *at = prop_at(s->model, key);
	const struct node name = {.kind = NODE_STRING, .text = e->key, .at = e->key_at};

	s->at = (struct section_at *)(void *)s->model;
	s->at->path = arena_fmt(c->a, STR_F "." STR_F, STR_A(path_of(c, s->outer, prop)),
				STR_A(shown(c, e->key)));
	s->at->key = e->key_at;
	s->at->span = e->value->at;
	defaults_fill(c, s->schema, s->model);
	*at = (struct field_at){FIELD_WRITTEN, e->key_at, e->key_at};
	if (!value_bind(c, key, &name, s->model))
		at->state = FIELD_POISONED;
	if (e->value->kind == NODE_MAP) {
		check_section(c, s);
		if (inner != NULL)
			diag_unknown_property(c->ds, inner->key_at, prop->key, s->at->path);
		return;
	}
	no_mapping(c, s, e->key, e->key_at);
}

/* A mapping of names to sections. */
static bool bind_by_name(struct check *c, const struct scope *in, const struct prop *prop,
			 const struct entry *e)
{
	const struct section *schema = &schema_sections[prop->section];
	const struct node *v = e->value;
	struct any_list list;
	char *items;

	if (v->kind != NODE_MAP) {
		wrong_type(c, prop, prop->name, "a mapping of names", v);
		return false;
	}
	items = arena_alloc(c->a, v->map.n, schema->size);
	for (size_t i = 0; i < v->map.n; i++) {
		struct scope s = {.schema = schema,
				  .node = v->map.entries[i].value,
				  .model = items + i * schema->size,
				  .outer = in};

		bind_named(c, &s, prop, &v->map.entries[i]);
	}
	list = (struct any_list){items, v->map.n};
	memcpy(in->model + prop->value_offset, &list, sizeof(list));
	return count_ok(c, prop, v->map.n, e->key_at);
}

static bool bind_sections(struct check *c, const struct scope *in, const struct prop *prop,
			  const struct entry *e)
{
	const struct section *schema = &schema_sections[prop->section];
	const struct node *v = e->value;
	struct any_list list;
	char *items;
	bool ok;

	if (v->kind != NODE_LIST) {
		wrong_type(c, prop, prop->name, "a list of mappings", v);
		return false;
	}
	items = arena_alloc(c->a, v->list.n, schema->size);
	for (size_t i = 0; i < v->list.n; i++) {
		struct scope s = {.schema = schema,
				  .node = v->list.items[i],
				  .model = items + i * schema->size,
				  .outer = in};

		bind_item(c, &s, prop, i);
	}
	list = (struct any_list){items, v->list.n};
	memcpy(in->model + prop->value_offset, &list, sizeof(list));
	ok = count_ok(c, prop, v->list.n, e->key_at);
	return (!prop->unique || items_unique(c, prop, items, v->list.n)) && ok;
}

/*
 * The release from which on the property is gone, as far as it is to be told: what a whole variant takes with it
 * (awsbatch) is told where it is chosen, and so is what a choice takes with it of which nothing is made (plugin).
 */
static release gone_from(const struct check *c, const struct prop *prop)
{
	bool as_a_whole = (prop->variants & c->kind->variants & ~c->gone) == 0;
	bool is_chosen = (c->variant & ~c->gone) == 0;

	if (c->chosen_gone != 0 && prop->removed == c->chosen_gone)
		return 0;
	return as_a_whole && (c->knows == 0 || is_chosen) ? 0 : prop->removed;
}

/* Is it a property of cluster files that only hpcc has? Files of other kinds are refused as a whole by who asks. */
static bool is_ours(const struct check *c, const struct prop *prop)
{
	return c->kind->root == SECTION_Cluster && str_eq(prop->source, STR("hpcc"));
}

/* Reports the parameters of a program, which writes no section of them, where ParallelCluster is to read it. */
static bool parameters_of_program(struct check *c, const struct node *parameters)
{
	for (size_t i = 0; parameters->kind == NODE_MAP && i < parameters->map.n; i++) {
		const struct entry *e = &parameters->map.entries[i];
		struct diag *d = diag_must_be_known(c->ds, e->key_at, span_text(e->key_at));

		diag_note(c->ds, d,
			  "ParallelCluster has no parameters that are given at deployment");
		diag_help(c->ds, d,
			  "write it without `deploy`, and set it with `--set` or `--vars`");
	}
	return false;
}

/* Whether the value is there, and the property may be used here. */
static bool entry_allowed(struct check *c, const struct scope *in, const struct prop *prop,
			  const struct entry *e)
{
	struct diag *d;

	if (c->knows != 0 && c->program && prop == &schema_props[PROP_Cluster_Parameters])
		return parameters_of_program(c, e->value);
	if (c->knows != 0 && is_ours(c, prop)) {
		d = diag_unknown_property(c->ds, e->key_at, prop->name,
					  in->at->path.n > 0 ? in->at->path
							     : STR("the cluster file"));
		diag_note(c->ds, d, "ParallelCluster %s",
			  prop == &schema_props[PROP_Cluster_Kind] ? "knows no other kind of file"
								   : "does not have it; hpcc does");
		return false;
	}
	if (!variant_ok(c, prop, e) ||
	    !release_ok(c, prop->name, prop->since, gone_from(c, prop), e->key_at))
		return false;
	if (e->value->kind != NODE_NULL)
		return true;
	if (!e->value->poisoned) {
		d = diag_null_value(c->ds, e->key_at, prop->name);
		if ((prop->required & c->kind->variants) == 0)
			diag_help(c->ds, d, "leave the key out where its default is wanted");
	}
	return false;
}

static bool entry_bind(struct check *c, const struct scope *in, const struct prop *prop,
		       const struct entry *e)
{
	bool container = e->value->kind == NODE_MAP || e->value->kind == NODE_LIST;

	if (!entry_allowed(c, in, prop, e) || (e->value->poisoned && !container))
		return false;
	if ((prop->kind == PROP_SECTION || prop->kind == PROP_SECTIONS) && e->value->open) {
		open_section(c, prop, e->value);
		return false;
	}
	if (prop->by_name)
		return bind_by_name(c, in, prop, e) && !e->value->poisoned;
	if (prop->kind == PROP_SECTION)
		return bind_section(c, in, prop, e) && !e->value->poisoned;
	if (prop->kind == PROP_SECTIONS)
		return bind_sections(c, in, prop, e) && !e->value->poisoned;
	return value_bind(c, prop, e->value, in->model) && !e->value->poisoned;
}

/* Poisons a field; where it is a section that was not looked at, all of it. */
static void field_poison(const struct scope *in, const struct prop *prop, const struct entry *e)
{
	char *inner = in->model + prop->value_offset;
	struct section_at *at = (struct section_at *)(void *)inner;

	in->at->poisoned = true;
	*prop_at(in->model, prop) = (struct field_at){FIELD_POISONED, e->key_at, e->value->at};
	if (prop->kind != PROP_SECTION || at->written)
		return;
	faulty_fill(&schema_sections[prop->section], inner);
	at->key = e->key_at;
	at->span = e->value->at;
}

/* Is prop the Kind of the file, of which something was said already? */
static bool is_faulty_kind(const struct check *c, const struct scope *in, const struct prop *prop)
{
	return c->kind_faulty && in->outer == NULL && str_eq(prop->name, STR("Kind"));
}

static void check_entry(struct check *c, const struct scope *in, const struct entry *e)
{
	const struct prop *prop = find_prop(c, in->schema, e->key);
	struct field_at *f;

	if (prop == NULL)
		return; /* the turn of unknown keys comes when all others are known */
	f = prop_at(in->model, prop);
	if (f->state != FIELD_ABSENT)
		return;
	*f = (struct field_at){FIELD_WRITTEN, e->key_at, e->value->at};
	if (!is_faulty_kind(c, in, prop) && entry_bind(c, in, prop, e))
		return;
	field_poison(in, prop, e);
}

/* Reports a key without a row. What it was probably meant to be is not missing as well. */
static void check_unknown(struct check *c, const struct scope *in, const struct entry *e)
{
	const struct prop *meant = NULL;

	if (find_prop(c, in->schema, e->key) != NULL || !unknown_key(c, in, e, &meant))
		return;
	in->at->poisoned = true;
	if (meant != NULL && prop_at(in->model, meant)->state == FIELD_ABSENT)
		field_poison(in, meant, e);
}

/*
 * Whether what another variant requires in place of prop is there, such as the queues of the other scheduler: then it
 * is they that are wrong, not these missing.
 */
static bool has_rival(const struct check *c, const struct scope *in, const struct prop *prop)
{
	for (size_t i = 0; i < in->schema->nprops; i++) {
		const struct prop *other = &in->schema->props[i];

		if ((other->required & c->kind->variants) != 0 &&
		    (other->variants & prop->variants) == 0 &&
		    prop_at(in->model, other)->state != FIELD_ABSENT)
			return true;
	}
	return false;
}

/* Does the file say at its top where it stands, or mean to, so that what is not said of subnets comes from there? */
static bool says_where(const struct check *c, const struct scope *in)
{
	const struct section *root;

	while (in->outer != NULL)
		in = in->outer;
	root = in->schema;
	for (size_t i = 0; i < root->nprops; i++) {
		const struct prop *p = &root->props[i];

		if (schema_says_where(p) &&
		    (tree_get(in->node, p->name) != NULL || is_misspelt(c, in, p)))
			return true;
	}
	return false;
}

/* Whether a required property is required in the variant of the file. */
static bool is_due(const struct check *c, const struct scope *in, const struct prop *prop)
{
	uint16_t all = c->kind->variants;
	bool chooses = in->schema == kind_choice_section(c->kind);

	if ((prop->required & all) != all && has_rival(c, in, prop))
		return false;
	if (prop->placed && says_where(c, in))
		return false;
	if (c->variant == all && chooses)
		return (prop->required & all) == all;
	return (prop->required & c->variant) != 0;
}

/* Checks the mapping in->node; its struct holds the defaults already. */
static void check_section(struct check *c, const struct scope *in)
{
	in->at->written = true;
	in->at->span = in->node->at;
	for (size_t i = 0; i < in->node->map.n; i++)
		check_entry(c, in, &in->node->map.entries[i]);
	for (size_t i = 0; i < in->node->map.n; i++)
		check_unknown(c, in, &in->node->map.entries[i]);
	for (size_t i = 0; i < in->schema->ndue; i++) {
		const struct prop *prop = &in->schema->props[in->schema->due[i]];

		if (prop_at(in->model, prop)->state != FIELD_ABSENT)
			continue;
		if (in->node->poisoned || !is_due(c, in, prop) || is_misspelt(c, in, prop))
			continue;
		missing_property(c, in, prop);
		in->at->poisoned = true;
		if (prop->kind == PROP_SECTION)
			faulty_fill(&schema_sections[prop->section],
				    in->model + prop->value_offset);
	}
}

/* The variants that a release removed. */
static uint16_t gone_variants(const struct file_kind *kind)
{
	const struct prop *choice = kind_choice(kind);
	uint16_t gone = 0;

	for (size_t i = 0; choice != NULL && i < choice->nvalues; i++) {
		const struct file_variant *v = kind_variant(kind, choice->values[i].name);

		if (v != NULL && choice->values[i].removed != 0)
			gone |= v->bit;
	}
	return gone;
}

/* The release that removed a value of the choice that is no variant, or 0. */
static release removal_of_word(const struct file_kind *kind, struct str word)
{
	const struct prop *choice = kind_choice(kind);

	for (size_t i = 0; i < choice->nvalues; i++)
		if (str_eq(choice->values[i].name, word))
			return choice->values[i].removed;
	return 0;
}

/* Which variant the file is, before the walk begins; what is wrong with it is reported by the walk. */
static void find_variant(struct check *c, const struct node *root)
{
	const struct node *v = root;
	const struct file_variant *variant;

	c->variant = c->kind->variants;
	c->gone = gone_variants(c->kind);
	for (size_t i = 0; i < c->kind->nchoice; i++)
		v = tree_get(v, schema_props[c->kind->choice[i]].name);
	if (c->kind->nchoice == 0 || v == NULL || v->kind != NODE_STRING)
		return;
	c->chosen = v->text;
	c->chosen_at = v->at;
	variant = kind_variant(c->kind, v->text);
	if (variant != NULL)
		c->variant = variant->bit;
	else
		c->chosen_gone = removal_of_word(c->kind, v->text);
}

/*
 * A parameter that decides which variant the file is decides which properties it has: one template cannot be both.
 */
static void report_open_variant(struct check *c, const struct node *root)
{
	const struct node *v = root;
	struct text_piece piece;
	struct str rest;

	for (size_t i = 0; i < c->kind->nchoice; i++)
		v = tree_get(v, schema_props[c->kind->choice[i]].name);
	if (c->kind->nchoice == 0 || v == NULL || v->kind != NODE_STRING || !v->open)
		return;
	for (rest = v->text; text_next(&rest, &piece);) {
		const struct stack_parameter *p =
			piece.open
				? deployment_parameter(c->deployment, reference_of(piece.text).name)
				: NULL;

		if (p == NULL || p->nvalues < 2)
			continue;
		diag_label(c->ds,
			   diag_help(c->ds, diag_cannot_choose(c->ds, v->at, p->name),
				     "write one file for each value"),
			   p->at, "the parameter is declared here");
		return;
	}
}

/* The variant of a file that was walked: what it says, though a release may have removed it, else the first. */
static uint16_t variant_of(const struct check *c)
{
	return c->kind->nchoice == 0 || c->variant != c->kind->variants
		       ? c->variant
		       : c->kind->variant_rows[0].bit;
}

const struct model *check_tree_as(struct arena *a, struct diags *ds, const struct node *root,
				  const struct check_options *o)
{
	struct check c = {.a = a,
			  .ds = ds,
			  .knows = o->knows,
			  .on = o->on,
			  .others = o->others,
			  .choices = o->choices,
			  .read = o->read,
			  .program = o->kind != NULL,
			  .stack = o->stack,
			  .stack_at = o->stack_at,
			  .root = root,
			  .patterns = o->patterns != NULL ? o->patterns : pattern_cache_new(a)};
	const struct file_kind *kind = o->kind != NULL ? o->kind : kind_said(&c, root);
	struct model *model = NEW(a, struct model);
	struct scope s = {.node = root};
	char *top;

	c.kind = kind != NULL ? kind : &schema_kinds[0];
	s.schema = &schema_sections[c.kind->root];
	top = s.model = arena_alloc(a, 1, s.schema->size);
	s.at = (struct section_at *)(void *)top;
	*model = (struct model){.kind = c.kind, .at = s.at, .program = c.program};
	defaults_fill(&c, s.schema, s.model);
	find_variant(&c, root);
	deployment_read(&c, root);
	report_open_variant(&c, root);
	if (kind == NULL) {
		faulty_fill(s.schema, top);
	} else if (root->kind == NODE_MAP) {
		check_section(&c, &s);
	} else {
		diag_root_not_mapping(ds, root->at, c.kind->article, node_kind_words(root->kind));
		s.at->poisoned = true;
	}
	deployment_finish(&c);
	model->variant = variant_of(&c);
	model->deployment = c.deployment;
	return model;
}

const struct model *check_tree(struct arena *a, struct diags *ds, const struct node *root,
			       release knows, struct pattern_cache *patterns)
{
	return check_tree_as(a, ds, root,
			     &(struct check_options){.knows = knows, .patterns = patterns});
}
