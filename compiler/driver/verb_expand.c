/* SPDX-License-Identifier: Apache-2.0 */
/* verb_expand.c - hpcc expand: a program in, the YAML that means the same out, of its own kind or another. */
#include "compiler/convert/batch_file.h"
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <unistd.h>

/* The YAML of one declaration or file; false, and printed, when there is too much of it. */
static bool write_tree(struct session *s, const struct compilation *c, struct str *ret)
{
	struct buf b = buf_in(c->a);
	bool whole = true;

	if (GIVEN(s->o, kind)) {
		batch_file(&b, c->src->name, c->tree, c->model->cluster, s->compile.facts);
		whole = b.n >> 20 < MOST_WRITTEN_MIB;
	} else {
		whole = yaml_write(&b, c->tree,
				   (enum yaml_reader)option_choice(s->o, OPTION_ID_reader));
	}
	*ret = buf_str(&b);
	if (!whole)
		usage_error("`" STR_F "` comes to more than %d MiB", STR_A(c->src->name),
			    MOST_WRITTEN_MIB);
	return whole;
}

/* All of a program as documents of one text. */
static struct str documents(const struct compilation *c, const struct str *texts)
{
	struct buf b = buf_in(c->a);
	size_t n = 0;

	for (const struct compilation *d = c; d != NULL; d = d->next, n++)
		buf_fmt(&b, "%s# " STR_F " " STR_F "\n" STR_F, n > 0 ? "---\n" : "",
			STR_A(d->declaration->kind_word), STR_A(d->declaration->name),
			STR_A(texts[n]));
	return buf_str(&b);
}

/* Is each of them a file that ParallelCluster has a use for? What is wrong is printed. */
static bool all_clusters(const struct compilation *c)
{
	for (; c != NULL; c = c->next) {
		if (c->model == NULL || (c->model->kind->variants & CLUSTER) != 0)
			continue;
		usage_error("ParallelCluster reads cluster files; `" STR_F "` is " STR_F,
			    STR_A(c->declaration != NULL ? c->declaration->name : c->src->name),
			    STR_A(c->model->kind->article));
		return false;
	}
	return true;
}

/* Has each of them an equal of the kind that --kind names? What is wrong is printed. */
static bool all_have_equals(const struct compilation *c)
{
	for (; c != NULL; c = c->next) {
		if (c->model->variant == AWSBATCH)
			continue;
		usage_error("clusters with the scheduler awsbatch have an equal batch file; `" STR_F
			    "` is none",
			    STR_A(c->declaration != NULL ? c->declaration->name : c->src->name));
		return false;
	}
	return true;
}

/*
 * Reports values that only a deployment knows: ParallelCluster has no word for them. Depth is that of a file's values;
 * key is that of n.
 */
static void report_open(struct compilation *c, const struct node *n, struct str key)
{
	struct diag *d;

	for (size_t i = 0; n->kind == NODE_LIST && i < n->list.n; i++)
		report_open(c, n->list.items[i], key);
	for (size_t i = 0; n->kind == NODE_MAP && i < n->map.n; i++)
		report_open(c, n->map.entries[i].value, n->map.entries[i].key);
	if (n->kind != NODE_STRING || !n->open)
		return;
	d = diag_must_be_known(&c->ds, n->at, key);
	diag_note(&c->ds, d,
		  "ParallelCluster has neither references to other stacks nor parameters");
	diag_help(&c->ds, d, "write the value, or take it from a `param` and set that");
}

/* Can each of them be said to ParallelCluster? */
static bool all_known(struct compilation *c)
{
	unsigned before = c->ds.errors;

	for (const struct compilation *d = c; d != NULL; d = d->next)
		report_open(c, d->tree, (struct str){0});
	diags_sort(&c->ds);
	return c->ds.errors == before;
}

/* The texts of a file that was read without errors. */
static bool make(struct session *s, struct compilation *c, struct str **ret)
{
	size_t n = 0;

	if (c->program != NULL && c->declaration == NULL)
		return one_declaration(s, c);
	for (const struct compilation *d = c; d != NULL; d = d->next)
		n++;
	*ret = NEW_ARRAY(c->a, struct str, n);
	n = 0;
	if (GIVEN(s->o, kind) && !all_have_equals(c))
		return false;
	if (option_choice(s->o, OPTION_ID_reader) == YAML_FOR_OTHERS) {
		if (!all_clusters(c))
			return false;
		if (!all_known(c))
			return true; /* which the status tells */
	}
	for (const struct compilation *d = c; d != NULL; d = d->next)
		if (!write_tree(s, d, &(*ret)[n++]))
			return false;
	if (n > 1 && !to_directory(s))
		(*ret)[0] = documents(c, *ret);
	return true;
}

static int expand_one(struct session *s, const char *path, enum stage stage)
{
	struct arena own = {0};
	struct compilation c;
	struct str *texts = NULL;
	bool made = true;
	int status;

	if (compile_file(s, &own, path, stage, &c))
		made = make(s, &c, &texts);
	if (!c.unreadable || c.ds.first != NULL)
		print_findings(s, &c.ds, STDERR_FILENO);
	status = made ? compilation_status(&c) : EXIT_USAGE;
	if (status == EXIT_OK)
		status = write_results(s, &c, path, texts);
	arena_release(&own);
	return status;
}

int verb_expand(struct session *s)
{
	bool others = option_choice(s->o, OPTION_ID_reader) == YAML_FOR_OTHERS;
	/* A policy looks at what was checked. */
	bool model = others || GIVEN(s->o, policy) || GIVEN(s->o, kind);
	enum stage stage = model ? STAGE_MODEL : STAGE_TREE;
	int worst = EXIT_OK;

	if (others && GIVEN(s->o, kind))
		return usage_error("ParallelCluster reads no file of the kind that --kind names");
	if (s->o->noperands > 1 && !to_directory(s))
		return usage_error("several files need --output=DIR/, a directory for their YAML");
	if (others && s->compile.knows == 0) /* what hpcc adds is none of its properties */
		s->compile.knows = schema_release_number;
	for (size_t i = 0; i < s->o->noperands; i++) {
		int status = expand_one(s, s->o->operands[i], stage);

		worst = status > worst ? status : worst;
	}
	return worst;
}
