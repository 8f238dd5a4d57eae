/* SPDX-License-Identifier: Apache-2.0 */
/* names_unused.c - what is declared and not used. */
#include "compiler/hpc/names_state.h"

static bool is_meant(const struct binding *b)
{
	return b->used || (b->name.text.n > 0 && b->name.text.s[0] == '_');
}

static void help_underscore(struct diags *ds, struct diag *d)
{
	diag_help(ds, d, "remove it, or let its name begin with `_`");
}

/* The line of an item, with its end. */
static struct span line_of(struct span at)
{
	struct str text = at.src->text;
	size_t lo = at.lo, hi = str_find(text, '\n', at.hi);

	while (lo > 0 && text.s[lo - 1] != '\n')
		lo--;
	return span_in(at.src, lo, hi < text.n ? hi + 1 : hi);
}

static void unused_module(struct diags *ds, const struct binding *b)
{
	struct diag *d = diag_unused_module(ds, b->name.at, b->name.text);
	struct span line = line_of(b->item->at);
	struct str before = span_text(span_in(line.src, line.lo, b->item->at.lo)),
		   behind = span_text(span_in(line.src, b->item->at.hi, line.hi));

	diag_help(ds, d, "remove the line");
	if (str_trim(before).n == 0 && (str_trim(behind).n == 0 || str_trim(behind).s[0] == '#'))
		diag_fix(ds, d, line, STR(""), true);
}

static void unused(struct diags *ds, const struct binding *b)
{
	switch (b->kind) {
	case BIND_LET:
	case BIND_LOOP:
	case BIND_FN:
	case BIND_TYPE:
		help_underscore(ds, diag_unused_name(ds, b->name.at, b->name.text));
		return;
	case BIND_PARAM:
	case BIND_DEPLOY:
	case BIND_ARGUMENT:
		help_underscore(ds, diag_unused_param(ds, b->name.at, b->name.text));
		return;
	case BIND_MODULE:
		unused_module(ds, b);
		return;
	case BIND_POLICY:
	case BIND_DECLARATION:
	case BIND_BUILTIN:
		return;
	}
}

/* Does the file do something by itself? If not, it is there for others, who use what it declares. */
static bool is_program(const struct program_file *file)
{
	for (size_t i = 0; i < file->nitems; i++) {
		enum item_kind kind = file->items[i].kind;

		if (kind == ITEM_DECLARATION || kind == ITEM_POLICY || kind == ITEM_CHECK ||
		    kind == ITEM_IF || kind == ITEM_FOR)
			return true;
	}
	return false;
}

static void unused_of_file(struct diags *ds, const struct program_file *file, bool program)
{
	const struct scope_table *t = file->names;

	for (size_t i = 0; i < t->names.n; i++) {
		const struct binding *b = ((const struct handle *)t->names.items[i].value)->of;

		if (!is_meant(b) && (program || b->kind == BIND_MODULE || b->kind == BIND_PARAM ||
				     b->kind == BIND_DEPLOY))
			unused(ds, b);
	}
	for (size_t i = 0; i < t->nlocals; i++)
		if (!is_meant(t->locals[i]))
			unused(ds, t->locals[i]);
}

void names_unused(struct diags *ds, const struct module_set *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (!files->files[i]->is_std)
			unused_of_file(ds, files->files[i], i == 0 && is_program(files->files[i]));
}
