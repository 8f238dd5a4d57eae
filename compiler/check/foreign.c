/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.c - names that other tools have for what a file says otherwise. */
#include "compiler/check/foreign.h"

#include "compiler/base/bug.h"

enum { NONE = -1 };

static const struct foreign {
	enum section_id section;
	struct str name;
	int meant; /* enum prop_id, or NONE */
	const char *help;
} foreign_names[] = {
#define FOREIGN(section, name, meant, help) {SECTION_##section, STR_INIT(name), meant, help},
#include "compiler/check/foreign.def"
#undef FOREIGN
};

static char lower(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

/* Is `key` the name, but for the case of letters and underscores? */
static bool is_name(struct str key, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < key.n; i++) {
		if (key.s[i] == '_')
			continue;
		if (n == name.n || lower(key.s[i]) != lower(name.s[n]))
			return false;
		n++;
	}
	return n == name.n;
}

const char *foreign_help(const struct section *s, struct str key, const struct prop **ret_meant)
{
	*ret_meant = NULL;
	for (size_t i = 0; i < ARRAY_LEN(foreign_names); i++) {
		const struct foreign *f = &foreign_names[i];

		if (s != &schema_sections[f->section] || !is_name(key, f->name))
			continue;
		if (f->meant != NONE)
			*ret_meant = &schema_props[f->meant];
		return f->help;
	}
	return NULL;
}
