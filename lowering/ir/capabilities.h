/* SPDX-License-Identifier: Apache-2.0 */
/* capabilities.h - what a deployment must acknowledge about a graph. */
#ifndef HPCC_CAPABILITIES_H
#define HPCC_CAPABILITIES_H

#include "lowering/ir/ir.h"

/*
 * What `aws cloudformation deploy --capabilities` must be told: "CAPABILITY_NAMED_IAM" when a role or
 * profile has a name of its own (Iam.ResourcePrefix) or a stack is nested, "CAPABILITY_IAM" when there are
 * roles or profiles at all, else NULL. Static.
 */
const char *ir_capabilities(const struct ir *g);

#endif
