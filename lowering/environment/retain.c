/* SPDX-License-Identifier: Apache-2.0 */
/* retain.c - what holds data is kept, and all that it stands on. */
#include "lowering/aws/retain.h"

#include "lowering/environment/environment.h"

void pass_env_retain(struct ground *l)
{
	stack_keep_needs(&l->st);
}
