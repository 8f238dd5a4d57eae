/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - the volume that outlives the head node.
 *
 * Home directories, Slurm's state and the key of the cluster lie on an EBS volume of their own, which the
 * head attaches and mounts at /srv/hpcc. ParallelCluster keeps them on the root volume of the head, so the
 * volume follows what the file says of that one: as large (at least 40 GiB), encrypted or not, kept or
 * deleted with the cluster.
 */
#include "lowering/cluster/cluster.h"

enum { STATE_MIN_GIB = 40 };

void pass_state(struct lowering *l)
{
	const struct head_node_root_volume *root = &l->c->head_node.local_storage.root_volume;
	struct ir_resource *r = ir_add(l->st.g, STR("StateVolume"), "AWS::EC2::Volume",
				       origin_of_section(&root->section));
	int64_t size = root->size > STATE_MIN_GIB ? root->size : STATE_MIN_GIB;
	enum ir_policy policy = root->delete_on_termination ? IR_DELETE : IR_RETAIN;

	ir_put(l->st.g, r->properties, "AvailabilityZone", l->head_zone);
	ir_put_text(l->st.g, r->properties, "VolumeType", STR("gp3"));
	ir_put_int(l->st.g, r->properties, "Size", size);
	ir_put_bool(l->st.g, r->properties, "Encrypted", root->encrypted);
	tags_put(&l->st, r->properties, "Tags", ir_text(l->st.g, STR("State")));
	resource_goes(r, policy);
	l->state_volume = r->id;
}
