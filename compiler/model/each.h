/* SPDX-License-Identifier: Apache-2.0 */
/* each.h - loops over a model: each is written once, for checks and lowering alike. */
#ifndef HPCC_EACH_H
#define HPCC_EACH_H

#include "model.h" /* generated from stdlib/schema */

/* One compute resource of a Slurm cluster and its queue. */
struct compute {
	const struct slurm_queue *queue;
	const struct slurm_compute_resource *resource;
	size_t q, r; /* indices */
};

/* Steps over all compute resources in the order of the file: start with (struct compute){0}; false at the end. */
bool next_compute(const struct cluster *c, struct compute *it);

/* The list SharedStorage at the top of a file of whichever kind; an empty one where the kind has none. */
const struct shared_storage_list *storage_list(const struct model *m);
/* The property Region at the top of a file of whichever kind; empty where it says none, or a faulty one. */
struct str region_of(const struct model *m);
/* Where it says that, or NULL where the kind has no Region. */
const struct field_at *region_at(const struct model *m);

/*
 * A section such as CustomAction stands at many places of a file. What is said about it does not name these
 * places; it goes over all sections of the model and picks those that have the properties it is about.
 */

/* How every generated `struct …_list` begins. */
struct any_list {
	const void *items;
	size_t n;
};

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
/* The value of a PROP_ENUM of this section: its enumerator, 0 for none. */
int any_enum(const struct any_section *s, enum prop_id id);
/* The value of a PROP_STRINGS of this section. */
const struct model_strings *any_strings(const struct any_section *s, enum prop_id id);
/* The value of a PROP_MAP of this section, or that of a PROP_MAPS as a list; others have none. */
struct model_maps any_maps(const struct any_section *s, enum prop_id id);

/*
 * Whether the property says something, as ParallelCluster counts it where properties exclude each other: it is
 * written, without fault, and neither an empty text or list, nor false, nor 0. A section always says something.
 */
bool any_says(const struct any_section *s, enum prop_id id);

/* Sections in the memory of an arena. */
struct section_list {
	const struct any_section *items;
	size_t n;
};

/*
 * All sections that the file has in `root`, this one too: outer before inner, in the order of the rows. One that others
 * take over (JobDefaults) comes once, where it was written.
 */
struct section_list sections_below(struct arena *a, struct any_section root);

#endif
