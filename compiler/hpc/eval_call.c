/* SPDX-License-Identifier: Apache-2.0 */
/* eval_call.c - calls: arguments, defaults, results, and the way that values go through them. */
#include "compiler/hpc/eval.h"

/* Does `outer` hold all of `inner`, in the same text? */
static bool span_holds(struct span outer, struct span inner)
{
	const struct source *a = outer.src, *b = inner.src;

	if (a == NULL || b == NULL)
		return false;
	a = a->base != NULL ? a->base : a;
	b = b->base != NULL ? b->base : b;
	return a == b && outer.lo <= inner.lo && inner.hi <= outer.hi;
}

static size_t passages_of(const struct source *src)
{
	size_t n = 0;

	for (const struct passage *p = src->passages; p != NULL; p = p->next)
		n++;
	return n;
}

/* v, seen through the place where it was used as `text` says; itself where it is written right there. */
const struct value *value_through(struct evaluator *ev, const struct value *v, struct span at,
				  struct str text)
{
	struct passage *p;
	struct span seen;

	if (is_poison(v) || v->kind == VALUE_NULL || !span_is_set(v->at) || !span_is_set(at) ||
	    span_holds(at, v->at) || passages_of(v->at.src) >= PASSAGES_KEPT)
		return v;
	p = NEW(ev->a, struct passage);
	p->src = span_plain(at).src;
	p->lo = at.lo;
	p->hi = at.hi;
	p->text = text;
	seen = span_in(source_through(ev->a, v->at.src, p), v->at.lo, v->at.hi);
	return value_at(ev->a, v, seen);
}

/* The frame of a call of a function of `file`: its places are seen through the call. */
static struct frame frame_of_call(struct evaluator *ev, const struct frame *caller,
				  const struct item *fn, const struct program_file *file,
				  struct span at)
{
	struct frame f = frame_of_file(ev, file, fn->nslots);
	struct passage *p;

	if (file->is_std) {
		/* What is made in the library stands where the user called it. */
		f.stands = at;
		return f;
	}
	if (span_is_set(caller->stands))
		return f;
	p = NEW(ev->a, struct passage);
	p->src = span_plain(at).src;
	p->lo = at.lo;
	p->hi = at.hi;
	p->text = arena_fmt(ev->a, "`" STR_F "` is called here", STR_A(fn->name.text));
	if (at.src != NULL && at.src->passages != NULL && passages_of(at.src) < PASSAGES_KEPT)
		p->next = at.src->passages;
	f.src = source_through(ev->a, file->src, p);
	return f;
}

/* Evaluates the arguments of e into values by parameter; false when the evaluation was stopped. */
static bool eval_arguments(struct evaluator *ev, struct frame *f, const struct expr *e,
			   const struct item *fn, const struct value **ret, struct span *ret_at)
{
	for (size_t i = 0; i < e->call.n; i++) {
		const struct argument *arg = &e->call.arguments[i];

		if (arg->parameter >= fn->nparameters)
			continue; /* was reported */
		ret[arg->parameter] = eval(ev, f, arg->value, fn->parameters[arg->parameter].type);
		ret_at[arg->parameter] = place(f, arg->value->at);
	}
	return !ev->stopped;
}

/* The value of parameter i in the frame of the call: what was given, or its default, as its type wants it. */
static const struct value *parameter_value(struct evaluator *ev, struct frame *inner,
					   const struct item *fn, size_t i,
					   const struct value *given, struct span call)
{
	const struct parameter_decl *p = &fn->parameters[i];
	struct fit_for why = {.call = call, .callee = fn->name.text};
	const struct value *v = given;

	if (v == NULL && p->otherwise != NULL)
		v = eval(ev, inner, p->otherwise, p->type);
	if (v == NULL)
		v = value_new(ev->a, VALUE_NULL, call);
	if (p->type != NULL && !(given == NULL && p->otherwise == NULL)) {
		why.what = arena_fmt(ev->a, "`" STR_F "`", STR_A(p->name.text));
		if (p->type_expr != NULL && !inner->file->is_std)
			why.declared = p->type_expr->at;
		v = fit(ev, v, p->type, &why);
	}
	if (given != NULL && !span_is_set(inner->stands))
		v = value_through(
			ev, v, call,
			arena_fmt(ev->a, "`" STR_F "` is called here", STR_A(fn->name.text)));
	return v;
}

