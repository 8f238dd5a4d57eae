/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_schema.c - the generated tables as JSON Schema, for one kind of file or for all.
 *
 * Keywords that concern another type than the value's are without effect in JSON Schema, which lets one
 * object say "a number of at least 1, or a text of digits".
 */
#include "compiler/schema/json_schema.h"

#include "compiler/base/buf.h"
#include "compiler/base/json.h"

/* Texts that ParallelCluster converts: compiler/check/coerce.h. */
#define INT_TEXT "^\\s*[+-]?[0-9]+(_[0-9]+)*\\s*$"
#define NUMBER_TEXT "^\\s*[+-]?([0-9]+(_[0-9]+)*(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*$"
#define BOOL_TEXT                                                                           \
	"^(t|T|true|True|TRUE|on|On|ON|y|Y|yes|Yes|YES|1|f|F|false|False|FALSE|off|Off|OFF" \
	"|n|N|no|No|NO|0)$"
/* compiler/tree/vars.h and compiler/base/open_text.h. */
#define VARIABLE_TEXT                          \
	"\\$\\{([A-Za-z_][A-Za-z0-9_]*(:-.*)?" \
	"|(param|env|stack\\.[A-Za-z][A-Za-z0-9-]*)\\.[A-Za-z][A-Za-z0-9]*(\\[[0-9]+\\])?)\\}"

static void put_text(struct arena *a, struct json_value *o, const char *key, struct str text)
{
	if (text.n > 0)
		json_put(o, str_c(key), json_new_text(a, text));
}

static void put_bool(struct arena *a, struct json_value *o, const char *key, bool b)
{
	json_put(o, str_c(key), json_new_bool(a, b));
}

/* A number of the tables: whole ones without a fraction. */
static struct json_value *number(struct arena *a, double x)
{
	return x == (double)(int64_t)x ? json_new_int(a, (int64_t)x) : json_new_real(a, x);
}

/* "type": one word, or a list of the words in `types`, which blanks part. */
static void put_types(struct arena *a, struct json_value *o, const char *types)
{
	struct str rest = str_c(types);
	struct json_value *list;

	if (str_find(rest, ' ', 0) == rest.n) {
		put_text(a, o, "type", rest);
		return;
	}
	list = json_put(o, STR("type"), json_new_array(a));
	while (rest.s != NULL)
		json_push(list, json_new_text(a, str_cut(&rest, ' ')));
}

static void put_range(struct arena *a, struct json_value *o, const struct prop *p)
{
	const char *min = (p->has & MIN_EXCLUSIVE) != 0 ? "exclusiveMinimum" : "minimum";

	if ((p->has & HAS_MIN) != 0)
		json_put(o, str_c(min), number(a, p->min));
	if ((p->has & HAS_MAX) != 0)
		json_put(o, STR("maximum"), number(a, p->max));
}

static void put_lengths(struct arena *a, struct json_value *o, const struct prop *p)
{
	if ((p->has & HAS_MIN_LENGTH) != 0)
		json_put(o, STR("minLength"), json_new_int(a, p->min_length));
	if ((p->has & HAS_MAX_LENGTH) != 0)
		json_put(o, STR("maxLength"), json_new_int(a, p->max_length));
	if (p->pattern != NULL)
		put_text(a, o, "pattern", str_c(p->pattern->regex));
	if (p->pattern == NULL && p->example.n == 0)
		return;
	json_push(json_put(o, STR("examples"), json_new_array(a)),
		  json_new_text(a, p->example.n > 0 ? p->example : p->pattern->example));
}

static void put_counts(struct arena *a, struct json_value *o, const struct prop *p)
{
	if ((p->has & HAS_MIN_ITEMS) != 0)
		json_put(o, STR("minItems"), json_new_int(a, p->min_items));
	if ((p->has & HAS_MAX_ITEMS) != 0)
		json_put(o, STR("maxItems"), json_new_int(a, p->max_items));
}

