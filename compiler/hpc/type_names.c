/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_names.c - types as programs write them: names of the language, of the catalogue, of files, of the schema.
 *
 * A pattern of the schema is a type by its name in capitals: subnet_id of stdlib/schema/patterns.yaml is SubnetId.
 */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/type_maker.h"

/* Types of the language and of the catalogue. */
static const struct type language_types[] = {
	{.kind = TYPE_ANY, .optional = true, .name = STR_INIT("any")},
	{.kind = TYPE_BOOL, .name = STR_INIT("bool")},
	{.kind = TYPE_STRING, .name = STR_INIT("string")},
	{.kind = TYPE_NUMBER, .name = STR_INIT("number")},
	{.kind = TYPE_INT, .name = STR_INIT("int")},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("size"), .dimension = {1, 0, 0}},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("rate"), .dimension = {1, -1, 0}},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("duration"), .dimension = {0, 1, 0}},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("money"), .dimension = {0, 0, 1}},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("price"), .dimension = {0, -1, 1}},
	{.kind = TYPE_QUANTITY, .name = STR_INIT("rate_per_size"), .dimension = {0, -1, 0}},
	{.kind = TYPE_CATALOGUE,
	 .name = STR_INIT("InstanceType"),
	 .catalogue = CATALOGUE_INSTANCE_TYPE},
	{.kind = TYPE_CATALOGUE, .name = STR_INIT("RegionName"), .catalogue = CATALOGUE_REGION},
	{.kind = TYPE_CATALOGUE, .name = STR_INIT("Os"), .catalogue = CATALOGUE_OS},
	{.kind = TYPE_PATTERN, .name = STR_INIT("KeyName")},
};

/* What other languages call a type. */
static const struct {
	struct str word;
	const char *help;
} foreign_types[] = {
	{STR_INIT("str"), "write `string`"},
	{STR_INIT("text"), "write `string`"},
	{STR_INIT("String"), "write `string`"},
	{STR_INIT("integer"), "write `int`"},
	{STR_INIT("Integer"), "write `int`"},
	{STR_INIT("Int"), "write `int`"},
	{STR_INIT("float"), "write `number`"},
	{STR_INIT("double"), "write `number`"},
	{STR_INIT("Number"), "write `number`"},
	{STR_INIT("boolean"), "write `bool`"},
	{STR_INIT("Boolean"), "write `bool`"},
	{STR_INIT("Bool"), "write `bool`"},
	{STR_INIT("list"), "write `[string]`"},
	{STR_INIT("array"), "write `[string]`"},
	{STR_INIT("map"), "write `{ ...: string }`"},
	{STR_INIT("object"), "write `{ name: string }`"},
	{STR_INIT("dict"), "write `{ ...: string }`"},
	{STR_INIT("set"), "write `[string]`"},
	{STR_INIT("time"), "write `duration`"},
	{STR_INIT("bytes"), "write `size`"},
};

static const struct type *make(struct type_maker *m, struct type_expr *t);

static const struct map *pattern_types(struct type_maker *m)
{
	for (size_t i = 0; m->words.n < schema_npatterns && i < schema_npatterns; i++) {
		struct buf b = buf_in(m->a);
		struct type *t = NEW(m->a, struct type);

		buf_pascal(&b, schema_patterns[i].name);
		*t = (struct type){.kind = TYPE_PATTERN,
				   .name = buf_str(&b),
				   .schema_pattern = &schema_patterns[i]};
		map_put(&m->words, m->a, t->name, t);
	}
	return &m->words;
}

/* The type that the language or the schema has under this name, or NULL. */
static const struct type *known_type(struct type_maker *m, struct str name)
{
	const struct type *t;

	for (size_t i = 0; i < ARRAY_LEN(language_types); i++)
		if (str_eq(language_types[i].name, name))
			return &language_types[i];
	t = type_of_section_name(m, name);
	return t != NULL ? t : map_get(pattern_types(m), name);
}

const struct type *type_of_word(struct type_maker *m, struct str word)
{
	return known_type(m, word);
}

static void try_name(struct str word, struct str name, unsigned *best, struct str *near)
{
	unsigned distance = edit_distance(word, name, *best);

	if (distance < *best) {
		*best = distance;
		*near = name;
	}
}

