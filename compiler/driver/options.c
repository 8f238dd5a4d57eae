/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the command line, taken apart by getopt_long(3) over the tables. */
#include "compiler/driver/options.h"

#include "compiler/base/nearest.h"

#include <getopt.h>
#include <string.h>

const struct verb_row verb_rows[VERB_COUNT] = {
#define VERB(id, name, operands, summary, description) {name, operands, summary, description},
#include "compiler/driver/verbs.def"
#undef VERB
};

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(id, name, letter, kind, argument, verbs, help) \
	{name, letter, OPTION_##kind, argument, verbs, help},
#include "compiler/driver/options.def"
#undef OPTION
};

enum { FIRST_LONG = 256 };

static struct str nearest_option(struct str name)
{
	unsigned best = near_limit(name) + 1;
	struct str found = {0};

	for (int i = 0; i < OPTION_COUNT; i++) {
		unsigned d = edit_distance(name, str_c(option_rows[i].name), near_limit(name));

		if (d < best) {
			best = d;
			found = str_c(option_rows[i].name);
		}
	}
	return found;
}

static bool wrong(struct arena *a, struct str *ret_error, struct str what, struct str near)
{
	if (near.n > 0)
		*ret_error =
			arena_fmt(a, STR_F "; did you mean `" STR_F "`?", STR_A(what), STR_A(near));
	else
		*ret_error = what;
	return false;
}

/* The one option whose name begins so, or none. */
static struct str abbreviated(struct str name)
{
	struct str found = {0};

	if (name.n < 2)
		return found;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (str_starts(str_c(option_rows[i].name), name)) {
			if (found.n > 0)
				return (struct str){0};
			found = str_c(option_rows[i].name);
		}
	return found;
}

/*
 * getopt_long takes any unique prefix of a long option; a name that works today would break when an option
 * is added. So a long option must be spelt out.
 */
static bool spelt_out(struct arena *a, const char *arg, struct str *ret_error)
{
	struct str rest = str_c(arg + 2), name = str_cut(&rest, '=');

	for (int i = 0; i < OPTION_COUNT; i++)
		if (str_eq(name, str_c(option_rows[i].name)))
			return true;
	struct str near = abbreviated(name);

	if (near.n == 0)
		near = nearest_option(name);
	for (int i = OPTION_COUNT; near.n == 0 && name.n > 1 && i-- > 0;) /* an abbreviation */
		if (str_starts(str_c(option_rows[i].name), name))
			near = str_c(option_rows[i].name);
	if (near.n > 0)
		near = arena_fmt(a, "--" STR_F, STR_A(near));
	return wrong(a, ret_error, arena_fmt(a, "unknown option `--" STR_F "`", STR_A(name)), near);
}

static void fill_tables(struct option *longs, char *letters)
{
	*letters++ = ':'; /* a missing argument is told apart from an unknown option */
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		longs[i] = (struct option){.name = row->name,
					   .has_arg = row->kind == OPTION_FLAG ? no_argument
									       : required_argument,
					   .val = FIRST_LONG + i};
		if (row->letter == 0)
			continue;
		*letters++ = row->letter;
		if (row->kind != OPTION_FLAG)
			*letters++ = ':';
	}
	longs[OPTION_COUNT] = (struct option){0};
	*letters = '\0';
}

static int option_index(int c)
{
	if (c >= FIRST_LONG)
		return c - FIRST_LONG;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (option_rows[i].letter != 0 && option_rows[i].letter == c)
			return i;
	BUG("option %d", c);
}

static void add_value(struct arena *a, struct option_values *v, const char *value)
{
	const char **more;

	if ((v->n & (v->n - 1)) == 0) { /* 0, 1, 2, 4 …: all there is room for is used */
		more = NEW_ARRAY(a, const char *, v->n == 0 ? 1 : v->n * 2);
		if (v->n > 0)
			memcpy(more, v->values, v->n * sizeof(*more));
		v->values = more;
	}
	v->values[v->n++] = value;
}

static bool read_options(struct arena *a, int argc, char **argv, struct options *o,
			 struct str *ret_error)
{
	struct option longs[OPTION_COUNT + 1];
	char letters[2 * OPTION_COUNT + 2];
	int c;

	fill_tables(longs, letters);
	optind = 0; /* glibc: begin anew, so that the parser can be called twice */
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == ':')
			return wrong(a, ret_error,
				     arena_fmt(a, "`%s` needs an argument", argv[optind - 1]),
				     (struct str){0});
		if (c == '?' && optopt >= FIRST_LONG)
			return wrong(a, ret_error,
				     arena_fmt(a, "`--%s` takes no argument",
					       option_rows[optopt - FIRST_LONG].name),
				     (struct str){0});
		if (c == '?')
			return wrong(a, ret_error, arena_fmt(a, "unknown option `-%c`", optopt),
				     (struct str){0});
		add_value(a, &o->given[option_index(c)], optarg != NULL ? optarg : "");
	}
	return true;
}

static struct str nearest_verb(struct str word)
{
	for (int i = 0; i < VERB_COUNT; i++)
		if (edit_distance(word, str_c(verb_rows[i].name), 2) <= (word.n < 5 ? 1u : 2u))
			return str_c(verb_rows[i].name);
	return (struct str){0};
}

/* The verb is the first operand when that is one; a file of such a name is written ./name. */
static void read_verb(struct options *o)
{
	for (int i = 0; i < VERB_COUNT && o->noperands > 0; i++) {
		if (strcmp(o->operands[0], verb_rows[i].name) != 0)
			continue;
		o->verb = (enum verb_id)i;
		o->verb_named = true;
		o->operands++;
		o->noperands--;
		return;
	}
	o->verb = VERB_build;
}

