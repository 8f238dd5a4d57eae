/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_storage.c - what containers mount.
 *
 * A mount point may name a shared storage of the file, the volumes of LocalStorage, or a row of Volumes. On instances
 * the first two are directories of the instance, which its user data mounts; Fargate mounts EFS by itself.
 * Source: AWS Batch API, Volume, MountPoint and EFSVolumeConfiguration, botocore 1.44.8.
 */
#include "compiler/base/buf.h"
#include "compiler/model/effective.h"
#include "lowering/batch/jobs.h"

/* A name as AWS Batch takes it for a volume: what it does not take is told apart by a hash. */
static struct str volume_name(struct batch_stack *l, struct str name)
{
	struct buf b = buf_in(l->st.a);
	bool same = true;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_' || c == '-';

		buf_char(&b, ok ? c : '-');
		same = same && ok;
	}
	if (!same)
		buf_fmt(&b, "-%08x", (unsigned)(str_hash(name) & 0xffffffffu));
	return buf_str(&b);
}

/* ---- directories of instances ---- */

/*
 * The directory of a volume of LocalStorage: as the first environment of its queues that says it has it. Instance-store
 * disks have one where nothing says it; what names neither has none.
 */
static struct str local_dir(const struct batch_job *j, struct str name)
{
	bool disks = str_eq(name, schema_props[PROP_QueueLocalStorage_EphemeralVolume].name);
	bool scratch = str_eq(name, schema_props[PROP_QueueLocalStorage_ScratchVolume].name);
	struct str otherwise = {0};

	for (size_t i = 0; i < j->nqueues && (disks || scratch); i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments; k++) {
			const struct queue_local_storage *m =
				&j->queues[i]->environments[k]->m->local_storage;

			if (scratch && m->scratch_volume.section.written)
				return m->scratch_volume.mount_dir;
			if (disks && m->ephemeral_volume.section.written)
				return m->ephemeral_volume.mount_dir;
			if (disks && otherwise.n == 0)
				otherwise = m->ephemeral_volume.mount_dir;
		}
	return otherwise;
}

static void put_host(struct batch_stack *l, struct ir_value *volume, struct str dir)
{
	ir_put(l->st.g, volume, "Host",
	       ir_put_text(l->st.g, ir_object(l->st.g), "SourcePath", dir));
}

/* ---- EFS ---- */

static void put_own_efs(struct batch_stack *l, struct ir_value *volume,
			const struct shared_storage *s)
{
	const struct efs_settings *m = &s->efs_settings;
	struct ir *g = l->st.g;
	struct ir_value *efs = ir_object(g), *authorization = ir_object(g);

	ir_put(g, efs, "FileSystemId", l->storage[s - l->b->shared_storage.items]);
	ir_put_text(g, efs, "TransitEncryption",
		    m->encryption_in_transit ? STR("ENABLED") : STR("DISABLED"));
	if (m->access_point_id.n > 0)
		ir_put_text(g, authorization, "AccessPointId", m->access_point_id);
	if (m->iam_authorization)
		ir_put_text(g, authorization, "Iam", STR("ENABLED"));
	if (authorization->nmembers > 0)
		ir_put(g, efs, "AuthorizationConfig", authorization);
	ir_put(g, volume, "EfsVolumeConfiguration", efs);
}

static void put_efs(struct batch_stack *l, struct ir_value *volume,
		    const struct efs_volume_configuration *m)
{
	const struct efs_authorization *by = &m->authorization_config;
	struct ir *g = l->st.g;
	struct ir_value *efs = ir_object(g), *authorization = ir_object(g);

	ir_put_text(g, efs, "FileSystemId", m->file_system_id);
	if (is_written(&m->at.root_directory))
		ir_put_text(g, efs, "RootDirectory", m->root_directory);
	ir_put_text(
		g, efs, "TransitEncryption",
		enum_text(PROP_EfsVolumeConfiguration_TransitEncryption, m->transit_encryption));
	if (by->access_point_id.n > 0)
		ir_put_text(g, authorization, "AccessPointId", by->access_point_id);
	if (by->section.written)
		ir_put_text(g, authorization, "Iam",
			    enum_text(PROP_EfsAuthorization_Iam, (int)by->iam));
	if (authorization->nmembers > 0)
		ir_put(g, efs, "AuthorizationConfig", authorization);
	ir_put(g, volume, "EfsVolumeConfiguration", efs);
}