static void put_values(struct arena *a, struct json_value *o, const struct prop *p)
{
	struct json_value *list;

	if (p->nvalues == 0)
		return;
	list = json_put(o, STR("enum"), json_new_array(a));
	for (size_t i = 0; p->kind == PROP_INT_ENUM && i < p->nvalues; i++) {
		int64_t n = 0;

		str_to_int(p->values[i].name, &n);
		json_push(list, json_new_int(a, n));
	}
	for (size_t i = 0; i < p->nvalues; i++)
		json_push(list, json_new_text(a, p->values[i].name));
}

/* The name of a definition: of a section that an earlier kind has in its own way, with the kind before it. */
static struct str definition_name(struct arena *a, const struct file_kind *kind,
				  const struct section *s)
{
	kind = kind_definer(kind, s);
	for (const struct file_kind *k = &schema_kinds[0]; k != kind; k++)
		if ((s->variants & k->variants) != 0)
			return arena_fmt(a, STR_F STR_F, STR_A(kind->name), STR_A(s->name));
	return s->name;
}

static struct json_value *reference(struct arena *a, const struct file_kind *kind,
				    enum section_id id)
{
	struct json_value *o = json_new_object(a);

	put_text(a, o, "$ref",
		 arena_fmt(a, "#/$defs/" STR_F,
			   STR_A(definition_name(a, kind, &schema_sections[id]))));
	return o;
}

static struct json_value *shared(struct arena *a, const char *name)
{
	struct json_value *o = json_new_object(a);

	put_text(a, o, "$ref", arena_fmt(a, "#/$defs/%s", name));
	return o;
}

/* Makes o take what the returned schema takes, which is still to be filled, or a text with a variable. */
static struct json_value *or_variable(struct arena *a, struct json_value *o)
{
	struct json_value *any = json_put(o, STR("anyOf"), json_new_array(a));
	struct json_value *own = json_push(any, json_new_object(a));

	json_push(any, shared(a, "variable"));
	return own;
}

/* Is every text right, so that one with a variable is too? */
static bool takes_any_text(const struct prop *p)
{
	return p->pattern == NULL && p->nvalues == 0 &&
	       (p->has & (HAS_MIN_LENGTH | HAS_MAX_LENGTH)) == 0;
}

/* "items" of a list of text. */
static void put_text_items(struct arena *a, struct json_value *o, const struct prop *p)
{
	struct json_value *item = json_put(o, STR("items"), json_new_object(a));

	if (!takes_any_text(p))
		item = or_variable(a, item);
	put_types(a, item, "string");
	put_values(a, item, p);
	put_lengths(a, item, p);
	put_counts(a, o, p);
}

/* A list of text, or one text alone in place of it; of one that may be left open, a list of the deployment. */
static void put_texts(struct arena *a, struct json_value *o, const struct prop *p)
{
	if (p->open && !p->single)
		o = or_variable(a, o);
	if (p->single) {
		struct json_value *any = json_put(o, STR("anyOf"), json_new_array(a));
		struct json_value *one = json_push(any, json_new_object(a));

		put_types(a, one, "string");
		put_values(a, one, p);
		put_lengths(a, one, p);
		json_push(any, shared(a, "variable"));
		o = json_push(any, json_new_object(a));
	}
	put_types(a, o, "array");
	if (p->unique)
		put_bool(a, o, "uniqueItems", true);
	put_text_items(a, o, p);
}

/* "items" of a list of whole numbers. */
static void put_int_items(struct arena *a, struct json_value *o, const struct prop *p)
{
	struct json_value *item = or_variable(a, json_put(o, STR("items"), json_new_object(a)));

	put_types(a, item, "integer string");
	put_range(a, item, p);
	put_text(a, item, "pattern", STR(INT_TEXT));
	put_counts(a, o, p);
}

