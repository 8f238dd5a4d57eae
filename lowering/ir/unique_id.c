/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unique_id.c - logical ids from names.
 *
 * CloudFormation knows a resource over updates by its logical id, so an id must depend on the names in the
 * file alone: a queue that is added or moved may not rename the resources of another. Ids have letters and
 * digits only, and so lose what tells "a-1" from "a1"; then a hash of the names as written follows.
 */
#include "compiler/base/buf.h"
#include "lowering/ir/ir.h"

enum { ID_MAX = 255, HASH_LETTERS = 6, HASH_MAX = 12 };

/*
 * Can the part be read back from its words? It can when every word begins with a lower-case letter, has
 * only lower-case letters and digits, and one dash stands between words. Of several parts, words may be
 * shifted from one to the next, so there each must be one word.
 */
static bool is_plain(struct str part, bool several)
{
	bool begins = true;

	for (size_t i = 0; i < part.n; i++) {
		char c = part.s[i];

		if (begins ? !is_lower(c) : !is_lower(c) && !is_digit(c) && c != '-')
			return false;
		begins = c == '-';
		if (begins && several)
			return false;
	}
	return !begins;
}

/* The hash of prefix and parts; lengths are in it, so that no two sets of parts read the same. */
static uint64_t names_hash(struct arena *a, const char *prefix, const struct str *parts, size_t n)
{
	struct buf b = buf_in(a);

	buf_add(&b, str_c(prefix));
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&b, "/%zu:", parts[i].n);
		buf_add(&b, parts[i]);
	}
	return str_hash(buf_str(&b));
}

/* The first `letters` of the hash in a 32-letter alphabet, from its low end. */
static void add_hash(struct buf *b, uint64_t hash, unsigned letters)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	hash ^= hash >> 32;
	for (unsigned i = 0; i < letters; i++, hash >>= 5)
		buf_char(b, alphabet[hash & 31]);
}

struct str ir_unique_id(struct ir *g, const char *prefix, const struct str *parts, size_t nparts)
{
	struct buf b = buf_in(g->arena);
	bool plain = true;
	uint64_t hash;
	size_t words;

	buf_add(&b, str_c(prefix));
	for (size_t i = 0; i < nparts; i++) {
		buf_pascal(&b, parts[i]);
		plain = plain && is_plain(parts[i], nparts > 1);
	}
	if (plain && b.n > 0 && b.n <= ID_MAX && ir_find(g, buf_str(&b)) == NULL)
		return buf_str(&b);
	hash = names_hash(g->arena, prefix, parts, nparts);
	words = b.n < ID_MAX - HASH_MAX ? b.n : ID_MAX - HASH_MAX;
	for (unsigned letters = HASH_LETTERS; letters <= HASH_MAX; letters++) {
		b.n = words;
		add_hash(&b, hash, letters);
		if (ir_find(g, buf_str(&b)) == NULL)
			return buf_str(&b);
	}
	BUG("no logical id is left for `" STR_F "`", STR_A(str_slice(buf_str(&b), 0, words)));
}
