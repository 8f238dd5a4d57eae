/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_existing.c - the kinds that a cluster only mounts: FSx for OpenZFS, FSx for NetApp ONTAP, File Cache.
 *
 * The file names a volume or cache; where it is mounted from is known to the FSx API alone. So the settings
 * hold the id, and the head node asks once and tells the other nodes (storage_fsx_actions has what it must
 * be allowed to do).
 */
#include "lowering/cluster/storage.h"

void storage_openzfs(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "VolumeId", s->model->fsx_open_zfs_settings.volume_id);
}

void storage_ontap(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "VolumeId", s->model->fsx_ontap_settings.volume_id);
}

void storage_file_cache(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "FileCacheId",
		    s->model->file_cache_settings.file_cache_id);
}
