/* SPDX-License-Identifier: Apache-2.0 */
/* open_value.c - what a reference names, whether it may stand where it does, and whether each value it may have may. */
#include "compiler/check/open_value.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/check/open_fit.h"

/* ---- what a reference names ---- */

static void note_use(const struct open_text *t, struct reference to)
{
	struct deployment *d = deployment_of(t->c);

	d->uses = arena_grow(t->c->a, d->uses, sizeof(*d->uses), d->nuses, &d->capuses);
	d->uses[d->nuses++] =
		(struct reference_use){to, t->v->at, t->prop, t->c->in->path, t->whole, false};
}

static struct str written(const struct open_text *t, struct str body)
{
	return arena_fmt(t->c->a, "${" STR_F "}", STR_A(body));
}

/* The parameter that `name` is most likely a misspelling of, or NULL. */
static struct stack_parameter *near_parameter(const struct deployment *d, struct str name)
{
	enum {
		MOST_NAMES = 100,
		MOST_PARAMETERS = 500
	}; /* looked at: a template has at most 200 */
	unsigned best = near_limit(name) + 1;
	struct stack_parameter *near = NULL;

	for (size_t i = 0; i < d->nparameters && i < MOST_PARAMETERS && d->unknown.n < MOST_NAMES;
	     i++) {
		unsigned distance = edit_distance(name, d->parameters[i].name, best - 1);

		if (distance >= best)
			continue;
		best = distance;
		near = &d->parameters[i];
		if (best == 0)
			break;
	}
	return near;
}

/* Reports, once for each name, that there is no such parameter. The one that is meant counts as used. */
static bool unknown_parameter(const struct open_text *t, struct str name)
{
	const struct node *parameters = tree_get(t->c->root, STR("Parameters"));
	struct deployment *d = t->c->deployment;
	struct stack_parameter *near;
	struct diag *diag;

	if (parameters != NULL && (parameters->kind != NODE_MAP || t->c->knows != 0))
		return false; /* nobody knows which there are, and the walk says why */
	if (map_get(&d->unknown, name) != NULL)
		return false;
	diag = diag_unknown_parameter(t->c->ds, t->v->at, shown(t->c, name));
	near = near_parameter(d, name);
	map_put(&d->unknown, t->c->a, name, diag);
	if (near != NULL) {
		near->used = true;
		diag_help(t->c->ds, diag, "did you mean `${param." STR_F "}`?", STR_A(near->name));
	} else {
		diag_help(t->c->ds, diag,
			  "declare it: `Parameters: {" STR_F
			  ": {Type: string}}` at the top of the file",
			  STR_A(name));
	}
	return false;
}

/* Reports that a list stands where one value is wanted, or the other way round. */
static bool list_or_not(const struct open_text *t, struct str body, bool is_list)
{
	struct check *c = t->c;
	struct diag *d;

	if (is_list) {
		d = diag_list_or_not(c->ds, t->v->at, written(t, body),
				     "is a list, and one value is wanted");
		diag_help(c->ds, d, "`${" STR_F "[0]}` is its first item", STR_A(body));
		if (t->place == PLACE_ITEM && t->whole)
			diag_help(c->ds, d,
				  "or write `" STR_F ": ${" STR_F "}` for all of it, without %s",
				  STR_A(t->prop->name), STR_A(body),
				  in_language(c, "a dash", "brackets"));
	} else if (t->place == PLACE_LIST) {
		d = diag_list_or_not(c->ds, t->v->at, written(t, body),
				     "is one value, and a list is wanted");
		diag_help(c->ds, d, "write `" STR_F ": [\"${" STR_F "}\"]`", STR_A(t->prop->name),
			  STR_A(body));
	} else {
		diag_list_or_not(c->ds, t->v->at, written(t, body),
				 "is one value, not a list with items");
	}
	return false;
}

/* Is a list wanted, and is the reference alone there? */
static bool wants_list(const struct open_text *t)
{
	return t->place == PLACE_LIST && t->whole;
}

static bool parameter_ok(const struct open_text *t, struct str body, const struct reference *r)
{
	struct stack_parameter *p = deployment_parameter(deployment_of(t->c), r->name);
	bool whole_list;
	struct diag *d;

	if (p == NULL)
		return unknown_parameter(t, r->name);
	p->used = true;
	p->open |= t->prop->open;
	whole_list = p->list && !r->has_index;
	if (p->faulty)
		return false;
	if (r->has_index && !p->list)
		return list_or_not(t, body, false);
	if (whole_list != (t->place == PLACE_LIST))
		return list_or_not(t, body, whole_list);
	if (!t->prop->open || !t->whole || parameter_fits(t->c, p, t->prop))
		return true;
	d = diag_parameter_does_not_fit(t->c->ds, t->v->at, p->name, parameter_words(t->c->a, p),
					t->prop->name,
					t->prop->pattern != NULL ? t->prop->pattern->article
								 : STR("the name of a key pair"));
	diag_label(t->c->ds, d, p->type_at, "its type");
	return false;
}

