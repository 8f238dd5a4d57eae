/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs.c - what programs ask of the call: their files, settings, names of declarations and stacks.
 *
 * A program comes from whoever wrote it, and may ask for any path. It gets regular files below one folder, the root,
 * and whether they are there is decided with all links resolved.
 */
#include "compiler/base/nearest.h"
#include "compiler/base/open_text.h"
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/import/import.h"
#include "compiler/yaml/yaml_read.h"

#include <string.h>

enum { MOST_COMPARED = 1000 };

/* What one program of the call asks. */
struct program_host {
	struct hpc_host host;
	struct session *s;
	struct arena *a;
	struct str root;   /* its real path */
	struct str shown;  /* what stands before the path below the root in names of files */
	struct map folder; /* name of a file -> struct str, the real path of its folder */
	struct map files;  /* real path -> const struct source * */
	struct map known;  /* of declarations, see declarations.c */
	struct map words;  /* what a program calls the names of --vars -> struct variable */
	bool has_words;
};

/* ---- paths ---- */

static struct str folder_in(struct str path)
{
	size_t n = path.n;

	while (n > 0 && path.s[n - 1] != '/')
		n--;
	return str_slice(path, 0, n);
}

/* Steps out of the last folder of the path in b, which is relative when it begins with a dot. */
static void step_out(struct buf *b)
{
	struct str path = {b->s, b->n};

	if (b->n > 0 && b->s[0] == '.') {
		if (str_eq(path, STR("."))) {
			buf_char(b, '.');
			return;
		}
		if (str_ends(path, STR(".."))) {
			buf_add(b, STR("/.."));
			return;
		}
	}
	while (b->n > 0 && b->s[--b->n] != '/')
		;
}

/*
 * The path without `.` and `..` in it, as text: what a real path would be without links. A relative one, which only
 * WASI has for real, begins with a dot.
 */
static struct str plain_path(struct arena *a, struct str path)
{
	struct buf b = buf_in(a);

	if (!str_starts(path, STR("/")))
		buf_char(&b, '.');
	while (path.s != NULL) {
		struct str step = str_cut(&path, '/');

		if (step.n == 0 || str_eq(step, STR(".")))
			continue;
		if (str_eq(step, STR("..")))
			step_out(&b);
		else
			buf_fmt(&b, "/" STR_F, STR_A(step));
	}
	return b.n > 0 ? buf_str(&b) : STR("/");
}

/* Is the real path below the root? *ret_rest: what it is from there. */
static bool is_below(struct str root, struct str path, struct str *ret_rest)
{
	size_t n = str_eq(root, STR("/")) ? 1 : root.n + 1;

	if (!str_starts(path, root) || path.n < n || path.s[n - 1] != '/')
		return false;
	*ret_rest = str_slice(path, n, path.n);
	return true;
}

/* ---- files ---- */

static const struct source *add_file(struct program_host *h, struct str real, struct str name,
				     struct str text)
{
	struct source *src = source_new(h->a, printable_name(h->a, arena_str(h->a, name).s), text);
	struct str *folder = NEW(h->a, struct str);

	*folder = arena_str(h->a, folder_in(real));
	map_put(&h->folder, h->a, src->name, folder);
	map_put(&h->files, h->a, real, src);
	return src;
}

/* Reads the regular file at the real path; NULL, and why. */
static const struct source *read_file(struct program_host *h, struct str real, struct str name,
				      const char **ret_why)
{
	struct port_place place;
	struct str text;

	switch (port_look(h->a, real.s, &place)) {
	case PORT_REGULAR:
		break;
	case PORT_DIRECTORY:
		*ret_why = "it is a folder";
		return NULL;
	case PORT_NOTHING:
	case PORT_OTHER:
	case PORT_NOWHERE:
	case PORT_BARRED:
		*ret_why = "it is no regular file";
		return NULL;
	}
	if (!place_read(h->s, real.s)) {
		h->s->refused = true;
		*ret_why = "this call writes to it";
		return NULL;
	}
	switch (port_read(h->a, real.s, (size_t)MAX_FILE_MIB << 20, &text, ret_why)) {
	case PORT_OK:
		return add_file(h, real, name, text);
	case PORT_TOO_LARGE:
		*ret_why = "it is too large";
		return NULL;
	case PORT_FAILED:
		return NULL;
	}
	BUG("port_read of " STR_F, STR_A(real));
}

