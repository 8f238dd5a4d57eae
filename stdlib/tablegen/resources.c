/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resources.c - stdlib/resources/<service>.yaml to resource_tables.c.
 *
 * Columns of a type: doc, ref, source, attributes, properties, types, open, snapshot, creation_policy,
 * update_policy. `types` are the nested objects that the column `of` of a property names. The tables and
 * their look-ups are described in lowering/ir/resources.h.
 */
#include "compiler/base/map.h"
#include "compiler/base/search.h"
#include "compiler/yaml/yaml_read.h"
#include "stdlib/tablegen/tablegen.h"

#include <stdlib.h>

static const char *const file_columns[] = {"source", "date", "resources"};
static const char *const type_columns[] = {
	"doc",	 "ref",	 "source",   "attributes",	"properties",
	"types", "open", "snapshot", "creation_policy", "update_policy"};
static const char *const property_columns[] = {
	"kind", "items", "of", "values", "required", "update", "replace_within"};

/* A word of a column, and the enumerator of lowering/ir/resources.h that it becomes. */
struct word {
	const char *word, *enumerator;
};

static const struct word kind_words[] = {
	{"any", "RESOURCE_ANY"},	 {"string", "RESOURCE_STRING"},
	{"integer", "RESOURCE_INTEGER"}, {"number", "RESOURCE_NUMBER"},
	{"boolean", "RESOURCE_BOOLEAN"}, {"list", "RESOURCE_LIST"},
	{"object", "RESOURCE_OBJECT"},
};

static const struct word update_words[] = {
	{"in-place", "RESOURCE_IN_PLACE"},
	{"conditional", "RESOURCE_CONDITIONAL"},
	{"replace", "RESOURCE_REPLACE"},
};

enum { MAX_NAME = 255, MAX_ROWS = 0xfffe };

/* What is written so far; each list becomes one array. */
struct tables {
	struct tablegen *tg;
	struct map names; /* text -> its place in the pool (size_t) */
	struct buf pool, values, properties, shapes, types;
	size_t pool_n, nvalues, nproperties, nshapes, ntypes;
};

/* One type, with its entry in the file. */
struct type_row {
	struct str name;
	const struct node *node;
};

static void fault(struct tables *t, struct span at, const char *what, struct str word)
{
	diag_bad_data(t->tg->ds, at, arena_fmt(t->tg->a, "%s: `" STR_F "`", what, STR_A(word)));
}

static void check_columns(struct tables *t, const struct node *map, const char *const *known,
			  size_t n)
{
	for (size_t i = 0; map->kind == NODE_MAP && i < map->map.n; i++)
		if (search_word(map->map.entries[i].key, known, n) == n)
			fault(t, map->map.entries[i].key_at, "unknown column",
			      map->map.entries[i].key);
}

static bool flag(const struct node *map, const char *name)
{
	const struct node *v = tree_get(map, str_c(name));

	return v != NULL && v->kind == NODE_BOOL && v->boolean;
}

/* Appends the bytes of s one by one: a string literal may not be as long as all names together. */
static void add_characters(struct buf *b, struct str s)
{
	buf_char(b, '\t');
	for (size_t i = 0; i < s.n; i++)
		buf_fmt(b, "%d,", s.s[i]);
	buf_fmt(b, " /* " STR_F " */\n", STR_A(s));
}

/* Appends the initialiser of a struct resource_text; equal texts share their bytes. */
static void add_text(struct tables *t, struct buf *b, struct str s, struct span at)
{
	const size_t *place = map_get(&t->names, s);

	if (s.n == 0 || s.n > MAX_NAME)
		fault(t, at, "a name must have 1 to 255 bytes", s);
	if (place == NULL) {
		size_t *new_place = NEW(t->tg->a, size_t);

		*new_place = t->pool_n;
		place = new_place;
		map_put(&t->names, t->tg->a, s, place);
		add_characters(&t->pool, s);
		t->pool_n += s.n;
	}
	buf_fmt(b, "{%zu, %zu}", *place, s.n);
}

/* Adds the texts of a list to the values; returns the index of the first. */
static size_t add_values(struct tables *t, const struct node *list, size_t *ret_n)
{
	size_t first = t->nvalues;

	*ret_n = 0;
	if (list == NULL)
		return 0;
	if (list->kind != NODE_LIST) {
		fault(t, list->at, "must be a list", list->text);
		return 0;
	}
	for (size_t i = 0; i < list->list.n; i++) {
		buf_char(&t->values, '\t');
		add_text(t, &t->values, list->list.items[i]->text, list->list.items[i]->at);
		buf_add(&t->values, STR(",\n"));
	}
	t->nvalues += list->list.n;
	*ret_n = list->list.n;
	return first;
}

