/* SPDX-License-Identifier: Apache-2.0 */
/* payload_print.c - the scripts of a finished graph, as nodes will get them. */
#include "compiler/base/buf.h"
#include "lowering/aws/templates.h"
#include "lowering/cluster/cluster.h"

/* The files of an archive: for each a line "path size" and then its bytes. */
static void print_files(struct buf *b, struct str files)
{
	while (files.n > 0) {
		struct str line = str_cut(&files, '\n');
		size_t blank = str_find(line, ' ', 0);
		int64_t size = 0;

		INVARIANT(str_to_int(str_slice(line, blank + 1, line.n), &size) && size >= 0 &&
			  (size_t)size <= files.n);
		buf_fmt(b, "======== " STR_F " ========\n" STR_F, STR_A(str_slice(line, 0, blank)),
			STR_A(str_slice(files, 0, (size_t)size)));
		files = str_slice(files, (size_t)size, files.n);
	}
}

struct str payload_print(struct arena *a, const struct ir *g)
{
	const struct ir_resource *head = ir_find(g, STR("HeadNode"));
	const struct ir_value *payload = ir_get(head->metadata, STR("Payload"));
	struct buf b = buf_in(a);

	for (uint32_t i = 0; i < payload->n; i++)
		print_files(&b, template_module_of(payload->items[i]->text)->files);
	return buf_str(&b);
}
