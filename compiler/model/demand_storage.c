/* SPDX-License-Identifier: Apache-2.0 */
/* demand_storage.c - what shared storage comes to: what is made, and how much of it. */
#include "compiler/model/demand_list.h"

/* Size and number of a new volume or file system; a given one is there already. */
static void put_made(struct demand *d, bool given, int64_t gib)
{
	if (given)
		return;
	d->min = d->max = 1;
	d->gib = gib;
}

static void put_ebs(struct demands *l, struct demand *d, const struct ebs_settings *m)
{
	int64_t volumes = m->raid.section.written ? demand_sound(&m->raid.at.number_of_volumes,
								 m->raid.number_of_volumes)
						  : 1;
	struct volume_said v = {enum_text(PROP_EbsSettings_VolumeType, (int)m->volume_type),
				demand_sound(&m->at.size, m->size),
				demand_sound(&m->at.iops, m->iops),
				demand_sound(&m->at.throughput, m->throughput)};
	struct parts p = {0};

	put_made(d, m->volume_id.n > 0, volumes * v.gib);
	if (d->max == 0)
		return;
	parts_volume(l, &p, &v, volumes);
	demand_put_parts(l, d, &p);
}

/* Files are paid for by what is stored; a throughput that is bought, by the file. */
static void put_efs(struct demands *l, struct demand *d, const struct efs_settings *m)
{
	bool bought = m->throughput_mode == EFS_SETTINGS_THROUGHPUT_MODE_PROVISIONED;
	struct parts p = {0};

	put_made(d, m->file_system_id.n > 0, 0);
	if (d->max == 0)
		return;
	demand_use(l, m->availability_zone_name.n > 0 ? DEMAND_EFS_ONE_ZONE : DEMAND_EFS_STANDARD);
	if (is_written(&m->at.transition_to_ia))
		demand_use(l, DEMAND_EFS_IA);
	if (bought)
		part_add(&p, DEMAND_EFS_THROUGHPUT,
			 demand_sound(&m->at.provisioned_throughput, m->provisioned_throughput));
	demand_put_parts(l, d, &p);
}

static enum demand_item lustre_item(const struct fsx_lustre_settings *m)
{
	bool persistent = m->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_1 ||
			  m->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_2;

	if (m->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_HDD)
		return DEMAND_LUSTRE_PERSISTENT_HDD;
	return persistent ? DEMAND_LUSTRE_PERSISTENT_SSD : DEMAND_LUSTRE_SCRATCH_SSD;
}

/* One of a backup has the size of that: it is unknown how much. */
static void put_lustre(struct demands *l, struct demand *d, const struct fsx_lustre_settings *m)
{
	int64_t gib = demand_sound(&m->at.storage_capacity, m->storage_capacity);
	bool tiered = m->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_INTELLIGENT_TIERING;
	struct parts p = {0};

	put_made(d, m->file_system_id.n > 0, gib);
	if (d->max == 0)
		return;
	if (tiered)
		part_add(&p, DEMAND_LUSTRE_TIERED,
			 demand_sound(&m->at.throughput_capacity, m->throughput_capacity));
	else
		part_add(&p, lustre_item(m), gib > 0 ? gib : 1);
	part_add(&p, DEMAND_LUSTRE_METADATA,
		 demand_sound(&m->metadata_configuration.at.iops, m->metadata_configuration.iops));
	if (m->automatic_backup_retention_days > 0)
		demand_use(l, DEMAND_BACKUPS);
	demand_put_parts(l, d, &p);
}

static void put_openzfs(struct demands *l, struct demand *d, const struct fsx_open_zfs_settings *m)
{
	bool single = m->deployment_type == FSX_OPEN_ZFS_SETTINGS_DEPLOYMENT_TYPE_SINGLE_AZ_1;
	struct parts p = {0};

	put_made(d, m->volume_id.n > 0 || m->storage_capacity == 0,
		 demand_sound(&m->at.storage_capacity, m->storage_capacity));
	if (d->max == 0)
		return;
	part_add(&p, single ? DEMAND_OPENZFS_SINGLE : DEMAND_OPENZFS_OTHER, d->gib);
	if (single)
		part_add(&p, DEMAND_OPENZFS_SINGLE_THROUGHPUT,
			 demand_sound(&m->at.throughput_capacity, m->throughput_capacity));
	if (m->automatic_backup_retention_days > 0)
		demand_use(l, DEMAND_BACKUPS);
	demand_put_parts(l, d, &p);
}

static void add_storage(struct demands *l, const struct shared_storage *s)
{
	struct demand d = {.what = DEMAND_STORAGE, .name = s->name, .mount_dir = s->mount_dir};

	demand_put_type(l, &d, &s->at.storage_type,
			enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type));
	switch (s->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
		put_ebs(l, &d, &s->ebs_settings);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		put_efs(l, &d, &s->efs_settings);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		put_lustre(l, &d, &s->fsx_lustre_settings);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		put_openzfs(l, &d, &s->fsx_open_zfs_settings);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break; /* given always */
	}
	demand_add(l, d);
}

void demand_storage(struct demands *l, const struct shared_storage_list *storage)
{
	for (size_t i = 0; i < storage->n; i++)
		add_storage(l, &storage->items[i]);
}
