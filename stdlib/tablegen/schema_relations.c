/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_relations.c - how properties of one section depend on each other.
 *
 * The columns `exclude` and `one_of` of a section, `settings_by` and `no_effect` of a row. The check reads the tables
 * that are made of them; what the manual says of them is written here into `note` and `required_note`.
 */
#include "stdlib/tablegen/schema.h"

static const char *const exclude_columns[] = {"properties", "why", "even_empty", "told_at"};
static const char *const one_of_columns[] = {"properties", "even_empty", "unless", "example"};
static const char *const settings_columns[] = {"property", "value", "required"};

/* Fills x->rows from the list `properties`, which has between 2 and `most` names. */
static bool link_rows(struct schema_data *d, const struct schema_section *s, const struct node *map,
		      size_t most, struct relation *x)
{
	const struct node *list = typed(d, map, "properties", NODE_LIST);

	if (list == NULL || list->list.n < 2 || list->list.n > most) {
		data_fault(d, map->at, "`properties` lists 2 to %zu of the section", most);
		return false;
	}
	for (size_t i = 0; i < list->list.n; i++) {
		const struct node *name = list->list.items[i];
		struct schema_row *r = find_row(s, name->text);

		if (r == NULL) {
			data_fault(d, name->at, STR_F " has no property `" STR_F "`",
				   STR_A(s->name), STR_A(name->text));
			return false;
		}
		x->rows[x->n++] = r;
	}
	return true;
}

/* The names in the list `even_empty` as bits by their place in the relation. */
static void link_empty(struct schema_data *d, const struct node *map, struct relation *x)
{
	const struct node *list = typed(d, map, "even_empty", NODE_LIST);

	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		unsigned before = x->even_empty;

		for (size_t k = 0; k < x->n; k++)
			if (str_eq(x->rows[k]->name, list->list.items[i]->text))
				x->even_empty |= 1U << k;
		if (x->even_empty == before)
			data_fault(d, list->list.items[i]->at,
				   "`even_empty`: `" STR_F "` is not among `properties`",
				   STR_A(list->list.items[i]->text));
	}
}

/* `unless: Section.Property`: a property of a section inside. */
static void link_unless(struct schema_data *d, const struct schema_section *s,
			const struct node *map, struct relation *x)
{
	struct str rest = column(map, "unless"), outer = str_cut(&rest, '.');

	if (outer.n == 0)
		return;
	x->unless_in = find_row(s, outer);
	if (x->unless_in != NULL && x->unless_in->of != NULL)
		x->unless = find_row(x->unless_in->of, rest);
	if (x->unless == NULL)
		data_fault(d, map->at, "`unless` names a property of a section inside");
}

static void link_relation(struct schema_data *d, const struct schema_section *s,
			  const struct node *map, bool exclude, struct relation *x)
{
	if (map->kind != NODE_MAP) {
		data_fault(d, map->at, "a relation is a mapping of columns");
		return;
	}
	if (exclude)
		check_columns(d, map, exclude_columns, ARRAY_LEN(exclude_columns));
	else
		check_columns(d, map, one_of_columns, ARRAY_LEN(one_of_columns));
	if (!link_rows(d, s, map, exclude ? MAX_RELATED : 2, x))
		return;
	link_empty(d, map, x);
	link_unless(d, s, map, x);
	x->words = column(map, exclude ? "why" : "example");
	x->told_at = column(map, "told_at");
	if (x->words.n == 0)
		data_fault(d, map->at, "the relation needs `%s`", exclude ? "why" : "example");
}

/* Reads the relations in a column of s. */
static size_t read_relations(struct schema_data *d, const struct schema_section *s,
			     const char *name, struct relation **ret)
{
	const struct node *list = typed(d, s->node, name, NODE_LIST);
	size_t n = list != NULL ? list->list.n : 0;

	*ret = NEW_ARRAY(d->tg->a, struct relation, n);
	for (size_t i = 0; i < n; i++)
		link_relation(d, s, list->list.items[i], str_eq(str_c(name), STR("exclude")),
			      &(*ret)[i]);
	return n;
}

/* ---- what the manual says ---- */

static void add_words(struct schema_data *d, struct str *text, const char *between, struct str more)
{
	*text = text->n == 0
			? more
			: arena_fmt(d->tg->a, STR_F "%s" STR_F, STR_A(*text), between, STR_A(more));
}

/* Is exactly one of the two of x needed? Then that is said, and not that they exclude each other. */
static bool is_exactly_one(const struct schema_section *s, const struct relation *x)
{
	for (size_t i = 0; i < s->none_of; i++)
		if (x->n == 2 && s->one_of[i].unless == NULL &&
		    s->one_of[i].rows[0] == x->rows[0] && s->one_of[i].rows[1] == x->rows[1])
			return true;
	return false;
}

/* The part of the note of row k of x. */
static void tell_exclusion(struct schema_data *d, const struct relation *x, size_t k,
			   struct str *partners, struct str *text)
{
	struct str names = {0};

	if (x->n == 2) {
		add_words(d, partners, " or ", x->rows[1 - k]->name);
		if (x->even_empty != 0)
			*text = (x->even_empty >> k & 1) != 0 ? STR("not even when empty")
							      : (struct str){0};
		return;
	}
	for (size_t i = 0; i < x->n; i++)
		add_words(d, &names, ", ", x->rows[i]->name);
	add_words(d, text, "; ", arena_fmt(d->tg->a, "at most one of " STR_F, STR_A(names)));
}

