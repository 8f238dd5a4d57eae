/* SPDX-License-Identifier: Apache-2.0 */
/* type.c - types of sections and properties of the schema, and what is inside of a type. */
#include "compiler/hpc/type.h"

#include "compiler/base/buf.h"
#include "compiler/hpc/type_maker.h"
#include "compiler/schema/kind.h"

struct type_maker *type_maker_new(struct arena *a, struct diags *ds)
{
	struct type_maker *m = NEW(a, struct type_maker);

	m->a = a;
	m->ds = ds;
	return m;
}

struct type *type_copy(struct type_maker *m, const struct type *t)
{
	struct type *copy = NEW(m->a, struct type);

	*copy = *t;
	return copy;
}

/* The key under which the type of a row is kept. */
struct row_key {
	const void *row;
	uint64_t variants;
};

static struct str row_key(const struct row_key *key)
{
	return (struct str){(const char *)key, sizeof(*key)};
}

static const struct type *keep(struct type_maker *m, struct row_key key, const struct type *t)
{
	map_put(&m->made, m->a, arena_str(m->a, row_key(&key)), t);
	return t;
}

const struct type *type_of_section(struct type_maker *m, const struct section *s, uint16_t variants)
{
	struct row_key key = {s, variants};
	const struct type *known = map_get(&m->made, row_key(&key));
	struct type *t;

	if (known != NULL)
		return known;
	t = NEW(m->a, struct type);
	*t = (struct type){
		.kind = TYPE_SECTION, .name = s->name, .section = s, .variants = variants};
	return keep(m, key, t);
}

const struct type *type_of_prop(struct type_maker *m, const struct prop *p, uint16_t variants)
{
	struct row_key key = {p, variants};
	const struct type *known = map_get(&m->made, row_key(&key));
	struct type *t;

	if (known != NULL)
		return known;
	t = NEW(m->a, struct type);
	*t = (struct type){.kind = TYPE_PROP,
			   .optional = true,
			   .name = p->name,
			   .prop = p,
			   .variants = variants};
	if (p->kind == PROP_SECTION || p->kind == PROP_SECTIONS)
		t->section = &schema_sections[p->section];
	return keep(m, key, t);
}

const struct type *type_of_section_name(struct type_maker *m, struct str name)
{
	for (size_t i = 0; i < schema_nsections; i++)
		if (str_eq(schema_sections[i].name, name))
			return type_of_section(m, &schema_sections[i], schema_sections[i].variants);
	return NULL;
}

const struct type *type_of_kind(struct type_maker *m, struct str word)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (word.n > 0 && is_lower(word.s[0]) && str_eq_nocase(schema_kinds[i].name, word))
			return type_of_section(m, &schema_sections[schema_kinds[i].root],
					       schema_kinds[i].variants);
	return NULL;
}

bool type_is_checked(struct type_maker *m, const struct type *t)
{
	const struct section *root = t->kind == TYPE_ANY ? NULL : type_section(t);

	if (t->kind == TYPE_ANY)
		return true;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (root != NULL &&
		    root == type_section(type_of_section(m, &schema_sections[schema_kinds[i].root],
							 schema_kinds[i].variants)))
			return true;
	return false;
}

/* ---- what is inside ---- */

static bool is_by_name(const struct prop *p)
{
	return p->kind == PROP_SECTIONS && p->by_name;
}

bool type_is_mapping(const struct type *t)
{
	switch (t->kind) {
	case TYPE_RECORD:
	case TYPE_FREE:
	case TYPE_SECTION:
		return true;
	case TYPE_PROP:
		return t->prop->kind == PROP_SECTION || t->prop->kind == PROP_MAP ||
		       is_by_name(t->prop);
	case TYPE_ANY:
	case TYPE_BOOL:
	case TYPE_STRING:
	case TYPE_NUMBER:
	case TYPE_INT:
	case TYPE_QUANTITY:
	case TYPE_CHOICE:
	case TYPE_LIST:
	case TYPE_CATALOGUE:
	case TYPE_PATTERN:
		break;
	}
	return false;
}

