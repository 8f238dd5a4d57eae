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

/* The folder of the file that is compiled, with its slash; empty: the current one. */
static struct str current_folder(const struct session *s)
{
	const char *path =
		strcmp(s->current, "-") == 0 ? VALUE(s->o, stdin_filename, "") : s->current;
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

/* Checks the file under the settings of the one that names it; its findings stay with it. */
static void check(struct session *s, const struct source *src, struct neighbour *n)
{
	struct compile_options o = s->compile;
	struct compilation c;

	o.neighbour = NULL;
	o.baseline = NULL;
	o.pass_over = false;
	o.npolicies = 0;
	compile(&o, &s->arena, config_for(s, s->current), src, STAGE_MODEL, &c);
	variables_used(s, &c);
	n->known = kind_is_known(&s->arena, src, c.tree);
	n->model = c.model;
	n->errors = c.ds.errors;
	if (n->errors == 0 && c.model != NULL && (c.model->variant & ENVIRONMENT) != 0)
		n->foundation = foundation_of(&s->arena, n->name, c.model->environment);
}

static const struct neighbour *read_new(struct session *s, const char *path, struct str key)
{
	struct neighbour *n = NEW(&s->arena, struct neighbour);
	struct diags ds = {.arena = &s->arena};
	const struct source *src = read_source(&s->arena, &ds, path, path, MAX_FILE_MIB);

	map_put(&s->neighbours, &s->arena, key, n);
	n->name = printable_name(&s->arena, path);
	if (src == NULL)
		n->why = ds.first->id == DIAG_file_too_large ? "it is too large"
							     : "it may not be read";
	else
		check(s, src, n);
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
