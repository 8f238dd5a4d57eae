/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert.c - values of a YAML file as pieces of a program.
 *
 * Depth is that of the file, which the reader bounds. What comes to stand elsewhere or nowhere leaves its comments in
 * im->waiting, for the next entry.
 */
#include "compiler/hpc/number.h"
#include "compiler/import/importer.h"
#include "compiler/tree/scalar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- comments ---- */

static void add_run(struct importer *im, struct remarks_list *to, const struct comment_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		remark_add(im->a, to, run->first[i].text, run->first[i].after_empty);
}

static void add_one(struct importer *im, struct remarks_list *to, const struct comment *c)
{
	if (c != NULL)
		remark_add(im->a, to, c->text, false);
}

static void add_list(struct importer *im, struct remarks_list *to, struct remarks_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		remark_add(im->a, to, from->items[i].text, from->items[i].after_empty);
	from->n = 0;
}

void import_collect_remarks(struct importer *im, struct remarks_list *to, const struct written *w)
{
	const struct remarks *r = w->remarks;

	if (r == NULL)
		return;
	add_one(im, to, r->open);
	for (size_t i = 0; i < w->n; i++)
		import_collect_entry(im, to, w, i);
	add_run(im, to, &r->end);
}

void import_collect_entry(struct importer *im, struct remarks_list *to, const struct written *in,
			  size_t i)
{
	const struct entry_remarks *e = &in->remarks->entries[i];

	add_run(im, to, &e->above);
	import_collect_remarks(im, to, in->entries[i].value);
	add_one(im, to, e->behind);
}

/* Gives an entry the comments that it has in the file, and those that wait. */
static void take_remarks(struct importer *im, struct piece_entry *to,
			 const struct entry_remarks *from)
{
	bool waited = im->waiting.n > 0;

	to->after_empty = waited ? from->parted : from->after_empty && from->above.n == 0;
	to->after_empty |= from->parted;
	add_list(im, &to->above, &im->waiting);
	add_run(im, &to->above, &from->above);
	to->behind = from->behind != NULL ? from->behind->text : STR("");
}

/* ---- scalars ---- */

/* Does the property take text, whatever the scalar looks like? */
static bool takes_text(const struct prop *p)
{
	return p != NULL &&
	       (p->kind == PROP_STRING || p->kind == PROP_STRINGS || p->kind == PROP_ENUM);
}

/* A number with a fraction as decimals, or an empty text where these are not exact or too many. */
static struct str decimals(struct arena *a, double number)
{
	char text[64];
	int n;

	for (int digits = 1; digits <= 17; digits++) {
		n = snprintf(text, sizeof(text), "%.*f", digits, number);
		if (n > 0 && (size_t)n < sizeof(text) && n <= MAX_DIGITS &&
		    strtod(text, NULL) == number) {
			while (text[n - 1] == '0')
				n--;
			n -= text[n - 1] == '.';
			return arena_str(a, (struct str){text, (size_t)n});
		}
	}
	return STR("");
}

/* The number as a program writes it, or an empty text. */
static struct str number_written(struct arena *a, const struct node *n)
{
	struct str digits;

	if (n->kind == NODE_FLOAT)
		return decimals(a, n->number);
	digits = arena_fmt(a, "%lld", (long long)n->integer);
	return n->big || digits.n > MAX_DIGITS + (n->integer < 0) ? STR("") : digits;
}

static struct piece *quoted(struct importer *im, struct str text)
{
	struct text_bits bits = {0};

	text_add(im->a, &bits, false, text);
	return text_piece_of(im->a, &bits);
}

/* Is so much of the unit a number that programs can have? */
static bool quantity_fits(struct str digits, const struct unit *unit)
{
	struct number n;

	return number_read(digits, &n) && number_mul(n, unit->value, &n);
}

static struct piece *number_piece(struct importer *im, const struct node *n, struct place_of at)
{
	struct str digits = number_written(im->a, n);
	const struct unit *unit = NULL;
	bool positive = n->kind == NODE_INT ? n->integer > 0 : n->number > 0;

	if (digits.n == 0 || (place_is_free(at) && !str_eq(digits, n->text)))
		return quoted(im, n->text);
	if (at.prop != NULL && at.prop->unit.n > 0 && positive && !im->no_units)
		unit = unit_stored(at.prop->unit);
	if (unit != NULL && quantity_fits(digits, unit))
		digits = arena_fmt(im->a, STR_F " " STR_F, STR_A(digits), STR_A(unit->word));
	return piece_text(im->a, digits);
}

static struct piece *string_piece(struct importer *im, struct str text)
{
	bool whole;
	struct text_bits bits = import_text(im, text, &whole);

	if (whole && bits.n == 1 && bits.items[0].is_expression)
		return piece_text(im->a, bits.items[0].text);
	return text_piece_of(im->a, &bits);
}

/* A text in quotes where a number or bool is wanted, which the reader of YAML takes: what it says. */
static struct node meant(const struct node *n, const struct prop *p)
{
	struct node plain = *n;
	bool number = p != NULL && (p->kind == PROP_INT || p->kind == PROP_INTS ||
				    p->kind == PROP_NUMBER || p->kind == PROP_INT_ENUM);

