/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names_unknown.c - names that mean nothing: what was likely meant.
 *
 * People leave quotes away, misspell, and write what other tools call it. Which of these it is, the place tells: a word
 * that is the whole value of a property is text; one that is called is a function.
 */
#include "compiler/base/nearest.h"
#include "compiler/hpc/names_state.h"
#include "compiler/hpc/std_modules.h"
#include "compiler/schema/schema.h"

static const struct foreign_word {
	struct str name;
	bool function;
	const char *help;
} foreign_words[] = {
#define FOREIGN_FUNCTION(name, help) {STR_INIT(name), true, help},
#define FOREIGN_NAME(name, help) {STR_INIT(name), false, help},
#include "compiler/hpc/foreign_builtins.def"
#undef FOREIGN_FUNCTION
#undef FOREIGN_NAME
};

/* Are they the same but for case and underscores? */
static bool is_same_word(struct str word, struct str row)
{
	size_t k = 0;

	for (size_t i = 0; i < word.n; i++) {
		char c = is_upper(word.s[i]) ? (char)(word.s[i] - 'A' + 'a') : word.s[i];

		if (c == '_')
			continue;
		if (k == row.n || row.s[k] != c)
			return false;
		k++;
	}
	return k == row.n;
}

static const char *foreign_help_of(struct str word, bool function)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_words); i++)
		if (foreign_words[i].function == function &&
		    is_same_word(word, foreign_words[i].name))
			return foreign_words[i].help;
	return NULL;
}

const char *foreign_function(struct str word)
{
	return foreign_help_of(word, true);
}

/* The row for a function whose name `word` is a misspelling of, or NULL. */
static const char *near_foreign(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_words); i++)
		if (foreign_words[i].function && word.n > 4 &&
		    edit_distance(word, foreign_words[i].name, 2) <= 2)
			return foreign_words[i].help;
	return NULL;
}

/* The best of the names in m that may be called, or may not. */
static void look_in(const struct map *m, struct str word, bool function, struct str declaring,
		    unsigned *best, struct str *near)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct binding *b = ((const struct handle *)m->items[i].value)->of;
		unsigned distance;

		if (b == NULL || (b->kind == BIND_FN) != function || b->kind == BIND_TYPE ||
		    b->kind == BIND_POLICY || str_eq(m->items[i].key, declaring))
			continue;
		distance = edit_distance(word, m->items[i].key, *best);
		if (distance < *best) {
			*best = distance;
			*near = m->items[i].key;
		}
	}
}

struct str near_name(struct names *n, struct str word, bool function)
{
	unsigned best = near_limit(word) + 1;
	struct str near = {0};
	size_t count;
	const struct builtin *all = builtin_all(&count);

	/* At most a third of the letters differ: of one or two, none. */
	if (word.n < 3 || n->searches++ >= MOST_SEARCHES)
		return near;
	if (!n->file_only)
		look_in(&n->locals, word, function, n->declaring, &best, &near);
	if (n->file != NULL)
		look_in(&n->file->names->names, word, function, n->declaring, &best, &near);
	for (size_t i = 0; function && i < count; i++) {
		unsigned distance = edit_distance(word, all[i].name, best);

		if (distance < best) {
			best = distance;
			near = all[i].name;
		}
	}
	return near;
}

static bool is_std(struct str name)
{
	for (size_t i = 0; i < nstd_modules; i++)
		if (str_eq(std_modules[i].name, name))
			return true;
	return false;
}

/* Does some section of the schema have a property of this name? */
static bool is_property(struct str name)
{
	enum section_id owner;

	return schema_owners(name, (enum section_id)schema_nsections, UINT16_MAX, &owner, 1) > 0;
}

/* Is it several words that belong together, without a blank: `t3.micro`, `us-east-1`? */
static bool is_joined(struct str words)
{
	for (size_t i = 0; i < words.n; i++)
		if (!is_alnum(words.s[i]) && words.s[i] != '.' && words.s[i] != '-' &&
		    words.s[i] != '_')
			return false;
	return true;
}

