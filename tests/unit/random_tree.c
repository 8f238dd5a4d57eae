/* SPDX-License-Identifier: Apache-2.0 */
/* random_tree.c - trees of any form, made of bytes. */
#include "tests/unit/random_tree.h"

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/tree/scalar.h"

enum { DEEPEST = 12, MOST_ITEMS = 6, MOST_PIECES = 6 };

/* What texts are made of: all that YAML, PyYAML, variables or people take for something else. */
static const char *const pieces[] = {
	"a",
	"B",
	"7",
	"0",
	"08",
	"1_0",
	"1:30",
	"-",
	"?",
	":",
	" ",
	"\n",
	"\t",
	"#",
	"'",
	"\"",
	"\\",
	"|",
	">",
	"{",
	"}",
	"[",
	"]",
	",",
	"&",
	"*",
	"!",
	"%",
	"@",
	"`",
	"~",
	"=",
	"<<",
	"yes",
	"No",
	"on",
	"null",
	"true",
	"y",
	"n",
	".",
	"...",
	"---",
	"- ",
	"? ",
	": ",
	" #",
	"$",
	"${",
	"$${",
	"$A",
	"${A:-b}",
	".inf",
	"1.5",
	"1e3",
	"+1",
	"0x1f",
	"0b1",
	"2024-01-01",
	"\xc3\xa9",
	"\xe2\x82\xac",
	"\xf0\x9f\x90\x8d",
	"\xc2\xa0",
	"\xe2\x80\xa8",
	"\xef\xbb\xbf",
	"\xc2\x85",
	"long text of several words, which goes on and on and on ",
	"s3://b/k",
	"a-b_c",
	"subnet-0123",
	OPEN_BEGIN "param.X" OPEN_END,
	OPEN_BEGIN "stack.net.Y[0]" OPEN_END,
};

static const char *const scalars[] = {
	"0",
	"7",
	"-3",
	"010",
	"0x1F",
	"1_000",
	"1:30",
	"9223372036854775808",
	"1.5",
	"-.5",
	"1.5e+3",
	".inf",
	"-.inf",
	"yes",
	"Off",
	"true",
	"~",
	"null",
	"",
	"2024-01-01",
	"2001-12-14t21:59:43.10-05:00",
};

struct bytes {
	const uint8_t *data;
	size_t n;
};

static unsigned next(struct bytes *b, unsigned below)
{
	if (b->n == 0)
		return 0;
	b->n--;
	return *b->data++ % below;
}

static struct str text(struct arena *a, struct bytes *b)
{
	struct buf out = buf_in(a);
	unsigned n = next(b, MOST_PIECES);

	for (unsigned i = 0; i < n; i++)
		buf_add(&out, str_c(pieces[next(b, ARRAY_LEN(pieces))]));
	if (next(b, 64) == 63)
		buf_pad(&out, (char)(0x6b), 1100);
	return buf_str(&out);
}

static struct node *scalar(struct arena *a, struct bytes *b)
{
	struct node *n = NEW(a, struct node);

	if (next(b, 3) == 0) {
		n->text = str_c(scalars[next(b, ARRAY_LEN(scalars))]);
		yaml_resolve_plain(n);
	} else {
		n->kind = NODE_STRING;
		n->text = text(a, b);
		n->open = !text_is_known(n->text);
	}
	return n;
}

static const struct node *tree(struct arena *a, struct bytes *b, unsigned depth);

static void fill_map(struct arena *a, struct bytes *b, struct node *n, unsigned depth)
{
	size_t most = next(b, MOST_ITEMS);
	struct entry *entries = NEW_ARRAY(a, struct entry, most + 1);

	for (size_t i = 0; i < most; i++) {
		struct entry *e = &entries[n->map.n];

		e->key = text(a, b);
		e->key_kind = NODE_STRING;
		if (!text_is_known(e->key) || tree_get(n, e->key) != NULL)
			continue;
		n->map.entries = entries;
		e->value = tree(a, b, depth + 1);
		n->map.n++;
	}
}

static const struct node *tree(struct arena *a, struct bytes *b, unsigned depth)
{
	unsigned what = next(b, 4);
	struct node *n;

	if (what < 2 || depth == DEEPEST)
		return scalar(a, b);
	n = NEW(a, struct node);
	n->kind = what == 2 ? NODE_LIST : NODE_MAP;
	if (what == 3) {
		fill_map(a, b, n, depth);
	} else {
		size_t most = next(b, MOST_ITEMS);
		const struct node **items = NEW_ARRAY(a, const struct node *, most + 1);

		for (size_t i = 0; i < most; i++)
			items[i] = tree(a, b, depth + 1);
		n->list.items = items;
		n->list.n = most;
	}
	return n;
}

const struct node *random_tree(struct arena *a, const uint8_t *data, size_t n)
{
	struct bytes b = {data, n};

	return tree(a, &b, 0);
}

static bool differ(struct arena *a, struct str step, struct str *ret_why)
{
	*ret_why = arena_fmt(a, STR_F "/" STR_F, STR_A(str_slice(step, 0, 20)), STR_A(*ret_why));
	return false;
}

bool same_tree(struct arena *a, const struct node *one, const struct node *other,
	       struct str *ret_why)
{
	bool map = one->kind == NODE_MAP, list = one->kind == NODE_LIST;

	if (one->kind != other->kind || (!map && !list && !str_eq(one->text, other->text)) ||
	    (list && one->list.n != other->list.n) || (map && one->map.n != other->map.n)) {
		*ret_why = arena_fmt(a, "%s `" STR_F "` and %s `" STR_F "`",
				     node_kind_words(one->kind), STR_A(str_slice(one->text, 0, 60)),
				     node_kind_words(other->kind),
				     STR_A(str_slice(other->text, 0, 60)));
		return false;
	}
	for (size_t i = 0; list && i < one->list.n; i++)
		if (!same_tree(a, one->list.items[i], other->list.items[i], ret_why))
			return differ(a, arena_fmt(a, "%zu", i), ret_why);
	for (size_t i = 0; map && i < one->map.n; i++) {
		const struct entry *p = &one->map.entries[i], *q = &other->map.entries[i];

		if (!str_eq(p->key, q->key) || p->key_kind != q->key_kind ||
		    !same_tree(a, p->value, q->value, ret_why))
			return differ(a, p->key, ret_why);
	}
	return true;
}
