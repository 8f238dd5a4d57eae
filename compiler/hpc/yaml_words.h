/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_words.h - what messages show between backticks, as a program writes it. */
#ifndef HPCC_HPC_YAML_WORDS_H
#define HPCC_HPC_YAML_WORDS_H

#include "compiler/base/arena.h"

/*
 * The text with what looks like YAML between its backticks as a program has it: "`Os: alinux2023`" is
 * "`Os: \"alinux2023\"`". Other text stays. In `a`, or a part of `s`.
 */
struct str yaml_words(struct arena *a, struct str s);

#endif
