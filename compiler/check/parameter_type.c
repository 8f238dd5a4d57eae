/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameter_type.c - types of parameters: words for plain values, and the patterns of the schema in capitals.
 *
 * subnet_id of stdlib/schema/patterns.yaml is `SubnetId`. Which type CloudFormation has for it is a column there.
 */
#include "compiler/base/nearest.h"
#include "compiler/check/coerce.h"
#include "compiler/check/open_value.h"

/* Words that are no pattern. */
static const struct plain_type {
	struct str word;
	enum parameter_kind kind;
	bool key_name;
	const char *one, *many; /* for messages */
	struct str example;
} plain_types[] = {
	{STR_INIT("string"), PARAMETER_TEXT, false, "text", "texts", STR_INIT("text")},
	{STR_INIT("int"), PARAMETER_INT, false, "a whole number", "whole numbers", STR_INIT("1")},
	{STR_INIT("number"), PARAMETER_NUMBER, false, "a number", "numbers", STR_INIT("1")},
	{STR_INIT("bool"), PARAMETER_BOOL, false, "true or false", "bools", STR_INIT("true")},
	{STR_INIT("KeyName"), PARAMETER_TEXT, true, "the name of a key pair", "names of key pairs",
	 STR_INIT("team")},
};

static const struct plain_type *plain_type_of(const struct stack_parameter *p)
{
	for (size_t i = 0; i < ARRAY_LEN(plain_types); i++)
		if (plain_types[i].kind == p->kind && plain_types[i].key_name == p->key_name)
			return &plain_types[i];
	BUG("a parameter of kind %d", (int)p->kind);
}

struct str parameter_words(struct arena *a, const struct stack_parameter *p)
{
	if (p->form != NULL)
		return p->list ? arena_fmt(a, "a list, each of it " STR_F, STR_A(p->form->article))
			       : p->form->article;
	return p->list ? arena_fmt(a, "a list of %s", plain_type_of(p)->many)
		       : str_c(plain_type_of(p)->one);
}

/* ---- words ---- */

/* The name of a pattern in capitals: "subnet_id" is "SubnetId". */
static struct str capitals(struct arena *a, struct str name)
{
	char *s = arena_alloc(a, name.n + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.s[i] != '_')
			s[n++] = i == 0 || name.s[i - 1] == '_'
					 ? (char)(name.s[i] - (is_lower(name.s[i]) ? 32 : 0))
					 : name.s[i];
	return (struct str){s, n};
}

/* Does `word` name the type of p? Then that is set. */
static bool set_type(struct check *c, struct stack_parameter *p, struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(plain_types); i++)
		if (str_eq(plain_types[i].word, word)) {
			p->kind = plain_types[i].kind;
			p->key_name = plain_types[i].key_name;
			return true;
		}
	for (size_t i = 0; i < schema_npatterns; i++)
		if (str_eq(capitals(c->a, schema_patterns[i].name), word)) {
			p->form = &schema_patterns[i];
			return true;
		}
	return false;
}

/* The word for what CloudFormation calls a type, or an empty text. */
static struct str word_of_cloudformation(struct check *c, struct str type)
{
	struct str inner;

	if (str_starts(type, STR("List<")) && str_ends(type, STR(">"))) {
		inner = word_of_cloudformation(c, str_slice(type, 5, type.n - 1));
		return inner.n > 0 ? arena_fmt(c->a, "[" STR_F "]", STR_A(inner)) : inner;
	}
	if (str_eq(type, STR("String")))
		return STR("string");
	if (str_eq(type, STR("Number")))
		return STR("number");
	if (str_eq(type, STR("CommaDelimitedList")))
		return STR("[string]");
	if (str_eq(type, STR("AWS::EC2::KeyPair::KeyName")))
		return STR("KeyName");
	for (size_t i = 0; i < schema_npatterns; i++)
		if (str_eq(schema_patterns[i].parameter, type))
			return capitals(c->a, schema_patterns[i].name);
	return STR("");
}

/* The type that a misspelt word is nearest to, or an empty text. */
static struct str nearest_word(struct check *c, struct str word)
{
	unsigned limit = near_limit(word), best = limit + 1;
	struct str found = STR("");

