/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates.c - tablegen templates OUT.c -- FILE...
 *
 * Writes the tables of lowering/aws/templates.h. The name of a file is its path after the last "templates/"; its
 * first folder decides whether it is a text (userdata/, batch/, jobimage/, or none) or part of a module. A
 * configuration file of a module is a text as well: hpcc slurm-conf prints it.
 */
#include "stdlib/tablegen/templates_json.h"
#include "stdlib/tablegen/templates_pack.h"

#include <stdlib.h>

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

/* The module of a file, or empty for a text. */
static struct str module_of(struct str name)
{
	size_t slash = str_find(name, '/', 0);
	struct str folder = str_slice(name, 0, slash < name.n ? slash : 0);

	return str_eq(folder, STR("userdata")) || str_eq(folder, STR("batch")) ||
			       str_eq(folder, STR("jobimage"))
		       ? STR("")
		       : folder;
}

/* Arrays of bytes, for a C compiler need not take string literals over 4095 bytes (C17 5.2.4.1). */
static void write_bytes(struct buf *b, const char *what, size_t index, struct str text)
{
	buf_fmt(b, "static const char %s_%zu[] = {", what, index);
	for (size_t i = 0; i < text.n; i++)
		buf_fmt(b, "%s%d,", i % 20 == 0 ? "\n\t" : "", (signed char)text.s[i]);
	buf_add(b, STR("\n};\n"));
}

static const struct packed_file *find_file(const struct packed_file *files, size_t n,
					   struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(files[i].name, name))
			return &files[i];
	return NULL;
}

/* A file without the comments it begins with, and with a line of its user's where it says "# @@". */
static void add_file(struct buf *b, struct str text, struct str own)
{
	bool begun = false;

	while (text.n > 0) {
		size_t end = str_find(text, '\n', 0);
		struct str line = str_slice(text, 0, end);
		size_t place = str_find_str(line, STR("# @@"), 0);

		begun = begun || line.n == 0 || line.s[0] != '#';
		if (begun && place == SIZE_MAX)
			buf_add(b, str_slice(text, 0, end + 1));
		else if (begun && own.n > 0)
			buf_fmt(b, STR_F STR_F "\n", STR_A(str_slice(line, 0, place)), STR_A(own));
		text = str_slice(text, end + 1, text.n);
	}
}

/* The text with each line "@path@", "# @path@" or "# @path LINE@" replaced by the file of that name. */
static struct str assembled(struct tablegen *tg, const struct packed_file *files, size_t n,
			    struct str text)
{
	struct buf b = buf_in(tg->a);

	while (text.n > 0) {
		size_t end = str_find(text, '\n', 0);
		struct str line = str_slice(text, 0, end);
		struct str own = str_slice(line, str_starts(line, STR("# ")) ? 2 : 0, line.n);
		const struct packed_file *f = NULL;

		if (own.n > 2 && own.s[0] == '@' && own.s[own.n - 1] == '@') {
			own = str_slice(own, 1, own.n - 1);
			f = find_file(files, n, str_cut(&own, ' '));
		}
		if (f != NULL)
			add_file(&b, f->text, own);
		else
			buf_add(&b, str_slice(text, 0, end + 1));
		text = str_slice(text, end + 1, text.n);
	}
	return buf_str(&b);
}

/* How a text travels where room is short: cloud-init unpacks gzip, a Python program unpacks itself. */
static struct str packed(struct arena *a, const struct packed_file *f)
{
	if (str_ends(f->name, STR("-bootstrap.sh")))
		return pack_base64(a, pack_gzip(a, f->text));
	if (str_ends(f->name, STR(".py")))
		return arena_fmt(
			a,
			"# %.*s of hpcc " HPCC_VERSION ", packed\n"
			"import base64,zlib\n"
			"exec(zlib.decompress(base64.b85decode('%.*s'.replace(',','$'))))\n",
			STR_A(f->name), STR_A(pack_base85(a, pack_zlib(a, f->text, STR("")))));
	return (struct str){0};
}

/* A program that stands in the template for all to read. */
static bool is_function(struct str name)
{
	return str_find(name, '/', 0) == name.n && str_ends(name, STR(".py"));
}

/* The row of a file, and before the table what the row refers to; false when it is no JSON but should be. */
static bool write_text(struct tablegen *tg, struct buf *b, struct buf *rows, size_t index,
		       struct packed_file f)
{
	struct str readable = pack_without_docstrings(tg->a, f.text);

	buf_add(rows, STR("\t{"));
	c_str(rows, f.name);
	if (str_ends(f.name, STR(".json"))) {
		buf_fmt(rows, ", .values = json_%zu},\n", index);
		return write_json(tg, b, index, f.text);
	}
	f.text = pack_strip(tg->a, &f);
	write_bytes(b, "text", index, is_function(f.name) ? readable : f.text);
	buf_fmt(rows, ", {text_%zu, sizeof(text_%zu)}, ", index, index);
	c_str(rows, packed(tg->a, &f));
	buf_add(rows, STR(", NULL},\n"));
	return true;
}

static bool write_texts(struct tablegen *tg, struct buf *b, const struct packed_file *files,
			size_t n)
{
	struct buf rows = buf_in(tg->a);
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct packed_file f = files[i];

		if (module_of(f.name).n > 0 && !str_ends(f.name, STR(".conf")))
			continue;
		f.text = assembled(tg, files, n, f.text);
		if (!write_text(tg, b, &rows, count++, f))
			return false;
	}
	buf_fmt(b, "const struct template_text template_texts[] = {\n" STR_F "};\n",
		STR_A(buf_str(&rows)));
	buf_fmt(b, "const size_t template_texts_n = %zu;\n", count);
	return true;
}

