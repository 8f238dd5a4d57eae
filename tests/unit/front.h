/* SPDX-License-Identifier: Apache-2.0 */
/* front.h - what the tests of the front end share: read a text, look at tree and findings. */
#ifndef HPCC_TESTS_FRONT_H
#define HPCC_TESTS_FRONT_H

#include "compiler/yaml/yaml_read.h"

/* One reading. The zero value is ready for use; end it with front_end. */
struct front {
	struct arena a;
	struct diags ds;
	const struct source *src;
	const struct node *root;
};

/* Reads `text` as the file "t.yaml" with YAML_LIMITS; vars may be NULL. */
void front_read(struct front *f, struct str text, const struct vars *vars);
/* Gives the memory of the reading back. */
void front_end(struct front *f);

/* The value at a path of keys and indices, such as "a.0.b"; the test fails when there is none. */
const struct node *front_at(const struct front *f, const char *path);

/* All findings, sorted: `code line:column-line:column message` each on a line; labels as `- place text`. */
struct str front_findings(struct front *f);

/* Fails the test unless got is want. */
void assert_text(struct str got, const char *want);

#endif