	for (size_t i = 0; i < ARRAY_LEN(plain_types) + schema_npatterns; i++) {
		struct str other =
			i < ARRAY_LEN(plain_types)
				? plain_types[i].word
				: capitals(c->a, schema_patterns[i - ARRAY_LEN(plain_types)].name);
		unsigned distance = edit_distance(word, other, limit);

		if (distance < best) {
			best = distance;
			found = other;
		}
	}
	return found;
}

static void bad_type(struct check *c, const struct node *v, struct str word, struct str inner)
{
	struct diag *d = diag_bad_parameter_type(c->ds, v->at, shown(c, word));
	struct str near = word_of_cloudformation(c, word);
	bool list = word.n != inner.n;

	if (near.n == 0)
		near = nearest_word(c, inner);
	else
		list = false;
	if (near.n > 0)
		diag_help(c->ds, d, "did you mean `%s" STR_F "%s`?", list ? "\"[" : "", STR_A(near),
			  list ? "]\"" : "");
	diag_help(c->ds, d,
		  "types are `string`, `int`, `number`, `bool`, `KeyName` and forms of properties, "
		  "such as "
		  "`SubnetId`, `VpcId`, `AmiId`, `S3Uri`, `RoleArn` and `InstanceType`; "
		  "`[SubnetId]` is a list");
}

bool parameter_type_read(struct check *c, struct stack_parameter *p, const struct node *v)
{
	struct str word = v->kind == NODE_STRING ? v->text : STR("");

	if (v->kind == NODE_LIST && v->list.n == 1 && v->list.items[0]->kind == NODE_STRING &&
	    !v->list.items[0]->open) { /* `[SubnetId]` without quotes is a list of YAML */
		p->list = true;
		word = v->list.items[0]->text;
		p->word = arena_fmt(c->a, "[" STR_F "]", STR_A(word));
	} else if (v->kind != NODE_STRING || v->open) {
		if (!v->poisoned && !v->open)
			wrong_type(c, NULL, STR("Type"), "text", v);
		return false;
	} else {
		p->word = word;
		p->list = str_starts(word, STR("[")) && str_ends(word, STR("]"));
		if (p->list)
			word = str_trim(str_slice(word, 1, word.n - 1));
	}
	p->type_at = v->at;
	if (v->poisoned)
		return false;
	if (set_type(c, p, word))
		return true;
	bad_type(c, v, p->word, word);
	return false;
}

/* ---- values ---- */

bool parameter_takes(struct check *c, const struct stack_parameter *p, const struct node *v)
{
	int64_t i;
	double x;
	bool b;

	switch (p->kind) {
	case PARAMETER_TEXT:
		return v->kind == NODE_STRING && !v->open &&
		       (p->form == NULL ||
			(pattern_matches(c->patterns, p->form, v->text) &&
			 pattern_takes_parameter(c->patterns, p->form, v->text)));
	case PARAMETER_INT: /* one that does not fit is clamped */
		return v->kind != NODE_FLOAT && coerce_int(v, &i) && i > INT64_MIN && i < INT64_MAX;
	case PARAMETER_NUMBER:
		return coerce_number(v, &x) && !(v->kind == NODE_INT && v->big);
	case PARAMETER_BOOL:
		return coerce_bool(v, &b);
	}
	BUG("a parameter of kind %d", (int)p->kind);
}

/* Properties that take the name of a key pair, which has no pattern of its own. */
static bool wants_key_name(const struct prop *prop)
{
	return prop == &schema_props[PROP_Ssh_KeyName] ||
	       prop == &schema_props[PROP_LoginPoolSsh_KeyName];
}

bool parameter_fits(struct check *c, const struct stack_parameter *p, const struct prop *prop)
{
	bool any_text = p->kind == PARAMETER_TEXT && p->form == NULL;

	if (wants_key_name(prop))
		return any_text;
	/* CloudFormation asks that such a key pair is there already, and this one is to be made. */
	if (prop == &schema_props[PROP_KeyPair_KeyName] && p->key_name)
		return false;
	if (prop->pattern == NULL || (any_text && !p->key_name) || p->form == prop->pattern)
		return true;
	return pattern_matches(c->patterns, prop->pattern,
			       p->form != NULL ? p->form->example : plain_type_of(p)->example);
}
