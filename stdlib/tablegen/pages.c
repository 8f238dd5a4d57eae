/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.c - the command `pages`: doc/diagnostics/<code>.md into the program, for `hpcc explain`.
 *
 * Which pages there must be is known from diag.def, which is compiled in; the only input is the folder. A
 * missing page becomes an empty text: that every code has one is a test, so that a new code can be tried
 * before its page is written.
 */
#include "stdlib/tablegen/tablegen.h"

#include <stdio.h>

/* The title of a page, from its first line: "# E0101: title". */
static struct str title_of(struct str page)
{
	struct str line = str_cut(&page, '\n');
	size_t colon = str_find_str(line, STR(": "), 0);

	return colon == SIZE_MAX ? (struct str){0} : str_slice(line, colon + 2, line.n);
}

/* A page without the words behind `yaml` and `hpc` that its tests read. */
static struct str for_people(struct arena *a, struct str page)
{
	static const struct str fences[] = {STR_INIT("```yaml"), STR_INIT("```hpc")};
	struct buf b = buf_in(a);

	while (page.s != NULL && page.n > 0) {
		struct str line = str_cut(&page, '\n');

		for (size_t i = 0; i < ARRAY_LEN(fences); i++)
			line = str_starts(line, fences[i]) ? fences[i] : line;
		buf_add(&b, line);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static bool page_exists(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f != NULL)
		fclose(f);
	return f != NULL;
}

/* Outputs: the table, and a dependency file for ninja. Input: the folder of the pages. */
bool tablegen_pages(struct tablegen *tg)
{
	struct buf c = buf_in(tg->a), d = buf_in(tg->a);

	/* C promises strings of 4,095 bytes only; the compilers we know take any. */
	buf_add(&c, STR("#include \"compiler/source/pages.h\"\n"
			"#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
			"const struct page diag_pages[DIAG_COUNT] = {\n"));
	buf_fmt(&d, "%s:", tg->outputs[0]);
	for (int i = 0; i < DIAG_COUNT; i++) {
		struct str code = diag_code((enum diag_id)i);
		const char *path =
			arena_fmt(tg->a, "%s/" STR_F ".md", tg->inputs[0], STR_A(code)).s;
		const struct source *src = page_exists(path) ? tablegen_read(tg, path) : NULL;

		buf_add(&c, STR("\t{"));
		c_str(&c, src != NULL ? title_of(src->text) : (struct str){0});
		buf_add(&c, STR(", "));
		c_str(&c, src != NULL ? for_people(tg->a, src->text) : (struct str){0});
		buf_add(&c, STR("},\n"));
		if (src != NULL)
			buf_fmt(&d, " %s", path);
	}
	buf_add(&c, STR("};\n"));
	buf_char(&d, '\n');
	return tablegen_write(tg, tg->outputs[0], buf_str(&c)) &&
	       tablegen_write(tg, tg->outputs[1], buf_str(&d));
}
