/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volumes.c - EBS volumes that each instance gets for itself, and loses with itself.
 *
 * Their names are free of what images use. Source: EC2 user guide, "Device names for volumes on Amazon EC2 instances".
 */
#include "lowering/batch/storage.h"

enum { PLAIN_NAMES = 11 }; /* sdf to sdp; xvdca and so on are as free, where there are more */

static void add_volume(struct batch_stack *l, struct batch_volumes *ret,
		       const struct scratch_volume *scratch, const struct shared_storage *storage)
{
	struct batch_volume *v = &ret->items[ret->n];

	v->device = ret->n < PLAIN_NAMES
			    ? arena_fmt(l->st.a, "sd%c", 'f' + (int)ret->n)
			    : arena_fmt(l->st.a, "xvdc%c", 'a' + (int)(ret->n - PLAIN_NAMES));
	v->scratch = scratch;
	v->storage = storage;
	ret->n++;
}

static int64_t number_of(const struct ebs_settings *m)
{
	return m->raid.section.written ? m->raid.number_of_volumes : 1;
}

struct batch_volumes batch_volumes(struct batch_stack *l, const struct batch_environment *e)
{
	const struct shared_storage_list *list = &l->b->shared_storage;
	const struct scratch_volume *scratch = &e->m->local_storage.scratch_volume;
	struct batch_volumes ret = {0};
	size_t n = 1;

	for (size_t i = 0; i < list->n; i++)
		n += (size_t)number_of(&list->items[i].ebs_settings);
	ret.items = NEW_ARRAY(l->st.a, struct batch_volume, n);
	if (scratch->section.written)
		add_volume(l, &ret, scratch, NULL);
	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *m = &list->items[i];

		if (m->storage_type != SHARED_STORAGE_STORAGE_TYPE_EBS || !batch_mounts(e, m))
			continue;
		for (int64_t k = 0; k < number_of(&m->ebs_settings); k++)
			add_volume(l, &ret, NULL, m);
	}
	return ret;
}

/* io1 and io2 take no volume without a number of IOPS: the least there is. Source: EC2 API, CreateVolume. */
static int64_t iops_of(int64_t written, struct str type)
{
	bool provisioned = str_eq(type, STR("io1")) || str_eq(type, STR("io2"));

	return written > 0 ? written : provisioned ? 100 : 0;
}

static struct ir_value *ebs_object(struct ir *g, struct str type, int64_t size, int64_t iops,
				   int64_t throughput)
{
	struct ir_value *ebs = ir_object(g);

	ir_put_bool(g, ebs, "DeleteOnTermination", true);
	ir_put_text(g, ebs, "VolumeType", type);
	ir_put_int(g, ebs, "VolumeSize", size);
	if (iops_of(iops, type) > 0)
		ir_put_int(g, ebs, "Iops", iops_of(iops, type));
	if (throughput > 0)
		ir_put_int(g, ebs, "Throughput", throughput);
	return ebs;
}

static struct ir_value *scratch_ebs(struct ir *g, const struct scratch_volume *m)
{
	struct ir_value *ebs =
		ebs_object(g, enum_text(PROP_ScratchVolume_VolumeType, (int)m->volume_type),
			   m->size, m->iops, m->throughput);

	return ir_put_bool(g, ebs, "Encrypted", m->encrypted);
}

static struct ir_value *storage_ebs(struct ir *g, const struct ebs_settings *m)
{
	struct ir_value *ebs =
		ebs_object(g, enum_text(PROP_EbsSettings_VolumeType, (int)m->volume_type), m->size,
			   m->iops, m->throughput);

	ir_put_bool(g, ebs, "Encrypted", m->encrypted);
	if (m->kms_key_id.n > 0)
		ir_put_text(g, ebs, "KmsKeyId", m->kms_key_id);
	if (m->snapshot_id.n > 0)
		ir_put_text(g, ebs, "SnapshotId", m->snapshot_id);
	return ebs;
}

void batch_put_volumes(struct batch_stack *l, const struct batch_environment *e,
		       struct ir_value *mappings)
{
	struct batch_volumes volumes = batch_volumes(l, e);
	struct ir *g = l->st.g;

	for (size_t i = 0; i < volumes.n; i++) {
		const struct batch_volume *v = &volumes.items[i];
		struct ir_value *mapping = ir_object(g);

		ir_put(g, mapping, "DeviceName", ir_textf(g, "/dev/" STR_F, STR_A(v->device)));
		ir_put(g, mapping, "Ebs",
		       v->scratch != NULL ? scratch_ebs(g, v->scratch)
					  : storage_ebs(g, &v->storage->ebs_settings));
		ir_push(g, mappings, mapping);
	}
}
