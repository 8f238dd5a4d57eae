/* SPDX-License-Identifier: Apache-2.0 */
/* number.c - exact fractions: products in 128 bits, then reduced; what does not fit 64 bits is said. */
#include "compiler/hpc/number.h"

#include "compiler/base/buf.h"

__extension__ typedef __int128 wide;

enum { TEN = 10 };

static wide wide_abs(wide n)
{
	return n < 0 ? -n : n;
}

static wide wide_gcd(wide a, wide b)
{
	while (b != 0) {
		wide rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* num / den, den > 0, in lowest terms. False: it does not fit. */
static bool reduced(wide num, wide den, struct dimension of, struct number *ret)
{
	wide common = wide_gcd(den, wide_abs(num));

	num /= common;
	den /= common;
	if (wide_abs(num) > INT64_MAX || den > INT64_MAX)
		return false;
	*ret = (struct number){(int64_t)num, (int64_t)den, of};
	return true;
}

/* The quotient towards minus infinity; den > 0. */
static wide floor_of(wide num, wide den)
{
	wide whole = num / den;

	return num % den < 0 ? whole - 1 : whole;
}

bool dimension_eq(struct dimension a, struct dimension b)
{
	return a.bytes == b.bytes && a.seconds == b.seconds && a.dollars == b.dollars;
}

bool dimension_is_plain(struct dimension d)
{
	return dimension_eq(d, (struct dimension){0, 0, 0});
}

/* Words for the dimensions that have a type of the language. */
static const struct {
	struct dimension of;
	const char *words;
} DIMENSION_WORDS[] = {
	{{0, 0, 0}, "a plain number"},	 {{1, 0, 0}, "a size"}, {{0, 1, 0}, "a duration"},
	{{1, -1, 0}, "a rate"},		 {{0, 0, 1}, "money"},	{{0, -1, 1}, "a price"},
	{{0, -1, 0}, "a rate per size"},
};

/* "B^2*s", or with divide the powers below zero. */
static void add_powers(struct buf *b, struct dimension d, bool divide)
{
	const int powers[] = {d.bytes, d.seconds, d.dollars};
	static const char *const words[] = {"B", "s", "USD"};
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		int power = divide ? -powers[i] : powers[i];

		if (power <= 0)
			continue;
		if (divide)
			buf_add(b, STR("/"));
		else if (!first)
			buf_add(b, STR("*"));
		first = false;
		buf_add(b, str_c(words[i]));
		if (power > 1)
			buf_fmt(b, "^%d", power);
	}
	if (first && !divide)
		buf_add(b, STR("1"));
}

struct str dimension_words(struct arena *a, struct dimension d)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < ARRAY_LEN(DIMENSION_WORDS); i++) {
		if (dimension_eq(d, DIMENSION_WORDS[i].of))
			return str_c(DIMENSION_WORDS[i].words);
	}
	buf_add(&b, STR("a quantity in "));
	add_powers(&b, d, false);
	add_powers(&b, d, true);
	return buf_str(&b);
}

struct number number_int(int64_t n)
{
	return (struct number){n, 1, {0, 0, 0}};
}

bool number_read(struct str digits, struct number *ret)
{
	wide num = 0, den = 1;
	int seen = 0;
	bool point = false;

	for (size_t i = 0; i < digits.n; i++) {
		if (digits.s[i] == '.') {
			point = true;
		} else if (is_digit(digits.s[i])) {
			if (++seen > MAX_DIGITS)
				return false;
			num = num * TEN + (digits.s[i] - '0');
			den = point ? den * TEN : den;
		}
	}
	return reduced(num, den, (struct dimension){0, 0, 0}, ret);
}

bool number_is_int(struct number n)
{
	return n.den == 1 && dimension_is_plain(n.of);
}

