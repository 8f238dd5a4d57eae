/* SPDX-License-Identifier: Apache-2.0 */
/* schema_write_tables.c - schema_tables.c: the rows as static const data (compiler/schema/schema.h). */
#include "stdlib/tablegen/schema.h"

#include <stdlib.h>
#include <string.h>

static void write_str_field(struct buf *b, const char *field, struct str text)
{
	if (text.n == 0)
		return;
	buf_fmt(b, "\t\t.%s = ", field);
	c_str(b, text);
	buf_add(b, STR(",\n"));
}

static void write_release_field(struct buf *b, const char *field, struct str text)
{
	if (text.n > 0)
		buf_fmt(b, "\t\t.%s = %u,\n", field, release_number(text));
}

static void write_number_field(struct buf *b, const char *field, const struct node *n)
{
	if (n == NULL)
		return;
	if (n->kind == NODE_INT)
		buf_fmt(b, "\t\t.%s = %lld,\n", field, (long long)n->integer);
	else
		buf_fmt(b, "\t\t.%s = %.17g,\n", field, n->number);
}

static void write_has(struct buf *b, const struct schema_row *r)
{
	const struct {
		bool given;
		const char *name;
	} flags[] = {
		{r->min != NULL, "HAS_MIN"},
		{r->max != NULL, "HAS_MAX"},
		{r->min_length != NULL, "HAS_MIN_LENGTH"},
		{r->max_length != NULL, "HAS_MAX_LENGTH"},
		{r->min_items != NULL, "HAS_MIN_ITEMS"},
		{r->max_items != NULL, "HAS_MAX_ITEMS"},
		{r->default_node != NULL, "HAS_DEFAULT"},
		{r->min_exclusive, "MIN_EXCLUSIVE"},
	};

	buf_add(b, STR("\t\t.has = 0"));
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].given)
			buf_fmt(b, " | %s", flags[i].name);
	buf_add(b, STR(",\n"));
}

static void write_values(struct buf *b, const struct schema_section *s, const struct schema_row *r)
{
	if (r->nvalues == 0)
		return;
	buf_fmt(b, "static const struct enum_value values_" STR_F "_" STR_F "[] = {\n",
		STR_A(s->name), STR_A(r->name));
	for (size_t i = 0; i < r->nvalues; i++) {
		buf_add(b, STR("\t{"));
		c_str(b, r->values[i].name);
		buf_fmt(b, ", %u, %u, %u},\n", release_number(r->values[i].since),
			release_number(r->values[i].removed), r->values[i].variants);
	}
	buf_add(b, STR("};\n"));
}

struct str default_text(const struct node *n)
{
	if (n == NULL)
		return (struct str){0};
	return n->kind == NODE_MAP ? STR("{}") : n->text;
}

static void write_defaults(struct buf *b, const struct schema_section *s,
			   const struct schema_row *r)
{
	if (r->ndefaults_for == 0)
		return;
	buf_fmt(b, "static const struct kind_default defaults_" STR_F "_" STR_F "[] = {\n",
		STR_A(s->name), STR_A(r->name));
	for (size_t i = 0; i < r->ndefaults_for; i++) {
		buf_fmt(b, "\t{%u, ", r->defaults_for[i].variants);
		c_str(b, default_text(r->defaults_for[i].node));
		buf_fmt(b, ", %.17g},\n", r->defaults_for[i].value);
	}
	buf_add(b, STR("};\n"));
}

static void write_updates(const struct schema_data *d, struct buf *b,
			  const struct schema_section *s, const struct schema_row *r)
{
	if (r->nupdates_for == 0)
		return;
	buf_fmt(b, "static const struct kind_update updates_" STR_F "_" STR_F "[] = {\n",
		STR_A(s->name), STR_A(r->name));
	for (size_t i = 0; i < r->nupdates_for; i++)
		buf_fmt(b, "\t{%u, &schema_policies[%zu]},\n", r->updates_for[i].variants,
			(size_t)(r->updates_for[i].policy - d->policies));
	buf_add(b, STR("};\n"));
}

