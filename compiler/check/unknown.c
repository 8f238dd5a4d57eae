/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unknown.c - keys that are not in the schema, and keys that are missing.
 *
 * An unknown key is either misspelt or in the wrong place. The search goes outwards from where it stands:
 * the names of its own section, the sections inside, the sections around and those beside, and in the end
 * all others, each named by the path it has in this file.
 */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/check/walk.h"
#include "compiler/schema/foreign.h"
#include "compiler/schema/limits.h"
#include "compiler/schema/meant.h"

/* How deep below a section a key is looked for, how many homes are told, and how many names are listed. */
enum { DEPTH = 3, MOST_HOMES = 3, MOST_KNOWN = 12 };

enum { MOST_KEYS = 200 };

static struct meant_in files_of(const struct check *c)
{
	return (struct meant_in){c->kind->variants, c->variant};
}

static bool suits(const struct check *c, const struct prop *prop)
{
	return (prop->variants & c->variant) != 0;
}

/* "`HeadNode.Ssh`", or where the root is meant, its name in words. */
static struct str home_words(struct check *c, struct str path)
{
	return path.n > 0 ? arena_fmt(c->a, "under `" STR_F "`", STR_A(path))
			  : STR("at the top level of the file");
}

/* Is the section that `label` is the path of one of files of this kind? Others share it, and lend it their path. */
static bool is_of_file(const struct check *c, struct str label)
{
	size_t end = 0;

	while (end < label.n && label.s[end] != '.' && label.s[end] != '[')
		end++;
	return label.n == 0 ||
	       find_prop(c, &schema_sections[c->kind->root], str_slice(label, 0, end)) != NULL;
}

/* Where else a key is known that `in` does not know, in words; empty when nowhere or at too many places. */
static struct str home_of(struct check *c, const struct scope *in, struct str key)
{
	enum section_id owners[MOST_HOMES + 1];
	enum section_id self = (enum section_id)(in->schema - schema_sections);
	struct str home = meant_below(c->a, files_of(c), in->schema, in->at->path, key, DEPTH);
	struct buf b = buf_in(c->a);
	unsigned n;

	if (home.n > 0)
		return home_words(c, home);
	for (const struct scope *s = in->outer; s != NULL; s = s->outer)
		if (find_prop(c, s->schema, key) != NULL)
			return home_words(c, s->at->path);
	n = schema_owners(key, self, c->kind->variants, owners, MOST_HOMES + 1);
	if (n > MOST_HOMES)
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct str label = schema_sections[owners[i]].label;

		if (!is_of_file(c, label))
			continue;
		buf_add(&b, b.n > 0 ? STR(" or ") : STR(""));
		buf_add(&b, home_words(c, label));
	}
	if (b.n > 0)
		return buf_str(&b);
	for (const struct scope *s = in->outer; s != NULL; s = s->outer) {
		home = meant_below(c->a, files_of(c), s->schema, s->at->path, key, 1);
		if (home.n > 0)
			return home_words(c, home);
	}
	return (struct str){0};
}

/* May `value` stand at prop: a mapping or a list of such at a section, something else at the others? */
static bool may_hold(const struct prop *prop, const struct node *value)
{
	switch (value->kind) {
	case NODE_MAP:
		return prop->kind == PROP_SECTION || prop->kind == PROP_MAP;
	case NODE_LIST:
		return prop->kind == PROP_SECTIONS || prop->kind == PROP_STRINGS ||
		       prop->kind == PROP_INTS;
	case NODE_NULL:
	case NODE_BOOL:
	case NODE_INT:
	case NODE_FLOAT:
	case NODE_STRING:
	case NODE_TIMESTAMP:
		break;
	}
	return prop->kind != PROP_SECTION && prop->kind != PROP_SECTIONS && prop->kind != PROP_MAP;
}

/* The property of the section itself that is meant by a key that no row tells of, or NULL. */
static const struct prop *neighbour(struct check *c, const struct scope *in, const struct entry *e)
{
	const struct prop *p = meant_by_word(files_of(c), in->schema, e->key);

	if (meant_below(c->a, files_of(c), in->schema, in->at->path, e->key, 1).n > 0)
		return NULL;
	return p != NULL && tree_get(in->node, p->name) == NULL && may_hold(p, e->value) ? p : NULL;
}

