/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_read.c - stdlib/schema/<file>.yaml to rows.
 *
 * Shapes of file: patterns.yaml (pattern name -> regex, article, form, example), releases.yaml (latest, date,
 * releases), update.yaml (policy -> words), kinds.yaml (schema_kinds.c), and all others (section name -> doc,
 * properties -> columns). Every column is checked here for its name and type; what it refers to is checked by
 * schema_link.c.
 */
#include "compiler/base/regex.h"
#include "compiler/yaml/yaml_read.h"
#include "stdlib/tablegen/schema.h"

static const struct row_kind kinds[] = {
	{STR_INIT("string"), "PROP_STRING", "struct str", .text = true},
	{STR_INIT("int"), "PROP_INT", "int64_t", .number = true},
	{STR_INIT("ints"), "PROP_INTS", "struct model_ints", .number = true, .list = true},
	{STR_INIT("number"), "PROP_NUMBER", "double", .number = true},
	{STR_INIT("bool"), "PROP_BOOL", "bool", .text = false},
	{STR_INIT("enum"), "PROP_ENUM", NULL, .values = true, .values_must = true},
	{STR_INIT("int_enum"), "PROP_INT_ENUM", "int64_t", .values = true, .values_must = true},
	{STR_INIT("bool_or_string"), "PROP_BOOL_OR_STRING", "struct model_flex", .text = true},
	{STR_INIT("int_or_string"), "PROP_INT_OR_STRING", "struct model_flex", .text = true},
	{STR_INIT("strings"), "PROP_STRINGS", "struct model_strings", .text = true, .list = true,
	 .values = true},
	{STR_INIT("map"), "PROP_MAP", "struct model_map", .text = true, .map = true},
	{STR_INIT("maps"), "PROP_MAPS", "struct model_maps", .text = true, .map = true,
	 .list = true},
	{STR_INIT("any"), "PROP_ANY", "const struct node *", .text = false},
	{STR_INIT("section"), "PROP_SECTION", NULL, .section = true},
	{STR_INIT("sections"), "PROP_SECTIONS", NULL, .section = true, .list = true},
};

static const char *const row_columns[] = {
	"kind",		 "of",		 "settings_by",	  "key",	   "unique",
	"required",	 "required_for", "required_note", "default",	   "default_for",
	"default_note",	 "values",	 "values_for",	  "values_since",  "values_removed",
	"pattern",	 "key_pattern",	 "writer",	  "min",	   "max",
	"min_exclusive", "single",	 "min_length",	  "max_length",	   "min_items",
	"max_items",	 "unit",	 "for",		  "open",	   "target",
	"update",	 "update_for",	 "update_within", "since",	   "removed",
	"example",	 "doc",		 "note",	  "no_effect",	   "source",
	"max_before",	 "by_name",	 "placed",	  "no_effect_for",
};

static const char *const section_columns[] = {"doc",	"source", "for",     "exclude",
					      "one_of", "like",	  "without", "properties"};
static const char *const policy_columns[] = {"words", "never"};
static const char *const pattern_columns[] = {"regex",	 "template_regex", "article", "form",
					      "example", "parameter",	   "secret",  "source"};

struct str column(const struct node *map, const char *name)
{
	const struct node *v = tree_get(map, str_c(name));

	return v != NULL && v->kind != NODE_LIST && v->kind != NODE_MAP ? v->text : (struct str){0};
}

void check_columns(struct schema_data *d, const struct node *map, const char *const *known,
		   size_t n)
{
	for (size_t i = 0; i < map->map.n; i++) {
		const struct entry *e = &map->map.entries[i];
		bool ok = false;

		for (size_t k = 0; k < n; k++)
			ok = ok || str_eq(e->key, str_c(known[k]));
		if (!ok)
			data_fault(d, e->key_at, "unknown column `" STR_F "`", STR_A(e->key));
	}
}

const struct node *typed(struct schema_data *d, const struct node *map, const char *name,
			 enum node_kind kind)
{
	const struct node *v = tree_get(map, str_c(name));

	if (v == NULL || v->kind == kind)
		return v;
	data_fault(d, v->at, "`%s` must be %s, not %s", name, node_kind_words(kind),
		   node_kind_words(v->kind));
	return NULL;
}

