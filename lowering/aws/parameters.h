/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.h - parameters of the file as parameters of the template. */
#ifndef HPCC_AWS_PARAMETERS_H
#define HPCC_AWS_PARAMETERS_H

#include "lowering/aws/stack.h"

/* Adds those parameters of st->deployment whose names are in `used`. Reports E1614 where a name is taken. */
void parameters_add(struct stack *st, const struct map *used);

#endif
