/* SPDX-License-Identifier: Apache-2.0 */
/* mistype.c - values of the wrong type: what to say, and what was probably meant. */
#include "compiler/base/buf.h"
#include "compiler/base/lookalike.h"
#include "compiler/check/command.h"
#include "compiler/check/walk.h"
#include "compiler/schema/foreign.h"

bool node_is_scalar(const struct node *v)
{
	return v->kind != NODE_LIST && v->kind != NODE_MAP && v->kind != NODE_NULL;
}

/* Signs that end a plain word between brackets, or make another thing of it. */
static bool is_flow_sign(char ch)
{
	const struct str signs = STR(",[]{}#:");

	return str_find(signs, ch, 0) < signs.n;
}

/* v as it may stand between brackets. */
static struct str flow_words(struct check *c, const struct node *v)
{
	struct str words = span_text(v->at);
	struct buf b = buf_in(c->a);
	bool quoted = words.n > 0 && (words.s[0] == '"' || words.s[0] == '\'');

	for (size_t i = 0; v->plain && i < words.n && !is_flow_sign(words.s[i]); i++)
		quoted = i + 1 == words.n;
	if (quoted)
		return words;
	buf_quoted(&b, v->plain ? words : v->text);
	return buf_str(&b);
}

/* Is prop a command, whose items are its arguments? No shell splits one text. */
static bool is_command(const struct prop *prop)
{
	return str_eq(prop->name, STR("Command"));
}

static struct str in_quotes(struct check *c, const struct node *v)
{
	struct buf b = buf_in(c->a);

	buf_quoted(&b, v->text);
	if (c->program) /* what stands there may be an expression */
		return buf_str(&b);
	return arena_fmt(c->a, "\"" STR_F "\"", STR_A(span_text(v->at)));
}

/* Proposes to write `words` in the place of v. */
static void help_write(struct check *c, struct diag *d, const struct node *v, struct str words)
{
	diag_help(c->ds, d, "write `" STR_F "`", STR_A(shown(c, words)));
	diag_fix(c->ds, d, v->at, words, false);
}

/*
 * Would v be a text of prop if it stood in quotes? Names of regions and instance types are judged by the facts, and
 * none reads as a number or the like.
 */
static bool fits(const struct check *c, const struct prop *prop, const struct node *v)
{
	if (prop == NULL)
		return true;
	if (v->kind != NODE_STRING && prop->pattern != NULL &&
	    (str_eq(prop->pattern->name, STR("region_name")) ||
	     str_eq(prop->pattern->name, STR("instance_type"))))
		return false;
	return text_fits(c, prop, v->text);
}

/* What the texts of prop look like. */
static void help_texts(struct check *c, struct diag *d, const struct prop *prop,
		       const struct node *v)
{
	if (prop->nvalues > 0)
		help_values(c, d, prop, v);
	else if (prop->pattern != NULL)
		help_form(c, d, prop->pattern);
}

/* v is a plain word that YAML 1.1 does not take as text: quotes make it text. */
static void text_meant(struct check *c, struct diag *d, const struct prop *prop,
		       const struct node *v)
{
	if (!fits(c, prop, v)) {
		help_texts(c, d, prop, v);
		return;
	}
	if (!c->program)
		diag_note(c->ds, d, "YAML 1.1 reads `" STR_F "` without quotes as %s",
			  STR_A(shown(c, v->text)), node_kind_words(v->kind));
	diag_help(c->ds, d, "write it in quotes: " STR_F, STR_A(shown(c, in_quotes(c, v))));
	diag_fix(c->ds, d, v->at, in_quotes(c, v), false);
}

/* The words of a text with commas as a list, when each of them fits prop; else empty. */
static struct str split_words(struct check *c, const struct prop *prop, const struct node *v)
{
	struct buf b = buf_in(c->a);
	size_t n = 0;

