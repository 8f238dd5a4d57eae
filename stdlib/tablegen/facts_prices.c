/* SPDX-License-Identifier: Apache-2.0 */
/* facts_prices.c - prices of instance types and services to C, in millionths, and what Spot saves, in percent. */
#include "stdlib/tablegen/facts.h"

enum { PERCENT = 1000000 /* millionths: a cell of savings is read as one of prices */ };

/* "0.0255" in millionths; more than six digits after the point are a fault. */
static uint32_t millionths(const struct table *t, struct str cell)
{
	struct str rest = cell;
	struct str whole = str_cut(&rest, '.');
	uint64_t n = table_uint(t, whole, 4000);

	n *= 1000000;
	if (rest.s != NULL && (rest.n == 0 || rest.n > 6)) {
		table_fault(t, cell, "a number with one to six digits after the point");
	} else if (rest.s != NULL) {
		uint64_t part = table_uint(t, rest, 999999);

		for (size_t i = rest.n; i < 6; i++)
			part *= 10;
		n += part;
	}
	return (uint32_t)n;
}

/* "NAME=0.0255" of a list: the name, and the amount in *ret. */
static struct str priced_name(const struct table *t, struct str word, uint32_t *ret)
{
	struct str rest = word;
	struct str name = str_cut(&rest, '=');

	*ret = 0;
	if (rest.s == NULL || name.n == 0)
		table_fault(t, word, "NAME=NUMBER");
	else
		*ret = millionths(t, rest);
	return name;
}

/* Appends {"NAME", MILLIONTHS} for each of a list in the order of names; returns how many. */
static size_t write_amounts(struct buf *b, const struct table *t, struct str cell)
{
	struct str rest = table_text(cell), before = {0};
	size_t n = 0;

	for (; rest.s != NULL; n++) {
		uint32_t amount;
		struct str name = priced_name(t, str_cut(&rest, ','), &amount);

		if (n > 0 && str_cmp(before, name) >= 0)
			table_fault(t, name, "after the one before it in byte order");
		before = name;
		buf_add(b, STR("\t{"));
		c_str(b, name);
		buf_fmt(b, ", %u},\n", amount);
	}
	return n;
}

/* The prices of one region by row of the table of types; 0 is none. */
static uint32_t *type_prices(const struct table *t, const struct table *types, struct str cell)
{
	uint32_t *prices = NEW_ARRAY(t->tg->a, uint32_t, types->nrows + 1);
	struct str rest = cell;

	while (rest.s != NULL) {
		struct str sizes = str_cut(&rest, ' ');
		struct str family = str_cut(&sizes, ':');

		while (sizes.s != NULL) {
			uint32_t amount;
			struct str size = priced_name(t, str_cut(&sizes, ','), &amount);
			struct str name =
				arena_fmt(t->tg->a, STR_F "." STR_F, STR_A(family), STR_A(size));
			size_t i = table_find(types, name);

			if (i == types->nrows || prices[i] != 0)
				table_fault(t, size, "once of instance-types.tsv");
			prices[i] = amount;
		}
	}
	return prices;
}

/*
 * A bit for each type that has a price, and the prices of those in the order of types, in `unit` millionths. Returns
 * how many.
 */
static size_t write_type_prices(struct buf *bits, struct buf *amounts, const uint32_t *prices,
				size_t ntypes, uint32_t unit)
{
	size_t n = 0;

	buf_add(bits, STR("\t{"));
	for (size_t word = 0; word * 64 < ntypes; word++) {
		uint64_t set = 0;

		for (size_t i = word * 64; i < ntypes && i < word * 64 + 64; i++)
			if (prices[i] != 0) {
				set |= (uint64_t)1 << i % 64;
				buf_fmt(amounts, "%u,%s", prices[i] / unit,
					n++ % 12 == 11 ? "\n" : "");
			}
		buf_fmt(bits, "0x%llx,", (unsigned long long)set);
	}
	buf_add(bits, STR("},\n"));
	return n;
}

static void write_texts(struct buf *b, const struct str *cell, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		c_str(b, cell[i]);
		buf_add(b, STR(", "));
	}
}

