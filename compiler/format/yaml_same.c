/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_same.c - do two texts say the same? */
#include "compiler/format/yaml_same.h"

/* The limits of the reader bound depth and number. */
bool trees_same(const struct node *a, const struct node *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->plain != b->plain || !str_eq(a->text, b->text))
		return false;
	if (a->kind == NODE_LIST) {
		bool same = a->list.n == b->list.n;

		for (size_t i = 0; same && i < a->list.n; i++)
			same = trees_same(a->list.items[i], b->list.items[i]);
		return same;
	}
	if (a->kind == NODE_MAP) {
		bool same = a->map.n == b->map.n;

		for (size_t i = 0; same && i < a->map.n; i++) {
			const struct entry *e = &a->map.entries[i], *f = &b->map.entries[i];

			same = e->key_kind == f->key_kind && str_eq(e->key, f->key) &&
			       trees_same(e->value, f->value);
		}
		return same;
	}
	return true;
}

static struct str bytes(const struct pieces *p, uint32_t lo, uint32_t hi)
{
	return str_slice(p->src->text, lo, hi);
}

/* What is behind the header of a block scalar. */
static struct str header_comment(const struct pieces *p, const struct piece *piece)
{
	return block_read(p->src->text, piece->lo, piece->hi, piece->was_inner).comment;
}

static bool piece_same(const struct pieces *a, const struct pieces *b, size_t i)
{
	const struct piece *x = &a->items[i], *y = &b->items[i];

	if (x->kind != y->kind || x->multi != y->multi)
		return false;
	if (x->kind == PIECE_BLOCK)
		return str_eq(header_comment(a, x), header_comment(b, y));
	return x->multi || str_eq(bytes(a, x->lo, x->hi), bytes(b, y->lo, y->hi));
}

bool pieces_same(const struct pieces *a, const struct pieces *b)
{
	if (a->n != b->n || a->ncomments != b->ncomments)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!piece_same(a, b, i))
			return false;
	for (size_t i = 0; i < a->ncomments; i++)
		if (!str_eq(bytes(a, a->comments[i].lo, a->comments[i].hi),
			    bytes(b, b->comments[i].lo, b->comments[i].hi)))
			return false;
	return true;
}
