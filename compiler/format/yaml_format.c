/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_format.c - YAML in the one layout.
 *
 * The text is read as ever, for its faults; then it is taken apart into pieces, written anew, and read again: what
 * comes out says the same, or the program is wrong.
 */
#include "compiler/format/format.h"
#include "compiler/format/yaml_print.h"
#include "compiler/format/yaml_same.h"
#include "compiler/yaml/yaml_read.h"

/* The tree of src, NULL of one without a value. False when it cannot be read: that is reported. */
static bool read(struct arena *a, struct diags *ds, const struct source *src,
		 const struct node **ret)
{
	struct diags found = {.arena = a};

	*ret = yaml_read(a, &found, src, NULL, YAML_LIMITS);
	if (found.errors == 0 || (found.errors == 1 && found.first->id == DIAG_empty_document))
		return true;
	diags_take(ds, &found);
	return false;
}

/*
 * Would a text become the sign of a document if it stood on column 0, as a layout wants it? Only who means harm indents
 * all of a file because of that.
 */
static bool would_be_sign(const struct pieces *p, const struct piece *piece)
{
	struct str text = str_slice(p->src->text, piece->lo, piece->hi);

	if (piece->kind != PIECE_SCALAR || piece->column > 0 || piece->flow ||
	    (!str_starts(text, STR("---")) && !str_starts(text, STR("..."))))
		return false;
	return text.n == 3 || text.s[3] == ' ' || text.s[3] == '\t' || yaml_break(text, 3) > 0;
}

static bool must_stay(const struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (would_be_sign(p, &p->items[i]))
			return true;
	return false;
}

struct str format_yaml(struct arena *a, struct diags *ds, const struct source *src)
{
	const struct node *tree, *again;
	struct diags none = {.arena = a};
	struct pieces pieces, printed;
	const struct source *out;
	struct diag *d;
	struct str text;

	if (!read(a, ds, src, &tree))
		return (struct str){0};
	pieces = pieces_read(a, src);
	if (must_stay(&pieces))
		return src->text;
	if (!pieces_print(a, &pieces, (size_t)FORMAT_MOST_MIB << 20, &text)) {
		d = diag_file_too_large(ds, span_in(src, 0, 0), src->name, FORMAT_MOST_MIB);
		diag_note(ds, d, "with the blanks that its lines get from `hpcc fmt`, that is");
		return (struct str){0};
	}
	if (text.n == 0 || str_eq(text, src->text))
		return (struct str){text.n > 0 ? src->text.s : "", text.n};
	out = source_new(a, src->name, text);
	if (!read(a, &none, out, &again) || !trees_same(tree, again))
		BUG("the layout of `" STR_F "` would change what it says", STR_A(src->name));
	printed = pieces_read(a, out);
	if (!pieces_same(&pieces, &printed))
		BUG("the layout of `" STR_F "` would change its comments", STR_A(src->name));
	return text;
}
