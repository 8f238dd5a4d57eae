/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.c - the files that a call reads and writes, so that none is written over unseen.
 *
 * Files are compared by what their names lead to, so that links and different ways of writing a path do not
 * matter. Devices and pipes are nothing that could be lost.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"

#include <string.h>
#include <unistd.h>

/* What a call does with one file. */
struct use {
	bool read, planned, written;
};

/* What is done with the file at path; NULL for what cannot be lost. */
static struct use *use_of(struct session *s, const char *path)
{
	struct port_place place;
	struct use *use;
	struct str key;

	switch (port_look(&s->arena, path, &place)) {
	case PORT_REGULAR:
	case PORT_NOTHING:
		key = arena_fmt(&s->arena, "%llx:%llx:" STR_F, (unsigned long long)place.device,
				(unsigned long long)place.file, STR_A(place.name));
		break;
	case PORT_NOWHERE: /* perhaps in a directory that is made first */
	case PORT_BARRED:
		key = arena_fmt(&s->arena, "?%s", path);
		break;
	case PORT_DIRECTORY:
	case PORT_OTHER:
		return NULL;
	}
	use = (struct use *)(uintptr_t)map_get(&s->places, key);
	if (use != NULL)
		return use;
	use = NEW(&s->arena, struct use);
	map_put(&s->places, &s->arena, key, use);
	return use;
}

static bool refuse_input(const char *path)
{
	usage_error("`%s` is read by this call too: nothing is written over it", path);
	return false;
}

static bool refuse_second(const char *path)
{
	usage_error("two results of this call would go to `%s`", path);
	return false;
}

static void note_read(struct session *s, const char *path)
{
	struct use *use = use_of(s, path);

	if (use != NULL)
		use->read = true;
}

static void note_all_read(struct session *s, enum option_id id)
{
	const struct option_values *given = &s->o->given[id];

	for (size_t i = 0; i < given->n; i++)
		note_read(s, given->values[i]);
}

static bool plan(struct session *s, const char *path)
{
	struct use *use = use_of(s, path);

	if (use == NULL)
		return true;
	if (use->read)
		return refuse_input(path);
	if (use->planned)
		return refuse_second(path);
	use->planned = true;
	return true;
}

static bool takes_files(const struct session *s)
{
	return s->o->verb != VERB_instances && s->o->verb != VERB_schema;
}

/* Do the results of all files go to one place? */
static bool prints_text(const struct session *s)
{
	return GIVEN(s->o, dump) || GIVEN(s->o, deploy_args);
}

/* Where the templates go. */
static bool plan_results(struct session *s)
{
	const char *path = VALUE(s->o, output, "-");
	bool directory = to_directory(s);

	if (strcmp(path, "-") == 0)
		return true;
	if (s->o->noperands > 1 && !directory && takes_files(s) && !prints_text(s))
		return true; /* the verb says what is wrong with that */
	if (!takes_files(s))
		return plan(s, path);
	for (size_t i = 0; i < s->o->noperands; i++) {
		if (directory && hpc_is_program(str_c(s->o->operands[i])))
			continue; /* its declarations say the names */
		if (!plan(s, directory ? path_in(s, path, s->o->operands[i]) : path))
			return false;
	}
	return true;
}

bool places_ok(struct session *s)
{
	if (!GIVEN(s->o, output) && !GIVEN(s->o, output_file) && !GIVEN(s->o, write_baseline))
		return true;
	for (size_t i = 0; takes_files(s) && i < s->inputs.n; i++)
		note_read(s, s->inputs.items[i].path);
	note_all_read(s, OPTION_ID_vars);
	note_all_read(s, OPTION_ID_catalog);
	note_all_read(s, OPTION_ID_config);
	note_all_read(s, OPTION_ID_baseline);
	note_all_read(s, OPTION_ID_policy);
	return plan_results(s) &&
	       (!GIVEN(s->o, output_file) || plan(s, VALUE(s->o, output_file, ""))) &&
	       (!GIVEN(s->o, write_baseline) || plan(s, VALUE(s->o, write_baseline, "")));
}

bool place_free(struct session *s, const char *path)
{
	struct use *use = use_of(s, path);

	if (use == NULL)
		return true;
	if (use->read)
		return refuse_input(path);
	return !use->written || refuse_second(path);
}

bool place_read(struct session *s, const char *path)
{
	struct use *use;

	if (s->places.n == 0) /* nothing is written */
		return true;
	use = use_of(s, path);
	if (use == NULL)
		return true;
	use->read = true;
	return !use->planned || refuse_input(path);
}

/* Writes, and says how it went. */
static bool write_file(const char *path, struct str text)
{
	const char *why = "";

	switch (port_write_file(path, text, &why)) {
	case PORT_WRITTEN:
		return true;
	case PORT_WRITTEN_IN_PLACE:
		usage_error("`%s` was written in place, as no new file could be put there: %s",
			    path, why);
		return true;
	case PORT_NOT_WRITTEN:
		usage_error("cannot write `%s`: %s", path, why);
		return false;
	}
	BUG("writing %s", path);
}

bool write_output(struct session *s, const char *path, struct str text)
{
	struct use *use = use_of(s, path);

	if (use != NULL && use->read)
		return refuse_input(path);
	if (use != NULL && use->written)
		return refuse_second(path);
	if (!write_file(path, text))
		return false;
	use = use_of(s, path); /* now that it is there */
	if (use != NULL)
		use->written = true;
	return true;
}

/* Writes over a file that was read; `what` does so. */
static bool write_over(struct session *s, const char *what, const char *path, struct str text)
{
	struct port_place place;

	if (port_look(&s->arena, path, &place) == PORT_REGULAR)
		return write_file(path, text);
	usage_error("%s changes files; `%s` is none (see --diff)", what, path);
	return false;
}

bool write_fixed(struct session *s, const char *path, struct str text)
{
	return write_over(s, "--fix", path, text);
}

bool write_formatted(struct session *s, const char *path, struct str text)
{
	return write_over(s, "`fmt`", path, text);
}

bool write_standard(struct str text)
{
	const char *why = "";

	if (port_write_fd(STDOUT_FILENO, text, &why))
		return true;
	usage_error("cannot write to standard output: %s", why);
	return false;
}

/* The name without the ending of its kind. */
static struct str stem_of(struct str name)
{
	static const struct str endings[] = {STR_INIT(".yaml"), STR_INIT(".yml"), STR_INIT(".hpc")};

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (str_ends(name, endings[i]))
			return str_slice(name, 0, name.n - endings[i].n);
	return name;
}

const char *path_to(struct session *s, const char *dir, struct str stem)
{
	const char *ending = s->o->verb == VERB_expand
				     ? "yaml"
				     : emitters[option_choice(s->o, OPTION_ID_emit)].name.s;

	return arena_fmt(&s->arena, "%s%s" STR_F ".%s", dir,
			 str_ends(str_c(dir), STR("/")) ? "" : "/", STR_A(stem), ending)
		.s;
}

const char *path_in(struct session *s, const char *dir, const char *input)
{
	const char *slash = strrchr(input, '/'), *base = slash != NULL ? slash + 1 : input;

	return path_to(s, dir, strcmp(input, "-") == 0 ? STR("stack") : stem_of(str_c(base)));
}

bool to_directory(const struct session *s)
{
	const char *path = VALUE(s->o, output, "-");

	return str_ends(str_c(path), STR("/")) || port_is_directory(path);
}