static void without_quotes(struct names *n, struct span at, struct str near)
{
	struct str words = span_text(at), quoted = arena_fmt(n->a, "\"" STR_F "\"", STR_A(words));
	struct diag *d = diag_text_without_quotes(n->ds, at, words);

	diag_help(n->ds, d, "write `" STR_F "`", STR_A(quoted));
	diag_fix(n->ds, d, at, quoted, near.n == 0);
	if (near.n > 0)
		diag_help(n->ds, d, "or did you mean the name `" STR_F "`?", STR_A(near));
}

/* A name that is no text for certain means nothing everywhere in the file: that is said once. */
static void say_once(struct names *n, struct str name)
{
	static const bool yes = true;

	map_put(&n->unknown, n->a, name, &yes);
}

/* A function that nobody declares. */
static void unknown_function(struct names *n, const struct expr *e)
{
	struct str name = e->name.name, near;
	const char *foreign = foreign_function(name);
	struct diag *d = diag_no_such_name(n->ds, e->at, "function ", name);

	if (foreign == NULL) {
		near = near_name(n, name, true);
		if (near.n > 0) {
			diag_help(n->ds, d, "did you mean `" STR_F "`?", STR_A(near));
			diag_fix(n->ds, d, e->at, near, false);
			return;
		}
		foreign = near_foreign(name);
	}
	if (foreign != NULL)
		diag_help(n->ds, d, "%s", foreign);
}

/* What helps with a name that means nothing, wherever it stands. */
static void help_name(struct names *n, struct diag *d, const struct expr *e, enum use_as as)
{
	struct str name = e->name.name, near = near_name(n, name, false);
	const char *foreign = foreign_help_of(name, false);

	if (foreign != NULL) {
		diag_help(n->ds, d, "%s", foreign);
	} else if (near.n > 0) {
		diag_help(n->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(n->ds, d, e->at, near, false);
	} else if (is_std(name)) {
		diag_help(n->ds, d, "is `use std/" STR_F "` missing?", STR_A(name));
	}
	if (as == USE_TEXT)
		diag_help(n->ds, d,
			  "for a variable of the shell write `\\${" STR_F "}`, or use `'…'`",
			  STR_A(name));
}

static void property_as_name(struct names *n, const struct expr *e, enum use_as as)
{
	struct diag *d = diag_property_as_name(n->ds, e->at, e->name.name);

	diag_help(n->ds, d, "to use a value twice, name it: `let … = …`");
	if (as == USE_TEXT)
		diag_help(n->ds, d,
			  "for a variable of the shell write `\\${" STR_F "}`, or use `'…'`",
			  STR_A(e->name.name));
}

void unknown_name(struct names *n, const struct expr *e, const struct expr *whole, enum use_as as)
{
	struct str name = e->name.name, words = span_text(whole->at), near;
	bool foreign = foreign_help_of(name, false) != NULL, capital = is_upper(name.s[0]);

	n->poison++;
	if (map_get(&n->unknown, name) != NULL)
		return;
	if (as == USE_CALL) {
		say_once(n, name);
		unknown_function(n, e);
		return;
	}
	if (as == USE_VALUE && whole != e && is_joined(words) && !foreign &&
	    !(capital && is_property(name))) {
		near = near_name(n, name, false);
		if (near.n == 0 || str_find(words, '-', 0) < words.n) {
			without_quotes(n, whole->at, (struct str){0});
			return;
		}
	} else if (as == USE_VALUE && whole == e && !foreign && !(capital && is_property(name))) {
		near = near_name(n, name, false);
		if (near.n > 0)
			say_once(n, name);
		without_quotes(n, e->at, near);
		return;
	}
	say_once(n, name);
	if (capital && (as != USE_TEXT || is_property(name)))
		property_as_name(n, e, as);
	else
		help_name(n, diag_no_such_name(n->ds, e->at, "", name), e, as);
}
