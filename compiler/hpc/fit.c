/* SPDX-License-Identifier: Apache-2.0 */
/* fit.c - a value held against a type when the program runs. */
#include "compiler/base/utf8.h"
#include "compiler/hpc/eval.h"
#include "compiler/hpc/fit_open.h"
#include "compiler/schema/limits.h"

/* ---- findings ---- */

struct diag *fit_labels(struct evaluator *ev, struct diag *d, const struct fit_for *why)
{
	if (span_is_set(why->declared))
		diag_label(ev->ds, d, why->declared, "its type is declared here");
	if (span_is_set(why->call) && why->callee.n > 0)
		diag_label(ev->ds, d, why->call, "`" STR_F "` is called here", STR_A(why->callee));
	return d;
}

/* Where a finding about v stands: where it was written, or at the call. */
static struct span place_of(const struct value *v, const struct fit_for *why)
{
	return span_is_set(v->at) ? v->at : why->call;
}

/* v is an item of a property that takes sections; the code is that of the check of the whole file. */
static const struct value *wrong_item(struct evaluator *ev, const struct value *v,
				      const struct fit_for *why)
{
	struct diag *d = diag_wrong_type(
		ev->ds, place_of(v, why), arena_fmt(ev->a, STR_F "[]", STR_A(why->item_of->name)),
		"a section", arena_str(ev->a, value_kind_words(ev->a, v)).s);

	fit_labels(ev, d, why);
	diag_help(ev->ds, d, "each item is a section, in braces: `{ … }`");
	return value_apart(ev, v);
}

static const struct value *wrong_kind(struct evaluator *ev, const struct value *v,
				      const struct type *t, const struct fit_for *why)
{
	struct str got = value_kind_words(ev->a, v);
	struct diag *d;

	if (why->item_of != NULL && t->kind == TYPE_SECTION)
		return wrong_item(ev, v, why);
	d = diag_wrong_value_type(ev->ds, place_of(v, why), why->what, type_words(ev->a, t), got);
	fit_labels(ev, d, why);
	if (t->kind == TYPE_LIST && v->kind != VALUE_NULL)
		diag_help(ev->ds, d, "a list of one item stands in brackets: `[…]`");
	else if (v->kind == VALUE_NUMBER && (t->kind == TYPE_STRING || t->kind == TYPE_PATTERN))
		diag_help(ev->ds, d, "a text stands in quotes");
	else if (v->kind == VALUE_TEXT && (t->kind == TYPE_INT || t->kind == TYPE_NUMBER ||
					   t->kind == TYPE_QUANTITY || t->kind == TYPE_BOOL))
		diag_help(ev->ds, d, "a value in quotes is a text; write it without them");
	else if (v->kind == VALUE_NULL)
		diag_help(ev->ds, d, "a value that may be absent has a type with `?`");
	return &value_poison;
}

/* ---- numbers ---- */

/* "between 1 and 4", "at least 1", "at most 4" */
static struct str limit_words(struct evaluator *ev, const struct type *t, const char *unit)
{
	struct str from = t->has_from ? number_shown(ev->a, t->from) : STR("");
	struct str to = t->has_to ? number_shown(ev->a, t->to) : STR("");

	if (t->has_from && t->has_to)
		return number_cmp(t->from, t->to) == 0
			       ? arena_fmt(ev->a, STR_F "%s", STR_A(from), unit)
			       : arena_fmt(ev->a, "between " STR_F " and " STR_F "%s", STR_A(from),
					   STR_A(to), unit);
	return t->has_from ? arena_fmt(ev->a, "at least " STR_F "%s", STR_A(from), unit)
			   : arena_fmt(ev->a, "at most " STR_F "%s", STR_A(to), unit);
}

static bool within(const struct type *t, struct number n)
{
	return (!t->has_from || number_cmp(n, t->from) >= 0) &&
	       (!t->has_to || number_cmp(n, t->to) <= 0);
}

