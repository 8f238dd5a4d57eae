/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment.c - the section Parameters: what each parameter is, and which values it may have.
 *
 * It is read before the walk, since references may stand above it. That its properties exist and are mappings is the
 * walk's to say; what their values mean is said here.
 */
#include "compiler/check/coerce.h"
#include "compiler/check/open_value.h"
#include "compiler/schema/limits.h"

#include <stdio.h>
#include <stdlib.h>

struct deployment *deployment_of(struct check *c)
{
	if (c->deployment == NULL)
		c->deployment = NEW(c->a, struct deployment);
	return c->deployment;
}

static void bad_value(struct check *c, struct stack_parameter *p, const struct node *v)
{
	struct diag *d;

	p->faulty = true;
	if (v->poisoned)
		return;
	if (v->open) {
		d = diag_must_be_known(c->ds, v->at, STR("AllowedValues"));
		diag_note(c->ds, d, "a parameter cannot depend on another value of the deployment");
		return;
	}
	d = diag_bad_parameter_value(c->ds, v->at, shown(c, flow_text(c->a, v)), p->name,
				     parameter_words(c->a, p));
	diag_label(c->ds, d, p->type_at, "its type");
	if (p->form != NULL && v->kind == NODE_STRING &&
	    pattern_matches(c->patterns, p->form, v->text) &&
	    !pattern_takes_parameter(c->patterns, p->form, v->text)) {
		diag_note(c->ds, d, "a deployment may give what matches `%s`",
			  p->form->template_regex);
		diag_help(c->ds, d, "give the parameter the type `%s` to take more",
			  p->list ? "[string]" : "string");
	} else if (p->form != NULL && !p->list)
		diag_help(c->ds, d, "its form is " STR_F "; for example `" STR_F "`",
			  STR_A(p->form->form), STR_A(p->form->example));
	else if (v->big)
		diag_help(c->ds, d, "a whole number has at most 18 digits; longer ones are text");
	else if (v->kind != NODE_STRING && v->plain && p->kind == PARAMETER_TEXT)
		diag_help(c->ds, d, "write it in quotes: \"" STR_F "\"", STR_A(v->text));
}

static bool same_value(const struct node *a, const struct node *b)
{
	return str_eq(a->text, b->text);
}

/* x without an exponent, in as few digits as tell it from all other numbers. */
static struct str plain_number(struct arena *a, double x)
{
	enum { MOST_DECIMALS = 40 };
	char digits[400]; /* a double has at most 309 before the point */

	for (int n = 0; n <= MOST_DECIMALS; n++) {
		snprintf(digits, sizeof(digits), "%.*f", n, x);
		if (strtod(digits, NULL) == x)
			break;
	}
	return arena_fmt(a, "%s", digits);
}

/*
 * A value of p as templates and conditions compare it: numbers in digits, bools as true and false. v itself where it is
 * text, or none of these.
 */
static const struct node *canonical(struct check *c, const struct stack_parameter *p,
				    const struct node *v)
{
	struct node *n;
	int64_t i = 0;
	double x = 0;
	bool b = false;

	if (p->kind == PARAMETER_TEXT || !parameter_takes(c, p, v))
		return v;
	n = NEW(c->a, struct node);
	*n = *v;
	if (p->kind == PARAMETER_BOOL) {
		coerce_bool(v, &b);
		n->kind = NODE_BOOL;
		n->boolean = b;
		n->text = b ? STR("true") : STR("false");
	} else if (p->kind == PARAMETER_INT || v->kind == NODE_INT) {
		coerce_int(v, &i);
		n->kind = NODE_INT;
		n->integer = i;
		n->text = arena_fmt(c->a, "%lld", (long long)i);
	} else {
		coerce_number(v, &x);
		n->kind = NODE_FLOAT;
		n->number = x;
		n->text = plain_number(c->a, x);
	}
	return n;
}

/* Reports an item of a list that CloudFormation would read as another one, or as several; false for that. */
static bool item_stays(struct check *c, struct stack_parameter *p, const struct node *v)
{
	struct diag *d;

	if (!p->list || v->kind != NODE_STRING ||
	    (str_find(v->text, ',', 0) == v->text.n && str_eq(str_trim(v->text), v->text)))
		return true;
	p->faulty = true;
	d = diag_item_splits(c->ds, v->at, shown(c, v->text), p->name);
	diag_note(
		c->ds, d,
		"the items stand in one text, with commas between; blanks around them are cut off");
	diag_label(c->ds, d, p->type_at, "a list");
	diag_help(c->ds, d,
		  "write each as an item of its own, or give the parameter the type `string`");
	return false;
}