	if (n->kind != NODE_STRING || (!number && (p == NULL || p->kind != PROP_BOOL)))
		return plain;
	yaml_resolve_plain(&plain);
	if (number ? plain.kind == NODE_INT || plain.kind == NODE_FLOAT : plain.kind == NODE_BOOL)
		return plain;
	return *n;
}

static struct piece *scalar_piece(struct importer *im, const struct node *n, struct place_of at)
{
	struct str word;

	switch (n->kind) {
	case NODE_STRING:
		return string_piece(im, n->text);
	case NODE_BOOL:
		word = n->boolean ? STR("true") : STR("false");
		if (takes_text(at.prop) || (place_is_free(at) && !str_eq(word, n->text)))
			return quoted(im, n->text);
		return piece_text(im->a, word);
	case NODE_INT:
	case NODE_FLOAT:
		return takes_text(at.prop) ? quoted(im, n->text) : number_piece(im, n, at);
	case NODE_TIMESTAMP:
		return quoted(im, n->text);
	case NODE_NULL:
	case NODE_LIST:
	case NODE_MAP:
		break;
	}
	BUG("a scalar of kind %d", (int)n->kind);
}

struct str import_literal(struct importer *im, const struct written *w)
{
	struct buf b = buf_in(im->a);

	if (w->kind == WRITTEN_ALIAS)
		w = w->target;
	if (w->kind == WRITTEN_LIST) {
		buf_char(&b, '[');
		for (size_t i = 0; i < w->n; i++)
			buf_fmt(&b, "%s" STR_F, i > 0 ? ", " : "",
				STR_A(import_literal(im, w->entries[i].value)));
		buf_char(&b, ']');
		return buf_str(&b);
	}
	if (w->kind == WRITTEN_MAP || w->scalar.kind == NODE_NULL)
		return STR("null");
	if (w->scalar.kind == NODE_STRING || w->scalar.kind == NODE_TIMESTAMP) {
		bool whole;
		struct text_bits bits = import_text(im, w->scalar.text, &whole);

		return whole && bits.n == 1 ? bits.items[0].text : text_quoted(im->a, &bits);
	}
	return scalar_piece(im, &w->scalar, (struct place_of){0})->text;
}

/* ---- what has no value ---- */

/* An alias of null is null; the value behind it. */
static const struct written *behind_alias(const struct written *w)
{
	return w->kind == WRITTEN_ALIAS && w->target->let == NULL ? w->target : w;
}

static bool is_null(const struct written *w)
{
	w = behind_alias(w);
	return w->kind == WRITTEN_SCALAR && w->scalar.kind == NODE_NULL;
}

/* Reports a value that is not there. Comments of what is left out wait for the next entry. */
static void leave_out(struct importer *im, const struct written *in, size_t i, bool is_free)
{
	const struct written_entry *e = &in->entries[i];
	struct str name = e->key != NULL ? e->key->scalar.text : arena_fmt(im->a, "[%zu]", i);
	struct span at = e->key != NULL ? e->key->at : e->value->at;

	if (!is_free)
		diag_null_value(im->ds, at, name);
	else
		diag_help(im->ds, diag_null_left_out(im->ds, at, name),
			  "write `\"\"` for an empty text");
	import_collect_entry(im, &im->waiting, in, i);
}

/* ---- lists and mappings ---- */

static void begin_collection(struct importer *im, struct piece *p, const struct written *w)
{
	if (w->remarks->open != NULL)
		p->open = w->remarks->open->text;
	(void)im;
}

static void end_collection(struct importer *im, struct piece *p, const struct written *w)
{
	add_list(im, &p->end, &im->waiting);
	add_run(im, &p->end, &w->remarks->end);
}

static struct piece *list_piece(struct importer *im, const struct written *w, struct place_of at)
{
	struct piece *p = piece_new(im->a, PIECE_LIST);
	struct place_of item = place_of_items(at);
	struct remarks_list before = im->waiting;

	im->waiting = (struct remarks_list){0};
	begin_collection(im, p, w);
	for (size_t i = 0; i < w->n; i++) {
		struct piece_entry *e;
		struct piece_entry own = {0};

		if (is_null(w->entries[i].value)) {
			leave_out(im, w, i, place_is_free(item));
			continue;
		}
		take_remarks(im, &own, &w->remarks->entries[i]);
		e = piece_add(im->a, p, STR(""), import_value(im, w->entries[i].value, item));
		own.value = e->value;
		own.key = e->key;
		*e = own;
	}
	end_collection(im, p, w);
	im->waiting = before;
	return p;
}

/*
 * A section with one property becomes a dotted key, unless a comment stands between. `Key: { … }` stays: it replaces
 * what a spread brought.
 */