/* "items" of a list of sections, where a text may stand for one. */
static void put_section_items(struct arena *a, const struct file_kind *kind, struct json_value *o,
			      const struct prop *p)
{
	struct json_value *any;

	if (!p->single) {
		json_put(o, STR("items"), reference(a, kind, p->section));
		return;
	}
	any = json_put(json_put(o, STR("items"), json_new_object(a)), STR("anyOf"),
		       json_new_array(a));
	put_types(a, json_push(any, json_new_object(a)), "string");
	json_push(any, reference(a, kind, p->section));
}

/* What the value of p must be. */
static void put_kind(struct arena *a, const struct file_kind *kind, struct json_value *o,
		     const struct prop *p)
{
	switch (p->kind) {
	case PROP_STRING:
		put_types(a, o, "string");
		put_lengths(a, o, p);
		return;
	case PROP_INT:
		put_types(a, o, "integer string");
		put_range(a, o, p);
		put_text(a, o, "pattern", STR(INT_TEXT));
		return;
	case PROP_NUMBER:
		put_types(a, o, "number string");
		put_range(a, o, p);
		put_text(a, o, "pattern", STR(NUMBER_TEXT));
		return;
	case PROP_BOOL:
		put_types(a, o, "boolean string integer");
		put_text(a, o, "pattern", STR(BOOL_TEXT));
		json_put(o, STR("minimum"), json_new_int(a, 0));
		json_put(o, STR("maximum"), json_new_int(a, 1));
		return;
	case PROP_ENUM:
		put_types(a, o, "string");
		put_values(a, o, p);
		return;
	case PROP_INT_ENUM:
		put_values(a, o, p);
		return;
	case PROP_BOOL_OR_STRING:
		put_types(a, o, "boolean string");
		put_lengths(a, o, p);
		return;
	case PROP_INT_OR_STRING:
		put_types(a, o, "integer string");
		put_lengths(a, o, p);
		return;
	case PROP_STRINGS:
		put_texts(a, o, p);
		return;
	case PROP_INTS:
		put_types(a, o, "array");
		put_int_items(a, o, p);
		return;
	case PROP_MAP:
		put_types(a, o, "object");
		return;
	case PROP_MAPS:
		put_types(a, o, "array");
		put_types(a, json_put(o, STR("items"), json_new_object(a)), "object");
		put_counts(a, o, p);
		return;
	case PROP_SECTION: /* what stands beside $ref is ignored in draft 7 */
		json_push(json_put(o, STR("allOf"), json_new_array(a)),
			  reference(a, kind, p->section));
		return;
	case PROP_ANY:
		return;
	case PROP_SECTIONS:
		if (p->by_name) {
			put_types(a, o, "object");
			json_put(o, STR("additionalProperties"), reference(a, kind, p->section));
			return;
		}
		put_types(a, o, "array");
		put_section_items(a, kind, o, p);
		put_counts(a, o, p);
		return;
	}
}

static void put_default(struct arena *a, struct json_value *o, const struct prop *p)
{
	struct json_value *v = NULL;

	if ((p->has & HAS_DEFAULT) == 0)
		return;
	if (p->kind == PROP_BOOL || p->kind == PROP_BOOL_OR_STRING)
		v = json_new_bool(a, p->default_value != 0);
	else if (p->kind == PROP_INT || p->kind == PROP_INT_ENUM || p->kind == PROP_NUMBER)
		v = number(a, p->default_value);
	else if (p->kind == PROP_MAP)
		v = json_new_object(a);
	else
		v = json_new_text(a, p->default_text);
	json_put(o, STR("default"), v);
}

/* The sentences an editor shows: what it is, its unit, what its absence means, for whom it is. */
static struct str description(struct arena *a, const struct file_kind *kind, const struct prop *p)
{
	struct buf b = buf_in(a);
	struct str only;

