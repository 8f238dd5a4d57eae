/* SPDX-License-Identifier: Apache-2.0 */
/* misspelt.c - comments that were meant to suppress a finding, and do not. */
#include "compiler/syntax/misspelt.h"

#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/source/diag.h"

#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The letters at text[i]. */
static struct str letters_at(struct str text, size_t i)
{
	size_t end = i;

	while (end < text.n && is_letter(text.s[end]))
		end++;
	return str_slice(text, i, end);
}

/* Index after the characters of `set` at text[i]. */
static size_t skip(struct str text, size_t i, const char *set)
{
	while (i < text.n && text.s[i] != '\0' && strchr(set, text.s[i]) != NULL)
		i++;
	return i;
}

/* A letter and digits, as in E0401, or the code or name of a finding. */
static bool is_code_at(struct str text, size_t i)
{
	size_t end = i, digits = 0;
	enum diag_id id;

	while (end < text.n && text.s[end] > ' ' && text.s[end] != ',')
		end++;
	text = str_slice(text, i, end);
	if (text.n == 0)
		return false;
	for (size_t k = 1; k < text.n; k++)
		digits += text.s[k] >= '0' && text.s[k] <= '9';
	return diag_find(text, &id) ||
	       (strchr("EWNewn", text.s[0]) != NULL && digits >= 3 && digits + 1 == text.n);
}

static bool is_ignore(struct str word)
{
	static const char *const others[] = {"ignored",	 "ignores", "disable",
					     "suppress", "noqa",    "nolint"};

	return AMONG(word, others) || edit_distance(word, STR("ignore"), 2) <= 2;
}

bool misspelt_mark(struct str text, size_t hash, struct meant_mark *ret)
{
	size_t lo = skip(text, skip(text, hash + 1, "#"), " \t"), i, end;
	struct str name = letters_at(text, lo), verb;
	bool colon, exact;

	if (name.n < 3 || name.n > 5 || edit_distance(name, STR("hpcc"), 1) > 1)
		return false;
	i = skip(text, lo + name.n, ": \t=-");
	colon = str_find(str_slice(text, 0, i), ':', lo) < i;
	exact = str_eq(name, STR("hpcc")) && colon && i == lo + name.n + 1;
	verb = letters_at(text, i);
	if (verb.n == 0 || !is_ignore(verb))
		return false;
	exact = exact && str_eq(verb, STR("ignore"));
	i += verb.n;
	*ret = (struct meant_mark){lo, i, false};
	end = skip(text, i, "-_ ");
	if (str_starts(letters_at(text, end), STR("file"))) {
		exact = exact && end == i + 1 && text.s[i] == '-' && letters_at(text, end).n == 4;
		ret->hi = i = end + letters_at(text, end).n;
		ret->file = true;
	}
	end = skip(text, i, ":=([");
	if (end > i) { /* `ignore: E0401` */
		exact = false;
		ret->hi = i = end;
	}
	if (exact)
		return false;
	return is_code_at(text, skip(text, i, " \t,")) ||
	       (colon && (str_eq(verb, STR("ignore")) || text.s[lo + name.n + 1] == verb.s[0]));
}

bool near_code(struct str word, struct str *ret)
{
	unsigned least = near_limit(word);
	char code[5] = {0}, name[40];

	for (size_t i = 0; i < word.n && word.n <= sizeof(name); i++)
		name[i] = word.s[i] == '-' ? '_' : word.s[i];
	if (word.n > 6 && word.n <= sizeof(name))
		word.s = name;

	for (size_t i = 0; word.n == 5 && i < 5; i++)
		code[i] = i == 0 || (word.s[i] >= '0' && word.s[i] <= '9') ? word.s[i]
			  : word.s[i] == 'O' || word.s[i] == 'o'	   ? '0'
			  : word.s[i] == 'l' || word.s[i] == 'I'	   ? '1'
									   : 'x';
	ret->n = 0;
	for (int i = 0; i < DIAG_COUNT; i++) {
		enum diag_id id = (enum diag_id)i;
		unsigned distance =
			word.n > 6 ? edit_distance(word, diag_name(id), least) : least + 1;

		if (word.n == 5 && str_eq_nocase(diag_code(id), (struct str){code, 5})) {
			*ret = diag_code(id);
			return true;
		}
		if (distance > least || (ret->n > 0 && distance == least))
			continue;
		*ret = diag_name(id);
		least = distance;
	}
	return ret->n > 0;
}
