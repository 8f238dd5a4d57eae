/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - string keys to pointers, in insertion order: open addressing over a dense array. */
#include "compiler/base/map.h"

#include "compiler/base/port.h"

#include <string.h>

static uint64_t rotated(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotated(v[1], 13) ^ v[0];
	v[3] = rotated(v[3], 16) ^ v[2];
	v[0] = rotated(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotated(v[1], 17) ^ v[2];
	v[3] = rotated(v[3], 21) ^ v[0];
	v[2] = rotated(v[2], 32);
}

static void sip_block(uint64_t v[4], uint64_t block)
{
	v[3] ^= block;
	sip_round(v);
	v[0] ^= block;
}

/*
 * SipHash-1-3 (Aumasson and Bernstein, 2012): one round a block of eight bytes, three at the end. Blocks are
 * taken in the order of bytes of the machine, as the number never leaves it.
 */
static uint64_t hash_of(const uint64_t secret[2], struct str key)
{
	uint64_t v[4] = {secret[0] ^ 0x736f6d6570736575u, secret[1] ^ 0x646f72616e646f6du,
			 secret[0] ^ 0x6c7967656e657261u, secret[1] ^ 0x7465646279746573u};
	uint64_t block = 0, last = (uint64_t)key.n << 56;
	size_t i;

	for (i = 0; i + 8 <= key.n; i += 8) {
		memcpy(&block, key.s + i, 8);
		sip_block(v, block);
	}
	for (unsigned shift = 0; i < key.n; i++, shift += 8)
		last |= (uint64_t)(unsigned char)key.s[i] << shift;
	sip_block(v, last);
	v[2] ^= 0xff;
	for (int round = 0; round < 3; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot of key: the one that holds it, or the free one where it belongs. Needs nslots > n. */
static size_t slot_of(const struct map *m, struct str key)
{
	size_t i = (size_t)hash_of(m->secret, key) & (m->nslots - 1);

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

	if (m->cap == 0)
		port_secret((unsigned char *)m->secret);
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
