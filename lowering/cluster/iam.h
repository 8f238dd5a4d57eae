/* SPDX-License-Identifier: Apache-2.0 */
/* iam.h - the statements of the head node, between iam.c and iam_head.c. */
#ifndef HPCC_CLUSTER_IAM_H
#define HPCC_CLUSTER_IAM_H

#include "lowering/cluster/cluster.h"

/*
 * Appends what the head node of the cluster may do to `statements`. Needs the roles of the queues, the security
 * groups, storage, the state volume and the hosted zone.
 */
void head_statements(struct lowering *l, struct ir_value *statements);

/* Of that: the keys of KMS without which volumes of shared storage are not attached (iam_keys.c). */
void allow_volume_keys(struct lowering *l, struct ir_value *statements);

#endif