static enum hpc_read host_read(void *data, struct str from, struct str path,
			       const struct source **ret, struct str *ret_why)
{
	struct program_host *h = data;
	const struct str *folder = map_get(&h->folder, from);
	struct str joined, plain, real, rest;
	const char *why = "";

	joined = str_starts(path, STR("/")) || folder == NULL
			 ? arena_str(h->a, path)
			 : arena_fmt(h->a, STR_F "/" STR_F, STR_A(*folder), STR_A(path));
	*ret_why = STR("no file has such a name");
	if (str_find(path, '\0', 0) < path.n)
		return HPC_READ_FAILED; /* the system would read another one */
	*ret_why = h->root;
	/* What lies outside is not looked for, so that nobody learns what is there. */
	plain = plain_path(h->a, joined);
	if (!is_below(h->root, plain, &rest) && !str_eq(h->root, plain))
		return HPC_READ_OUTSIDE;
	if (path.n == 0 || str_eq(h->root, plain)) {
		*ret_why = path.n == 0 ? STR("the path is empty") : STR("it is a folder");
		return HPC_READ_FAILED;
	}
	if (str_starts(path, STR("/"))) {
		*ret_why =
			STR("a path is written from the folder of its file on, so that a program "
			    "means the same everywhere");
		return HPC_READ_FAILED;
	}
	if (!port_real_path(h->a, joined.s, &real, &why)) {
		*ret_why = str_c(why);
		return HPC_READ_FAILED;
	}
	if (!is_below(h->root, real, &rest))
		return HPC_READ_OUTSIDE;
	*ret = map_get(&h->files, real);
	if (*ret == NULL)
		*ret = read_file(h, real,
				 arena_fmt(h->a, STR_F STR_F, STR_A(h->shown), STR_A(rest)), &why);
	*ret_why = str_c(why);
	return *ret != NULL ? HPC_READ_OK : HPC_READ_FAILED;
}

static const struct node *host_tree(void *data, struct arena *a, struct diags *ds,
				    const struct source *src)
{
	(void)data;
	return yaml_read(a, ds, src, NULL, YAML_LIMITS);
}

/* ---- settings ---- */

/* A file of --vars serves YAML files and what `hpcc import` makes of them: AWS_REGION is aws_region there. */
static bool alike(struct program_host *h, struct str name, struct variable *ret)
{
	const struct map *file = &h->s->compile.vars.file;
	const struct variable *found;

	for (size_t i = 0; i < file->n && !h->has_words; i++) {
		struct str word = import_word(h->a, file->items[i].key);

		if (map_get(&h->words, word) == NULL)
			map_put(&h->words, h->a, word, file->items[i].value);
	}
	h->has_words = true;
	found = map_get(&h->words, name);
	if (found == NULL)
		return false;
	*ret = *found;
	ret->origin = VAR_FILE;
	return true;
}

static const struct str *host_setting(void *data, struct str name, struct span *ret_at)
{
	struct program_host *h = data;
	struct vars vars = h->s->compile.vars;
	struct variable found;
	struct str *value;

	vars.environment = NULL; /* a program is the same on every machine */
	if (!vars_get(&vars, h->a, name, &found) && !alike(h, name, &found))
		return NULL;
	value = NEW(h->a, struct str);
	*value = found.value;
	*ret_at = found.origin == VAR_FILE ? found.at : (struct span){0};
	return value;
}

/* ---- declarations ---- */

static bool host_output(void *data, struct arena *a, const struct hpc_declaration *d,
			struct str output, struct hpc_output *ret)
{
	struct program_host *h = data;

	return declaration_output(h->s, a, &h->known, d, output, ret);
}

static enum hpc_cost host_cost(void *data, struct arena *a, const struct hpc_declaration *d,
			       const struct number *unpriced, struct hpc_cost_range *ret)
{
	struct program_host *h = data;

	return declaration_cost(h->s, a, &h->known, d, unpriced, ret);
}

/* ---- one program ---- */

/* The real path of the folder `shown`, which ends in a slash or is empty for the current one. */
static bool real_folder(struct arena *a, struct str shown, struct str *ret, const char **ret_why)
{
	return port_real_path(a, shown.n > 0 ? arena_str(a, shown).s : ".", ret, ret_why);
}

/* Sets the root: `given`, else the folder of the file at path. What is wrong is printed. */
static bool open_root(struct program_host *h, const char *path, const char *given)
{
	struct str real, rest;
	const char *why = "";

	h->shown = given != NULL ? str_c(given) : folder_in(str_c(path));
	if (given != NULL && h->shown.n > 0 && !str_ends(h->shown, STR("/")))
		h->shown = arena_fmt(h->a, "%s/", given);
	if (!real_folder(h->a, h->shown, &h->root, &why)) {
		usage_error("the folder `" STR_F "` cannot be used: %s", STR_A(h->shown), why);
		return false;
	}
	if (str_eq(h->shown, STR("./")))
		h->shown = (struct str){0};
	if (given == NULL || !port_real_path(h->a, path, &real, &why) ||
	    is_below(h->root, real, &rest))
		return true; /* standard input is no file */
	usage_error("`%s` lies outside of the root `%s`", path, given);
	return false;
}

bool lies_below(struct arena *a, const char *path, const char *root)
{
	struct str real, at, rest;
	const char *why;

	return port_real_path(a, path, &real, &why) && real_folder(a, str_c(root), &at, &why) &&
	       is_below(at, real, &rest);
}

