/* SPDX-License-Identifier: Apache-2.0 */
/* batch_types.c - types, families and bundles of AWS Batch. */
#include "compiler/facts/batch_types.h"

static const struct {
	struct str name, families;
} bundles[] = {
	{STR_INIT("optimal"), STR_INIT("m6i c6i r6i c7i")},
	{STR_INIT("default_x86_64"), STR_INIT("m6i c6i r6i c7i")},
	{STR_INIT("default_arm64"), STR_INIT("m6g c6g r6g c7g")},
};

enum {
	AGENT_MIB = 32,
	CERTAIN_PERCENT = 97
}; /* kept for the ECS agent; what a kernel shows of the memory */

struct str batch_bundle(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(bundles); i++)
		if (str_eq(bundles[i].name, word))
			return bundles[i].families;
	return (struct str){0};
}

enum { MOST_FAMILIES = 8 /* of a bundle */ };

/* The words of a list with blanks between; how many. */
static size_t words_of(struct str list, struct str words[MOST_FAMILIES])
{
	size_t n = 0;

	while (list.n > 0 && n < MOST_FAMILIES) {
		size_t end = str_find(list, ' ', 0);

		words[n++] = str_slice(list, 0, end);
		list = str_slice(list, end < list.n ? end + 1 : end, list.n);
	}
	return n;
}

/* Is it "FAMILY.SIZE"? */
static bool is_of(struct str name, struct str family)
{
	return name.n > family.n && name.s[family.n] == '.' &&
	       str_eq(str_slice(name, 0, family.n), family);
}

/* Does a type stand before all of the family in the table, whose names ascend? */
static bool is_before(struct str name, struct str family)
{
	int c = str_cmp(str_slice(name, 0, family.n), family);

	return c < 0 || (c == 0 && (name.n == family.n || name.s[family.n] < '.'));
}

/* The first type of the family from number `from` on; the number of types when there is none. */
static size_t next_of(const struct facts *f, struct str family, size_t from)
{
	size_t lo = from, n = facts_instance_count(f), hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (is_before(facts_instance_at(f, mid)->name, family))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && is_of(facts_instance_at(f, lo)->name, family) ? lo : n;
}

enum batch_word batch_word_of(const struct facts *f, struct str word)
{
	if (facts_instance(f, word) != NULL)
		return BATCH_TYPE;
	if (batch_bundle(word).n > 0)
		return BATCH_BUNDLE;
	return next_of(f, word, 0) < facts_instance_count(f) ? BATCH_FAMILY : BATCH_UNKNOWN;
}

/* The first type of any of the families from number `from` on, as next_of(): rules ask for each of all, one by one. */
static size_t next_of_any(const struct facts *f, const struct str *families, size_t n, size_t from)
{
	size_t least = facts_instance_count(f);

	for (size_t i = 0; i < n && from < least; i++)
		if (is_of(facts_instance_at(f, from)->name, families[i]))
			return from;
	for (size_t i = 0; i < n; i++) {
		size_t one = next_of(f, families[i], from);

		least = one < least ? one : least;
	}
	return least;
}

const struct instance_type *batch_next_type(const struct facts *f, struct str word, size_t *it)
{
	const struct instance_type *t = facts_instance(f, word);
	struct str bundle = batch_bundle(word), families[MOST_FAMILIES];
	size_t n = words_of(bundle.n > 0 ? bundle : word, families);

	if (t != NULL)
		return (*it)++ == 0 ? t : NULL;
	while ((*it = next_of_any(f, families, n, *it)) < facts_instance_count(f)) {
		t = facts_instance_at(f, (*it)++);
		if (!t->withdrawn)
			return t;
	}
	return NULL;
}

unsigned batch_gpus(const struct instance_type *t)
{
	return str_eq(t->gpu.maker, STR("NVIDIA")) ? t->gpu.count : 0;
}

bool batch_word_has_gpus(const struct facts *f, struct str word)
{
	const struct instance_type *t;
	size_t it = 0;

	while ((t = batch_next_type(f, word, &it)) != NULL)
		if (batch_gpus(t) > 0)
			return true;
	return false;
}

int64_t batch_memory(const struct instance_type *t, bool certain)
{
	int64_t mib = t->memory_mib;

	return (certain ? mib * CERTAIN_PERCENT / 100 : mib) - AGENT_MIB;
}
