/* SPDX-License-Identifier: Apache-2.0 */
/* open_fit.c - texts with references as they would be with something in the place of each. */
#include "compiler/check/open_fit.h"

#include "compiler/base/buf.h"

const struct foundation *output_ground(const struct open_text *t, const struct reference *r)
{
	if (r->kind == REFERENCE_ENVIRONMENT)
		return t->c->on;
	if (r->kind != REFERENCE_STACK)
		return NULL;
	return str_eq(r->stack, deployment_of(t->c)->stack)
		       ? t->c->on
		       : foundation_of_stack(t->c->others, r->stack);
}

const struct env_export *output_export(const struct open_text *t, const struct reference *r)
{
	const struct foundation *on = output_ground(t, r);

	return on != NULL ? export_named(&on->exports, r->name) : NULL;
}

const struct env_export *output_list(const struct open_text *t, const struct reference *r)
{
	const struct env_export *e = output_export(t, r);

	return e != NULL && e->what == EXPORT_SUBNETS ? e : NULL;
}

/* ---- what is known of a reference ---- */

static struct stack_parameter *parameter_of(const struct open_text *t, const struct reference *r)
{
	return r->kind == REFERENCE_PARAMETER ? deployment_parameter(t->c->deployment, r->name)
					      : NULL;
}

/* Of which kind an output is, by the file of the environment or by a name that is the same in all. */
static bool output_kind(const struct open_text *t, const struct reference *r, enum export_what *ret)
{
	bool at_hand = output_ground(t, r) != NULL;
	const struct env_export *e = output_export(t, r);

	if (r->kind == REFERENCE_PARAMETER)
		return false;
	if (e != NULL)
		*ret = e->what;
	else if (at_hand || r->kind == REFERENCE_STACK || !export_usual(r->name, ret))
		return false;
	if (*ret == EXPORT_SUBNETS)
		*ret = EXPORT_SUBNET;
	return true;
}

/* The value that a parameter, or the item that is named of a list, has while nobody gives one; NULL for none. */
static const struct node *likely(const struct stack_parameter *p, const struct reference *r)
{
	const struct node *v = parameter_likely(p);

	if (v == NULL || v->kind != NODE_LIST)
		return v;
	return r->has_index && r->index < v->list.n ? v->list.items[r->index] : NULL;
}

/* What is known to stand in the place of r; false where nothing is. */
static bool known_text(const struct open_text *t, const struct reference *r, struct str *ret)
{
	const struct stack_parameter *p = parameter_of(t, r);
	const struct node *v = p != NULL ? likely(p, r) : NULL;
	enum export_what what;

	if (v != NULL)
		*ret = v->text;
	else if (p != NULL && p->form != NULL)
		*ret = p->form->example;
	else if (output_kind(t, r, &what))
		*ret = export_example(what);
	else
		return false;
	return true;
}

/* ---- texts in parts ---- */

/* A piece of a text: what is known of it, or a reference of which nothing is known. */
struct part {
	bool unknown;
	struct str text;
	struct reference to;
};

struct parts {
	struct part *items;
	size_t n;
	bool unknown; /* one is */
	bool foreign; /* of those one is an output */
};

/* The parts of the text; p, if not NULL, has the value `with`. */
static struct parts parts_of(const struct open_text *t, const struct stack_parameter *p,
			     const struct node *with)
{
	struct str rest = t->v->text;
	struct text_piece piece;
	struct parts all = {0};

	while (text_next(&rest, &piece))
		all.n++;
	all.items = NEW_ARRAY(t->c->a, struct part, all.n);
	rest = t->v->text;
	for (size_t i = 0; text_next(&rest, &piece); i++) {
		struct part *part = &all.items[i];

		part->text = piece.text;
		if (!piece.open)
			continue;
		part->to = reference_of(piece.text);
		if (p != NULL && parameter_of(t, &part->to) == p)
			part->text = with->text;
		else
			part->unknown = !known_text(t, &part->to, &part->text);
		all.unknown |= part->unknown;
		all.foreign |= part->unknown && part->to.kind != REFERENCE_PARAMETER;
	}
	return all;
}

