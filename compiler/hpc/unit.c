/* SPDX-License-Identifier: Apache-2.0 */
/* unit.c - units of quantities, and quantities as a program writes them. */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/hpc/number.h"

/* A decimal that is shown has at most so many characters: all that a program can write. */
enum { MOST_SHOWN = MAX_DIGITS + 3 };

static const struct unit UNITS[] = {
#define UNIT(word, num, den, bytes, seconds, dollars) \
	{STR_INIT(word), {(num), (den), {bytes, seconds, dollars}}},
#define STORED(column, word)
#define MEANT(written, word)
#include "compiler/hpc/units.def"
#undef UNIT
#undef STORED
#undef MEANT
};

struct word_pair {
	struct str from, to;
};

static const struct word_pair STORED_AS[] = {
#define UNIT(word, num, den, bytes, seconds, dollars)
#define STORED(column, word) {STR_INIT(column), STR_INIT(word)},
#define MEANT(written, word)
#include "compiler/hpc/units.def"
#undef UNIT
#undef STORED
#undef MEANT
};

static const struct word_pair MEANT_BY[] = {
#define UNIT(word, num, den, bytes, seconds, dollars)
#define STORED(column, word)
#define MEANT(written, word) {STR_INIT(written), STR_INIT(word)},
#include "compiler/hpc/units.def"
#undef UNIT
#undef STORED
#undef MEANT
};

const struct unit *unit_named(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		if (str_eq(word, UNITS[i].word))
			return &UNITS[i];
	}
	return NULL;
}

const struct unit *unit_all(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(UNITS);
	return UNITS;
}

const struct unit *unit_stored(struct str column)
{
	for (size_t i = 0; i < ARRAY_LEN(STORED_AS); i++) {
		if (str_eq(column, STORED_AS[i].from))
			return unit_named(STORED_AS[i].to);
	}
	return NULL;
}

/* The unit whose word differs by as little as a typing mistake, in words long enough for one. */
static const struct unit *unit_near(struct str word)
{
	const struct unit *best = NULL;
	unsigned least = near_limit(word);

	for (size_t i = 0; i < ARRAY_LEN(UNITS) && word.n > 2; i++) {
		unsigned d = edit_distance(word, UNITS[i].word, least);

		if (d <= least && UNITS[i].word.n > 2 && (best == NULL || d < least)) {
			best = &UNITS[i];
			least = d;
		}
	}
	return best;
}

const struct unit *unit_alias(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(MEANT_BY); i++) {
		if (str_eq_nocase(word, MEANT_BY[i].from))
			return unit_named(MEANT_BY[i].to);
	}
	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		if (str_eq_nocase(word, UNITS[i].word))
			return &UNITS[i];
	}
	return NULL;
}

const struct unit *unit_meant(struct str word)
{
	const struct unit *unit;

	while (word.n > 0 && (is_digit(word.s[0]) || word.s[0] == '.' || word.s[0] == '_'))
		word = str_slice(word, 1, word.n);
	unit = unit_alias(word);
	return unit != NULL ? unit : unit_near(word);
}

/* How a number looks when counted in a unit. */
struct shown {
	const struct unit *unit;
	struct str text;
	bool below_one;
	bool bits;
};

/* Are bits no better here: is the count of bytes whole, or that of bits none? */
static bool bytes_suffice(const struct shown *bits, const struct shown *bytes)
{
	return str_find(bytes->text, '.', 0) == bytes->text.n ||
	       str_find(bits->text, '.', 0) < bits->text.n;
}

/* Is a better to read than b (or b empty)? Not below one, not in bits, then short, then the larger unit. */
static bool reads_better(const struct shown *a, const struct shown *b)
{
	if (b->unit == NULL)
		return true;
	if (a->below_one != b->below_one)
		return !a->below_one;
	if (a->bits != b->bits)
		return a->bits ? !bytes_suffice(a, b) : bytes_suffice(b, a);
	if (a->text.n != b->text.n)
		return a->text.n < b->text.n;
	return number_cmp(a->unit->value, b->unit->value) > 0;
}

/* The unit in which n has the best decimal; ->unit NULL: it has none. */
static struct shown shown_best(struct arena *a, struct number n)
{
	struct shown best = {.unit = NULL};

	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		struct shown one = {.unit = &UNITS[i]};
		struct number count;

		if (!dimension_eq(n.of, UNITS[i].value.of) ||
		    !number_div(n, UNITS[i].value, &count) || !number_text(a, count, &one.text) ||
		    one.text.n > MOST_SHOWN)
			continue;
		one.below_one = count.num > -count.den && count.num < count.den;
		one.bits = str_find_str(UNITS[i].word, STR("bit"), 0) != SIZE_MAX;
		if (reads_better(&one, &best))
			best = one;
		if (n.num == 0)
			break;
	}
	return best;
}

/* "1/3"; "0.25" where it has such a decimal. */
static struct str plain_shown(struct arena *a, struct number n)
{
	struct str text;

	if (number_text(a, n, &text) && text.n <= MOST_SHOWN)
		return text;
	return n.den == 1 ? arena_fmt(a, "%lld", (long long)n.num)
			  : arena_fmt(a, "%lld/%lld", (long long)n.num, (long long)n.den);
}

/* A quantity of a dimension that has a unit, but no decimal in any: "(1/3) GiB", in the unit of the least fraction. */
static const struct unit *unit_of_fraction(struct number n, struct number *ret)
{
	const struct unit *best = NULL;

	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		struct number count;

		if (dimension_eq(n.of, UNITS[i].value.of) &&
		    number_div(n, UNITS[i].value, &count) &&
		    (best == NULL || count.den < ret->den ||
		     (count.den == ret->den && number_cmp(UNITS[i].value, best->value) > 0))) {
			best = &UNITS[i];
			*ret = count;
		}
	}
	return best;
}

static void add_factors(struct buf *b, const char *unit, int power)
{
	for (; power > 0; power--)
		buf_fmt(b, " * 1 %s", unit);
	for (; power < 0; power++)
		buf_fmt(b, " / 1 %s", unit);
}

struct str number_shown(struct arena *a, struct number n)
{
	struct number plain = {n.num, n.den, {0, 0, 0}}, count;
	struct buf b = buf_in(a);
	struct shown best;
	const struct unit *unit;

	if (dimension_is_plain(n.of))
		return plain_shown(a, n);
	best = shown_best(a, n);
	if (best.unit != NULL)
		return arena_fmt(a, STR_F " " STR_F, STR_A(best.text), STR_A(best.unit->word));
	unit = unit_of_fraction(n, &count);
	if (unit != NULL) {
		count.of = (struct dimension){0, 0, 0};
		return arena_fmt(a, "(" STR_F ") * 1 " STR_F, STR_A(plain_shown(a, count)),
				 STR_A(unit->word));
	}
	buf_char(&b, '(');
	buf_add(&b, plain_shown(a, plain));
	add_factors(&b, "B", n.of.bytes);
	add_factors(&b, "s", n.of.seconds);
	add_factors(&b, "USD", n.of.dollars);
	buf_char(&b, ')');
	return buf_str(&b);
}