/* Reports, once for the file, that it stands on no environment; not where the section is there, or means to be. */
static void no_environment(const struct open_text *t, struct str body, struct str name)
{
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	struct check *c = t->c;
	struct scope root = {.schema = &schema_sections[c->kind->root], .node = c->root};
	struct deployment *d = deployment_of(c);
	struct diag *diag;

	if (d->no_environment || tree_get(c->root, environment->name) != NULL ||
	    is_misspelt(c, &root, environment))
		return;
	d->no_environment = true;
	diag = diag_no_environment(c->ds, t->v->at, written(t, body));
	if (kind_has(c, environment))
		diag_help(c->ds, diag,
			  "add `Environment: {Stack: NAME}` with the name of its stack");
	else
		diag_help(c->ds, diag, "write `${stack.NAME." STR_F "}` with the name of the stack",
			  STR_A(name));
}

/* May the file, of this kind, name the file of the environment that r is of, and does it not yet? */
static bool may_name_file(struct check *c, const struct reference *r)
{
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	struct str file = schema_props[PROP_EnvironmentReference_File].name;

	return (r->kind == REFERENCE_ENVIRONMENT || str_eq(r->stack, deployment_of(c)->stack)) &&
	       kind_has(c, environment) &&
	       tree_get(tree_get(c->root, environment->name), file) == NULL;
}

/* How the items become known: by the file of the environment, or one by one. */
static void help_items(const struct open_text *t, const struct reference *r, struct diag *d)
{
	struct check *c = t->c;
	bool list = t->place == PLACE_LIST, file = may_name_file(c, r);
	struct str one = r->kind == REFERENCE_ENVIRONMENT
				 ? STR("${env.NAME}")
				 : arena_fmt(c->a, "${stack." STR_F ".NAME}", STR_A(r->stack));

	if (file)
		diag_help(c->ds, d,
			  "name the file of the environment: `Environment: {Stack: " STR_F
			  ", File: env.yaml}`",
			  STR_A(deployment_of(c)->stack));
	diag_help(c->ds, d, "%sname each output: `%s" STR_F "%s`", file ? "or " : "",
		  list ? "[\"" : "", STR_A(one), list ? "\"]" : "");
}

/* An output of the stack itself, which is never a list. A rule tells which there are. */
static bool own_output_ok(const struct open_text *t, struct str body, const struct reference *r)
{
	struct check *c = t->c;

	if ((c->variant & BATCH) == 0) {
		diag_help(c->ds, diag_bad_reference(c->ds, t->v->at, written(t, body)),
			  "only a batch file can name outputs of its own stack");
		return false;
	}
	return (t->place != PLACE_LIST && !r->has_index) || list_or_not(t, body, false);
}

/* An output of the environment that the file stands on, or of another stack, that is no list as far as is known. */
static bool output_ok(const struct open_text *t, struct str body, const struct reference *r)
{
	struct check *c = t->c;
	struct diag *d;

	if (r->kind == REFERENCE_SELF)
		return own_output_ok(t, body, r);
	if (r->kind == REFERENCE_ENVIRONMENT && deployment_of(c)->stack.n == 0) {
		no_environment(t, body, r->name);
		return false;
	}
	if (t->place != PLACE_LIST && !r->has_index)
		return true;
	if (t->place == PLACE_LIST && r->has_index)
		return list_or_not(t, body, false);
	if (output_ground(t, r) != NULL) /* of outputs that there are not a rule tells */
		return output_export(t, r) != NULL && list_or_not(t, body, false);
	d = diag_items_unknown(c->ds, t->v->at, written(t, body));
	diag_note(c->ds, d,
		  "items of lists are exported one by one, so that a list can change while it is "
		  "used");
	help_items(t, r, d);
	return false;
}

/* Reports that the list has no item of that number. */
static bool no_such_item(const struct open_text *t, struct str body, const struct env_export *list)
{
	struct diag *d = diag_no_such_item(t->c->ds, t->v->at, list->name, list->nmembers);

	diag_help(t->c->ds, d, "write `${" STR_F "[%zu]}` or less",
		  STR_A(str_slice(body, 0, str_find(body, '[', 0))), list->nmembers - 1);
	return false;
}

