/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placeholders.c - values that were copied from an example and never filled in.
 *
 * Only what no real name looks like is reported. Ids and types are caught by their form or by the facts, so the rule is
 * about free text; arguments of scripts are left alone, for they may mean what they say.
 */
#include "compiler/check/rules/placeholders.h"

#include "compiler/check/rules/sections.h"

/* So many `x` stand for an id. */
enum { LEAST_MASK = 4 };

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Index behind a name of letters, digits and `_` that begins at `at` with a letter or `_`; `at` when there is none. */
static size_t name_end(struct str text, size_t at)
{
	size_t i = at;

	while (i < text.n &&
	       (is_letter(text.s[i]) || text.s[i] == '_' || (i > at && is_digit(text.s[i]))))
		i++;
	return i;
}

/* Index behind `<words>` that begins at `at`, or `at`. */
static size_t angle_end(struct str text, size_t at)
{
	size_t i = at + 1;

	if (i >= text.n || !is_letter(text.s[i]))
		return at;
	while (i < text.n && (is_letter(text.s[i]) || is_digit(text.s[i]) ||
			      str_find(STR("-_ ."), text.s[i], 0) < 4))
		i++;
	return i < text.n && text.s[i] == '>' ? i + 1 : at;
}

/* Index behind `{{ words }}` that begins at `at`. */
static size_t braces_end(struct str text, size_t at)
{
	size_t end = str_find_str(text, STR("}}"), at);

	return end == SIZE_MAX ? text.n : end + 2;
}

/* A mark that templates use: `<name>`, `{{ name }}`, `$NAME`. */
static struct str mark_in(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t end = i;

		if (text.s[i] == '<')
			end = angle_end(text, i);
		else if (text.s[i] == '$' && name_end(text, i + 1) > i + 1)
			end = name_end(text, i + 1);
		else if (text.s[i] == '{' && i + 1 < text.n && text.s[i + 1] == '{')
			end = braces_end(text, i);
		if (end > i)
			return str_slice(text, i, end);
	}
	return STR("");
}

/* `xxxx`, or more of `y` or `z`: what stands where the digits of an id belong. */
static bool is_mask(struct str word)
{
	for (size_t i = 1; i < word.n; i++)
		if (word.s[i] != word.s[0])
			return false;
	return word.n >= LEAST_MASK &&
	       (word.s[0] == 'x' || word.s[0] == 'X' ||
		(word.n >= 2 * LEAST_MASK && (word.s[0] == 'y' || word.s[0] == 'z')));
}

/* "Change me" and its like. */
static bool is_order(struct str before, struct str word)
{
	static const char *const orders[] = {"changeme", "replaceme", "fillme", "placeholder"};

	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (str_eq_nocase(word, str_c(orders[i])))
			return true;
	return str_eq_nocase(word, STR("me")) &&
	       (str_eq_nocase(before, STR("change")) || str_eq_nocase(before, STR("replace")));
}

/* "your", "YourKey", "yourbucket" */
static bool is_yours(struct str word)
{
	return word.n >= 4 && str_eq_nocase(str_slice(word, 0, 4), STR("your"));
}

/* A word of an example: "YOUR_KEY", "xxxxxxxx", "change-me", "my-bucket-name-here". The whole text, or empty. */
static struct str words_of_example(struct str text)
{
	static const char *const whole[] = {"todo", "tbd", "fixme"};
	struct str before = {0};

	for (size_t i = 0; i < text.n;) {
		size_t end = i;
		struct str word;

		while (end < text.n && (is_letter(text.s[end]) || is_digit(text.s[end])))
			end++;
		word = str_slice(text, i, end);
		if (is_yours(word) || is_mask(word) || is_order(before, word) ||
		    (end == text.n && before.n > 0 && str_eq_nocase(word, STR("here"))))
			return text;
		before = word.n > 0 ? word : before;
		i = end + (word.n == 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (str_eq_nocase(text, str_c(whole[i])))
			return text;
	return STR("");
}

struct str placeholder_in(struct str text)
{
	struct str mark = mark_in(text);

	return mark.n > 0 ? mark : words_of_example(text);
}

/* Properties whose texts have a meaning of their own, or whose faults another rule tells. */
static bool is_exempt(enum prop_id id)
{
	return id == PROP_Cluster_Region || id == PROP_CustomAction_Args ||
	       id == PROP_CustomActionScript_Args || id == PROP_Dns_HostedZoneId ||
	       str_starts(schema_props[id].name, STR("InstanceType"));
}

static void text_filled(const struct rules *r, enum prop_id id, struct str text, struct span at)
{
	struct str found = placeholder_in(text);
	struct diag *d;

	if (found.n == 0 || str_starts(text, STR("{\"")))
		return;
	d = diag_placeholder(r->ds, at, schema_props[id].name, found);
	if (found.s[0] != '$' ||
	    found.n < text.n) /* else the driver tells how variables are written */
		diag_help(r->ds, d, "write the value that is meant");
}

static void section_filled(const struct rules *r, const struct any_section *s)
{
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		enum prop_id id = s->schema->first + i;
		const struct model_strings *list;

		if (!is_written(any_field(s, id)) || is_exempt(id))
			continue;
		if (schema_props[id].kind == PROP_STRING)
			text_filled(r, id, any_text(s, id), any_field(s, id)->value);
		if (schema_props[id].kind != PROP_STRINGS)
			continue;
		list = any_strings(s, id);
		for (size_t k = 0; k < list->n; k++)
			text_filled(r, id, list->items[k].text, list->items[k].at);
	}
}

void rule_placeholders_filled(const struct rules *r)
{
	each_section(r, section_filled);
}
