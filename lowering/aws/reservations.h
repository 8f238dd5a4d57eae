/* SPDX-License-Identifier: Apache-2.0 */
/* reservations.h - capacity that somebody has reserved, in launch templates. */
#ifndef HPCC_AWS_RESERVATIONS_H
#define HPCC_AWS_RESERVATIONS_H

#include "lowering/aws/stack.h"
#include "model.h" /* generated from stdlib/schema */

/*
 * Puts CapacityReservationSpecification into the data of a launch template; nothing where `t` names no reservation.
 * Source: CloudFormation, AWS::EC2::LaunchTemplate CapacityReservationTarget.
 */
void reservation_put(struct stack *st, struct ir_value *data,
		     const struct capacity_reservation_target *t);

#endif