static bool flag(struct schema_data *d, const struct node *map, const char *name)
{
	const struct node *v = typed(d, map, name, NODE_BOOL);

	return v != NULL && v->boolean;
}

static const struct node *number(struct schema_data *d, const struct node *map, const char *name)
{
	const struct node *v = tree_get(map, str_c(name));

	if (v == NULL || v->kind == NODE_INT || v->kind == NODE_FLOAT)
		return v;
	data_fault(d, v->at, "`%s` must be a number", name);
	return NULL;
}

/* The release that a mapping `values_since` or `values_removed` gives a value, or empty. */
static struct str value_release(const struct node *row, const char *name, struct str value)
{
	const struct node *map = tree_get(row, str_c(name));

	for (size_t i = 0; map != NULL && map->kind == NODE_MAP && i < map->map.n; i++)
		if (str_eq(map->map.entries[i].key, value))
			return map->map.entries[i].value->text;
	return (struct str){0};
}

/* Every key of values_since and values_removed must be one of the values. */
static void check_value_releases(struct schema_data *d, const struct schema_row *r,
				 const char *name)
{
	const struct node *map = typed(d, r->node, name, NODE_MAP);

	for (size_t i = 0; map != NULL && i < map->map.n; i++) {
		const struct entry *e = &map->map.entries[i];
		bool found = false;

		for (size_t k = 0; k < r->nvalues; k++)
			found = found || str_eq(r->values[k].name, e->key);
		if (!found)
			data_fault(d, e->key_at, "`" STR_F "` is not among `values`",
				   STR_A(e->key));
	}
}

static void read_values(struct schema_data *d, struct schema_row *r)
{
	const struct node *list = typed(d, r->node, "values", NODE_LIST);

	if (list != NULL) {
		r->values = NEW_ARRAY(d->tg->a, struct row_value, list->list.n);
		for (size_t i = 0; i < list->list.n; i++) {
			struct row_value *v = &r->values[r->nvalues++];

			v->at = list->list.items[i];
			v->name = v->at->text;
			v->since = value_release(r->node, "values_since", v->name);
			v->removed = value_release(r->node, "values_removed", v->name);
		}
	}
	check_value_releases(d, r, "values_since");
	check_value_releases(d, r, "values_removed");
}

static const struct row_kind *find_kind(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(kinds[i].word, word))
			return &kinds[i];
	return NULL;
}

/* `max_before: {RELEASE: LIMIT}`, of one release. */
static void read_older_limit(struct schema_data *d, struct schema_row *r)
{
	const struct node *map = typed(d, r->node, "max_before", NODE_MAP);

	if (map == NULL)
		return;
	if (map->map.n != 1 || map->map.entries[0].value->kind != NODE_INT) {
		data_fault(d, map->at, "`max_before` gives one release a whole number");
		return;
	}
	r->older = map->map.entries[0].key;
	r->older_max = map->map.entries[0].value;
}

static void read_row(struct schema_data *d, struct schema_row *r, const struct entry *e)
{
	r->name = e->key;
	r->at = e->key_at;
	r->node = e->value;
	if (e->value->kind != NODE_MAP) {
		data_fault(d, e->value->at, "a property is a mapping of columns");
		return;
	}
	check_columns(d, e->value, row_columns, ARRAY_LEN(row_columns));
	r->kind = find_kind(column(r->node, "kind"));
	if (r->kind == NULL)
		data_fault(d, r->at, "`" STR_F "` has no known `kind`", STR_A(r->name));
	r->required = flag(d, r->node, "required") ? 1 : 0; /* as a mask: schema_by_kind.c */
	r->open = flag(d, r->node, "open");
	r->by_name = flag(d, r->node, "by_name");
	r->unique = flag(d, r->node, "unique");
	r->single = flag(d, r->node, "single");
	r->placed = flag(d, r->node, "placed");
	r->min_exclusive = flag(d, r->node, "min_exclusive");
	r->min = number(d, r->node, "min");
	r->max = number(d, r->node, "max");
	r->min_length = typed(d, r->node, "min_length", NODE_INT);
	r->max_length = typed(d, r->node, "max_length", NODE_INT);
	r->min_items = typed(d, r->node, "min_items", NODE_INT);
	r->max_items = typed(d, r->node, "max_items", NODE_INT);
	r->note = column(r->node, "note");
	r->required_note = column(r->node, "required_note");
	read_older_limit(d, r);
	r->default_node = tree_get(r->node, STR("default"));
	read_values(d, r);
}

