/* SPDX-License-Identifier: Apache-2.0 */
/* facts_places.c - regions and what they offer, to C. An offering is one bit a type. */
#include "stdlib/tablegen/facts.h"

/* A set of types by row number in the table of types. */
struct type_set {
	uint8_t *bits;
	size_t bytes;
};

static struct type_set set_new(const struct table *types)
{
	size_t bytes = (types->nrows + 7) / 8;

	return (struct type_set){NEW_ARRAY(types->tg->a, uint8_t, bytes), bytes};
}

static void set_add(struct type_set *s, size_t i)
{
	s->bits[i / 8] = (uint8_t)(s->bits[i / 8] | 1u << i % 8);
}

/* Adds all sizes of a family; false when it has none. */
static bool add_family(struct type_set *s, const struct table *types, struct str family)
{
	struct str prefix = arena_fmt(types->tg->a, STR_F ".", STR_A(family));
	bool any = false;

	for (size_t i = 0; i < types->nrows; i++)
		if (str_starts(types->rows[i].cell[0], prefix)) {
			set_add(s, i);
			any = true;
		}
	return any;
}

static bool add_size(struct type_set *s, const struct table *types, struct str family,
		     struct str size)
{
	struct str name = arena_fmt(types->tg->a, STR_F "." STR_F, STR_A(family), STR_A(size));
	size_t i = table_find(types, name);

	if (i < types->nrows)
		set_add(s, i);
	return i < types->nrows;
}

/* One word of a list: "c5", or "c5:large,xlarge". */
static void add_word(struct type_set *s, const struct table *t, const struct table *types,
		     struct str word)
{
	struct str rest = word;
	struct str family = str_cut(&rest, ':');
	bool known = true;

	if (rest.s == NULL)
		known = add_family(s, types, family);
	while (rest.s != NULL)
		known = add_size(s, types, family, str_cut(&rest, ',')) && known;
	if (!known)
		table_fault(t, word, "of instance-types.tsv; refresh both together");
}

static struct type_set read_set(const struct table *t, const struct table *types, struct str cell)
{
	struct type_set s = set_new(types);
	struct str rest = table_text(cell);

	while (rest.s != NULL)
		add_word(&s, t, types, str_cut(&rest, ' '));
	return s;
}

/* A place to print; places are sorted by name. */
struct place_row {
	struct str place, region;
	struct type_set types;
};

static void write_places(struct buf *b, const struct place_row *rows, size_t n)
{
	size_t bytes = n > 0 ? rows[0].types.bytes : 0;

	buf_fmt(b, "static const uint8_t offered[][%zu] = {\n", bytes);
	for (size_t i = 0; i < n; i++) {
		buf_add(b, STR("\t{"));
		for (size_t k = 0; k < bytes; k++)
			buf_fmt(b, "%u,", rows[i].types.bits[k]);
		buf_add(b, STR("},\n"));
	}
	buf_add(b, STR("};\nconst struct offering facts_offerings[] = {\n"));
	for (size_t i = 0; i < n; i++) {
		buf_add(b, STR("\t{"));
		c_str(b, rows[i].place);
		buf_add(b, STR(", "));
		c_str(b, rows[i].region);
		buf_fmt(b, ", offered[%zu]},\n", i);
	}
	buf_fmt(b, "};\nconst size_t facts_offerings_n = %zu;\n", n);
}

/* Insertion sort: a hundred rows, nearly in order. */
static void sort_places(struct place_row *rows, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct place_row row = rows[i];
		size_t k = i;

		for (; k > 0 && str_cmp(rows[k - 1].place, row.place) > 0; k--)
			rows[k] = rows[k - 1];
		rows[k] = row;
	}
}

void facts_write_offerings(struct facts_out *out, const struct table *t,
			   const struct table *regions)
{
	struct place_row *rows = NEW_ARRAY(t->tg->a, struct place_row, t->nrows);
	struct place_row region = {0};

	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		rows[i].place = cell[OFFER_PLACE];
		rows[i].types = read_set(t, out->types, cell[OFFER_TYPES]);
		if (str_eq(cell[OFFER_KIND], STR("region"))) {
			region = rows[i];
			if (table_find(regions, region.place) == regions->nrows)
				table_fault(t, region.place, "of regions.tsv");
		} else { /* a zone: its region less what it lacks */
			for (size_t k = 0; k < region.types.bytes; k++)
				rows[i].types.bits[k] =
					(uint8_t)(region.types.bits[k] & ~rows[i].types.bits[k]);
		}
		rows[i].region = region.place;
	}
	sort_places(rows, t->nrows);
	write_places(out->code, rows, t->nrows);
}

/* The zones of a region: the rows between it and the next region. Returns how many. */
static size_t write_zones(struct buf *b, const struct table *offerings, struct str region)
{
	size_t i = 0, n = 0;

	while (i < offerings->nrows && !str_eq(offerings->rows[i].cell[OFFER_PLACE], region))
		i++;
	for (i++; i < offerings->nrows; i++, n++) {
		if (str_eq(offerings->rows[i].cell[OFFER_KIND], STR("region")))
			break;
		buf_add(b, STR("\t"));
		c_str(b, offerings->rows[i].cell[OFFER_PLACE]);
		buf_add(b, STR(",\n"));
	}
	return n;
}

static void write_region(struct buf *b, const struct table *t, const struct str *cell)
{
	static const size_t texts[] = {REGION_NAME, REGION_PARTITION, REGION_SUFFIX, REGION_LONG};

	buf_add(b, STR("\t{"));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		c_str(b, cell[texts[i]]);
		buf_add(b, STR(", "));
	}
	buf_fmt(b, "%s, %u, ", table_yes(t, cell[REGION_OPT_IN]) ? "true" : "false",
		table_bits(t, cell[REGION_SERVICES], STR("batch efs fsx")));
}

void facts_write_regions(struct facts_out *out, const struct table *t)
{
	struct buf zones = buf_in(t->tg->a), rows = buf_in(t->tg->a);
	size_t at = 0;

	table_sorted(t, REGION_NAME);
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		size_t n = write_zones(&zones, out->offerings, cell[REGION_NAME]);

		write_region(&rows, t, cell);
		buf_fmt(&rows, "zones + %zu, %zu},\n", at, n);
		at += n;
	}
	buf_add(out->code, STR("static const struct str zones[] = {\n"));
	buf_add(out->code, buf_str(&zones));
	buf_add(out->code, STR("};\nconst struct region facts_regions[] = {\n"));
	buf_add(out->code, buf_str(&rows));
	buf_fmt(out->code, "};\nconst size_t facts_regions_n = %zu;\n", t->nrows);
}