static void write_texts(struct buf *b, const struct schema_row *r)
{
	static const char *const fields[] = {"key",	"default_note", "unit",
					     "example", "doc",		"no_effect",
					     "source",	"writer",	"target"};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		write_str_field(b, fields[i], column(r->node, fields[i]));
	write_str_field(b, "note", r->note);
	write_str_field(b, "required_note", r->required_note);
	write_str_field(b, "default_text", default_text(r->default_node));
	if (r->default_value != 0)
		buf_fmt(b, "\t\t.default_value = %.17g,\n", r->default_value);
	write_release_field(b, "since", column(r->node, "since"));
	write_release_field(b, "removed", column(r->node, "removed"));
}

static void write_pattern_field(const struct schema_data *d, struct buf *b, const char *field,
				const struct schema_pattern *p)
{
	if (p != NULL)
		buf_fmt(b, "\t\t.%s = &schema_patterns[%zu],\n", field, (size_t)(p - d->patterns));
}

static void write_policy_field(const struct schema_data *d, struct buf *b, const char *field,
			       const struct schema_policy *p)
{
	if (p != NULL)
		buf_fmt(b, "\t\t.%s = &schema_policies[%zu],\n", field, (size_t)(p - d->policies));
}

static void write_row(const struct schema_data *d, struct buf *b, const struct schema_section *s,
		      const struct schema_row *r)
{
	struct str field = snake_case(d->tg->a, r->name);

	buf_fmt(b, "\t[PROP_" STR_F "_" STR_F "] = {\n", STR_A(s->name), STR_A(r->name));
	write_str_field(b, "name", r->name);
	buf_fmt(b, "\t\t.kind = %s,\n\t\t.variants = %u,\n", r->kind->enumerator, r->variants);
	if (r->required != 0)
		buf_fmt(b, "\t\t.required = %u,\n", r->required);
	if (r->idle != 0)
		buf_fmt(b, "\t\t.idle = %u,\n", r->idle);
	if (r->open)
		buf_add(b, STR("\t\t.open = true,\n"));
	if (r->by_name)
		buf_add(b, STR("\t\t.by_name = true,\n"));
	if (r->ndefaults_for > 0)
		buf_fmt(b,
			"\t\t.defaults_for = defaults_" STR_F "_" STR_F
			",\n\t\t.ndefaults_for = %zu,\n",
			STR_A(s->name), STR_A(r->name), r->ndefaults_for);
	if (r->nupdates_for > 0)
		buf_fmt(b,
			"\t\t.updates_for = updates_" STR_F "_" STR_F
			",\n\t\t.nupdates_for = %zu,\n",
			STR_A(s->name), STR_A(r->name), r->nupdates_for);
	if (r->unique)
		buf_add(b, STR("\t\t.unique = true,\n"));
	if (r->placed)
		buf_add(b, STR("\t\t.placed = true,\n"));
	if (r->single)
		buf_add(b, STR("\t\t.single = true,\n"));
	write_has(b, r);
	if (r->of != NULL)
		buf_fmt(b, "\t\t.section = SECTION_" STR_F ",\n", STR_A(r->of->name));
	if (r->nvalues > 0)
		buf_fmt(b, "\t\t.values = values_" STR_F "_" STR_F ",\n\t\t.nvalues = %zu,\n",
			STR_A(s->name), STR_A(r->name), r->nvalues);
	if (r->chooser != NULL)
		buf_fmt(b, "\t\t.choice = %u,\n\t\t.needed = %s,\n", r->choice,
			r->needed ? "true" : "false");
	write_pattern_field(d, b, "pattern", r->pattern);
	write_pattern_field(d, b, "key_pattern", r->key_pattern);
	write_number_field(b, "min", r->min);
	write_number_field(b, "max", r->max);
	write_number_field(b, "min_length", r->min_length);
	write_number_field(b, "max_length", r->max_length);
	write_number_field(b, "min_items", r->min_items);
	write_number_field(b, "max_items", r->max_items);
	write_number_field(b, "older_max", r->older_max);
	write_release_field(b, "older", r->older);
	write_texts(b, r);
	write_policy_field(d, b, "update", r->update);
	write_policy_field(d, b, "update_within", r->update_within);
	buf_fmt(b, "\t\t.value_offset = offsetof(struct " STR_F ", " STR_F "),\n", STR_A(s->snake),
		STR_A(field));
	buf_fmt(b, "\t\t.at_offset = offsetof(struct " STR_F ", at." STR_F "),\n\t},\n",
		STR_A(s->snake), STR_A(field));
}