const struct hpc_host *program_host(struct session *s, struct arena *a, const char *path,
				    const struct source *src, const char *root)
{
	struct program_host *h = NEW(a, struct program_host);
	struct str real, *folder = NEW(a, struct str);
	const char *why = "";

	h->s = s;
	h->a = a;
	if (strcmp(path, "-") == 0)
		path = VALUE(s->o, stdin_filename, "-");
	if (!open_root(h, path, root))
		return NULL;
	if (!real_folder(a, folder_in(str_c(path)), folder, &why))
		*folder = h->root;
	map_put(&h->folder, a, src->name, folder);
	if (port_real_path(a, path, &real, &why))
		map_put(&h->files, a, real, src);
	h->host = (struct hpc_host){.data = h,
				    .read = host_read,
				    .setting = host_setting,
				    .data_tree = host_tree,
				    .output = host_output,
				    .cost = host_cost};
	return &h->host;
}

/* ---- names of the call ---- */

static bool open_stacks(struct session *s)
{
	const struct option_values *given = &s->o->given[OPTION_ID_stack];

	for (size_t i = 0; i < given->n; i++) {
		struct str *stack = NEW(&s->arena, struct str), rest = str_c(given->values[i]);
		struct str name = str_cut(&rest, '=');

		*stack = rest;
		if (name.n == 0 || !is_stack_name(rest)) {
			usage_error("--stack takes NAME=STACK, a declaration and letters, digits "
				    "and hyphens, not `%s`",
				    given->values[i]);
			return false;
		}
		map_put(&s->stacks, &s->arena, name, stack);
	}
	s->compile.stack_names = s->stacks.n > 0 ? &s->stacks : NULL;
	return true;
}

bool programs_open(struct session *s)
{
	const struct option_values *only = &s->o->given[OPTION_ID_only];

	for (size_t i = 0; i < only->n; i++)
		map_put(&s->only, &s->arena, str_c(only->values[i]), s);
	s->compile.only = only->n > 0 ? &s->only : NULL;
	return open_stacks(s) && policies_open(s);
}

void program_names(struct session *s, const struct compilation *c)
{
	const struct hpc_program *p = c->program;

	s->declarations_unknown |= p->faulty;
	/* Those with a written name, whether they are wanted or not, and those that have got one. */
	for (size_t i = 0; p->main != NULL && i < p->main->nitems; i++)
		if (p->main->items[i].kind == ITEM_DECLARATION && p->main->items[i].name.text.n > 0)
			map_put(&s->declarations, &s->arena,
				arena_str(&s->arena, p->main->items[i].name.text), s);
	for (size_t i = 0; i < p->ndeclarations; i++)
		map_put(&s->declarations, &s->arena, arena_str(&s->arena, p->declarations[i].name),
			s);
	for (size_t i = 0; i < p->left_out.n; i++)
		map_put(&s->declarations, &s->arena, arena_str(&s->arena, p->left_out.items[i].key),
			s);
}

/* What is near among the names, or an empty text. */
struct str nearest_name_of(const struct map *names, struct str name)
{
	struct str near = {0};
	unsigned least = near_limit(name);

	for (size_t i = 0; i < names->n && i < MOST_COMPARED; i++) {
		unsigned distance = edit_distance(name, names->items[i].key, least);

		if (distance > least || (near.n > 0 && distance == least))
			continue;
		near = names->items[i].key;
		least = distance;
	}
	return near;
}

static void report_name(struct session *s, struct diags *ds, struct str name)
{
	struct diag *d;
	struct str near = nearest_name_of(&s->declarations, name);
	struct buf b = buf_in(&s->arena);

	if (map_get(&s->declarations, name) != NULL)
		return;
	d = diag_no_such_declaration(ds, (struct span){0}, name);
	for (size_t i = 0; i < s->declarations.n; i++)
		buf_fmt(&b, "%s`" STR_F "`", i > 0 ? ", " : "",
			STR_A(s->declarations.items[i].key));
	if (near.n > 0)
		diag_help(ds, d, "did you mean `" STR_F "`?", STR_A(near));
	else if (b.n > 0)
		diag_help(ds, d, "there is " STR_F, STR_A(buf_str(&b)));
}

void program_names_report(struct session *s, struct diags *ds)
{
	if (s->declarations_unknown)
		return;
	for (size_t i = 0; i < s->only.n; i++)
		report_name(s, ds, s->only.items[i].key);
	for (size_t i = 0; i < s->stacks.n; i++)
		if (map_get(&s->lent, s->stacks.items[i].key) == NULL)
			report_name(s, ds, s->stacks.items[i].key);
}

/* ---- declarations ---- */

struct str declarations_words(struct arena *a, const struct compilation *c)
{
	struct buf b = buf_in(a);

	for (; c != NULL && c->declaration != NULL; c = c->next)
		buf_fmt(&b, "%s" STR_F,
			b.n == 0	  ? ""
			: c->next == NULL ? " and "
					  : ", ",
			STR_A(c->declaration->name));
	return buf_str(&b);
}

bool one_declaration(struct session *s, const struct compilation *c)
{
	if (c->program == NULL || (c->declaration != NULL && c->next == NULL))
		return true;
	if (c->declaration == NULL)
		usage_error("`" STR_F "` declares nothing: there is no stack to make of it",
			    STR_A(c->src->name));
	else
		usage_error("`" STR_F "` declares " STR_F "; say which one with --only=NAME",
			    STR_A(c->src->name), STR_A(declarations_words(&s->arena, c)));
	return false;
}
