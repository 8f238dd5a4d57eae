/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_prop.c - constants held against properties of the schema.
 *
 * The codes, and the messages as far as both languages have the words, are those of the check of the whole file
 * (compiler/check/value.c). It is stricter: a number in quotes is a text here, and no number.
 */
#include "compiler/base/buf.h"
#include "compiler/base/lookalike.h"
#include "compiler/base/nearest.h"
#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/program_words.h"
#include "compiler/hpc/static_state.h"
#include "compiler/hpc/to_tree.h"
#include "compiler/hpc/value.h"
#include "compiler/schema/foreign.h"
#include "compiler/schema/kind.h"
#include "compiler/schema/limits.h"

const struct file_kind *kind_of_variants(uint16_t variants)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (variants != 0 && (variants & ~schema_kinds[i].variants) == 0)
			return &schema_kinds[i];
	return NULL;
}

/* Text that a message may quote. */
static struct str shown(struct statics *s, struct str text)
{
	size_t end = 80;

	if (text.n <= end)
		return text;
	while (end > 0 && ((unsigned char)text.s[end] & 0xc0) == 0x80)
		end--;
	return arena_fmt(s->a, STR_F "…", STR_A(str_slice(text, 0, end)));
}

/* ---- helps ---- */

static void write_instead(struct statics *s, struct diag *d, struct span at, struct str words)
{
	diag_help(s->ds, d, "write `" STR_F "`", STR_A(shown(s, words)));
	diag_fix(s->ds, d, at, words, false);
}

static struct str quoted(struct statics *s, struct str text)
{
	struct buf b = buf_in(s->a);

	buf_quoted(&b, text);
	return buf_str(&b);
}

/* ---- kinds ---- */

struct diag *wrong_kind_of_prop(struct statics *s, struct span at, const struct type *t,
				struct str got)
{
	struct str want = arena_str(s->a, type_words(s->a, t));
	const struct prop *p = t->prop;
	struct diag *d;

	/* What it looks like is said of texts alone. */
	if (p->kind == PROP_STRING)
		want = STR("a text");
	d = diag_wrong_type(s->ds, at, p->name, want.s, arena_str(s->a, got).s);
	if (p->kind == PROP_SECTIONS && str_eq(got, STR("a section")))
		diag_help(s->ds, d, "a list stands in brackets: `[{ … }]`");
	else if (p->kind == PROP_SECTION && str_eq(got, STR("a list")))
		diag_help(s->ds, d, "a section stands in braces: `" STR_F " { … }`",
			  STR_A(p->name));
	return d;
}

/* Is the text a number with a unit of the property, which only its quotes keep from being one? */
static bool is_quantity_of(const struct prop *p, struct str text)
{
	const struct unit *stored = p->unit.n > 0 ? unit_stored(p->unit) : NULL, *unit;
	struct number x;
	size_t n = 0, points = 0;

	while (n < text.n && (is_digit(text.s[n]) || (text.s[n] == '.' && n > 0 && points++ == 0)))
		n++;
	if (n == 0 || text.s[n - 1] == '.' || (text.s[0] == '0' && n > 1 && text.s[1] != '.'))
		return false; /* no number of a program */
	unit = unit_named(str_trim(str_slice(text, n, text.n)));
	if (stored == NULL || unit == NULL || !number_read(str_slice(text, 0, n), &x) ||
	    !number_mul(x, unit->value, &x) || !dimension_eq(stored->value.of, x.of) ||
	    !number_div(x, stored->value, &x))
		return false;
	return p->kind == PROP_NUMBER || number_is_int(x);
}

/* The one property of the section that is a number, where it has no other; or NULL. */
static const struct prop *only_number(const struct section *section, uint16_t variants)
{
	const struct prop *found = NULL;

	for (size_t i = 0; i < section->nprops; i++) {
		const struct prop *p = &section->props[i];

		if ((p->kind != PROP_INT && p->kind != PROP_NUMBER) ||
		    (variants != 0 && (p->variants & variants) == 0))
			continue;
		if (found != NULL)
			return NULL;
		found = p;
	}
	return found;
}