static void fold(struct importer *im, struct piece_entry *e)
{
	struct piece *v = e->value;
	struct piece_entry *inner = v->n == 1 ? &v->entries[0] : NULL;

	if (v->kind != PIECE_SECTION || inner == NULL || e->replaces || e->key.s[0] == '"' ||
	    inner->key.s[0] == '"' || inner->key.s[0] == '.' || inner->above.n > 0 || v->end.n > 0)
		return;
	if (v->open.n > 0)
		remark_add(im->a, &e->above, v->open, false);
	if (e->behind.n > 0 && inner->behind.n > 0)
		remark_add(im->a, &e->above, e->behind, false);
	if (inner->behind.n > 0)
		e->behind = inner->behind;
	e->key = arena_fmt(im->a, STR_F "." STR_F, STR_A(e->key), STR_A(inner->key));
	e->replaces = inner->replaces;
	e->value = inner->value;
}

static void add_spread(struct importer *im, struct piece *p, const struct written *w,
		       struct place_of at)
{
	if (!is_null(w))
		piece_add(im->a, p, STR("..."), import_value(im, w, at));
}

/* `<<`: the first of several wins in YAML, the last one here. */
static void add_merge(struct importer *im, struct piece *p, const struct written *in, size_t i,
		      struct place_of at)
{
	const struct written *w = in->entries[i].value;
	const struct import_let *let = w->kind == WRITTEN_ALIAS ? w->target->let : NULL;
	size_t first = p->n;

	if (w->kind == WRITTEN_ALIAS && let == NULL)
		w = w->target;
	if (let != NULL && w->target->kind == WRITTEN_LIST) {
		for (size_t k = w->target->n; k > 0; k--)
			piece_add(im->a, p, STR("..."),
				  piece_text(im->a, arena_fmt(im->a, STR_F "[%zu]",
							      STR_A(let->ident), k - 1)));
	} else if (w->kind == WRITTEN_LIST) {
		for (size_t k = w->n; k > 0; k--)
			add_spread(im, p, w->entries[k - 1].value, at);
		import_collect_remarks(im, &im->waiting, w);
	} else {
		add_spread(im, p, w, at);
	}
	if (p->n == first) {
		import_collect_entry(im, &im->waiting, in, i);
		return;
	}
	take_remarks(im, &p->entries[first], &in->remarks->entries[i]);
}

static bool has_merge(const struct written *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->entries[i].merge)
			return true;
	return false;
}

static void add_entry(struct importer *im, struct piece *p, const struct written *in, size_t i,
		      struct place_of at)
{
	const struct written_entry *from = &in->entries[i];
	struct place_of place = place_of_key(im, at, from->key->scalar.text);
	struct piece_entry own = {.key = key_written(im->a, from->key->scalar.text),
				  .replaces = in->kind == WRITTEN_MAP && has_merge(in)};

	if (is_null(from->value)) {
		leave_out(im, in, i, place_is_free(place) && place_is_free(at));
		return;
	}
	take_remarks(im, &own, &in->remarks->entries[i]);
	own.value = import_value(im, from->value, place);
	fold(im, &own);
	*piece_add(im->a, p, own.key, own.value) = own;
}

static struct piece *map_piece(struct importer *im, const struct written *w, struct place_of at,
			       bool top)
{
	struct piece *p = piece_new(im->a, PIECE_SECTION);
	struct remarks_list before = im->waiting;

	if (!top)
		im->waiting = (struct remarks_list){0};
	begin_collection(im, p, w);
	for (size_t i = 0; i < w->n; i++)
		if (w->entries[i].merge)
			add_merge(im, p, w, i, at);
	for (size_t i = 0; i < w->n; i++) {
		if (w->entries[i].merge)
			continue;
		if (top && import_is_apart(w->entries[i].key->scalar.text)) {
			if (str_eq(w->entries[i].key->scalar.text, STR("Kind")))
				import_collect_entry(im, &im->waiting, w, i);
			continue;
		}
		add_entry(im, p, w, i, at);
	}
	end_collection(im, p, w);
	if (!top)
		im->waiting = before;
	return p;
}

bool import_is_apart(struct str key)
{
	return str_eq(key, STR("Kind")) || str_eq(key, STR("Parameters"));
}

struct piece *import_inner(struct importer *im, const struct written *w, struct place_of at)
{
	struct node node;

	if (w->kind == WRITTEN_MAP)
		return map_piece(im, w, at, false);
	if (w->kind == WRITTEN_LIST)
		return list_piece(im, w, at);
	if (w->scalar.kind == NODE_NULL)
		return piece_text(im->a, STR("null"));
	node = meant(&w->scalar, at.prop);
	if (at.section != NULL && at.item && at.prop->single && w->scalar.kind == NODE_STRING)
		at = (struct place_of){0}; /* an item that is text is the name in a section */
	return scalar_piece(im, &node, at);
}

struct piece *import_value(struct importer *im, const struct written *w, struct place_of at)
{
	const struct written *target = w->kind == WRITTEN_ALIAS ? w->target : w;

	if (target->let != NULL)
		return piece_text(im->a, target->let->ident);
	return import_inner(im, target, at);
}

struct piece *import_body(struct importer *im)
{
	struct piece *p = map_piece(
		im, im->root, (struct place_of){.section = &schema_sections[im->kind->root]}, true);

	p->broken = true;
	return p;
}
