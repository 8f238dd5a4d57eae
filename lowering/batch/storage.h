/* SPDX-License-Identifier: Apache-2.0 */
/* storage.h - what instances of compute environments mount. */
#ifndef HPCC_LOWERING_BATCH_STORAGE_H
#define HPCC_LOWERING_BATCH_STORAGE_H

#include "lowering/aws/file_systems.h"
#include "lowering/batch/batch.h"

/* One of SharedStorage. */
struct batch_storage {
	const struct shared_storage *m;
	struct str resource;	  /* logical id of a file system that the stack makes, else empty */
	struct ir_value *address; /* of a mount target of a new EFS, else NULL */
};

/* A volume that an instance gets for itself: of ScratchVolume, or of an entry of SharedStorage of type Ebs. */
struct batch_volume {
	struct str device; /* name that EC2 is asked for, without /dev/: "sdf" */
	/* Where it comes from: one of the two is NULL. */
	const struct scratch_volume *scratch;
	const struct shared_storage *storage;
};

struct batch_volumes {
	struct batch_volume *items;
	size_t n;
};

/* Those of the instances of a compute environment, in the order of their names. Memory is the stack's. */
struct batch_volumes batch_volumes(struct batch_stack *l, const struct batch_environment *e);
/* Appends them to the BlockDeviceMappings of a launch template. */
void batch_put_volumes(struct batch_stack *l, const struct batch_environment *e,
		       struct ir_value *mappings);

/*
 * Allows instances what their user data does: to ask where existing file systems are, to mount those that only known
 * roles may mount, to publish what alarms look at.
 */
void batch_allow_instances(struct batch_stack *l, const struct batch_environment *e,
			   struct ir_value *statements);

/*
 * The metrics of the CloudWatch agent on instances: mem_used_percent and nvidia_smi_utilization_gpu in this namespace,
 * with the dimensions Stack and Environment (name of the stack, Name of the compute environment).
 */
#define BATCH_NAMESPACE "hpcc/Batch"
/* Is there an alarm on the memory of instances? */
bool batch_watches_memory(const struct batch_stack *l);
/* Is there one on the GPUs of those of this environment? */
bool batch_watches_gpus(const struct batch_stack *l, const struct batch_environment *e);

/* The id of the subnet where storage for an environment alone stands: its first. */
struct ir_value *batch_home(struct batch_stack *l, const struct batch_environment *e);
/* There, for a file system that this environment alone mounts. */
struct storage_place batch_place(struct batch_stack *l, const struct batch_environment *e);

/* The user data of the instances, Base64 of a Sub; NULL where they need none. */
struct ir_value *batch_user_data_of(struct batch_stack *l, const struct batch_environment *e);

#endif
