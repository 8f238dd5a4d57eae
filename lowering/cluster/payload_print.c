/* SPDX-License-Identifier: Apache-2.0 */
/* payload_print.c - the scripts of a finished graph, as nodes will get them. */
#include "lowering/aws/templates.h"
#include "lowering/lower.h"

/* Cuts the next file off an archive: a line "path size" and then its bytes. */
static struct stack_text next_file(struct str *files)
{
	struct str line = str_cut(files, '\n');
	size_t blank = str_find(line, ' ', 0);
	struct stack_text file = {.name = str_slice(line, 0, blank)};
	int64_t size = 0;

	INVARIANT(str_to_int(str_slice(line, blank + 1, line.n), &size) && size >= 0 &&
		  (size_t)size <= files->n);
	file.text = str_slice(*files, 0, (size_t)size);
	*files = str_slice(*files, (size_t)size, files->n);
	return file;
}

/* The files of one archive, which may be of several modules; only counted where ret is NULL. */
static size_t files_in(struct str archive, struct stack_text *ret)
{
	struct str names = template_module_of(archive)->name;
	size_t n = 0;

	while (names.s != NULL) {
		struct str files = template_files(str_cut(&names, ' '));

		for (; files.n > 0; n++) {
			struct stack_text file = next_file(&files);

			if (ret != NULL)
				ret[n] = file;
		}
	}
	return n;
}

/* The files of all archives, likewise. */
static size_t files_of(const struct ir_value *payload, struct stack_text *ret)
{
	size_t n = 0;

	for (uint32_t i = 0; i < payload->n; i++)
		n += files_in(payload->items[i]->text, ret == NULL ? NULL : ret + n);
	return n;
}

struct stack_texts cluster_scripts(const struct lowered_file *f)
{
	const struct ir_resource *head = ir_find(f->graph, STR("HeadNode"));
	const struct ir_value *payload = ir_get(head->metadata, STR("Payload"));
	size_t n = files_of(payload, NULL);
	struct stack_texts texts = {NEW_ARRAY(f->a, struct stack_text, n), n};

	files_of(payload, texts.items);
	return texts;
}
