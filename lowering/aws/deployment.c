/* SPDX-License-Identifier: Apache-2.0 */
/* deployment.c - references in texts of the graph become values of CloudFormation. */
#include "lowering/aws/deployment.h"

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/model/deployment.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/network.h"
#include "lowering/aws/parameters.h"
#include "lowering/ir/equal.h"
#include "lowering/ir/sub.h"
#include "lowering/ir/walk.h"

struct resolution {
	struct ir_walk walk;
	struct stack *st;
	/* First lists are looked at, then texts: a text may stand in a list and elsewhere, and is one value there. */
	bool lists;
	struct map used; /* names of parameters that the graph refers to */
};

/* ---- what a reference is ---- */

static struct ir_value *parameter(struct resolution *x, struct str name)
{
	map_put(&x->used, x->st->a, name, x);
	return ir_ref(x->st->g, name);
}

/* The value of an output of the stack. A graph that is not finished may not have it yet: there it stays as written. */
static struct ir_value *own_output(struct resolution *x, struct str name)
{
	const struct ir_output *o = map_get(&x->st->g->outputs, name);

	return o != NULL ? o->value : ir_textf(x->st->g, "${self." STR_F "}", STR_A(name));
}

/* The reference as a value; one for all items of a list is a list. */
static struct ir_value *value_of(struct resolution *x, struct reference r)
{
	struct ir *g = x->st->g;
	struct ir_value *name, *select;

	if (r.kind == REFERENCE_SUBNET)
		return network_named(x->st->network, r.name)->id;
	if (r.kind == REFERENCE_SELF)
		return own_output(x, r.name);
	if (r.kind == REFERENCE_PARAMETER) {
		if (!r.has_index)
			return parameter(x, r.name);
		select = ir_push(g, ir_func(g, IR_SELECT, STR("")), parameter(x, r.name));
		select->integer = r.index;
		return select;
	}
	if (r.kind == REFERENCE_ENVIRONMENT) {
		map_put(&x->used, x->st->a, STR(ENVIRONMENT_STACK_PARAMETER), x);
		name = ir_subf(g, "${" ENVIRONMENT_STACK_PARAMETER "}-" STR_F, STR_A(r.name));
	} else {
		name = ir_textf(g, STR_F "-" STR_F, STR_A(r.stack), STR_A(r.name));
	}
	return ir_push(g, ir_func(g, IR_IMPORT, STR("")), name);
}

static struct ir_value *joined(struct ir *g, struct ir_value *list)
{
	struct ir_value *v = ir_push(g, ir_func(g, IR_JOIN, STR(",")), list);

	v->boolean = true;
	return v;
}

/* One value: of a list the first. */
static struct ir_value *one_of(struct resolution *x, struct reference r)
{
	struct reference first = r;

	first.has_index = r.list || r.has_index;
	return value_of(x, first);
}

/* The reference as a text of all items. */
static struct ir_value *text_of(struct resolution *x, struct reference r)
{
	return r.list ? joined(x->st->g, value_of(x, r)) : value_of(x, r);
}

/* ---- formats ---- */

/* Does `name` stand for another thing than `value` in the Sub v: a variable, a parameter, a part of the stack? */
static bool is_taken(const struct resolution *x, const struct ir_value *v, struct str name,
		     const struct ir_value *value)
{
	const struct ir_value *there = ir_get(v, name);

	if (there != NULL)
		return !ir_same(there, value);
	if (value->kind == IR_REF && str_eq(value->text, name))
		return false;
	return str_eq(name, STR(ENVIRONMENT_STACK_PARAMETER)) || ir_find(x->st->g, name) != NULL ||
	       deployment_parameter(x->st->deployment, name) != NULL;
}

/*
 * Appends the placeholder for `value` to the format of the Sub v: the name of a parameter, or a variable that is called
 * after what it stands for, and by another name where that is taken.
 */
static void add_variable(struct resolution *x, struct buf *format, struct ir_value *v,
			 struct str what, struct ir_value *value)
{
	struct str name = what;

	for (unsigned n = 2; is_taken(x, v, name, value); n++)
		name = arena_fmt(x->st->a, STR_F "%u", STR_A(what), n);
	if (ir_get(v, name) == NULL && (value->kind != IR_REF || !str_eq(value->text, name)))
		ir_put_str(x->st->g, v, name, value);
	buf_fmt(format, "${" STR_F "}", STR_A(name));
}

static void add_placeholder(struct resolution *x, struct buf *format, struct ir_value *v,
			    struct reference r)
{
	add_variable(x, format, v, r.name, text_of(x, r));
}

