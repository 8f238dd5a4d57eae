/* SPDX-License-Identifier: Apache-2.0 */
/* payload.h - which scripts a cluster carries. */
#ifndef HPCC_PAYLOAD_H
#define HPCC_PAYLOAD_H

#include "lowering/cluster/cluster.h"

/*
 * IR_LIST of the archives (templates.h) of the modules that the nodes of this cluster need, in the order of
 * the table in payload.c. Read after the passes that fill storage, hosted_zone and log_group.
 */
struct ir_value *payload_modules(struct lowering *l);

#endif