	buf_add(&b, p->doc);
	if (p->unit.n > 0)
		buf_fmt(&b, " Unit: " STR_F ".", STR_A(p->unit));
	if (p->default_note.n > 0)
		buf_fmt(&b, " Default: " STR_F ".", STR_A(p->default_note));
	if (p->required_note.n > 0)
		buf_fmt(&b, " Required: " STR_F ".", STR_A(p->required_note));
	only = kind_only(a, kind, p, ", ");
	if (only.n > 0)
		buf_fmt(&b, " " STR_F ": " STR_F ".", STR_A(kind_choice(kind)->name), STR_A(only));
	if (p->since > 30000 && kind == &schema_kinds[0])
		buf_fmt(&b, " Since ParallelCluster %u.%u.%u.", p->since / 10000,
			p->since / 100 % 100, p->since % 100);
	return buf_str(&b);
}

/* The definition of names that editors offer, for the properties that take them; else NULL. */
static const char *names_of(const struct prop *p)
{
	if (str_eq(p->name, STR("Region")))
		return "region";
	return p->kind == PROP_STRING && str_eq(p->name, STR("InstanceType")) ? "instanceType"
									      : NULL;
}

static bool is_scalar(const struct prop *p)
{
	return p->kind == PROP_STRING || p->kind == PROP_INT || p->kind == PROP_NUMBER ||
	       p->kind == PROP_BOOL || p->kind == PROP_ENUM || p->kind == PROP_INT_ENUM ||
	       p->kind == PROP_BOOL_OR_STRING || p->kind == PROP_INT_OR_STRING;
}

static struct json_value *property(struct arena *a, const struct file_kind *kind,
				   const struct prop *p)
{
	struct json_value *o = json_new_object(a);
	bool text = p->kind == PROP_STRING || p->kind == PROP_BOOL_OR_STRING ||
		    p->kind == PROP_INT_OR_STRING;

	put_text(a, o, "description", description(a, kind, p));
	if (names_of(p) != NULL)
		json_push(json_put(o, STR("allOf"), json_new_array(a)), shared(a, names_of(p)));
	else if (is_scalar(p) && !(text && takes_any_text(p)))
		put_kind(a, kind, or_variable(a, o), p);
	else
		put_kind(a, kind, o, p);
	put_default(a, o, p);
	if (p->removed != 0 && p->removed <= schema_release_number)
		put_bool(a, o, "deprecated", true);
	return o;
}

/* "required": the required properties for exactly these variants, or for any when it is 0. */
static void put_required(struct arena *a, struct json_value *o, const struct file_kind *kind,
			 const struct section *s, uint16_t variants)
{
	struct json_value *list = NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if ((p->required & kind->variants) == 0 || p->placed ||
		    (variants != 0 && (p->required & kind->variants) != variants))
			continue;
		if (list == NULL)
			list = json_put(o, STR("required"), json_new_array(a));
		json_push(list, json_new_text(a, p->name));
	}
}

/* Of the section that chooses the variant: what a choice requires and rules out. */
static void put_choice(struct arena *a, struct json_value *all, const struct file_kind *kind,
		       const struct file_variant *v)
{
	struct json_value *choice = json_push(all, json_new_object(a)), *when, *then, *out;
	const struct section *s = kind_choice_section(kind);

	when = json_put(json_put(choice, STR("if"), json_new_object(a)), STR("properties"),
			json_new_object(a));
	put_text(a, json_put(when, kind_choice(kind)->name, json_new_object(a)), "const", v->word);
	then = json_put(choice, STR("then"), json_new_object(a));
	put_required(a, then, kind, s, v->bit);
	out = json_put(then, STR("properties"), json_new_object(a));
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];
		bool section = p->kind == PROP_SECTION || p->kind == PROP_SECTIONS;

		if (section && (p->variants & kind->variants) != 0 && (p->variants & v->bit) == 0)
			json_put(out, p->name, json_new_bool(a, false));
	}
}

/* The property of s that stands as the key in a mapping of names, or an empty text. */
static struct str name_property(const struct section *s)
{
	for (size_t i = 0; i < PROP_COUNT; i++)
		if (schema_props[i].by_name && &schema_sections[schema_props[i].section] == s)
			return schema_props[i].key;
	return STR("");
}

