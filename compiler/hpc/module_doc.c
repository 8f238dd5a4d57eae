/* SPDX-License-Identifier: Apache-2.0 */
/* module_doc.c - a file of a program as a page of its manual. */
#include "compiler/hpc/module_doc.h"

#include "compiler/base/buf.h"

struct str module_doc_line(const struct program_file *file)
{
	struct str rest = file->doc;

	return str_cut(&rest, '\n');
}

/* Is it something that whoever uses the file can name? */
static bool is_shown(const struct item *i)
{
	switch (i->kind) {
	case ITEM_PARAM:
	case ITEM_LET:
	case ITEM_FN:
	case ITEM_TYPE:
	case ITEM_POLICY:
	case ITEM_DECLARATION:
		return i->name.text.n > 0 && i->name.text.s[0] != '_';
	case ITEM_USE:
	case ITEM_CHECK:
	case ITEM_IF:
	case ITEM_FOR:
		break;
	}
	return false;
}

/* Where what tells how to use the item ends: before the body of a function, policy or declaration. */
static uint32_t end_of_head(const struct item *i)
{
	if (i->kind == ITEM_TYPE || i->kind == ITEM_PARAM)
		return i->at.hi;
	if (i->kind == ITEM_FN && i->type_expr != NULL)
		return i->type_expr->at.hi;
	if (i->kind == ITEM_FN && i->value != NULL)
		return i->value->at.lo;
	if (i->kind == ITEM_LET && i->let->type_expr != NULL)
		return i->let->type_expr->at.hi;
	if (i->kind == ITEM_LET)
		return i->name.at.hi;
	return i->body != NULL ? i->body->at.lo : i->at.hi;
}

/* The text up to there, without the sign that begins a body. */
static struct str head_of(const struct item *i)
{
	struct str head = str_trim(str_slice(i->at.src->text, i->at.lo, end_of_head(i)));

	if (i->kind == ITEM_FN && str_ends(head, STR("=")))
		head = str_trim(str_slice(head, 0, head.n - 1));
	return head;
}

static void add_item(struct buf *b, const struct item *i)
{
	buf_fmt(b, "\n## %s" STR_F "\n\n```text\n" STR_F "\n```\n",
		i->kind == ITEM_TYPE ? "type " : "", STR_A(i->name.text), STR_A(head_of(i)));
	if (i->doc.n > 0)
		buf_fmt(b, "\n" STR_F "\n", STR_A(i->doc));
}

struct str module_doc(struct arena *a, struct str title, const struct program_file *file)
{
	struct buf b = buf_in(a);

	buf_fmt(&b, "# " STR_F "\n", STR_A(title));
	if (file->doc.n > 0)
		buf_fmt(&b, "\n" STR_F "\n", STR_A(file->doc));
	for (size_t i = 0; i < file->nitems; i++)
		if (is_shown(&file->items[i]))
			add_item(&b, &file->items[i]);
	return buf_str(&b);
}
