/* SPDX-License-Identifier: Apache-2.0 */
/* model_schema.c - the generated tables as JSON Schema of the model: what compiler/model/model_json.c writes. */
#include "compiler/schema/model_schema.h"

#include "compiler/base/json.h"

static void put_text(struct arena *a, struct json_value *o, const char *key, struct str text)
{
	json_put(o, str_c(key), json_new_text(a, text));
}

static struct json_value *put_object(struct arena *a, struct json_value *o, const char *key)
{
	return json_put(o, str_c(key), json_new_object(a));
}

static struct json_value *reference(struct arena *a, const struct file_kind *kind,
				    enum section_id id)
{
	struct json_value *o = json_new_object(a);

	put_text(a, o, "$ref",
		 arena_fmt(a, "#/$defs/" STR_F "." STR_F, STR_A(kind->name),
			   STR_A(schema_sections[id].name)));
	return o;
}

/* A list of items, or a mapping of names to them. */
static struct json_value *put_many(struct arena *a, struct json_value *o, bool by_name,
				   struct json_value *item)
{
	put_text(a, o, "type", by_name ? STR("object") : STR("array"));
	json_put(o, by_name ? STR("additionalProperties") : STR("items"), item);
	return o;
}

static struct json_value *typed(struct arena *a, const char *type)
{
	struct json_value *o = json_new_object(a);

	put_text(a, o, "type", str_c(type));
	return o;
}

static struct json_value *either(struct arena *a, const char *one, const char *other)
{
	struct json_value *o = json_new_object(a);
	struct json_value *list = json_put(o, STR("type"), json_new_array(a));

	json_push(list, json_new_text(a, str_c(one)));
	json_push(list, json_new_text(a, str_c(other)));
	return o;
}

static struct json_value *words(struct arena *a, const struct file_kind *kind, const struct prop *p)
{
	struct json_value *o = typed(a, "string");
	struct json_value *list = json_put(o, STR("enum"), json_new_array(a));

	for (size_t i = 0; i < p->nvalues; i++)
		if ((p->values[i].variants & kind->variants) != 0)
			json_push(list, json_new_text(a, p->values[i].name));
	return o;
}

static struct json_value *numbers(struct arena *a, const struct prop *p)
{
	struct json_value *o = typed(a, "integer");
	struct json_value *list = json_put(o, STR("enum"), json_new_array(a));

	for (size_t i = 0; i < p->nvalues; i++) {
		int64_t n = 0;

		str_to_int(p->values[i].name, &n);
		json_push(list, json_new_int(a, n));
	}
	return o;
}

static struct json_value *scalars(struct arena *a)
{
	struct json_value *o = json_new_object(a);
	struct json_value *list = json_put(o, STR("type"), json_new_array(a));

	json_push(list, json_new_text(a, STR("string")));
	json_push(list, json_new_text(a, STR("number")));
	json_push(list, json_new_text(a, STR("boolean")));
	return put_many(a, json_new_object(a), true, o);
}

static struct json_value *type_of(struct arena *a, const struct file_kind *kind,
				  const struct prop *p)
{
	switch (p->kind) {
	case PROP_STRING:
		return typed(a, "string");
	case PROP_INT:
		return typed(a, "integer");
	case PROP_INTS:
		return put_many(a, json_new_object(a), false, typed(a, "integer"));
	case PROP_NUMBER:
		return typed(a, "number");
	case PROP_BOOL:
		return typed(a, "boolean");
	case PROP_ENUM:
		return words(a, kind, p);
	case PROP_INT_ENUM:
		return numbers(a, p);
	case PROP_BOOL_OR_STRING:
		return either(a, "boolean", "string");
	case PROP_INT_OR_STRING:
		return either(a, "integer", "string");
	case PROP_STRINGS:
		return put_many(a, json_new_object(a), false, typed(a, "string"));
	case PROP_MAP:
		return scalars(a);
	case PROP_MAPS:
		return put_many(a, json_new_object(a), false, scalars(a));
	case PROP_ANY:
		return json_new_object(a);
	case PROP_SECTION:
		return reference(a, kind, p->section);
	case PROP_SECTIONS:
		return put_many(a, json_new_object(a), p->by_name, reference(a, kind, p->section));
	}
	BUG("property kind %d", (int)p->kind);
}

