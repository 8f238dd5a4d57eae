/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates_json.h - a JSON file as values that need no reading.
 */
#ifndef HPCC_TEMPLATES_JSON_H
#define HPCC_TEMPLATES_JSON_H

#include "stdlib/tablegen/tablegen.h"

/*
 * Writes the array json_INDEX of struct json_value, whose first one is what the text holds. It is not const, since
 * values that are built link each other; nothing writes to it. False when the text is no JSON (reported).
 */
bool write_json(struct tablegen *tg, struct buf *b, size_t index, struct str text);

#endif
