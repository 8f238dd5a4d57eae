/* SPDX-License-Identifier: Apache-2.0 */
/* scheduling.c - rules about queues and compute resources: counts, sizes, subnets, what queues share. */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"

#include <inttypes.h>

/* Source: ParallelCluster 3.7.0 release notes, plugins removed. */
void rule_scheduler_known(const struct rules *r)
{
	const struct scheduling *s = &r->c->scheduling;
	struct diag *d;

	if (!WRITTEN(s, scheduler) || s->scheduler != SCHEDULING_SCHEDULER_PLUGIN)
		return;
	d = diag_scheduler_plugin(r->ds, s->at.scheduler.value);
	diag_help(r->ds, d, "write `slurm`, with `SlurmQueues` in place of `SchedulerQueues`");
}

static void count_order(const struct rules *r, const struct slurm_compute_resource *c)
{
	bool min = WRITTEN(c, min_count), max = WRITTEN(c, max_count);
	const struct field_at *f = &c->at.min_count, *other = &c->at.max_count;
	struct diag *d;

	if (!USABLE(c, min_count) || !USABLE(c, max_count) || c->max_count >= c->min_count)
		return;
	d = diag_min_above_max(r->ds, min ? f->value : other->value,
			       PROP_NAME(SlurmComputeResource_MinCount), c->min_count,
			       PROP_NAME(SlurmComputeResource_MaxCount), c->max_count);
	if (min && max)
		diag_label(r->ds, d, other->value, "MaxCount is set here");
	else
		diag_note(r->ds, d, "%s is not written; its default is %" PRId64,
			  min ? "MaxCount" : "MinCount", min ? c->max_count : c->min_count);
	diag_help(r->ds, d,
		  "MaxCount counts static and dynamic nodes; MinCount are the static ones");
}

/* Sources: ParallelCluster cluster_validators.py, ComputeResourceSizeValidator. */
static void block_counts(const struct rules *r, const struct compute *it)
{
	const struct slurm_compute_resource *c = it->resource;
	struct span at = is_written(&c->at.min_count)	? c->at.min_count.value
			 : is_written(&c->at.max_count) ? c->at.max_count.value
							: section_span(&c->section);
	struct diag *d;

	if (!USABLE(c, min_count) || !USABLE(c, max_count) || c->max_count < c->min_count ||
	    (c->max_count == c->min_count && c->min_count > 0))
		return;
	d = diag_capacity_block_counts(r->ds, at, c->min_count, c->max_count);
	diag_label(r->ds, d, it->queue->at.capacity_type.value, "the queue is a capacity block");
	diag_help(r->ds, d, "write the number of reserved instances as MinCount and as MaxCount");
}

void rule_node_counts(const struct rules *r)
{
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		count_order(r, it.resource);
		if (WRITTEN(it.queue, capacity_type) &&
		    it.queue->capacity_type == SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK)
			block_counts(r, &it);
	}
}

/* Source: ParallelCluster cluster_validators.py, MaxCountValidator: 50 in the whole cluster. */
void rule_compute_resource_count(const struct rules *r)
{
	struct compute it = {0};
	unsigned long n = 0;
	struct span at = {0};
	struct diag *d;

	if (!USABLE(&r->c->scheduling, slurm_queues))
		return;
	while (next_compute(r->c, &it)) {
		if (!USABLE(it.queue, compute_resources))
			return;
		if (++n == MAX_COMPUTE_RESOURCES + 1)
			at = it.queue->at.compute_resources.key;
	}
	if (n <= MAX_COMPUTE_RESOURCES)
		return;
	d = diag_too_many_resources(r->ds, at, n, MAX_COMPUTE_RESOURCES);
	diag_help(r->ds, d, "Instances puts several types into one compute resource");
}

/* Sources: ParallelCluster cluster_validators.py, ComputeResourceLaunchTemplateValidator: the first queue alone. */
void rule_queue_has_resources(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		struct span at = q->at.compute_resources.key;
		struct diag *d;

		if (!WRITTEN(q, compute_resources) || q->compute_resources.n > 0)
			continue;
		d = i == 0 ? diag_first_queue_empty(r->ds, at, q->name)
			   : diag_queue_empty(r->ds, at, q->name);
		diag_help(r->ds, d, "add an item with `Name` and `InstanceType`");
	}
}

static void duplicate_subnets(const struct rules *r, const struct slurm_queue *q)
{
	const struct model_strings *s = &q->networking.subnet_ids;
	struct map seen = {0};

	for (size_t i = 0; s->n > 1 && i < s->n; i++) {
		const struct model_string *first = map_get(&seen, s->items[i].text);
		struct diag *d;

		if (first == NULL) {
			map_put(&seen, r->a, s->items[i].text, &s->items[i]);
			continue;
		}
		d = diag_duplicate_subnet(r->ds, s->items[i].at, s->items[i].text);
		diag_label(r->ds, d, first->at, "the first time");
	}
}

/* The first compute resource of the queue that is bound to one instance type; NULL when none is. */
static const struct slurm_compute_resource *single_typed(const struct slurm_queue *q)
{
	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct slurm_compute_resource *c = &q->compute_resources.items[i];

		if (c->at.instances.state == FIELD_ABSENT && USABLE(c, instance_type))
			return c;
	}
	return NULL;
}

