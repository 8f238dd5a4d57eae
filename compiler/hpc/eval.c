/* SPDX-License-Identifier: Apache-2.0 */
/* eval.c - expressions: which kind, names, limits. */
#include "compiler/hpc/eval.h"

/* ---- limits ---- */

struct span place(const struct frame *f, struct span at)
{
	if (span_is_set(f->stands))
		return f->stands;
	return f->src == at.src || f->src == NULL ? at : span_in(f->src, at.lo, at.hi);
}

void stop_steps(struct evaluator *ev, struct span at, const char *what)
{
	if (ev->stopped)
		return;
	ev->stopped = true;
	diag_too_many_steps(ev->ds, span_is_set(ev->outermost) ? ev->outermost : at, what);
}

void stop_size(struct evaluator *ev, struct span at, const char *what)
{
	if (ev->stopped)
		return;
	ev->stopped = true;
	if (!span_is_set(at) && span_is_set(ev->outermost))
		at = ev->outermost;
	else if (!span_is_set(at) && ev->program != NULL && ev->program->main != NULL)
		at = span_in(ev->program->main->src, 0, 0);
	diag_too_large(ev->ds, at, what);
}

bool steps(struct evaluator *ev, struct span at, size_t n)
{
	if (ev->stopped)
		return false;
	if (n > HPC_MAX_STEPS - ev->steps) {
		stop_steps(ev, at, "the program takes more than 1,000,000 steps");
		return false;
	}
	if (ev->a->total - ev->memory_base > HPC_MAX_MEMORY) {
		stop_size(ev, at, "the program takes more than 256 MiB of memory");
		return false;
	}
	ev->steps += (unsigned)n;
	return true;
}

bool text_steps(struct evaluator *ev, struct span at, struct str s)
{
	return steps(ev, at, s.n / (4 * BYTES_A_VALUE));
}

bool bytes(struct evaluator *ev, struct span at, size_t n)
{
	if (ev->stopped)
		return false;
	if (n > HPC_MAX_VALUE_BYTES - ev->bytes) {
		stop_size(ev, at, "the values of the program take more than 64 MiB");
		return false;
	}
	ev->bytes += n;
	return true;
}

/* ---- new values ---- */

static bool is_too_deep(struct evaluator *ev, const struct value *v)
{
	if (v->depth <= HPC_MAX_DEPTH)
		return false;
	stop_size(ev, v->at, "a value has more than 100 levels of lists and sections");
	return true;
}

const struct value *new_list(struct evaluator *ev, const struct value *const *items, size_t n,
			     struct span at)
{
	const struct value *v;

	if (n > HPC_MAX_ITEMS)
		stop_size(ev, at, "a list has more than 10,000 items");
	if (!bytes(ev, at, sizeof(struct value) + n * sizeof(struct value *)))
		return &value_poison;
	v = value_of_list(ev->a, items, n, at);
	return is_too_deep(ev, v) ? &value_poison : v;
}

const struct value *new_section(struct evaluator *ev, const struct value_entry *entries, size_t n,
				struct span at, const struct type *t)
{
	struct value *v;

	if (!bytes(ev, at, sizeof(struct value) + n * sizeof(struct value_entry)))
		return &value_poison;
	v = value_of_section(ev->a, entries, n, at);
	v->type = t;
	/* the fields that a record lacks are seen to by fit_section() */
	v->checked = t != NULL && t->kind != TYPE_RECORD;
	return is_too_deep(ev, v) ? &value_poison : v;
}

const struct value *new_text(struct evaluator *ev, struct str s, struct span at)
{
	if (s.n > HPC_MAX_TEXT)
		stop_size(ev, at, "a text is larger than 1 MiB");
	if (!bytes(ev, at, s.n))
		return &value_poison;
	return value_of_text(ev->a, s, at);
}

/* ---- names ---- */

struct frame frame_of_file(struct evaluator *ev, const struct program_file *file, uint32_t nslots)
{
	/* A limit that is met here is said; where there is no room, nothing is evaluated any more. */
	bytes(ev, (struct span){0}, nslots * sizeof(struct cell));
	return (struct frame){.file = file,
			      .cells = NEW_ARRAY(ev->a, struct cell, nslots > 0 ? nslots : 1),
			      .src = file->src};
}

const struct value *eval_let(struct evaluator *ev, struct frame *f, const struct let *let)
{
	const struct value *v = eval(ev, f, let->value, let->type);
	struct fit_for why = {.what = arena_fmt(ev->a, "`" STR_F "`", STR_A(let->name.text))};

	if (let->type == NULL)
		return v;
	if (let->type_expr != NULL)
		why.declared = place(f, let->type_expr->at);
	return fit(ev, v, let->type, &why);
}

