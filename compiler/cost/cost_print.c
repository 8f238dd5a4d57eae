/* SPDX-License-Identifier: Apache-2.0 */
/* cost_print.c - costs as a table and as JSON. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/base/map.h"
#include "compiler/base/shown.h"
#include "compiler/cost/cost.h"
#include "compiler/schema/kind.h"

#include <inttypes.h>

enum { MONTH_UNITS = 1000000 }; /* in which months are counted */
static const int64_t hour_units = 10000000000;

/* ---- words ---- */

static const char *const what_words[] = {
	[DEMAND_HEAD_NODE] = "head",
	[DEMAND_LOGIN_NODES] = "login",
	[DEMAND_QUEUE] = "queue",
	[DEMAND_COMPUTE_NODES] = "nodes",
	[DEMAND_ENVIRONMENT] = "environment",
	[DEMAND_STORAGE] = "storage",
	[DEMAND_ENDPOINTS] = "endpoints",
	[DEMAND_SERVICE] = "service",
	[DEMAND_BY_USE] = "use",
};

/* "queue cpu", "NAT gateway" */
static struct str label(struct arena *a, const struct cost_line *l)
{
	switch (l->what) {
	case DEMAND_HEAD_NODE:
		return STR("head node");
	case DEMAND_LOGIN_NODES:
		return arena_fmt(a, "login pool " STR_F, STR_A(shown_line(a, l->name)));
	case DEMAND_QUEUE:
	case DEMAND_ENVIRONMENT:
	case DEMAND_STORAGE:
		return arena_fmt(a, "%s " STR_F, what_words[l->what],
				 STR_A(shown_line(a, l->name)));
	case DEMAND_ENDPOINTS:
	case DEMAND_SERVICE:
	case DEMAND_COMPUTE_NODES:
	case DEMAND_BY_USE:
		return l->name;
	}
	BUG("no such demand: %d", (int)l->what);
}

/* "2", "0-8 nodes" */
static struct str count(struct arena *a, const struct cost_line *l)
{
	struct buf b = buf_in(a);

	if (l->what == DEMAND_STORAGE)
		return l->max > 0 ? STR("1") : STR("-");
	if (l->min != l->max)
		buf_fmt(&b, "%" PRId64 "-", l->min);
	buf_fmt(&b, "%" PRId64, l->max);
	if (l->unit.n > 0)
		buf_fmt(&b, " " STR_F "%s", STR_A(l->unit), l->max == 1 ? "" : "s");
	return buf_str(&b);
}

/* ---- the table ---- */

enum { COLUMNS = 8, FIGURES = 2, NOTE = 7 };

struct table {
	struct arena *a;
	struct str *cells;
	size_t n; /* of rows */
	size_t width[COLUMNS];
	bool hours; /* has the column of the hours that were asked for */
};

static struct str month_text(struct arena *a, int64_t month, bool estimated)
{
	int64_t cents = month / 10000 + (month % 10000 >= 5000);

	return arena_fmt(a, "%s%" PRId64 ".%02" PRId64, estimated ? "~" : "", cents / 100,
			 cents % 100);
}

static struct str hour_text(struct arena *a, int64_t month, bool estimated)
{
	int64_t hour = cost_an_hour(month), unit = hour_units / 10000;

	hour = hour / unit + (hour % unit >= unit / 2);
	return arena_fmt(a, "%s%" PRId64 ".%04" PRId64, estimated ? "~" : "", hour / 10000,
			 hour % 10000);
}

/* Where nothing of it has a price, there is no figure. */
static void figures(struct table *t, struct str *cell, const struct cost_figures *f, bool none)
{
	struct str *to = &cell[FIGURES];

	for (int i = 0; i < COST_USUAL; i++) {
		*to++ = none ? STR("-") : hour_text(t->a, f->month[i], f->estimated[i]);
		*to++ = none ? STR("-") : month_text(t->a, f->month[i], f->estimated[i]);
	}
	if (t->hours)
		*to = none ? STR("-")
			   : month_text(t->a, f->month[COST_USUAL], f->estimated[COST_USUAL]);
}

/* Is there nothing with a price? */
static bool is_unpriced(const struct cost_line *l)
{
	for (size_t i = 0; i < l->nparts; i++)
		if (l->parts[i].price.known != PRICE_NONE)
			return false;
	return l->nparts > 0;
}

static struct str note(const struct cost_line *l)
{
	if (l->what == DEMAND_STORAGE && l->max == 0)
		return STR("is there already");
	if (l->what == DEMAND_STORAGE && l->nparts == 0)
		return STR("by use");
	if (is_unpriced(l))
		return STR("unpriced");
	return l->sum.at_least[COST_CEILING] ? STR("at least") : STR("");
}

/* Columns of the terminal that a text takes: names are UTF-8. */
static size_t columns_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.s[i] & 0xc0) != 0x80;
	return n;
}

