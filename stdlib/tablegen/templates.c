/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates.c - tablegen templates OUT.c -- FILE...
 *
 * Writes every input file as text into one table sorted by name, and packs those that the nodes run into
 * one archive (templates_pack.c). The name of a file is its path after the last "templates/".
 */
#include "stdlib/tablegen/templates_pack.h"

#include <stdlib.h>

/* Folders whose files are packed for the nodes; the others are only texts. */
static const char *const packed_folders[] = {"boot/", "lib/", "minute/", "slurm/", "systemd/"};

static struct str template_name(const char *path)
{
	struct str p = str_c(path);
	size_t at = 0;

	for (size_t i = 0; (i = str_find_str(p, STR("templates/"), i)) != SIZE_MAX; i++)
		at = i + STR("templates/").n;
	return str_slice(p, at, p.n);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct packed_file *)a)->name,
		       ((const struct packed_file *)b)->name);
}

static bool is_packed(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(packed_folders); i++)
		if (str_starts(name, str_c(packed_folders[i])))
			return true;
	return false;
}

/* Texts longer than a C compiler must take as one literal (C17 5.2.4.1) are written as arrays of bytes. */
static void write_bytes(struct buf *b, const char *what, size_t index, struct str text)
{
	buf_fmt(b, "static const char %s_%zu[] = {", what, index);
	for (size_t i = 0; i < text.n; i++)
		buf_fmt(b, "%s%d,", i % 20 == 0 ? "\n\t" : "", (signed char)text.s[i]);
	buf_add(b, STR("\n};\n"));
}

static void write_table(struct buf *b, const struct packed_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		write_bytes(b, "text", i, files[i].text);
	buf_add(b, STR("const struct template_file template_files[] = {\n"));
	for (size_t i = 0; i < n; i++) {
		buf_add(b, STR("\t{"));
		c_str(b, files[i].name);
		buf_fmt(b, ", {text_%zu, sizeof(text_%zu)}},\n", i, i);
	}
	buf_fmt(b, "};\nconst size_t template_files_n = %zu;\n", n);
}

bool tablegen_templates(struct tablegen *tg)
{
	struct packed_file *files = NEW_ARRAY(tg->a, struct packed_file, (size_t)tg->ninputs);
	struct packed_file *packed = NEW_ARRAY(tg->a, struct packed_file, (size_t)tg->ninputs);
	struct buf out = buf_in(tg->a);
	size_t n = (size_t)tg->ninputs;
	size_t npacked = 0;

	for (size_t i = 0; i < n; i++) {
		const struct source *src = tablegen_read(tg, tg->inputs[i]);

		if (src == NULL)
			return false;
		files[i] = (struct packed_file){template_name(tg->inputs[i]), src->text};
	}
	qsort(files, n, sizeof(*files), by_name);
	for (size_t i = 0; i < n; i++)
		if (is_packed(files[i].name))
			packed[npacked++] = (struct packed_file){files[i].name,
								 pack_strip(tg->a, files[i].text)};
	buf_add(&out, STR("/* Made by tablegen from templates/. */\n"
			  "#include \"lowering/cluster/templates.h\"\n"));
	write_table(&out, files, n);
	write_bytes(&out, "payload", 0,
		    pack_base64(tg->a, pack_gzip(tg->a, pack_ustar(tg->a, packed, npacked))));
	buf_add(&out, STR("const struct str template_payload = {payload_0, sizeof(payload_0)};\n"));
	return tablegen_write(tg, tg->outputs[0], buf_str(&out));
}
