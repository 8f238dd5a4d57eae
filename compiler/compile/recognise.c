/* SPDX-License-Identifier: Apache-2.0 */
/* recognise.c - cluster files among others. */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/compile/compile.h"

enum { MOST_WRONG = 2 /* letters of a misspelt key */ };

/* Does a line of text begin with `key` and a colon, maybe indented or in quotes? */
static bool has_top_key(struct str text, struct str key)
{
	for (size_t at = 0; (at = str_find_str(text, key, at)) != SIZE_MAX; at += key.n) {
		size_t lo = at, hi = at + key.n;

		if (lo > 0 && hi < text.n && (text.s[lo - 1] == '"' || text.s[lo - 1] == '\'') &&
		    text.s[hi] == text.s[lo - 1]) {
			lo--;
			hi++;
		}
		while (lo > 0 && text.s[lo - 1] == ' ')
			lo--;
		if ((lo == 0 || text.s[lo - 1] == '\n') && hi < text.n && text.s[hi] == ':')
			return true;
	}
	return false;
}

/* The ASCII of a text in UTF-16 or UTF-32, which its first bytes tell; other text as it is, without its mark. */
static struct str squeezed(struct arena *a, struct str text)
{
	struct str first = str_slice(text, 0, 4);
	struct buf b = buf_in(a);

	if (str_starts(text, STR("\xef\xbb\xbf")))
		return str_slice(text, 3, text.n);
	if (!str_starts(text, STR("\xff\xfe")) && !str_starts(text, STR("\xfe\xff")) &&
	    str_find(first, '\0', 0) == first.n)
		return text;
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] > 0)
			buf_char(&b, text.s[i]);
	return buf_str(&b);
}

/* Has the mapping a key that is `key` misspelt? */
static bool has_key_like(const struct node *map, struct str key)
{
	for (size_t i = 0; i < map->map.n; i++)
		if (edit_distance(key, map->map.entries[i].key, MOST_WRONG) <= MOST_WRONG)
			return true;
	return false;
}

/*
 * Two of the three sections that only cluster files have at their top: one may be missing or misspelt, which
 * is what the check is there to find. Two may be misspelt, but not all: others have `image` and `scheduler`.
 */
bool is_cluster_file(struct arena *a, const struct source *src, const struct node *tree)
{
	static const struct str keys[] = {STR_INIT("HeadNode"), STR_INIT("Scheduling"),
					  STR_INIT("Image")};
	bool map = tree != NULL && tree->kind == NODE_MAP;
	struct str text = map ? (struct str){0} : squeezed(a, src->text);
	unsigned found = 0, like = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (map ? tree_find(tree, keys[i]) != NULL : has_top_key(text, keys[i]))
			found++;
		else
			like += map && has_key_like(tree, keys[i]);
	return found > 0 && found + like >= 2;
}
