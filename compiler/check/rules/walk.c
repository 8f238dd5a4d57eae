/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c - steps that many rules take over the model. */
#include "compiler/check/rules/rule.h"

struct span section_span(const struct section_at *s)
{
	struct span at = span_is_set(s->key) ? s->key : s->span;
	struct str text = span_text(at);

	at.hi = (uint32_t)(at.lo + str_find(text, '\n', 0));
	return at;
}

void each_section(const struct rules *r,
		  void (*f)(const struct rules *r, const struct any_section *s))
{
	for (size_t i = 0; i < r->sections.n; i++)
		f(r, &r->sections.items[i]);
}

static struct named_type named(const struct rules *r, struct str name, struct span at)
{
	return (struct named_type){name, at, facts_instance(r->facts, name)};
}

size_t compute_types(const struct rules *r, const struct slurm_compute_resource *c,
		     struct named_type ret[MAX_TYPES])
{
	size_t n = 0;

	if (WRITTEN(c, instance_type))
		ret[n++] = named(r, c->instance_type, c->at.instance_type.value);
	for (size_t i = 0; i < c->instances.n && n < MAX_TYPES; i++) {
		const struct flexible_instance_type *t = &c->instances.items[i];

		if (WRITTEN(t, instance_type))
			ret[n++] = named(r, t->instance_type, t->at.instance_type.value);
	}
	return n;
}

void each_typed_node(const struct rules *r,
		     void (*f)(const struct rules *r, const struct typed_node *n))
{
	const struct head_node *head = &r->c->head_node;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	struct named_type types[MAX_TYPES];
	struct compute it = {0};

	if (WRITTEN(head, instance_type))
		f(r, &(struct typed_node){
			     .what = "the head node",
			     .type = named(r, head->instance_type, head->at.instance_type.value),
			     .image = &head->image,
			     .start = &head->custom_actions.on_node_start,
			     .configured = &head->custom_actions.on_node_configured});
	for (size_t i = 0; i < pools->n; i++) {
		const struct login_pool *p = &pools->items[i];

		if (WRITTEN(p, instance_type))
			f(r, &(struct typed_node){
				     .what = "the login pool",
				     .name = p->name,
				     .type = named(r, p->instance_type, p->at.instance_type.value),
				     .image = &p->image,
				     .start = &p->custom_actions.on_node_start,
				     .configured = &p->custom_actions.on_node_configured});
	}
	while (next_compute(r->c, &it)) {
		size_t n = compute_types(r, it.resource, types);

		for (size_t i = 0; i < n; i++)
			f(r, &(struct typed_node){
				     .what = "the compute resource",
				     .name = it.resource->name,
				     .type = types[i],
				     .computes = true,
				     .image = &it.queue->image,
				     .start = &it.queue->custom_actions.on_node_start,
				     .configured = &it.queue->custom_actions.on_node_configured});
	}
}