bool number_add(struct number a, struct number b, struct number *ret)
{
	return reduced((wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den, a.of, ret);
}

bool number_sub(struct number a, struct number b, struct number *ret)
{
	return reduced((wide)a.num * b.den - (wide)b.num * a.den, (wide)a.den * b.den, a.of, ret);
}

/* a + sign * b, each power within int8. */
static bool dimension_add(struct dimension a, struct dimension b, int sign, struct dimension *ret)
{
	int bytes = a.bytes + sign * b.bytes;
	int seconds = a.seconds + sign * b.seconds;
	int dollars = a.dollars + sign * b.dollars;

	if (bytes < INT8_MIN || bytes > INT8_MAX || seconds < INT8_MIN || seconds > INT8_MAX ||
	    dollars < INT8_MIN || dollars > INT8_MAX)
		return false;
	*ret = (struct dimension){(int8_t)bytes, (int8_t)seconds, (int8_t)dollars};
	return true;
}

bool number_mul(struct number a, struct number b, struct number *ret)
{
	struct dimension of;

	return dimension_add(a.of, b.of, 1, &of) &&
	       reduced((wide)a.num * b.num, (wide)a.den * b.den, of, ret);
}

bool number_div(struct number a, struct number b, struct number *ret)
{
	struct dimension of;
	wide num = (wide)a.num * b.den, den = (wide)a.den * b.num;

	INVARIANT(b.num != 0);
	return dimension_add(a.of, b.of, -1, &of) &&
	       reduced(den < 0 ? -num : num, wide_abs(den), of, ret);
}

bool number_mod(struct number a, struct number b, struct number *ret)
{
	wide num = (wide)a.num * b.den, by = (wide)b.num * a.den;
	wide rest;

	INVARIANT(by != 0);
	rest = num % by;
	if (rest != 0 && (rest < 0) != (by < 0))
		rest += by;
	return reduced(rest, (wide)a.den * b.den, a.of, ret);
}

int number_cmp(struct number a, struct number b)
{
	wide left = (wide)a.num * b.den, right = (wide)b.num * a.den;

	return (left > right) - (left < right);
}

struct number number_floor(struct number n)
{
	return (struct number){(int64_t)floor_of(n.num, n.den), 1, n.of};
}

struct number number_ceil(struct number n)
{
	return (struct number){(int64_t)-floor_of(-(wide)n.num, n.den), 1, n.of};
}

static wide power_of_ten(unsigned digits)
{
	wide power = 1;

	while (digits-- > 0)
		power *= TEN;
	return power;
}

bool number_round(struct number n, unsigned digits, struct number *ret)
{
	wide scale = power_of_ten(digits < MAX_DIGITS ? digits : MAX_DIGITS);
	wide whole = (2 * wide_abs(n.num) * scale + n.den) / (2 * (wide)n.den);

	return reduced(n.num < 0 ? -whole : whole, scale, n.of, ret);
}

/* Has num / den finitely many decimals? Then *ret_digits of them. */
static bool is_finite_decimal(int64_t den, unsigned *ret_digits)
{
	unsigned twos = 0, fives = 0;

	for (; den % 2 == 0; den /= 2)
		twos++;
	for (; den % 5 == 0; den /= 5)
		fives++;
	*ret_digits = twos > fives ? twos : fives;
	return den == 1;
}

bool number_text(struct arena *a, struct number n, struct str *ret)
{
	struct buf b = buf_in(a);
	unsigned digits;
	wide rest = wide_abs(n.num) % n.den;

	if (!is_finite_decimal(n.den, &digits))
		return false;
	buf_fmt(&b, "%s%lld", n.num < 0 ? "-" : "", (long long)(wide_abs(n.num) / n.den));
	if (digits > 0)
		buf_char(&b, '.');
	for (; digits > 0; digits--) {
		rest *= TEN;
		buf_char(&b, (char)('0' + (int)(rest / n.den)));
		rest %= n.den;
	}
	*ret = buf_str(&b);
	return true;
}
