/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - which formatter is for which file. */
#include "compiler/format/format.h"

/* A language is a row. */
static const struct row {
	struct str ending;
	format_function *format;
} rows[] = {
	{STR_INIT(".yaml"), format_yaml},
	{STR_INIT(".yml"), format_yaml},
	{STR_INIT(".hpc"), format_hpc},
};

static const struct row *row_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_ends(name, rows[i].ending))
			return &rows[i];
	return NULL;
}

format_function *format_for(struct str name)
{
	const struct row *row = row_of(name);

	return row != NULL ? row->format : format_yaml;
}

bool format_knows(struct str name)
{
	return row_of(name) != NULL;
}