/* ---- properties whose value must be known ---- */

static const struct node *must_be_known(const struct open_text *t, const struct stack_parameter *p)
{
	struct diag *d = diag_must_be_known(t->c->ds, t->v->at, t->prop->name);

	diag_note(t->c->ds, d, "a check, a fact of AWS or the template itself depends on it");
	if (p != NULL && !p->list)
		diag_help(t->c->ds, d,
			  "give the parameter `" STR_F "` %s: each of them is checked then",
			  STR_A(p->name),
			  in_language(t->c, "a list of `AllowedValues`",
				      "a type of values, as in `\"a\" | \"b\"`"));
	diag_help(t->c->ds, d, "%s",
		  in_language(t->c,
			      "write the value, or a variable, `${NAME}`, which hpcc replaces",
			      "write the value, or make it a `param` without `deploy`"));
	return NULL;
}

/* Does it say what the file stands on, which is read before its values are chosen? */
static bool names_foundation(const struct prop *prop)
{
	return prop == &schema_props[PROP_EnvironmentReference_Stack] ||
	       prop == &schema_props[PROP_EnvironmentReference_File];
}

/* The text with the chosen value of each parameter in its place; NULL where one has none to choose from (reported). */
static const struct node *chosen(const struct open_text *t)
{
	struct str rest = t->v->text;
	struct buf b = buf_in(t->c->a);
	struct node *n = NEW(t->c->a, struct node);
	struct text_piece piece;

	while (text_next(&rest, &piece)) {
		struct reference r;
		struct stack_parameter *p;

		if (!piece.open) {
			buf_add(&b, piece.text);
			continue;
		}
		r = reference_of(piece.text);
		p = r.kind == REFERENCE_PARAMETER ? deployment_parameter(t->c->deployment, r.name)
						  : NULL;
		if (names_foundation(t->prop))
			return must_be_known(t, NULL);
		if (p == NULL || p->list || p->nvalues == 0)
			return must_be_known(t, p);
		p->chosen = true;
		*n = *p->values[p->choice];
		buf_add(&b, n->text);
	}
	if (!t->whole)
		*n = (struct node){.kind = NODE_STRING, .text = buf_str(&b)};
	n->at = t->v->at;
	return n;
}

/* ---- what the walk asks ---- */

static bool is_list_kind(enum prop_kind kind)
{
	return kind == PROP_STRINGS || kind == PROP_INTS || kind == PROP_MAPS;
}

/* A reference to a list of the environment; false when it is faulty (reported, of another kind by a rule). */
static bool list_output_ok(const struct open_text *t, struct str body, const struct reference *r,
			   const struct env_export *list)
{
	if (t->whole && !export_fits(EXPORT_SUBNET, t->prop))
		return false;
	if (wants_list(t) == r->has_index)
		return list_or_not(t, body, !r->has_index);
	return !r->has_index || r->index < list->nmembers || no_such_item(t, body, list);
}

/* One reference; false when it is faulty (reported). */
static bool reference_ok(const struct open_text *t, struct str body)
{
	struct reference r = reference_of(body);
	const struct env_export *list = output_list(t, &r);
	struct deployment *d = deployment_of(t->c);
	unsigned before = t->c->ds->arrived;
	size_t use = d->nuses;
	bool ok;

	note_use(t, r);
	if (r.kind == REFERENCE_PARAMETER)
		ok = parameter_ok(t, body, &r);
	else if (list != NULL)
		ok = list_output_ok(t, body, &r, list);
	else
		ok = output_ok(t, body, &r);
	d->uses[use].faulty = !ok && t->c->ds->arrived != before;
	return ok;
}

/* All references of the text; false when one is faulty (reported). */
static bool references_ok(const struct open_text *t)
{
	struct str rest = t->v->text;
	struct text_piece piece;
	bool ok = true;

	while (text_next(&rest, &piece))
		if (piece.open)
			ok = reference_ok(t, piece.text) && ok;
	return ok;
}

static struct node *open_node(const struct open_text *t, struct str text)
{
	struct node *n = NEW(t->c->a, struct node);

	*n = (struct node){.kind = NODE_STRING, .open = true, .text = text, .at = t->v->at};
	return n;
}

/* Does the file say itself what it stands on? A declaration of a program stands on what it names outputs of. */
static bool says_stack(const struct check *c)
{
	return c->deployment->stack.s != c->stack.s;
}

