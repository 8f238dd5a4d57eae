/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_words.h - what messages show of a file, as a program writes it.
 *
 * Checks, rules and lowering know the tree alone and show YAML between backticks: `Ssh: {KeyName: NAME}`, `- item`,
 * `${stack.net.VpcId}`. Where the file is a program, their texts go through here once (compiler/compile).
 */
#ifndef HPCC_HPC_PROGRAM_WORDS_H
#define HPCC_HPC_PROGRAM_WORDS_H

#include "compiler/base/map.h"

/* What references of YAML are called in the program. */
struct program_names {
	struct map parameters; /* "KeyName" -> struct str, "key_name" */
	struct map stacks;     /* name of a stack -> struct str, the declaration that becomes it */
	struct str ground;     /* the declaration whose outputs are `${env.X}`, or empty */
};

/*
 * `text` with what stands between backticks in it as a program writes it, where that is a value, an entry or an item
 * of YAML in one line, or a reference; all else as it is. names may be NULL. What is written as in a program stays.
 * ours: the text is a help or note, whose snippets nobody but us wrote; lists, sections and items of others stay.
 * Memory is from `a`.
 */
struct str program_words(struct arena *a, const struct program_names *names, struct str text,
			 bool ours);
/* A value of YAML in one line as a program writes it; false when it is none. */
bool program_value(struct arena *a, struct str yaml, struct str *ret);

#endif
