/* SPDX-License-Identifier: Apache-2.0 */
/* retain.c - what holds data is kept, and all that it stands on. */
#include "lowering/aws/retain.h"

#include "lowering/batch/batch.h"

void pass_batch_retain(struct batch_stack *l)
{
	stack_keep_needs(&l->st);
}
