/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - a command in one text, and the list of arguments that it stands for. */
#ifndef HPCC_CHECK_COMMAND_H
#define HPCC_CHECK_COMMAND_H

#include "compiler/base/arena.h"
#include "compiler/base/str.h"

/*
 * The items, as they stand between the brackets of a list in YAML: the words of `text`, or where it has signs that a
 * shell reads, a shell with all of it. Memory is from `a`.
 */
struct str command_items(struct arena *a, struct str text);
/* Has it blanks between words? */
bool command_has_words(struct str text);

#endif
