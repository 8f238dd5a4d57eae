/* SPDX-License-Identifier: Apache-2.0 */
/* model_schema.h - what `hpcc model` prints, for programs that read it. */
#ifndef HPCC_MODEL_SCHEMA_H
#define HPCC_MODEL_SCHEMA_H

#include "compiler/schema/kind.h"

/*
 * A JSON Schema (draft 7) of the model of files of `kind`, or of all kinds where it is NULL, with a final newline.
 * Unlike that of files it has one type for each property: what is written in several ways is read to one. Properties
 * with a default are always there.
 */
struct str model_schema(struct arena *a, const struct file_kind *kind);

#endif