	if (v->kind != NODE_STRING || prop->pattern == NULL || prop->nvalues > 0 ||
	    str_find(v->text, ',', 0) == v->text.n)
		return (struct str){0};
	for (size_t i = 0, end; i <= v->text.n; i = end + 1) {
		struct str word;

		end = str_find(v->text, ',', i);
		word = str_trim(str_slice(v->text, i, end));
		if (word.n == 0 || !(is_lower(word.s[0]) || is_upper(word.s[0])) ||
		    !text_fits(c, prop, word))
			return (struct str){0};
		for (size_t k = 0; k < word.n; k++)
			if (is_flow_sign(word.s[k]))
				return (struct str){0};
		buf_fmt(&b, "%s" STR_F, n++ > 0 ? ", " : "", STR_A(word));
	}
	if (n < prop->min_items || (prop->max_items > 0 && n > prop->max_items))
		return (struct str){0};
	return arena_fmt(c->a, "[" STR_F "]", STR_A(buf_str(&b)));
}

/* v is one word where a list of texts must be. */
static void list_meant(struct check *c, struct diag *d, const struct prop *prop,
		       const struct node *v)
{
	struct str words = split_words(c, prop, v);
	struct str item = v->kind == NODE_STRING ? flow_words(c, v) : in_quotes(c, v);

	if (words.n > 0)
		help_write(c, d, v, words);
	else if (v->kind == NODE_STRING && is_command(prop) && command_has_words(v->text))
		help_write(c, d, v,
			   arena_fmt(c->a, "[" STR_F "]", STR_A(command_items(c->a, v->text))));
	else if (fits(c, prop, v) && prop->min_items <= 1)
		help_write(c, d, v, arena_fmt(c->a, "[" STR_F "]", STR_A(item)));
	else
		help_texts(c, d, prop, v);
}

static bool is_due(const struct check *c, const struct prop *prop)
{
	return (prop->required & c->variant) != 0;
}

/* Does `text` begin as the ids of pattern p do, such as `subnet-`? */
static bool is_id(const struct pattern *p, struct str text)
{
	struct str prefix = str_slice(p->example, 0, str_find(p->example, '-', 0) + 1);

	return str_starts(text, prefix);
}

/* Is prop one of two of which s needs one? */
static bool is_choice(const struct section *s, const struct prop *prop)
{
	for (size_t i = 0; i < s->none_of; i++)
		for (size_t k = 0; k < s->one_of[i].n; k++)
			if (&schema_props[s->one_of[i].props[k]] == prop)
				return true;
	return false;
}

/* Why a property may be meant by a lone text: each is tried when those before it found none. */
enum sign { REQUIRED, ONE_OF_TWO, BY_ITS_ID, ONLY_ONE, SIGNS };

/* Has s no other text, nor a list of such? */
static bool is_only_text(const struct check *c, const struct section *s, const struct prop *prop)
{
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if (p != prop && (p->kind == PROP_STRING || p->kind == PROP_STRINGS) &&
		    (p->variants & c->variant) != 0)
			return false;
	}
	return true;
}

static bool has_sign(const struct check *c, const struct section *s, const struct prop *prop,
		     enum sign sign, struct str text)
{
	switch (sign) {
	case REQUIRED:
		return is_due(c, prop);
	case ONE_OF_TWO:
		return is_choice(s, prop);
	case BY_ITS_ID:
		return is_id(prop->pattern, text);
	case ONLY_ONE:
		return is_only_text(c, s, prop);
	case SIGNS:
		break;
	}
	BUG("sign %d", (int)sign);
}

/* The one property of s that takes `text` and has the sign, or NULL. */
static const struct prop *taker(const struct check *c, const struct section *s, enum sign sign,
				struct str text)
{
	const struct prop *found = NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if (p->kind != PROP_STRING || (p->variants & c->variant) == 0 ||
		    p->pattern == NULL || !has_sign(c, s, p, sign, text) || !text_fits(c, p, text))
			continue;
		if (found != NULL)
			return NULL; /* several: who knows */
		found = p;
	}
	return found;
}

/*
 * The one property of s that is a number, where v fits it, or NULL. `12:30`, which YAML reads as a number, is meant as
 * none.
 */
static const struct prop *number_taker(const struct check *c, const struct section *s,
				       const struct node *v)
{
	const struct prop *found = NULL;

	if (str_find(span_text(v->at), ':', 0) < span_text(v->at).n)
		return NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if ((p->kind != PROP_INT && p->kind != PROP_NUMBER) ||
		    (p->variants & c->variant) == 0)
			continue;
		if (found != NULL || ((p->has & HAS_MIN) != 0 && (double)v->integer < p->min) ||
		    ((p->has & HAS_MAX) != 0 && (double)v->integer > p->max))
			return NULL;
		found = p;
	}
	return found;
}