/* Reports values that are alike, and those that are none of p. */
static void check_allowed(struct check *c, struct stack_parameter *p)
{
	struct map *seen = NEW(c->a, struct map);

	for (size_t i = 0; i < p->nvalues; i++) {
		const struct node *item = p->values[i];
		const struct node *first = map_get(seen, item->text);

		if (first == NULL || item->poisoned || item->text.n == 0) {
			map_put(seen, c->a, item->text, item);
		} else {
			diag_label(c->ds,
				   diag_duplicate_name(c->ds, item->at, STR("AllowedValues"),
						       shown(c, item->text)),
				   first->at, "the first one");
			p->faulty = true;
		}
		if (!parameter_takes(c, p, item))
			bad_value(c, p, item);
		else
			item_stays(c, p, item);
	}
	p->allowed = seen;
}

static void read_allowed(struct check *c, struct stack_parameter *p, const struct node *v)
{
	const struct node **values;

	if (v->kind != NODE_LIST) {
		p->faulty = true;
		if (!v->poisoned && !v->open)
			wrong_type(c, NULL, STR("AllowedValues"), "a list", v);
		return;
	}
	values = NEW_ARRAY(c->a, const struct node *, v->list.n);
	if (v->list.n == 0) {
		p->faulty = true;
		diag_bad_count(c->ds, v->at, STR("AllowedValues"), 0, STR("at least 1 item"));
	}
	for (size_t i = 0; i < v->list.n; i++)
		values[i] = canonical(c, p, v->list.items[i]);
	p->values = values;
	p->nvalues = v->list.n;
	check_allowed(c, p);
}

/* A default, or an item of it where p is a list. */
static void check_default(struct check *c, struct stack_parameter *p, const struct node *v)
{
	struct diag *d;

	if (!parameter_takes(c, p, v)) {
		bad_value(c, p, v);
	} else if (!item_stays(c, p, v)) {
		return;
	} else if (p->allowed != NULL && map_get(p->allowed, v->text) == NULL) {
		d = diag_default_not_allowed(c->ds, v->at, shown(c, v->text));
		diag_help(c->ds, d, "add it to %s, or take one of these",
			  in_language(c, "`AllowedValues`", "the type"));
		p->faulty = true;
	}
}

static const struct node *canonical_list(struct check *c, const struct stack_parameter *p,
					 const struct node *v)
{
	const struct node **items = NEW_ARRAY(c->a, const struct node *, v->list.n);
	struct node *n = NEW(c->a, struct node);

	for (size_t i = 0; i < v->list.n; i++)
		items[i] = canonical(c, p, v->list.items[i]);
	*n = *v;
	n->list.items = items;
	return n;
}

static void read_default(struct check *c, struct stack_parameter *p, const struct node *v)
{
	p->given = v =
		p->list && v->kind == NODE_LIST ? canonical_list(c, p, v) : canonical(c, p, v);
	if (v->kind == NODE_NULL || v->open) {
		p->given = NULL; /* the walk says that it is empty, or left open */
		p->faulty = true;
	} else if (!p->list) {
		check_default(c, p, v);
	} else if (v->kind != NODE_LIST) {
		bad_value(c, p, v);
	} else {
		for (size_t i = 0; i < v->list.n; i++)
			check_default(c, p, v->list.items[i]);
	}
}

/* true and false, which a bool may be without a list that says so. */
static void allow_bools(struct check *c, struct stack_parameter *p)
{
	const struct node **values = NEW_ARRAY(c->a, const struct node *, 2);

	for (size_t i = 0; i < 2; i++) {
		struct node *v = NEW(c->a, struct node);

		*v = (struct node){.kind = NODE_BOOL,
				   .plain = true,
				   .at = p->type_at,
				   .text = i == 0 ? STR("true") : STR("false"),
				   .boolean = i == 0};
		values[i] = v;
	}
	p->values = values;
	p->nvalues = 2;
}

