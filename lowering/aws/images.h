/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - what all kinds of instances have: an image, a root volume, metadata options, CPU options. */
#ifndef HPCC_IMAGES_H
#define HPCC_IMAGES_H

#include "lowering/aws/stack.h"

/* What the nodes of a file share. */
struct node_system {
	struct str os;		 /* Image.Os as the file writes it */
	struct str custom_ami;	 /* an image of the user, or empty */
	struct ir_origin origin; /* of os */
	bool imds_v1;		 /* instances answer IMDSv1 as well */
};

/*
 * The image id of a node: its own (`own_ami`, or empty), else that of the system, else a parameter with the newest
 * image of the operating system for the architecture (and GPU) of the type. Where AWS publishes no parameter, a
 * look-up by name when the stack is created.
 */
struct ir_value *node_image(struct stack *st, const struct node_system *system, struct str own_ami,
			    struct str type_name);
/* The public parameter with the newest image for a type, or empty when AWS publishes none for the system. */
struct str image_parameter_path(const struct stack *st, struct str os, struct str type_name);

/* Settings of a root volume; 0 and empty mean "as the image has it". */
struct root_volume {
	int64_t size, iops, throughput; /* GiB, -, MiB/s */
	struct str type;
	bool encrypted, keep; /* keep: not deleted with the instance */
};

/*
 * BlockDeviceMappings of a launch template or instance: the root volume of the image for `type_name`, and the instance
 * store disks of `type`, which may be NULL.
 */
struct ir_value *block_devices(struct stack *st, struct str os, const struct root_volume *v,
			       struct str type_name, const struct instance_type *type);
/* MetadataOptions of an instance: HttpTokens "required", or "optional" where IMDSv1 is to answer as well. */
struct ir_value *metadata_options(struct stack *st, bool v1);
/* CpuOptions that turn SMT off, or NULL when that cannot be asked of the type. */
struct ir_value *cpu_options(struct stack *st, struct str type_name);

#endif
