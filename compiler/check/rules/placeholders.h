/* SPDX-License-Identifier: Apache-2.0 */
/* placeholders.h - texts that somebody forgot to fill in. */
#ifndef HPCC_RULES_PLACEHOLDERS_H
#define HPCC_RULES_PLACEHOLDERS_H

#include "compiler/base/str.h"

/*
 * The part of a text that stands for a value nobody gave: `<your-key>`, `$KEY_NAME`, `{{ key }}`, `%KEY%`, `__KEY__`,
 * `YOUR_KEY`, `xxxxxxxx`, `changeme`, `my-key-here`. Empty when there is none. Borrowed from the text; linear in it.
 */
struct str placeholder_in(struct str text);

#endif