bool type_is_list(const struct type *t)
{
	if (t->kind != TYPE_PROP)
		return t->kind == TYPE_LIST;
	return t->prop->kind == PROP_STRINGS || t->prop->kind == PROP_INTS ||
	       t->prop->kind == PROP_MAPS || (t->prop->kind == PROP_SECTIONS && !t->prop->by_name);
}

const struct section *type_section(const struct type *t)
{
	if (t->kind == TYPE_SECTION || (t->kind == TYPE_PROP && t->prop->kind == PROP_SECTION))
		return t->section;
	return NULL;
}

struct str type_item_key(const struct type *t)
{
	if (t->kind == TYPE_PROP && t->prop->kind == PROP_SECTIONS && t->prop->key.n > 0)
		return t->prop->key;
	if (t->kind == TYPE_LIST && t->item != NULL && t->item->kind == TYPE_SECTION)
		for (unsigned i = 0; i < PROP_COUNT; i++)
			if (schema_props[i].kind == PROP_SECTIONS && schema_props[i].key.n > 0 &&
			    &schema_sections[schema_props[i].section] == t->item->section)
				return schema_props[i].key;
	return STR("Name");
}

/* The field of a record, or NULL. */
static const struct record_field *field_of(const struct type *t, struct str key)
{
	if (t->index != NULL)
		return map_get(t->index, key);
	for (size_t i = 0; i < t->nfields; i++)
		if (str_eq(t->fields[i].name.text, key))
			return &t->fields[i];
	return NULL;
}

const struct type *type_member(struct type_maker *m, const struct type *t, struct str key,
			       bool *ret_known)
{
	const struct section *s = type_section(t);
	const struct prop *p;

	*ret_known = true;
	if (s != NULL) {
		p = schema_find(s, key);
		if (p != NULL && (p->variants & t->variants) != 0)
			return type_of_prop(m, p, t->variants);
		*ret_known = false;
		return NULL;
	}
	if (t->kind == TYPE_RECORD) {
		const struct record_field *field = field_of(t, key);

		*ret_known = field != NULL;
		return field != NULL ? field->type : NULL;
	}
	if (t->kind == TYPE_FREE)
		return t->item;
	if (t->kind == TYPE_PROP && is_by_name(t->prop))
		return type_of_section(m, t->section, t->variants);
	return NULL;
}

/* ---- choices ---- */

/* A number as a key: equal ones are written alike, since fractions are reduced. */
struct number_key {
	int64_t parts[5];
};

static struct number_key number_key(struct number n)
{
	return (struct number_key){{n.num, n.den, n.of.bytes, n.of.seconds, n.of.dollars}};
}

static struct str key_of_number(const struct number_key *key)
{
	return (struct str){(const char *)key->parts, sizeof(key->parts)};
}

/* The number that a choice writes. */
static struct number choice_number(const struct expr *c)
{
	struct number n = c->kind == EXPR_UNARY ? c->op.right->number : c->number;

	if (c->kind == EXPR_UNARY)
		n.num = -n.num;
	return n;
}

const struct map *type_choices(struct arena *a, const struct type *t)
{
	struct map *index = NEW(a, struct map);

	for (size_t i = 0; i < t->nchoices; i++) {
		const struct expr *c = t->choices[i];
		bool minus = c->kind == EXPR_UNARY;
		struct number_key key;

		if (c->kind == EXPR_TEXT) {
			map_put(index, a, c->text.n > 0 ? c->text.parts[0].text : STR(""), c);
		} else if ((minus ? c->op.right : c)->kind == EXPR_NUMBER) {
			key = number_key(choice_number(c));
			map_put(index, a, arena_str(a, key_of_number(&key)), c);
		}
	}
	return index;
}

bool type_has_text(const struct type *t, struct str text)
{
	return map_get(t->index, text) != NULL;
}

bool type_has_number(const struct type *t, struct number n)
{
	const struct number_key key = number_key(n);

	return map_get(t->index, key_of_number(&key)) != NULL;
}