/* The property of s that the lone value v stands for, or NULL. */
static const struct prop *meant_by(const struct check *c, const struct section *s,
				   const struct node *v)
{
	const struct prop *found = NULL;

	if (v->kind == NODE_INT &&
	    str_eq(span_text(v->at), arena_fmt(c->a, "%lld", (long long)v->integer)))
		return number_taker(c, s, v);
	if (v->kind == NODE_BOOL) {
		found = find_prop(c, s, STR("Enabled"));
		return found != NULL && found->kind == PROP_BOOL ? found : NULL;
	}
	for (int sign = REQUIRED; v->kind == NODE_STRING && found == NULL && sign < SIGNS; sign++)
		found = taker(c, s, (enum sign)sign, v->text);
	return found;
}

/* Is one of the two of x required, or `meant`? */
static bool is_met(const struct check *c, const struct relation *x, const struct prop *meant)
{
	for (size_t i = 0; i < x->n; i++)
		if (&schema_props[x->props[i]] == meant || is_due(c, &schema_props[x->props[i]]))
			return true;
	return false;
}

/* The keys that a mapping of section s needs, `meant` with the words of v. *ret_whole: nothing is left to fill in. */
static struct str needed_keys(struct check *c, const struct section *s, const struct prop *meant,
			      const struct node *v, bool *ret_whole)
{
	struct buf b = buf_in(c->a);

	*ret_whole = true;
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];
		bool said = meant != NULL && p == meant;

		if (!said && !is_due(c, p))
			continue;
		buf_fmt(&b, "%s" STR_F ": ", b.n > 0 ? ", " : "", STR_A(p->name));
		buf_add(&b, said ? flow_words(c, v) : STR("…"));
		*ret_whole = *ret_whole && said;
	}
	for (size_t i = 0; i < s->none_of; i++) {
		if (is_met(c, &s->one_of[i], meant))
			continue;
		buf_fmt(&b, "%s" STR_F ": …", b.n > 0 ? ", " : "",
			STR_A(schema_props[s->one_of[i].props[0]].name));
		*ret_whole = false;
	}
	return buf_str(&b);
}

/* All keys of a section that has few of them, which has none that is required. */
static void help_keys(struct check *c, struct diag *d, const struct section *s)
{
	enum { MOST = 12 };
	struct buf b = buf_in(c->a);
	size_t n = 0;

	for (size_t i = 0; i < s->nprops; i++)
		if ((s->props[i].variants & c->variant) != 0 && s->props[i].removed == 0)
			buf_fmt(&b, "%s`" STR_F "`", n++ > 0 ? ", " : "", STR_A(s->props[i].name));
	if (n > 0 && n <= MOST)
		diag_help(c->ds, d, "%s: " STR_F, n == 1 ? "its key is" : "its keys are",
			  STR_A(buf_str(&b)));
}

/* v is one value where a list of sections must be: its names alone, or one item. */
static void section_items_meant(struct check *c, struct diag *d, const struct prop *prop,
				const struct node *v)
{
	const struct section *s = &schema_sections[prop->section];
	const struct prop *key = prop->single ? find_prop(c, s, prop->key) : NULL;
	struct str keys;
	bool whole;

	if (key != NULL && v->kind == NODE_STRING && text_fits(c, key, v->text)) {
		help_write(c, d, v, arena_fmt(c->a, "[" STR_F "]", STR_A(flow_words(c, v))));
		return;
	}
	keys = needed_keys(c, s, NULL, v, &whole);
	if (keys.n > 0)
		diag_help(c->ds, d, "write each item as `- {" STR_F "}`", STR_A(keys));
	else
		help_keys(c, d, s);
}

/* v is a list of one where a text must be, which may be meant. */
static void item_meant(struct check *c, struct diag *d, const struct prop *prop,
		       const struct node *v)
{
	const struct node *item = v->list.n == 1 ? v->list.items[0] : NULL;

	if (item != NULL && item->kind == NODE_STRING && prop != NULL && !item->open &&
	    text_fits(c, prop, item->text))
		help_write(c, d, v, span_text(item->at));
}

