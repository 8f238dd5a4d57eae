/* SPDX-License-Identifier: Apache-2.0 */
/* views.c - shows texts that the stack of one file holds. */
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <unistd.h>

static int write_all(struct session *s, struct stack_texts texts)
{
	struct buf out = buf_in(&s->arena);

	for (size_t i = 0; i < texts.n; i++)
		buf_fmt(&out, "======== " STR_F " ========\n" STR_F, STR_A(texts.items[i].name),
			STR_A(texts.items[i].text));
	return write_result(s, buf_str(&out));
}

static struct str names_of(struct session *s, struct stack_texts texts)
{
	struct buf out = buf_in(&s->arena);

	for (size_t i = 0; i < texts.n; i++)
		buf_fmt(&out, STR_F "\n", STR_A(texts.items[i].name));
	return buf_str(&out);
}

static int write_one(struct session *s, const struct view_wish *w, struct stack_texts texts)
{
	for (size_t i = 0; i < texts.n; i++)
		if (str_eq(texts.items[i].name, str_c(w->only)))
			return write_result(s, texts.items[i].text);
	if (texts.n == 0)
		return usage_error("there is no %s `%s`; the file makes none", w->what, w->only);
	usage_error("there is no %s `%s`; the %ss are:", w->what, w->only, w->what);
	usage_lines(names_of(s, texts));
	return EXIT_USAGE;
}

int write_view(struct session *s, const struct view_wish *w)
{
	struct str only = str_c(w->only != NULL ? w->only : "");
	struct lowered_file f = {.a = &s->arena,
				 .facts = s->compile.facts,
				 .only = w->only != NULL || w->names ? &only : NULL,
				 .parts = w->parts};
	struct stack_texts texts;
	struct compilation c;

	if (s->o->noperands != 1)
		return usage_error("`hpcc %s` takes one file", w->verb);
	/* What cannot be built has no nodes, so the graph is made whatever is shown of it. */
	if (!compile_file(s, &s->arena, s->o->operands[0], STAGE_GRAPH, &c)) {
		print_findings(s, &c.ds, STDERR_FILENO);
		return compilation_status(&c);
	}
	write_findings(s, (struct str){0}, STDERR_FILENO);
	if (!one_declaration(s, &c))
		return EXIT_USAGE;
	f.model = c.model;
	f.graph = c.graph;
	if (!lowered_texts(&f, w->view, &texts))
		return usage_error("`hpcc %s` has nothing to show of " STR_F, w->verb,
				   STR_A(c.model->kind->article));
	if (w->only != NULL)
		return write_one(s, w, texts);
	return w->names ? write_result(s, names_of(s, texts)) : write_all(s, texts);
}