static void print_rows(struct table *t, struct buf *b)
{
	for (size_t i = 0; i < t->n * COLUMNS; i++) {
		struct str cell = t->cells[i];
		size_t c = i % COLUMNS, gap = t->width[c] - columns_of(cell);

		if (c > 0 && c < NOTE && t->width[c] > 0) {
			buf_pad(b, ' ', gap + 2);
			buf_add(b, cell);
		} else if (c == 0) {
			buf_add(b, cell);
			buf_pad(b, ' ', gap);
		} else if (c == NOTE && cell.n > 0) {
			buf_add(b, STR("  "));
			buf_add(b, cell);
		}
		if (c == NOTE)
			buf_char(b, '\n');
	}
}

static void measure(struct table *t)
{
	for (size_t i = 0; i < t->n * COLUMNS; i++) {
		size_t *width = &t->width[i % COLUMNS], n = columns_of(t->cells[i]);

		*width = n > *width ? n : *width;
	}
}

static void put_table(struct buf *b, const struct cost *c)
{
	static const struct str titles[COLUMNS] = {
		STR_INIT("WHAT"),	  STR_INIT("COUNT"),
		STR_INIT("FLOOR/HOUR"),	  STR_INIT("FLOOR/MONTH"),
		STR_INIT("CEILING/HOUR"), STR_INIT("CEILING/MONTH"),
		STR_INIT("USUAL/MONTH"),  {0}};
	struct table t = {.a = b->a,
			  .cells = NEW_ARRAY(b->a, struct str, (c->nlines + 2) * COLUMNS),
			  .hours = c->has_hours};
	struct str *cell = t.cells;

	for (size_t i = 0; i < COLUMNS; i++)
		cell[i] = i == FIGURES + 4 && !t.hours ? STR("") : titles[i];
	cell += COLUMNS;
	for (size_t i = 0; i < c->nlines; i++, cell += COLUMNS) {
		const struct cost_line *l = &c->lines[i];

		cell[0] = label(b->a, l);
		cell[1] = count(b->a, l);
		figures(&t, cell, &l->sum, is_unpriced(l));
		cell[NOTE] = note(l);
	}
	cell[0] = c->sum.at_least[COST_FLOOR]	  ? STR("sum, at least")
		  : c->sum.at_least[COST_CEILING] ? STR("sum, ceiling at least")
						  : STR("sum");
	figures(&t, cell, &c->sum, false);
	t.n = c->nlines + 2;
	measure(&t);
	print_rows(&t, b);
}

/* ---- below the table ---- */

/* "0.0225", without zeros at the end but with two digits. */
static struct str amount_text(struct arena *a, const struct price *p)
{
	return price_text(a, p, p->millionths);
}

static void put_unpriced(struct buf *b, const struct cost *c)
{
	if (c->nunpriced > 0)
		buf_add(b, STR("\nwithout a price, and not in the sums:\n"));
	for (size_t i = 0; i < c->nunpriced; i++)
		buf_fmt(b, "  " STR_F "\n", STR_A(shown_line(b->a, c->unpriced[i])));
}

static void put_uses(struct buf *b, const struct cost *c)
{
	if (c->nuses > 0)
		buf_add(b, STR("\nby use, and not in the sums:\n"));
	for (size_t i = 0; i < c->nuses; i++) {
		const struct price *p = &c->uses[i].price;

		buf_fmt(b, "  " STR_F, STR_A(c->uses[i].words));
		if (p->known != PRICE_NONE)
			buf_fmt(b, ": " STR_F " per " STR_F, STR_A(amount_text(b->a, p)),
				STR_A(p->unit));
		buf_char(b, '\n');
	}
}

/* Each date of a source once, in the order in which they come. */
static void put_dates(struct buf *b, const struct cost *c)
{
	struct map seen = {0};

	for (size_t i = 0; i < c->nlines; i++)
		for (size_t k = 0; k < c->lines[i].nparts; k++) {
			const struct cost_part *part = &c->lines[i].parts[k];
			const struct price *p = &part->price;
			struct str words;

			if (p->known == PRICE_NONE)
				continue;
			words = part->spot
					? arena_fmt(b->a, "Spot savings of " STR_F, STR_A(p->date))
					: arena_fmt(b->a, STR_F " (" STR_F ")", STR_A(p->date),
						    STR_A(p->source));
			map_put(&seen, b->a, words, c);
		}
	for (size_t i = 0; i < seen.n; i++)
		buf_fmt(b, "%s" STR_F, i == 0 ? "\nprices: " : ", ", STR_A(seen.items[i].key));
	if (seen.n > 0)
		buf_char(b, '\n');
	if (c->sum.estimated[COST_CEILING])
		buf_add(b, STR("~ is an estimate\n"));
}

struct str cost_table(struct arena *a, const struct cost *c, struct str name)
{
	struct buf b = buf_in(a);

	buf_fmt(&b, STR_F ": " STR_F " in " STR_F ", Linux, list prices; a month has %d hours\n\n",
		STR_A(shown_line(a, name)), STR_A(c->currency),
		STR_A(c->region.n > 0 ? shown_line(a, c->region) : STR("no region")),
		HOURS_A_MONTH);
	put_table(&b, c);
	put_unpriced(&b, c);
	put_uses(&b, c);
	put_dates(&b, c);
	return buf_str(&b);
}

/* ---- JSON ---- */