/* A row as another section has it: what makes a property be there is left to that one. */
static struct node *row_like(struct schema_data *d, const struct node *row)
{
	static const char *const left_out[] = {"required",   "required_for", "required_note",
					       "placed",     "default",	     "default_for",
					       "settings_by"};
	struct entry *entries = NEW_ARRAY(d->tg->a, struct entry, row->map.n);
	struct node *ret = NEW(d->tg->a, struct node);
	size_t n = 0;

	for (size_t i = 0; i < row->map.n; i++) {
		bool out = false;

		for (size_t k = 0; k < ARRAY_LEN(left_out); k++)
			out = out || str_eq(row->map.entries[i].key, str_c(left_out[k]));
		if (!out)
			entries[n++] = row->map.entries[i];
	}
	*ret = *row;
	ret->map.entries = entries;
	ret->map.n = n;
	return ret;
}

static bool is_listed(const struct node *list, struct str name)
{
	for (size_t i = 0; list != NULL && i < list->list.n; i++)
		if (str_eq(list->list.items[i]->text, name))
			return true;
	return false;
}

/* The rows of the section that `like` names, but for those that `without` lists. */
static void read_rows_like(struct schema_data *d, struct schema_section *s)
{
	const struct node *without = typed(d, s->node, "without", NODE_LIST);
	const struct schema_section *other = find_section(d, column(s->node, "like"));

	if (other == NULL) {
		data_fault(d, s->at, "`like` names no section that stands before this one");
		return;
	}
	for (size_t i = 0; without != NULL && i < without->list.n; i++)
		if (find_row(other, without->list.items[i]->text) == NULL)
			data_fault(d, without->list.items[i]->at, "`without`: no such property");
	s->rows = NEW_ARRAY(d->tg->a, struct schema_row, other->nrows);
	for (size_t i = 0; i < other->nrows; i++) {
		const struct schema_row *r = &other->rows[i];
		struct entry e = {.key = r->name, .key_at = r->at};

		if (is_listed(without, r->name) || r->node->kind != NODE_MAP)
			continue;
		e.value = row_like(d, r->node);
		read_row(d, &s->rows[s->nrows++], &e);
	}
}

static void read_section(struct schema_data *d, struct schema_section *s, const struct entry *e)
{
	const struct node *rows;

	s->name = e->key;
	s->at = e->key_at;
	s->snake = snake_case(d->tg->a, s->name);
	if (e->value->kind != NODE_MAP) {
		data_fault(d, e->value->at, "a section is a mapping with `doc` and `properties`");
		return;
	}
	check_columns(d, e->value, section_columns, ARRAY_LEN(section_columns));
	s->node = e->value;
	s->doc = column(e->value, "doc");
	s->source = column(e->value, "source");
	rows = tree_get(e->value, STR("properties"));
	if (tree_get(e->value, STR("like")) != NULL) {
		read_rows_like(d, s);
		return;
	}
	if (rows == NULL || rows->kind != NODE_MAP)
		return; /* a section without properties */
	s->rows = NEW_ARRAY(d->tg->a, struct schema_row, rows->map.n);
	s->nrows = rows->map.n;
	for (size_t i = 0; i < rows->map.n; i++)
		read_row(d, &s->rows[i], &rows->map.entries[i]);
}

static void read_sections(struct schema_data *d, const struct node *root)
{
	size_t n = root->map.n;
	struct schema_section *all = NEW_ARRAY(d->tg->a, struct schema_section, d->nsections + n);

	for (size_t i = 0; i < d->nsections; i++)
		all[i] = d->sections[i];
	d->sections = all;
	for (size_t i = 0; i < n; i++) {
		read_section(d, &all[d->nsections], &root->map.entries[i]);
		d->nsections++;
	}
}

