/* SPDX-License-Identifier: Apache-2.0 */
/* retain.h - what a kept resource stands on is kept with it. */
#ifndef HPCC_AWS_RETAIN_H
#define HPCC_AWS_RETAIN_H

#include "lowering/aws/stack.h"

/*
 * Keeps all that the kept resources of the graph need, so that the deletion of the stack does not fail half way. For
 * the end of the passes.
 */
void stack_keep_needs(struct stack *st);

#endif
