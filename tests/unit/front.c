/* SPDX-License-Identifier: Apache-2.0 */
/* front.c - what the tests of the front end share. */
#include "front.h"

#include "compiler/base/buf.h"

#include <criterion/criterion.h>

void front_read(struct front *f, struct str text, const struct vars *vars)
{
	f->ds.arena = &f->a;
	f->src = source_new(&f->a, STR("t.yaml"), arena_str(&f->a, text));
	f->root = yaml_read(&f->a, &f->ds, f->src, vars, YAML_LIMITS);
}

void front_end(struct front *f)
{
	arena_release(&f->a);
}

const struct node *front_at(const struct front *f, const char *path)
{
	struct str rest = str_c(path);
	const struct node *n = f->root;

	while (rest.s != NULL && n != NULL) {
		struct str step = str_cut(&rest, '.');
		int64_t i;

		if (n->kind == NODE_LIST && str_to_int(step, &i) && (size_t)i < n->list.n)
			n = n->list.items[i];
		else
			n = tree_get(n, step);
	}
	cr_assert_not_null(n, "nothing at %s", path);
	return n;
}

static void add_place(struct buf *b, struct span at)
{
	struct place lo = source_place(at.src, at.lo), hi = source_place(at.src, at.hi);

	buf_fmt(b, "%u:%u-%u:%u ", lo.line, lo.column, hi.line, hi.column);
}

struct str front_findings(struct front *f)
{
	struct buf b = buf_in(&f->a);

	diags_sort(&f->ds);
	for (const struct diag *d = f->ds.first; d != NULL; d = d->next) {
		buf_fmt(&b, STR_F " ", STR_A(diag_code(d->id)));
		add_place(&b, d->at);
		buf_fmt(&b, STR_F "\n", STR_A(d->text));
		for (const struct diag_label *l = d->labels; l != NULL; l = l->next) {
			buf_add(&b, STR("- "));
			add_place(&b, l->at);
			buf_fmt(&b, STR_F "\n", STR_A(l->text));
		}
	}
	return buf_str(&b);
}

void assert_text(struct str got, const char *want)
{
	cr_assert(str_eq(got, str_c(want)), "got  `" STR_F "`\nwant `%s`", STR_A(got), want);
}
