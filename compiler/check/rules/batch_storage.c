/* SPDX-License-Identifier: Apache-2.0 */
/* batch_storage.c - what shared storage means where no head node exports it, and who mounts it. */
#include "compiler/check/rules/storage.h"
#include "compiler/model/batch.h"

/* ---- volumes of instances ---- */

static void own_volume(const struct rules *r, const struct shared_storage *s)
{
	const struct ebs_settings *e = &s->ebs_settings;
	struct diag *d;

	if (WRITTEN(e, volume_id)) {
		d = diag_ebs_existing(r->ds, e->at.volume_id.key);
		diag_note(r->ds, d, "no head node exports it, and it is attached to one instance");
		diag_help(r->ds, d, "share an Efs or FsxLustre storage");
	} else if (WRITTEN(e, deletion_policy) &&
		   e->deletion_policy != EBS_SETTINGS_DELETION_POLICY_DELETE) {
		d = diag_ebs_kept(
			r->ds, e->at.deletion_policy.value,
			enum_text(PROP_EbsSettings_DeletionPolicy, (int)e->deletion_policy));
		diag_note(r->ds, d, "each instance has a volume of its own, which ends with it");
		diag_fix(r->ds, d, d->at, STR("Delete"), false);
	} else {
		d = diag_ebs_not_shared(r->ds, s->at.storage_type.value);
		diag_help(r->ds, d,
			  "`LocalStorage: {ScratchVolume: {Size: 100}}` of a compute environment "
			  "says the same; what jobs share is Efs or FsxLustre");
	}
}

void rule_instance_volumes(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EBS, own_volume);
}

/* ---- who mounts it ---- */

static bool all_fargate(const struct rules *r)
{
	const struct batch_view *v = r->batch;

	for (size_t i = 0; i < v->nenvironments; i++)
		if (!v->environments[i].fargate || !USABLE(v->environments[i].m, type))
			return false;
	return v->nenvironments > 0 && USABLE(r->b, compute_environments);
}

static bool names_storage(const struct container_properties *m, struct str name)
{
	for (size_t i = 0; i < m->mount_points.n; i++)
		if (!WRITTEN(&m->mount_points.items[i], source_volume) ||
		    str_eq(m->mount_points.items[i].source_volume, name))
			return true;
	return !USABLE(m, mount_points);
}

/* Does some job of the file mount it? `*ret_jobs`: there are jobs of which all is known. */
static bool some_job(const struct rules *r, const struct shared_storage *s, bool *ret_jobs)
{
	struct batch_container c = {0};

	*ret_jobs = false;
	while (next_container(r->batch, &c)) {
		if (names_storage(c.m, s->name))
			return true;
		*ret_jobs = true;
	}
	return false;
}

static bool some_environment(const struct rules *r, const struct shared_storage *s)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++)
		if (batch_mounts(&r->batch->environments[i], s) ||
		    !USABLE(r->batch->environments[i].m, shared_storage))
			return true;
	return false;
}

static void mounted(const struct rules *r, const struct shared_storage *s)
{
	bool jobs, job = some_job(r, s, &jobs);
	struct diag *d;

	if (job || (!jobs && some_environment(r, s)))
		return;
	/* Others submit jobs with one of JobRoles, which mount what instances do. */
	if (r->b->job_roles.n > 0 && some_environment(r, s))
		return;
	d = diag_storage_unmounted(r->ds, storage_span(s), s->name, jobs ? "job" : "instance");
	if (jobs)
		diag_help(r->ds, d,
			  "add to ContainerProperties of those that use it: `MountPoints: "
			  "[{SourceVolume: " STR_F "}]`",
			  STR_A(s->name));
	else
		diag_help(r->ds, d, "add it to SharedStorage of a compute environment");
}

static void has_mounter(const struct rules *r, const struct shared_storage *s)
{
	struct diag *d;

	if (!WRITTEN(s, storage_type) || s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
		return;
	d = diag_storage_for_instances(
		r->ds, s->at.storage_type.value,
		enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type));
	diag_label(r->ds, d, r->batch->environments[0].m->at.type.value, "there is Fargate alone");
	diag_help(r->ds, d, "take Efs, or add a compute environment of Type EC2 or SPOT");
}

void rule_storage_mounted(const struct rules *r)
{
	bool fargate = all_fargate(r);

	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];

		if (fargate)
			has_mounter(r, s);
		if (WRITTEN(s, name) && USABLE(r->b, job_definitions) &&
		    !(fargate && WRITTEN(s, storage_type) &&
		      s->storage_type != SHARED_STORAGE_STORAGE_TYPE_EFS))
			mounted(r, s);
	}
}

/* ---- clients ---- */

static void old_version(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!KNOWN(f, file_system_id) || !some_environment(r, s))
		return;
	d = diag_lustre_old_client(r->ds, f->at.file_system_id.value);
	diag_note(r->ds, d, "the client of Amazon Linux 2023 may not mount version 2.10");
	diag_help(r->ds, d,
		  "look: `aws fsx describe-file-systems --file-system-ids " STR_F
		  " --query 'FileSystems[0].FileSystemTypeVersion'`",
		  STR_A(f->file_system_id));
}

void rule_lustre_client(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, old_version);
}
