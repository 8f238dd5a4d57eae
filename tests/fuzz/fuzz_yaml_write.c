/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml_write.c - any tree, written as YAML, is read back as the same one. */
#include "compiler/yaml/yaml_read.h"
#include "compiler/yaml/yaml_write.h"
#include "fuzz.h"
#include "tests/unit/random_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct vars none = {0};
	struct buf out = buf_in(&a);
	const struct node *root = random_tree(&a, data, n), *read;
	struct str why = {0};

	INVARIANT(yaml_write(&out, root, YAML_FOR_HPCC));
	read = yaml_read(&a, &ds, source_new(&a, STR("t.yaml"), buf_str(&out)), &none, YAML_LIMITS);
	for (const struct diag *d = ds.first; d != NULL; d = d->next)
		INVARIANT(d->id == DIAG_control_character || d->id == DIAG_empty_document);
	INVARIANT(ds.errors > 0 || same_tree(&a, root, read, &why));
	arena_release(&a);
	return 0;
}
