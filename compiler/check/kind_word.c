/* SPDX-License-Identifier: Apache-2.0 */
/* kind_word.c - the kind that a file says to be: whether there is such a kind, and whether the file is of it. */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/check/walk.h"

static const struct file_kind *nearest_kind(struct str word)
{
	unsigned best = near_limit(word) + 1;
	const struct file_kind *found = NULL;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		unsigned distance = edit_distance(word, schema_kinds[i].kind, near_limit(word));

		if (distance < best) {
			best = distance;
			found = &schema_kinds[i];
		}
	}
	return found;
}

static void help_kinds(struct check *c, struct diag *d)
{
	struct buf b = buf_in(c->a);

	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_fmt(&b, "%s`" STR_F "`",
			i == 0		     ? ""
			: i + 1 < KIND_COUNT ? ", "
					     : " and ",
			STR_A(schema_kinds[i].kind));
	diag_help(c->ds, d, "the kinds are " STR_F, STR_A(buf_str(&b)));
}

/* Reports a word that is no kind; returns what was probably meant, or NULL. */
static const struct file_kind *unknown_kind(struct check *c, const struct node *root,
					    const struct node *word)
{
	const struct file_kind *near = nearest_kind(word->text);
	struct diag *d = diag_no_such_kind(c->ds, word->at, shown(c, word->text));

	if (near == NULL) {
		help_kinds(c, d);
		return kind_likely(root);
	}
	diag_help(c->ds, d, "did you mean `" STR_F "`?", STR_A(near->kind));
	diag_fix(c->ds, d, word->at, near->kind, edit_distance(word->text, near->kind, 1) <= 1);
	return near;
}

/* The kind of a file that says `said`: another one where it has more signs of that alone. */
static const struct file_kind *agreed_kind(struct check *c, const struct node *root,
					   const struct node *word, const struct file_kind *said)
{
	const struct file_kind *likely = kind_likely(root);
	const struct entry *first, *sign = NULL;
	struct diag *d;

	if (likely == NULL || likely == said ||
	    kind_signs(likely, said, root, &sign) <= kind_signs(said, likely, root, &first))
		return said;
	c->kind_faulty = true;
	d = diag_no_such_kind(c->ds, word->at, word->text);
	diag_label(c->ds, d, sign->key_at, "this is of " STR_F, STR_A(likely->article));
	diag_help(c->ds, d, "write `Kind: " STR_F "`", STR_A(likely->kind));
	return likely;
}

void note_kinds(struct check *c, struct diag *d, struct str name, uint16_t variants)
{
	if (variants != 0)
		diag_note(c->ds, d, "`" STR_F "` is for files of kind `" STR_F "`", STR_A(name),
			  STR_A(kind_names(c->a, variants)));
}

const struct file_kind *kind_said(struct check *c, const struct node *root)
{
	const struct file_kind *said = kind_named(root);
	const struct node *word = tree_get(root, STR("Kind"));

	if (said != NULL)
		return agreed_kind(c, root, word, said);
	if (word == NULL || word->kind != NODE_STRING || word->poisoned)
		return kind_of(root);
	c->kind_faulty = true;
	return unknown_kind(c, root, word);
}
