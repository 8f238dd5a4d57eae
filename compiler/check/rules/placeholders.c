/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placeholders.c - values that were copied from an example and never filled in.
 *
 * Only what no real name looks like is reported. Ids and types are caught by their form or by the facts, so the rule is
 * about free text; arguments of scripts are left alone, for they may mean what they say.
 */
#include "compiler/check/rules/placeholders.h"

#include "compiler/check/rules/rule.h"

/* So many `x` stand for an id. */
enum { LEAST_MASK = 4 };

/* Index behind a name of letters, digits and `_` that begins at `at` with a letter or `_`; `at` when there is none. */
static size_t name_end(struct str text, size_t at)
{
	size_t i = at;

	while (i < text.n &&
	       (is_letter(text.s[i]) || text.s[i] == '_' || (i > at && is_digit(text.s[i]))))
		i++;
	return i;
}

/* Index behind the next `close` at or after `from`, or `at` when there is none. */
static size_t closed_end(struct str text, size_t at, size_t from, struct str close)
{
	size_t end = str_find_str(text, close, from);

	return end == SIZE_MAX ? at : end + close.n;
}

/* Index behind `<words>` or `<%= words %>` that begins at `at`, or `at`. Marks of HTML are none. */
static size_t angle_end(struct str text, size_t at)
{
	size_t i = at + 1;

	if (i < text.n && text.s[i] == '%')
		return closed_end(text, at, i + 1, STR("%>"));
	if (i >= text.n || !is_letter(text.s[i]) || str_find_str(text, STR("</"), 0) != SIZE_MAX)
		return at;
	while (i < text.n && (is_letter(text.s[i]) || is_digit(text.s[i]) ||
			      str_find(STR("-_ ."), text.s[i], 0) < 4))
		i++;
	return i < text.n && text.s[i] == '>' ? i + 1 : at;
}

/* Index behind `{{ words }}` or `{name}` that begins at `at`, or `at`. `{{resolve:…}}` has a finding of its own. */
static size_t braces_end(struct str text, size_t at)
{
	size_t end = name_end(text, at + 1);

	if (str_starts(str_slice(text, at, text.n), STR("{{")))
		return str_starts(str_slice(text, at + 2, text.n), STR("resolve:"))
			       ? at
			       : closed_end(text, at, at + 2, STR("}}"));
	return end > at + 2 && end < text.n && text.s[end] == '}' &&
			       (at == 0 || (text.s[at - 1] != '$' && text.s[at - 1] != '{'))
		       ? end + 1
		       : at;
}

/* Is it a name in capitals? */
static bool is_capitals(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.s[i] >= 'a' && name.s[i] <= 'z')
			return false;
	return name.n > 0;
}

enum { LONGEST_CURRENCY = 3 };

/*
 * Index behind `$NAME` that begins at `at`, or `at`. It is the whole text, or in capitals and begins a word; among
 * other words a short one may be a currency.
 */
static size_t dollar_end(struct str text, size_t at)
{
	size_t end = name_end(text, at + 1);
	struct str name = str_slice(text, at + 1, end);
	bool whole = at == 0 && end == text.n;

	if (name.n == 0 || whole)
		return name.n == 0 ? at : end;
	if (!is_capitals(name) ||
	    (at > 0 && (is_letter(text.s[at - 1]) || is_digit(text.s[at - 1]))))
		return at;
	return name.n <= LONGEST_CURRENCY && str_find(text, ' ', 0) < text.n ? at : end;
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F');
}

/* Index behind `%NAME%` that begins at `at`, or `at`. `%AB` is a byte of a URL. */
static size_t percent_end(struct str text, size_t at)
{
	size_t end = name_end(text, at + 1);
	struct str name = str_slice(text, at + 1, end);

	if (name.n < 2 || end == text.n || text.s[end] != '%' || !is_capitals(name) ||
	    name.s[name.n - 1] == '_' || (is_hex(name.s[0]) && is_hex(name.s[1])))
		return at;
	return end + 1;
}

/* Index behind `__NAME__` that begins at `at`, or `at`. */
static size_t underscores_end(struct str text, size_t at)
{
	size_t end = name_end(text, at);
	struct str name = str_slice(text, at, end);

	return name.n > 5 && is_capitals(name) && str_starts(name, STR("__")) &&
			       str_ends(name, STR("__")) && is_letter(name.s[2]) &&
			       (at == 0 || !is_letter(text.s[at - 1]))
		       ? end
		       : at;
}

