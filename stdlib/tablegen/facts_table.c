/* SPDX-License-Identifier: Apache-2.0 */
/* facts_table.c - reads one table of stdlib/facts/ and judges its cells. */
#include "compiler/base/search.h"
#include "stdlib/tablegen/facts.h"

#include <string.h>

static struct span at(const struct table *t, struct str cell)
{
	size_t lo = (size_t)(cell.s - t->src->text.s);

	return span_in(t->src, lo, lo + cell.n);
}

void table_fault(const struct table *t, struct str cell, const char *want)
{
	struct str what =
		arena_fmt(t->tg->a, "`" STR_F "` is not %s", STR_A(str_slice(cell, 0, 60)), want);

	diag_bad_data(t->tg->ds, at(t, cell), what);
}

uint32_t table_uint(const struct table *t, struct str cell, uint32_t max)
{
	int64_t n = 0;

	if (str_to_int(cell, &n) && n >= 0 && n <= (int64_t)max)
		return (uint32_t)n;
	table_fault(t, cell, "a number, or too large for its field");
	return 0;
}

bool table_yes(const struct table *t, struct str cell)
{
	if (!str_eq(cell, STR("yes")) && !str_eq(cell, STR("no")))
		table_fault(t, cell, "yes or no");
	return str_eq(cell, STR("yes"));
}

unsigned table_release(const struct table *t, struct str cell)
{
	unsigned n = str_eq(cell, STR("-")) ? 0 : release_number(cell);

	if (n == 0 && !str_eq(cell, STR("-")))
		table_fault(t, cell, "a release or -");
	return n;
}

struct str table_text(struct str cell)
{
	return str_eq(cell, STR("-")) ? (struct str){0} : cell;
}

struct str table_number(const struct table *t, struct str cell)
{
	size_t points = 0;

	for (size_t i = 0; i < cell.n; i++) {
		points += cell.s[i] == '.';
		if (cell.s[i] != '.' && (cell.s[i] < '0' || cell.s[i] > '9'))
			points = 2;
	}
	if (cell.n > 0 && points <= 1)
		return cell;
	table_fault(t, cell, "a number");
	return STR("0");
}

static uint32_t word_bit(struct str word, struct str words)
{
	for (uint32_t bit = 1; words.s != NULL; bit <<= 1)
		if (str_eq(str_cut(&words, ' '), word))
			return bit;
	return 0;
}

uint32_t table_bits(const struct table *t, struct str cell, struct str words)
{
	struct str rest = table_text(cell);
	uint32_t bits = 0;

	while (rest.s != NULL) {
		uint32_t bit = word_bit(str_cut(&rest, ','), words);

		if (bit == 0)
			table_fault(t, cell, "a list of known words");
		bits |= bit;
	}
	return bits;
}

void table_sorted(const struct table *t, size_t column)
{
	for (size_t i = 1; i < t->nrows; i++)
		if (str_cmp(t->rows[i - 1].cell[column], t->rows[i].cell[column]) >= 0)
			table_fault(t, t->rows[i].cell[column],
				    "after the row above in byte order");
}

static struct str first_cell(const void *rows, size_t i)
{
	return ((const struct table_row *)rows)[i].cell[0];
}

size_t table_find(const struct table *t, struct str name)
{
	return search_name(name, t->rows, t->nrows, first_cell);
}

/* A comment may carry the date or the source. */
static void read_comment(struct table *t, struct str line)
{
	struct str date = STR("# date: "), source = STR("# source: ");

	if (str_starts(line, date))
		t->date = str_slice(line, date.n, line.n);
	if (str_starts(line, source))
		t->source = str_slice(line, source.n, line.n);
}

/* The line of column names must say what the code expects; the blanks of `want` stand for tabs. */
static bool read_columns(struct table *t, struct str line, struct str want)
{
	struct str names = line;

	t->ncolumns = 0;
	while (names.s != NULL && want.s != NULL) {
		struct str name = str_cut(&names, '\t');

		t->ncolumns++;
		if (!str_eq(name, str_cut(&want, ' '))) {
			table_fault(t, name, "the column that tablegen expects here");
			return false;
		}
	}
	if (names.s != NULL || want.s != NULL)
		table_fault(t, line, "the list of columns that tablegen expects");
	return names.s == NULL && want.s == NULL;
}

static void read_row(struct table *t, struct str line)
{
	struct table_row *row = &t->rows[t->nrows++];
	struct str rest = line;
	size_t n = 0;

	for (; rest.s != NULL && n < t->ncolumns; n++) {
		row->cell[n] = str_cut(&rest, '\t');
		if (row->cell[n].n == 0)
			table_fault(t, row->cell[n], "a value; write - for none");
	}
	if (n < t->ncolumns || rest.s != NULL)
		table_fault(t, line, "a row with a cell for each column");
	for (; n < t->ncolumns; n++)
		row->cell[n] = str_slice(line, line.n, line.n);
}

static struct str table_name(struct str path)
{
	for (size_t i = str_find(path, '/', 0); i < path.n; i = str_find(path, '/', 0))
		path = str_slice(path, i + 1, path.n);
	return str_slice(path, 0, str_find(path, '.', 0));
}

static size_t count_lines(struct str text)
{
	size_t n = 1;

	for (size_t i = str_find(text, '\n', 0); i < text.n; i = str_find(text, '\n', i + 1))
		n++;
	return n;
}

/* Comments, column names, rows; false when the rest cannot be read. */
static bool read_line(struct table *t, struct str line, struct str columns)
{
	if (line.n == 0)
		return true;
	if (line.s[0] == '#')
		read_comment(t, line);
	else if (t->ncolumns == 0)
		return read_columns(t, line, columns);
	else
		read_row(t, line);
	return true;
}

const struct table *table_read(struct tablegen *tg, const char *path, struct str columns)
{
	const struct source *src = tablegen_read(tg, path);
	struct table *t = NEW(tg->a, struct table);
	struct str rest;

	if (src == NULL)
		return NULL;
	*t = (struct table){.tg = tg, .src = src, .name = table_name(str_c(path))};
	t->rows = NEW_ARRAY(tg->a, struct table_row, count_lines(src->text));
	rest = src->text;
	while (rest.s != NULL)
		if (!read_line(t, str_cut(&rest, '\n'), columns))
			return NULL;
	if (t->date.n == 0 || t->source.n == 0)
		table_fault(t, str_slice(src->text, 0, 1),
			    "a head with `# date: ` and `# source: `");
	return t;
}
