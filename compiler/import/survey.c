/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey.c - what a program needs names for: parameters of the file, variables, anchors that are used again.
 *
 * A first walk over the file notes them, their types and the places they are used at; names are given in the order
 * of the text. Depth is that of the file, which the reader bounds.
 */
#include "compiler/base/nearest.h"
#include "compiler/import/importer.h"

/* ---- variables ---- */

static bool is_chosen(const struct importer *im, const struct import_variable *v)
{
	for (size_t i = 0; i < im->o->ndeploy; i++)
		if (str_eq_nocase(im->o->deploy[i], v->name))
			return true;
	return false;
}

/* Is the type that of ids, ARNs or key names? */
static bool is_id_type(struct str type)
{
	return str_ends(type, STR("Id")) || str_ends(type, STR("Arn")) ||
	       str_eq(type, STR("KeyName"));
}

/* Where a variable is used. */
struct use_place {
	struct place_of at;
	struct span where;
};

static struct import_variable *variable_of(struct importer *im, const struct variable_use *use,
					   struct span where)
{
	struct import_variable *v =
		(struct import_variable *)(uintptr_t)map_get(&im->variables, use->name);

	if (v != NULL)
		return v;
	v = NEW(im->a, struct import_variable);
	*v = (struct import_variable){
		.name = use->name,
		.first = where,
		.same_default = true,
		.always_default = true,
		.otherwise = use->otherwise,
	};
	map_put(&im->variables, im->a, v->name, v);
	return v;
}

static void note_type(struct importer *im, struct import_variable *v, const struct use_place *p)
{
	struct str type = place_type(im, p->at);

	if (v->type.n == 0) {
		v->type = type;
		v->prop = p->at.prop;
		v->first = p->where;
		return;
	}
	if (str_eq(v->type, type) || v->told)
		return;
	v->told = true;
	diag_label(im->ds, diag_variable_in_several_types(im->ds, p->where, v->name, v->type, type),
		   v->first, "here it is `" STR_F "`", STR_A(v->type));
	v->type = STR("string");
}

static void note_use(struct importer *im, const struct variable_use *use, const void *data)
{
	const struct use_place *p = data;
	struct import_variable *v = variable_of(im, use, p != NULL ? p->where : (struct span){0});

	v->any_default |= use->has_default;
	v->always_default &= use->has_default;
	v->same_default &= use->has_default && str_eq(v->otherwise, use->otherwise);
	if (use->has_default && v->otherwise.n == 0)
		v->otherwise = use->otherwise;
	if (p != NULL && use->whole)
		note_type(im, v, p);
	if (use->has_default && v->type.n > 0 && use->otherwise.n > 0 &&
	    !default_fits(v->type, use->otherwise))
		v->type = STR("string");
}

/* ---- the walk ---- */

static void note_let(struct importer *im, struct written *w, struct place_of at)
{
	struct import_let *let = w->let;

	if (let == NULL) {
		let = NEW(im->a, struct import_let);
		*let = (struct import_let){.value = w, .at = at};
		w->let = let;
		import_let_add(im, let);
	} else if (let->at.section != at.section ||
		   (at.section == NULL && let->at.prop != at.prop)) {
		let->several = true;
	}
}

static void walk(struct importer *im, struct written *w, struct place_of at)
{
	struct use_place here = {at, w->at};

	if (w->kind == WRITTEN_ALIAS) {
		if (w->target->let != NULL)
			note_let(im, w->target, at);
		return;
	}
	if (w->aliases > 0)
		note_let(im, w, at);
	if (w->kind == WRITTEN_SCALAR && w->scalar.kind == NODE_STRING)
		import_each_variable(im, w->scalar.text, note_use, &here);
	for (size_t i = 0; i < w->n; i++) {
		struct written_entry *e = &w->entries[i];

		if (w->kind == WRITTEN_LIST)
			walk(im, e->value, place_of_items(at));
		else if (e->merge && e->value->kind == WRITTEN_LIST)
			for (size_t k = 0; k < e->value->n; k++)
				walk(im, e->value->entries[k].value, at);
		else
			walk(im, e->value,
			     e->merge ? at : place_of_key(im, at, e->key->scalar.text));
	}
}

/* ---- names ---- */

static void name_parameters(struct importer *im)
{
	const struct written *params = import_parameters(im);

	for (size_t i = 0; params != NULL && i < params->n; i++) {
		struct str *ident = NEW(im->a, struct str);
		struct str name = params->entries[i].key->scalar.text;

		*ident = import_take_parameter(im, name);
		map_put(&im->parameters, im->a, name, ident);
	}
}

static void name_variables(struct importer *im)
{
	for (size_t i = 0; i < im->variables.n; i++) {
		struct import_variable *v =
			(struct import_variable *)(uintptr_t)im->variables.items[i].value;

		v->optional = v->same_default && v->always_default && v->otherwise.n == 0 &&
			      v->type.n > 0 && !str_eq(v->type, STR("string"));
		if (v->type.n == 0)
			v->type = STR("string");
		v->deploy = is_chosen(im, v) || (im->o->deploy_ids && is_id_type(v->type));
		v->ident = import_take_name(im, v->name, v->prop != NULL ? v->prop->name : STR(""));
	}
}

/* Says which names of variables that are to stay open the file does not have. */
static void tell_unused(struct importer *im)
{
	for (size_t i = 0; i < im->o->ndeploy; i++) {
		struct str name = im->o->deploy[i], near = {0};
		unsigned least = near_limit(name) + 1;
		struct diag *d;
		bool used = false;

		for (size_t k = 0; k < im->variables.n; k++) {
			struct str other = im->variables.items[k].key;
			unsigned distance = edit_distance(name, other, least);

			used |= str_eq_nocase(name, other);
			if (distance < least) {
				least = distance;
				near = other;
			}
		}
		if (used)
			continue;
		d = diag_unused_variable(im->ds, (struct span){0}, name, "--deploy names");
		if (near.n > 0)
			diag_help(im->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		else
			diag_help(im->ds, d, "a variable of the file is written `${" STR_F "}`",
				  STR_A(name));
	}
}

static void name_lets(struct importer *im)
{
	for (size_t i = 0; i < im->nlets; i++)
		im->lets[i]->ident = import_take_name(im, im->lets[i]->value->anchor, STR(""));
}

void import_survey(struct importer *im)
{
	struct place_of top = {.section = &schema_sections[im->kind->root]};

	walk(im, im->root, top);
	im->declaration = import_take_name(im, im->o->name, STR(""));
	name_parameters(im);
	name_variables(im);
	tell_unused(im);
	name_lets(im);
}
