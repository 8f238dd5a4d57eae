/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - the reference manual of the cluster file. */
#ifndef HPCC_REFERENCE_H
#define HPCC_REFERENCE_H

#include "compiler/base/arena.h"

/*
 * All properties as Markdown, a chapter a section in the order of the generated tables: doc/reference.md is
 * this text.
 */
struct str schema_reference(struct arena *a);

#endif
