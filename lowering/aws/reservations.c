/* SPDX-License-Identifier: Apache-2.0 */
/* reservations.c - capacity that somebody has reserved. */
#include "lowering/aws/reservations.h"

void reservation_put(struct stack *st, struct ir_value *data,
		     const struct capacity_reservation_target *t)
{
	struct ir *g = st->g;
	struct ir_value *target = ir_object(g), *spec = ir_object(g);

	if (t->capacity_reservation_id.n > 0)
		ir_put_text(g, target, "CapacityReservationId", t->capacity_reservation_id);
	else if (t->capacity_reservation_resource_group_arn.n > 0)
		ir_put_text(g, target, "CapacityReservationResourceGroupArn",
			    t->capacity_reservation_resource_group_arn);
	else
		return;
	ir_put(g, spec, "CapacityReservationTarget", target);
	ir_put(g, data, "CapacityReservationSpecification", spec);
}
