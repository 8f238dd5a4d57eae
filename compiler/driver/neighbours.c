/* SPDX-License-Identifier: Apache-2.0 */
/*
 * neighbours.c - files that the files of a call name: the environment that a cluster stands on.
 *
 * The name comes out of a file, and whoever wrote it need not be who calls: only regular files are read, nothing of
 * what stands in one that is no environment is shown, and settings beside it are not looked for.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <string.h>

/* Where the file that is compiled is, or would be where it comes from standard input. */
static const char *current_path(const struct session *s)
{
	return strcmp(s->current, "-") == 0 ? VALUE(s->o, stdin_filename, "") : s->current;
}

/* Its folder, with its slash; empty: the current one. */
static struct str current_folder(const struct session *s)
{
	const char *path = current_path(s);
	const char *slash = strrchr(path, '/');

	return slash != NULL ? str_slice(str_c(path), 0, (size_t)(slash - path) + 1)
			     : (struct str){0};
}

/* Why the file at path is not read; NULL when it may be. *ret_key tells it from others. */
static const char *not_a_file(struct session *s, const char *path, struct str *ret_key)
{
	struct port_place place;

	switch (port_look(&s->arena, path, &place)) {
	case PORT_REGULAR:
		*ret_key = arena_fmt(&s->arena, "%llx:%llx", (unsigned long long)place.device,
				     (unsigned long long)place.file);
		return NULL;
	case PORT_NOTHING:
	case PORT_NOWHERE:
		return "there is no such file";
	case PORT_BARRED:
		return "it cannot be reached";
	case PORT_DIRECTORY:
		return "it is a directory";
	case PORT_OTHER:
		return "it is no regular file";
	}
	BUG("port_look of %s", path);
}

/* Is the file with this key the one that is compiled? */
static bool is_current(struct session *s, struct str key)
{
	struct str own = {0};

	return not_a_file(s, current_path(s), &own) == NULL && str_eq(own, key);
}

/* What of the file others can stand on. */
static void find_grounds(struct session *s, const struct compilation *c, struct neighbour *n)
{
	struct ground_of_file *all;
	size_t most = 0;

	for (const struct compilation *d = c; d != NULL; d = d->next)
		most++;
	n->grounds = all = NEW_ARRAY(&s->arena, struct ground_of_file, most);
	for (const struct compilation *d = c; d != NULL && d->declaration != NULL; d = d->next)
		map_put(&s->lent, &s->arena, d->declaration->name, s);
	for (const struct compilation *d = c; d != NULL; d = d->next) {
		struct ground_of_file *g = &all[n->ngrounds];

		if (n->errors > 0 || d->model == NULL || (d->model->variant & ENVIRONMENT) == 0)
			continue;
		*g = (struct ground_of_file){
			.foundation = foundation_of(&s->arena, n->name, d->model->environment)};
		if (d->declaration != NULL) {
			g->declaration = d->declaration->name;
			g->stack = stack_of_declaration(&s->compile, &s->arena, g->declaration);
		}
		n->ngrounds++;
	}
}

/*
 * The root of a program that is named: that of the call, where the program lies in it, else its own folder. False: the
 * call says one, and the program lies elsewhere.
 */
static bool root_of(struct session *s, const char *path, const char **ret)
{
	const char *given = VALUE(s->o, root, NULL);

	*ret = given != NULL ? given : s->found ? s->folder : NULL;
	if (*ret == NULL || lies_below(&s->arena, path, *ret))
		return true;
	*ret = NULL;
	return given == NULL;
}

/* Checks the file under the settings of the one that names it; its findings stay with it. */
static void check(struct session *s, const char *path, const struct source *src,
		  struct neighbour *n)
{
	struct compile_options o = s->compile;
	struct compilation c;
	const char *root;

	n->program = hpc_is_program(src->name);
	if (n->program && !root_of(s, path, &root)) {
		n->why = "it lies outside of the root";
		return;
	}
	if (n->program) {
		o.host = program_host(s, &s->arena, path, src, root);
		if (o.host == NULL) {
			s->refused = true;
			return;
		}
	}
	o.only = NULL;
	o.neighbour = NULL;
	o.baseline = NULL;
	o.pass_over = false;
	o.npolicies = 0;
	compile(&o, &s->arena, config_for(s, s->current), src, STAGE_MODEL, &c);
	variables_used(s, &c);
	n->known = n->program || kind_is_known(&s->arena, src, c.tree);
	n->model = c.model;
	n->errors = c.ds.errors;
	find_grounds(s, &c, n);
}

static const struct neighbour *read_new(struct session *s, const char *path, struct str key)
{
	struct neighbour *n = NEW(&s->arena, struct neighbour);
	struct diags ds = {.arena = &s->arena};
	const struct source *src =
		read_source(&s->arena, &ds, path, path,
			    hpc_is_program(str_c(path)) ? MAX_PROGRAM_MIB : MAX_FILE_MIB);

	map_put(&s->neighbours, &s->arena, key, n);
	n->name = printable_name(&s->arena, path);
	n->path = path;
	if (src == NULL)
		n->why = ds.first->id == DIAG_file_too_large ? "it is too large"
							     : "it may not be read";
	else
		check(s, path, src, n);
	return n;
}

const struct neighbour *neighbour_read(void *data, struct str name)
{
	struct session *s = data;
	bool absolute = str_starts(name, STR("/"));
	struct str here = current_folder(s), folder = absolute ? (struct str){0} : here, key = {0};
	const char *path = arena_fmt(&s->arena, STR_F STR_F, STR_A(folder), STR_A(name)).s;
	const struct neighbour *known;
	const char *why = not_a_file(s, path, &key);
	struct neighbour *n;

	if (why == NULL && hpc_is_program(str_c(path)) && is_current(s, key)) {
		n = NEW(&s->arena, struct neighbour);
		*n = (struct neighbour){
			.name = printable_name(&s->arena, path), .program = true, .itself = true};
		return n;
	}
	if (why == NULL && !place_read(s, path)) {
		s->refused = true;
		return NULL;
	}
	if (why == NULL) {
		key = arena_fmt(&s->arena, STR_F ":" STR_F, STR_A(key), STR_A(here));
		known = map_get(&s->neighbours, key);
		return known != NULL ? known : read_new(s, path, key);
	}
	n = NEW(&s->arena, struct neighbour);
	*n = (struct neighbour){.name = printable_name(&s->arena, path), .why = why};
	return n;
}
