/* SPDX-License-Identifier: Apache-2.0 */
/* verb_fmt.c - hpcc fmt: files in the one layout. */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/format/format.h"
#include "compiler/hpc/hpc.h"
#include "compiler/schema/kind.h"
#include "compiler/source/lines.h"
#include "compiler/yaml/yaml_read.h"

#include <string.h>
#include <unistd.h>

/* What one call collects over its files. */
struct fmt {
	struct session *s;
	struct diags all; /* why files are refused */
	int worst;
	size_t judged;
};

static void raise_status(struct fmt *f, int status)
{
	f->worst = status > f->worst ? status : f->worst;
}

/* Is the file of another kind, and such are passed over: by an option, or because it was found in a folder? */
static bool passed_over(const struct session *s, struct arena *a, const struct source *src)
{
	struct diags none = {.arena = a};

	if (!s->found && !GIVEN(s->o, only_known) && !GIVEN(s->o, only_clusters))
		return false;
	if (hpc_is_program(src->name))
		return false;
	return !kind_is_known(a, src, yaml_read(a, &none, src, NULL, YAML_LIMITS));
}

static bool name_file(struct arena *a, struct str name)
{
	return write_standard(arena_fmt(a, STR_F "\n", STR_A(name)));
}

/* Does with the text of a file what the call asks for; the exit status. */
static int put(const struct fmt *f, struct arena *a, const char *path, const struct source *src,
	       struct str text)
{
	struct session *s = f->s;
	bool changes = !str_eq(text, src->text), good = true;

	if (GIVEN(s->o, diff)) {
		struct edits e = lines_between(a, src->text, text);

		good = write_standard(fixes_diff(a, src, &e));
	} else if (GIVEN(s->o, check)) {
		good = !changes || name_file(a, src->name);
	} else if (strcmp(path, "-") == 0) {
		return write_standard(text) ? EXIT_OK : EXIT_USAGE;
	} else {
		return !changes || write_formatted(s, path, text) ? EXIT_OK : EXIT_USAGE;
	}
	if (!good)
		return EXIT_USAGE;
	return changes ? EXIT_FINDINGS : EXIT_OK;
}

/* One file; its findings go to f->all, whose arena `a` is then kept. True when there are any. */
static bool format_file(struct fmt *f, struct arena *a, const char *path)
{
	struct session *s = f->s;
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? VALUE(s->o, stdin_filename, "<stdin>") : path;
	struct diags ds = {.arena = a};
	const struct source *src = read_source(a, &ds, path, name, MAX_FILE_MIB);
	struct str text = {0};

	if (src == NULL) {
		raise_status(f, EXIT_USAGE);
	} else if (passed_over(s, a, src)) {
		s->inputs.others++;
		return false;
	} else {
		text = format_for(src->name)(a, &ds, src);
		raise_status(f, text.s == NULL ? EXIT_FINDINGS : put(f, a, path, src, text));
	}
	f->judged++;
	diags_sort(&ds);
	diags_append(&f->all, &ds);
	return ds.first != NULL;
}

int verb_fmt(struct session *s)
{
	struct fmt f = {.s = s, .all = {.arena = &s->arena}};
	struct arena *kept = NEW_ARRAY(&s->arena, struct arena, s->inputs.n + 1);
	size_t nkept = 0;

	s->names_unknown = true; /* the layout does not ask for the values of variables */
	for (size_t i = 0; i < s->inputs.n; i++) {
		s->found = s->inputs.items[i].found;
		if (format_file(&f, &kept[nkept], s->inputs.items[i].path))
			nkept++;
		else
			arena_release(&kept[nkept]);
	}
	if (f.all.first != NULL || (s->renderer->whole && GIVEN(s->o, format)))
		print_findings(s, &f.all, STDERR_FILENO);
	for (size_t i = 0; i < nkept; i++)
		arena_release(&kept[i]);
	return inputs_any(s, f.judged) ? f.worst : EXIT_USAGE;
}
