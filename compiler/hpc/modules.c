/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules.c - reads the files of a program, each once.
 *
 * The walk is in depth: what is being read when it is named again closes a circle. It is no deeper than there are
 * files, of which there are at most HPC_MAX_FILES.
 */
#include "compiler/hpc/modules.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/std_modules.h"

struct loader {
	struct arena *a;
	struct diags *ds;
	const struct hpc_host *host;
	struct str first_name; /* canonical, of the compiled file; or empty */
	struct program_file **files;
	size_t n;
	struct program_file
		*open[HPC_MAX_FILES]; /* the way from the compiled file to where the walk is */
	size_t nopen;
};

static void load_uses(struct loader *l, struct program_file *file);

static const struct std_module *std_named(struct str name)
{
	for (size_t i = 0; i < nstd_modules; i++)
		if (str_eq(std_modules[i].name, name))
			return &std_modules[i];
	return NULL;
}

/* Reports E0753 for a path that is not one of the standard library. */
static void unknown_std(struct loader *l, const struct item *use)
{
	struct diag *d = diag_unknown_std(l->ds, use->path_at, use->path);
	/* `std.network` too, as other languages have it. */
	struct str word = str_starts(use->path, STR("std/")) || str_starts(use->path, STR("std."))
				  ? str_slice(use->path, 4, use->path.n)
				  : use->path;
	unsigned best = near_limit(word) + 1;
	struct str near = {0};
	struct buf b = buf_in(l->a);

	for (size_t i = 0; i < nstd_modules; i++) {
		unsigned distance = edit_distance(word, std_modules[i].name, best);

		buf_fmt(&b, "%s`std/" STR_F "`", i > 0 ? ", " : "", STR_A(std_modules[i].name));
		if (distance < best) {
			best = distance;
			near = std_modules[i].name;
		}
	}
	if (near.n > 0) {
		near = arena_fmt(l->a, "std/" STR_F, STR_A(near));
		diag_help(l->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(l->ds, d, use->path_at, near, best <= 1);
		return;
	}
	diag_help(l->ds, d, "the modules are " STR_F, STR_A(buf_str(&b)));
	diag_help(l->ds, d, "a file stands in quotes: `use \"./NAME.hpc\"`");
}

/* Reports E0750. A path that lacks the end of its name alone, and is that of a module then, is shown. */
static void not_found(struct loader *l, const struct program_file *from, const struct item *use,
		      struct str why)
{
	struct diag *d = diag_module_not_found(l->ds, use->path_at, use->path, why);
	struct str whole = arena_fmt(l->a, STR_F ".hpc", STR_A(use->path)), unheard;
	const struct source *src;

	if (str_starts(use->path, STR("std/")) &&
	    std_named(str_slice(use->path, 4, use->path.n)) != NULL) {
		diag_help(l->ds, d,
			  "a module of the library stands without quotes: `use " STR_F "`",
			  STR_A(use->path));
		diag_fix(l->ds, d, use->path_at, use->path, true);
	} else if (!hpc_is_program(use->path) &&
		   l->host->read(l->host->data, from->src->name, whole, &src, &unheard) ==
			   HPC_READ_OK)
		diag_help(l->ds, d, "did you mean `" STR_F "`?", STR_A(whole));
	else if (str_starts(use->path, STR("std/")))
		diag_help(l->ds, d, "a module of the library has no quotes: `use " STR_F "`",
			  STR_A(use->path));
	else if (str_ends(use->path, STR(".yaml")) || str_ends(use->path, STR(".yml")) ||
		 str_ends(use->path, STR(".json")))
		diag_help(l->ds, d, "for the values of a YAML or JSON file: `data(\"" STR_F "\")`",
			  STR_A(use->path));
}

/* The text of the module that `use` names, or NULL (reported). */
static const struct source *text_of(struct loader *l, const struct program_file *from,
				    const struct item *use)
{
	const struct source *src = NULL;
	const struct std_module *std;
	struct str why = {0};
	struct diag *d;

	if (!use->quoted) {
		std = str_starts(use->path, STR("std/"))
			      ? std_named(str_slice(use->path, 4, use->path.n))
			      : NULL;
		if (std != NULL)
			return source_new(l->a,
					  arena_fmt(l->a, "std/" STR_F ".hpc", STR_A(std->name)),
					  std->text);
		unknown_std(l, use);
		return NULL;
	}
	if (l->host == NULL || l->host->read == NULL) {
		diag_module_not_found(l->ds, use->path_at, use->path,
				      STR("no files can be read here"));
		return NULL;
	}
	switch (l->host->read(l->host->data, from->src->name, use->path, &src, &why)) {
	case HPC_READ_OK:
		if (hpc_is_program(use->path))
			return src;
		why = STR("the name of a program ends in `.hpc`");
		break;
	case HPC_READ_OUTSIDE:
		d = diag_module_outside(l->ds, use->path_at, use->path);
		diag_note(l->ds, d, "the root is `" STR_F "`", STR_A(why));
		diag_help(l->ds, d,
			  "`--root DIR` names the folder that holds all files of a program");
		return NULL;
	case HPC_READ_FAILED:
		break;
	}
	not_found(l, from, use, why);
	return NULL;
}

/* Reports E0752: `use` names a file that is on the way to it. */
static void module_cycle(struct loader *l, const struct item *use, const struct program_file *file)
{
	struct buf b = buf_in(l->a);
	size_t from = 0;

	while (l->open[from] != file)
		from++;
	for (size_t i = from; i < l->nopen; i++)
		buf_fmt(&b, "`" STR_F "` → ", STR_A(l->open[i]->src->name));
	buf_fmt(&b, "`" STR_F "`", STR_A(file->src->name));
	diag_module_cycle(l->ds, use->path_at, buf_str(&b));
}

static bool is_open(const struct loader *l, const struct program_file *file)
{
	for (size_t i = 0; i < l->nopen; i++)
		if (l->open[i] == file)
			return true;
	return false;
}

static struct program_file *file_named(const struct loader *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->files[i]->src->name, name) || (i == 0 && str_eq(l->first_name, name)))
			return l->files[i];
	return NULL;
}