/*
 * What is required below a section where nothing at the top says where the file stands: into `o`. False when that is
 * nothing.
 */
static bool put_placed(struct arena *a, struct json_value *o, const struct file_kind *kind,
		       const struct section *s)
{
	struct json_value *list = NULL, *props = NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];
		struct json_value *inner = json_new_object(a);

		if ((p->variants & kind->variants) == 0)
			continue;
		if (p->placed && (p->required & kind->variants) != 0) {
			list = list != NULL ? list
					    : json_put(o, STR("required"), json_new_array(a));
			json_push(list, json_new_text(a, p->name));
		}
		if ((p->kind != PROP_SECTION && p->kind != PROP_SECTIONS) || p->by_name ||
		    !put_placed(a, inner, kind, &schema_sections[p->section]))
			continue;
		props = props != NULL ? props : json_put(o, STR("properties"), json_new_object(a));
		if (p->kind == PROP_SECTIONS) {
			struct json_value *items = json_put(props, p->name, json_new_object(a));

			json_put(items, STR("items"), inner);
		} else {
			json_put(props, p->name, inner);
		}
	}
	return list != NULL || props != NULL;
}

/* Of a root: what is required unless one of the sections at its top says where the file stands. */
static void put_unplaced(struct arena *a, struct json_value *o, const struct file_kind *kind)
{
	const struct section *root = &schema_sections[kind->root];
	struct json_value *then = json_new_object(a), *when, *any;

	if (!put_placed(a, then, kind, root))
		return;
	when = json_put(o, STR("if"), json_new_object(a));
	any = json_put(json_put(when, STR("not"), json_new_object(a)), STR("anyOf"),
		       json_new_array(a));
	for (size_t i = 0; i < root->nprops; i++)
		if (schema_says_where(&root->props[i]))
			json_push(json_put(json_push(any, json_new_object(a)), STR("required"),
					   json_new_array(a)),
				  json_new_text(a, root->props[i].name));
	json_put(o, STR("then"), then);
}

static struct json_value *section(struct arena *a, const struct file_kind *kind,
				  const struct section *s)
{
	struct json_value *o = json_new_object(a), *props, *all;
	struct str name = name_property(s);

	put_text(a, o, "description", s->doc);
	put_types(a, o, "object");
	props = json_put(o, STR("properties"), json_new_object(a));
	for (size_t i = 0; i < s->nprops; i++)
		if ((s->props[i].variants & kind->variants) != 0 && !str_eq(s->props[i].name, name))
			json_put(props, s->props[i].name,
				 property(a, kind, kind_prop(a, kind, &s->props[i])));
	put_bool(a, o, "additionalProperties", false);
	if (s == &schema_sections[kind->root])
		put_unplaced(a, o, kind);
	if (s != kind_choice_section(kind)) {
		put_required(a, o, kind, s, 0);
		return o;
	}
	put_required(a, o, kind, s, kind->variants);
	all = json_put(o, STR("allOf"), json_new_array(a));
	for (size_t i = 0; i < kind->nvariants; i++)
		put_choice(a, all, kind, &kind->variant_rows[i]);
	return o;
}

/* Names as completions; another of the form, or a variable, is right as well. */
static void put_names(struct arena *a, struct json_value *definitions, const char *name,
		      struct str pattern, const struct str *names, size_t n)
{
	struct json_value *o = json_put(definitions, str_c(name), json_new_object(a));
	struct json_value *any = json_put(o, STR("anyOf"), json_new_array(a));
	struct json_value *list =
		json_put(json_push(any, json_new_object(a)), STR("enum"), json_new_array(a));
	struct json_value *form = json_push(any, json_new_object(a));

	for (size_t i = 0; i < n; i++)
		json_push(list, json_new_text(a, names[i]));
	put_types(a, form, "string");
	put_text(a, form, "pattern", pattern);
	json_push(any, shared(a, "variable"));
}

