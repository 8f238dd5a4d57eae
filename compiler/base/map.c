/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - string keys to pointers, in insertion order: open addressing over a dense array. */
#include "compiler/base/map.h"

#include <string.h>

/* The slot of key: the one that holds it, or the free one where it belongs. Needs nslots > n. */
static size_t slot_of(const struct map *m, struct str key)
{
	size_t i = (size_t)str_hash(key) & (m->nslots - 1);

	while (m->slots[i] != 0 && !str_eq(m->items[m->slots[i] - 1].key, key))
		i = (i + 1) & (m->nslots - 1);
	return i;
}

const void *map_get(const struct map *m, struct str key)
{
	size_t i;

	if (m->n == 0)
		return NULL;
	i = slot_of(m, key);
	return m->slots[i] != 0 ? m->items[m->slots[i] - 1].value : NULL;
}

static void grow(struct map *m, struct arena *a)
{
	size_t cap = m->cap == 0 ? 8 : m->cap * 2;
	struct map_item *items = NEW_ARRAY(a, struct map_item, cap);

	if (m->n > 0)
		memcpy(items, m->items, m->n * sizeof(*items));
	m->items = items;
	m->cap = cap;
	m->nslots = cap * 2;
	m->slots = NEW_ARRAY(a, uint32_t, m->nslots);
	for (size_t i = 0; i < m->n; i++)
		m->slots[slot_of(m, items[i].key)] = (uint32_t)i + 1;
}

const void *map_put(struct map *m, struct arena *a, struct str key, const void *value)
{
	const void *old;
	size_t i;

	if (m->n == m->cap)
		grow(m, a);
	i = slot_of(m, key);
	if (m->slots[i] == 0) {
		m->items[m->n] = (struct map_item){key, value};
		m->slots[i] = (uint32_t)++m->n;
		return NULL;
	}
	old = m->items[m->slots[i] - 1].value;
	m->items[m->slots[i] - 1].value = value;
	return old;
}