/* Where the last "${" of text is that no brace closes, or its end. */
static size_t unclosed_at(struct str text)
{
	size_t at = text.n;

	while (at > 0 && text.s[at - 1] != '}')
		at--;
	at = str_find_str(text, STR("${"), at);
	return at == SIZE_MAX ? text.n : at;
}

/*
 * Appends known text to the format of the Sub v. "${!" keeps its brace open up to the next one, which may be that of a
 * placeholder: where none closes it the signs are a variable.
 */
static void add_literal(struct resolution *x, struct buf *format, struct ir_value *v,
			struct str text)
{
	size_t at = unclosed_at(text);

	buf_add(format, sub_literal(x->st, str_slice(text, 0, at)));
	text = str_slice(text, at, text.n);
	while (text.n > 0) {
		at = str_find_str(text, STR("${"), 2);
		at = at == SIZE_MAX ? text.n : at;
		add_variable(x, format, v, STR("Signs"), ir_text(x->st->g, STR("${")));
		buf_add(format, str_slice(text, 2, at));
		text = str_slice(text, at, text.n);
	}
}

/* The format of the Sub v with placeholders for the references in `text`; `literal`: the text is none yet. */
static struct str format_of(struct resolution *x, struct ir_value *v, struct str text, bool literal)
{
	struct buf b = buf_in(x->st->a);
	struct text_piece piece;

	while (text_next(&text, &piece)) {
		if (piece.open)
			add_placeholder(x, &b, v, reference_of(piece.text));
		else if (literal)
			add_literal(x, &b, v, piece.text);
		else
			buf_add(&b, piece.text);
	}
	return buf_str(&b);
}

/* ---- values ---- */

static void resolve_text(struct resolution *x, struct ir_value *v)
{
	struct str rest = v->text;
	struct text_piece first;
	struct ir_value *sub;

	if (text_next(&rest, &first) && first.open && rest.n == 0) {
		*v = *one_of(x, reference_of(first.text));
		return;
	}
	sub = ir_sub(x->st->g, STR(""));
	sub->text = format_of(x, sub, v->text, true);
	*v = *sub;
}

/* Is v the text of a reference for all items of a list? */
static bool is_list(const struct ir_value *v)
{
	return v->kind == IR_STRING && text_is_list(v->text);
}

/* The reference that the text of v is. */
static struct reference whole_reference(const struct ir_value *v)
{
	return reference_of(str_slice(v->text, 1, v->text.n - 1));
}

/* Is v an ARN with such a reference at its end: the ARNs of all items? */
static bool is_list_of_arns(const struct ir_value *v)
{
	size_t at = v->kind == IR_SUB ? str_find_str(v->text, STR(OPEN_BEGIN "*"), 0) : SIZE_MAX;

	return at != SIZE_MAX && str_starts(v->text, STR("arn:")) &&
	       str_find(v->text, OPEN_END[0], at) == v->text.n - 1;
}

/*
 * The ARNs of all items in one text, with commas. A separator holds no reference: those behind the first ARN stand for
 * any partition, region and account, which the id that follows tells.
 */
static struct ir_value *arns_of(struct resolution *x, const struct ir_value *v)
{
	struct ir_value *arns;
	size_t at = str_find(v->text, OPEN_BEGIN[0], 0);
	struct reference r = reference_of(str_slice(v->text, at + 1, v->text.n - 1));
	struct str rest = str_slice(v->text, 0, at);
	struct ir_value *join = joined(x->st->g, value_of(x, r));
	struct buf separator = buf_in(x->st->a);
	struct ir_sub_piece piece;

	buf_char(&separator, ',');
	while (ir_sub_next(&rest, &piece))
		buf_add(&separator, piece.placeholder ? STR("*") : piece.text);
	join->text = buf_str(&separator);
	arns = ir_subf(x->st->g, STR_F "${" STR_F "}", STR_A(str_slice(v->text, 0, at)),
		       STR_A(r.name));
	for (uint32_t i = 0; i < v->nmembers; i++)
		ir_put_str(x->st->g, arns, v->members[i].name, v->members[i].value);
	return ir_put_str(x->st->g, arns, r.name, join);
}

/*
 * A list in which references stand for several items is that of the reference where there is nothing else, and else all
 * of them, joined and split again. No item has a comma: they are ids, addresses and names.
 */