/* The row of one item of a list of plain values. */
static const struct type *plain_item(struct type_maker *m, const struct type *t)
{
	/* The list's own key would find the list: its field `kind` stands for the item. */
	struct row_key key = {&t->prop->kind, t->variants};
	const struct type *known = map_get(&m->made, row_key(&key));
	struct prop *row;
	struct type *item;

	if (known != NULL)
		return known;
	row = NEW(m->a, struct prop);
	*row = *t->prop;
	row->kind = row->kind == PROP_INTS   ? PROP_INT
		    : row->kind == PROP_MAPS ? PROP_MAP
		    : row->nvalues > 0	     ? PROP_ENUM
					     : PROP_STRING;
	row->single = false;
	item = type_copy(m, t);
	item->prop = row;
	item->optional = false;
	return keep(m, key, item);
}

/* One of a list of sections. */
static const struct type *section_item(struct type_maker *m, const struct type *t)
{
	/* As for plain items: the field `single` stands for the item. */
	struct row_key key = {&t->prop->single, t->variants};
	const struct type *section = type_of_section(m, t->section, t->variants);
	const struct type *known = map_get(&m->made, row_key(&key));
	struct type *item;

	if (!t->prop->single || known != NULL)
		return known != NULL ? known : section;
	item = type_copy(m, section);
	item->alone = type_of_prop(m, schema_find(t->section, t->prop->key), t->variants);
	return keep(m, key, item);
}

const struct type *type_item(struct type_maker *m, const struct type *t)
{
	if (t->kind == TYPE_LIST)
		return t->item;
	if (!type_is_list(t))
		return NULL;
	return t->prop->kind == PROP_SECTIONS ? section_item(m, t) : plain_item(m, t);
}

/* ---- words ---- */

static struct str with_article(struct arena *a, struct str name)
{
	bool vowel = name.n > 0 && str_find(STR("AEIOUaeiou"), name.s[0], 0) < 10;

	return arena_fmt(a, "%s " STR_F, vowel ? "an" : "a", STR_A(name));
}

/* "an int from 1 to 64", "a size of at least 1 GiB" */
static struct str limited(struct arena *a, const struct type *t, struct str words)
{
	struct str from = t->has_from ? number_shown(a, t->from) : STR("");
	struct str to = t->has_to ? number_shown(a, t->to) : STR("");

	if (t->has_from && t->has_to)
		return arena_fmt(a, STR_F " from " STR_F " to " STR_F, STR_A(words), STR_A(from),
				 STR_A(to));
	if (t->has_from)
		return arena_fmt(a, STR_F " of at least " STR_F, STR_A(words), STR_A(from));
	if (t->has_to)
		return arena_fmt(a, STR_F " of at most " STR_F, STR_A(words), STR_A(to));
	return words;
}

static struct str string_words(struct arena *a, const struct type *t)
{
	if (t->pattern.n > 0)
		return arena_fmt(a, "a text that matches `" STR_F "`", STR_A(t->pattern));
	if (t->has_from || t->has_to)
		return arena_fmt(a, STR_F " characters", STR_A(limited(a, t, STR("a text"))));
	return STR("a text");
}

static void add_choice(struct arena *a, struct buf *b, const struct expr *e)
{
	if (e->kind == EXPR_TEXT)
		buf_fmt(b, "`\"" STR_F "\"`",
			STR_A(e->text.n > 0 ? e->text.parts[0].text : STR("")));
	else if (e->kind == EXPR_NUMBER)
		buf_fmt(b, "`" STR_F "`", STR_A(number_shown(a, e->number)));
	else if (e->kind == EXPR_UNARY && e->op.right->kind == EXPR_NUMBER)
		buf_fmt(b, "`-" STR_F "`", STR_A(number_shown(a, e->op.right->number)));
}

static struct str choice_words(struct arena *a, const struct type *t)
{
	enum { MOST = 20 };
	struct buf b = buf_in(a);

	for (size_t i = 0; i < t->nchoices && i < MOST; i++) {
		if (i > 0)
			buf_add(&b, i + 1 == t->nchoices ? STR(" or ") : STR(", "));
		add_choice(a, &b, t->choices[i]);
	}
	if (t->nchoices > MOST)
		buf_add(&b, STR(", …"));
	return buf_str(&b);
}