static void help_known(struct check *c, struct diag *d, const struct section *s)
{
	struct buf b = buf_in(c->a);
	size_t n = 0;

	for (size_t i = 0; i < s->nprops; i++)
		if (suits(c, &s->props[i]) && !prop_is_gone(&s->props[i]))
			buf_fmt(&b, "%s`" STR_F "`", n++ > 0 ? ", " : "", STR_A(s->props[i].name));
	if (n > 0 && n <= MOST_KNOWN)
		diag_help(c->ds, d, "known here: " STR_F, STR_A(buf_str(&b)));
}

/* ParallelCluster drops what it does not know beside the list of scripts of a custom action. */
static bool is_dropped(const struct scope *in)
{
	return in->schema == &schema_sections[SECTION_CustomAction] &&
	       in->node->map.n <= MOST_KEYS &&
	       tree_get(in->node, schema_props[PROP_CustomAction_Sequence].name) != NULL;
}

/*
 * Whether another key of the mapping may be a misspelling of the same name. Nobody knows what is meant by one that
 * has far more keys than any section.
 */
static bool is_wanted_twice(const struct scope *in, const struct entry *e, const struct prop *near)
{
	if (in->node->map.n > MOST_KEYS)
		return true;
	for (size_t i = 0; i < in->node->map.n; i++) {
		const struct entry *other = &in->node->map.entries[i];

		if (other != e && edit_distance(other->key, near->name, 1) <= 1)
			return true;
	}
	return false;
}

/* Proposes another name of the same section. */
static void help_near(struct check *c, struct diag *d, const struct scope *in,
		      const struct entry *e, const struct prop *near)
{
	unsigned distance = edit_distance(e->key, near->name, near_limit(e->key));
	bool sure = distance <= 1 &&
		    !meant_is_rivalled(files_of(c), in->schema, near, e->key, distance) &&
		    !is_wanted_twice(in, e, near);

	diag_help(c->ds, d, "did you mean `" STR_F "`?", STR_A(near->name));
	diag_fix(c->ds, d, e->key_at, near->name, sure);
}

/* The path of a section; of the root, what the file is called. */
static struct str section_words(struct check *c, const struct scope *in)
{
	return in->at->path.n > 0 ? in->at->path
				  : arena_fmt(c->a, "the " STR_F, STR_A(c->kind->bare));
}

/* The variants of other kinds whose files have a property of this name here. */
static uint16_t kinds_with(const struct scope *in, struct str key)
{
	const struct prop *prop = schema_find(in->schema, key);
	uint16_t variants = prop != NULL ? prop->variants & in->schema->variants : 0;

	for (size_t i = 0; in->outer == NULL && i < KIND_COUNT; i++)
		if (schema_find(&schema_sections[schema_kinds[i].root], key) != NULL)
			variants |= schema_kinds[i].variants;
	return variants;
}

/* Is it what a comma cut off a cron(0, …) before it? A rule tells of that. */
static bool is_rest_of_schedule(const struct scope *in, const struct entry *e)
{
	const struct str name = schema_props[PROP_Schedule_ScheduleExpression].name;
	const struct entry *before = e;

	if (in->schema != &schema_sections[SECTION_Schedule] || e->value->kind != NODE_NULL)
		return false;
	while (before > in->node->map.entries && before[-1].value->kind == NODE_NULL)
		before--;
	return before > in->node->map.entries && str_eq(before[-1].key, name) &&
	       before[-1].value->kind == NODE_STRING && before[-1].value->plain &&
	       str_find(before[-1].value->text, '(', 0) < before[-1].value->text.n &&
	       !str_ends(before[-1].value->text, STR(")"));
}

bool unknown_key(struct check *c, const struct scope *in, const struct entry *e,
		 const struct prop **ret_meant)
{
	struct str key = shown(c, e->key), home = {0};
	const struct prop *near = schema_nearest(in->schema, e->key, c->kind->variants), *meant,
			  *beside = NULL;
	const char *foreign = foreign_help(in->schema, e->key, &meant);
	uint16_t kinds;
	struct diag *d;

	if (is_rest_of_schedule(in, e))
		return true;
	if (is_dropped(in)) {
		diag_dropped_property(c->ds, e->key_at, key);
		return false;
	}
	d = diag_unknown_property(c->ds, e->key_at, key, section_words(c, in));
	if (foreign != NULL) {
		diag_help(c->ds, d, "%s", foreign);
		if (meant != NULL)
			diag_fix(c->ds, d, e->key_at, meant->name, false);
		*ret_meant = meant;
		return true;
	}
	kinds = kinds_with(in, e->key);
	note_kinds(c, d, key, kinds);
	if (near == NULL)
		near = beside = neighbour(c, in, e);
	if (kinds != 0 && in->outer != NULL)
		near = NULL; /* it stands here in other files: no other place is meant */
	else if (near == NULL || (beside == NULL && edit_distance(e->key, near->name, 1) > 1))
		home = home_of(c, in, e->key);
	if (near == NULL && home.n == 0)
		near = meant_by_part(files_of(c), in->schema, e->key);
	if (home.n > 0) {
		diag_help(c->ds, d, "`" STR_F "` belongs " STR_F, STR_A(key), STR_A(home));
	} else if (near != NULL) {
		help_near(c, d, in, e, near);
		*ret_meant = near;
	} else {
		help_known(c, d, in->schema);
	}
	return true;
}

