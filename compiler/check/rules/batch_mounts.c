/* SPDX-License-Identifier: Apache-2.0 */
/* batch_mounts.c - what containers of jobs mount, and where. */
#include "compiler/base/nearest.h"
#include "compiler/check/rules/batch_fleet.h"
#include "compiler/check/rules/batch_workflows.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"

/* ---- what a mount point names ---- */

/* What `SourceVolume` is; at most one of them. */
struct mount_source {
	const struct shared_storage *storage;
	const struct volume *volume;
	const char *disk; /* BATCH_SCRATCH_VOLUME or BATCH_EPHEMERAL_VOLUME */
};

static const char *disk_called(struct str name)
{
	static const char *const disks[] = {BATCH_SCRATCH_VOLUME, BATCH_EPHEMERAL_VOLUME};

	for (size_t i = 0; i < ARRAY_LEN(disks); i++)
		if (str_eq(name, str_c(disks[i])))
			return disks[i];
	return NULL;
}

static const struct shared_storage *storage_called(const struct rules *r, struct str name)
{
	for (size_t i = 0; i < r->storage->n; i++)
		if (WRITTEN(&r->storage->items[i], name) && str_eq(r->storage->items[i].name, name))
			return &r->storage->items[i];
	return NULL;
}

static const struct volume *volume_called(const struct container_properties *m, struct str name)
{
	for (size_t i = 0; i < m->volumes.n; i++)
		if (WRITTEN(&m->volumes.items[i], name) && str_eq(m->volumes.items[i].name, name))
			return &m->volumes.items[i];
	return NULL;
}

static struct mount_source source_of(const struct rules *r, const struct container_properties *m,
				     struct str name)
{
	struct mount_source s = {.storage = storage_called(r, name)};

	if (s.storage == NULL)
		s.volume = volume_called(m, name);
	if (s.volume == NULL && s.storage == NULL)
		s.disk = disk_called(name);
	return s;
}

bool mount_source_known(const struct rules *r, const struct container_properties *m,
			struct str name)
{
	struct mount_source s = source_of(r, m, name);

	return s.storage != NULL || s.volume != NULL || s.disk != NULL;
}

/* Is each name of volumes and storages one without fault, so that an unknown one means none of them? */
static bool names_whole(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < r->storage->n; i++)
		if (!WRITTEN(&r->storage->items[i], name))
			return false;
	for (size_t i = 0; i < m->volumes.n; i++)
		if (!WRITTEN(&m->volumes.items[i], name))
			return false;
	return USABLE(r->b, shared_storage) && USABLE(m, volumes);
}

/* ---- one mount point ---- */

static void on_fargate(const struct rules *r, const struct mount_point *p,
		       const struct mount_source *s)
{
	struct diag *d;

	if (s->volume != NULL ||
	    (s->storage != NULL && (!WRITTEN(s->storage, storage_type) ||
				    s->storage->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)))
		return;
	d = diag_storage_not_on_fargate(r->ds, p->at.source_volume.value, p->source_volume,
					s->disk != NULL ? STR("a disk of instances")
							: enum_text(PROP_SharedStorage_StorageType,
								    (int)s->storage->storage_type));
	if (s->storage != NULL)
		diag_label(r->ds, d, s->storage->at.storage_type.value, "its type");
	diag_help(r->ds, d,
		  s->disk != NULL ? "`EphemeralStorage: {SizeInGiB: 100}` gives the task a disk"
				  : "share an Efs storage, or run the job on instances");
}

/* Is it not known what storage instances of the environment mount? */
static bool mounts_unknown(const struct rules *r, const struct batch_environment *e)
{
	for (size_t i = 0; i < e->m->shared_storage.n; i++)
		if (storage_called(r, e->m->shared_storage.items[i].text) == NULL)
			return true;
	return is_poisoned(&e->m->at.shared_storage);
}

