/* SPDX-License-Identifier: Apache-2.0 */
/* foundation.c - finds the environment whose file a file names. */
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
	struct str kind = n->known ? n->model->kind->article : STR("nothing that hpcc knows");
	struct diag *d = diag_no_environment_file(&c->ds, file->at, n->name);

	diag_inner(&c->ds, d, "it is " STR_F, STR_A(kind));
	diag_help(&c->ds, d, "name a file that says `Kind: Environment`");
}

static void report_faulty(struct compilation *c, const struct node *file, const struct neighbour *n)
{
	struct diag *d = diag_environment_faulty(&c->ds, file->at, n->name, n->errors);

	diag_help(&c->ds, d, "`hpcc lint " STR_F "` shows %s", STR_A(n->name),
		  n->errors == 1 ? "it" : "them");
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
	else if (!n->known || (n->model != NULL && (n->model->variant & ENVIRONMENT) == 0))
		report_other_kind(c, file, n);
	else if (n->errors > 0)
		report_faulty(c, file, n);
	return n->foundation;
}
