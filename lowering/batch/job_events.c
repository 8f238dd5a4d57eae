/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_events.c - rules of EventBridge on what AWS Batch says of jobs.
 *
 * Each child of an array and each node of a job of several nodes has events of its own, told from others by a member
 * that only these have. Source: AWS Batch user guide, EventBridge events; API, ArrayPropertiesDetail and
 * NodeDetails, botocore 1.44.8.
 */
#include "lowering/aws/arn.h"
#include "lowering/batch/watch.h"

enum { QUEUES_OF_A_RULE = 7 };

struct str batch_queue_words(struct batch_stack *l, const struct lowered_job_queue *q)
{
	struct str fixed = q->m->m != NULL ? q->m->m->job_queue_name : STR("");
	struct ir_value *name = batch_name(l, fixed, q->m->name);

	return name->kind == IR_STRING ? sub_literal(&l->st, name->text) : name->text;
}

struct ir_value *batch_filled(struct batch_stack *l, struct str format)
{
	return str_find_str(format, STR("${"), 0) == SIZE_MAX ? ir_text(l->st.g, format)
							      : ir_sub(l->st.g, format);
}

static struct ir_value *one(struct ir *g, struct ir_value *v)
{
	return ir_push(g, ir_list(g), v);
}

static struct ir_value *words(struct ir *g, struct str text)
{
	struct ir_value *list = ir_list(g);

	while (text.s != NULL)
		ir_push(g, list, ir_text(g, str_cut(&text, ' ')));
	return list;
}

/* The pattern of a member that must not be there. */
static void lacks(struct ir *g, struct ir_value *detail, const char *section, const char *member)
{
	struct ir_value *absent = ir_put_bool(g, ir_object(g), "exists", false);
	struct ir_value *o = ir_get(detail, str_c(section));

	if (o == NULL)
		ir_put(g, detail, section, o = ir_object(g));
	ir_put(g, o, member, one(g, absent));
}

static struct ir_value *pattern_of(struct batch_stack *l, const struct job_rule *m,
				   struct ir_value *queues)
{
	struct ir *g = l->st.g;
	struct ir_value *pattern = ir_object(g), *detail = ir_object(g);

	ir_put(g, detail, "jobQueue", queues);
	if (m->statuses != NULL)
		ir_put(g, detail, "status", words(g, str_c(m->statuses)));
	if (m->no_children)
		lacks(g, detail, "arrayProperties", "index");
	if (m->no_arrays)
		lacks(g, detail, "arrayProperties", "size");
	if (m->no_nodes)
		lacks(g, detail, "nodeProperties", "nodeIndex");
	ir_put(g, pattern, "source", one(g, ir_text(g, STR("aws.batch"))));
	ir_put(g, pattern, "detail-type", one(g, ir_text(g, str_c(m->detail_type))));
	return ir_put(g, pattern, "detail", detail);
}

static void add_one(struct batch_stack *l, const struct job_rule *m, struct str id,
		    struct ir_value *queues)
{
	struct ir_resource *r = ir_add(l->st.g, id, "AWS::Events::Rule", m->origin);

	ir_put(l->st.g, r->properties, "EventPattern", pattern_of(l, m, queues));
	ir_put(l->st.g, r->properties, "Targets", one(l->st.g, m->target(l, m, id)));
	tags_put(&l->st, r->properties, "Tags", NULL);
}

void batch_rule_add(struct batch_stack *l, const struct job_rule *m)
{
	struct ir_value *all = ir_list(l->st.g);

	for (size_t i = 0; i < l->v->nqueues; i++) {
		struct ir_value *queue = ir_ref(l->st.g, l->queues[i].resource);

		if (l->v->nqueues > QUEUES_OF_A_RULE)
			add_one(l, m, batch_id(l, m->id, l->queues[i].m->name),
				one(l->st.g, queue));
		else
			ir_push(l->st.g, all, queue);
	}
	if (all->n > 0)
		add_one(l, m, str_c(m->id), all);
}
