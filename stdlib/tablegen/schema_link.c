/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_link.c - the rows as one whole.
 *
 * Resolves the names in `of`, `pattern` and `key_pattern`, walks all sections from the roots of the kinds (that
 * order is the order of ids, so it does not depend on file names), and reports every row that could not be
 * honoured later: a default outside its own limits, a limit that does not fit the kind, a section that nothing
 * leads to.
 */
#include "compiler/base/search.h"
#include "stdlib/tablegen/schema.h"

#include <string.h>

struct schema_section *find_section(struct schema_data *d, struct str name)
{
	for (size_t i = 0; i < d->nsections; i++)
		if (str_eq(d->sections[i].name, name))
			return &d->sections[i];
	return NULL;
}

static struct schema_pattern *find_pattern(struct schema_data *d, struct str name)
{
	for (size_t i = 0; i < d->npatterns; i++)
		if (str_eq(d->patterns[i].name, name))
			return &d->patterns[i];
	return NULL;
}

struct schema_row *find_row(const struct schema_section *s, struct str name)
{
	for (size_t i = 0; i < s->nrows; i++)
		if (str_eq(s->rows[i].name, name))
			return &s->rows[i];
	return NULL;
}

/* Reports a column that the row's kind has no use for. */
static void misplaced(struct schema_data *d, const struct schema_row *r, const void *given,
		      bool fits, const char *name)
{
	if (given != NULL && !fits)
		data_fault(d, r->at, "`%s` means nothing for the kind `" STR_F "`", name,
			   STR_A(r->kind->word));
}

static void link_section(struct schema_data *d, struct schema_row *r)
{
	struct str of = column(r->node, "of"), key = column(r->node, "key");

	misplaced(d, r, of.s, r->kind->section, "of");
	misplaced(d, r, key.s, r->kind->section && r->kind->list, "key");
	misplaced(d, r, r->unique ? r : NULL, r->kind->list && (r->kind->text || r->kind->section),
		  "unique");
	misplaced(d, r, r->by_name ? r : NULL, r->kind->section && r->kind->list, "by_name");
	if (r->by_name && key.n == 0)
		data_fault(d, r->at, "`by_name` needs `key`");
	if (r->single && r->kind->section && key.n == 0)
		data_fault(d, r->at, "`single` needs `key`");
	if (r->unique && r->kind->section && key.n == 0)
		data_fault(d, r->at, "`unique` needs `key`");
	if (!r->kind->section)
		return;
	r->of = find_section(d, of);
	if (r->of == NULL)
		data_fault(d, r->at, "`of`: there is no section `" STR_F "`", STR_A(of));
	else if (key.n > 0 && find_row(r->of, key) == NULL)
		data_fault(d, r->at, "`key`: " STR_F " has no property `" STR_F "`", STR_A(of),
			   STR_A(key));
}

/* The pattern that a column names, or NULL. */
static struct schema_pattern *link_pattern(struct schema_data *d, const struct schema_row *r,
					   const char *which, bool allowed)
{
	struct str name = column(r->node, which);
	struct schema_pattern *p;

	if (name.n == 0)
		return NULL;
	misplaced(d, r, name.s, allowed, which);
	p = find_pattern(d, name);
	if (p != NULL)
		p->used = true;
	else
		data_fault(d, r->at, "there is no pattern `" STR_F "`", STR_A(name));
	return p;
}

/* Where text may go that no pattern makes harmless: what each of them does to it stands in doc/architecture.md. */
static const char *const writers[] = {"template", "shell", "slurm", "sssd", "unused"};

/*
 * Text of the file lands in lines, shells and paths. A row says what keeps it there: a pattern, a writer that quotes,
 * or the list of its values. The keys of a free mapping are text as well.
 */
static void check_writer(struct schema_data *d, const struct schema_row *r)
{
	struct str writer = column(r->node, "writer");

	if (writer.n > 0) {
		misplaced(d, r, writer.s, r->kind->text, "writer");
		if (!AMONG(writer, writers))
			data_fault(d, r->at, "there is no writer `" STR_F "`", STR_A(writer));
	}
	if (!r->kind->text || r->nvalues > 0)
		return;
	if (writer.n == 0 && r->pattern == NULL)
		data_fault(d, r->at, "the text of `" STR_F "` needs a `pattern` or a `writer`",
			   STR_A(r->name));
	if (r->kind->map && r->key_pattern == NULL && !str_eq(writer, STR("unused")))
		data_fault(d, r->at, "the keys of `" STR_F "` need a `key_pattern`",
			   STR_A(r->name));
}

static double as_number(const struct node *n)
{
	return n->kind == NODE_INT ? (double)n->integer : n->number;
}

