/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints.c - services that a VPC endpoint reaches, and how their names begin. */
#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/facts/near.h"

static struct str service_name(const void *services, size_t i)
{
	return ((const struct endpoint_service *)services)[i].name;
}

const struct endpoint_service *facts_endpoint(const struct facts *f, struct str name)
{
	size_t i = search_name(name, facts_endpoints, facts_endpoints_n, service_name);

	(void)f;
	return i < facts_endpoints_n ? &facts_endpoints[i] : NULL;
}

size_t facts_endpoint_count(const struct facts *f)
{
	(void)f;
	return facts_endpoints_n;
}

const struct endpoint_service *facts_endpoint_at(const struct facts *f, size_t i)
{
	(void)f;
	return &facts_endpoints[i];
}

/* Is it a part of `name`, as "ecr" is of "ecr.api"? */
static bool is_parted(struct str name, struct str word)
{
	return word.n > 0 && word.n < name.n && str_starts(name, word) && name.s[word.n] == '.';
}

unsigned facts_endpoint_near(const struct facts *f, struct str name, struct str *ret, unsigned max)
{
	struct near_list l = near_list(ret, max);
	unsigned limit = near_limit(name);

	(void)f;
	for (size_t i = 0; i < facts_endpoints_n; i++) {
		struct str other = facts_endpoints[i].name;
		unsigned d = is_parted(other, name) ? 0 : edit_distance(name, other, limit);

		if (d <= limit)
			near_add(&l, other, d);
	}
	return l.n;
}

/* A word of Endpoints.Preset, among them NONE, is no service. */
static bool is_preset(struct str word)
{
	static const char *const words[] = {"NONE", "CLUSTER", "BATCH", "FARGATE"};

	return AMONG(word, words);
}

static uint8_t preset_bit(struct str word)
{
	if (str_eq(word, STR("CLUSTER")))
		return PRESET_CLUSTER;
	if (str_eq(word, STR("BATCH")))
		return PRESET_BATCH;
	return str_eq(word, STR("FARGATE")) ? PRESET_FARGATE : 0;
}

static bool is_named(const struct str *words, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], name))
			return true;
	return false;
}

/* More words than a file may have are not compared with each other: that would be quadratic. */
enum { MOST_COMPARED = 128 };

size_t facts_endpoints_named(const struct facts *f, const struct str *words, size_t n,
			     struct str region)
{
	const struct region *r = facts_region(f, region);
	uint8_t presets = 0;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		presets |= preset_bit(words[i]);
		count += !is_preset(words[i]) && facts_endpoint(f, words[i]) == NULL &&
			 !is_named(words, i < MOST_COMPARED ? i : MOST_COMPARED, words[i]);
	}
	for (size_t i = 0; i < facts_endpoints_n; i++) {
		const struct endpoint_service *e = &facts_endpoints[i];
		bool there = e->partition.n == 0 || r == NULL || str_eq(e->partition, r->partition);

		count += ((e->presets & presets) != 0 && there) || is_named(words, n, e->name);
	}
	return count;
}

struct str facts_endpoint_prefix(const struct facts *f, const struct endpoint_service *e,
				 struct str region)
{
	bool own = facts_lists(e->own_prefix, region);
	const struct region *r = own ? facts_region(f, region) : NULL;

	for (size_t i = 0; r != NULL && i < facts_endpoint_prefixes_n; i++)
		if (str_eq(facts_endpoint_prefixes[i].partition, r->partition))
			return facts_endpoint_prefixes[i].prefix;
	return e->prefix;
}