/* Do instances of the environment have it? */
static bool has_source(const struct rules *r, const struct fleet *own, const struct mount_source *s)
{
	const struct queue_local_storage *local = &own->e->m->local_storage;

	if (s->storage != NULL)
		return batch_mounts(own->e, s->storage) || mounts_unknown(r, own->e);
	if (str_eq(str_c(s->disk), STR(BATCH_SCRATCH_VOLUME)))
		return local->at.scratch_volume.state != FIELD_ABSENT ||
		       is_poisoned(&own->e->m->at.local_storage);
	for (size_t i = 0; own->whole && i < own->n; i++)
		if (own->types[i].type->disks == 0)
			return false;
	return true;
}

static void not_there(const struct job_place *p, const struct mount_point *m,
		      const struct mount_source *s, const struct fleet *own)
{
	struct diag *d = diag_storage_not_mounted(p->r->ds, m->at.source_volume.value, own->e->name,
						  m->source_volume);

	diag_note(p->r->ds, d, "what the job writes there goes to the root volume, and is lost");
	if (!names_queues(p->c->job) && p->n > 1)
		diag_help(p->r->ds, d, "name the queues of the job with `JobQueues`");
	if (s->storage != NULL)
		diag_label(p->r->ds, d, own->e->m->at.shared_storage.value, "what it mounts");
	else if (str_eq(str_c(s->disk), STR(BATCH_SCRATCH_VOLUME)))
		diag_help(p->r->ds, d,
			  "add `LocalStorage: {ScratchVolume: {Size: 100}}` to the compute "
			  "environment");
	else
		diag_help(
			p->r->ds, d,
			"some of its types have no disks of their own: take types such as c6id or "
			"m6id, or a ScratchVolume");
}

/* Have all instances that the job may run on this disk, or is its name what is meant? */
static bool offers_disk(const struct job_place *p, const char *disk, struct str name)
{
	const struct mount_source s = {.disk = disk};
	size_t n = 0;

	if (edit_distance(name, str_c(disk), near_limit(name)) <= near_limit(name))
		return true;
	while (n < p->n && !p->c->job->fargate && has_source(p->r, p->fleets[n], &s))
		n++;
	return p->n > 0 && n == p->n;
}

static void unknown_source(const struct job_place *place, const struct container_properties *m,
			   const struct mount_point *p)
{
	static const char *const disks[] = {BATCH_SCRATCH_VOLUME, BATCH_EPHEMERAL_VOLUME};
	const char *none =
		place->c->job->fargate
			? "`EphemeralStorage: {SizeInGiB: 100}` gives the task a disk, which needs "
			  "no "
			  "mount point; to share files add an Efs storage to `SharedStorage`"
			: "for a disk of the instance add `LocalStorage: {ScratchVolume: {Size: "
			  "100}}` "
			  "to the compute environment, and write `SourceVolume: ScratchVolume`; "
			  "other "
			  "storages stand in `SharedStorage` or `Volumes`";
	const struct rules *r = place->r;
	size_t n = 0;
	struct str *names = NEW_ARRAY(r->a, struct str, r->storage->n + m->volumes.n + 2);

	for (size_t i = 0; i < r->storage->n; i++)
		names[n++] = r->storage->items[i].name;
	for (size_t i = 0; i < m->volumes.n; i++)
		names[n++] = m->volumes.items[i].name;
	for (size_t i = 0; i < ARRAY_LEN(disks); i++)
		if (offers_disk(place, disks[i], p->source_volume))
			names[n++] = str_c(disks[i]);
	offer_names(r,
		    diag_unknown_name(r->ds, p->at.source_volume.value, "storage or volume",
				      p->source_volume),
		    p->at.source_volume.value, p->source_volume, (struct choice){names, n, none});
}

/* Each environment of its queues must have it, also where the job names none: what it writes there would be lost. */
static void on_instances(const struct job_place *p, const struct mount_point *m,
			 const struct mount_source *s)
{
	if (s->volume != NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!has_source(p->r, p->fleets[i], s)) {
			not_there(p, m, s, p->fleets[i]);
			return;
		}
}

