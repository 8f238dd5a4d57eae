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

/* Writes into the directory of --output; what fails is printed. */
static int write_in(struct session *s, const char *dir, const char *input, struct str text)
{
	const char *why = "";

	if (!port_make_directory(dir, &why))
		return usage_error("cannot make the directory `%s`: %s", dir, why);
	return write_output(s, path_in(s, dir, input), text) ? EXIT_OK : EXIT_USAGE;
}

/* `all` collects findings for the formats that are one document; else it is NULL, and they are printed. */
static int build_one(struct session *s, const char *path, enum stage stage, struct diags *all)
{
	bool together = all != NULL;
	struct arena own = {0}, *a = together ? &s->arena : &own;
	struct compilation c;
	struct str text = {0};
	bool there = true;
	int status;

	if (compile_file(s, a, path, stage, &c)) {
		there = pass_is_there(s, &c);
		text = there ? result_of(s, &c, stage) : text;
	}
	if (together)
		diags_append(all, &c.ds);
	else if (!c.unreadable || c.ds.first != NULL) /* faults of the settings are told by main */
		print_findings(s, &c.ds, STDERR_FILENO);
	status = there ? compilation_status(&c) : EXIT_USAGE;
	if (status == EXIT_OK)
		status = to_directory(s) ? write_in(s, VALUE(s->o, output, "-"), path, text)
					 : write_result(s, text);
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
	return worst;
}
