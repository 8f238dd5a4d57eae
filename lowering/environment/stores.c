/* SPDX-License-Identifier: Apache-2.0 */
/* stores.c - the key and the buckets of an environment. */
#include "lowering/aws/buckets.h"
#include "lowering/aws/keys.h"
#include "lowering/environment/environment.h"

/* The bucket of the file to which flow logs go, or NULL. */
static const struct bucket *flow_log_bucket(const struct environment *e)
{
	const struct flow_logs *m = &e->network.flow_logs;

	if (!m->enabled || m->destination != FLOW_LOGS_DESTINATION_S3)
		return NULL;
	for (size_t i = 0; i < e->buckets.n; i++)
		if (str_eq(e->buckets.items[i].name, m->bucket))
			return &e->buckets.items[i];
	return NULL;
}

void pass_env_keys(struct ground *l)
{
	const struct bucket *logs = flow_log_bucket(l->e);

	if (l->e->kms_key.section.written)
		l->key = kms_key_add(&l->st, &l->e->kms_key,
				     logs != NULL && logs->kms_key_id.n == 0);
}

void pass_env_buckets(struct ground *l)
{
	const struct bucket_list *list = &l->e->buckets;
	const struct bucket *logs = flow_log_bucket(l->e);

	l->buckets = NEW_ARRAY(l->st.a, struct lowered_bucket, list->n);
	for (size_t i = 0; i < list->n; i++) {
		l->buckets[i] = bucket_add(&l->st, &list->items[i], l->key);
		if (l->buckets[i].m != logs)
			continue;
		bucket_takes_flow_logs(&l->st, &l->buckets[i]);
		l->flow_logs = &l->buckets[i];
	}
}