/* A lone number where a section must be, which has one number. */
static bool number_meant(struct statics *s, struct diag *d, const struct value *v,
			 const struct type *t)
{
	const struct prop *p =
		v->kind == VALUE_NUMBER && t->prop->kind == PROP_SECTION
			? only_number(&schema_sections[t->prop->section], t->variants)
			: NULL;

	if (p == NULL || span_text(v->at).n == 0 || !is_digit(span_text(v->at).s[0]))
		return false;
	write_instead(s, d, v->at,
		      arena_fmt(s->a, "{ " STR_F ": " STR_F " }", STR_A(p->name),
				STR_A(span_text(v->at))));
	return true;
}

/* Adds what the property takes, where a constant is of another kind. */
static void wrong_scalar(struct statics *s, const struct value *v, const struct type *t)
{
	const struct prop *p = t->prop;
	const struct foreign_value *foreign =
		v->kind == VALUE_TEXT ? foreign_value(p, STR("*")) : NULL;
	struct diag *d = wrong_kind_of_prop(s, v->at, t, value_kind_words(s->a, v));
	struct str words = span_text(v->at);
	int64_t i;

	switch (p->kind) {
	case PROP_INT:
	case PROP_INT_ENUM:
	case PROP_NUMBER:
		if (v->kind == VALUE_TEXT && str_to_int(v->text, &i))
			write_instead(s, d, v->at, v->text);
		else if (v->kind == VALUE_TEXT && is_quantity_of(p, v->text))
			write_instead(s, d, v->at, v->text);
		else if (v->kind == VALUE_TEXT && p->unit.n > 0 && unit_stored(p->unit) != NULL)
			diag_help(s->ds, d,
				  "it is a number with a unit, without quotes: `… " STR_F "`",
				  STR_A(unit_stored(p->unit)->word));
		break;
	case PROP_BOOL:
		if (v->kind == VALUE_TEXT &&
		    (str_eq_nocase(v->text, STR("true")) || str_eq_nocase(v->text, STR("yes")) ||
		     str_eq_nocase(v->text, STR("on")) || str_eq_nocase(v->text, STR("y"))))
			write_instead(s, d, v->at, STR("true"));
		else if (v->kind == VALUE_TEXT && v->text.n > 2 &&
			 edit_distance(v->text, STR("true"), 1) <= 1)
			write_instead(s, d, v->at, STR("true"));
		else if (v->kind == VALUE_TEXT && v->text.n > 2 &&
			 edit_distance(v->text, STR("false"), 1) <= 1)
			write_instead(s, d, v->at, STR("false"));
		else if (v->kind == VALUE_TEXT || v->kind == VALUE_NUMBER)
			diag_help(s->ds, d, "write `true` or `false`, without quotes");
		break;
	case PROP_STRING:
	case PROP_ENUM:
		if (v->kind == VALUE_NUMBER || v->kind == VALUE_BOOL)
			write_instead(s, d, v->at, quoted(s, words));
		break;
	case PROP_STRINGS:
	case PROP_INTS:
		if ((p->kind == PROP_STRINGS) == (v->kind == VALUE_TEXT) &&
		    (v->kind != VALUE_TEXT || !has_non_ascii(v->text)))
			write_instead(s, d, v->at, arena_fmt(s->a, "[" STR_F "]", STR_A(words)));
		break;
	case PROP_SECTION:
	case PROP_MAP:
		if (foreign == NULL && number_meant(s, d, v, t))
			break;
		if (foreign != NULL)
			diag_help(s->ds, d, STR_F,
				  STR_A(program_words(s->a, NULL, str_c(foreign->help), true)));
		else
			diag_help(s->ds, d, "a section stands in braces: `" STR_F " { … }`",
				  STR_A(p->name));
		break;
	case PROP_SECTIONS:
	case PROP_MAPS:
		diag_help(s->ds, d, "it is a list of sections: `" STR_F ": [{ … }]`",
			  STR_A(p->name));
		break;
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
	case PROP_ANY:
		break;
	}
}

