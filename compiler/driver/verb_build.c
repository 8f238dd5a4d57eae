/* SPDX-License-Identifier: Apache-2.0 */
/* verb_build.c - hpcc FILE: a cluster file in, a template out. */
#include "compiler/base/buf.h"
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/model/model_print.h"
#include "compiler/schema/kind.h"

#include <string.h>
#include <unistd.h>

static struct str dump_text(const struct compilation *c, enum stage stage)
{
	switch (stage) {
	case STAGE_TREE:
		return tree_print(c->a, c->tree);
	case STAGE_MODEL:
		return model_print(c->a, c->model);
	case STAGE_GRAPH:
		return ir_print(c->a, c->graph);
	}
	BUG("stage %d", (int)stage);
}

static const struct {
	uint16_t variants; /* of files that go through it */
	struct str name;
} passes[] = {
#define PASS(variants, name, needs, gives) {variants, STR_INIT(#name)},
#include "lowering/all_passes.def"
#undef PASS
};

/* Is the pass of --dump=ir:PASS one that the file goes through? What is wrong is printed. */
static bool pass_is_there(struct session *s, const struct compilation *c)
{
	struct str pass = s->compile.until;
	struct buf names = buf_in(c->a);

	if (pass.n == 0 || c->graph == NULL)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(passes); i++) {
		if ((passes[i].variants & c->model->variant) == 0)
			continue;
		if (str_eq(passes[i].name, pass))
			return true;
		buf_fmt(&names, "%s" STR_F, names.n > 0 ? ", " : "", STR_A(passes[i].name));
	}
	usage_error(STR_F " goes through no pass `" STR_F "`, but through " STR_F,
		    STR_A(c->model->kind->article), STR_A(pass), STR_A(buf_str(&names)));
	return false;
}

static struct str result_of(struct session *s, struct compilation *c, enum stage stage)
{
	struct str text;

	if (GIVEN(s->o, dump))
		return dump_text(c, stage);
	text = emit_template(s, c);
	if (GIVEN(s->o, deploy_args))
		return deploy_args(s, c, text);
	print_summary(s, c, text);
	return text;
}

/* What was made of all declarations of a program, one after the other under their names. */
static struct str in_one(struct arena *a, const struct compilation *c, const struct str *texts)
{
	struct buf b = buf_in(a);
	size_t n = 0;

	for (; c != NULL; c = c->next, n++)
		buf_fmt(&b, "# " STR_F " " STR_F "\n" STR_F, STR_A(c->declaration->kind_word),
			STR_A(c->declaration->name), STR_A(texts[n]));
	return buf_str(&b);
}

/* Is there a place for each text that is made of the file? What is wrong is printed. */
static bool fits(struct session *s, const struct compilation *c)
{
	if (c->program == NULL || c->next == NULL || GIVEN(s->o, deploy_args))
		return one_declaration(s, c);
	if (to_directory(s) || GIVEN(s->o, dump))
		return true;
	usage_error("`" STR_F "` declares " STR_F
		    ": --output=DIR/ writes a template for each, --only=NAME is for one",
		    STR_A(c->src->name), STR_A(declarations_words(c->a, c)));
	return false;
}

/* What is made of the file; an entry for each declaration. False, and printed, when it cannot be. */
static bool make(struct session *s, struct compilation *c, enum stage stage, struct str **ret)
{
	struct compilation *d;
	size_t n = 0;

	for (d = c; d != NULL; d = d->next)
		n++;
	*ret = NEW_ARRAY(c->a, struct str, n);
	n = 0;
	if (!fits(s, c))
		return false;
	for (d = c; d != NULL; d = d->next) {
		if (!pass_is_there(s, d))
			return false;
		(*ret)[n++] = result_of(s, d, stage);
	}
	for (d = c->next; d != NULL; d = d->next)
		diags_take(&c->ds, &d->ds);
	if (c->next != NULL)
		diags_sort(&c->ds);
	if (c->next != NULL && GIVEN(s->o, dump) && !to_directory(s))
		(*ret)[0] = in_one(c->a, c, *ret);
	return true;
}

/* `all` collects findings for the formats that are one document; else it is NULL, and they are printed. */
static int build_one(struct session *s, const char *path, enum stage stage, struct diags *all)
{
	bool together = all != NULL;
	struct arena own = {0}, *a = together ? &s->arena : &own;
	struct compilation c;
	struct str *texts = NULL;
	bool there = true;
	int status;

	if (compile_file(s, a, path, stage, &c))
		there = make(s, &c, stage, &texts);
	if (together)
		diags_append(all, &c.ds);
	else if (!c.unreadable || c.ds.first != NULL) /* faults of the settings are told by main */
		print_findings(s, &c.ds, STDERR_FILENO);
	status = there ? compilation_status(&c) : EXIT_USAGE;
	if (status == EXIT_OK)
		status = write_results(s, &c, path, texts);
	arena_release(&own);
	return status;
}

int verb_build(struct session *s)
{
	enum stage stage =
		GIVEN(s->o, dump) ? (enum stage)option_choice(s->o, OPTION_ID_dump) : STAGE_GRAPH;
	bool together = s->renderer->whole && s->o->noperands > 1;
	struct diags all = {.arena = &s->arena};
	int worst = EXIT_OK;

	if (!emit_options_ok(s))
		return EXIT_USAGE;
	if (s->o->noperands > 1 && !to_directory(s) && !GIVEN(s->o, dump) &&
	    !GIVEN(s->o, deploy_args))
		return usage_error(
			"several files need --output=DIR/, a directory for their templates");
	for (size_t i = 0; i < s->o->noperands; i++) {
		int status = build_one(s, s->o->operands[i], stage, together ? &all : NULL);

		worst = status > worst ? status : worst;
	}
	if (together)
		print_findings(s, &all, STDERR_FILENO);
	stacks_report(s);
	if (worst == EXIT_OK && s->ds.errors == 0 && stage == STAGE_GRAPH &&
	    !GIVEN(s->o, deploy_args))
		print_order(s);
	return worst;
}