static bool options_fit(struct arena *a, const struct options *o, struct str *ret_error)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (o->given[i].n == 0 || (option_rows[i].verbs & 1u << o->verb) != 0)
			continue;
		for (int v = 0; v < VERB_COUNT; v++)
			if ((option_rows[i].verbs & 1u << v) != 0)
				return wrong(a, ret_error,
					     arena_fmt(a,
						       "`hpcc %s` takes no `--%s`; it belongs to "
						       "`hpcc %s`",
						       verb_rows[o->verb].name, option_rows[i].name,
						       verb_rows[v].name),
					     (struct str){0});
	}
	return true;
}

/* An option that takes one of a list of words was given one of them. */
static bool words_fit(struct arena *a, const struct options *o, struct str *ret_error)
{
	for (int i = 0; i < OPTION_COUNT && !GIVEN(o, help) && !GIVEN(o, version); i++) {
		enum option_id option = (enum option_id)i;
		const struct option_values *v = &o->given[option];
		struct str words, all;
		bool exact;
		int value;

		if (v->n == 0 || choice_find(option, o->verb, str_c(v->values[v->n - 1]), &value))
			continue;
		exact = strchr(v->values[v->n - 1], ':') != NULL;
		words = choice_words(a, option, 1u << o->verb, ", ", " or ", exact);
		all = choice_words(a, option, FOR_ALL, ", ", " or ", exact);
		if (words.n == 0)
			continue;
		return wrong(a, ret_error,
			     arena_fmt(a, "--%s takes " STR_F "%s, not `%s`",
				       option_rows[option].name, STR_A(words),
				       str_eq(words, all) ? "" : " here", v->values[v->n - 1]),
			     (struct str){0});
	}
	return true;
}

/* A bare word that is no file's name but near a verb was probably meant as one. */
static bool operands_fit(struct arena *a, const struct options *o, struct str *ret_error)
{
	const char *takes = verb_rows[o->verb].operands;
	bool wants = takes[0] != '\0' && takes[0] != '[';

	if (GIVEN(o, help) || GIVEN(o, version))
		return true;
	if (!o->verb_named && o->noperands > 0) {
		struct str word = str_c(o->operands[0]), near = nearest_verb(word);

		if (str_eq(near, word)) /* behind `--` every word is a file's name */
			return wrong(a, ret_error,
				     arena_fmt(a,
					       "what follows `--` is a file's name; a verb comes "
					       "before it: `hpcc " STR_F " -- FILE`",
					       STR_A(word)),
				     (struct str){0});
		if (near.n > 0 && str_find(word, '.', 0) == word.n &&
		    str_find(word, '/', 0) == word.n)
			return wrong(a, ret_error,
				     arena_fmt(a, "`" STR_F "` is not a verb", STR_A(word)), near);
	}
	if (wants && o->noperands == 0)
		return wrong(a, ret_error,
			     arena_fmt(a, "`hpcc %s` needs %s", verb_rows[o->verb].name, takes),
			     (struct str){0});
	if (takes[0] == '\0' && o->noperands > 0)
		return wrong(a, ret_error,
			     arena_fmt(a, "`hpcc %s` takes no operand `%s`",
				       verb_rows[o->verb].name, o->operands[0]),
			     (struct str){0});
	return true;
}

static int find_separator(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return argc;
}

/* exec: what follows "--" is the command, whatever it looks like; else it is operands. */
static bool after_separator(struct arena *a, struct options *o, char **rest, size_t nrest,
			    struct str *ret_error)
{
	const char **all;

	if (o->verb == VERB_exec) {
		o->command = nrest > 0 ? rest : NULL;
		if (o->command == NULL && !GIVEN(o, help) && !GIVEN(o, version))
			return wrong(a, ret_error, STR("`hpcc exec` needs a command after `--`"),
				     (struct str){0});
		return true;
	}
	all = NEW_ARRAY(a, const char *, o->noperands + nrest + 1);
	for (size_t i = 0; i < o->noperands; i++)
		all[i] = o->operands[i];
	for (size_t i = 0; i < nrest; i++)
		all[o->noperands + i] = rest[i];
	o->operands = all;
	o->noperands += nrest;
	return true;
}

bool options_parse(struct arena *a, int argc, char **argv, struct options *ret,
		   struct str *ret_error)
{
	int sep = find_separator(argc, argv);
	char **before = NEW_ARRAY(a, char *, (size_t)sep + 1);
	size_t nrest = sep < argc ? (size_t)(argc - sep - 1) : 0;
	struct options o = {0};

	memcpy(before, argv, (size_t)sep * sizeof(*before)); /* getopt moves operands to the end */
	for (int i = 1; i < sep; i++)
		if (strncmp(argv[i], "--", 2) == 0 && !spelt_out(a, argv[i], ret_error))
			return false;
	if (!read_options(a, sep, before, &o, ret_error))
		return false;
	o.operands = (const char *const *)before + optind;
	o.noperands = (size_t)(sep - optind);
	read_verb(&o);
	if (!after_separator(a, &o, argv + sep + 1, nrest, ret_error) ||
	    !options_fit(a, &o, ret_error) || !words_fit(a, &o, ret_error) ||
	    !operands_fit(a, &o, ret_error))
		return false;
	*ret = o;
	return true;
}