/* "subnet ids" of "a subnet id": of a list. */
static struct str many(struct arena *a, struct str words)
{
	size_t blank = str_find(words, ' ', 0);
	struct str noun = str_slice(words, blank < words.n ? blank + 1 : 0, words.n);

	for (size_t i = 0; i < noun.n; i++)
		if (noun.s[i] == ' ' || noun.s[i] == '`' || noun.s[i] == ',')
			return (struct str){0};
	return str_ends(noun, STR("y"))
		       ? arena_fmt(a, STR_F "ies", STR_A(str_slice(noun, 0, noun.n - 1)))
		       : arena_fmt(a, STR_F "s", STR_A(noun));
}

static struct str list_words(struct arena *a, const struct type *t)
{
	struct str item = {0};

	if (t->item != NULL && t->item->kind == TYPE_PATTERN)
		item = arena_fmt(
			a, STR_F "s",
			STR_A(str_slice(type_words(a, t->item),
					str_find(type_words(a, t->item), ' ', 0) + 1, SIZE_MAX)));
	else if (t->item != NULL && t->item->kind != TYPE_ANY && t->item->kind != TYPE_LIST)
		item = many(a, type_words(a, t->item));
	item = item.n > 0 ? arena_fmt(a, "a list of " STR_F, STR_A(item)) : STR("a list");
	if (!t->has_from && !t->has_to)
		return item;
	return arena_fmt(a, STR_F " items", STR_A(limited(a, t, item)));
}

static struct str prop_words(const struct type *t)
{
	const struct prop *p = t->prop;

	switch (p->kind) {
	case PROP_STRING:
		return p->pattern != NULL ? p->pattern->article : STR("a text");
	case PROP_ENUM:
		return STR("a text");
	case PROP_INT:
	case PROP_INT_ENUM:
		return STR("a whole number");
	case PROP_NUMBER:
		return STR("a number");
	case PROP_BOOL:
		return STR("true or false");
	case PROP_BOOL_OR_STRING:
		return STR("true, false or a text");
	case PROP_INT_OR_STRING:
		return STR("a whole number or a text");
	case PROP_STRINGS:
		return p->single ? STR("a text or a list of texts") : STR("a list of texts");
	case PROP_INTS:
		return STR("a list of whole numbers");
	case PROP_MAPS:
		return STR("a list of sections");
	case PROP_SECTIONS:
		return p->by_name ? STR("a section") : STR("a list of sections");
	case PROP_MAP:
	case PROP_SECTION:
		return STR("a section");
	case PROP_ANY:
		return STR("anything");
	}
	BUG("property kind %d", (int)p->kind);
}

static struct str kind_words(struct arena *a, const struct type *t)
{
	switch (t->kind) {
	case TYPE_ANY:
		return STR("anything");
	case TYPE_BOOL:
		return STR("true or false");
	case TYPE_STRING:
		return string_words(a, t);
	case TYPE_NUMBER:
		return limited(a, t, STR("a number"));
	case TYPE_INT:
		return limited(a, t, STR("an int"));
	case TYPE_QUANTITY:
		return limited(a, t, dimension_words(a, t->dimension));
	case TYPE_CHOICE:
		return choice_words(a, t);
	case TYPE_LIST:
		return list_words(a, t);
	case TYPE_RECORD:
		return t->name.n > 0 ? with_article(a, t->name) : STR("a section");
	case TYPE_FREE:
		return STR("a section");
	case TYPE_SECTION:
		return with_article(a, t->name);
	case TYPE_CATALOGUE:
		return t->catalogue == CATALOGUE_INSTANCE_TYPE ? STR("an instance type")
		       : t->catalogue == CATALOGUE_REGION      ? STR("a region")
							       : STR("an operating system");
	case TYPE_PATTERN:
		return t->schema_pattern != NULL ? t->schema_pattern->article
						 : STR("the name of a key pair");
	case TYPE_PROP:
		return prop_words(t);
	}
	BUG("no such kind of type");
}

struct str type_words(struct arena *a, const struct type *t)
{
	struct str words = kind_words(a, t);

	if (!t->optional || t->kind == TYPE_PROP || t->kind == TYPE_ANY)
		return words;
	return arena_fmt(a, STR_F " or null", STR_A(words));
}