/* Does it stand where the storage of a workflow of the job is mounted? Then that is told. */
static bool is_of_workflow(const struct job_place *p, const struct mount_point *m)
{
	struct workflow_walk it = {0};

	while (WRITTEN(m, container_path) && next_workflow(p->r, &it))
		if (it.w.job == p->c->job && USABLE(it.w.m, mount_dir) &&
		    str_eq(mount_dir(p->r->a, m->container_path), it.w.dir))
			return true;
	return false;
}

static void sources_there(const struct job_place *p, const struct fleets *f)
{
	const struct container_properties *m = p->c->m;

	(void)f;
	for (size_t i = 0; USABLE(m, mount_points) && i < m->mount_points.n; i++) {
		const struct mount_point *point = &m->mount_points.items[i];
		struct mount_source s;

		if (!WRITTEN(point, source_volume))
			continue;
		s = source_of(p->r, m, point->source_volume);
		if (s.storage == NULL && s.volume == NULL && s.disk == NULL) {
			if (names_whole(p->r, m) && !is_of_workflow(p, point))
				unknown_source(p, m, point);
		} else if (!p->c->job->placed) {
			continue;
		} else if (p->c->job->fargate) {
			on_fargate(p->r, point, &s);
		} else {
			on_instances(p, point, &s);
		}
	}
}

void rule_mount_sources(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	each_place(r, &f, sources_there);
}

/* ---- where it is mounted ---- */

/* A directory in the container on which something stands. */
struct taken {
	struct str dir;
	struct span at;
};

/* A disk's own directory, as an environment of the job says it first. */
static struct str disk_dir(const struct batch_job *j, const char *disk)
{
	bool scratch = str_eq(str_c(disk), STR(BATCH_SCRATCH_VOLUME));

	for (size_t i = 0; i < j->nqueues; i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments; k++) {
			const struct queue_local_storage *m =
				&j->queues[i]->environments[k]->m->local_storage;

			return scratch ? m->scratch_volume.mount_dir
				       : m->ephemeral_volume.mount_dir;
		}
	return (struct str){0};
}

/* The directory; empty where none is said, *ret_missing when there is none to take. */
static struct str dir_of(const struct rules *r, const struct batch_container *c,
			 const struct mount_point *p, bool *ret_missing)
{
	struct mount_source s = source_of(r, c->m, p->source_volume);
	struct str dir = {0};

	*ret_missing = false;
	if (WRITTEN(p, container_path))
		dir = p->container_path;
	else if (!USABLE(p, container_path) || !WRITTEN(p, source_volume))
		return dir;
	else if (s.storage != NULL)
		dir = WRITTEN(s.storage, mount_dir) ? s.storage->mount_dir : dir;
	else if (s.disk != NULL)
		dir = disk_dir(c->job, s.disk);
	else
		*ret_missing = s.volume != NULL && !p->section.poisoned;
	return dir.n > 0 ? mount_dir(r->a, dir) : dir;
}

static void taken_twice(const struct rules *r, const struct taken *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].dir, all[n].dir)) {
			struct diag *d = diag_container_path_twice(r->ds, all[n].at, all[n].dir);

			diag_label(r->ds, d, all[i].at, "mounted here already");
			return;
		}
}