/* v is a mapping where a list of sections must be: an item without its dash, or names with something behind them. */
static void items_meant(struct check *c, struct diag *d, const struct prop *prop,
			const struct node *v)
{
	const struct section *s =
		prop->kind == PROP_SECTIONS ? &schema_sections[prop->section] : NULL;
	struct str keys;
	bool whole;

	for (size_t i = 0; s != NULL && i < v->map.n; i++)
		if (find_prop(c, s, v->map.entries[i].key) == NULL) {
			keys = needed_keys(c, s, NULL, v, &whole);
			diag_help(c->ds, d, "write each item as `- {" STR_F "}`", STR_A(keys));
			return;
		}
	diag_help(c->ds, d, "%s",
		  in_language(c, "begin each item with `- `",
			      "a list stands in brackets: `[{ … }]`"));
}

/* What `words`, of diag_wrong_type(), are in the language of the file. */
static const char *kind_words(const struct check *c, const char *words)
{
	static const struct {
		struct str yaml;
		const char *program;
	} all[] = {
		{STR_INIT("text"), "a text"},
		{STR_INIT("a list of text"), "a list of texts"},
		{STR_INIT("text or a list of text"), "a text or a list of texts"},
		{STR_INIT("true, false or text"), "true, false or a text"},
		{STR_INIT("a whole number or text"), "a whole number or a text"},
		{STR_INIT("a mapping"), "a section"},
		{STR_INIT("a mapping of names"), "a section of names"},
		{STR_INIT("a list of mappings"), "a list of sections"},
	};

	for (size_t i = 0; c->program && i < ARRAY_LEN(all); i++)
		if (str_eq(all[i].yaml, str_c(words)))
			return all[i].program;
	return words;
}

struct diag *wrong_type(struct check *c, const struct prop *prop, struct str name, const char *want,
			const struct node *v)
{
	struct diag *d = diag_wrong_type(c->ds, v->at, name, kind_words(c, want),
					 kind_words(c, node_kind_words(v->kind)));
	struct str words = str_c(want);

	if (str_eq(words, STR("text")) && node_is_scalar(v) && v->plain)
		text_meant(c, d, prop, v);
	else if (str_eq(words, STR("a list of text")) && node_is_scalar(v) && !v->open &&
		 !has_non_ascii(v->text))
		list_meant(c, d, prop, v);
	else if (str_eq(words, STR("text")) && v->kind == NODE_LIST)
		item_meant(c, d, prop, v);
	else if (str_eq(words, STR("a list of mappings")) && v->kind == NODE_MAP)
		items_meant(c, d, prop, v);
	else if (str_eq(words, STR("a list of mappings")) && prop->kind == PROP_SECTIONS)
		section_items_meant(c, d, prop, v);
	else if (str_eq(words, STR("a mapping")) && v->kind == NODE_LIST)
		diag_help(c->ds, d, "%s",
			  in_language(c, "write the keys without `- ` before them",
				      "a section stands in braces, without brackets: `{ … }`"));
	else if (str_eq(words, STR("a mapping")))
		diag_help(c->ds, d, "write its keys: `{NAME: VALUE}`");
	return d;
}

void wrong_section(struct check *c, const struct prop *prop, struct str name,
		   const struct section *s, const struct node *v)
{
	const struct foreign_value *foreign =
		prop != NULL && v->kind == NODE_STRING ? foreign_value(prop, STR("*")) : NULL;
	struct diag *d = diag_wrong_type(c->ds, v->at, name, kind_words(c, "a mapping"),
					 kind_words(c, node_kind_words(v->kind)));
	const struct prop *meant = meant_by(c, s, v);
	struct str keys;
	bool whole;

	if (v->kind == NODE_LIST) {
		diag_help(c->ds, d, "%s",
			  in_language(c, "write the keys without `- ` before them",
				      "a section stands in braces, without brackets: `{ … }`"));
		return;
	}
	if (foreign != NULL) {
		diag_help(c->ds, d, "%s", foreign->help);
		return;
	}
	keys = needed_keys(c, s, meant, v, &whole);
	if (meant != NULL && whole)
		help_write(c, d, v, arena_fmt(c->a, "{" STR_F "}", STR_A(keys)));
	else if (keys.n > 0)
		diag_help(c->ds, d, "write its keys: `{" STR_F "}`", STR_A(shown(c, keys)));
	else if (!has_non_ascii(v->text))
		help_keys(c, d, s);
}
