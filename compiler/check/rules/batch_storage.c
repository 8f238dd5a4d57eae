/* SPDX-License-Identifier: Apache-2.0 */
/* batch_storage.c - what shared storage means where no head node exports it, and who mounts it. */
#include "compiler/check/rules/batch_fleet.h"
#include "compiler/check/rules/standing.h"
#include "compiler/check/rules/storage.h"
#include "compiler/model/network.h"

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

bool all_on_fargate(const struct rules *r)
{
	const struct batch_view *v = r->batch;

	for (size_t i = 0; i < v->nenvironments; i++)
		if (!v->environments[i].fargate || !USABLE(v->environments[i].m, type))
			return false;
	return v->nenvironments > 0 && USABLE(r->b, compute_environments);
}

/* Does the container mount it, or may it, where a name leads nowhere? */
static bool names_storage(const struct rules *r, const struct container_properties *m,
			  struct str name)
{
	for (size_t i = 0; i < m->mount_points.n; i++)
		if (!WRITTEN(&m->mount_points.items[i], source_volume) ||
		    str_eq(m->mount_points.items[i].source_volume, name) ||
		    !mount_source_known(r, m, m->mount_points.items[i].source_volume))
			return true;
	return !USABLE(m, mount_points);
}

/* Does some job of the file mount it? `*ret_jobs`: there are jobs of which all is known. */
static bool some_job(const struct rules *r, const struct shared_storage *s, bool *ret_jobs)
{
	struct batch_container c = {0};

	*ret_jobs = false;
	while (next_container(r->batch, &c)) {
		if (names_storage(r, c.m, s->name))
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

	if (!jobs && !USABLE(r->b, compute_environments))
		return;
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

	bool jobs;

	if (!WRITTEN(s, storage_type) || s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS ||
	    (WRITTEN(s, name) && some_job(r, s, &jobs)))
		return; /* of a mount point it is told there */
	d = diag_storage_for_instances(
		r->ds, s->at.storage_type.value,
		enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type));
	diag_label(r->ds, d, r->batch->environments[0].m->at.type.value, "there is Fargate alone");
	diag_help(r->ds, d, "take Efs, or add a compute environment of Type EC2 or SPOT");
}

void rule_storage_mounted(const struct rules *r)
{
	bool fargate = all_on_fargate(r);

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

/* ---- zones ---- */

/* The zones of known subnets from which instances mount the storage; *ret_at: the first environment of several. */
static size_t zones_of_mounters(const struct rules *r, const struct shared_storage *s,
				const struct batch_environment **ret_at)
{
	bool seen[NET_MAX_ZONES] = {false};
	size_t n = 0;

	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		const struct model_strings *ids = &e->m->networking.subnet_ids;

		for (size_t k = 0; batch_mounts(e, s) && k < ids->n; k++) {
			const struct net_subnet *subnet = standing_subnet(r, ids->items[k].text);

			if (subnet == NULL || subnet->zone >= ARRAY_LEN(seen) || seen[subnet->zone])
				continue;
			seen[subnet->zone] = true;
			if (++n == 2)
				*ret_at = e;
		}
	}
	return n;
}

static void one_zone(const struct rules *r, const struct shared_storage *s)
{
	const struct batch_environment *e = NULL;
	size_t n = is_new_lustre(s) ? zones_of_mounters(r, s, &e) : 0;
	struct diag *d;

	if (n < 2)
		return;
	d = diag_lustre_from_zones(r->ds, s->at.storage_type.value, n);
	diag_label(r->ds, d, VALUE_AT(&e->m->networking, subnet_ids), "subnets of several zones");
	diag_note(
		r->ds, d,
		"a Lustre file system stands in one; from the others it is slower, the traffic is "
		"paid for, and jobs there end with either zone");
	diag_help(r->ds, d,
		  "`SubnetName` of the storage says where it stands; `Networking: {SubnetIds: "
		  "[...]}` of the compute environment keeps its instances there");
}

/* Source: FSx for Lustre user guide, "Accessing file systems": one zone. */
void rule_lustre_zone(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, one_zone);
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