static void check_limits(struct schema_data *d, const struct schema_row *r)
{
	misplaced(d, r, r->min, r->kind->number, "min");
	misplaced(d, r, r->max, r->kind->number, "max");
	misplaced(d, r, r->min_length, r->kind->text, "min_length");
	misplaced(d, r, r->max_length, r->kind->text, "max_length");
	misplaced(d, r, r->min_items, r->kind->list, "min_items");
	misplaced(d, r, r->max_items, r->kind->list, "max_items");
	misplaced(d, r, r->older_max, r->kind->number || r->kind->list, "max_before");
	misplaced(d, r, r->values, r->kind->values, "values");
	misplaced(d, r, r->single ? r : NULL,
		  r->kind->list && !r->kind->map && (r->kind->text || r->kind->section), "single");
	misplaced(d, r, r->placed && !r->required ? r : NULL, false, "placed");
	if (r->kind->values_must && r->nvalues == 0)
		data_fault(d, r->at, "the kind `" STR_F "` needs `values`", STR_A(r->kind->word));
	/* What reads a number has a width: without a greatest value it would get one that it cannot hold. */
	if (r->kind->number && r->max == NULL)
		data_fault(d, r->at, "the number `" STR_F "` needs a `max`", STR_A(r->name));
	if (r->min != NULL && r->max != NULL && as_number(r->min) > as_number(r->max))
		data_fault(d, r->at, "`min` is above `max`");
	if (r->min_exclusive && r->min == NULL)
		data_fault(d, r->at, "`min_exclusive` needs `min`");
}

/* 1-based index of a text among the values; 0 when it is none. */
static size_t index_of(const struct schema_row *r, struct str text)
{
	for (size_t i = 0; i < r->nvalues; i++)
		if (str_eq(r->values[i].name, text))
			return i + 1;
	return 0;
}

static bool number_default_ok(const struct schema_row *r, const struct node *n, double *ret)
{
	bool whole = strcmp(r->kind->enumerator, "PROP_INT") == 0;

	if (n->kind != NODE_INT && (whole || n->kind != NODE_FLOAT))
		return false;
	*ret = as_number(n);
	if (r->min != NULL && *ret < as_number(r->min))
		return false;
	return r->max == NULL || *ret <= as_number(r->max);
}

bool default_ok(const struct schema_row *r, const struct node *n, double *ret)
{
	const char *kind = r->kind->enumerator;

	if (r->kind->number)
		return !r->kind->list && number_default_ok(r, n, ret);
	if (r->kind->values_must) {
		*ret = (double)index_of(r, n->text);
		if (strcmp(kind, "PROP_INT_ENUM") == 0 && n->kind == NODE_INT)
			return index_of(r, n->text) > 0 && (*ret = as_number(n), true);
		return *ret > 0;
	}
	if (strcmp(kind, "PROP_BOOL") == 0 || strcmp(kind, "PROP_BOOL_OR_STRING") == 0) {
		*ret = n->kind == NODE_BOOL && n->boolean ? 1 : 0;
		return n->kind == NODE_BOOL;
	}
	if (strcmp(kind, "PROP_MAP") == 0)
		return n->kind == NODE_MAP && n->map.n == 0;
	return strcmp(kind, "PROP_STRING") == 0 && n->kind == NODE_STRING;
}

/* Reports `text` unless it is empty or one of the releases in releases.yaml. */
static void check_release(struct schema_data *d, struct span at, struct str text)
{
	if (text.n > 0 && (tree_get(d->releases, text) == NULL || release_number(text) == 0))
		data_fault(d, at, "`" STR_F "` is not among the releases of releases.yaml",
			   STR_A(text));
}

/* A property that becomes something is not one whose text lands nowhere. */
static void check_target(struct schema_data *d, const struct schema_row *r)
{
	struct str target = column(r->node, "target");

	misplaced(d, r, r->open ? r : NULL, r->kind->text && !r->kind->map && r->nvalues == 0,
		  "open");
	if (target.n > 0 && r->kind->text && r->nvalues == 0 && r->pattern == NULL &&
	    str_eq(column(r->node, "writer"), STR("unused")))
		data_fault(d, r->at,
			   "`" STR_F "` has a `target`, and a writer that says there is none",
			   STR_A(r->name));
}

static void check_texts(struct schema_data *d, const struct schema_row *r)
{
	check_release(d, r->at, column(r->node, "since"));
	check_release(d, r->at, column(r->node, "removed"));
	check_release(d, r->at, r->older);
	for (size_t i = 0; i < r->nvalues; i++) {
		check_release(d, r->values[i].at->at, r->values[i].since);
		check_release(d, r->values[i].at->at, r->values[i].removed);
	}
	if (column(r->node, "doc").n == 0 || column(r->node, "source").n == 0)
		data_fault(d, r->at, "`" STR_F "` lacks `doc` or `source`", STR_A(r->name));
}

struct schema_policy *find_policy(struct schema_data *d, struct str name)
{
	for (size_t i = 0; i < d->npolicies; i++) {
		if (!str_eq(d->policies[i].name, name))
			continue;
		d->policies[i].used = true;
		return &d->policies[i];
	}
	return NULL;
}

/* The policy that a column names, or NULL where it is absent. */
static struct schema_policy *link_policy(struct schema_data *d, const struct schema_row *r,
					 const char *which)
{
	struct str name = column(r->node, which);
	struct schema_policy *p = find_policy(d, name);

	if (name.n > 0 && p == NULL)
		data_fault(d, r->at, "`%s`: there is no policy `" STR_F "`", which, STR_A(name));
	return p;
}