/* Index behind the mark of a template that begins at `at`, or `at`. */
static size_t mark_end(struct str text, size_t at)
{
	switch (text.s[at]) {
	case '<':
		return angle_end(text, at);
	case '{':
		return braces_end(text, at);
	case '$':
		return dollar_end(text, at);
	case '%':
		return percent_end(text, at);
	case '_':
		return underscores_end(text, at);
	default:
		return at;
	}
}

/* A mark that templates use: `<name>`, `<%= name %>`, `{{ name }}`, `{name}`, `$NAME`, `%NAME%`, `__NAME__`. */
static struct str mark_in(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t end = mark_end(text, i);

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

/* What examples leave open. */
static bool is_noun(struct str word)
{
	static const char *const nouns[] = {
		"account", "ami",    "arn",	 "bucket", "bucketname", "cluster",
		"company", "domain", "email",	 "id",	   "key",	 "keyname",
		"keypair", "name",   "org",	 "path",   "profile",	 "project",
		"region",  "role",   "secret",	 "sg",	   "ssh",	 "subnet",
		"team",	   "user",   "username", "value",  "vpc",
	};

	for (size_t i = 0; i < ARRAY_LEN(nouns); i++)
		if (str_eq_nocase(word, str_c(nouns[i])))
			return true;
	return false;
}

/* "Change me" and its like; "REPLACE_BUCKET" in capitals only, for scripts may be called `replace-key`. */
static bool is_order(struct str before, struct str word)
{
	static const struct str orders[] = {STR_INIT("changeme"), STR_INIT("replaceme"),
					    STR_INIT("fillme"), STR_INIT("placeholder")};

	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (str_eq_nocase(word, orders[i]))
			return true;
	if (str_eq(before, STR("REPLACE")) || str_eq(before, STR("INSERT")))
		return is_capitals(word) && (is_noun(word) || str_eq(word, STR("ME")));
	return str_eq_nocase(word, STR("me")) &&
	       (str_eq_nocase(before, STR("change")) || str_eq_nocase(before, STR("replace")) ||
		str_eq_nocase(before, STR("fill")));
}

/* "your", "YourKey", "yourbucket"; but "Yours" and names of people and places are words of their own. */
static bool is_yours(struct str word)
{
	struct str rest;

	if (word.n < 4 || !str_eq_nocase(str_slice(word, 0, 4), STR("your")))
		return false;
	rest = str_slice(word, 4, word.n);
	return rest.n == 0 || is_noun(rest) ||
	       (rest.s[0] >= 'A' && rest.s[0] <= 'Z' && word.s[3] == 'r');
}

/* A word of an example: "YOUR_KEY", "xxxxxxxx", "change-me", "my-bucket-name-here". The whole text, or empty. */
static struct str words_of_example(struct str text)
{
	static const struct str whole[] = {STR_INIT("todo"), STR_INIT("tbd"), STR_INIT("fixme")};
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
		if (str_eq_nocase(text, whole[i]))
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
	return id == PROP_Cluster_Region || id == PROP_Environment_Region ||
	       id == PROP_CustomAction_Args || id == PROP_CustomActionScript_Args ||
	       id == PROP_Dns_HostedZoneId || id == PROP_EvaluateOnExit_OnReason ||
	       id == PROP_EvaluateOnExit_OnStatusReason ||
	       str_starts(schema_props[id].name, STR("InstanceType"));
}

/* JSON has braces of its own. */
static bool is_json(struct str text)
{
	text = str_trim(text);
	return str_starts(text, STR("{")) &&
	       str_starts(str_trim(str_slice(text, 1, text.n)), STR("\""));
}

static void text_filled(const struct rules *r, enum prop_id id, struct str text, struct span at)
{
	struct str found = placeholder_in(text);
	struct diag *d;

	if (found.n == 0 || is_json(text) ||
	    (id == PROP_DirectoryService_LdapAccessFilter && found.s[0] != '<'))
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
		if (schema_props[id].kind == PROP_STRING && text_is_known(any_text(s, id)))
			text_filled(r, id, any_text(s, id), any_field(s, id)->value);
		if (schema_props[id].kind != PROP_STRINGS)
			continue;
		list = any_strings(s, id);
		for (size_t k = 0; k < list->n; k++)
			if (text_is_known(list->items[k].text))
				text_filled(r, id, list->items[k].text, list->items[k].at);
	}
}

void rule_placeholders_filled(const struct rules *r)
{
	each_section(r, section_filled);
}