/* Definitions that properties of all sections share. */
static void put_shared(struct arena *a, struct json_value *definitions,
		       const struct schema_words *words)
{
	struct json_value *variable = json_put(definitions, STR("variable"), json_new_object(a));

	put_text(a, variable, "description",
		 STR("A text with ${NAME}, which hpcc replaces, or with ${param.NAME}, "
		     "${env.OUTPUT} "
		     "or ${stack.NAME.OUTPUT}, which the deployment knows."));
	put_types(a, variable, "string");
	put_text(a, variable, "pattern", STR(VARIABLE_TEXT));
	put_names(a, definitions, "region", STR("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"), words->regions,
		  words->nregions);
	put_names(a, definitions, "instanceType", STR("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$"),
		  words->types, words->ntypes);
}

/* "Cluster file of AWS ParallelCluster 3", "Environment file". */
static struct str title_of(struct arena *a, const struct file_kind *kind)
{
	if (kind == NULL)
		return STR("File for hpcc");
	return arena_fmt(a, "%c" STR_F "%s", kind->bare.s[0] - 'a' + 'A',
			 STR_A(str_slice(kind->bare, 1, kind->bare.n)),
			 kind == &schema_kinds[0] ? " of AWS ParallelCluster 3" : "");
}

/* The root of all kinds: that of the kind which Kind names, the first kind where it names no other. */
static void put_by_kind(struct arena *a, struct json_value *o)
{
	for (size_t i = 1; i < KIND_COUNT; i++) {
		const struct file_kind *kind = &schema_kinds[i];
		struct json_value *when = json_put(o, STR("if"), json_new_object(a)), *named;

		named = json_put(when, STR("properties"), json_new_object(a));
		put_text(a, json_put(named, STR("Kind"), json_new_object(a)), "const", kind->kind);
		json_push(json_put(when, STR("required"), json_new_array(a)),
			  json_new_text(a, STR("Kind")));
		json_put(o, STR("then"), reference(a, kind, kind->root));
		if (i + 1 < KIND_COUNT)
			o = json_put(o, STR("else"), json_new_object(a));
	}
	json_put(o, STR("else"), reference(a, &schema_kinds[0], schema_kinds[0].root));
}

/* The sections of a kind; among those of `all` kinds only what no earlier one has put. */
static void put_definitions(struct arena *a, struct json_value *definitions,
			    const struct file_kind *kind, bool all)
{
	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];

		if ((s->variants & kind->variants) != 0 && (!all || kind_definer(kind, s) == kind))
			json_put(definitions, definition_name(a, kind, s), section(a, kind, s));
	}
}

struct str schema_json(struct arena *a, const struct file_kind *kind,
		       const struct schema_words *words)
{
	struct json_value *root = json_new_object(a), *definitions, *all;

	put_text(a, root, "$schema", STR("http://json-schema.org/draft-07/schema#"));
	put_text(a, root, "title", title_of(a, kind));
	put_text(a, root, "$comment",
		 arena_fmt(a, "Properties as of release " STR_F ", " STR_F ". Made by hpcc schema.",
			   STR_A(schema_release), STR_A(schema_date)));
	all = json_put(root, STR("allOf"), json_new_array(a));
	if (kind != NULL)
		json_push(all, reference(a, kind, kind->root));
	else
		put_by_kind(a, json_push(all, json_new_object(a)));
	definitions = json_put(root, STR("$defs"), json_new_object(a));
	put_shared(a, definitions, words);
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (kind == NULL || kind == &schema_kinds[i])
			put_definitions(a, definitions, &schema_kinds[i], kind == NULL);
	/* An editor loads that of all kinds with every file. */
	return arena_fmt(a, STR_F "\n",
			 STR_A(json_write(a, root, kind == NULL ? 0 : 1, JSON_ASCII)));
}
