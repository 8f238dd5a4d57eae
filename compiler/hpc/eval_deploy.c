/* SPDX-License-Identifier: Apache-2.0 */
/* eval_deploy.c - values that only a deployment knows: parameters of stacks, outputs of other stacks. */
#include "compiler/hpc/to_tree.h"

struct str parameter_name(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	buf_pascal(&b, name);
	return buf_str(&b);
}

const struct value *deploy_value(struct evaluator *ev, const struct item *item)
{
	bool list = item->type != NULL && item->type->kind == TYPE_LIST;
	struct value *v = value_new(ev->a, list ? VALUE_OPEN_LIST : VALUE_TEXT, item->name.at);
	struct str body =
		arena_fmt(ev->a, "param." STR_F, STR_A(parameter_name(ev->a, item->name.text)));

	v->open = true;
	v->open_type = item->type;
	v->declared = item->name.at;
	v->text = list ? text_refer_list(ev->a, body) : text_refer(ev->a, body);
	return v;
}

const struct value *open_item(struct evaluator *ev, const struct value *list, int64_t n,
			      struct span at)
{
	struct str body = list->text;
	struct text_piece piece;
	struct value *v;

	if (n < 0 || n > MAX_REFERENCE_INDEX) {
		diag_help(ev->ds, diag_index_out_of_range(ev->ds, at, 0, (long long)n),
			  "items are counted from 0");
		return &value_poison;
	}
	v = value_new(ev->a, VALUE_TEXT, at);
	v->open = true;
	v->open_type = list->open_type != NULL ? list->open_type->item : NULL;
	v->declared = list->declared;
	if (!text_next(&body, &piece) || !piece.open)
		BUG("an open list is one reference");
	v->text = text_refer(ev->a, arena_fmt(ev->a, STR_F "[%lld]",
					      STR_A(reference_word(piece.text)), (long long)n));
	return v;
}

struct str open_name(struct arena *a, const struct value *v)
{
	struct str rest = v->text;
	struct reference r;

	if (!text_next_reference(&rest, &r))
		return STR("the value");
	if (r.kind == REFERENCE_STACK)
		return arena_fmt(a, STR_F ".Outputs." STR_F, STR_A(r.stack), STR_A(r.name));
	if (span_is_set(v->declared))
		return span_text(span_plain(v->declared));
	return r.name;
}

/* ---- outputs of other stacks ---- */

static struct str stack_of(struct evaluator *ev, struct str declaration)
{
	const struct str *own =
		ev->o->stack_names != NULL ? map_get(ev->o->stack_names, declaration) : NULL;
	struct buf b;

	if (own != NULL)
		return *own;
	b = buf_in(ev->a);
	for (size_t i = 0; i < declaration.n; i++)
		buf_char(&b, declaration.s[i] == '_' ? '-' : declaration.s[i]);
	return buf_str(&b);
}

static const struct value *unknown_output(struct evaluator *ev, const struct item *declaration,
					  struct str output, struct span at,
					  const struct str *names, size_t n)
{
	struct near_name near = {0};
	struct buf all = buf_in(ev->a);
	struct diag *d = diag_unknown_output(ev->ds, at, declaration->name.text, output);

	for (size_t i = 0; i < n; i++) {
		near_name_try(&near, output, names[i]);
		if (i < 8)
			buf_fmt(&all, "%s`" STR_F "`", i > 0 ? ", " : "", STR_A(names[i]));
	}
	if (near.name.n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`?", STR_A(near.name));
	else if (n > 0)
		diag_help(ev->ds, d, "its outputs are " STR_F "%s", STR_A(buf_str(&all)),
			  n > 8 ? " …" : "");
	return &value_poison;
}

const struct value *output_value(struct evaluator *ev, const struct item *declaration,
				 struct str output, struct span name_at, struct span at)
{
	const struct hpc_host *host = ev->o->host;
	const struct hpc_declaration *d = declared(ev, declaration, at, true);
	struct hpc_output found = {0};
	struct str body;
	struct value *v;

	if (d == NULL || (is_poison(d->value) && d->tree == NULL))
		return &value_poison;
	if (declaration->binding == NULL || declaration->binding->file != ev->program->main)
		return unknown_output(ev, declaration, output, name_at, NULL, 0);
	if (host != NULL && host->output != NULL &&
	    !host->output(host->data, ev->a, d, output, &found))
		return unknown_output(ev, declaration, output, name_at, found.names, found.nnames);
	v = value_new(ev->a, found.list ? VALUE_OPEN_LIST : VALUE_TEXT, at);
	v->open = true;
	v->declared = declaration->name.at;
	body = arena_fmt(ev->a, "stack." STR_F "." STR_F, STR_A(stack_of(ev, d->name)),
			 STR_A(output));
	v->text = found.list ? text_refer_list(ev->a, body) : text_refer(ev->a, body);
	return v;
}

/* ---- parameters of the template ---- */

static bool deployable(const struct type *t)
{
	if (t->optional)
		return false;
	switch (t->kind) {
	case TYPE_STRING:
	case TYPE_INT:
	case TYPE_NUMBER:
	case TYPE_PATTERN:
		return true;
	case TYPE_CATALOGUE:
		return t->catalogue == CATALOGUE_INSTANCE_TYPE;
	case TYPE_CHOICE:
		for (size_t i = 0; i < t->nchoices; i++)
			if (t->choices[i]->kind == EXPR_NUMBER &&
			    !dimension_is_plain(t->choices[i]->number.of))
				return false;
		return true;
	case TYPE_LIST:
		return t->item != NULL && t->item->kind != TYPE_LIST && deployable(t->item);
	case TYPE_ANY:
	case TYPE_BOOL:
	case TYPE_QUANTITY:
	case TYPE_RECORD:
	case TYPE_FREE:
	case TYPE_SECTION:
	case TYPE_PROP:
		return false;
	}
	BUG("no such type");
}

void check_deploy_params(struct evaluator *ev, const struct program_file *file)
{
	struct map names = {0};

	for (size_t i = 0; i < file->nitems; i++) {
		const struct item *item = &file->items[i], *first;
		struct str name;
		struct diag *d;

		if (item->kind != ITEM_PARAM || !item->deploy)
			continue;
		if (item->type != NULL && !deployable(item->type)) {
			bool section = type_is_mapping(item->type);

			d = diag_bad_deploy_type(ev->ds, item->type_expr->at,
						 section ? STR("a section")
							 : type_words(ev->a, item->type));
			diag_help(
				ev->ds, d,
				"it can be a text, a number, a choice of texts, or a list of ids");
		}
		name = parameter_name(ev->a, item->name.text);
		first = map_get(&names, name);
		if (first == NULL) {
			map_put(&names, ev->a, name, item);
			continue;
		}
		d = diag_same_parameter(ev->ds, item->name.at, first->name.text, item->name.text,
					name);
		diag_label(ev->ds, d, first->name.at, "the first one stands here");
	}
}
