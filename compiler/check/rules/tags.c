/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - rules about tags: reserved keys, repeated keys, how many. */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"
#include "compiler/model/effective.h"

/* ParallelCluster keeps ten of the 50 tags that a resource may have for itself. */
enum { MAX_TAGS = 40 };

static void reserved(const struct rules *r, const struct tag *t, const char *prefix)
{
	struct diag *d = diag_reserved_tag_key(r->ds, t->at.key.value, t->key, prefix);

	diag_help(r->ds, d, "choose a key without the prefix `%s`", prefix);
}

static void check_key(const struct rules *r, const struct tag *t)
{
	struct span at = t->at.key.value;
	struct diag *d;

	if (!WRITTEN(t, key))
		return;
	if (t->key.n == 0) {
		diag_empty_tag_key(r->ds, at);
	} else if (str_eq_nocase(str_slice(t->key, 0, 4), STR("aws:"))) {
		d = diag_aws_tag_key(r->ds, at, t->key);
		diag_note(r->ds, d, "AWS lets no one else begin a tag key with `aws:`");
	} else if (str_starts(t->key, STR("parallelcluster:")) &&
		   !str_eq(t->key, STR("parallelcluster:custom_resource"))) {
		reserved(r, t, "parallelcluster:");
	} else if (is_own_tag(t->key)) {
		reserved(r, t, "hpcc:");
	}
}

static void check_keys(const struct rules *r, const struct tag_list *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		check_key(r, &tags->items[i]);
}

static void cluster_tag_keys(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	struct compute it = {0};

	check_keys(r, &r->c->tags);
	for (size_t i = 0; i < queues->n; i++)
		check_keys(r, &queues->items[i].tags);
	while (next_compute(r->c, &it))
		check_keys(r, &it.resource->tags);
}

/*
 * The tags that resources get; those of AmiSearchFilters are searched for, and may be any. Sources: ParallelCluster
 * common_schema.py, validate_no_reserved_tag; Tagging AWS Resources user guide, tag naming limits.
 */
void rule_tag_keys(const struct rules *r)
{
	if (r->c != NULL)
		cluster_tag_keys(r);
	else if (r->e != NULL)
		check_keys(r, &r->e->tags);
}

/* The tags of a list, by their keys; of two with one key the first. */
static struct map by_key(const struct rules *r, const struct tag_list *tags)
{
	struct map m = {0};

	for (size_t i = 0; i < tags->n; i++) {
		const struct tag *t = &tags->items[i];

		if (WRITTEN(t, key) && map_get(&m, t->key) == NULL)
			map_put(&m, r->a, t->key, t);
	}
	return m;
}

/* Tags by their keys, and the place of their list in words. */
struct level {
	struct map tags;
	const char *place;
};

/* The outer tag that t repeats, of the first level that has one; NULL when there is none. */
static const struct tag *repeated(const struct tag *t, const struct level *outer, size_t n,
				  const char **ret_place)
{
	const struct tag *o = NULL;

	for (size_t k = 0; WRITTEN(t, key) && k < n && o == NULL; k++) {
		o = map_get(&outer[k].tags, t->key);
		*ret_place = outer[k].place;
	}
	return o;
}

/* Reports the first tag of a list that an outer one has too, and how many more there are. */
static void repeated_in(const struct rules *r, const struct tag_list *inner,
			const struct level *outer, size_t n)
{
	const struct tag *first = NULL, *first_outer = NULL;
	const char *place = "", *other = "";
	size_t count = 0;
	struct diag *d;

	for (size_t i = 0; i < inner->n; i++) {
		const struct tag *o = repeated(&inner->items[i], outer, n, &other);

		if (o == NULL)
			continue;
		if (count++ == 0) {
			first = &inner->items[i];
			first_outer = o;
			place = other;
		}
	}
	if (first == NULL)
		return;
	d = diag_repeated_tag(r->ds, first->at.key.value, first->key, place);
	diag_label(r->ds, d, first_outer->at.key.value, "the other tag `" STR_F "`",
		   STR_A(first->key));
	if (count > 1)
		diag_note(r->ds, d, "and %zu more of these tags with it", count - 1);
	diag_note(r->ds, d, "the tag nearest to the compute resource holds");
}

/* Source: ParallelCluster tags_validators.py, ComputeResourceTagsValidator. */
void rule_tag_levels(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	struct map all = by_key(r, &r->c->tags);

	for (size_t q = 0; q < queues->n; q++) {
		const struct slurm_queue *queue = &queues->items[q];
		const struct level outer[] = {{by_key(r, &queue->tags), "for the queue"},
					      {all, "for the whole cluster"}};

		repeated_in(r, &queue->tags, &outer[1], 1);
		for (size_t i = 0; i < queue->compute_resources.n; i++)
			repeated_in(r, &queue->compute_resources.items[i].tags, outer, 2);
	}
}

/* Number of tags of `inner` that neither of the outer lists has. */
static size_t count_new(const struct tag_list *inner, const struct map *outer,
			const struct map *outermost)
{
	size_t n = 0;

	for (size_t i = 0; i < inner->n; i++) {
		struct str key = inner->items[i].key;

		n += map_get(outer, key) == NULL && map_get(outermost, key) == NULL;
	}
	return n;
}

/* The innermost list that makes the sum too large, for the place of the finding. */
static const struct field_at *tags_at(const struct rules *r, const struct compute *it)
{
	if (r->c->tags.n > MAX_TAGS)
		return &r->c->at.tags;
	return it->resource->tags.n > 0 ? &it->resource->at.tags
	       : it->queue->tags.n > 0	? &it->queue->at.tags
					: &r->c->at.tags;
}

/* Source: ParallelCluster tags_validators.py; EC2 allows 50 tags on a resource. */
void rule_tag_count(const struct rules *r)
{
	struct compute it = {0};
	const struct field_at *last = NULL;

	for (size_t i = 0; i < MAX_COMPUTE_RESOURCES && next_compute(r->c, &it); i++) {
		const struct map own = by_key(r, &it.resource->tags);
		const struct map queue = by_key(r, &it.queue->tags);
		size_t n = it.resource->tags.n + count_new(&it.queue->tags, &own, &own) +
			   count_new(&r->c->tags, &queue, &own);
		const struct field_at *f = tags_at(r, &it);
		struct diag *d;

		if (n <= MAX_TAGS || f == last || !is_written(f))
			continue;
		last = f;
		d = diag_too_many_tags(r->ds, f->key, (unsigned long)n, it.resource->name,
				       MAX_TAGS);
		diag_note(r->ds, d,
			  "tags of the cluster, the queue and the compute resource count together");
	}
}
