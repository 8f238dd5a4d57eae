/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar.h - what type a scalar has.
 *
 * YAML 1.1 gives plain scalars a type by their looks. The rules here are those that PyYAML applies, and so
 * AWS ParallelCluster; they are narrower than the specification in places (`y` and `n` are text, an exponent
 * needs a dot and a sign). Source: yaml.org/type for YAML 1.1; the resolver of PyYAML 6.0.
 */
#ifndef HPCC_SCALAR_H
#define HPCC_SCALAR_H

#include "compiler/tree/tree.h"

/*
 * Sets kind and value of a plain scalar whose ->text is set: yes/no/on/off, octal 010, 0x, 0b, 1_000,
 * base 60 (1:30 = 90), .inf, dates. Anything else is NODE_STRING. An integer outside int64 is clamped and
 * `big`.
 */
void yaml_resolve_plain(struct node *scalar);

/*
 * Sets kind and value as the explicit tag of kind `want` (a scalar's kind) asks. False, and the scalar a
 * NODE_STRING, when its text is no such value.
 */
bool yaml_resolve_as(struct node *scalar, enum node_kind want);

#endif