/* The enumerator for the word in `column`; that of the first word when the column is absent. */
static const char *enumerator(struct tables *t, const struct node *row, const char *column,
			      const struct word *words, size_t n)
{
	const struct node *v = tree_get(row, str_c(column));

	if (v == NULL)
		return words[0].enumerator;
	for (size_t i = 0; i < n; i++)
		if (str_eq(v->text, str_c(words[i].word)))
			return words[i].enumerator;
	fault(t, v->at, "unknown word", v->text);
	return words[0].enumerator;
}

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *const *x = a, *const *y = b;

	return str_cmp((*x)->key, (*y)->key);
}

/* The entries of a mapping in the order of keys. */
static const struct entry **sorted(struct tables *t, const struct node *map)
{
	const struct entry **all = NEW_ARRAY(t->tg->a, const struct entry *, map->map.n + 1);

	for (size_t i = 0; i < map->map.n; i++)
		all[i] = &map->map.entries[i];
	qsort(all, map->map.n, sizeof(*all), entry_cmp);
	return all;
}

/* Appends the index of the shape that `of` names; the nested shapes of a type follow its own, `base`. */
static void add_shape_index(struct tables *t, const struct node *row, const struct node *types,
			    size_t base)
{
	const struct node *of = tree_get(row, STR("of"));

	for (size_t i = 0; of != NULL && types != NULL && i < types->map.n; i++) {
		if (!str_eq(types->map.entries[i].key, of->text))
			continue;
		buf_fmt(&t->properties, "%zu", base + 1 + i);
		return;
	}
	if (of != NULL)
		fault(t, of->at, "no such nested type", of->text);
	buf_add(&t->properties, STR("RESOURCE_NO_SHAPE"));
}

/* What an update of the property does; without a word, changes below it may replace the resource. */
static const char *update_of(struct tables *t, const struct node *row)
{
	if (tree_get(row, STR("update")) == NULL && tree_get(row, STR("replace_within")) != NULL)
		return "RESOURCE_WITHIN";
	return enumerator(t, row, "update", update_words, ARRAY_LEN(update_words));
}

static void add_property(struct tables *t, const struct entry *e, const struct node *types,
			 size_t base)
{
	const struct node *row = e->value;
	size_t nvalues, values = add_values(t, tree_get(row, STR("values")), &nvalues);

	check_columns(t, row, property_columns, ARRAY_LEN(property_columns));
	if (tree_get(row, STR("kind")) == NULL)
		fault(t, e->key_at, "needs a kind", e->key);
	buf_add(&t->properties, STR("\t{"));
	add_text(t, &t->properties, e->key, e->key_at);
	buf_fmt(&t->properties, ", %s, %s, %s, %s, ",
		enumerator(t, row, "kind", kind_words, ARRAY_LEN(kind_words)),
		enumerator(t, row, "items", kind_words, ARRAY_LEN(kind_words)), update_of(t, row),
		flag(row, "required") ? "true" : "false");
	add_shape_index(t, row, types, base);
	buf_fmt(&t->properties, ", %zu, %zu},\n", values, nvalues);
}

/* Adds one object: its rows in the order of names, and the range they take. */
static void add_shape(struct tables *t, const struct node *map, const struct node *types,
		      size_t base)
{
	const struct entry **rows;

	if (map == NULL || map->kind != NODE_MAP) {
		buf_fmt(&t->shapes, "\t{%zu, 0},\n", t->nproperties);
	} else {
		rows = sorted(t, map);
		for (size_t i = 0; i < map->map.n; i++)
			add_property(t, rows[i], types, base);
		buf_fmt(&t->shapes, "\t{%zu, %zu},\n", t->nproperties, map->map.n);
		t->nproperties += map->map.n;
	}
	t->nshapes++;
}

/* The mapping `types` of a type, or NULL. */
static const struct node *nested_types(struct tables *t, const struct node *type)
{
	const struct node *types = tree_get(type, STR("types"));

	if (types == NULL || types->kind == NODE_MAP)
		return types;
	fault(t, types->at, "must be a mapping", STR("types"));
	return NULL;
}