/* Is it in each model of the kind, whatever its variant? */
static bool is_always_there(const struct file_kind *kind, const struct prop *p)
{
	bool has_default = (p->has & HAS_DEFAULT) != 0;

	for (size_t i = 0; i < p->ndefaults_for; i++)
		has_default |= (p->defaults_for[i].variants & kind->variants) == kind->variants;
	return has_default && (p->variants & kind->variants) == kind->variants;
}

static struct json_value *section(struct arena *a, const struct file_kind *kind,
				  const struct section *s)
{
	struct json_value *o = typed(a, "object"), *props, *required = json_new_array(a);

	put_text(a, o, "description", s->doc);
	props = put_object(a, o, "properties");
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];
		struct json_value *type;

		if ((p->variants & kind->variants) == 0)
			continue;
		type = json_put(props, p->name, type_of(a, kind, p));
		if (p->kind != PROP_SECTION) /* nothing counts beside a reference */
			put_text(a, type, "description", p->doc);
		if (is_always_there(kind, p))
			json_push(required, json_new_text(a, p->name));
	}
	json_put(o, STR("additionalProperties"), json_new_bool(a, false));
	if (required->n > 0)
		json_put(o, STR("required"), required);
	return o;
}

/* ---- what is around the values ---- */

/* A place in a file, "default", or the call that gave the value. */
static struct json_value *source(struct arena *a)
{
	static const char *const members[] = {"file", "line", "column"};
	struct json_value *o = json_new_object(a), *any, *place, *props, *required;

	any = json_put(o, STR("anyOf"), json_new_array(a));
	json_push(any, typed(a, "string"));
	place = json_push(any, typed(a, "object"));
	props = put_object(a, place, "properties");
	required = json_put(place, STR("required"), json_new_array(a));
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct json_value *m =
			json_put(props, str_c(members[i]), typed(a, i == 0 ? "string" : "integer"));

		if (i > 0)
			json_put(m, STR("minimum"), json_new_int(a, 1));
		json_push(required, json_new_text(a, str_c(members[i])));
	}
	json_put(place, STR("additionalProperties"), json_new_bool(a, false));
	return o;
}

static void put_envelope(struct arena *a, struct json_value *root)
{
	static const char *const members[] = {"hpcc_model", "kind",  "variant",
					      "file",	    "value", "sources"};
	struct json_value *props, *required, *version;

	put_text(a, root, "type", STR("object"));
	props = put_object(a, root, "properties");
	version = put_object(a, props, members[0]);
	json_put(version, STR("const"), json_new_int(a, 1));
	put_object(a, props, members[1]);
	json_put(props, str_c(members[2]), either(a, "string", "null"));
	json_put(props, str_c(members[3]), typed(a, "string"));
	json_put(props, str_c(members[4]), typed(a, "object"));
	json_put(props, str_c(members[5]), put_many(a, json_new_object(a), true, source(a)));
	required = json_put(root, STR("required"), json_new_array(a));
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_push(required, json_new_text(a, str_c(members[i])));
	json_put(root, STR("additionalProperties"), json_new_bool(a, false));
}

/* The value of a kind: its name is its variant's word, or nothing. */
static struct json_value *of_kind(struct arena *a, const struct file_kind *kind)
{
	struct json_value *o = json_new_object(a), *props = put_object(a, o, "properties");

	put_text(a, put_object(a, props, "kind"), "const", kind->name);
	json_put(props, STR("value"), reference(a, kind, kind->root));
	return o;
}

struct str model_schema(struct arena *a, const struct file_kind *kind)
{
	struct json_value *root = json_new_object(a), *one, *definitions;

	put_text(a, root, "$schema", STR("http://json-schema.org/draft-07/schema#"));
	put_text(a, root, "title", STR("Model of a file for hpcc"));
	put_envelope(a, root);
	one = json_put(root, STR("oneOf"), json_new_array(a));
	definitions = put_object(a, root, "$defs");
	for (size_t k = 0; k < KIND_COUNT; k++) {
		const struct file_kind *of = &schema_kinds[k];

		if (kind != NULL && kind != of)
			continue;
		json_push(one, of_kind(a, of));
		for (size_t i = 0; i < schema_nsections; i++)
			if ((schema_sections[i].variants & of->variants) != 0)
				json_put(definitions,
					 arena_fmt(a, STR_F "." STR_F, STR_A(of->name),
						   STR_A(schema_sections[i].name)),
					 section(a, of, &schema_sections[i]));
	}
	return arena_fmt(a, STR_F "\n", STR_A(json_write(a, root, 1, JSON_ASCII)));
}
