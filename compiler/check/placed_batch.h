/* SPDX-License-Identifier: Apache-2.0 */
/* placed_batch.h - what sections of a batch file take from others: a part of model_placed(). */
#ifndef HPCC_PLACED_BATCH_H
#define HPCC_PLACED_BATCH_H

#include "compiler/base/arena.h"
#include "model.h" /* generated from stdlib/schema */

/*
 * The file m with JobDefaults in its job definitions, and with Networking of the file in its compute environments,
 * those of workflows too. Subnets and groups that neither names are those of its Network or Environment: one private
 * subnet of each zone, or PrivateSubnets and SecurityGroup of the environment.
 */
const struct batch *batch_placed(struct arena *a, const struct model *m);

#endif
