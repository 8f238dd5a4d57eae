/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placed.h - subnets and groups that a file does not name, filled in from where it says that it stands.
 *
 * With a section Network the head node and login nodes get the first public subnet (the first other one where there is
 * none), queues one private subnet in each zone that sells their types. On an environment all nodes get its
 * PrimaryPrivateSubnet, and those without groups of their own its SecurityGroup as well: outputs that each environment
 * has, so that the stack is the same with the environment's file and without.
 */
#ifndef HPCC_PLACED_H
#define HPCC_PLACED_H

#include "compiler/facts/facts.h"
#include "model.h" /* generated from stdlib/schema */

/*
 * The file m, complete with what where it stands gives; m itself where that gives nothing. A value that was filled in
 * counts as written, at the key of the section that gave it. Memory is from `a`.
 */
const struct model *model_placed(struct arena *a, const struct model *m, const struct facts *facts);

#endif