/* ---- texts ---- */

static void bad_form(struct statics *s, const struct value *v, const struct prop *p)
{
	const struct pattern *pattern = p->pattern;
	bool secret = pattern->secret || has_private_key(v->text);
	struct diag *d = diag_pattern_mismatch(
		s->ds, v->at, p->name, secret ? STR("…") : shown(s, v->text), pattern->article);

	if (secret) {
		d->secret = true;
		diag_note(s->ds, d, "what stands there may be a secret, and is not shown");
	}
	diag_help(s->ds, d, "its form is " STR_F "; for example `\"" STR_F "\"`",
		  STR_A(pattern->form), STR_A(pattern->example));
}

static void judge_text(struct statics *s, const struct value *v, const struct prop *p)
{
	bool limited = (p->has & (HAS_MIN_LENGTH | HAS_MAX_LENGTH)) != 0;
	size_t n = limited ? utf8_count(v->text) : 0;

	if (str_find_str(v->text, STR("{{resolve:"), 0) != SIZE_MAX)
		return; /* the check of the whole file tells of it */
	if (((p->has & HAS_MIN_LENGTH) != 0 && n < p->min_length) ||
	    ((p->has & HAS_MAX_LENGTH) != 0 && n > p->max_length))
		diag_bad_length(s->ds, v->at, p->name, (unsigned long)n, length_words(s->a, p));
	else if (p->pattern != NULL && !pattern_matches(s->patterns, p->pattern, v->text))
		bad_form(s, v, p);
}

/* ---- values out of a list ---- */

static void help_values(struct statics *s, struct diag *d, const struct value *v,
			const struct prop *p, struct str word)
{
	const struct foreign_value *foreign = foreign_value(p, word);
	const struct enum_value *near;
	bool sure;

	if (foreign != NULL) {
		diag_help(s->ds, d, STR_F,
			  STR_A(program_words(s->a, NULL, str_c(foreign->help), true)));
		if (foreign->value.n > 0)
			diag_fix(s->ds, d, v->at, quoted(s, foreign->value), false);
		return;
	}
	near = nearest_value(p, word, &sure);
	if (near != NULL && p->kind != PROP_INT_ENUM) {
		diag_help(s->ds, d, "did you mean `\"" STR_F "\"`?", STR_A(near->name));
		diag_fix(s->ds, d, v->at, quoted(s, near->name), sure);
	}
	diag_help(s->ds, d, STR_F, STR_A(values_words(s->a, p, word)));
}

static void judge_enum(struct statics *s, const struct value *v, const struct type *t,
		       struct str word)
{
	const struct file_kind *kind = kind_of_variants(t->variants);
	const struct prop *p = t->prop;
	struct diag *d;

	for (size_t i = 0; i < p->nvalues; i++)
		if (str_eq(p->values[i].name, word) &&
		    (t->variants == 0 || (p->values[i].variants & t->variants) != 0))
			return;
	d = diag_not_in_enum(s->ds, v->at, shown(s, word), p->name);
	help_values(s, d, v, kind != NULL ? kind_prop(s->a, kind, p) : p, word);
}

/* ---- numbers ---- */

static bool out_of_limits(const struct prop *p, double x)
{
	return ((p->has & HAS_MIN) != 0 && x < p->min) ||
	       ((p->has & MIN_EXCLUSIVE) != 0 && x == p->min) ||
	       ((p->has & HAS_MAX) != 0 && x > p->max);
}

