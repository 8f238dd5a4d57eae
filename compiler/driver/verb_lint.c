/* SPDX-License-Identifier: Apache-2.0 */
/* verb_lint.c - hpcc lint: the findings are the result. */
#include "compiler/driver/driver.h"

#include <unistd.h>

/* Findings of all files in one list, for formats that are one document. */
static void append(struct diags *all, const struct diags *more)
{
	if (more->first == NULL)
		return;
	*(all->last != NULL ? &all->last->next : &all->first) = more->first;
	all->last = more->last;
	all->errors += more->errors;
	all->warnings += more->warnings;
	all->notes += more->notes;
}

/* One document for all files, so every file's memory is kept to the end. */
static int lint_together(struct session *s)
{
	struct diags all = {.arena = &s->arena};
	int worst = EXIT_OK;

	for (size_t i = 0; i < s->o->noperands; i++) {
		struct compilation c;

		compile_file(s, &s->arena, s->o->operands[i], STAGE_MODEL, &c);
		append(&all, &c.ds);
		worst = compilation_status(&c) > worst ? compilation_status(&c) : worst;
	}
	return print_findings(s, &all, STDOUT_FILENO) ? worst : EXIT_USAGE;
}

static int lint_one(struct session *s, const char *path)
{
	struct arena a = {0};
	struct compilation c;
	int status;

	compile_file(s, &a, path, STAGE_MODEL, &c);
	status = compilation_status(&c);
	if (c.ds.first != NULL && !print_findings(s, &c.ds, STDOUT_FILENO))
		status = EXIT_USAGE;
	arena_release(&a);
	return status;
}

int verb_lint(struct session *s)
{
	int worst = EXIT_OK;

	if (s->renderer->render == render_json)
		return lint_together(s);
	for (size_t i = 0; i < s->o->noperands; i++) {
		int status = lint_one(s, s->o->operands[i]);

		worst = status > worst ? status : worst;
	}
	return worst;
}
