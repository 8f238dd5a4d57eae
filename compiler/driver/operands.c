/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operands.c - files, and the files in folders.
 *
 * A folder stands for the YAML and .hpc files in it and below. Hidden folders and files, links and files over
 * 1 MiB are passed over; which of the rest are for hpcc, their sections tell.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"

#include <string.h>

enum { LARGEST_FOUND = 1 << 20, DEEPEST = 64 };

static bool has_ending(struct str name)
{
	return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")) ||
	       str_ends(name, STR(".hpc"));
}

static void add(struct session *s, const char *path, bool found)
{
	struct inputs *in = &s->inputs;

	if (in->n == in->cap) {
		size_t cap = in->cap == 0 ? 16 : in->cap * 2;
		struct input *more = NEW_ARRAY(&s->arena, struct input, cap);

		if (in->n > 0)
			memcpy(more, in->items, in->n * sizeof(*more));
		in->items = more;
		in->cap = cap;
	}
	in->items[in->n++] = (struct input){path, found};
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
		if (!e[i].folder && has_ending(e[i].name) && e[i].size <= LARGEST_FOUND)
			add(s, inside.s, true);
	}
	return true;
}

bool inputs_find(struct session *s)
{
	for (size_t i = 0; i < s->o->noperands; i++) {
		const char *path = s->o->operands[i];

		if (s->o->verb != VERB_lint || !port_is_directory(path)) {
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
