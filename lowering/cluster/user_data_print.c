/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_data_print.c - user data of a finished graph, as a node will get it.
 *
 * A node is found by the variables its Fn::Sub was given (user_data.c): Queue and Resource, or Pool; the
 * head node is the one whose message names neither.
 */
#include "lowering/aws/message.h"
#include "lowering/lower.h"

/* The message of a resource, an IR_SUB, or NULL. */
static const struct ir_value *message_of(const struct ir_resource *r)
{
	const struct ir_value *data = r->properties;
	const struct ir_value *v;

	if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
		data = ir_get(data, STR("LaunchTemplateData"));
	else if (!str_eq(r->type, STR("AWS::EC2::Instance")))
		return NULL;
	v = data != NULL ? ir_get(data, STR("UserData")) : NULL;
	return v != NULL && v->kind == IR_BASE64 && v->items[0]->kind == IR_SUB ? v->items[0]
										: NULL;
}

/* "head", "QUEUE/RESOURCE" or "login/POOL". */
static struct str node_name(struct arena *a, const struct ir_value *message)
{
	const struct ir_value *queue = ir_get(message, STR("Queue"));
	const struct ir_value *pool = ir_get(message, STR("Pool"));

	if (queue != NULL)
		return arena_fmt(a, STR_F "/" STR_F, STR_A(queue->text),
				 STR_A(ir_get(message, STR("Resource"))->text));
	if (pool != NULL)
		return arena_fmt(a, "login/" STR_F, STR_A(pool->text));
	return STR("head");
}

struct stack_texts cluster_user_data(const struct lowered_file *f)
{
	const struct map *resources = &f->graph->resources;
	struct stack_texts texts = {NEW_ARRAY(f->a, struct stack_text, resources->n), 0};

	for (size_t i = 0; i < resources->n; i++) {
		const struct ir_value *message = message_of(resources->items[i].value);
		struct stack_text *t = &texts.items[texts.n];

		if (message == NULL)
			continue;
		t->name = node_name(f->a, message);
		if (f->only == NULL || str_eq(t->name, *f->only))
			t->text = message_text(f->a, f->graph, message);
		texts.n++;
	}
	return texts;
}