static const struct value *out_of_range(struct evaluator *ev, const struct value *v,
					const struct type *t, struct str shown, const char *unit,
					const struct fit_for *why)
{
	fit_labels(ev,
		   diag_value_out_of_range(ev->ds, place_of(v, why), why->what, shown,
					   limit_words(ev, t, unit)),
		   why);
	return &value_poison;
}

static const struct value *wrong_dimension(struct evaluator *ev, const struct value *v,
					   const struct type *t, const struct fit_for *why)
{
	struct diag *d = diag_wrong_dimension(
		ev->ds, place_of(v, why), why->what, type_words(ev->a, t),
		value_kind_words(ev->a, v).n > 0 && dimension_is_plain(v->number.of)
			? STR("a plain number")
			: dimension_words(ev->a, v->number.of),
		number_shown(ev->a, v->number));

	fit_labels(ev, d, why);
	if (dimension_is_plain(v->number.of))
		diag_help(ev->ds, d,
			  "write it with its unit, as in `500 GiB`, `10 min` or `5 USD`");
	return &value_poison;
}

static const struct value *fit_number(struct evaluator *ev, const struct value *v,
				      const struct type *t, const struct fit_for *why)
{
	struct number quantity;
	struct value *made;

	if (v->kind != VALUE_NUMBER)
		return wrong_kind(ev, v, t, why);
	if (t->kind == TYPE_QUANTITY && v->unit != NULL && value_quantity(v, &quantity)) {
		made = value_of_number(ev->a, quantity, v->at);
		return fit_number(ev, made, t, why);
	}
	if (t->kind == TYPE_QUANTITY ? !dimension_eq(v->number.of, t->dimension)
				     : !dimension_is_plain(v->number.of))
		return wrong_dimension(ev, v, t, why);
	if (t->kind == TYPE_INT && v->number.den != 1)
		return wrong_kind(ev, v, t, why);
	if (!within(t, v->number))
		return out_of_range(ev, v, t, number_shown(ev->a, v->number), "", why);
	return v;
}

/* ---- texts ---- */

static const char no_regex;

/* What it takes to compile one: PCRE2 makes up to 64 KiB of a few signs, for which each of them stands in. */
enum { STEPS_OF_REGEX = 500, BYTES_OF_REGEX = 64 };

const struct regex *regex_of(struct evaluator *ev, struct str text, struct str *ret_why)
{
	const void *known_one = map_get(&ev->regex_cache, text);
	struct regex *x;
	char words[128] = "";

	if (known_one == &no_regex) {
		*ret_why = STR("it cannot be read");
		return NULL;
	}
	if (known_one != NULL)
		return known_one;
	if (!steps(ev, ev->outermost, STEPS_OF_REGEX) ||
	    !bytes(ev, ev->outermost, text.n * BYTES_OF_REGEX)) {
		*ret_why = STR("the program has too many");
		return NULL;
	}
	x = regex_compile_search(ev->regexes, arena_str(ev->a, text).s, words, sizeof(words));
	if (x == NULL)
		*ret_why = arena_str(ev->a, str_c(words));
	map_put(&ev->regex_cache, ev->a, arena_str(ev->a, text),
		x != NULL ? (const void *)x : &no_regex);
	return x;
}

static const struct value *wrong_form(struct evaluator *ev, const struct value *v, struct str form,
				      const struct fit_for *why, struct str help)
{
	struct diag *d = diag_value_pattern(ev->ds, place_of(v, why), why->what, v->text, form);

	fit_labels(ev, d, why);
	if (help.n > 0)
		diag_help(ev->ds, d, STR_F, STR_A(help));
	return &value_poison;
}