static int by_name(const void *x, const void *y)
{
	const struct schema_row *const *a = x, *const *b = y;

	return str_cmp((*a)->name, (*b)->name);
}

/* The index that schema_find searches. */
static void write_sorted(const struct schema_data *d, struct buf *b, const struct schema_section *s)
{
	const struct schema_row **rows = NEW_ARRAY(d->tg->a, const struct schema_row *, s->nrows);

	for (size_t i = 0; i < s->nrows; i++)
		rows[i] = &s->rows[i];
	qsort(rows, s->nrows, sizeof(*rows), by_name);
	if (s->nrows == 0)
		return;
	buf_fmt(b, "static const uint16_t sorted_" STR_F "[] = {", STR_A(s->name));
	for (size_t i = 0; i < s->nrows; i++)
		buf_fmt(b, "%s%zu", i > 0 ? ", " : "", (size_t)(rows[i] - s->rows));
	buf_add(b, STR("};\n"));
}

/* Rows whose fields are not left as zero where the file says nothing. */
static bool is_filled(const struct schema_row *r)
{
	return r->default_node != NULL || r->ndefaults_for > 0 || (r->of != NULL && !r->kind->list);
}

static bool is_required(const struct schema_row *r)
{
	return r->required != 0;
}

/* The indices of the rows that `holds` is true of, so that nobody has to look at all. */
static void write_indices(struct buf *b, const struct schema_section *s, const char *name,
			  bool (*holds)(const struct schema_row *r))
{
	size_t n = 0;

	for (size_t i = 0; i < s->nrows; i++) {
		if (!holds(&s->rows[i]))
			continue;
		if (n++ == 0)
			buf_fmt(b, "static const uint16_t %s_" STR_F "[] = {", name,
				STR_A(s->name));
		buf_fmt(b, "%zu, ", i);
	}
	buf_add(b, n > 0 ? STR("};\n") : STR(""));
}

/* The fields in the row of s that point to them. */
static void write_indexed(struct buf *b, const struct schema_section *s, const char *name,
			  bool (*holds)(const struct schema_row *r))
{
	size_t n = 0;

	for (size_t i = 0; i < s->nrows; i++)
		n += holds(&s->rows[i]);
	if (n > 0)
		buf_fmt(b, "\t\t.%s = %s_" STR_F ",\n\t\t.n%s = %zu,\n", name, name, STR_A(s->name),
			name, n);
}

static void write_section(struct buf *b, const struct schema_section *s)
{
	buf_fmt(b, "\t[SECTION_" STR_F "] = {\n", STR_A(s->name));
	write_str_field(b, "name", s->name);
	write_str_field(b, "label", s->label);
	write_str_field(b, "doc", s->doc);
	write_str_field(b, "source", s->source);
	buf_fmt(b, "\t\t.parent = SECTION_" STR_F ",\n\t\t.variants = %u,\n",
		STR_A(s->parent != NULL ? s->parent->name : s->name), s->variants);
	if (s->nrows > 0)
		buf_fmt(b,
			"\t\t.props = &schema_props[PROP_" STR_F "_" STR_F "],\n"
			"\t\t.nprops = %zu,\n\t\t.first = PROP_" STR_F "_" STR_F ",\n"
			"\t\t.sorted = sorted_" STR_F ",\n",
			STR_A(s->name), STR_A(s->rows[0].name), s->nrows, STR_A(s->name),
			STR_A(s->rows[0].name), STR_A(s->name));
	write_indexed(b, s, "filled", is_filled);
	write_indexed(b, s, "due", is_required);
	schema_write_related(b, s);
	buf_fmt(b, "\t\t.places = %u,\n\t\t.size = sizeof(struct " STR_F "),\n\t},\n", s->places,
		STR_A(s->snake));
}

/* Bytes as an array of their own, in a line. */
static void write_code(struct buf *b, size_t i, struct str code)
{
	buf_fmt(b, "static const unsigned char pattern_code_%zu[] = {", i);
	for (size_t k = 0; k < code.n; k++)
		buf_fmt(b, "%u,", (unsigned)(unsigned char)code.s[k]);
	buf_add(b, STR("};\n"));
}

