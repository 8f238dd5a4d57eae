/* SPDX-License-Identifier: Apache-2.0 */
/* schema_write_code.c - schema_ids.h (a name for every row) and model.h (a struct for every section). */
#include "stdlib/tablegen/schema.h"

#include <string.h>

#define MADE_BY "/* Made by tablegen from stdlib/schema/. Not for editing. */\n"

struct str schema_write_ids(const struct schema_data *d)
{
	struct buf b = buf_in(d->tg->a);

	buf_add(&b, STR(MADE_BY "#ifndef HPCC_SCHEMA_IDS_H\n#define HPCC_SCHEMA_IDS_H\n\n"));
	schema_write_variants(d, &b);
	buf_add(&b, STR("enum section_id {\n"));
	for (size_t i = 0; i < d->norder; i++)
		buf_fmt(&b, "\tSECTION_" STR_F ",\n", STR_A(d->order[i]->name));
	buf_add(&b, STR("\tSECTION_COUNT\n};\n\nenum prop_id {\n"));
	for (size_t i = 0; i < d->norder; i++)
		for (size_t k = 0; k < d->order[i]->nrows; k++)
			buf_fmt(&b, "\tPROP_" STR_F "_" STR_F ",\n", STR_A(d->order[i]->name),
				STR_A(d->order[i]->rows[k].name));
	buf_add(&b, STR("\tPROP_COUNT\n};\n\n#endif\n"));
	return buf_str(&b);
}

/* `text` as a comment; what would end or nest it is pulled apart. */
static void write_comment(struct buf *b, struct str text)
{
	buf_add(b, STR("/* "));
	for (size_t i = 0; i < text.n; i++) {
		bool closes = i > 0 && text.s[i] == '/' && text.s[i - 1] == '*';
		bool opens = i > 0 && text.s[i] == '*' && text.s[i - 1] == '/';

		if (closes || opens)
			buf_char(b, ' ');
		buf_char(b, text.s[i] == '\n' ? ' ' : text.s[i]);
	}
	buf_add(b, STR(" */"));
}

static bool is_enum(const struct schema_row *r)
{
	return strcmp(r->kind->enumerator, "PROP_ENUM") == 0;
}

static void write_enum(const struct schema_data *d, struct buf *b, const struct schema_section *s,
		       const struct schema_row *r)
{
	struct arena *a = d->tg->a;
	struct str tag =
		arena_fmt(a, STR_F "_" STR_F, STR_A(s->snake), STR_A(snake_case(a, r->name)));
	struct str upper = upper_case(a, tag);

	buf_fmt(b, "enum " STR_F " {\n\t" STR_F "_UNSET,\n", STR_A(tag), STR_A(upper));
	for (size_t i = 0; i < r->nvalues; i++) {
		buf_fmt(b, "\t" STR_F "_" STR_F ", ", STR_A(upper),
			STR_A(upper_case(a, r->values[i].name)));
		write_comment(b, r->values[i].name);
		buf_char(b, '\n');
	}
	buf_add(b, STR("};\n\n"));
}

static void write_field(const struct schema_data *d, struct buf *b, const struct schema_section *s,
			const struct schema_row *r)
{
	struct str field = snake_case(d->tg->a, r->name);

	buf_char(b, '\t');
	if (is_enum(r))
		buf_fmt(b, "enum " STR_F "_" STR_F " " STR_F ";", STR_A(s->snake), STR_A(field),
			STR_A(field));
	else if (r->of != NULL)
		buf_fmt(b, "struct " STR_F "%s " STR_F ";", STR_A(r->of->snake),
			r->kind->list ? "_list" : "", STR_A(field));
	else
		buf_fmt(b, "%s " STR_F ";", r->kind->field, STR_A(field));
	buf_char(b, ' ');
	write_comment(b, column(r->node, "doc"));
	buf_char(b, '\n');
}

static void write_struct(const struct schema_data *d, struct buf *b, const struct schema_section *s)
{
	for (size_t i = 0; i < s->nrows; i++)
		if (is_enum(&s->rows[i]))
			write_enum(d, b, s, &s->rows[i]);
	if (s->doc.n > 0) {
		write_comment(b, s->doc);
		buf_char(b, '\n');
	}
	buf_fmt(b, "struct " STR_F " {\n\tstruct section_at section;\n", STR_A(s->snake));
	for (size_t i = 0; i < s->nrows; i++)
		write_field(d, b, s, &s->rows[i]);
	if (s->nrows > 0) {
		buf_add(b, STR("\tstruct {\n"));
		for (size_t i = 0; i < s->nrows; i++)
			buf_fmt(b, "\t\tstruct field_at " STR_F ";\n",
				STR_A(snake_case(d->tg->a, s->rows[i].name)));
		buf_add(b, STR("\t} at;\n"));
	}
	buf_add(b, STR("};\n\n"));
	if (s->in_list)
		buf_fmt(b,
			"struct " STR_F "_list {\n\tconst struct " STR_F
			" *items;\n\tsize_t n;\n};\n\n",
			STR_A(s->snake), STR_A(s->snake));
}

struct str schema_write_model(const struct schema_data *d)
{
	struct buf b = buf_in(d->tg->a);

	buf_add(&b, STR(MADE_BY "#ifndef HPCC_MODEL_H\n#define HPCC_MODEL_H\n\n"
				"#include \"compiler/model/model_base.h\"\n\n"));
	for (size_t i = 0; i < d->norder; i++)
		write_struct(d, &b, d->inner_first[i]);
	schema_write_model_struct(d, &b);
	buf_add(&b, STR("#endif\n"));
	return buf_str(&b);
}