/* Puts what the relations of s say of r before its own note. */
static void tell_row(struct schema_data *d, const struct schema_section *s, struct schema_row *r)
{
	struct str partners = {0}, text = {0};

	for (size_t i = 0; i < s->nexclude; i++) {
		const struct relation *x = &s->exclude[i];

		for (size_t k = 0; k < x->n && !is_exactly_one(s, x); k++)
			if (x->rows[k] == r && (x->told_at.n == 0 || str_eq(x->told_at, r->name)))
				tell_exclusion(d, x, k, &partners, &text);
	}
	if (partners.n > 0) {
		struct str alone = arena_fmt(d->tg->a, "not together with " STR_F, STR_A(partners));

		add_words(d, &alone, ", ", text);
		text = text.n > 0 ? alone : arena_str(d->tg->a, str_slice(alone, 0, alone.n - 2));
	}
	if (r->chooser != NULL)
		text = arena_fmt(d->tg->a, "at most one settings section, that of " STR_F,
				 STR_A(r->chooser->name));
	if (text.n > 0) {
		add_words(d, &text, "; ", r->note);
		if (r->note.n == 0)
			text.n -= 2;
	}
	r->note = text.n > 0 ? text : r->note;
}

/* Says of the two of a choice that one is needed, where they do not say it themselves. */
static void tell_choices(struct schema_data *d, const struct schema_section *s)
{
	for (size_t i = 0; i < s->none_of; i++) {
		const struct relation *x = &s->one_of[i];

		for (size_t k = 0; k < x->n; k++)
			if (x->rows[k]->required_note.n == 0)
				x->rows[k]->required_note =
					arena_fmt(d->tg->a, "%s one of " STR_F " and " STR_F,
						  is_exactly_one(s, x) ? "exactly" : "at least",
						  STR_A(x->rows[0]->name), STR_A(x->rows[1]->name));
	}
}

/* ---- sections that belong to a value ---- */

static void link_settings(struct schema_data *d, struct schema_section *s, struct schema_row *r)
{
	const struct node *map = typed(d, r->node, "settings_by", NODE_MAP), *required;
	struct str value;

	if (map == NULL)
		return;
	check_columns(d, map, settings_columns, ARRAY_LEN(settings_columns));
	value = column(map, "value");
	r->chooser = find_row(s, column(map, "property"));
	for (size_t i = 0; r->chooser != NULL && i < r->chooser->nvalues; i++)
		if (str_eq(r->chooser->values[i].name, value))
			r->choice = (unsigned)i + 1;
	if (r->chooser == NULL || r->choice == 0) {
		data_fault(d, map->at,
			   "`settings_by` names a property of the section and a value of it");
		return;
	}
	required = typed(d, map, "required", NODE_BOOL);
	r->needed = required != NULL && required->boolean;
	s->chooser = r->chooser;
	if (r->needed && r->required_note.n == 0)
		r->required_note = arena_fmt(d->tg->a, "when " STR_F " is " STR_F,
					     STR_A(r->chooser->name), STR_A(value));
}

void schema_link_relations(struct schema_data *d)
{
	for (size_t i = 0; i < d->nsections; i++) {
		struct schema_section *s = &d->sections[i];

		if (s->node->kind != NODE_MAP)
			continue;
		s->nexclude = read_relations(d, s, "exclude", &s->exclude);
		s->none_of = read_relations(d, s, "one_of", &s->one_of);
		for (size_t k = 0; k < s->nrows; k++)
			link_settings(d, s, &s->rows[k]);
		for (size_t k = 0; k < s->nrows; k++)
			tell_row(d, s, &s->rows[k]);
		tell_choices(d, s);
	}
}

/* ---- writing ---- */

static void write_relation(struct buf *b, const struct schema_section *s, const struct relation *x)
{
	buf_add(b, STR("\t{.props = {"));
	for (size_t i = 0; i < x->n; i++)
		buf_fmt(b, "PROP_" STR_F "_" STR_F ", ", STR_A(s->name), STR_A(x->rows[i]->name));
	buf_fmt(b, "}, .n = %zu, .even_empty = %u, .words = ", x->n, x->even_empty);
	c_str(b, x->words);
	if (x->unless != NULL)
		buf_fmt(b,
			",\n\t .has_unless = true, .unless_in = PROP_" STR_F "_" STR_F
			", .unless = PROP_" STR_F "_" STR_F,
			STR_A(s->name), STR_A(x->unless_in->name), STR_A(x->unless_in->of->name),
			STR_A(x->unless->name));
	buf_add(b, STR("},\n"));
}

void schema_write_relations(struct buf *b, const struct schema_section *s)
{
	if (s->nexclude > 0)
		buf_fmt(b, "static const struct relation exclude_" STR_F "[] = {\n",
			STR_A(s->name));
	for (size_t i = 0; i < s->nexclude; i++)
		write_relation(b, s, &s->exclude[i]);
	buf_add(b, s->nexclude > 0 ? STR("};\n") : STR(""));
	if (s->none_of > 0)
		buf_fmt(b, "static const struct relation one_of_" STR_F "[] = {\n", STR_A(s->name));
	for (size_t i = 0; i < s->none_of; i++)
		write_relation(b, s, &s->one_of[i]);
	buf_add(b, s->none_of > 0 ? STR("};\n") : STR(""));
}

void schema_write_related(struct buf *b, const struct schema_section *s)
{
	if (s->nexclude > 0)
		buf_fmt(b, "\t\t.exclude = exclude_" STR_F ",\n\t\t.nexclude = %zu,\n",
			STR_A(s->name), s->nexclude);
	if (s->none_of > 0)
		buf_fmt(b, "\t\t.one_of = one_of_" STR_F ",\n\t\t.none_of = %zu,\n", STR_A(s->name),
			s->none_of);
	if (s->chooser != NULL)
		buf_fmt(b, "\t\t.has_settings = true,\n\t\t.chooser = PROP_" STR_F "_" STR_F ",\n",
			STR_A(s->name), STR_A(s->chooser->name));
}