static void add_type(struct tables *t, const struct type_row *r)
{
	const struct node *types = nested_types(t, r->node);
	size_t base = t->nshapes, n;
	size_t attributes = add_values(t, tree_get(r->node, STR("attributes")), &n);

	check_columns(t, r->node, type_columns, ARRAY_LEN(type_columns));
	for (size_t i = 0; i < 3; i++) /* doc, ref, source */
		if (tree_get(r->node, str_c(type_columns[i])) == NULL)
			fault(t, r->node->at, "needs doc, ref and source", r->name);
	add_shape(t, tree_get(r->node, STR("properties")), types, base);
	for (size_t i = 0; types != NULL && i < types->map.n; i++)
		add_shape(t, types->map.entries[i].value, types, base);
	buf_add(&t->types, STR("\t{"));
	add_text(t, &t->types, r->name, r->node->at);
	buf_fmt(&t->types, ", %d, %d, %d, %d, %zu, %zu, %zu},\n", flag(r->node, "open"),
		flag(r->node, "snapshot"), flag(r->node, "creation_policy"),
		flag(r->node, "update_policy"), base, attributes, n);
	t->ntypes++;
}

/* Puts the types of one file into `all`; false when it cannot be read. */
static bool read_file(struct tables *t, const char *path, struct map *all)
{
	const struct source *src = tablegen_read(t->tg, path);
	const struct node *root, *resources;

	root = src != NULL ? yaml_read(t->tg->a, t->tg->ds, src, NULL, YAML_LIMITS) : NULL;
	if (root == NULL)
		return false;
	check_columns(t, root, file_columns, ARRAY_LEN(file_columns));
	resources = tree_get(root, STR("resources"));
	if (resources == NULL || resources->kind != NODE_MAP ||
	    tree_get(root, STR("date")) == NULL) {
		fault(t, root->at, "needs date and resources", src->name);
		return false;
	}
	for (size_t i = 0; i < resources->map.n; i++) {
		const struct entry *e = &resources->map.entries[i];

		if (map_put(all, t->tg->a, e->key, e->value) != NULL)
			fault(t, e->key_at, "described twice", e->key);
	}
	return true;
}

static int row_cmp(const void *a, const void *b)
{
	const struct type_row *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static bool write(struct tables *t)
{
	struct buf b = buf_in(t->tg->a);

	buf_add(&b,
		STR("/* Made by tablegen from stdlib/resources. */\n"
		    "#include \"lowering/ir/resources.h\"\n\nconst char resource_names[] = {\n"));
	buf_add(&b, buf_str(&t->pool));
	buf_add(&b, STR("};\n\nconst struct resource_text resource_values[] = {\n"));
	buf_add(&b, buf_str(&t->values));
	buf_add(&b, STR("};\n\nconst struct resource_property resource_properties[] = {\n"));
	buf_add(&b, buf_str(&t->properties));
	buf_add(&b, STR("};\n\nconst struct resource_shape resource_shapes[] = {\n"));
	buf_add(&b, buf_str(&t->shapes));
	buf_add(&b, STR("};\n\nconst struct resource_type resource_types[] = {\n"));
	buf_add(&b, buf_str(&t->types));
	buf_fmt(&b, "};\n\nconst size_t resource_types_n = %zu;\n", t->ntypes);
	return tablegen_write(t->tg, t->tg->outputs[0], buf_str(&b));
}

bool tablegen_resources(struct tablegen *tg)
{
	struct tables t = {.tg = tg,
			   .pool = buf_in(tg->a),
			   .values = buf_in(tg->a),
			   .properties = buf_in(tg->a),
			   .shapes = buf_in(tg->a),
			   .types = buf_in(tg->a)};
	struct map all = {0};
	struct type_row *rows;

	for (int i = 0; i < tg->ninputs; i++)
		if (!read_file(&t, tg->inputs[i], &all))
			return false;
	rows = NEW_ARRAY(tg->a, struct type_row, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		rows[i] = (struct type_row){all.items[i].key, all.items[i].value};
	qsort(rows, all.n, sizeof(*rows), row_cmp);
	for (size_t i = 0; i < all.n; i++)
		add_type(&t, &rows[i]);
	if (t.pool_n > MAX_ROWS || t.nproperties > MAX_ROWS || t.nvalues > MAX_ROWS)
		fault(&t, (struct span){0}, "too many rows for 16 bits", STR("stdlib/resources"));
	return tg->ds->errors == 0 && write(&t);
}
