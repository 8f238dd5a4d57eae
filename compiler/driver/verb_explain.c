/* SPDX-License-Identifier: Apache-2.0 */
/* verb_explain.c - hpcc explain CODE: the page of a diagnostic. */
#include "compiler/base/nearest.h"
#include "compiler/driver/driver.h"
#include "compiler/source/pages.h"

/* Words that people search for, and those that the pages have. */
static const struct synonym {
	struct str word, ours;
} synonyms[] = {
	{STR_INIT("fix"), STR_INIT("mend")},	     {STR_INIT("fixes"), STR_INIT("mend")},
	{STR_INIT("space"), STR_INIT("blank")},	     {STR_INIT("spaces"), STR_INIT("blank")},
	{STR_INIT("whitespace"), STR_INIT("blank")}, {STR_INIT("ignore"), STR_INIT("suppress")},
	{STR_INIT("disable"), STR_INIT("suppress")}, {STR_INIT("indentation"), STR_INIT("indent")},
	{STR_INIT("typo"), STR_INIT("misspelt")},    {STR_INIT("vm"), STR_INIT("instance")},
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Does a word of text begin so, in any case of letters? */
static bool holds(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++)
		if (lower(text.s[i]) == lower(word.s[0]) && (i == 0 || !is_letter(text.s[i - 1])) &&
		    str_eq_nocase(str_slice(text, i, i + word.n), word))
			return true;
	return false;
}

static bool has_word(enum diag_id id, struct str word, bool in_text)
{
	return holds(in_text ? diag_pages[id].text : diag_pages[id].title, word) ||
	       (!in_text && holds(diag_name(id), word));
}

static void line(struct buf *b, enum diag_id id)
{
	buf_fmt(b, STR_F "  %-7.*s  " STR_F "\n", STR_A(diag_code(id)),
		STR_A(severity_word(diag_default_severity(id))), STR_A(diag_pages[id].title));
}

/* The codes whose titles have the word or what it means here, or else those whose pages have it. */
static struct str list_of(struct arena *a, struct str word)
{
	struct buf b = buf_in(a);
	struct str ours = word;

	for (size_t i = 0; i < ARRAY_LEN(synonyms); i++)
		if (str_eq_nocase(synonyms[i].word, word))
			ours = synonyms[i].ours;
	for (int in_text = 0; in_text < 2 && b.n == 0; in_text++)
		for (int i = 0; i < DIAG_COUNT; i++)
			if (has_word((enum diag_id)i, word, in_text == 1) ||
			    has_word((enum diag_id)i, ours, in_text == 1))
				line(&b, (enum diag_id)i);
	return buf_str(&b);
}

static struct str list(struct arena *a)
{
	struct buf b = buf_in(a);

	for (int i = 0; i < DIAG_COUNT; i++)
		line(&b, (enum diag_id)i);
	return buf_str(&b);
}

/* Two letters and more, without digits: a word to search for. */
static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] >= '0' && s.s[i] <= '9')
			return false;
	return s.n > 2;
}

static int unknown(const char *word)
{
	struct str best = {0};
	unsigned least = 3;

	for (int i = 0; i < DIAG_COUNT; i++) {
		unsigned d = edit_distance(str_c(word), diag_code((enum diag_id)i), 2);

		if (d < least) {
			least = d;
			best = diag_code((enum diag_id)i);
		}
	}
	if (best.n > 0)
		return usage_error("there is no code `%s`; did you mean " STR_F "?", word,
				   STR_A(best));
	return usage_error("there is no code `%s`; `hpcc explain --list` shows all", word);
}

int verb_explain(struct session *s)
{
	struct buf b = buf_in(&s->arena);
	enum diag_id id;

	if (GIVEN(s->o, list) && s->o->noperands == 0)
		return write_result(s, list(&s->arena));
	if (s->o->noperands == 0)
		return usage_error("`hpcc explain` needs a code such as E0101, or --list");
	for (size_t i = 0; i < s->o->noperands; i++) {
		struct str word = str_c(s->o->operands[i]);

		if (!diag_find(word, &id)) {
			struct str found = is_word(word) ? list_of(&s->arena, word) : STR("");

			if (found.n == 0)
				return unknown(s->o->operands[i]);
			buf_add(&b, found);
			continue;
		}
		if (b.n > 0)
			buf_char(&b, '\n');
		buf_add(&b, diag_pages[id].text);
	}
	return write_result(s, buf_str(&b));
}
