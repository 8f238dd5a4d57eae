/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model_base.h - the pieces that the generated structs of model.h are made of.
 *
 * A section `SlurmQueue` of stdlib/schema becomes `struct slurm_queue`; a property `MinCount` becomes the
 * field `min_count` with the default filled in, and `at.min_count` tells where it was written. Section
 * lists become `struct <section>_list`. Example: queue->compute_resources.items[i].efa.enabled
 */
#ifndef HPCC_MODEL_BASE_H
#define HPCC_MODEL_BASE_H

#include "compiler/schema/schema.h"
#include "compiler/source/source.h"
#include "compiler/tree/tree.h"

/* The text of an enumerator of the PROP_ENUM property `id`, as the user writes it; empty for …_UNSET. Static. */
struct str enum_text(enum prop_id id, int value);

enum field_state {
	FIELD_ABSENT,	/* not written: the value is the default, or zero where there is none */
	FIELD_WRITTEN,	/* written and well-typed */
	FIELD_POISONED, /* written, but faulty and reported: rules must skip it */
};

/* Where one property was written. */
struct field_at {
	enum field_state state;
	struct span key, value; /* unset when absent */
};

static inline bool is_written(const struct field_at *f)
{
	return f->state == FIELD_WRITTEN;
}

static inline bool is_poisoned(const struct field_at *f)
{
	return f->state == FIELD_POISONED;
}

struct model_string {
	struct str text;
	struct span at;
};

/* List of text (PROP_STRINGS). */
struct model_strings {
	const struct model_string *items;
	size_t n;
};

struct model_int {
	int64_t value;
	struct span at;
};

/* List of whole numbers (PROP_INTS). */
struct model_ints {
	const struct model_int *items;
	size_t n;
};

/* One entry of a free mapping; a nested value is kept as compact flow text. */
struct model_pair {
	struct str key, value;
	struct span key_at, value_at;
	bool value_is_bool, value_is_number;
};

struct model_map {
	const struct model_pair *items;
	size_t n;
};

struct model_maps {
	const struct model_map *items;
	size_t n;
};

/* PROP_BOOL_OR_STRING and PROP_INT_OR_STRING: is_text tells which; an integer is kept as text too. */
struct model_flex {
	bool is_text, flag;
	int64_t integer;
	struct str text;
};

/* First member of every generated section struct. */
struct section_at {
	bool written;	 /* false: the section is absent and all fields hold their defaults */
	bool poisoned;	 /* a key or value directly in it was faulty, or one is missing */
	struct span key; /* the key that opens the section; unset for list items and the root */
	struct span span;
	/* "Scheduling.SlurmQueues[0].ComputeResources[1]"; empty for the root and what is absent */
	struct str path;
};

#endif
