/* SPDX-License-Identifier: Apache-2.0 */
/* storage_network.c - rules about storage and the subnets of the nodes that use it. */
#include "compiler/base/open_text.h"
#include "compiler/check/rules/storage.h"
#include "compiler/model/effective.h"

/* The first new FSx file system, or NULL. */
static const struct shared_storage *new_fsx(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++)
		if (is_new_lustre(&list->items[i]))
			return &list->items[i];
	return NULL;
}

/*
 * The first subnet of a queue that is not `first`, which is set when it is unset. NULL when all are equal. Two that are
 * left open may be one.
 */
static const struct model_string *other_subnet(const struct model_strings *subnets,
					       const struct model_string **first)
{
	for (size_t i = 0; i < subnets->n; i++) {
		if (!text_is_known(subnets->items[i].text))
			continue;
		if (*first == NULL)
			*first = &subnets->items[i];
		if (!str_eq(subnets->items[i].text, (*first)->text))
			return &subnets->items[i];
	}
	return NULL;
}

/* Source: ParallelCluster, ManagedFsxMultiAzValidator; FSx API, CreateFileSystem, SubnetIds. */
void rule_new_fsx_one_subnet(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct shared_storage *fsx = new_fsx(r);
	const struct model_string *first = NULL, *other = NULL;

	for (size_t i = 0; fsx != NULL && i < queues->n && other == NULL; i++)
		if (USABLE(&queues->items[i].networking, subnet_ids))
			other = other_subnet(&queues->items[i].networking.subnet_ids, &first);
	if (other == NULL)
		return;
	diag_new_fsx_subnets(r->ds, other->at, fsx->name);
}

/* ---- subnets that are as many as a deployment says ---- */

/* The queue whose subnets mount targets stand in, as lowering/cluster/storage_mount.c takes it; NULL for no queue. */
static const struct slurm_queue *widest_queue(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct slurm_queue *widest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < queues->n; i++) {
		size_t n = distinct_subnets(r->a, &queues->items[i]);

		if (n <= most)
			continue;
		most = n;
		widest = &queues->items[i];
	}
	return widest;
}

static bool is_uncounted(const struct slurm_queue *q)
{
	return q != NULL && USABLE(&q->networking, subnet_ids) && leaves_subnets_open(q);
}

/* An item of the list that the queue's subnets are: `${param.Subnets[0]}`. */
static struct str item_of(const struct rules *r, const struct slurm_queue *q, unsigned i)
{
	struct str list = text_shown(r->a, q->networking.subnet_ids.items[0].text);

	return arena_fmt(r->a, STR_F "[%u]}", STR_A(str_slice(list, 0, list.n - 1)), i);
}

/* Says that the list is one of unknown length, for the storage at `at`. */
static struct diag *uncounted(const struct rules *r, const struct slurm_queue *q, struct span at,
			      struct str storage)
{
	const struct slurm_queue_networking *n = &q->networking;
	struct diag *d = diag_subnets_uncounted(r->ds, n->at.subnet_ids.value,
						text_shown(r->a, n->subnet_ids.items[0].text),
						storage.n > 0 ? storage : STR("SharedStorage"));

	return diag_label(r->ds, d, at, "it stands in subnets of queue `" STR_F "`",
			  STR_A(q->name));
}

static void lustre_uncounted(const struct rules *r, const struct slurm_queue *q,
			     const struct shared_storage *s)
{
	struct diag *d = uncounted(r, q, storage_span(s), s->name);

	diag_note(r->ds, d, "it stands in one subnet, and serves the nodes of that");
	diag_help(r->ds, d, "take one of them: `[\"" STR_F "\"]`", STR_A(item_of(r, q, 0)));
}

static void efs_uncounted(const struct rules *r, const struct slurm_queue *q, struct span at,
			  struct str storage)
{
	struct diag *d = uncounted(r, q, at, storage);

	diag_note(r->ds, d, "it has a mount target in each, which is a part of the template");
	diag_help(r->ds, d, "name them one by one: `[\"" STR_F "\", \"" STR_F "\"]`",
		  STR_A(item_of(r, q, 0)), STR_A(item_of(r, q, 1)));
}

static bool is_new_efs(const struct shared_storage *s)
{
	return s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS &&
	       !GIVEN(&s->efs_settings, file_system_id);
}

/* The first new EFS file system, or NULL. */
static const struct shared_storage *new_efs(const struct rules *r)
{
	for (size_t i = 0; i < r->storage->n; i++)
		if (is_new_efs(&r->storage->items[i]))
			return &r->storage->items[i];
	return NULL;
}

/* One finding for a file, the strictest: what mends it mends the others. */
void rule_storage_subnets_counted(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct slurm_queue *widest = widest_queue(r);
	const struct shared_storage *fsx = new_fsx(r), *efs = new_efs(r);
	const struct head_node *h = &r->c->head_node;

	if (fsx != NULL && queues->n > 0 && is_uncounted(&queues->items[0]))
		lustre_uncounted(r, &queues->items[0], fsx);
	else if (!is_uncounted(widest))
		return;
	else if (efs != NULL)
		efs_uncounted(r, widest, storage_span(efs), efs->name);
	else if (WRITTEN(h, shared_storage_type) &&
		 h->shared_storage_type == HEAD_NODE_SHARED_STORAGE_TYPE_EFS)
		efs_uncounted(r, widest, h->at.shared_storage_type.value, STR("SharedStorageType"));
}