/* ---- volumes and mount points ---- */

static bool is_there(const struct ir_value *volumes, struct str name)
{
	for (size_t i = 0; i < volumes->n; i++)
		if (str_eq(ir_get(volumes->items[i], STR("Name"))->text, name))
			return true;
	return false;
}

/* Is it the name of a row of Volumes? */
static bool is_row(const struct container_properties *m, struct str name)
{
	for (size_t i = 0; i < m->volumes.n; i++)
		if (str_eq(m->volumes.items[i].name, name))
			return true;
	return false;
}

static struct ir_value *volume_new(struct batch_stack *l, struct ir_value *volumes, struct str name)
{
	struct ir_value *v = ir_object(l->st.g);

	ir_put_text(l->st.g, v, "Name", name);
	ir_push(l->st.g, volumes, v);
	return v;
}

static void push_own(struct batch_stack *l, struct ir_value *volumes, const struct volume *m)
{
	struct ir_value *v = volume_new(l, volumes, m->name);

	if (m->host.source_path.n > 0)
		put_host(l, v, m->host.source_path);
	if (m->efs_volume_configuration.section.written)
		put_efs(l, v, &m->efs_volume_configuration);
}

/* Adds the volume of a mount point that names none of Volumes. Returns where it is mounted if nothing says it. */
static struct str push_shared(struct batch_stack *l, const struct batch_container *c,
			      struct ir_value *volumes, const struct mount_point *m)
{
	const struct shared_storage *s = batch_storage_named(l->v, m->source_volume);
	struct str dir = s != NULL ? mount_dir(l->st.a, s->mount_dir)
				   : mount_dir(l->st.a, local_dir(c->job, m->source_volume));
	struct str name = volume_name(l, m->source_volume);

	if (is_there(volumes, name))
		return dir;
	if (s != NULL && c->job->fargate)
		put_own_efs(l, volume_new(l, volumes, name), s);
	else
		put_host(l, volume_new(l, volumes, name), dir);
	return dir;
}

static struct ir_value *mount_of(struct batch_stack *l, const struct mount_point *m, struct str dir)
{
	struct ir *g = l->st.g;
	struct ir_value *mount = ir_object(g);

	ir_put_text(g, mount, "SourceVolume", volume_name(l, m->source_volume));
	ir_put_text(g, mount, "ContainerPath", m->container_path.n > 0 ? m->container_path : dir);
	return ir_put_bool(g, mount, "ReadOnly", m->read_only);
}

void job_put_storage(struct batch_stack *l, const struct batch_container *c,
		     struct ir_value *properties)
{
	const struct container_properties *m = c->m;
	struct ir_value *volumes = ir_list(l->st.g), *mounts = ir_list(l->st.g);

	for (size_t i = 0; i < m->volumes.n; i++)
		push_own(l, volumes, &m->volumes.items[i]);
	for (size_t i = 0; i < m->mount_points.n; i++) {
		const struct mount_point *p = &m->mount_points.items[i];
		struct str dir = {0};

		if (!is_row(m, p->source_volume))
			dir = push_shared(l, c, volumes, p);
		ir_push(l->st.g, mounts, mount_of(l, p, dir));
	}
	if (volumes->n > 0)
		ir_put(l->st.g, properties, "Volumes", volumes);
	if (mounts->n > 0)
		ir_put(l->st.g, properties, "MountPoints", mounts);
}