static void link_policies(struct schema_data *d, struct schema_row *r)
{
	struct str name = column(r->node, "update");

	if (name.n == 0)
		data_fault(d, r->at, "`" STR_F "` has no `update` policy", STR_A(r->name));
	else if (!str_eq(name, STR("BY_PLACE")))
		r->update = link_policy(d, r, "update");
	r->update_within = link_policy(d, r, "update_within");
	misplaced(d, r, r->update_within, r->kind->section, "update_within");
}

static void link_row(struct schema_data *d, struct schema_row *r)
{
	if (r->kind == NULL)
		return;
	link_section(d, r);
	r->pattern = link_pattern(d, r, "pattern", r->kind->text);
	r->key_pattern = link_pattern(d, r, "key_pattern", r->kind->map);
	check_writer(d, r);
	check_target(d, r);
	check_limits(d, r);
	check_texts(d, r);
	link_policies(d, r);
	if (r->default_node != NULL && !default_ok(r, r->default_node, &r->default_value))
		data_fault(d, r->at,
			   "the default of `" STR_F "` does not fit its kind, limits or values",
			   STR_A(r->name));
	schema_link_by_kind(d, r);
}

static struct str place_label(struct schema_data *d, const struct schema_section *s,
			      const struct schema_row *r)
{
	return arena_fmt(d->tg->a, STR_F "%s" STR_F "%s", STR_A(s->label),
			 s->label.n > 0 ? "." : "", STR_A(r->name), r->kind->list ? "[]" : "");
}

/* Gives every section the label of its place nearest to the (first) root; breadth first over the rows. */
static void label_sections(struct schema_data *d, struct schema_section *root)
{
	struct schema_section **queue = NEW_ARRAY(d->tg->a, struct schema_section *, d->nsections);
	size_t n = 0;

	queue[n++] = root;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < queue[i]->nrows; k++) {
			struct schema_row *r = &queue[i]->rows[k];

			if (r->of == NULL || r->of->is_root || r->of->parent != NULL)
				continue;
			r->of->parent = queue[i];
			r->of->label = place_label(d, queue[i], r);
			queue[n++] = r->of;
		}
	}
}

/* Depth first from s: counts places, fills d->order, and d->inner_first from *ndone on. */
static void walk(struct schema_data *d, struct schema_section *s, size_t *ndone)
{
	s->index = d->norder;
	d->order[d->norder++] = s;
	s->active = true;
	for (size_t i = 0; i < s->nrows; i++) {
		struct schema_row *r = &s->rows[i];

		if (r->of == NULL)
			continue;
		if (r->of->active)
			data_fault(d, r->at, "`" STR_F "` contains itself", STR_A(r->of->name));
		r->of->in_list = r->of->in_list || r->kind->list;
		if (r->of->places++ == 0 && !r->of->active)
			walk(d, r->of, ndone);
	}
	s->active = false;
	d->inner_first[(*ndone)++] = s;
}

static void check_section_names(struct schema_data *d)
{
	for (size_t i = 0; i < d->nsections; i++) {
		struct schema_section *s = &d->sections[i];

		if (find_section(d, s->name) != s)
			data_fault(d, s->at, "the section `" STR_F "` is described twice",
				   STR_A(s->name));
		if (s->doc.n == 0)
			data_fault(d, s->at, "the section `" STR_F "` lacks `doc`", STR_A(s->name));
	}
}

void schema_link(struct schema_data *d)
{
	size_t ndone = 0;

	check_section_names(d);
	schema_link_masks(d);
	for (size_t i = 0; i < d->nsections; i++)
		for (size_t k = 0; k < d->sections[i].nrows; k++)
			link_row(d, &d->sections[i].rows[k]);
	schema_link_relations(d);
	if (!schema_link_kinds(d))
		return;
	d->order = NEW_ARRAY(d->tg->a, struct schema_section *, d->nsections);
	d->inner_first = NEW_ARRAY(d->tg->a, struct schema_section *, d->nsections);
	for (size_t i = 0; i < d->nkinds; i++) {
		d->kinds[i].root->places = 1;
		walk(d, d->kinds[i].root, &ndone);
		label_sections(d, d->kinds[i].root);
	}
	schema_reach(d);
	for (size_t i = 0; i < d->nsections; i++)
		if (d->sections[i].places == 0)
			data_fault(d, d->sections[i].at, "no property leads to `" STR_F "`",
				   STR_A(d->sections[i].name));
	for (size_t i = 0; i < d->npatterns; i++)
		if (!d->patterns[i].used)
			data_fault(d, d->patterns[i].at, "no property uses the pattern `" STR_F "`",
				   STR_A(d->patterns[i].name));
	for (size_t i = 0; i < d->npolicies; i++)
		if (!d->policies[i].used)
			data_fault(d, d->policies[i].at, "no property has the policy `" STR_F "`",
				   STR_A(d->policies[i].name));
	check_release(d, (struct span){0}, d->release);
	if (d->release.n == 0 || d->date.n == 0)
		data_fault(d, (struct span){0}, "releases.yaml must give `latest` and `date`");
}