static void paths_distinct(const struct rules *r, const struct batch_container *c)
{
	const struct tmpfs_list *tmpfs = &c->m->linux_parameters.tmpfs;
	const struct mount_point_list *points = &c->m->mount_points;
	struct taken *all = NEW_ARRAY(r->a, struct taken, points->n + tmpfs->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < points->n + tmpfs->n; i++) {
		const struct mount_point *p = i < points->n ? &points->items[i] : NULL;
		const struct tmpfs *t = p == NULL ? &tmpfs->items[i - points->n] : NULL;
		bool missing = false;

		if (p != NULL) {
			all[n] = (struct taken){dir_of(r, c, p, &missing),
						WRITTEN(p, container_path)
							? p->at.container_path.value
							: section_span(&p->section)};
			if (missing)
				diag_help(r->ds,
					  diag_container_path_missing(r->ds,
								      section_span(&p->section),
								      p->source_volume),
					  "add `ContainerPath: /DIRECTORY`");
		} else if (WRITTEN(t, container_path)) {
			all[n] = (struct taken){mount_dir(r->a, t->container_path),
						t->at.container_path.value};
		}
		if (all[n].dir.n == 0)
			continue;
		taken_twice(r, all, n);
		n++;
	}
}

void rule_container_paths(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		if (USABLE(c.m, mount_points))
			paths_distinct(r, &c);
}

/* ---- volumes ---- */

/* Is it mounted, or may it be what a mount point means that names nothing? */
static bool is_mounted(const struct rules *r, const struct container_properties *m, struct str name)
{
	for (size_t i = 0; i < m->mount_points.n; i++) {
		const struct mount_point *p = &m->mount_points.items[i];

		if (!WRITTEN(p, source_volume) || str_eq(p->source_volume, name))
			return true;
		if (!mount_source_known(r, m, p->source_volume))
			return true;
	}
	return !USABLE(m, mount_points);
}

static void volume_ok(const struct rules *r, const struct container_properties *m,
		      const struct volume *v)
{
	const struct shared_storage *s = storage_called(r, v->name);
	struct diag *d;

	if (!WRITTEN(v, name))
		return;
	if (s != NULL) {
		d = diag_volume_name_taken(r->ds, v->at.name.value, v->name, "a shared storage");
		diag_label(r->ds, d, s->at.name.value, "the storage");
		diag_help(r->ds, d,
			  "a mount point names the storage directly: no volume is needed");
	} else if (disk_called(v->name) != NULL) {
		diag_volume_name_taken(r->ds, v->at.name.value, v->name, "a disk of each instance");
	} else if (!is_mounted(r, m, v->name)) {
		diag_help(r->ds, diag_volume_unused(r->ds, v->at.name.value, v->name),
			  "add it to MountPoints: `- {SourceVolume: " STR_F
			  ", ContainerPath: /DIRECTORY}`",
			  STR_A(v->name));
	}
}

static void efs_volume(const struct rules *r, const struct efs_volume_configuration *e)
{
	const struct efs_authorization *auth = &e->authorization_config;
	bool iam = WRITTEN(auth, iam) && auth->iam == EFS_AUTHORIZATION_IAM_ENABLED;
	bool point = auth->at.access_point_id.state != FIELD_ABSENT;
	struct diag *d;

	if (WRITTEN(e, transit_encryption) &&
	    e->transit_encryption == EFS_VOLUME_CONFIGURATION_TRANSIT_ENCRYPTION_DISABLED &&
	    (iam || point)) {
		d = diag_efs_volume_plain(r->ds, e->at.transit_encryption.value,
					  iam ? PROP_NAME(EfsAuthorization_Iam)
					      : PROP_NAME(EfsAuthorization_AccessPointId));
		diag_label(r->ds, d, iam ? auth->at.iam.value : auth->at.access_point_id.value,
			   "it stands here");
		diag_fix(r->ds, d, d->at, STR("ENABLED"), false);
	}
	if (point && WRITTEN(e, root_directory) && !str_eq(e->root_directory, STR("/"))) {
		d = diag_efs_volume_root(r->ds, e->at.root_directory.value);
		diag_label(r->ds, d, auth->at.access_point_id.value,
			   "it has a directory of its own");
	}
}

void rule_job_volumes(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		for (size_t i = 0; i < c.m->volumes.n; i++) {
			volume_ok(r, c.m, &c.m->volumes.items[i]);
			efs_volume(r, &c.m->volumes.items[i].efs_volume_configuration);
		}
}