static const struct value *fit_string(struct evaluator *ev, const struct value *v,
				      const struct type *t, const struct fit_for *why)
{
	struct str reason;
	const struct regex *x;
	int found;

	if (v->kind != VALUE_TEXT)
		return wrong_kind(ev, v, t, why);
	if (t->has_from || t->has_to) {
		struct number n = number_int((int64_t)utf8_count(v->text));

		if (!within(t, n))
			return out_of_range(ev, v, t,
					    arena_fmt(ev->a, STR_F " characters long",
						      STR_A(number_shown(ev->a, n))),
					    " characters", why);
	}
	if (t->pattern.n == 0)
		return v;
	x = regex_of(ev, t->pattern, &reason);
	if (x == NULL)
		return v; /* what is no expression was said where the type is */
	found = regex_find(ev->regexes, x, v->text, NULL, 0);
	if (found > 0)
		return v;
	if (found < 0 && !steps(ev, ev->outermost, STEPS_OF_SEARCH))
		return &value_poison; /* it took too long, which is no match */
	return wrong_form(ev, v,
			  arena_fmt(ev->a, "a text that matches `" STR_F "`", STR_A(t->pattern)),
			  why, STR(""));
}

static const struct value *fit_pattern(struct evaluator *ev, const struct value *v,
				       const struct type *t, const struct fit_for *why)
{
	const struct pattern *p = t->schema_pattern;

	if (v->kind != VALUE_TEXT)
		return wrong_kind(ev, v, t, why);
	if (p == NULL || pattern_matches(ev->patterns, p, v->text))
		return v;
	return wrong_form(ev, v, p->article, why,
			  p->form.n > 0
				  ? arena_fmt(ev->a, "it looks like this: " STR_F, STR_A(p->form))
				  : STR(""));
}