static const struct value *call_body(struct evaluator *ev, struct frame *inner,
				     const struct item *fn, struct span call)
{
	const struct value *v = eval(ev, inner, fn->value, fn->type);
	struct fit_for why = {.callee = fn->name.text, .call = call};

	if (fn->type == NULL)
		return v;
	why.what = arena_fmt(ev->a, "the result of `" STR_F "`", STR_A(fn->name.text));
	if (fn->type_expr != NULL && !inner->file->is_std)
		why.declared = fn->type_expr->at;
	return fit(ev, v, fn->type, &why);
}

static const struct value *call_fn(struct evaluator *ev, struct frame *f, const struct expr *e,
				   const struct binding *b)
{
	const struct item *fn = b->item;
	struct span call = place(f, e->at);
	const struct value **values = NEW_ARRAY(ev->a, const struct value *, fn->nparameters + 1);
	struct span *places = NEW_ARRAY(ev->a, struct span, fn->nparameters + 1);
	struct frame inner;
	const struct value *v;

	if (!eval_arguments(ev, f, e, fn, values, places))
		return &value_poison;
	inner = frame_of_call(ev, f, fn, b->file, call);
	for (size_t i = 0; i < fn->nparameters && !ev->stopped; i++) {
		v = parameter_value(ev, &inner, fn, i, values[i], call);
		inner.cells[i] = (struct cell){CELL_DONE, v};
	}
	v = call_body(ev, &inner, fn, call);
	return ev->stopped ? &value_poison : v;
}

/* The text of the built-in's parameter to which argument number i goes. */
static const struct builtin_parameter *builtin_parameter(const struct builtin *b, size_t i)
{
	if (b->nparameters == 0)
		return NULL;
	return &b->parameters[i < b->nparameters ? i : b->nparameters - 1];
}

static const struct value *call_builtin(struct evaluator *ev, struct frame *f, const struct expr *e,
					const struct builtin *b, const struct type *want)
{
	struct builtin_call call = {
		.ev = ev, .frame = f, .builtin = b, .n = b->nparameters, .want = want};
	const struct value **values;
	struct span *places;
	bool faulty = false, is_merge = str_eq(b->name, STR("merge"));

	for (size_t i = 0; i < e->call.n; i++)
		if (e->call.arguments[i].parameter >= call.n)
			call.n = e->call.arguments[i].parameter + 1;
	values = NEW_ARRAY(ev->a, const struct value *, call.n + 1);
	places = NEW_ARRAY(ev->a, struct span, call.n + 1);
	for (size_t i = 0; i < e->call.n; i++) {
		const struct argument *arg = &e->call.arguments[i];
		const struct value *v = eval(ev, f, arg->value, is_merge ? want : NULL);

		values[arg->parameter] = v;
		places[arg->parameter] = place(f, arg->value->at);
		faulty |= is_poison(v);
	}
	if (faulty || ev->stopped)
		return &value_poison;
	call.arguments = values;
	call.places = places;
	call.at = place(f, e->at);
	for (size_t i = 0; i < call.n; i++) {
		const struct builtin_parameter *p = builtin_parameter(b, i);

		if (values[i] == NULL && (p == NULL || !p->has_default) && !b->variadic)
			return &value_poison; /* E0741 */
	}
	return b->run(&call);
}

const struct value *eval_call(struct evaluator *ev, struct frame *f, const struct expr *e,
			      const struct type *want)
{
	const struct binding *b = e->call.binding;
	const struct value *v;
	bool outermost = !span_is_set(ev->outermost);

	if (b == NULL)
		return &value_poison;
	if (ev->calls >= HPC_MAX_CALLS) {
		stop_steps(ev, place(f, e->at), "more than 60 calls are nested");
		return &value_poison;
	}
	if (outermost)
		ev->outermost = place(f, e->at);
	ev->calls++;
	v = b->kind == BIND_BUILTIN ? call_builtin(ev, f, e, b->builtin, want)
				    : call_fn(ev, f, e, b);
	ev->calls--;
	if (outermost)
		ev->outermost = (struct span){0};
	return v;
}
