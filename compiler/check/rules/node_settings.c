/* SPDX-License-Identifier: Apache-2.0 */
/* node_settings.c - rules about the head node's key pair, logs, metrics, and storages used twice. */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"
#include "compiler/check/rules/storage.h"

/* Source: ParallelCluster ec2_validators.py, KeyPairValidator. An empty name is none. */
void rule_key_pair(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	const struct ssh *s = &h->ssh;
	struct diag *d;

	if (!h->section.written || !USABLE(h, ssh) || !USABLE(s, key_name) || s->key_name.n > 0)
		return;
	d = diag_no_key_pair(
		r->ds, is_written(&s->at.key_name)
			       ? s->at.key_name.value
			       : section_span(s->section.written ? &s->section : &h->section));
	diag_help(r->ds, d, "add `Ssh: {KeyName: NAME}`, or log in with Session Manager");
}

/*
 * Home directories are shared, and with them the key of the head node. Source: ParallelCluster 3.14.0 change log:
 * a warning there, an error from 3.15.0 on.
 */
void rule_login_key_pair(const struct rules *r)
{
	const struct ssh *head = &r->c->head_node.ssh;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;

	for (size_t i = 0; USABLE(head, key_name) && i < pools->n; i++) {
		const struct login_pool_ssh *s = &pools->items[i].ssh;
		struct diag *d;

		if (!WRITTEN(s, key_name) || str_eq(s->key_name, head->key_name))
			continue;
		d = diag_login_key_pair(r->ds, s->at.key_name.value, s->key_name);
		if (WRITTEN(head, key_name))
			diag_label(r->ds, d, head->at.key_name.value, "the key of the head node");
		diag_note(r->ds, d,
			  "login nodes share /home with the head node, and with it the keys that "
			  "may log in");
		diag_help(r->ds, d, "leave it out; add further keys to ~/.ssh/authorized_keys");
	}
}

/* Source: ParallelCluster cluster_validators.py, SharedStorageEfsSettingsValidator, from 3.14.0 on. */
void rule_internal_efs(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	struct diag *d;

	if (!h->shared_storage_efs_settings.section.written || !USABLE(h, shared_storage_type) ||
	    h->shared_storage_type == HEAD_NODE_SHARED_STORAGE_TYPE_EFS)
		return;
	d = diag_efs_settings_without_efs(
		r->ds, h->shared_storage_efs_settings.section.key,
		enum_text(PROP_HeadNode_SharedStorageType, (int)h->shared_storage_type));
	if (WRITTEN(h, shared_storage_type))
		diag_label(r->ds, d, h->at.shared_storage_type.value, "the type");
	diag_help(r->ds, d, "write `SharedStorageType: Efs` beside it, or drop the settings");
}

/* Source: ParallelCluster 3.16.1 templates/queues_stack.py: the text is compared with `efa`. */
void rule_efa_interface_type(const struct rules *r)
{
	const struct dev_settings *dev = &r->c->dev_settings;

	if (WRITTEN(dev, efa_interface_type) && !str_eq(dev->efa_interface_type, STR("efa")))
		diag_help(r->ds,
			  diag_other_efa_interface(r->ds, dev->at.efa_interface_type.value,
						   dev->efa_interface_type),
			  "leave it out for one ordinary interface and efa-only ones");
}

/* Source: ParallelCluster monitoring_validators.py, LogRotationValidator. */
void rule_log_rotation(const struct rules *r)
{
	const struct logs *l = &r->c->monitoring.logs;
	struct diag *d;

	if (!WRITTEN(&l->cloud_watch, enabled) || l->cloud_watch.enabled ||
	    !USABLE(&l->rotation, enabled) || !USABLE(l, rotation) || !l->rotation.enabled)
		return;
	d = diag_rotation_without_logs(r->ds, l->cloud_watch.at.enabled.value);
	if (is_written(&l->rotation.at.enabled))
		diag_label(r->ds, d, l->rotation.at.enabled.value, "log files are rotated");
	diag_help(r->ds, d, "keep the logs in CloudWatch, or set `Rotation: {Enabled: false}`");
}

/* Source: ParallelCluster monitoring_validators.py, DetailedMonitoringValidator. */
void rule_detailed_monitoring(const struct rules *r)
{
	const struct monitoring *m = &r->c->monitoring;
	struct diag *d;

	if (!WRITTEN(m, detailed_monitoring) || !m->detailed_monitoring)
		return;
	d = diag_detailed_monitoring(r->ds, m->at.detailed_monitoring.value);
	diag_note(r->ds, d, "without it EC2 reports every five minutes, at no cost");
}

/* Source: ParallelCluster cluster_validators.py, DuplicateNameValidator over the ids of existing storage. */
void rule_storage_ids(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;
	struct map seen = {0};

	for (size_t i = 0; i < list->n; i++) {
		struct str id = {0};
		const struct field_at *f = storage_existing(&list->items[i], &id), *first;
		struct diag *d;

		if (f == NULL)
			continue;
		first = map_get(&seen, id);
		if (first == NULL) {
			map_put(&seen, r->a, id, f);
			continue;
		}
		d = diag_duplicate_storage_id(r->ds, f->value, id);
		diag_label(r->ds, d, first->value, "the first time");
	}
}