/*
 * An output of the ground of r, as the model keeps it: of the environment that the file says to stand on as `env`. What
 * no file says does not become a parameter of the stack: the YAML of a program makes the same template.
 */
static struct str output_body(const struct open_text *t, const struct reference *r, struct str name)
{
	if (r->kind == REFERENCE_STACK &&
	    (!str_eq(r->stack, t->c->deployment->stack) || !says_stack(t->c)))
		return arena_fmt(t->c->a, "stack." STR_F "." STR_F, STR_A(r->stack), STR_A(name));
	return arena_fmt(t->c->a, "env." STR_F, STR_A(name));
}

/* A whole list r of an environment at hand: a list of its items, each an export of its own. */
static const struct node *members_of(const struct open_text *t, const struct reference *r,
				     const struct env_export *list)
{
	const struct node **items = NEW_ARRAY(t->c->a, const struct node *, list->nmembers);
	struct node *n = NEW(t->c->a, struct node);

	for (size_t i = 0; i < list->nmembers; i++)
		items[i] = open_node(
			t, text_refer(t->c->a, output_body(t, r, list->members[i]->name)));
	*n = (struct node){.kind = NODE_LIST, .at = t->v->at, .list = {items, list->nmembers}};
	return n;
}

/* The text as the model keeps it: items of lists by their own names, the environment's stack as `env`. */
static const struct node *settled(const struct open_text *t)
{
	struct str rest = t->v->text;
	struct buf b = buf_in(t->c->a);
	struct text_piece piece;

	while (text_next(&rest, &piece)) {
		const struct env_export *list;
		struct reference r;

		if (!piece.open) {
			buf_add(&b, piece.text);
			continue;
		}
		r = reference_of(piece.text);
		list = output_list(t, &r);
		if (list != NULL && r.has_index && r.index < list->nmembers)
			piece.text = output_body(t, &r, list->members[r.index]->name);
		else if (r.kind == REFERENCE_STACK && str_eq(r.stack, t->c->deployment->stack))
			piece.text = output_body(t, &r, r.name);
		buf_add(&b, wants_list(t) ? text_refer_list(t->c->a, piece.text)
					  : text_refer(t->c->a, piece.text));
	}
	return open_node(t, buf_str(&b));
}

/* Reports a text around references where a list should stand. */
static const struct node *no_list(struct open_text t)
{
	struct diag *d;

	t.place = PLACE_ITEM;
	if (!references_ok(&t))
		return NULL;
	d = wrong_type(t.c, t.prop, t.prop->name,
		       t.prop->kind == PROP_INTS ? "a list of whole numbers" : "a list of text",
		       t.v);
	diag_help(t.c->ds, d, "write each item %s: `[\"" STR_F "\", …]`",
		  in_language(t.c, "in quotes", "by itself"), STR_A(reference_words(&t)));
	return NULL;
}

static const struct node *bindable(struct open_text t)
{
	struct str rest = t.v->text;
	struct text_piece first;
	const struct env_export *list;
	struct reference r;

	t.whole = text_next(&rest, &first) && first.open && rest.n == 0;
	if (t.place == PLACE_LIST && !t.whole)
		return no_list(t);
	if (!references_ok(&t) || !open_fits(&t))
		return NULL;
	if (!t.prop->open)
		return chosen(&t);
	r = t.whole ? reference_of(first.text) : (struct reference){0};
	list = wants_list(&t) && r.kind != REFERENCE_PARAMETER ? output_list(&t, &r) : NULL;
	return list != NULL ? members_of(&t, &r, list) : settled(&t);
}

const struct node *open_value(struct check *c, const struct prop *prop, const struct node *v)
{
	bool list = is_list_kind(prop->kind) && !prop->single;

	if (prop->kind == PROP_MAP || prop->kind == PROP_MAPS || prop->kind == PROP_ANY) {
		open_section(c, prop, v);
		return NULL;
	}
	return bindable((struct open_text){c, prop, v, list ? PLACE_LIST : PLACE_VALUE, false});
}

const struct node *open_item_of(struct check *c, const struct prop *prop, const struct node *v)
{
	return bindable((struct open_text){c, prop, v, PLACE_ITEM, false});
}

void open_section(struct check *c, const struct prop *prop, const struct node *v)
{
	struct diag *d = diag_must_be_known(c->ds, v->at, prop->name);

	diag_note(c->ds, d,
		  "a reference stands for one value or a list of texts, not for sections");
}
