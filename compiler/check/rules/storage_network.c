/* SPDX-License-Identifier: Apache-2.0 */
/* storage_network.c - rules about storage and the subnets of the nodes that use it. */
#include "compiler/check/rules/storage.h"

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
