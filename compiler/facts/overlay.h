/* SPDX-License-Identifier: Apache-2.0 */
/* overlay.h - what struct facts is; seen by this folder alone. */
#ifndef HPCC_OVERLAY_H
#define HPCC_OVERLAY_H

#include "compiler/facts/facts.h"

/* The zero value is the bundled tables alone. */
struct facts {
	const struct instance_type **types; /* bundled and overlaid, by name; NULL: no overlay */
	size_t n;
};

struct json_value;
/*
 * One InstanceTypeInfo of the EC2 API as a type, or NULL when it cannot be used (reported as E0022).
 * `src` is where it came from, for the report; *cursor, 0 at first, the byte from which the next faulty one is
 * looked for there, as descriptions come in the order of the file.
 */
const struct instance_type *instance_type_read(struct arena *a, struct diags *ds,
					       const struct source *src, size_t *cursor,
					       const struct json_value *info);

#endif