static struct program_file *add_file(struct loader *l, const struct source *src)
{
	struct program_file *file = hpc_parse(l->a, l->ds, src);

	file->index = l->n;
	l->files[l->n++] = file;
	return file;
}

/* A module asks nobody for values. */
static void no_parameters(struct loader *l, const struct program_file *file, const struct item *use)
{
	for (size_t i = 0; i < file->nitems; i++) {
		const struct item *item = &file->items[i];
		struct diag *d;

		if (item->kind != ITEM_PARAM)
			continue;
		d = diag_param_in_module(l->ds, item->name.at);
		diag_label(l->ds, d, use->path_at, "it is used here");
		diag_help(l->ds, d, "give the module a function with an argument");
	}
}

/* Where a name may begin, and what may follow. */
static bool is_module_name(struct str s)
{
	static const char *const words[] = {"let", "assert", "warn", "if",    "then", "else",
					    "for", "in",     "true", "false", "null"};

	if (s.n == 0 || !(is_lower(s.s[0]) || s.s[0] == '_'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.s[i]) && s.s[i] != '_')
			return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_c(words[i])))
			return false;
	return true;
}

/* Gives the module the name of its file, unless the line says another; false when that is none (reported). */
static bool name_module(struct loader *l, struct item *use)
{
	struct str stem = use->path;
	struct diag *d;

	if (use->renamed)
		return true;
	for (size_t i = stem.n; i > 0; i--)
		if (stem.s[i - 1] == '/') {
			stem = str_slice(stem, i, stem.n);
			break;
		}
	if (str_ends(stem, STR(".hpc")))
		stem = str_slice(stem, 0, stem.n - 4);
	use->name = (struct ident){stem, use->path_at};
	if (is_module_name(stem))
		return true;
	d = diag_module_without_name(l->ds, use->path_at, stem);
	diag_help(l->ds, d, "give the module a name: `use \"" STR_F "\" as NAME`",
		  STR_A(use->path));
	return false;
}

static void load_use(struct loader *l, struct program_file *from, struct item *use)
{
	const struct source *src;
	struct program_file *file;

	if (!use->quoted && str_find(use->path, '.', 0) < use->path.n) {
		unknown_std(l, use);
		return;
	}
	if (!name_module(l, use))
		return;
	src = text_of(l, from, use);
	if (src == NULL)
		return;
	file = file_named(l, src->name);
	if (file != NULL && is_open(l, file)) {
		module_cycle(l, use, file);
		return;
	}
	if (file == NULL) {
		if (l->n == HPC_MAX_FILES) {
			diag_module_not_found(l->ds, use->path_at, use->path,
					      arena_fmt(l->a, "a program has at most %d files",
							(int)HPC_MAX_FILES));
			return;
		}
		file = add_file(l, src);
		file->is_std = !use->quoted;
		no_parameters(l, file, use);
		load_uses(l, file);
	}
	use->module = file;
}

static void load_uses(struct loader *l, struct program_file *file)
{
	l->open[l->nopen++] = file;
	for (size_t i = 0; i < file->nitems; i++)
		if (file->items[i].kind == ITEM_USE)
			load_use(l, file, &file->items[i]);
	l->nopen--;
}

/* The compiled file under the name that others find it by. */
static void name_first(struct loader *l, struct program_file *file)
{
	const struct source *src = NULL;
	struct str name = file->src->name, why = {0};
	bool asks = false;

	for (size_t i = 0; i < file->nitems; i++)
		asks = asks || (file->items[i].kind == ITEM_USE && file->items[i].quoted);
	if (!asks || l->host == NULL || l->host->read == NULL)
		return;
	for (size_t i = name.n; i > 0; i--)
		if (name.s[i - 1] == '/') {
			name = str_slice(name, i, name.n);
			break;
		}
	if (l->host->read(l->host->data, file->src->name, name, &src, &why) == HPC_READ_OK)
		l->first_name = src->name;
}

struct module_set modules_load(struct arena *a, struct diags *ds, const struct source *src,
			       const struct hpc_host *host)
{
	struct loader l = {.a = a, .ds = ds, .host = host};
	unsigned errors = ds->errors;
	struct program_file *first;

	l.files = NEW_ARRAY(a, struct program_file *, HPC_MAX_FILES);
	first = add_file(&l, src);
	name_first(&l, first);
	load_uses(&l, first);
	return (struct module_set){l.files, l.n, ds->errors > errors};
}