/* ---- guesses ---- */

/*
 * Nobody knows what a text will be of which nothing is said: it may stand where it can fit at all. These are tried,
 * each in all such places at once. Ids are exported whole, so no part of one is tried for an output.
 */
static const char id_digits[] = "0123456789abcdef0";
static const struct str guesses[] = {
	STR_INIT("a"),
	STR_INIT("123456789012"),
	STR_INIT("example.com"),
	STR_INIT("https://example.com"),
	STR_INIT("s3://amzn-s3-demo-bucket"),
	STR_INIT("arn:aws:iam::123456789012:role/a"),
};

enum { ID_DIGITS = sizeof(id_digits) - 1 };

static struct str guess(const struct open_text *t, const struct reference *r, size_t k)
{
	const struct stack_parameter *p = parameter_of(t, r);

	if (p != NULL && p->kind == PARAMETER_BOOL)
		return STR("true");
	if (p != NULL && p->kind != PARAMETER_TEXT)
		return k == 1 ? guesses[k] : STR("1");
	return k < ARRAY_LEN(guesses) ? guesses[k]
				      : str_slice(STR(id_digits), 0, k - ARRAY_LEN(guesses) + 1);
}

/* The text with the k-th guess for what is unknown of it. */
static struct node *guessed(const struct open_text *t, const struct parts *all, size_t k,
			    struct span at)
{
	struct buf b = buf_in(t->c->a);
	struct node *n = NEW(t->c->a, struct node);

	for (size_t i = 0; i < all->n; i++)
		buf_add(&b, all->items[i].unknown ? guess(t, &all->items[i].to, k)
						  : all->items[i].text);
	*n = (struct node){.kind = NODE_STRING, .text = buf_str(&b), .at = at};
	return n;
}

/* Is what is known of the text, in its order, a part of the example of the pattern? Then that may be the text. */
static bool is_of_example(const struct open_text *t, const struct parts *all)
{
	struct str rest = t->prop->pattern->example;
	bool gap = false;

	for (size_t i = 0; i < all->n; i++) {
		struct str text = all->items[i].text;
		size_t at;

		if (all->items[i].unknown) {
			gap = true;
			continue;
		}
		if (i + 1 == all->n)
			return gap ? str_ends(rest, text) : str_eq(rest, text);
		at = str_find_str(rest, text, 0);
		if (at == SIZE_MAX || (at > 0 && !gap))
			return false;
		rest = str_slice(rest, at + text.n, rest.n);
		gap = false;
	}
	return gap || rest.n == 0;
}

/* Is v a value of the property, without a word of it? */
static bool is_value(const struct open_text *t, const struct node *v)
{
	struct diags *told = t->c->ds, silent = {.arena = t->c->a};
	bool ok;

	t->c->ds = &silent;
	ok = text_ok(t->c, t->prop, v);
	t->c->ds = told;
	return ok;
}

static bool is_id(const struct pattern *p)
{
	return p != NULL && str_ends(p->name, STR("_id"));
}

/* The text as it may be, a value of the property; NULL where it cannot be one. */
static struct node *possible(const struct open_text *t, const struct parts *all, struct span at)
{
	bool whole_ids = all->foreign && is_id(t->prop->pattern);
	size_t n = !all->unknown ? 1 : ARRAY_LEN(guesses) + (whole_ids ? 0 : ID_DIGITS);
	struct node *v;

	for (size_t k = 0; k < n; k++)
		if (is_value(t, v = guessed(t, all, k, at)))
			return v;
	if (whole_ids || t->prop->pattern == NULL || !is_of_example(t, all))
		return NULL;
	v = NEW(t->c->a, struct node);
	*v = (struct node){.kind = NODE_STRING, .text = t->prop->pattern->example, .at = at};
	return v;
}

/* ---- values of parameters ---- */

/*
 * All values of parameters in all texts that they are a part of: so many bytes are judged, which is a second for a
 * whole file, and nothing that people write comes near.
 */
enum { MOST_JUDGED = 4 << 20, EACH_JUDGED = 64 };

