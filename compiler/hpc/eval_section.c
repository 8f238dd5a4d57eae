/* SPDX-License-Identifier: Apache-2.0 */
/* eval_section.c - what stands in `{ … }`: spreads, branches, rounds, lets, checks. */
#include "compiler/hpc/eval.h"

/* Takes the key `key` of a spread; what the literal wrote before is lost, which is a note. */
static bool spread_entry(struct evaluator *ev, struct builder *b, const struct value_entry *e,
			 struct span at)
{
	struct built *x = builder_entry(ev, b, e->key, e->key_at);
	const struct value *v = e->value;

	if (x == NULL)
		return false;
	if (x->written && (x->value != NULL || x->builder != NULL)) {
		struct diag *d = diag_overwritten_by_spread(ev->ds, x->key_at, e->key);

		diag_label(ev->ds, d, at, "it is set again here");
		diag_help(ev->ds, d, "what a spread must not change stands behind it");
	}
	if (b->type != NULL) {
		bool is_known;
		const struct type *t = type_member(ev->types, b->type, e->key, &is_known);
		struct fit_for why = {.what = arena_joined(ev->a, STR("`"), e->key, STR("`"))};

		v = is_known ? fit(ev, v, t, &why) : without_unit(ev, v);
	}
	b->faulty |= is_lost(v);
	*x = (struct built){.value = v, .key = e->key, .key_at = e->key_at, .from_spread = true};
	return true;
}

void build_spread(struct evaluator *ev, struct builder *b, const struct value *from, struct span at)
{
	for (size_t i = 0; i < from->section.n && steps(ev, at, 1); i++)
		if (!spread_entry(ev, b, &from->section.entries[i], at))
			return;
}

static void spread(struct evaluator *ev, struct frame *f, struct builder *b,
		   const struct section_entry *entry)
{
	struct span at = place(f, entry->value->at);
	const struct value *v = eval(ev, f, entry->value, b->type);

	if (!known(ev, v, at, "`...`")) {
		b->faulty = true;
		return;
	}
	if (v->kind == VALUE_NULL)
		return;
	if (!is_section(v) || (v->kind == VALUE_DECLARATION && v->open)) {
		diag_bad_spread(ev->ds, at, "section", "a section", value_kind_words(ev->a, v));
		b->faulty = true;
		return;
	}
	build_spread(ev, b, v, at);
}

/* ---- branches and rounds ---- */

static void branch(struct evaluator *ev, struct frame *f, struct builder *b,
		   const struct section_entry *entry)
{
	for (;;) {
		int holds = eval_condition(ev, f, entry->value);

		if (holds < 0) {
			b->faulty = true;
			return;
		}
		if (holds > 0) {
			build_entries(ev, f, b, entry->body);
			return;
		}
		if (entry->otherwise == NULL)
			return;
		/* `else if` is a list with one entry: a chain of any length takes no depth */
		if (entry->otherwise->n != 1 || entry->otherwise->entries[0].kind != ENTRY_IF) {
			build_entries(ev, f, b, entry->otherwise);
			return;
		}
		entry = &entry->otherwise->entries[0];
		if (!steps(ev, place(f, entry->at), 1))
			return;
	}
}

struct section_round {
	struct builder *b;
	const struct entry_list *body;
};

static bool section_round(struct evaluator *ev, struct frame *f, void *data)
{
	struct section_round *r = data;

	build_entries(ev, f, r->b, r->body);
	return !ev->stopped;
}

static void loop(struct evaluator *ev, struct frame *f, struct builder *b,
		 const struct section_entry *entry)
{
	struct section_round r = {b, entry->body};
	struct loop l = {.clauses = entry->clauses,
			 .n = entry->nclauses,
			 .round = section_round,
			 .data = &r};

	eval_rounds(ev, f, &l);
	b->faulty |= l.faulty;
}

/* ---- entries ---- */

static void one_entry(struct evaluator *ev, struct frame *f, struct builder *b,
		      const struct section_entry *entry)
{
	switch (entry->kind) {
	case ENTRY_SET:
	case ENTRY_OPEN:
		build_entry(ev, f, b, entry);
		break;
	case ENTRY_SPREAD:
		spread(ev, f, b, entry);
		break;
	case ENTRY_LET:
		if (entry->let->binding != NULL)
			eval_binding(ev, f, entry->let->binding, place(f, entry->at));
		break;
	case ENTRY_CHECK:
		eval_check(ev, f, entry->check);
		break;
	case ENTRY_IF:
		branch(ev, f, b, entry);
		break;
	case ENTRY_FOR:
		loop(ev, f, b, entry);
		break;
	}
}

void build_entries(struct evaluator *ev, struct frame *f, struct builder *b,
		   const struct entry_list *l)
{
	if (l == NULL)
		return;
	if (ev->nesting >= MOST_NESTING) {
		stop_steps(ev, place(f, l->at),
			   "expressions and the values they need are nested too deeply");
		return;
	}
	ev->nesting++;
	for (size_t i = 0; i < l->n; i++)
		if (l->entries[i].kind == ENTRY_LET && l->entries[i].let->binding != NULL)
			f->cells[l->entries[i].let->binding->slot] =
				(struct cell){CELL_WAITING, NULL};
	for (size_t i = 0; i < l->n && !ev->stopped; i++)
		if (steps(ev, place(f, l->entries[i].at), 1))
			one_entry(ev, f, b, &l->entries[i]);
	ev->nesting--;
}

const struct value *eval_section(struct evaluator *ev, struct frame *f, const struct entry_list *l,
				 const struct type *want)
{
	const struct type *t = want != NULL && type_is_mapping(want) ? want : NULL;
	struct builder *b = builder_new(ev, NULL, t, place(f, l->at), false);

	build_entries(ev, f, b, l);
	return ev->stopped ? &value_poison : builder_done(ev, b);
}