bool is_misspelt(const struct check *c, const struct scope *in, const struct prop *prop)
{
	for (size_t i = 0; i < in->node->map.n; i++) {
		struct str key = in->node->map.entries[i].key;

		if (find_prop(c, in->schema, key) != NULL)
			continue;
		if (schema_nearest(in->schema, key, c->kind->variants) == prop ||
		    meant_by_word(files_of(c), in->schema, key) == prop ||
		    foreign_stands_for(in->schema, key, prop))
			return true;
		if (prop->kind == PROP_SECTION &&
		    find_prop(c, &schema_sections[prop->section], key) != NULL)
			return true; /* one level too high: the section was meant */
	}
	return false;
}

/* A value to show for prop; empty when nothing sensible is known. */
static struct str example_of(struct check *c, const struct prop *prop)
{
	prop = kind_prop(c->a, c->kind, prop);
	if (prop->example.n > 0)
		return prop->example;
	if (prop->pattern != NULL)
		return prop->pattern->example;
	for (size_t i = 0; i < prop->nvalues; i++)
		if (prop->values[i].removed == 0)
			return prop->values[i].name;
	if (prop->kind == PROP_INT || prop->kind == PROP_INTS || prop->kind == PROP_NUMBER)
		return decimal_text(c->a, (prop->has & HAS_MIN) != 0 ? prop->min : 1);
	return prop->kind == PROP_BOOL ? STR("true") : (struct str){0};
}

/* The lines that would mend a missing property, up to two levels deep. */
static struct str example_line(struct check *c, const struct prop *prop)
{
	struct str value = example_of(c, prop);
	const struct section *s = &schema_sections[prop->section];

	if (prop->kind == PROP_STRINGS || prop->kind == PROP_INTS)
		return arena_fmt(c->a, STR_F ": [" STR_F "]", STR_A(prop->name), STR_A(value));
	if (prop->kind != PROP_SECTION && prop->kind != PROP_SECTIONS)
		return arena_fmt(c->a, STR_F ": " STR_F, STR_A(prop->name),
				 STR_A(value.n > 0 ? value : STR("…")));
	for (size_t i = 0; i < s->nprops; i++) {
		struct str inner;

		if ((s->props[i].required & c->kind->variants) == 0 ||
		    s->props[i].kind == PROP_SECTION || s->props[i].kind == PROP_SECTIONS)
			continue;
		inner = example_line(c, &s->props[i]);
		if (prop->kind == PROP_SECTION)
			return arena_fmt(c->a, STR_F ": {" STR_F ", …}", STR_A(prop->name),
					 STR_A(inner));
		return arena_fmt(c->a, STR_F ": [{" STR_F ", …}]", STR_A(prop->name), STR_A(inner));
	}
	return arena_fmt(c->a, STR_F ": …", STR_A(prop->name));
}

/*
 * Where a property is missed: at the key of its section, the first key of a list item, the file's first line. In a
 * program, which may make the section elsewhere, at what made it.
 */
static struct span missed_at(const struct check *c, const struct scope *in)
{
	if (c->program)
		return in->node->at;
	if (in->outer == NULL)
		return span_in(in->node->at.src, 0, 0);
	if (span_is_set(in->at->key))
		return in->at->key;
	return in->node->map.n > 0 ? in->node->map.entries[0].key_at : in->node->at;
}

void missing_property(struct check *c, const struct scope *in, const struct prop *prop)
{
	struct diag *d =
		diag_missing_property(c->ds, missed_at(c, in), section_words(c, in), prop->name);

	diag_help(c->ds, d, "add `" STR_F "`", STR_A(example_line(c, prop)));
}
