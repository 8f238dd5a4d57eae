/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operands.c - files, and the files in folders.
 *
 * A folder stands for the YAML and .hpc files in it and below. Hidden folders and files, links and files over
 * 1 MiB are passed over; which of the rest are for hpcc, their sections tell. A file that is named in two ways, or
 * stands in a folder that is named too, is judged once.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/format/format.h"

#include <string.h>

enum { LARGEST_FOUND = 1 << 20, DEEPEST = 64 };

/* Does the verb take a directory for the files in it? */
static bool takes_folders(const struct session *s)
{
	return s->o->verb == VERB_lint || s->o->verb == VERB_fmt;
}

static bool has_ending(const struct session *s, struct str name)
{
	if (s->o->verb == VERB_fmt)
		return format_knows(name);
	return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")) ||
	       str_ends(name, STR(".hpc"));
}

/* Which of the inputs a file is. */
struct input_number {
	size_t i;
};

/* What tells a file from others: itself, and the folder whose settings hold for it. Empty for what is no file. */
static struct str identity(struct session *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str folder =
		slash != NULL ? str_slice(str_c(path), 0, (size_t)(slash - path) + 1) : STR("./");
	struct port_place file, around;

	if (strcmp(path, "-") == 0)
		return STR("-");
	if (port_look(&s->arena, path, &file) != PORT_REGULAR ||
	    port_look(&s->arena, arena_str(&s->arena, folder).s, &around) != PORT_DIRECTORY)
		return (struct str){0};
	return arena_fmt(&s->arena, "%llx:%llx:%llx:%llx", (unsigned long long)file.device,
			 (unsigned long long)file.file, (unsigned long long)around.device,
			 (unsigned long long)around.file);
}

/* Is the file among the inputs already? One that is named itself is not passed over, wherever else it was found. */
static bool is_known(struct session *s, const char *path, bool found)
{
	struct str id = identity(s, path);
	const struct input_number *known = id.n > 0 ? map_get(&s->inputs.known, id) : NULL;
	struct input_number *own;

	if (known != NULL) {
		s->inputs.items[known->i].found &= found;
		return true;
	}
	if (id.n > 0) {
		own = NEW(&s->arena, struct input_number);
		own->i = s->inputs.n;
		map_put(&s->inputs.known, &s->arena, id, own);
	}
	return false;
}

static void add(struct session *s, const char *path, bool found)
{
	const char *folder = found ? s->inputs.folder : NULL;
	struct inputs *in = &s->inputs;

	/* One operand alone names no file twice. */
	if (takes_folders(s) && s->o->noperands > 1 && is_known(s, path, found))
		return;
	in->items = arena_grow(&s->arena, in->items, sizeof(*in->items), in->n, &in->cap);
	in->items[in->n++] = (struct input){path, found, folder};
}

/* Adds what is in the folder at path; false, and printed, when one cannot be read. */
static bool add_folder(struct session *s, struct str path, unsigned depth)
{
	const char *why = "";
	size_t n;
	const struct port_entry *e = port_list(&s->arena, path.s, &n, &why);

	if (e == NULL) {
		usage_error("cannot read `%s`: %s", path.s, why);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct str inside =
			arena_fmt(&s->arena, STR_F "%s" STR_F, STR_A(path),
				  str_ends(path, STR("/")) ? "" : "/", STR_A(e[i].name));

		if (e[i].name.s[0] == '.')
			continue;
		if (e[i].folder && depth < DEEPEST && !add_folder(s, inside, depth + 1))
			return false;
		if (!e[i].folder && has_ending(s, e[i].name) && e[i].size <= LARGEST_FOUND)
			add(s, inside.s, true);
	}
	return true;
}

bool inputs_find(struct session *s)
{
	for (size_t i = s->o->verb == VERB_eval ? 1 : 0; i < s->o->noperands; i++) {
		const char *path = s->o->operands[i];

		if (!takes_folders(s) || !port_is_directory(path)) {
			add(s, path, false);
			continue;
		}
		s->inputs.folder = path;
		if (!add_folder(s, str_c(path), 0))
			return false;
	}
	return true;
}

bool inputs_any(const struct session *s, size_t judged)
{
	if (s->inputs.folder == NULL || judged > 0)
		return true;
	usage_error("no file for hpcc is in `%s` or below", s->inputs.folder);
	return false;
}
