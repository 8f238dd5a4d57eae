/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.c - how near two words are. */
#include "compiler/base/nearest.h"

#include "compiler/base/lookalike.h"

enum { LONGEST = 64 };

static char fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Fills row i of the table from the two rows before it; returns its smallest number. */
static unsigned fill_row(struct str a, struct str b, size_t i, unsigned (*rows)[LONGEST + 1])
{
	unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
	unsigned smallest = now[0] = (unsigned)i;

	for (size_t j = 1; j <= b.n; j++) {
		unsigned same = fold(a.s[i - 1]) == fold(b.s[j - 1]) ? 0 : 1;

		now[j] = least(before[j - 1] + same, least(before[j], now[j - 1]) + 1);
		if (i > 1 && j > 1 && fold(a.s[i - 1]) == fold(b.s[j - 2]) &&
		    fold(a.s[i - 2]) == fold(b.s[j - 1]))
			now[j] = least(now[j], two[j - 2] + 1);
		smallest = least(smallest, now[j]);
	}
	return smallest;
}

/* A word as it was meant: with ASCII for what looks like it, and without quotes. */
static struct str meant(struct str a, char buf[2 * LONGEST])
{
	if (!has_non_ascii(a))
		return a;
	a = str_trim(lookalike_plain(a, buf, 2 * LONGEST));
	if (a.n > 2 && (a.s[0] == '"' || a.s[0] == '\'') && a.s[a.n - 1] == a.s[0])
		a = str_slice(a, 1, a.n - 1);
	return a;
}

unsigned edit_distance(struct str a, struct str b, unsigned limit)
{
	unsigned rows[3][LONGEST + 1];
	char plain[2 * LONGEST];
	size_t apart;

	if (a.n >
	    sizeof(plain) *
		    2) /* too long also with one sign for each character; it is not to be read each time */
		return limit + 1;
	a = meant(a, plain);
	apart = a.n > b.n ? a.n - b.n : b.n - a.n;
	if (a.n > LONGEST || b.n > LONGEST || apart > limit)
		return limit + 1;
	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++)
		if (fill_row(a, b, i, rows) > limit)
			return limit + 1;
	return least(rows[a.n % 3][b.n], limit + 1);
}

unsigned near_limit(struct str word)
{
	return word.n < 2 ? 0 : word.n < 6 ? 1 : (unsigned)(word.n / 3);
}