static const struct value *fit_choice(struct evaluator *ev, const struct value *v,
				      const struct type *t, const struct fit_for *why)
{
	enum { MOST_COMPARED = 100 };
	struct near_name near = {0};
	struct diag *d;
	struct value *typed;
	bool text = t->nchoices > 0 && t->choices[0]->kind == EXPR_TEXT;

	if (v->kind != (text ? VALUE_TEXT : VALUE_NUMBER))
		return wrong_kind(ev, v, t, why);
	if (text ? type_has_text(t, v->text) : type_has_number(t, v->number)) {
		typed = NEW(ev->a, struct value);
		*typed = *v;
		typed->type = t;
		return typed;
	}
	d = diag_value_not_in_enum(ev->ds, place_of(v, why),
				   v->kind == VALUE_TEXT ? v->text : number_shown(ev->a, v->number),
				   why->what);
	fit_labels(ev, d, why);
	for (size_t i = 0; i < t->nchoices && i < MOST_COMPARED && text; i++)
		if (t->choices[i]->text.n > 0)
			near_name_try(&near, v->text, t->choices[i]->text.parts[0].text);
	if (near.name.n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`? It is one of " STR_F,
			  STR_A(near.name), STR_A(type_words(ev->a, t)));
	else
		diag_help(ev->ds, d, "the values are " STR_F, STR_A(type_words(ev->a, t)));
	return &value_poison;
}

/* ---- the catalogue ---- */

static void help_near(struct evaluator *ev, struct diag *d, const struct str *near, unsigned n)
{
	if (n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
}

/* The row of `Image.Os`, whose values are the operating systems. */
static bool is_os(struct str name)
{
	const struct prop *p = &schema_props[PROP_Image_Os];

	for (size_t i = 0; i < p->nvalues; i++)
		if (str_eq(p->values[i].name, name))
			return true;
	return false;
}

bool catalogue_has(struct evaluator *ev, enum catalogue c, struct str name, struct span at)
{
	const struct facts *facts = ev->o->facts;
	struct str near[3];
	struct diag *d;

	if (facts == NULL)
		return true;
	if (c == CATALOGUE_INSTANCE_TYPE) {
		if (facts_instance(facts, name) != NULL)
			return true;
		d = diag_unknown_instance_type(ev->ds, at, name);
		help_near(ev, d, near, facts_instance_near(facts, name, near, 3));
	} else if (c == CATALOGUE_REGION) {
		if (facts_region(facts, name) != NULL)
			return true;
		d = diag_unknown_region(ev->ds, at, name);
		help_near(ev, d, near, facts_region_near(facts, name, near, 3));
	} else {
		if (is_os(name))
			return true;
		d = diag_not_in_enum(ev->ds, at, name, STR("Os"));
		diag_help(ev->ds, d, STR_F,
			  STR_A(values_words(ev->a, &schema_props[PROP_Image_Os], name)));
	}
	return false;
}

static const struct value *fit_catalogue(struct evaluator *ev, const struct value *v,
					 const struct type *t, const struct fit_for *why)
{
	if (v->kind != VALUE_TEXT)
		return wrong_kind(ev, v, t, why);
	return catalogue_has(ev, t->catalogue, v->text, place_of(v, why)) ? v : &value_poison;
}

/* ---- everything ---- */

bool type_same(const struct type *a, const struct type *b)
{
	const struct section *s;

	if (a == b)
		return true;
	if (a == NULL || b == NULL || type_is_list(a) != type_is_list(b))
		return false;
	s = type_section(a);
	return s != NULL && s == type_section(b);
}

static const struct value *fit_list(struct evaluator *ev, const struct value *v,
				    const struct type *t, const struct fit_for *why)
{
	if (v->kind != VALUE_LIST)
		return wrong_kind(ev, v, t, why);
	if (!within(t, number_int((int64_t)v->list.n)))
		return out_of_range(ev, v, t,
				    arena_fmt(ev->a, "a list of %zu item%s", v->list.n,
					      v->list.n == 1 ? "" : "s"),
				    " items", why);
	return fit_items(ev, v, t->item, t, why);
}

static const struct value *fit_kind(struct evaluator *ev, const struct value *v,
				    const struct type *t, const struct fit_for *why)
{
	switch (t->kind) {
	case TYPE_ANY:
		return v;
	case TYPE_BOOL:
		return v->kind == VALUE_BOOL ? v : wrong_kind(ev, v, t, why);
	case TYPE_STRING:
		return fit_string(ev, v, t, why);
	case TYPE_NUMBER:
	case TYPE_INT:
	case TYPE_QUANTITY:
		return fit_number(ev, v, t, why);
	case TYPE_CHOICE:
		return fit_choice(ev, v, t, why);
	case TYPE_LIST:
		return fit_list(ev, v, t, why);
	case TYPE_RECORD:
	case TYPE_FREE:
	case TYPE_SECTION:
		return is_section(v) ? fit_section(ev, v, t, why) : wrong_kind(ev, v, t, why);
	case TYPE_CATALOGUE:
		return fit_catalogue(ev, v, t, why);
	case TYPE_PATTERN:
		return fit_pattern(ev, v, t, why);
	case TYPE_PROP:
		return fit_prop(ev, v, t, why);
	}
	BUG("no such kind of type");
}

const struct value *fit(struct evaluator *ev, const struct value *v, const struct type *t,
			const struct fit_for *why)
{
	if (t == NULL || is_poison(v) || (v->checked && type_same(v->type, t)))
		return v;
	if (v->kind == VALUE_NULL)
		return t->optional || t->kind == TYPE_ANY || t->kind == TYPE_PROP
			       ? v
			       : wrong_kind(ev, v, t, why);
	if (v->kind == VALUE_TEXT && t->alone != NULL)
		t = t->alone;
	if (v->kind == VALUE_OPEN_LIST || (v->kind == VALUE_TEXT && v->open))
		return fit_open(ev, v, t, why);
	if (v->kind == VALUE_TEXT && t->kind != TYPE_ANY && !text_steps(ev, ev->outermost, v->text))
		return &value_poison;
	return fit_kind(ev, v, t, why);
}