static void judge_number(struct statics *s, const struct value *v, const struct type *t)
{
	const struct prop *p = t->prop;
	double x = (double)v->number.num / (double)v->number.den;
	struct str words = number_written(s->a, v->at);

	if (words.n == 0)
		words = number_shown(s->a, v->number);
	if (p->kind != PROP_NUMBER && !number_is_int(v->number)) {
		diag_wrong_type(s->ds, v->at, p->name, "a whole number", "a fraction");
		return;
	}
	if (out_of_limits(p, x))
		diag_out_of_range(s->ds, v->at, p->name, shown(s, words), range_words(s->a, p));
	else if (p->kind == PROP_INT_ENUM)
		judge_enum(s, v, t, arena_fmt(s->a, "%lld", (long long)v->number.num));
}

/* ---- all ---- */

void judge_prop(struct statics *s, const struct value *v, const struct type *t)
{
	const struct prop *p = t->prop;
	uint32_t cp;

	if (v->kind == VALUE_TEXT && !v->open && utf8_has_control(v->text, &cp)) {
		report_control(s->ds, v->at, cp);
		return;
	}
	switch (p->kind) {
	case PROP_ANY:
		return;
	case PROP_STRING:
		if (v->kind == VALUE_TEXT)
			judge_text(s, v, p);
		break;
	case PROP_ENUM:
		if (v->kind == VALUE_TEXT)
			judge_enum(s, v, t, v->text);
		break;
	case PROP_STRINGS:
		if (v->kind == VALUE_TEXT && p->single) {
			if (p->nvalues > 0)
				judge_enum(s, v, t, v->text);
			else
				judge_text(s, v, p);
			return;
		}
		wrong_scalar(s, v, t);
		return;
	case PROP_INT:
	case PROP_INT_ENUM:
	case PROP_NUMBER:
		if (v->kind == VALUE_NUMBER)
			judge_number(s, v, t);
		else
			wrong_scalar(s, v, t);
		return;
	case PROP_BOOL:
		if (v->kind != VALUE_BOOL)
			wrong_scalar(s, v, t);
		return;
	case PROP_BOOL_OR_STRING:
		if (v->kind == VALUE_TEXT)
			judge_text(s, v, p);
		else if (v->kind != VALUE_BOOL)
			wrong_scalar(s, v, t);
		return;
	case PROP_INT_OR_STRING:
		if (v->kind == VALUE_TEXT)
			judge_text(s, v, p);
		else if (v->kind != VALUE_NUMBER || !number_is_int(v->number))
			wrong_scalar(s, v, t);
		return;
	case PROP_INTS:
	case PROP_MAP:
	case PROP_MAPS:
	case PROP_SECTION:
	case PROP_SECTIONS:
		wrong_scalar(s, v, t);
		return;
	}
	if (v->kind != VALUE_TEXT)
		wrong_scalar(s, v, t);
}

void judge_count(struct statics *s, const struct expr *list, const struct type *t)
{
	const struct prop *p = t->prop;
	size_t n = list->list.n;

	for (size_t i = 0; i < n; i++) {
		const struct element *x = &list->list.items[i];

		if (x->spread || x->nclauses > 0 || x->value == NULL || x->value->kind == EXPR_IF ||
		    x->value->kind == EXPR_NULL)
			return; /* a run tells how many there are */
	}
	for (size_t i = 0; i < n; i++) { /* a name may be null, which is no item */
		enum expr_kind kind = list->list.items[i].value->kind;

		if (kind != EXPR_SECTION && kind != EXPR_TEXT && kind != EXPR_NUMBER)
			return;
	}
	if (t->kind != TYPE_PROP)
		return;
	if (((p->has & HAS_MIN_ITEMS) != 0 && n < p->min_items) ||
	    ((p->has & HAS_MAX_ITEMS) != 0 && n > p->max_items))
		diag_bad_count(s->ds, list->at, p->name, (unsigned long)n, count_words(s->a, p));
}