/* Reports that the value of b is needed while it is being made: E0736. */
static const struct value *needs_itself(struct evaluator *ev, const struct binding *b,
					struct span at)
{
	struct diag *d = diag_value_cycle(ev->ds, b->name.at, b->name.text);

	diag_label(ev->ds, d, at, "it is needed here, on the way to its own value");
	return &value_poison;
}

static const struct value *file_value(struct evaluator *ev, const struct binding *b, struct span at)
{
	struct frame f;

	if (b->kind == BIND_DECLARATION)
		return declaration_value(ev, b, at);
	if (b->kind == BIND_PARAM)
		return param_value(ev, b->item);
	if (b->kind == BIND_DEPLOY)
		return deploy_value(ev, b->item);
	INVARIANT(b->kind == BIND_LET && b->let != NULL);
	f = frame_of_file(ev, b->file, b->item->nslots);
	return eval_let(ev, &f, b->let);
}

/* Evaluates what `cell` waits for. */
static const struct value *cell_value(struct evaluator *ev, struct frame *f, struct cell *cell,
				      const struct binding *b, struct span at)
{
	const struct value *v;

	if (cell->state == CELL_DONE)
		return cell->value;
	if (cell->state == CELL_RUNNING)
		return needs_itself(ev, b, at);
	cell->state = CELL_RUNNING;
	if (b->file_level) {
		v = file_value(ev, b, at);
	} else {
		INVARIANT(b->kind == BIND_LET && b->let != NULL);
		v = eval_let(ev, f, b->let);
	}
	cell->state = CELL_DONE;
	cell->value = v;
	return v;
}

const struct value *eval_binding(struct evaluator *ev, struct frame *f, const struct binding *b,
				 struct span at)
{
	if (b == NULL)
		return &value_poison;
	/* What a stack will know is written where it is used: there a finding can be mended. */
	if (b->kind == BIND_DEPLOY)
		return value_at(ev->a,
				cell_value(ev, f, &ev->file_cells[b->file->index][b->slot], b, at),
				at);
	if (b->file_level)
		return cell_value(ev, f, &ev->file_cells[b->file->index][b->slot], b, at);
	return cell_value(ev, f, &f->cells[b->slot], b, at);
}

/* ---- expressions ---- */

/* if a then b else if c then d …: a chain of any length. */
static const struct value *eval_if(struct evaluator *ev, struct frame *f, const struct expr *e,
				   const struct type *want)
{
	for (;;) {
		int holds = eval_condition(ev, f, e->branch.condition);

		if (holds < 0)
			return &value_poison;
		if (holds > 0)
			return eval(ev, f, e->branch.then, want);
		if (e->branch.otherwise == NULL)
			return value_new(ev->a, VALUE_NULL, place(f, e->at));
		e = e->branch.otherwise;
		if (e->kind != EXPR_IF)
			return eval(ev, f, e, want);
		if (!steps(ev, place(f, e->at), 1))
			return &value_poison;
	}
}

static const struct value *eval_kind(struct evaluator *ev, struct frame *f, const struct expr *e,
				     const struct type *want)
{
	switch (e->kind) {
	case EXPR_FAULTY:
		return &value_poison;
	case EXPR_NULL:
		return value_new(ev->a, VALUE_NULL, place(f, e->at));
	case EXPR_BOOL:
		return value_of_bool(ev->a, e->boolean, place(f, e->at));
	case EXPR_NUMBER:
		return value_of_number(ev->a, e->number, place(f, e->at));
	case EXPR_TEXT:
		return eval_text(ev, f, e);
	case EXPR_NAME:
		return eval_binding(ev, f, e->name.binding, place(f, e->at));
	case EXPR_LIST:
		return eval_list(ev, f, e, want);
	case EXPR_SECTION:
		return eval_section(ev, f, e->section, want);
	case EXPR_IF:
		return eval_if(ev, f, e, want);
	case EXPR_UNARY:
		return eval_unary(ev, f, e);
	case EXPR_BINARY:
		return eval_binary(ev, f, e, want);
	case EXPR_RANGE:
		return eval_range(ev, f, e);
	case EXPR_MEMBER:
	case EXPR_INDEX:
		return eval_postfix(ev, f, e, want, false);
	case EXPR_CALL:
		return eval_call(ev, f, e, want);
	}
	BUG("no such kind of expression");
}

const struct value *eval(struct evaluator *ev, struct frame *f, const struct expr *e,
			 const struct type *want)
{
	const struct value *v;

	if (e == NULL || ev->stopped)
		return &value_poison;
	if (ev->nesting >= MOST_NESTING) {
		stop_steps(ev, place(f, e->at),
			   "expressions and the values they need are nested too deeply");
		return &value_poison;
	}
	ev->nesting++;
	v = steps(ev, place(f, e->at), 1) ? eval_kind(ev, f, e, want) : &value_poison;
	ev->nesting--;
	return ev->stopped ? &value_poison : v;
}
