/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_data_print.c - user data of a finished graph, as a node will get it.
 *
 * A node is found by the variables its Fn::Sub was given (user_data.c): Queue and Resource, or Pool, or Environment of
 * lowering/batch; the head node is the one whose message names none of them.
 */
#include "lowering/lower.h"

/* "head", "QUEUE/RESOURCE" or "login/POOL"; of instances of AWS Batch the name of their compute resource. */
static struct str node_name(struct arena *a, const struct ir_value *message)
{
	const struct ir_value *queue = ir_get(message, STR("Queue"));
	const struct ir_value *pool = ir_get(message, STR("Pool"));
	const struct ir_value *environment = ir_get(message, STR("Environment"));

	if (queue != NULL)
		return arena_fmt(a, STR_F "/" STR_F, STR_A(queue->text),
				 STR_A(ir_get(message, STR("Resource"))->text));
	if (pool != NULL)
		return arena_fmt(a, "login/" STR_F, STR_A(pool->text));
	if (environment != NULL)
		return environment->text;
	return STR("head");
}

struct stack_texts cluster_user_data(const struct lowered_file *f)
{
	return user_data_texts(f, node_name);
}
