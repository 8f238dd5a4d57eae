/* SPDX-License-Identifier: Apache-2.0 */
/* builtins_list.c - built-in functions of lists and sections. */
#include "compiler/base/utf8.h"
#include "compiler/hpc/builtins_of.h"

const struct value *run_len(struct builtin_call *call)
{
	const struct value *v = call->arguments[0];
	size_t n;

	if (!argument_known(call, 0))
		return &value_poison;
	if (v->kind == VALUE_TEXT && !text_steps(call->ev, call->at, v->text))
		return &value_poison;
	if (v->kind == VALUE_TEXT)
		n = utf8_count(v->text);
	else if (v->kind == VALUE_LIST)
		n = v->list.n;
	else if (is_section(v))
		n = v->section.n;
	else if (v->kind == VALUE_NULL && call->ev->policy != NULL)
		n = 0;
	else
		return wrong_argument(call, 0, "a list, a section or a text");
	return value_of_number(call->ev->a, number_int((int64_t)n), call->at);
}

const struct value *run_keys(struct builtin_call *call)
{
	const struct value *v;
	const struct value **items;

	if (!argument_section(call, 0, &v))
		return &value_poison;
	items = NEW_ARRAY(call->ev->a, const struct value *, v->section.n + 1);
	for (size_t i = 0; i < v->section.n; i++)
		items[i] = value_of_text(call->ev->a, v->section.entries[i].key,
					 v->section.entries[i].key_at);
	return new_list(call->ev, items, v->section.n, call->at);
}

const struct value *run_values(struct builtin_call *call)
{
	const struct value *v;
	const struct value **items;

	if (!argument_section(call, 0, &v))
		return &value_poison;
	items = NEW_ARRAY(call->ev->a, const struct value *, v->section.n + 1);
	for (size_t i = 0; i < v->section.n; i++)
		items[i] = v->section.entries[i].value;
	return new_list(call->ev, items, v->section.n, call->at);
}

/* ---- any, all ---- */

/* 1: an item is `wanted`; 0: none is; -1 after an error. */
static int has_bool(struct builtin_call *call, bool wanted)
{
	const struct value *list;

	if (!argument_list(call, 0, &list))
		return -1;
	for (size_t i = 0; i < list->list.n; i++) {
		const struct value *v = list->list.items[i];

		if (!known(call->ev, v, call->places[0], "a condition"))
			return -1;
		if (v->kind != VALUE_BOOL) {
			diag_help(call->ev->ds,
				  diag_not_a_condition(call->ev->ds,
						       span_is_set(v->at) ? v->at : call->places[0],
						       value_kind_words(call->ev->a, v)),
				  "`" STR_F "([for x in xs => …])` asks of each item",
				  STR_A(call->builtin->name));
			return -1;
		}
		if (v->boolean == wanted)
			return 1;
	}
	return 0;
}

const struct value *run_any(struct builtin_call *call)
{
	int r = has_bool(call, true);

	return r < 0 ? &value_poison : value_of_bool(call->ev->a, r > 0, call->at);
}

const struct value *run_all(struct builtin_call *call)
{
	int r = has_bool(call, false);

	return r < 0 ? &value_poison : value_of_bool(call->ev->a, r == 0, call->at);
}

/* ---- sort, unique ---- */

/* Merges the sorted runs [lo, mid) and [mid, hi) of items by way of `aside`; false after an error. */
static bool merge_runs(struct builtin_call *call, const struct value **items,
		       const struct value **aside, size_t lo, size_t mid, size_t hi)
{
	size_t i = lo, j = mid;
	int cmp;

	for (size_t k = lo; k < hi; k++) {
		bool right = i == mid;

		if (!right && j < hi) {
			if (!compare_values(call->ev, items[i], items[j], call->places[0], "sort",
					    &cmp))
				return false;
			right = cmp > 0;
		}
		aside[k] = right ? items[j++] : items[i++];
	}
	for (size_t k = lo; k < hi; k++)
		items[k] = aside[k];
	return true;
}

const struct value *run_sort(struct builtin_call *call)
{
	const struct value *list;
	const struct value **items, **aside;
	size_t n, steps_needed = 0;
	int cmp;

	if (!argument_list(call, 0, &list))
		return &value_poison;
	n = list->list.n;
	items = NEW_ARRAY(call->ev->a, const struct value *, n + 1);
	aside = NEW_ARRAY(call->ev->a, const struct value *, n + 1);
	for (size_t i = 0; i < n; i++)
		items[i] = list->list.items[i];
	if (n == 1 && !compare_values(call->ev, items[0], items[0], call->places[0], "sort", &cmp))
		return &value_poison;
	for (size_t width = 1; width < n; width *= 2) {
		steps_needed += n;
		for (size_t lo = 0; lo + width < n; lo += 2 * width) {
			size_t hi = lo + 2 * width < n ? lo + 2 * width : n;

			if (!merge_runs(call, items, aside, lo, lo + width, hi))
				return &value_poison;
		}
	}
	if (!steps(call->ev, call->at, steps_needed / 4))
		return &value_poison;
	return new_list(call->ev, items, n, call->at);
}

