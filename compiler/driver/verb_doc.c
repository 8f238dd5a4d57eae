/* SPDX-License-Identifier: Apache-2.0 */
/* verb_doc.c - hpcc doc: the manual of a module of the standard library, or of a program. */
#include "compiler/base/nearest.h"
#include "compiler/driver/driver.h"
#include "compiler/hpc/module_doc.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/std_modules.h"

static const struct program_file *parse_module(struct session *s, const struct std_module *m)
{
	struct str name = arena_fmt(&s->arena, "std/" STR_F, STR_A(m->name));

	return hpc_parse(&s->arena, &s->ds, source_new(&s->arena, name, m->text));
}

static struct str list(struct session *s)
{
	struct buf b = buf_in(&s->arena);

	for (size_t i = 0; i < nstd_modules; i++)
		buf_fmt(&b, "std/%-12.*s " STR_F "\n", STR_A(std_modules[i].name),
			STR_A(module_doc_line(parse_module(s, &std_modules[i]))));
	return buf_str(&b);
}

static const struct std_module *module_named(struct str name)
{
	for (size_t i = 0; i < nstd_modules; i++)
		if (str_eq(std_modules[i].name, name))
			return &std_modules[i];
	return NULL;
}

static int unknown(struct str name)
{
	struct str best = {0};
	unsigned limit = near_limit(name), least = limit + 1;

	for (size_t i = 0; i < nstd_modules; i++) {
		unsigned d = edit_distance(name, std_modules[i].name, limit);

		if (d < least) {
			least = d;
			best = std_modules[i].name;
		}
	}
	if (best.n > 0)
		return usage_error("there is no module `std/" STR_F "`; did you mean `std/" STR_F
				   "`?",
				   STR_A(name), STR_A(best));
	return usage_error("there is no module `std/" STR_F "`; `hpcc doc` lists them",
			   STR_A(name));
}

/* The manual of one operand into b; the exit status. */
static int add_page(struct session *s, struct buf *b, const char *operand)
{
	struct str name = str_c(operand), title = name;
	const struct program_file *file;
	const struct source *src;

	if (str_starts(name, STR("std/"))) {
		name = str_slice(name, 4, name.n);
		if (module_named(name) == NULL)
			return unknown(name);
		file = parse_module(s, module_named(name));
	} else {
		src = read_source(&s->arena, &s->ds, operand, operand, MAX_FILE_MIB);
		if (src == NULL)
			return EXIT_USAGE;
		title = src->name;
		file = hpc_parse(&s->arena, &s->ds, src);
	}
	if (file->faulty)
		return EXIT_FINDINGS;
	if (b->n > 0)
		buf_char(b, '\n');
	buf_add(b, module_doc(&s->arena, title, file));
	return EXIT_OK;
}

int verb_doc(struct session *s)
{
	struct buf b = buf_in(&s->arena);

	if (s->o->noperands == 0)
		return write_result(s, list(s));
	for (size_t i = 0; i < s->o->noperands; i++) {
		int status = add_page(s, &b, s->o->operands[i]);

		if (status != EXIT_OK)
			return status;
	}
	return write_result(s, buf_str(&b));
}
