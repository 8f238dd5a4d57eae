/* SPDX-License-Identifier: Apache-2.0 */
/* json_schema.h - the properties of a file for editors. */
#ifndef HPCC_JSON_SCHEMA_H
#define HPCC_JSON_SCHEMA_H

#include "compiler/schema/kind.h"

/* Names that editors offer, beside which any other of their form is right: new ones come every month. */
struct schema_words {
	const struct str *regions, *types;
	size_t nregions, ntypes;
};

/*
 * A JSON Schema (draft 7) of files of `kind`, or of all kinds where it is NULL, with a blank a level and a final
 * newline: an editor loads it with every file. It accepts what the type check accepts, in both readings of YAML (1.1
 * and 1.2), but for fractions given as whole numbers. A text with `${` stands for any value. One definition a section,
 * in the order of the generated tables.
 */
struct str schema_json(struct arena *a, const struct file_kind *kind,
		       const struct schema_words *words);

#endif
