/* SPDX-License-Identifier: Apache-2.0 */
/* ast_print.c - a file as it was understood: an item a line, what stands in it indented. */
#include "compiler/hpc/ast_shown.h"

static const char *item_word(const struct item *i)
{
	switch (i->kind) {
	case ITEM_USE:
		return "use";
	case ITEM_PARAM:
		return i->deploy ? "deploy param" : "param";
	case ITEM_LET:
		return "let";
	case ITEM_FN:
		return "fn";
	case ITEM_TYPE:
		return "type";
	case ITEM_POLICY:
		return "policy";
	case ITEM_CHECK:
		return "check";
	case ITEM_DECLARATION:
		return "declaration";
	case ITEM_IF:
		return "if";
	case ITEM_FOR:
		return "for";
	}
	return "";
}

static void begin_line(struct buf *b, unsigned depth)
{
	buf_char(b, '\n');
	buf_pad(b, ' ', (size_t)2 * depth);
}

static void print_section(struct buf *b, const struct entry_list *list, unsigned depth)
{
	for (size_t i = 0; list != NULL && i < list->n; i++) {
		const struct section_entry *e = &list->entries[i];

		begin_line(b, depth);
		if (e->kind == ENTRY_OPEN) {
			buf_add(b, STR("open "));
			add_path(b, e->path, e->npath);
			print_section(b, e->body, depth + 1);
		} else {
			add_entry(b, e);
		}
	}
}

static void print_parameters(struct buf *b, const struct item *i)
{
	buf_char(b, '(');
	for (size_t k = 0; k < i->nparameters; k++) {
		const struct parameter_decl *d = &i->parameters[k];

		if (k > 0)
			buf_add(b, STR(", "));
		buf_add(b, d->name.text);
		if (d->type_expr != NULL) {
			buf_add(b, STR(": "));
			add_type(b, d->type_expr);
		}
		if (d->otherwise != NULL) {
			buf_add(b, STR(" = "));
			add_expr(b, d->otherwise);
		}
	}
	buf_char(b, ')');
}

static void print_items(struct buf *b, const struct item *items, size_t n, unsigned depth);

static void print_clauses(struct buf *b, const struct item *i)
{
	for (size_t k = 0; k < i->nclauses; k++) {
		const struct clause *c = &i->clauses[k];

		if (c->first.text.n > 0)
			buf_fmt(b, " " STR_F, STR_A(c->first.text));
		if (c->second.text.n > 0)
			buf_fmt(b, ", " STR_F, STR_A(c->second.text));
		buf_add(b, c->first.text.n > 0 ? STR(" in ") : STR(" if "));
		add_expr(b, c->source);
	}
}

static void print_item(struct buf *b, const struct item *i, unsigned depth)
{
	begin_line(b, depth);
	buf_add(b, str_c(item_word(i)));
	if (i->kind == ITEM_DECLARATION)
		buf_fmt(b, " " STR_F, STR_A(i->kind_word.text));
	if (i->name.text.n > 0)
		buf_fmt(b, " " STR_F, STR_A(i->name.text));
	if (i->title != NULL) {
		buf_char(b, ' ');
		add_expr(b, i->title);
	}
	if (i->kind == ITEM_USE)
		buf_fmt(b, " %s" STR_F "%s", i->quoted ? "\"" : "", STR_A(i->path),
			i->quoted ? "\"" : "");
	if (i->kind == ITEM_FN || i->kind == ITEM_POLICY)
		print_parameters(b, i);
	if (i->type_expr != NULL && i->kind != ITEM_POLICY) {
		buf_add(b, STR(" : "));
		add_type(b, i->type_expr);
	}
	if (i->let != NULL && i->let->type_expr != NULL) {
		buf_add(b, STR(" : "));
		add_type(b, i->let->type_expr);
	}
	if (i->let != NULL || i->value != NULL) {
		buf_add(b, STR(" = "));
		add_expr(b, i->let != NULL ? i->let->value : i->value);
	}
	if (i->check != NULL) {
		buf_char(b, ' ');
		add_check(b, i->check);
	}
	print_clauses(b, i);
	if (i->doc.n > 0) {
		begin_line(b, depth + 1);
		buf_add(b, STR("## "));
		buf_quoted(b, i->doc);
	}
	print_section(b, i->body, depth + 1);
	print_items(b, i->items, i->nitems, depth + 1);
	if (i->notherwise > 0) {
		begin_line(b, depth);
		buf_add(b, STR("else"));
		print_items(b, i->otherwise, i->notherwise, depth + 1);
	}
}

static void print_items(struct buf *b, const struct item *items, size_t n, unsigned depth)
{
	for (size_t i = 0; i < n; i++)
		print_item(b, &items[i], depth);
}

struct str hpc_ast_print(struct arena *a, const struct program_file *file)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("program"));
	if (file->doc.n > 0) {
		buf_add(&b, STR(" ## "));
		buf_quoted(&b, file->doc);
	}
	print_items(&b, file->items, file->nitems, 1);
	buf_char(&b, '\n');
	return buf_str(&b);
}