void facts_write_instance_prices(struct facts_out *out, const struct table *t)
{
	enum { I_REGION, I_FACTORS = 4, I_PRICES };
	struct arena *a = t->tg->a;
	struct buf bits = buf_in(a), amounts = buf_in(a), factors = buf_in(a), rows = buf_in(a);
	size_t at = 0, factor = 0, ntypes = out->types->nrows;

	table_sorted(t, I_REGION);
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		size_t n = write_amounts(&factors, t, cell[I_FACTORS]);

		buf_add(&rows, STR("\t{"));
		write_texts(&rows, cell, I_REGION, I_FACTORS);
		buf_fmt(&rows, "factors + %zu, %zu, priced[%zu], amounts + %zu},\n", factor, n, i,
			at);
		factor += n;
		at += write_type_prices(&bits, &amounts, type_prices(t, out->types, cell[I_PRICES]),
					ntypes, 1);
	}
	buf_fmt(out->code, "static const uint64_t priced[][%zu] = {\n", (ntypes + 63) / 64);
	buf_add(out->code, buf_str(&bits));
	buf_add(out->code, STR("};\nstatic const uint32_t amounts[] = {\n"));
	buf_add(out->code, buf_str(&amounts));
	buf_add(out->code, STR("};\nstatic const struct named_amount factors[] = {\n"));
	buf_add(out->code, buf_str(&factors));
	buf_add(out->code, STR("};\nconst struct instance_prices facts_instance_prices[] = {\n"));
	buf_add(out->code, buf_str(&rows));
	buf_fmt(out->code, "};\nconst size_t facts_instance_prices_n = %zu;\n", t->nrows);
}

void facts_write_service_prices(struct facts_out *out, const struct table *t)
{
	enum { S_ITEM, S_PRICES = 4 };
	struct buf amounts = buf_in(t->tg->a), rows = buf_in(t->tg->a);
	size_t at = 0;

	table_sorted(t, S_ITEM);
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		size_t n = write_amounts(&amounts, t, cell[S_PRICES]);

		buf_add(&rows, STR("\t{"));
		write_texts(&rows, cell, S_ITEM, S_PRICES);
		buf_fmt(&rows, "service_amounts + %zu, %zu},\n", at, n);
		at += n;
	}
	buf_add(out->code, STR("static const struct named_amount service_amounts[] = {\n"));
	buf_add(out->code, buf_str(&amounts));
	buf_add(out->code, STR("};\nconst struct service_prices facts_service_prices[] = {\n"));
	buf_add(out->code, buf_str(&rows));
	buf_fmt(out->code, "};\nconst size_t facts_service_prices_n = %zu;\n", t->nrows);
}

/* The savings of a region, or NULL (reported): whole percents from 1 to 99. */
static const uint32_t *savings(const struct table *t, const struct table *types, struct str cell)
{
	const uint32_t *percents = type_prices(t, types, cell);

	for (size_t i = 0; i < types->nrows; i++)
		if (percents[i] % PERCENT != 0 || percents[i] >= 100 * PERCENT) {
			table_fault(t, cell, "TYPE=PERCENT, whole numbers from 1 to 99");
			return NULL;
		}
	return percents;
}

void facts_write_spot(struct facts_out *out, const struct table *t)
{
	enum { P_REGION, P_SAVINGS };
	struct buf bits = buf_in(t->tg->a), amounts = buf_in(t->tg->a), rows = buf_in(t->tg->a);
	size_t at = 0, ntypes = out->types->nrows;

	table_sorted(t, P_REGION);
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		const uint32_t *percents = savings(t, out->types, cell[P_SAVINGS]);

		if (percents == NULL)
			continue;
		buf_add(&rows, STR("\t{"));
		c_str(&rows, cell[P_REGION]);
		buf_fmt(&rows, ", saved[%zu], savings + %zu},\n", i, at);
		at += write_type_prices(&bits, &amounts, percents, ntypes, PERCENT);
	}
	buf_fmt(out->code, "static const uint64_t saved[][%zu] = {\n", (ntypes + 63) / 64);
	buf_add(out->code, buf_str(&bits));
	buf_add(out->code, STR("};\nstatic const uint8_t savings[] = {\n"));
	buf_add(out->code, buf_str(&amounts));
	buf_add(out->code, STR("};\nconst struct spot_savings facts_spot[] = {\n"));
	buf_add(out->code, buf_str(&rows));
	buf_fmt(out->code, "};\nconst size_t facts_spot_n = %zu;\n", t->nrows);
	buf_add(out->code, STR("const struct str facts_spot_date = "));
	buf_add(out->code, STR("STR_INIT(\""));
	buf_add(out->code, t->date);
	buf_add(out->code, STR("\");\n"));
}
