/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_ebs.c - EBS volumes and RAID arrays of them.
 *
 * A volume is attached to one instance at a time, so the head node attaches it, makes a file system on it
 * when it has none, and exports it by NFS. New volumes are made in the zone of the head node, for a volume
 * cannot be attached across zones.
 */
#include "lowering/aws/file_systems.h"
#include "lowering/cluster/storage.h"

static enum ir_policy policy_of(const struct ebs_settings *m)
{
	switch (m->deletion_policy) {
	case EBS_SETTINGS_DELETION_POLICY_RETAIN:
		return IR_RETAIN;
	case EBS_SETTINGS_DELETION_POLICY_SNAPSHOT:
		return IR_SNAPSHOT;
	case EBS_SETTINGS_DELETION_POLICY_DELETE:
	case EBS_SETTINGS_DELETION_POLICY_UNSET:
		return IR_DELETE;
	}
	BUG("no such deletion policy");
}

/*
 * io1 and io2 take no volume without a number of IOPS; ParallelCluster's default is 100, the least there is.
 * gp3 has its own default. Source: EC2 API, CreateVolume; ParallelCluster user guide, EbsSettings.
 */
static int64_t iops_of(const struct ebs_settings *m)
{
	bool provisioned = m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO1 ||
			   m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO2;

	return m->iops > 0 ? m->iops : provisioned ? 100 : 0;
}

/* A volume with the settings of `m`. `name` is unique among the volumes of the cluster. */
static struct ir_resource *volume(struct lowering *l, const struct ebs_settings *m, struct str name,
				  struct ir_origin origin)
{
	struct ir_resource *r =
		storage_resource(&l->st, "Volume", name, "AWS::EC2::Volume", policy_of(m), origin);
	struct ir_value *p = r->properties;

	ir_put(l->st.g, p, "AvailabilityZone", l->head_zone);
	ir_put_int(l->st.g, p, "Size", m->size);
	ir_put_text(l->st.g, p, "VolumeType",
		    enum_text(PROP_EbsSettings_VolumeType, m->volume_type));
	if (iops_of(m) > 0)
		ir_put_int(l->st.g, p, "Iops", iops_of(m));
	if (m->throughput > 0)
		ir_put_int(l->st.g, p, "Throughput", m->throughput);
	ir_put_bool(l->st.g, p, "Encrypted", m->encrypted);
	if (m->kms_key_id.n > 0)
		ir_put_text(l->st.g, p, "KmsKeyId", m->kms_key_id);
	if (m->snapshot_id.n > 0)
		ir_put_text(l->st.g, p, "SnapshotId", m->snapshot_id);
	tags_put(&l->st, p, "Tags", ir_text(l->st.g, name));
	return r;
}

void storage_ebs(struct lowering *l, struct lowered_storage *s)
{
	const struct ebs_settings *m = &s->model->ebs_settings;
	struct ir_value *ids = ir_list(l->st.g);

	if (m->volume_id.n > 0) {
		ir_push(l->st.g, ids, ir_text(l->st.g, m->volume_id));
	} else {
		s->id = volume(l, m, s->model->name, origin_of_section(&s->model->section))->id;
		ir_push(l->st.g, ids, ir_ref(l->st.g, s->id));
	}
	ir_put(l->st.g, s->settings, "VolumeIds", ids);
}

void storage_raid(struct lowering *l, struct lowered_storage *s)
{
	const struct ebs_settings *m = &s->model->ebs_settings;
	struct ir_value *ids = ir_list(l->st.g);

	for (int64_t i = 1; i <= m->raid.number_of_volumes; i++) {
		struct str name = arena_fmt(l->st.a, STR_F "-%d", STR_A(s->model->name), (int)i);
		struct str id = volume(l, m, name, origin_of_section(&s->model->section))->id;

		if (i == 1)
			s->id = id;
		ir_push(l->st.g, ids, ir_ref(l->st.g, id));
	}
	ir_put(l->st.g, s->settings, "VolumeIds", ids);
	ir_put_int(l->st.g, s->settings, "RaidType", m->raid.type);
}
