/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_dirs.c - where instances of AWS Batch mount disks of their own, beside what they share.
 *
 * What would be mounted on a directory on which something is mounted already is left out when an instance boots.
 */
#include "compiler/check/rules/storage.h"
#include "compiler/model/batch.h"

/* A directory of the instances of an environment. */
struct mount_at {
	struct str dir; /* absolute; empty: none */
	struct span at;
};

static struct mount_at place_of(const struct rules *r, const struct field_at *section,
				const struct field_at *field, struct str dir)
{
	if (section->state != FIELD_WRITTEN || is_poisoned(field))
		return (struct mount_at){0};
	return (struct mount_at){mount_dir(r->a, dir),
				 is_written(field) ? field->value : section->key};
}

static void against(const struct rules *r, const struct mount_at *m, const struct mount_at *other)
{
	struct diag *d;

	if (m->dir.n == 0 || other->dir.n == 0)
		return;
	if (str_eq(m->dir, other->dir))
		d = diag_duplicate_mount_dir(r->ds, m->at, m->dir);
	else if (dir_within(m->dir, other->dir))
		d = diag_nested_mount_refused(r->ds, m->at, m->dir, other->dir);
	else if (dir_within(other->dir, m->dir))
		d = diag_nested_mount_refused(r->ds, m->at, other->dir, m->dir);
	else
		return;
	diag_label(r->ds, d, other->at, "mounted on the same instances");
}

static void instance_dirs(const struct rules *r, const struct any_section *s)
{
	const struct compute_environment *m = (const void *)s->model;
	const struct batch_environment e = {.m = m};
	const struct queue_local_storage *local = &m->local_storage;
	struct mount_at own[2];

	if (s->schema != &schema_sections[SECTION_ComputeEnvironment])
		return;
	own[0] = place_of(r, &local->at.scratch_volume, &local->scratch_volume.at.mount_dir,
			  local->scratch_volume.mount_dir);
	own[1] = place_of(r, &local->at.ephemeral_volume, &local->ephemeral_volume.at.mount_dir,
			  local->ephemeral_volume.mount_dir);
	against(r, &own[1], &own[0]);
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *shared = &r->storage->items[i];
		struct mount_at there = {.at = shared->at.mount_dir.value};

		if (!WRITTEN(shared, mount_dir) || !batch_mounts(&e, shared))
			continue;
		there.dir = mount_dir(r->a, shared->mount_dir);
		against(r, &own[0], &there);
		against(r, &own[1], &there);
	}
}

void rule_instance_dirs_distinct(const struct rules *r)
{
	each_section(r, instance_dirs);
}