static void read_parameter(struct check *c, struct stack_parameter *p, const struct entry *e)
{
	const struct node *type = tree_get(e->value, STR("Type"));
	const struct node *allowed = tree_get(e->value, STR("AllowedValues"));
	const struct node *given = tree_get(e->value, STR("Default"));
	const struct node *text = tree_get(e->value, STR("Description"));
	struct reference named;

	*p = (struct stack_parameter){.name = e->key, .at = e->key_at};
	if (reference_read(arena_fmt(c->a, "param." STR_F, STR_A(e->key)), &named) !=
	    REFERENCE_OK) {
		p->faulty = true; /* the walk says of which form a name is */
		return;
	}
	if (str_eq(p->name, STR(ENVIRONMENT_STACK_PARAMETER))) {
		diag_help(c->ds, diag_reserved_parameter(c->ds, e->key_at, p->name),
			  "write the section `Environment`; its `Stack` is the default of that "
			  "parameter");
		p->faulty = true;
		return;
	}
	if (type == NULL || type->kind == NODE_NULL || !parameter_type_read(c, p, type)) {
		p->faulty = true; /* the walk says that it is missing or empty */
		return;
	}
	if (text != NULL && text->kind == NODE_STRING)
		p->description = text->text;
	if (allowed != NULL && allowed->kind != NODE_NULL)
		read_allowed(c, p, allowed);
	else if (p->kind == PARAMETER_BOOL && !p->list)
		allow_bools(c, p);
	if (given != NULL && !p->faulty)
		read_default(c, p, given);
	if (c->choices != NULL)
		p->choice = c->choices[p - c->deployment->parameters];
	else
		for (size_t i = 0; p->given != NULL && i < p->nvalues; i++)
			if (same_value(p->values[i], p->given))
				p->choice = i;
}

void deployment_read(struct check *c, const struct node *root)
{
	const struct node *parameters = tree_get(root, STR("Parameters"));
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	const struct node *stack = tree_get(tree_get(root, environment->name), STR("Stack"));
	struct deployment *d;

	if (kind_has(c, environment) && stack != NULL && stack->kind == NODE_STRING &&
	    !stack->open) {
		d = deployment_of(c);
		d->stack = stack->text;
		d->stack_at = stack->at;
	} else if (c->stack.n > 0) {
		d = deployment_of(c);
		d->stack = c->stack;
		d->stack_at = c->stack_at;
	}
	if (parameters == NULL || parameters->kind != NODE_MAP || c->knows != 0)
		return;
	d = deployment_of(c);
	d->parameters = NEW_ARRAY(c->a, struct stack_parameter, parameters->map.n);
	for (size_t i = 0; i < parameters->map.n; i++) {
		const struct entry *e = &parameters->map.entries[i];
		struct stack_parameter *p = &d->parameters[d->nparameters];

		if (deployment_parameter(d, e->key) != NULL)
			continue; /* one that a mapping merged in, and that the own one overrides */
		read_parameter(c, p, e);
		map_put(&d->by_name, c->a, p->name, p);
		d->nparameters++;
	}
}

/* Has a text of the file a fault that kept its references from being read? Any parameter may stand in it. */
static bool is_text_unread(const struct diags *ds)
{
	for (const struct diag *d = ds != NULL ? ds->first : NULL; d != NULL; d = d->next)
		if (d->id == DIAG_unset_variable || d->id == DIAG_bad_variable_reference ||
		    d->id == DIAG_no_such_kind || d->id == DIAG_bad_reference)
			return true;
	return false;
}

void deployment_finish(struct check *c)
{
	struct deployment *d = c->deployment;
	bool unread = is_text_unread(c->ds) || is_text_unread(c->read);

	for (size_t i = 0; d != NULL && i < d->nparameters; i++) {
		struct stack_parameter *p = &d->parameters[i];

		if (p->used && !p->faulty && p->chosen && p->nvalues == 1 && !p->open)
			diag_help(c->ds, diag_parameter_is_fixed(c->ds, p->at, p->name),
				  "write `" STR_F
				  "` where the parameter stands, or allow more values",
				  STR_A(p->values[0]->text));
		if (p->used || p->faulty || unread)
			continue;
		diag_help(c->ds, diag_unused_parameter(c->ds, p->at, p->name),
			  "write `${param." STR_F "}` where its value belongs, or leave it out",
			  STR_A(p->name));
	}
}
