/* SPDX-License-Identifier: Apache-2.0 */
/* model_json.h - the typed model as JSON, for programs. */
#ifndef HPCC_MODEL_JSON_H
#define HPCC_MODEL_JSON_H

#include "compiler/base/arena.h"
#include "model.h"

/* A changed meaning of what model_json() writes makes another number. */
enum { MODEL_JSON_VERSION = 1 };

/*
 * A model without errors as JSON with a final newline: {"hpcc_model", "kind", "variant", "file", "value", "sources"}.
 * `value` has the names of the file, with the default of each property that has one and is absent; `sources` tells of
 * each pointer into `value` (RFC 6901) where it was written, or "default". `name` is the file's. doc/model.md describes
 * it; compiler/schema/model_schema.h as a JSON Schema.
 */
struct str model_json(struct arena *a, const struct model *m, struct str name);

#endif