/* The archive of the files of one module, which stand together. */
static struct str module_archive(struct tablegen *tg, const struct packed_file *files, size_t n,
				 struct str module)
{
	size_t from = 0;
	size_t to;

	while (from < n && !str_eq(module_of(files[from].name), module))
		from++;
	for (to = from; to < n && str_eq(module_of(files[to].name), module); to++)
		;
	return pack_archive(tg->a, files + from, to - from, module.n + 1);
}

/*
 * What one archive may begin with: the core alone, or with the modules that most clusters carry. One stream for all of
 * them is shorter than one for each. Of those that fit a cluster it gets the last.
 */
static const struct str bases[] = {
	STR_INIT("core"),
	STR_INIT("core slurm"),
	STR_INIT("core slurm dns logs"),
	STR_INIT("core slurm dns logs build"),
	STR_INIT("core slurm dns logs build lustre"),
	STR_INIT("core slurm dns logs build clock signed"),
	STR_INIT("core slurm dns logs clock signed debian packages"),
};

static bool has_word(struct str words, struct str word)
{
	while (words.s != NULL)
		if (str_eq(str_cut(&words, ' '), word))
			return true;
	return false;
}

/*
 * The archive of a base, in the order in which stdlib/tablegen/meson.build names the files. What is alike stands
 * together there, which packs better, and shell last: zlib looks back 32 KiB, and most of what other modules bring is
 * shell.
 */
static struct str base_archive(struct tablegen *tg, const struct packed_file *files, size_t n,
			       struct str base)
{
	struct buf b = buf_in(tg->a);

	for (size_t i = 0; i < n; i++) {
		struct str module = module_of(files[i].name);

		if (module.n > 0 && has_word(base, module))
			buf_add(&b, pack_archive(tg->a, &files[i], 1, module.n + 1));
	}
	return buf_str(&b);
}

/* What is written of the modules. */
struct modules {
	struct tablegen *tg;
	const struct packed_file *files; /* by name */
	const struct packed_file *given; /* as the build names them */
	size_t nfiles;
	struct buf *arrays, rows;
	size_t nrows;
};

/* A row, and the arrays that it refers to. Files stand with the smallest base alone. */
static void write_module(struct modules *m, struct str name, struct str base, struct str archive,
			 struct str packed)
{
	size_t row = m->nrows++;

	write_bytes(m->arrays, "module", row, pack_base85(m->tg->a, packed));
	buf_add(&m->rows, STR("\t{"));
	c_str(&m->rows, name);
	buf_add(&m->rows, STR(", "));
	c_str(&m->rows, base);
	buf_fmt(&m->rows, ", {module_%zu, sizeof(module_%zu)}, ", row, row);
	if (str_eq(base, bases[0])) {
		write_bytes(m->arrays, "files", row, archive);
		buf_fmt(&m->rows, "{files_%zu, sizeof(files_%zu)}},\n", row, row);
	} else {
		buf_add(&m->rows, STR("{NULL, 0}},\n"));
	}
}

/*
 * Scripts are much alike: the base is the dictionary with which the other modules are packed, by zlib, for Python
 * gives LZMA no dictionary.
 */
static void write_base(struct modules *m, struct str base)
{
	struct arena *a = m->tg->a;
	struct str archive = base_archive(m->tg, m->given, m->nfiles, base), last = {0};

	write_module(m, base, base, archive, pack_lzma(a, archive));
	for (size_t i = 0; i < m->nfiles; i++) {
		struct str module = module_of(m->files[i].name), own;

		if (module.n == 0 || str_eq(module, last) || has_word(base, module))
			continue;
		last = module;
		own = module_archive(m->tg, m->files, m->nfiles, module);
		write_module(m, module, base, own, pack_zlib(a, own, archive));
	}
}

static void write_modules(struct tablegen *tg, struct buf *b, const struct packed_file *files,
			  const struct packed_file *given, size_t n)
{
	struct modules m = {tg, files, given, n, b, buf_in(tg->a), 0};

	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		write_base(&m, bases[i]);
	buf_fmt(b, "const struct template_module template_modules[] = {\n" STR_F "};\n",
		STR_A(buf_str(&m.rows)));
	buf_fmt(b, "const size_t template_modules_n = %zu;\n", m.nrows);
}

bool tablegen_templates(struct tablegen *tg)
{
	size_t n = (size_t)tg->ninputs;
	struct packed_file *files = NEW_ARRAY(tg->a, struct packed_file, n);
	struct packed_file *given = NEW_ARRAY(tg->a, struct packed_file, n);
	struct buf out = buf_in(tg->a);

	for (size_t i = 0; i < n; i++) {
		const struct source *src = tablegen_read(tg, tg->inputs[i]);

		if (src == NULL)
			return false;
		files[i] = given[i] = (struct packed_file){template_name(tg->inputs[i]), src->text};
	}
	qsort(files, n, sizeof(*files), by_name);
	buf_add(&out, STR("/* Made by tablegen from templates/. */\n"
			  "#include \"lowering/aws/templates.h\"\n"));
	if (!write_texts(tg, &out, files, n))
		return false;
	write_modules(tg, &out, files, given, n);
	return tablegen_write(tg, tg->outputs[0], buf_str(&out));
}