static void unknown(struct type_maker *m, const struct type_expr *t)
{
	struct str name = t->name.text, near = {0};
	struct diag *d = diag_unknown_type(m->ds, t->name.at, name);
	const struct map *patterns = pattern_types(m);
	unsigned best = near_limit(name) + 1;

	for (size_t i = 0; i < ARRAY_LEN(foreign_types); i++)
		if (str_eq(foreign_types[i].word, name)) {
			diag_help(m->ds, d, "%s", foreign_types[i].help);
			return;
		}
	for (size_t i = 0; i < ARRAY_LEN(language_types); i++)
		try_name(name, language_types[i].name, &best, &near);
	for (size_t i = 0; i < schema_nsections; i++)
		try_name(name, schema_sections[i].name, &best, &near);
	for (size_t i = 0; i < patterns->n; i++)
		try_name(name, patterns->items[i].key, &best, &near);
	if (near.n > 0) {
		diag_help(m->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(m->ds, d, t->name.at, near, false);
	}
}

/* ---- limits ---- */

/* The number that e writes, also by the name of a value of the file. */
static bool constant_number(const struct expr *e, struct number *ret)
{
	enum { MOST_NAMES = 8 };
	bool minus = false;

	for (int i = 0; i < MOST_NAMES && e != NULL && e->kind != EXPR_NUMBER; i++) {
		if (e->kind == EXPR_UNARY && e->op.op == OP_MINUS) {
			minus = !minus;
			e = e->op.right;
		} else if (e->kind == EXPR_NAME && e->name.binding != NULL &&
			   e->name.binding->let != NULL && e->name.binding->file_level) {
			e = e->name.binding->let->value;
		} else {
			return false;
		}
	}
	if (e == NULL || e->kind != EXPR_NUMBER)
		return false;
	*ret = e->number;
	if (minus)
		ret->num = -ret->num;
	return true;
}

static void bad_limit(struct type_maker *m, const struct type_expr *t, const char *want)
{
	diag_bad_limit(m->ds, t->limit->at, type_expr_shown(m->a, t), want);
}

static bool range_given(const struct type_expr *t, struct dimension dimension, struct type *ret)
{
	const struct expr *e = t->limit;

	if (e->kind != EXPR_RANGE) {
		ret->has_from = ret->has_to = constant_number(e, &ret->from);
		ret->to = ret->from;
	} else {
		ret->has_from = e->range.from != NULL;
		ret->has_to = e->range.to != NULL;
		if ((ret->has_from && !constant_number(e->range.from, &ret->from)) ||
		    (ret->has_to && !constant_number(e->range.to, &ret->to)))
			return false;
	}
	if (!ret->has_from && !ret->has_to)
		return false;
	if ((ret->has_from && !dimension_eq(ret->from.of, dimension)) ||
	    (ret->has_to && !dimension_eq(ret->to.of, dimension)))
		return false;
	return !ret->has_from || !ret->has_to || number_cmp(ret->from, ret->to) <= 0;
}

/* Limits as a range of numbers of the dimension. False: they are none, and the type stays without. */
static bool range_of(const struct type_expr *t, struct dimension dimension, struct type *ret)
{
	if (range_given(t, dimension, ret))
		return true;
	ret->has_from = ret->has_to = false;
	return false;
}

static void limit_string(struct type_maker *m, const struct type_expr *t, struct type *ret)
{
	const struct expr *e = t->limit;
	const struct dimension plain = {0};
	size_t at = 0;

	if (e->kind != EXPR_TEXT) {
		if (!range_of(t, plain, ret))
			bad_limit(m, t,
				  "its length or a regular expression, such as `string(1..64)` or "
				  "`string('^[a-z]+$')`");
		return;
	}
	if (e->text.n != 1 || e->text.parts[0].expr != NULL) {
		bad_limit(m, t, "a known text, such as `string('^[a-z]+$')`");
		return;
	}
	if (m->regexes == NULL)
		m->regexes = regex_room_new(m->a);
	ret->pattern = e->text.parts[0].text;
	if (regex_compile(m->regexes, arena_str(m->a, ret->pattern).s, &at) != NULL)
		return;
	diag_bad_regex(m->ds, e->at, ret->pattern,
		       arena_fmt(m->a, "it is none from its byte %zu on", at));
	ret->pattern = (struct str){0};
}

/* A copy of `base` with the limits that t has behind it. */
static const struct type *limited(struct type_maker *m, const struct type_expr *t,
				  const struct type *base)
{
	struct type *ret = type_copy(m, base);
	const struct dimension plain = {0};

	if (t->limit->kind == EXPR_FAULTY)
		return ret;
	switch (base->kind) {
	case TYPE_STRING:
		limit_string(m, t, ret);
		break;
	case TYPE_NUMBER:
	case TYPE_INT:
	case TYPE_LIST:
		if (!range_of(t, plain, ret))
			bad_limit(m, t,
				  base->kind == TYPE_LIST
					  ? "how many items it has, such as `[string](1..8)`"
					  : "a range of numbers, such as `int(1..64)`");
		break;
	case TYPE_QUANTITY:
		if (!range_of(t, base->dimension, ret))
			bad_limit(m, t,
				  "a range of such quantities, such as `size(1 GiB..16 TiB)`");
		break;
	case TYPE_ANY:
	case TYPE_BOOL:
	case TYPE_CHOICE:
	case TYPE_RECORD:
	case TYPE_FREE:
	case TYPE_SECTION:
	case TYPE_CATALOGUE:
	case TYPE_PATTERN:
	case TYPE_PROP:
		bad_limit(m, t, "none: it has no limits");
		break;
	}
	return ret;
}

/* ---- making ---- */

/* Is the type being made? Then it holds itself. */
static bool is_open(const struct type_maker *m, const struct type_expr *t)
{
	for (size_t i = 0; i < m->nopen; i++)
		if (m->open[i] == t)
			return true;
	return false;
}

static const struct type *make_name(struct type_maker *m, struct type_expr *t)
{
	const struct type *base;
	struct type *named;

	if (t->binding != NULL && is_open(m, t->binding->item->type_expr)) {
		diag_type_cycle(m->ds, t->name.at, t->name.text);
		return NULL;
	}
	if (t->binding != NULL) {
		base = make(m, t->binding->item->type_expr);
		if (base == NULL)
			return NULL;
		named = type_copy(m, base);
		named->name = t->module.text.n > 0
				      ? arena_fmt(m->a, STR_F "." STR_F, STR_A(t->module.text),
						  STR_A(t->name.text))
				      : t->name.text;
		base = named;
	} else {
		base = known_type(m, t->name.text);
		if (base == NULL) {
			unknown(m, t);
			return NULL;
		}
	}
	return t->limit != NULL ? limited(m, t, base) : base;
}

static const struct type *make_record(struct type_maker *m, struct type_expr *t)
{
	struct type *ret = NEW(m->a, struct type);
	struct record_field *fields = NEW_ARRAY(m->a, struct record_field, t->nfields);
	struct map *seen = NEW(m->a, struct map);
	size_t n = 0;

	for (size_t i = 0; i < t->nfields; i++) {
		const struct type_field *f = &t->fields[i];
		const struct record_field *first = map_get(seen, f->name.text);

		if (first != NULL) {
			diag_label(m->ds, diag_declared_twice(m->ds, f->name.at, f->name.text),
				   first->name.at, "the first one");
			continue;
		}
		map_put(seen, m->a, f->name.text, &fields[n]);
		fields[n].name = f->name;
		fields[n++] =
			(struct record_field){f->name, make(m, f->type), f->otherwise, f->nslots};
	}
	*ret = (struct type){.kind = TYPE_RECORD, .fields = fields, .nfields = n, .index = seen};
	return ret;
}

static const struct type *make_kind(struct type_maker *m, struct type_expr *t)
{
	struct type *ret = NEW(m->a, struct type);

	switch (t->kind) {
	case TYPE_EXPR_FAULTY:
		return NULL;
	case TYPE_EXPR_NAME:
		return make_name(m, t);
	case TYPE_EXPR_RECORD:
		return make_record(m, t);
	case TYPE_EXPR_LIST:
		*ret = (struct type){.kind = TYPE_LIST, .item = make(m, t->item)};
		return t->limit != NULL ? limited(m, t, ret) : ret;
	case TYPE_EXPR_FREE:
		*ret = (struct type){.kind = TYPE_FREE, .item = make(m, t->item)};
		return ret;
	case TYPE_EXPR_CHOICE:
		*ret = (struct type){.kind = TYPE_CHOICE,
				     .choices = (const struct expr *const *)t->choices,
				     .nchoices = t->nchoices};
		ret->index = type_choices(m->a, ret);
		return ret;
	}
	BUG("no such kind of type");
}

static const struct type *make(struct type_maker *m, struct type_expr *t)
{
	const struct type *made;
	struct type *copy;

	if (t == NULL || t->kind == TYPE_EXPR_FAULTY || t->type != NULL)
		return t != NULL ? t->type : NULL;
	if (m->nopen == MOST_TYPES_DEEP) {
		diag_too_deep(m->ds, t->at, MOST_TYPES_DEEP);
		t->kind = TYPE_EXPR_FAULTY;
		return NULL;
	}
	m->open[m->nopen++] = t;
	made = make_kind(m, t);
	m->nopen--;
	if (made == NULL) {
		t->kind = TYPE_EXPR_FAULTY; /* was reported */
		return NULL;
	}
	copy = type_copy(m, made);
	copy->at = t->at;
	copy->optional = copy->optional || t->optional;
	t->type = copy;
	return copy;
}

const struct type *type_of_expr(struct type_maker *m, struct type_expr *t)
{
	return make(m, t);
}