const struct value *run_unique(struct builtin_call *call)
{
	const struct value *list;
	const struct value **items;
	size_t n = 0;
	struct map seen = {0}, texts = {0};

	if (!argument_list(call, 0, &list))
		return &value_poison;
	items = NEW_ARRAY(call->ev->a, const struct value *, list->list.n + 1);
	for (size_t i = 0; i < list->list.n; i++) {
		const struct value *v = list->list.items[i];
		struct str shown;

		if (value_open_part(v) != NULL) {
			known(call->ev, value_open_part(v), call->places[0], "`unique`");
			return &value_poison;
		}
		if (!steps(call->ev, call->at, value_weight(v) / 4))
			return &value_poison;
		/* Two values are equal when they are written alike, but for the order of keys. */
		if (v->kind == VALUE_TEXT) {
			if (map_put(&texts, call->ev->a, v->text, v) == NULL)
				items[n++] = v;
			continue;
		}
		shown = is_section(v) ? STR("") : value_shown(call->ev->a, v, false);
		if (!is_section(v)) {
			if (map_put(&seen, call->ev->a, shown, v) == NULL)
				items[n++] = v;
			continue;
		}
		for (size_t k = 0; k < n; k++) {
			bool comparable;

			if (!steps(call->ev, call->at, 1 + value_weight(v) / 4))
				return &value_poison;
			if (value_eq(items[k], v, &comparable)) {
				v = NULL;
				break;
			}
		}
		if (v != NULL)
			items[n++] = v;
	}
	return new_list(call->ev, items, n, call->at);
}

/* ---- merge, join ---- */

const struct value *run_merge(struct builtin_call *call)
{
	const struct value *merged = NULL, *v;

	for (size_t i = 0; i < call->n; i++) {
		if (call->arguments[i] == NULL || call->arguments[i]->kind == VALUE_NULL)
			continue;
		if (!argument_section(call, i, &v))
			return &value_poison;
		merged = merged == NULL ? v
					: merge_values(call->ev, merged, v, call->want, call->at);
	}
	return merged != NULL ? merged : new_section(call->ev, NULL, 0, call->at, NULL);
}

/* A list of which not even the length is known: its items can be joined, which have numbers. */
static const struct value *unknown_list(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	struct str name = open_name(ev->a, call->arguments[0]);
	struct diag *d = diag_known_at_deployment(ev->ds, call->places[0], name, "`join`");

	if (span_is_set(call->arguments[0]->declared))
		diag_label(ev->ds, d, call->arguments[0]->declared, "it is declared here");
	diag_help(ev->ds, d,
		  "join its items by their numbers: `join([" STR_F "[0], " STR_F "[1]], …)`",
		  STR_A(name), STR_A(name));
	diag_help(ev->ds, d, "where all of them count, make it a `param` without `deploy`");
	return &value_poison;
}

const struct value *run_join(struct builtin_call *call)
{
	const struct value *list, *open = NULL;
	struct str separator, s;
	struct buf b = buf_in(call->ev->a);
	struct value *made;

	if (call->arguments[0]->kind == VALUE_OPEN_LIST)
		return unknown_list(call);
	if (!argument_list(call, 0, &list))
		return &value_poison;
	if (call->arguments[1]->kind != VALUE_TEXT) {
		wrong_argument(call, 1, "a text");
		return &value_poison;
	}
	separator = call->arguments[1]->text;
	if (call->arguments[1]->open)
		open = call->arguments[1];
	for (size_t i = 0; i < list->list.n; i++) {
		const struct value *v = list->list.items[i];

		if (!value_text(call->ev, v, span_is_set(v->at) ? v->at : call->places[0], &s))
			return &value_poison;
		if (v->kind == VALUE_TEXT && v->open && open == NULL)
			open = v;
		if (i > 0)
			buf_add(&b, separator);
		buf_add(&b, s);
		if (b.n > HPC_MAX_TEXT) {
			stop_size(call->ev, call->at, "a text is larger than 1 MiB");
			return &value_poison;
		}
	}
	if (!bytes(call->ev, call->at, b.n))
		return &value_poison;
	made = value_new(call->ev->a, VALUE_TEXT, call->at);
	made->text = buf_str(&b);
	if (open != NULL) {
		made->open = true;
		made->declared = open->declared;
	}
	return made;
}
