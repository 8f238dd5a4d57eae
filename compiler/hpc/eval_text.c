/* SPDX-License-Identifier: Apache-2.0 */
/* eval_text.c - texts with expressions in them. */
#include "compiler/hpc/eval.h"

/* Reports E0819: what can be written instead. */
static void not_textual(struct evaluator *ev, const struct value *v, struct span at)
{
	struct diag *d = diag_not_textual(ev->ds, at, value_kind_words(ev->a, v));

	if (v->kind == VALUE_NUMBER) {
		struct dimension of = v->number.of;
		const char *unit = of.dollars != 0   ? (of.seconds != 0 ? "USD/h" : "USD")
				   : of.bytes == 0   ? "min"
				   : of.seconds != 0 ? "MiB/s"
						     : "GiB";

		diag_help(ev->ds, d, "say in which unit: `${text(x, \"%s\")}`, or `${x / 1 %s}`",
			  unit, unit);
	}
	if (v->kind == VALUE_OPEN_LIST)
		diag_help(ev->ds, d, "take its items by their numbers: `${" STR_F "[0]}`",
			  STR_A(open_name(ev->a, v)));
	else if (v->kind == VALUE_LIST)
		diag_help(ev->ds, d, "join its items: `${join(xs, \",\")}`");
	else if (v->kind == VALUE_NULL)
		diag_help(ev->ds, d, "say what stands there instead: `${x ?? \"\"}`");
}

bool value_text(struct evaluator *ev, const struct value *v, struct span at, struct str *ret)
{
	struct diag *d;

	if (is_poison(v))
		return false;
	if (v->kind == VALUE_TEXT) {
		*ret = v->text;
		return true;
	}
	if (v->kind == VALUE_BOOL) {
		*ret = v->boolean ? STR("true") : STR("false");
		return true;
	}
	if (v->kind != VALUE_NUMBER || !dimension_is_plain(v->number.of)) {
		not_textual(ev, v, at);
		return false;
	}
	if (number_text(ev->a, v->number, ret))
		return true;
	d = diag_endless_decimal(ev->ds, at, number_shown(ev->a, v->number));
	diag_help(ev->ds, d, "round it: `round(x, 2)`");
	return false;
}

const struct value *eval_text(struct evaluator *ev, struct frame *f, const struct expr *e)
{
	struct span at = place(f, e->at);
	struct buf b;
	const struct value *open = NULL;
	struct value *made;
	bool faulty = false;

	if (e->text.n == 0)
		return value_of_text(ev->a, STR(""), at);
	if (e->text.n == 1 && e->text.parts[0].expr == NULL)
		return value_of_text(ev->a, e->text.parts[0].text, at);
	b = buf_in(ev->a);
	for (size_t i = 0; i < e->text.n && !ev->stopped; i++) {
		const struct text_part *part = &e->text.parts[i];
		struct str s = part->text;

		if (part->expr != NULL) {
			const struct value *v = eval(ev, f, part->expr, NULL);

			if (!value_text(ev, v, place(f, part->expr->at), &s)) {
				faulty = true;
				continue;
			}
			if (v->kind == VALUE_TEXT && v->open && open == NULL)
				open = v;
		}
		if (s.n + b.n > HPC_MAX_TEXT) {
			stop_size(ev, at, "a text is larger than 1 MiB");
			break;
		}
		buf_add(&b, s);
	}
	if (faulty || ev->stopped)
		return &value_poison;
	if (!bytes(ev, at, b.n))
		return &value_poison;
	made = value_new(ev->a, VALUE_TEXT, at);
	made->text = buf_str(&b);
	if (open != NULL) {
		made->open = true;
		made->declared = open->declared;
		made->open_type = e->text.n == 1 ? open->open_type : NULL;
	}
	return made;
}
