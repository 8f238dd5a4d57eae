/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins.c - where a value came from that a variable brought.
 *
 * The value that a rule complains of may stand in another file, on the command line or in the environment:
 * its finding says so.
 */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/base/search.h"
#include "compiler/compile/compile.h"
#include "compiler/model/exports.h"

enum { MOST_SHOWN = 80 };

/* Is `at` the scalar or a part of it? A scalar's own span may hold its quotes. */
static bool is_in(struct span at, const struct var_use *u)
{
	return span_is_set(at) && at.src == u->scalar.src && at.lo + 1 >= u->scalar.lo &&
	       at.hi <= u->scalar.hi + 1;
}

static uint32_t use_begin(const void *items, size_t i)
{
	return ((const struct var_use *)items)[i].scalar.lo;
}

/* The first use in the scalar at `at`, or NULL. Scalars come in the order of the text and do not overlap. */
static struct var_use *use_at(const struct var_uses *uses, struct span at)
{
	size_t i = span_is_set(at) ? search_least(at.lo + 2, uses->items, uses->n, use_begin) : 0;

	if (i == 0 || !is_in(at, &uses->items[i - 1]))
		return NULL;
	for (i--; i > 0 && uses->items[i - 1].scalar.lo == uses->items[i].scalar.lo;)
		i--;
	return &uses->items[i];
}

/* The value as a message may quote it; its control characters are none of those around references. */
static struct str shown(struct arena *a, struct str value)
{
	struct buf b = buf_in(a);
	size_t end = MOST_SHOWN < value.n ? MOST_SHOWN : value.n;

	while (end > 0 && end < value.n && ((unsigned char)value.s[end] & 0xc0) == 0x80)
		end--;
	for (size_t i = 0; i < end; i++)
		if (value.s[i] == OPEN_BEGIN[0] || value.s[i] == OPEN_END[0])
			buf_fmt(&b, "\\x%02x", (unsigned)value.s[i]);
		else
			buf_char(&b, value.s[i]);
	buf_add(&b, end < value.n ? STR("…") : STR(""));
	return buf_str(&b);
}

static void tell_origin(struct diags *ds, struct diag *d, const struct var_use *u)
{
	struct str name = u->name, value = shown(ds->arena, u->variable.value);
	struct span at = u->variable.at;

	switch (u->variable.origin) {
	case VAR_SET:
		diag_note(ds, d, "`${" STR_F "}` is `" STR_F "`, from --set", STR_A(name),
			  STR_A(value));
		return;
	case VAR_FILE:
		diag_note(ds, d, "`${" STR_F "}` is `" STR_F "`, from " STR_F ":%u", STR_A(name),
			  STR_A(value), STR_A(at.src->name), source_place(at.src, at.lo).line);
		return;
	case VAR_ENVIRONMENT:
		diag_note(ds, d, "`${" STR_F "}` is `" STR_F "`, from the environment", STR_A(name),
			  STR_A(value));
		return;
	case VAR_DEFAULT:
		diag_note(ds, d, "`${" STR_F "}` is `" STR_F "`, its default", STR_A(name),
			  STR_A(value));
		return;
	case VAR_UNSET: /* has a finding of its own */
		return;
	case VAR_BARE:
		diag_help(ds, d, "a variable is written `${" STR_F "}`", STR_A(name));
		return;
	}
}

/* What the variables in the scalar at `at` were. True when it has one that is not text. */
static bool tell_at(struct compilation *c, struct diag *d, struct span at)
{
	struct var_use *u = use_at(&c->uses, at), *end = c->uses.items + c->uses.n;
	bool replaced = false;

	for (; u != NULL && u < end && is_in(at, u); u++) {
		tell_origin(&c->ds, d, u);
		u->told = true;
		replaced |= u->variable.origin != VAR_BARE;
	}
	return replaced;
}

/* A `$NAME` that no finding spoke of. */
static void tell_bare(struct compilation *c, const struct var_use *u)
{
	struct diag *d = diag_bare_variable(&c->ds, u->ref, u->name);

	d->explained = true;
	diag_help(&c->ds, d, "a variable is written `${" STR_F "}`", STR_A(u->name));
	if (str_eq(span_text(u->ref), arena_fmt(c->a, "$" STR_F, STR_A(u->name))))
		diag_fix(&c->ds, d, u->ref, arena_fmt(c->a, "${" STR_F "}", STR_A(u->name)), false);
}

/* Values are not looked through for variables: one that was meant as such would go into the template as text. */
static void tell_nested(struct compilation *c, const struct var_use *u)
{
	struct diag *d = diag_nested_variable(&c->ds, u->ref, u->name);

	d->explained = true;
	tell_origin(&c->ds, d, u);
	diag_help(&c->ds, d, "write the whole value where `${" STR_F "}` is set", STR_A(u->name));
}

/* What is text and looks like a variable, and that no finding spoke of. */
static void tell_text(struct compilation *c, const struct var_use *u)
{
	if (u->told || u->variable.origin == VAR_UNSET)
		return;
	if (u->variable.origin == VAR_BARE)
		tell_bare(c, u);
	else if (str_find_str(u->variable.value, STR("${"), 0) != SIZE_MAX)
		tell_nested(c, u);
}

/* Would the fix write a text where a reference to a value of the deployment is, and be without that? */
static bool loses_reference(const struct diag_fix *f)
{
	static const char *const words[] = {"${param.", "${env.", "${stack."};
	struct str before = span_text(f->at);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (f->text.n > 0 && str_find_str(before, str_c(words[i]), 0) != SIZE_MAX &&
		    str_find_str(f->text, str_c(words[i]), 0) == SIZE_MAX)
			return true;
	return false;
}

/* What a parameter may be is not mended where the parameter stands: its other values would be gone. */
static void keep_references(struct diag *d)
{
	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
		if (loses_reference(f)) {
			d->fixes = NULL;
			return;
		}
}

/* A variable that is not set, and has the name of a parameter, or of an output that the file may ask for. */
static void tell_meant(struct compilation *c, struct diag *d)
{
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	struct str words = span_text(d->at), name = str_slice(words, 2, words.n - 1);
	enum export_what what;

	if (!str_starts(words, STR("${")))
		return;
	if (tree_get(tree_get(c->tree, STR("Parameters")), name) != NULL)
		diag_help(&c->ds, d, "the parameter of the file is `${param." STR_F "}`",
			  STR_A(name));
	else if (tree_get(c->tree, environment->name) != NULL && export_usual(name, &what))
		diag_help(&c->ds, d, "the output of the environment is `${env." STR_F "}`",
			  STR_A(name));
}

void origins_tell(struct compilation *c)
{
	for (struct diag *d = c->ds.first; d != NULL; d = d->next) {
		keep_references(d);
		if (d->id == DIAG_unset_variable && !d->explained)
			tell_meant(c, d);
	}
	if (c->uses.n == 0)
		return;
	for (struct diag *d = c->ds.first; d != NULL; d = d->next) {
		if (d->explained || d->id == DIAG_unset_variable ||
		    d->id == DIAG_bad_variable_reference)
			continue;
		d->explained = true;
		/* What a variable brought is not mended where it is used. */
		if (tell_at(c, d, d->at))
			d->fixes = NULL;
		for (const struct diag_label *l = d->labels; l != NULL; l = l->next)
			tell_at(c, d, l->at);
	}
	for (size_t i = 0; i < c->uses.n; i++)
		tell_text(c, &c->uses.items[i]);
}