static void write_patterns(const struct schema_data *d, struct buf *b)
{
	for (size_t i = 0; i < d->npatterns; i++)
		write_code(b, i, d->patterns[i].code);
	buf_fmt(b, "const uint16_t schema_npatterns = %zu;\n", d->npatterns);
	buf_add(b, STR("const struct pattern schema_patterns[] = {\n"));
	for (size_t i = 0; i < d->npatterns; i++) {
		const struct schema_pattern *p = &d->patterns[i];

		buf_add(b, STR("\t{\n"));
		write_str_field(b, "name", p->name);
		buf_add(b, STR("\t\t.regex = "));
		c_string(b, p->regex);
		if (p->template_regex.n > 0) {
			buf_add(b, STR(",\n\t\t.template_regex = "));
			c_string(b, p->template_regex);
		}
		buf_fmt(b, ",\n\t\t.code = {(const char *)pattern_code_%zu, %zu},\n", i, p->code.n);
		write_str_field(b, "article", p->article);
		write_str_field(b, "form", p->form);
		write_str_field(b, "example", p->example);
		write_str_field(b, "parameter", p->parameter);
		if (p->secret)
			buf_add(b, STR("\t\t.secret = true,\n"));
		buf_add(b, STR("\t},\n"));
	}
	buf_add(b, STR("};\n"));
}

static void write_policies(const struct schema_data *d, struct buf *b)
{
	buf_fmt(b, "const uint16_t schema_npolicies = %zu;\n", d->npolicies);
	buf_add(b, STR("const struct update_policy schema_policies[] = {\n"));
	for (size_t i = 0; i < d->npolicies; i++) {
		buf_add(b, STR("\t{\n"));
		write_str_field(b, "name", d->policies[i].name);
		write_str_field(b, "words", d->policies[i].words);
		if (d->policies[i].never)
			buf_add(b, STR("\t\t.never = true,\n"));
		buf_add(b, STR("\t},\n"));
	}
	buf_add(b, STR("};\n"));
}

struct str schema_write_tables(const struct schema_data *d)
{
	struct buf b = buf_in(d->tg->a);

	buf_add(&b, STR("/* Made by tablegen from stdlib/schema/. Not for editing. */\n"
			"#include \"compiler/schema/kind.h\"\n#include \"model.h\"\n\n"));
	buf_add(&b, STR("const struct str schema_release = "));
	c_str(&b, d->release);
	buf_fmt(&b, ";\nconst release schema_release_number = %u;\n", release_number(d->release));
	buf_add(&b, STR("const struct str schema_date = "));
	c_str(&b, d->date);
	buf_add(&b, STR(";\n"));
	write_policies(d, &b);
	write_patterns(d, &b);
	for (size_t i = 0; i < d->norder; i++)
		for (size_t k = 0; k < d->order[i]->nrows; k++) {
			write_values(&b, d->order[i], &d->order[i]->rows[k]);
			write_defaults(&b, d->order[i], &d->order[i]->rows[k]);
			write_updates(d, &b, d->order[i], &d->order[i]->rows[k]);
		}
	buf_add(&b, STR("const struct prop schema_props[] = {\n"));
	for (size_t i = 0; i < d->norder; i++)
		for (size_t k = 0; k < d->order[i]->nrows; k++)
			write_row(d, &b, d->order[i], &d->order[i]->rows[k]);
	buf_add(&b, STR("};\n"));
	for (size_t i = 0; i < d->norder; i++) {
		write_sorted(d, &b, d->order[i]);
		write_indices(&b, d->order[i], "filled", is_filled);
		write_indices(&b, d->order[i], "due", is_required);
		schema_write_relations(&b, d->order[i]);
	}
	buf_add(&b, STR("const struct section schema_sections[] = {\n"));
	for (size_t i = 0; i < d->norder; i++)
		write_section(&b, d->order[i]);
	buf_fmt(&b, "};\nconst uint16_t schema_nsections = %zu;\n", d->norder);
	schema_write_kinds(d, &b);
	return buf_str(&b);
}