static void put_text(struct arena *a, struct json_value *o, const char *key, struct str text)
{
	json_put(o, str_c(key), json_new_text(a, text));
}

static void put_int(struct arena *a, struct json_value *o, const char *key, int64_t n)
{
	json_put(o, str_c(key), json_new_int(a, n));
}

/* `n` of so many units in one. */
static void put_money(struct arena *a, struct json_value *o, const char *key, int64_t n,
		      int64_t units)
{
	json_put(o, str_c(key),
		 n % units == 0 ? json_new_int(a, n / units)
				: json_new_real(a, (double)n / (double)units));
}

static void put_flag(struct arena *a, struct json_value *o, const char *key, bool b)
{
	if (b)
		json_put(o, str_c(key), json_new_bool(a, true));
}

static void put_figures(struct arena *a, struct json_value *o, const struct cost *c,
			const struct cost_figures *f)
{
	static const char *const keys[COST_FIGURES] = {"floor", "ceiling", "usual"};

	for (int i = 0; i < COST_FIGURES; i++) {
		struct json_value *v;

		if (i == COST_USUAL && !c->has_hours)
			continue;
		v = json_put(o, str_c(keys[i]), json_new_object(a));
		put_money(a, v, "hour", cost_an_hour(f->month[i]), hour_units);
		put_money(a, v, "month", f->month[i], MONTH_UNITS);
		put_flag(a, v, "estimate", f->estimated[i]);
		put_flag(a, v, "at_least", f->at_least[i]);
	}
}

static void put_price(struct arena *a, struct json_value *o, const struct price *p)
{
	struct json_value *v;

	if (p->known == PRICE_NONE)
		return;
	v = json_put(o, STR("price"), json_new_object(a));
	put_money(a, v, "amount", (int64_t)p->millionths, MONTH_UNITS);
	put_text(a, v, "unit", p->unit);
	put_text(a, v, "date", p->date);
	put_text(a, v, "source", p->source);
}

static void put_state(struct arena *a, struct json_value *o, enum price_known known)
{
	put_text(a, o, "state",
		 known == PRICE_LISTED	    ? STR("priced")
		 : known == PRICE_ESTIMATED ? STR("estimated")
					    : STR("unpriced"));
}

static void put_part(struct arena *a, struct json_value *list, const struct cost *c,
		     const struct cost_part *p)
{
	struct json_value *o = json_push(list, json_new_object(a));

	put_text(a, o, "name", p->name);
	put_text(a, o, "item", p->item);
	if (p->other.n > 0)
		put_text(a, o, "ceiling_item", p->other);
	put_int(a, o, "min", p->min);
	put_int(a, o, "max", p->max);
	put_text(a, o, "unit", p->unit);
	put_state(a, o, p->price.known);
	if (p->spot) {
		json_put(o, STR("spot"), json_new_bool(a, true));
		put_int(a, o, "saving_percent", p->saving);
	}
	put_price(a, o, &p->price);
	put_figures(a, o, c, &p->sum);
}

static void put_line(struct arena *a, struct json_value *list, const struct cost *c,
		     const struct cost_line *l)
{
	struct json_value *o = json_push(list, json_new_object(a)), *parts;

	put_text(a, o, "what", str_c(what_words[l->what]));
	put_text(a, o, "name", l->name);
	put_int(a, o, "min", l->min);
	put_int(a, o, "max", l->max);
	if (l->unit.n > 0)
		put_text(a, o, "unit", l->unit);
	put_figures(a, o, c, &l->sum);
	parts = json_put(o, STR("parts"), json_new_array(a));
	for (size_t i = 0; i < l->nparts; i++)
		put_part(a, parts, c, &l->parts[i]);
}

static void put_lists(struct arena *a, struct json_value *o, const struct cost *c)
{
	struct json_value *list = json_put(o, STR("unpriced"), json_new_array(a));

	for (size_t i = 0; i < c->nunpriced; i++)
		json_push(list, json_new_text(a, c->unpriced[i]));
	list = json_put(o, STR("by_use"), json_new_array(a));
	for (size_t i = 0; i < c->nuses; i++) {
		struct json_value *use = json_push(list, json_new_object(a));

		put_text(a, use, "name", c->uses[i].words);
		put_price(a, use, &c->uses[i].price);
	}
}

struct str cost_json(struct arena *a, const struct cost *c, const struct model *m, struct str name)
{
	struct json_value *o = json_new_object(a), *lines, *sum;

	put_int(a, o, "hpcc_cost", 1);
	put_text(a, o, "file", name);
	put_text(a, o, "kind", m->kind->name);
	put_text(a, o, "region", c->region);
	put_text(a, o, "currency", c->currency);
	put_int(a, o, "hours_a_month", HOURS_A_MONTH);
	lines = json_put(o, STR("lines"), json_new_array(a));
	for (size_t i = 0; i < c->nlines; i++)
		put_line(a, lines, c, &c->lines[i]);
	sum = json_put(o, STR("sum"), json_new_object(a));
	put_figures(a, sum, c, &c->sum);
	put_lists(a, o, c);
	return arena_fmt(a, STR_F "\n", STR_A(json_write(a, o, 2, 0)));
}
