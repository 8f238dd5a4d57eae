/* SPDX-License-Identifier: Apache-2.0 */
/* foundation.c - finds the environment whose file a file names: a YAML file's, or one that a program declares. */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/compile/compile.h"
#include "compiler/schema/kind.h"

/* The value of Environment.File where it is a text that is known, or NULL: what is wrong the type check says. */
static const struct node *file_of(const struct compilation *c)
{
	const struct node *root = c->tree;
	const struct prop *environment = &schema_props[PROP_Cluster_Environment];
	const struct file_kind *kind = c->kind != NULL ? c->kind : kind_of(root);
	const struct node *file = tree_get(tree_get(root, environment->name),
					   schema_props[PROP_EnvironmentReference_File].name);

	if (kind != NULL && (kind->variants & environment->variants) == 0)
		return NULL; /* another kind does not know the section */
	return file != NULL && file->kind == NODE_STRING && !file->poisoned && file->text.n > 0 &&
			       text_is_known(file->text)
		       ? file
		       : NULL;
}

static void report_unreadable(struct compilation *c, const struct node *file,
			      const struct neighbour *n)
{
	struct diag *d = diag_environment_unreadable(&c->ds, file->at, n->name, n->why);

	if (!str_starts(file->text, STR("/")))
		diag_note(&c->ds, d, "the path goes out from the folder of this file");
}

static void report_other_kind(struct compilation *c, const struct node *file,
			      const struct neighbour *n)
{
	struct diag *d = diag_no_environment_file(&c->ds, file->at, n->name);

	if (n->itself) {
		diag_inner(&c->ds, d, "it is this file");
		diag_help(&c->ds, d,
			  "leave `File` out: what a program declares, it knows; `Stack` says "
			  "which, or `NAME.Outputs.X` does");
		return;
	}
	diag_inner(&c->ds, d, "it is " STR_F,
		   STR_A(n->program ? STR("a program that declares no environment")
			 : n->known ? n->model->kind->article
				    : STR("nothing that hpcc knows")));
	diag_help(&c->ds, d, "name a file of the kind Environment, or a program that declares one");
}

static void report_faulty(struct compilation *c, const struct node *file, const struct neighbour *n)
{
	struct diag *d = diag_environment_faulty(&c->ds, file->at, n->name, n->errors);

	diag_help(&c->ds, d, "`hpcc lint " STR_F "` shows %s", STR_A(n->name),
		  n->errors == 1 ? "it" : "them");
}

/* Names of what a program declares, or of their stacks. */
static struct str words_of(struct arena *a, const struct neighbour *n, bool stacks)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < n->ngrounds; i++)
		buf_fmt(&b, "%s`" STR_F "`", i > 0 ? ", " : "",
			STR_A(stacks ? n->grounds[i].stack : n->grounds[i].declaration));
	return buf_str(&b);
}

/* The environment of the file whose stack is the one that the file says to stand on; NULL, and reported. */
static const struct foundation *choose(struct compilation *c, const struct node *file,
				       const struct neighbour *n)
{
	const struct node *stack = tree_get(
		tree_get(c->tree, schema_props[PROP_Cluster_Environment].name), STR("Stack"));
	struct diag *d;

	if (n->ngrounds == 1)
		return n->grounds[0].foundation;
	if (stack == NULL || stack->kind != NODE_STRING || !is_stack_name(stack->text))
		return NULL; /* what is wrong with it the check says */
	for (size_t i = 0; i < n->ngrounds; i++)
		if (str_eq(n->grounds[i].stack, stack->text))
			return n->grounds[i].foundation;
	d = diag_which_environment(&c->ds, file->at, n->name, words_of(c->a, n, false));
	diag_label(&c->ds, d, stack->at, "the stack of none of them");
	diag_help(&c->ds, d, "`Stack` says which one is meant: " STR_F,
		  STR_A(words_of(c->a, n, true)));
	diag_help(&c->ds, d, "a stack by another name: `--stack NAME=" STR_F "`",
		  STR_A(stack->text));
	return NULL;
}

const struct foundation *foundation_find(const struct compile_options *o, struct compilation *c)
{
	const struct node *file = file_of(c);
	const struct neighbour *n = NULL;

	if (file != NULL && o->neighbour != NULL)
		n = o->neighbour(o->neighbour_data, file->text);
	if (n == NULL)
		return NULL;
	if (n->why != NULL)
		report_unreadable(c, file, n);
	else if (n->errors > 0 && n->program)
		report_faulty(c, file, n);
	else if (!n->known || n->itself || (n->program && n->ngrounds == 0) ||
		 (!n->program && n->model != NULL && (n->model->variant & ENVIRONMENT) == 0))
		report_other_kind(c, file, n);
	else if (n->errors > 0)
		report_faulty(c, file, n);
	else if (n->ngrounds > 0)
		return choose(c, file, n);
	return NULL;
}