/* Sources: ParallelCluster networking_validators.py, QueueSubnetsValidator, SingleInstanceTypeSubnetValidator. */
void rule_queue_subnets(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		const struct slurm_compute_resource *c = single_typed(q);
		struct diag *d;

		duplicate_subnets(r, q);
		if (c == NULL || !has_several_subnets(q))
			continue;
		d = diag_single_type_subnets(r->ds, q->networking.at.subnet_ids.key, q->name,
					     (unsigned long)distinct_subnets(r->a, q), c->name);
		diag_label(r->ds, d,
			   is_written(&c->at.instance_type) ? c->at.instance_type.key
							    : section_span(&c->section),
			   "this compute resource has one type");
		diag_help(r->ds, d, "keep one subnet, or list the type under `Instances`");
	}
}

/* Source: ParallelCluster cluster_validators.py, RootVolumeEncryptionConsistencyValidator. */
void rule_root_volume_encryption(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct queue_root_volume *first;

	if (queues->n == 0)
		return;
	first = &queues->items[0].compute_settings.local_storage.root_volume;
	for (size_t i = 1; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		const struct queue_root_volume *v = &q->compute_settings.local_storage.root_volume;
		struct span at = is_written(&v->at.encrypted) ? v->at.encrypted.value
							      : section_span(&q->section);
		struct diag *d;

		if (!USABLE(first, encrypted) || !USABLE(v, encrypted) ||
		    v->encrypted == first->encrypted)
			continue;
		d = diag_mixed_encryption(r->ds, at, q->name, v->encrypted ? "" : "not ");
		diag_label(r->ds, d,
			   is_written(&first->at.encrypted)
				   ? first->at.encrypted.value
				   : section_span(&queues->items[0].section),
			   "those of the first queue are%s", first->encrypted ? "" : " not");
		diag_help(r->ds, d, "write the same `Encrypted` in all queues");
	}
}

/* Source: ParallelCluster cluster_validators.py, MixedSecurityGroupOverwriteValidator. */
void rule_security_group_mix(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct head_node_networking *h = &r->c->head_node.networking;
	bool head = h->security_groups.n > 0;
	const struct slurm_queue *with = NULL, *without = NULL;
	struct diag *d;

	for (size_t i = queues->n; i-- > 0;) {
		const struct slurm_queue_networking *n = &queues->items[i].networking;

		if (!USABLE(n, security_groups))
			return;
		*(n->security_groups.n > 0 ? &with : &without) = &queues->items[i];
	}
	if (!USABLE(h, security_groups) || (head ? without == NULL : with == NULL))
		return;
	d = diag_mixed_security_groups(
		r->ds, head ? h->at.security_groups.key : with->networking.at.security_groups.key,
		head ? STR("the head node")
		     : arena_fmt(r->a, "queue `" STR_F "`", STR_A(with->name)),
		head ? arena_fmt(r->a, "queue `" STR_F "`", STR_A(without->name))
		     : STR("the head node"));
	diag_label(r->ds, d, section_span(head ? &without->networking.section : &h->section),
		   "no SecurityGroups here");
	diag_note(r->ds, d,
		  "groups that replace those of the cluster must let head and compute nodes "
		  "reach each other");
}

/* Static and dynamic priorities of one queue. */
struct priorities {
	const struct slurm_compute_resource *top; /* highest StaticNodePriority with static nodes */
	const struct slurm_compute_resource
		*bottom; /* lowest DynamicNodePriority with dynamic nodes */
};

static struct priorities find_priorities(const struct slurm_queue *q)
{
	struct priorities p = {0};

	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct slurm_compute_resource *c = &q->compute_resources.items[i];

		if (!USABLE(c, min_count) || !USABLE(c, max_count) ||
		    !USABLE(c, static_node_priority) || !USABLE(c, dynamic_node_priority))
			continue;
		if (c->min_count > 0 &&
		    (p.top == NULL || c->static_node_priority > p.top->static_node_priority))
			p.top = c;
		if (c->max_count > c->min_count &&
		    (p.bottom == NULL ||
		     c->dynamic_node_priority < p.bottom->dynamic_node_priority))
			p.bottom = c;
	}
	return p;
}

/* Reports at the priority that was written, of two at the one further down. */
static void report_priorities(const struct rules *r, struct priorities p)
{
	const struct field_at *top = &p.top->at.static_node_priority;
	const struct field_at *bottom = &p.bottom->at.dynamic_node_priority;
	struct span high = VALUE_AT(p.top, static_node_priority);
	struct span low = VALUE_AT(p.bottom, dynamic_node_priority);
	bool at_low = is_written(bottom) && (!is_written(top) || low.lo > high.lo);
	struct diag *d =
		diag_static_priority(r->ds, at_low ? low : high, p.top->static_node_priority,
				     p.bottom->dynamic_node_priority);

	diag_label(r->ds, d, at_low ? high : low, "the %s nodes of this compute resource",
		   at_low ? "static" : "dynamic");
	diag_note(r->ds, d,
		  "Slurm fills nodes of lower priority first: it would start dynamic nodes while "
		  "static ones are idle");
}

/* Source: ParallelCluster slurm_settings_validator.py, SlurmNodePrioritiesWarningValidator. */
void rule_node_priorities(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++) {
		struct priorities p = find_priorities(&queues->items[i]);

		if (p.top != NULL && p.bottom != NULL &&
		    p.top->static_node_priority >= p.bottom->dynamic_node_priority)
			report_priorities(r, p);
	}
}