/* Is there more to judge than should be? Reported, once for the file. */
static bool is_too_much(const struct open_text *t, struct stack_parameter *p)
{
	struct deployment *d = t->c->deployment;
	struct diag *diag;

	d->judged += t->v->text.n + EACH_JUDGED;
	if (d->judged <= MOST_JUDGED)
		return false;
	p->faulty = true;
	if (!d->too_much) {
		diag = diag_too_many_values(t->c->ds, p->at, p->name);
		diag_help(t->c->ds, diag,
			  "take values out of %s, or write the parameter in fewer places",
			  in_language(t->c, "`AllowedValues`", "its type"));
	}
	d->too_much = true;
	return true;
}

/* Judges a value of p as if it stood where the reference does. */
static bool value_fits(const struct open_text *t, struct stack_parameter *p,
		       const struct node *value)
{
	struct diag *before = t->c->ds->last;
	struct parts all;

	if (p->faulty || is_too_much(t, p))
		return false;
	all = parts_of(t, p, value);
	if (possible(t, &all, value->at) != NULL)
		return true;
	p->faulty = true;
	text_ok(t->c, t->prop, guessed(t, &all, 0, value->at));
	if (t->c->ds->last != before)
		diag_label(t->c->ds, t->c->ds->last, t->v->at, "the parameter stands here");
	return false;
}

/* Reports that the default of p has no item of that number. */
static bool no_item(const struct open_text *t, struct stack_parameter *p, size_t n)
{
	struct diag *d = diag_no_such_item(t->c->ds, t->v->at, p->name, n);

	diag_label(t->c->ds, d, p->given->at, "its default");
	p->faulty = true;
	return false;
}

static bool list_default_fits(const struct open_text *t, struct stack_parameter *p,
			      const struct reference *r)
{
	const struct node *given = p->given;
	bool ok = true;

	if (given == NULL || given->kind != NODE_LIST)
		return true;
	if (r->has_index)
		return r->index < given->list.n ? value_fits(t, p, given->list.items[r->index])
						: no_item(t, p, given->list.n);
	if (t->place == PLACE_LIST && !count_ok(t->c, t->prop, given->list.n, given->at)) {
		p->faulty = true;
		return false;
	}
	for (size_t i = 0; ok && i < given->list.n; i++)
		ok = value_fits(t, p, given->list.items[i]);
	return ok;
}

/* Judges all that is known of the values of p; false when one is faulty (reported). */
static bool values_fit(const struct open_text *t, struct stack_parameter *p,
		       const struct reference *r)
{
	bool ok = true;

	for (size_t i = 0; ok && i < p->nvalues; i++)
		ok = value_fits(t, p, p->values[i]);
	if (p->list)
		return ok && list_default_fits(t, p, r);
	if (ok && p->given != NULL && p->nvalues == 0)
		ok = value_fits(t, p, p->given);
	return ok;
}

/* Is the text the property's form, so that nothing else quotes it? */
static bool is_strict(const struct prop *prop)
{
	return prop->pattern != NULL && prop->writer.n == 0;
}

/* Would the text be none of the property with `*` for p? In a batch file it may be a name of something in rights. */
static bool refuses_wildcard(const struct open_text *t, const struct stack_parameter *p)
{
	const struct node any = {.kind = NODE_STRING, .text = STR_INIT("*"), .at = t->v->at};
	struct parts all;

	if ((t->c->variant & BATCH) == 0 || !t->prop->open || p->kind != PARAMETER_TEXT)
		return false;
	all = parts_of(t, p, &any);
	return possible(t, &all, any.at) == NULL;
}

/* Notes what properties ask of a parameter. */
static void note_asked(const struct open_text *t, struct stack_parameter *p)
{
	if (!t->whole) {
		p->part |= t->prop->open && is_strict(t->prop);
		p->exact = p->exact || refuses_wildcard(t, p);
		return;
	}
	if (t->prop->open && (p->asked == NULL || (!p->asked_strictly && is_strict(t->prop)) ||
			      (p->asked == p->form && is_strict(t->prop)))) {
		p->asked = t->prop->pattern;
		p->asked_strictly = is_strict(t->prop);
	}
	if (p->number == NULL && (t->prop->has & (HAS_MIN | HAS_MAX)) != 0)
		p->number = t->prop;
}