static void resolve_list(struct resolution *x, struct ir_value *v)
{
	struct ir *g = x->st->g;
	struct ir_value *join;
	bool any = false;

	for (uint32_t i = 0; i < v->n; i++) {
		if (is_list_of_arns(v->items[i])) {
			v->items[i] = arns_of(x, v->items[i]);
			any = true;
		}
		any |= is_list(v->items[i]);
	}
	if (!any)
		return;
	if (v->n == 1 && is_list(v->items[0])) {
		*v = *value_of(x, whole_reference(v->items[0]));
		return;
	}
	join = ir_func(g, IR_JOIN, STR(","));
	for (uint32_t i = 0; i < v->n; i++)
		ir_push(g, join,
			is_list(v->items[i]) ? text_of(x, whole_reference(v->items[i]))
					     : v->items[i]);
	*v = *ir_push(g, ir_func(g, IR_SPLIT, STR(",")), join);
}

/* ---- the graph ---- */

static void names_known(struct resolution *x, const struct ir_value *v)
{
	for (uint32_t i = 0; i < v->nmembers; i++)
		if (!text_is_known(v->members[i].name))
			BUG("a name of the template is left open: " STR_F,
			    STR_A(text_shown(x->st->a, v->members[i].name)));
}

/* The graph is that of the stack, and is not finished. */
static struct ir_value *writable(const void *p)
{
	union {
		const void *in;
		struct ir_value *out;
	} u = {p};

	return u.out;
}

/* A value that stands in several places has no reference any more at the second. */
static void resolve(struct ir_walk *walk, const struct ir_value *seen)
{
	struct resolution *x = (struct resolution *)walk;
	struct ir_value *v = writable(seen);

	if (v->kind == IR_OBJECT || v->kind == IR_SUB)
		names_known(x, v);
	if (x->lists && v->kind == IR_LIST)
		resolve_list(x, v);
	else if (!x->lists && v->kind == IR_STRING && !text_is_known(v->text))
		resolve_text(x, v);
	else if (!x->lists && v->kind == IR_SUB && !text_is_known(v->text))
		v->text = format_of(x, v, v->text, false);
}

/* Leaves out outputs that are those of another stack: who wants them asks that one. */
static void drop_imported(struct ir *g)
{
	struct map kept = {0};

	for (size_t i = 0; i < g->outputs.n; i++) {
		const struct ir_output *o = g->outputs.items[i].value;

		if (o->value->kind != IR_IMPORT)
			map_put(&kept, g->arena, o->name, o);
	}
	g->outputs = kept;
}

/* The resource that an output of the stack is made of; empty where it is made of several, or none. */
static struct str resource_of(const struct stack *st, struct str output)
{
	const struct ir_output *o = map_get(&st->g->outputs, output);

	if (o == NULL || (o->value->kind != IR_REF && o->value->kind != IR_GETATT))
		return (struct str){0};
	return o->value->text;
}

static void report_circle(struct stack *st, const struct reference_use *u, const struct map *circle)
{
	struct str text = arena_fmt(st->a, "${self." STR_F "}", STR_A(u->to.name));
	struct diag *d = diag_output_circle(st->ds, u->at, text);

	diag_note(st->ds, d, "each of these waits for the next: " STR_F,
		  STR_A(ir_circle_text(st->a, circle)));
	diag_help(st->ds, d, "name it where nothing that it is made of stands");
}

/* Only outputs of the stack itself can close a circle: it is told at the first one that stands in it. */
static void find_circle(struct stack *st)
{
	struct map circle;
	const struct reference_use *first = NULL;

	for (size_t i = 0; st->deployment != NULL && i < st->deployment->nuses; i++)
		if (st->deployment->uses[i].to.kind == REFERENCE_SELF && first == NULL)
			first = &st->deployment->uses[i];
	if (first == NULL || (circle = ir_circle(st->a, st->g)).n == 0)
		return;
	for (size_t i = 0; i < st->deployment->nuses; i++) {
		const struct reference_use *u = &st->deployment->uses[i];

		if (u->to.kind == REFERENCE_SELF &&
		    map_get(&circle, resource_of(st, u->to.name)) != NULL) {
			first = u;
			break;
		}
	}
	report_circle(st, first, &circle);
}

void deployment_resolve(struct stack *st)
{
	struct resolution x = {.walk = {.visit = resolve}, .st = st, .lists = true};

	if (st->deployment == NULL && st->network == NULL)
		return;
	ir_walk_graph(&x.walk, st->g);
	x.lists = false;
	ir_walk_graph(&x.walk, st->g);
	find_circle(st);
	drop_imported(st->g);
	parameters_add(st, &x.used);
}
