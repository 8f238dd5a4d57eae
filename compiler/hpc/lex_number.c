/* SPDX-License-Identifier: Apache-2.0 */
/* lex_number.c - numbers with their units, and words that begin with a digit. */
#include "compiler/hpc/lex_state.h"

static bool is_word_byte(char c)
{
	return is_alnum(c) || c == '_';
}

static char at_byte(const struct lexer *x, size_t i)
{
	return i < x->end ? x->text.s[i] : '\0';
}

/* The end of digits with `_` from `i` on. */
static size_t digits_end(const struct lexer *x, size_t i)
{
	while (is_digit(at_byte(x, i)) || at_byte(x, i) == '_')
		i++;
	return i;
}

static size_t word_end(const struct lexer *x, size_t i)
{
	while (is_word_byte(at_byte(x, i)))
		i++;
	return i;
}

/* The end of a word such as "0123abc", "10.0.0.0/16", "2026-11-30" that goes on at `i`. */
static size_t bare_end(const struct lexer *x, size_t i)
{
	for (;;) {
		char c = at_byte(x, i);

		if (is_word_byte(c) || ((c == '.' || c == '-' || c == '/' || c == ':') &&
					is_word_byte(at_byte(x, i + 1))))
			i++;
		else
			return i;
	}
}

/* Are there two `_` side by side, or one at the end of digits? */
static bool bad_underscores(struct str digits)
{
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.s[i] == '_' && (i + 1 == digits.n || !is_digit(digits.s[i + 1])))
			return true;
	}
	return false;
}

/* The end of the longest unit that begins at `i` and ends where a word ends, or `i`. */
static size_t unit_end(const struct lexer *x, size_t i)
{
	size_t ends[3], n = 0, at = i;

	while (n < ARRAY_LEN(ends) && is_letter(at_byte(x, at))) {
		at = word_end(x, at);
		ends[n++] = at;
		if (at_byte(x, at) != '/')
			break;
		at++;
	}
	for (; n > 0; n--) {
		if (unit_named(str_slice(x->text, i, ends[n - 1])) != NULL)
			return ends[n - 1];
	}
	return i;
}

/* Words that may stand behind a number and are no unit. */
static bool is_other_word(struct str word)
{
	static const char *const words[] = {"let", "assert", "warn",  "if",   "then", "else", "for",
					    "in",  "true",   "false", "null", "at",   "as",   "and",
					    "or",  "not",    "elif",  "is",   "do",   "where"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(word, str_c(words[i])))
			return true;
	}
	return false;
}

/* Does what follows the word at [.., end) say that it is a key or is called? */
static bool is_key_or_call(const struct lexer *x, size_t end)
{
	while (at_byte(x, end) == ' ')
		end++;
	return at_byte(x, end) == ':' || at_byte(x, end) == '.' || at_byte(x, end) == '{' ||
	       at_byte(x, end) == '[' || at_byte(x, end) == '(' || at_byte(x, end) == '=';
}

/* Is the word at [.., end) a key? A colon behind a condition begins its message. */
static bool is_key(const struct lexer *x, size_t end)
{
	while (at_byte(x, end) == ' ')
		end++;
	return at_byte(x, end) == ':' && x->check_line != x->line + 1;
}

/* The end of a word at `i` that stands where a unit stands and is none, or `i`. */
static size_t bad_unit_end(const struct lexer *x, size_t i)
{
	size_t end = word_end(x, i), more = end;
	struct str word = str_slice(x->text, i, end);

	if (end == i || !is_letter(x->text.s[i]) || is_other_word(word))
		return i;
	if (at_byte(x, end) == '/' && is_letter(at_byte(x, end + 1)))
		more = word_end(x, end + 1);
	if (more > end && unit_alias(str_slice(x->text, i, more)) != NULL)
		return more;
	if (!is_key_or_call(x, end) || (unit_meant(word) != NULL && !is_key(x, end)))
		return end;
	return i;
}

/* A word of letters alone, and no number that could be part of an id? */
static bool is_plain_word(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (!is_letter(word.s[i]))
			return false;
	}
	return word.n > 0;
}

/* Takes the whole word that begins at lo for a fault, which is shown at [lo, hi). */
static void bad_number(struct lexer *x, enum fault_kind kind, size_t lo, size_t hi)
{
	lex_fault(x, kind, lo, hi);
	lex_add(x, TOK_NUMBER, lo, bare_end(x, hi));
}

/* The number ends at `end`: its unit, if any. */
static void read_unit(struct lexer *x, size_t lo, size_t end)
{
	size_t unit = end, unit_hi, bad;
	size_t token;

	while (at_byte(x, unit) == ' ' || at_byte(x, unit) == '\t')
		unit++;
	unit_hi = unit_end(x, unit);
	bad = bad_unit_end(x, unit);
	if (unit_hi == unit && unit == end && bad > unit) {
		/* `20m`, `500G` are units, `0abc1`, `3x` are not. */
		struct str word = str_slice(x->text, unit, word_end(x, unit));

		if (!is_plain_word(word) || (unit_meant(word) == NULL && word.n < 3)) {
			bad_number(x, FAULT_NO_NAME, lo, word_end(x, unit));
			return;
		}
	}
	if (unit_alias(str_slice(x->text, unit, bad)) != NULL && bad > unit_hi)
		unit_hi = unit; /* "USD/hour" is not "USD" / hour */
	if (unit_hi == unit && bad > unit) {
		lex_fault(x, FAULT_UNIT, unit, bad);
		lex_add(x, TOK_NUMBER, lo, bad);
		return;
	}
	token = lex_add(x, TOK_NUMBER, lo, unit_hi > unit ? unit_hi : end);
	x->out->tokens[token].other = unit_hi > unit ? (uint32_t)unit : 0;
}

void lex_number(struct lexer *x)
{
	size_t lo = x->at, whole = digits_end(x, lo), end = whole;
	struct number n;

	if (at_byte(x, end) == '.' && is_digit(at_byte(x, end + 1)))
		end = digits_end(x, end + 1);
	else if (at_byte(x, end) == '.' && at_byte(x, end + 1) != '.')
		end++; /* "1." is none */
	if (at_byte(x, end) == '.' && is_digit(at_byte(x, end + 1)))
		bad_number(x, FAULT_NUMBER, lo, bare_end(x, end));
	else if (is_letter(at_byte(x, end)) && unit_end(x, end) == end &&
		 !is_plain_word(str_slice(x->text, end, word_end(x, end))))
		bad_number(x, FAULT_NO_NAME, lo, word_end(x, end));
	else if (whole > lo + 1 && x->text.s[lo] == '0')
		bad_number(x, is_letter(at_byte(x, end)) ? FAULT_NO_NAME : FAULT_ZERO, lo,
			   word_end(x, end));
	else if (whole == lo || x->text.s[end - 1] == '.' ||
		 bad_underscores(str_slice(x->text, lo, whole)) ||
		 bad_underscores(str_slice(x->text, whole, end)))
		bad_number(x, FAULT_NUMBER, lo, end);
	else if (!number_read(str_slice(x->text, lo, end), &n))
		bad_number(x, FAULT_LONG_NUMBER, lo, end);
	else
		read_unit(x, lo, end);
}
