/* SPDX-License-Identifier: Apache-2.0 */
/* ebs.h - the EBS volumes of a file, seen alike: shared ones, those of instances, and those of workflows. */
#ifndef HPCC_RULES_EBS_H
#define HPCC_RULES_EBS_H

#include "compiler/check/rules/rule.h"

/* A number of a volume: written, its default, or not known (0, as the size of a root volume by its image). */
struct ebs_number {
	int64_t value;
	const struct field_at *at;
};

struct ebs_volume {
	const struct ebs_type *limits; /* of its type; NULL when the type is faulty or unknown */
	struct str type;
	const struct field_at *type_at;
	struct ebs_number size, iops, throughput; /* defaults of the type filled in */
	struct span place;			  /* where nothing of it is written */
	bool root;
};

/*
 * Calls f for each volume: shared ones, then root volumes of the head node and the queues, or in a batch file those of
 * its compute environments, with their scratch volumes, and those that its workflows make.
 */
void each_volume(const struct rules *r,
		 void (*f)(const struct rules *r, const struct ebs_volume *v));

/* Where a number of the volume is decided: its value, else that of the type, else the volume. */
struct span number_span(const struct ebs_volume *v, const struct ebs_number *n);

#endif
