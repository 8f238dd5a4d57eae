/* SPDX-License-Identifier: Apache-2.0 */
/* storage.c - what all file systems and volumes have in common. */
#include "lowering/aws/file_systems.h"

struct ir_resource *storage_resource(struct stack *st, const char *prefix, struct str name,
				     const char *type, enum ir_policy policy,
				     struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, ir_unique_id(st->g, prefix, &name, 1), type, origin);

	resource_goes(r, policy);
	return r;
}

/*
 * ParallelCluster refuses edits that would make another file system in place of one; CloudFormation does what
 * the template says. Such an edit (another subnet of the first queue is enough for FSx) must not take the data.
 */
void storage_outlives_replacement(struct ir_resource *file_system)
{
	if (file_system->update_replace_policy == IR_DELETE)
		file_system->update_replace_policy = IR_RETAIN;
}
