/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - the pass over SharedStorage.
 *
 * Takes the list in the file and makes, for each entry, the resources of a new file system or volume and
 * the settings by which nodes mount it. The one idea: what a deployment decides (ids, mount names) is put
 * into the settings as references, what only the AWS API knows (the path of an existing volume) is left
 * out, and the head node asks for it. Nodes read the settings from the metadata of the head node, so no
 * user data changes with the storage.
 *
 * A file system that outlives the stack (DeletionPolicy: Retain) keeps what it stands on, its security group
 * and mount targets, but not the rules that name groups of the stack: EC2 refuses to delete a security
 * group that a rule of another one names.
 */
#include "lowering/cluster/storage.h"

#include "lowering/aws/file_systems.h"

struct storage_type {
	const char *name;
	void (*lower)(struct lowering *l, struct lowered_storage *s);
};

/* Indexed by enum shared_storage_storage_type. */
static const struct storage_type storage_types[] = {
	[SHARED_STORAGE_STORAGE_TYPE_EBS] = {"Ebs", storage_ebs},
	[SHARED_STORAGE_STORAGE_TYPE_EFS] = {"Efs", storage_efs},
	[SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE] = {"FsxLustre", storage_lustre},
	[SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS] = {"FsxOpenZfs", storage_openzfs},
	[SHARED_STORAGE_STORAGE_TYPE_FSXONTAP] = {"FsxOntap", storage_ontap},
	[SHARED_STORAGE_STORAGE_TYPE_FILECACHE] = {"FileCache", storage_file_cache},
};

static const struct storage_type raid = {"Raid", storage_raid};

static const struct storage_type *type_of_storage(const struct shared_storage *m)
{
	if (m->storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS &&
	    m->ebs_settings.raid.section.written)
		return &raid;
	INVARIANT((size_t)m->storage_type < ARRAY_LEN(storage_types));
	INVARIANT(storage_types[m->storage_type].lower != NULL);
	return &storage_types[m->storage_type];
}

static void lower_one(struct lowering *l, struct lowered_storage *s, const struct shared_storage *m)
{
	const struct storage_type *type = type_of_storage(m);

	s->model = m;
	s->settings = ir_object(l->st.g);
	ir_put_text(l->st.g, s->settings, "Kind", str_c(type->name));
	ir_put_text(l->st.g, s->settings, "Name", m->name);
	ir_put_text(l->st.g, s->settings, "MountDir", mount_dir(l->st.a, m->mount_dir));
	type->lower(l, s);
}

void pass_storage(struct lowering *l)
{
	const struct shared_storage_list *list = &l->c->shared_storage;
	bool internal = l->c->head_node.shared_storage_type == HEAD_NODE_SHARED_STORAGE_TYPE_EFS;

	l->nstorage = list->n + internal;
	l->storage = NEW_ARRAY(l->st.a, struct lowered_storage, l->nstorage);
	for (size_t i = 0; i < list->n; i++)
		lower_one(l, &l->storage[i], &list->items[i]);
	if (internal)
		storage_internal_efs(l, &l->storage[list->n]);
}

/* ---- what the head node must be allowed to ask ---- */

static void want_action(struct stack *st, struct ir_value *actions, const char *action)
{
	struct ir_value *one = ir_list(st->g);

	ir_push(st->g, one, ir_text(st->g, str_c(action)));
	list_add_distinct(st, actions, one);
}

void storage_fsx_actions(struct lowering *l, struct ir_value *actions)
{
	for (size_t i = 0; i < l->c->shared_storage.n; i++) {
		switch (l->c->shared_storage.items[i].storage_type) {
		case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
			if (l->storage[i].id.n == 0)
				want_action(&l->st, actions, "fsx:DescribeFileSystems");
			break;
		case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
			want_action(&l->st, actions, "fsx:DescribeVolumes");
			break;
		case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
			want_action(&l->st, actions, "fsx:DescribeVolumes");
			want_action(&l->st, actions, "fsx:DescribeStorageVirtualMachines");
			break;
		case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
			want_action(&l->st, actions, "fsx:DescribeFileCaches");
			break;
		case SHARED_STORAGE_STORAGE_TYPE_EBS:
		case SHARED_STORAGE_STORAGE_TYPE_EFS:
		case SHARED_STORAGE_STORAGE_TYPE_UNSET:
			break;
		}
	}
}
