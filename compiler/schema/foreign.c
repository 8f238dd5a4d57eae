/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.c - names that other tools have for what a file says otherwise. */
#include "compiler/schema/foreign.h"

#include "compiler/base/bug.h"

enum { NONE = -1, MOST_MEANT = 6 };

static const struct foreign {
	enum section_id section;
	struct str name;
	int meant[MOST_MEANT]; /* enum prop_id */
	int nmeant;
	bool renamed; /* the name of the property, which has one alone, may be written in its place */
	const char *help;
} foreign_names[] = {
#define FOREIGN(section, name, meant, help)                   \
	{SECTION_##section,    STR_INIT(name),	     {meant}, \
	 (int)(meant) != NONE, (int)(meant) != NONE, help},
#define FOREIGN_HOLDS(section, name, help, ...)        \
	{SECTION_##section,                            \
	 STR_INIT(name),                               \
	 {__VA_ARGS__},                                \
	 (int)ARRAY_LEN(((const int[]){__VA_ARGS__})), \
	 false,                                        \
	 help},
#define FOREIGN_VALUE(prop, word, value, help)
#include "compiler/schema/foreign.def"
#undef FOREIGN
#undef FOREIGN_HOLDS
#undef FOREIGN_VALUE
};

static const struct foreign_value foreign_values[] = {
#define FOREIGN(section, name, meant, help)
#define FOREIGN_HOLDS(section, name, help, ...)
#define FOREIGN_VALUE(prop, word, value, help) {prop, STR_INIT(word), STR_INIT(value), help},
#include "compiler/schema/foreign.def"
#undef FOREIGN
#undef FOREIGN_HOLDS
#undef FOREIGN_VALUE
};

static char lower(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

static bool is_joint(char ch)
{
	return ch == '_' || ch == '-';
}

/* The next letter of the word from *i on, or 0 at its end. */
static char next_letter(struct str word, size_t *i)
{
	while (*i < word.n && is_joint(word.s[*i]))
		++*i;
	return *i < word.n ? lower(word.s[(*i)++]) : '\0';
}

/* Is `key` the name, but for the case of letters, underscores and hyphens? */
static bool is_name(struct str key, struct str name)
{
	char ch;

	for (size_t i = 0, k = 0;;) {
		ch = next_letter(key, &i);
		if (ch != next_letter(name, &k))
			return false;
		if (ch == '\0')
			return true;
	}
}

/* JobDefaults has what JobDefinition has: its rows hold there too. */
static const struct section *rows_of(const struct section *s)
{
	return s == &schema_sections[SECTION_JobDefaults] ? &schema_sections[SECTION_JobDefinition]
							  : s;
}

static const struct foreign *find_foreign(const struct section *s, struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_names); i++)
		if (rows_of(s) == &schema_sections[foreign_names[i].section] &&
		    is_name(key, foreign_names[i].name))
			return &foreign_names[i];
	return NULL;
}

const char *foreign_help(const struct section *s, struct str key, const struct prop **ret_meant)
{
	const struct foreign *f = find_foreign(s, key);

	*ret_meant =
		f != NULL && f->renamed ? schema_find(s, schema_props[f->meant[0]].name) : NULL;
	return f != NULL ? f->help : NULL;
}

bool foreign_stands_for(const struct section *s, struct str key, const struct prop *prop)
{
	const struct foreign *f = find_foreign(s, key);

	for (int i = 0; f != NULL && i < f->nmeant; i++)
		if (str_eq(prop->name, schema_props[f->meant[i]].name))
			return true;
	return false;
}

const struct foreign_value *foreign_value(const struct prop *prop, struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_values); i++)
		if (prop == &schema_props[foreign_values[i].prop] &&
		    is_name(word, foreign_values[i].word))
			return &foreign_values[i];
	return NULL;
}