/* Compiles the regex of a pattern. */
static void pack_pattern(struct schema_data *d, struct regex_room *room, struct schema_pattern *p)
{
	size_t at;
	struct regex *x = regex_compile(room, arena_str(d->tg->a, p->regex).s, &at);

	if (x == NULL)
		data_fault(d, p->at, "the regex of `" STR_F "` is wrong at its byte %zu",
			   STR_A(p->name), at);
	else
		p->code = regex_packed(room, x);
}

/* What a template asks is read by CloudFormation, and takes the example. */
static void check_template_regex(struct schema_data *d, struct regex_room *room,
				 const struct schema_pattern *p)
{
	bool own = p->template_regex.n > 0;
	const char *asked = arena_str(d->tg->a, own ? p->template_regex : p->regex).s;
	size_t at;
	const struct regex *x;

	if (!regex_is_portable(asked)) {
		data_fault(d, p->at,
			   "`" STR_F "` needs a `template_regex` that CloudFormation reads alike",
			   STR_A(p->name));
		return;
	}
	if (!own)
		return;
	x = regex_compile(room, asked, &at);
	if (x == NULL || !regex_matches(room, x, p->example))
		data_fault(d, p->at, "the template_regex of `" STR_F "` does not take its example",
			   STR_A(p->name));
}

static void read_patterns(struct schema_data *d, const struct node *root)
{
	struct regex_room *room = regex_room_new(d->tg->a);

	d->patterns = NEW_ARRAY(d->tg->a, struct schema_pattern, root->map.n);
	for (size_t i = 0; i < root->map.n; i++) {
		const struct entry *e = &root->map.entries[i];
		struct schema_pattern *p = &d->patterns[d->npatterns++];

		p->name = e->key;
		p->at = e->key_at;
		if (e->value->kind != NODE_MAP) {
			data_fault(d, e->value->at, "a pattern is a mapping of columns");
			continue;
		}
		check_columns(d, e->value, pattern_columns, ARRAY_LEN(pattern_columns));
		p->regex = column(e->value, "regex");
		p->template_regex = column(e->value, "template_regex");
		p->article = column(e->value, "article");
		p->form = column(e->value, "form");
		p->example = column(e->value, "example");
		p->parameter = column(e->value, "parameter");
		p->secret = flag(d, e->value, "secret");
		if (p->regex.n == 0 || p->article.n == 0 || p->form.n == 0 || p->example.n == 0)
			data_fault(d, p->at, "`" STR_F "` needs regex, article, form and example",
				   STR_A(p->name));
		pack_pattern(d, room, p);
		check_template_regex(d, room, p);
	}
}

static void read_policies(struct schema_data *d, const struct node *root)
{
	d->policies = NEW_ARRAY(d->tg->a, struct schema_policy, root->map.n);
	for (size_t i = 0; i < root->map.n; i++) {
		const struct entry *e = &root->map.entries[i];
		struct schema_policy *p = &d->policies[d->npolicies++];

		*p = (struct schema_policy){.name = e->key, .at = e->key_at};
		if (e->value->kind != NODE_MAP) {
			data_fault(d, e->value->at, "a policy is a mapping of columns");
			continue;
		}
		check_columns(d, e->value, policy_columns, ARRAY_LEN(policy_columns));
		p->words = column(e->value, "words");
		p->never = str_eq(column(e->value, "never"), STR("true"));
		if (p->words.n == 0)
			data_fault(d, p->at, "`" STR_F "` needs `words`", STR_A(p->name));
	}
}

bool schema_read_file(struct schema_data *d, const char *path)
{
	const struct source *src = tablegen_read(d->tg, path);
	const struct node *root;

	if (src == NULL)
		return false;
	root = yaml_read(d->tg->a, d->tg->ds, src, NULL, YAML_LIMITS);
	if (root == NULL || root->kind != NODE_MAP)
		return false;
	if (str_ends(src->name, STR("patterns.yaml"))) {
		read_patterns(d, root);
	} else if (str_ends(src->name, STR("kinds.yaml"))) {
		schema_read_kinds(d, root);
	} else if (str_ends(src->name, STR("update.yaml"))) {
		read_policies(d, root);
	} else if (str_ends(src->name, STR("releases.yaml"))) {
		d->release = column(root, "latest");
		d->date = column(root, "date");
		d->releases = tree_get(root, STR("releases"));
	} else {
		read_sections(d, root);
	}
	return true;
}
