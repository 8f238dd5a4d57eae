/* SPDX-License-Identifier: Apache-2.0 */
/* model_print.c - walks the model by the generated tables; it knows no property by name. */
#include "compiler/model/model_print.h"

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/model/model_walk.h"

struct printer {
	const struct file_kind *kind;
	struct buf out;
	unsigned depth;
};

/* A text in quotes; references in it as the user wrote them. */
static void print_text(struct printer *p, struct str text)
{
	buf_quoted(&p->out, text_shown(p->out.a, text));
}

static void print_strings(struct printer *p, const struct model_strings *list)
{
	buf_char(&p->out, '[');
	for (size_t i = 0; i < list->n; i++) {
		buf_add(&p->out, i > 0 ? STR(", ") : STR(""));
		print_text(p, list->items[i].text);
	}
	buf_char(&p->out, ']');
}

static void print_ints(struct printer *p, const struct model_ints *list)
{
	buf_char(&p->out, '[');
	for (size_t i = 0; i < list->n; i++)
		buf_fmt(&p->out, "%s%lld", i > 0 ? ", " : "", (long long)list->items[i].value);
	buf_char(&p->out, ']');
}

static void print_map(struct printer *p, const struct model_map *map)
{
	buf_char(&p->out, '{');
	for (size_t i = 0; i < map->n; i++) {
		buf_fmt(&p->out, "%s" STR_F ": ", i > 0 ? ", " : "", STR_A(map->items[i].key));
		if (map->items[i].value_is_bool || map->items[i].value_is_number)
			buf_add(&p->out, map->items[i].value);
		else
			buf_quoted(&p->out, map->items[i].value);
	}
	buf_char(&p->out, '}');
}

static void print_maps(struct printer *p, const struct model_maps *maps)
{
	buf_char(&p->out, '[');
	for (size_t i = 0; i < maps->n; i++) {
		buf_add(&p->out, i > 0 ? STR(", ") : STR(""));
		print_map(p, &maps->items[i]);
	}
	buf_char(&p->out, ']');
}

static void print_flex(struct printer *p, const struct prop *prop, const struct model_flex *f)
{
	if (f->is_text)
		print_text(p, f->text);
	else if (prop->kind == PROP_BOOL_OR_STRING)
		buf_add(&p->out, f->flag ? STR("true") : STR("false"));
	else
		buf_fmt(&p->out, "%lld", (long long)f->integer);
}

/* A value of any form, in one line. Recursion is bounded by the reader's limit of depth. */
static void print_any(struct printer *p, const struct node *n)
{
	if (n == NULL || n->kind == NODE_MAP) {
		buf_add(&p->out, STR("{…}"));
	} else if (n->kind == NODE_LIST) {
		buf_char(&p->out, '[');
		for (size_t i = 0; i < n->list.n; i++) {
			buf_add(&p->out, i > 0 ? STR(", ") : STR(""));
			print_any(p, n->list.items[i]);
		}
		buf_char(&p->out, ']');
	} else if (n->kind == NODE_STRING) {
		print_text(p, n->text);
	} else {
		buf_add(&p->out, n->text);
	}
}

static void print_value(struct printer *p, const struct prop *prop, const void *field)
{
	switch (prop->kind) {
	case PROP_STRING:
		print_text(p, *(const struct str *)field);
		return;
	case PROP_INT:
	case PROP_INT_ENUM:
		buf_fmt(&p->out, "%lld", (long long)*(const int64_t *)field);
		return;
	case PROP_NUMBER:
		buf_fmt(&p->out, "%.15g", *(const double *)field);
		return;
	case PROP_BOOL:
		buf_add(&p->out, *(const bool *)field ? STR("true") : STR("false"));
		return;
	case PROP_ENUM:
		buf_add(&p->out, enum_text((enum prop_id)(prop - schema_props), walk_enum(field)));
		return;
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		print_flex(p, prop, field);
		return;
	case PROP_STRINGS:
		print_strings(p, field);
		return;
	case PROP_INTS:
		print_ints(p, field);
		return;
	case PROP_MAP:
		print_map(p, field);
		return;
	case PROP_MAPS:
		print_maps(p, field);
		return;
	case PROP_ANY:
		print_any(p, *(const struct node *const *)field);
		return;
	case PROP_SECTION:
	case PROP_SECTIONS:
		break;
	}
	BUG("property kind %d", (int)prop->kind);
}

static void print_fields(struct printer *p, const struct section *s, const char *model);

static void print_section(struct printer *p, const struct prop *prop, const char *inner,
			  const char *mark)
{
	const struct section *s = &schema_sections[prop->section];

	if (!walk_has_fields(p->kind, s, inner))
		return;
	buf_pad(&p->out, ' ', p->depth * 2);
	buf_fmt(&p->out, STR_F ":%s\n", STR_A(prop->name), mark);
	p->depth++;
	print_fields(p, s, inner);
	p->depth--;
}

static void print_sections(struct printer *p, const struct prop *prop, const void *field,
			   const char *mark)
{
	const struct section *s = &schema_sections[prop->section];
	size_t n;
	const char *items = walk_items(field, &n);

	buf_pad(&p->out, ' ', p->depth * 2);
	buf_fmt(&p->out, STR_F ": %zu %s%s\n", STR_A(prop->name), n, n == 1 ? "item" : "items",
		mark);
	p->depth++;
	for (size_t i = 0; i < n; i++) {
		buf_pad(&p->out, ' ', p->depth * 2);
		buf_fmt(&p->out, "[%zu]\n", i);
		p->depth++;
		print_fields(p, s, items + i * s->size);
		p->depth--;
	}
	p->depth--;
}

static void print_field(struct printer *p, const struct prop *prop, const char *model)
{
	const struct field_at *at = walk_at(prop, model);
	const char *mark = is_poisoned(at) ? "  (faulty)" : "";

	if ((prop->variants & p->kind->variants) == 0)
		return;
	if (prop->kind == PROP_SECTION) {
		print_section(p, prop, model + prop->value_offset,
			      at->state == FIELD_ABSENT ? " (absent)" : mark);
		return;
	}
	if (at->state == FIELD_ABSENT && !walk_has_default(p->kind, prop))
		return;
	if (prop->kind == PROP_SECTIONS) {
		print_sections(p, prop, model + prop->value_offset, mark);
		return;
	}
	buf_pad(&p->out, ' ', p->depth * 2);
	buf_fmt(&p->out, STR_F ": ", STR_A(prop->name));
	print_value(p, prop, model + prop->value_offset);
	buf_fmt(&p->out, "%s\n", at->state == FIELD_ABSENT ? "  (default)" : mark);
}

static void print_fields(struct printer *p, const struct section *s, const char *model)
{
	for (size_t i = 0; i < s->nprops; i++)
		print_field(p, &s->props[i], model);
}

struct str model_print(struct arena *a, const struct model *model)
{
	struct printer p = {.kind = model->kind, .out = buf_in(a)};

	print_fields(&p, &schema_sections[model->kind->root], (const char *)model->at);
	return buf_str(&p.out);
}