/* Was p judged here already: at this property alone, or in this text? */
static bool is_judged(const struct open_text *t, struct stack_parameter *p,
		      const struct reference *r)
{
	const void *here = t->whole ? (const void *)t->prop : t->v;

	if (r->has_index)
		return false;
	if (p->judged == here)
		return true;
	p->judged = here;
	return false;
}

/* The parameters of the text: what they are asked, and at an open property all of their values; false on a fault. */
static bool parameters_fit(const struct open_text *t)
{
	struct str rest = t->v->text;
	struct reference r;
	bool ok = true;

	while (text_next_reference(&rest, &r)) {
		struct stack_parameter *p = parameter_of(t, &r);

		if (p == NULL)
			continue;
		note_asked(t, p);
		if (t->prop->open && !is_judged(t, p, &r))
			ok = values_fit(t, p, &r) && ok;
	}
	return ok;
}

/* ---- the text ---- */

/* Says what the parts are of which that is known. */
static void tell_parts(const struct open_text *t, struct diag *d, const struct parts *all)
{
	enum export_what what;

	for (size_t i = 0; i < all->n; i++) {
		const struct part *part = &all->items[i];
		const struct stack_parameter *p = parameter_of(t, &part->to);
		struct str name = part->to.name;

		if (part->unknown || name.n == 0)
			continue;
		if (p != NULL)
			diag_note(t->c->ds, d, "the parameter `" STR_F "` is " STR_F, STR_A(name),
				  STR_A(parameter_words(t->c->a, p)));
		else if (output_kind(t, &part->to, &what))
			diag_note(t->c->ds, d, "`${env." STR_F "}` is " STR_F, STR_A(name),
				  STR_A(export_words(what)));
	}
}

/* Would the text be a value of the property without what is around its only reference? */
static bool fits_alone(const struct open_text *t, const struct parts *all)
{
	const struct part *only = NULL;

	for (size_t i = 0; i < all->n; i++) {
		if (all->items[i].to.name.n == 0)
			continue;
		if (only != NULL)
			return false;
		only = &all->items[i];
	}
	return only != NULL &&
	       (only->unknown ||
		is_value(t,
			 &(struct node){.kind = NODE_STRING, .text = only->text, .at = t->v->at}));
}

struct str reference_words(const struct open_text *t)
{
	struct str rest = t->v->text;
	struct text_piece piece;

	while (text_next(&rest, &piece) && !piece.open)
		;
	return text_shown(t->c->a, text_refer(t->c->a, piece.text));
}

/* Reports a text that cannot be a value of the property. */
static void does_not_fit(const struct open_text *t, const struct parts *all)
{
	const struct pattern *form = t->prop->pattern;
	struct node *v = guessed(t, all, 0, t->v->at);
	struct diag *d;

	if (form == NULL || pattern_matches(t->c->patterns, form, v->text)) {
		text_ok(t->c, t->prop, v); /* it is too long, or what no text may be */
		return;
	}
	d = diag_text_does_not_fit(t->c->ds, t->v->at, shown(t->c, text_shown(t->c->a, t->v->text)),
				   form->article, t->prop->name);
	tell_parts(t, d, all);
	if (fits_alone(t, all))
		diag_help(t->c->ds, d, "write `" STR_F "` alone", STR_A(reference_words(t)));
	else
		diag_help(t->c->ds, d, "its form is " STR_F "; for example `" STR_F "`",
			  STR_A(form->form), STR_A(form->example));
}

bool open_fits(const struct open_text *t)
{
	struct parts all;
	const struct node *v;

	if (!parameters_fit(t))
		return false;
	if (!t->prop->open || t->whole)
		return true;
	all = parts_of(t, NULL, NULL);
	v = possible(t, &all, t->v->at);
	if (v == NULL) {
		does_not_fit(t, &all);
		return false;
	}
	remark_lookalikes(t->c, t->prop, v);
	return true;
}
