/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sections.h - the model without its types: for rules that hold wherever a section stands.
 *
 * A section such as CustomAction stands at many places of a file. A rule about it does not name these places;
 * it asks for every section of the model and picks those that have the properties it is about.
 */
#ifndef HPCC_RULES_SECTIONS_H
#define HPCC_RULES_SECTIONS_H

#include "compiler/check/rules/rule.h"

/* One section of the file, seen through its rows. */
struct any_section {
	const struct section *schema;
	const char *model; /* its struct; begins with a struct section_at */
};

/* Where the section stands. */
const struct section_at *any_at(const struct any_section *s);
/* Whether `id` is a property of this section. */
bool any_has(const struct any_section *s, enum prop_id id);
/* Where the property was written; `id` must be one of this section. */
const struct field_at *any_field(const struct any_section *s, enum prop_id id);
/* The value of a PROP_STRING of this section. */
struct str any_text(const struct any_section *s, enum prop_id id);
/* The value of a PROP_STRINGS of this section. */
const struct model_strings *any_strings(const struct any_section *s, enum prop_id id);

/*
 * Whether the property says something, as ParallelCluster counts it where properties exclude each other: it is
 * written, without fault, and neither an empty text or list, nor false, nor 0. A section always says something.
 */
bool any_says(const struct any_section *s, enum prop_id id);

/* Makes the list of all sections that the file has, once for all rules. */
void sections_collect(struct rules *r);

/* Calls f for every section that the file has, outer before inner, in the order of the rows. */
void each_section(const struct rules *r,
		  void (*f)(const struct rules *r, const struct any_section *s));

#endif
