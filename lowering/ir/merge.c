/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - graphs of one stack as one, in which parameters decide. */
#include "lowering/ir/merge.h"

#include "lowering/ir/equal.h"
#include "lowering/ir/walk.h"

#include <string.h>

/* The graphs that still count: bit k for graph k. */
typedef uint64_t graph_set;

enum { MOST_GRAPHS = 64 };

struct merge {
	struct ir_merge *in;
	struct ir *g;
};

static bool in_set(graph_set s, size_t k)
{
	return (s >> k & 1) != 0;
}

static graph_set all_graphs(const struct merge *m)
{
	return m->in->n == MOST_GRAPHS ? UINT64_MAX : ((graph_set)1 << m->in->n) - 1;
}

static struct str value_in(const struct merge *m, size_t graph, size_t parameter)
{
	return m->in->values[graph * m->in->nparameters + parameter];
}

/* The graphs of s in which the parameter has this value. */
static graph_set having(const struct merge *m, graph_set s, size_t parameter, struct str value)
{
	graph_set found = 0;

	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) && str_eq(value_in(m, k, parameter), value))
			found |= (graph_set)1 << k;
	return found;
}

static size_t first_of(graph_set s)
{
	size_t k = 0;

	while (!in_set(s, k))
		k++;
	return k;
}

static void fail(struct merge *m, const char *what, struct str name)
{
	if (m->in->fault.n == 0)
		m->in->fault = arena_fmt(m->in->arena,
					 "with another value, %s `" STR_F
					 "` of the template would be another",
					 what, STR_A(name));
}

/* ---- conditions ---- */

/*
 * The condition with this test, called "PlaceIsFast", made at the first call for it. Another test may have that name:
 * that of "not-fast" reads as that of all but "fast". Then a number follows.
 */
static struct str condition_called(struct merge *m, struct str name, const char *is,
				   struct str value, struct ir_value *test)
{
	struct str words = ir_unique_id(
		m->g, arena_fmt(m->in->arena, STR_F "%s", STR_A(name), is).s, &value, 1);
	const struct ir_value *there;
	struct str id = words;

	for (unsigned n = 2; (there = map_get(&m->g->conditions, id)) != NULL; n++) {
		if (ir_same(there, test))
			return id;
		id = arena_fmt(m->in->arena, STR_F "%u", STR_A(words), n);
	}
	ir_add_condition(m->g, id, test);
	return id;
}

/* The condition that a parameter has a value. */
static struct str condition_for(struct merge *m, size_t parameter, struct str value)
{
	struct str name = m->in->parameters[parameter];
	struct ir_value *test = ir_func(m->g, IR_EQUALS, STR(""));

	ir_push(m->g, test, ir_ref(m->g, name));
	ir_push(m->g, test, ir_text(m->g, value));
	return condition_called(m, name, "Is", value, test);
}

/* ---- values ---- */

/* Is the value the same in all graphs of s? Values are NULL where there is none. */
static bool uniform(const struct merge *m, graph_set s, struct ir_value *const *v)
{
	const struct ir_value *first = v[first_of(s)];

	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) && v[k] != first &&
		    (v[k] == NULL || first == NULL || !ir_same(v[k], first)))
			return false;
	return true;
}

/* Is the value in each graph of s the text of the parameter there? */
static bool is_parameter(const struct merge *m, graph_set s, struct ir_value *const *v,
			 size_t parameter)
{
	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) &&
		    (v[k] == NULL || v[k]->kind != IR_STRING || v[k]->attribute.n > 0 ||
		     !str_eq(v[k]->text, value_in(m, k, parameter))))
			return false;
	return true;
}

/* Does the value in s depend on this parameter alone? */
static bool decides(const struct merge *m, graph_set s, struct ir_value *const *v, size_t parameter)
{
	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) &&
		    !uniform(m, having(m, s, parameter, value_in(m, k, parameter)), v))
			return false;
	return true;
}

/* The parameter to ask first in s: one that decides alone, else the first that has several values there. */
static size_t parameter_to_ask(const struct merge *m, graph_set s, struct ir_value *const *v)
{
	for (size_t p = 0; p < m->in->nparameters; p++)
		if (decides(m, s, v, p))
			return p;
	for (size_t p = 0; p < m->in->nparameters; p++)
		if (having(m, s, p, value_in(m, first_of(s), p)) != s)
			return p;
	BUG("graphs that differ have the same values of all parameters");
}

/* v[k] for the graphs of s, as an Fn::If where they differ. */
static struct ir_value *choose(struct merge *m, graph_set s, struct ir_value *const *v)
{
	struct ir_value *choice;
	graph_set then, otherwise;
	struct str value;
	size_t p;

	if (uniform(m, s, v))
		return v[first_of(s)] != NULL ? v[first_of(s)] : ir_ref(m->g, STR("AWS::NoValue"));
	for (p = 0; p < m->in->nparameters; p++)
		if (is_parameter(m, s, v, p))
			return ir_ref(m->g, m->in->parameters[p]);
	p = parameter_to_ask(m, s, v);
	value = value_in(m, first_of(s), p);
	then = having(m, s, p, value);
	otherwise = s & ~then;
	choice = ir_func(m->g, IR_IF, condition_for(m, p, value));
	ir_push(m->g, choice, choose(m, then, v));
	return ir_push(m->g, choice, choose(m, otherwise, v));
}

static struct ir_value *merge_values(struct merge *m, graph_set s, struct ir_value *const *v);

/* Have all values in s this kind and the text of the first? */
static bool alike(const struct merge *m, graph_set s, struct ir_value *const *v, enum ir_kind kind)
{
	const struct ir_value *first = v[first_of(s)];

	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) &&
		    (v[k] == NULL || v[k]->kind != kind || !str_eq(v[k]->text, first->text)))
			return false;
	return true;
}

/* Members of all: those of the first, then others in the order in which they come. */
static struct ir_value *merge_members(struct merge *m, graph_set s, struct ir_value *const *v,
				      struct ir_value *into)
{
	struct ir_value **each = NEW_ARRAY(m->in->arena, struct ir_value *, m->in->n);

	for (size_t k = 0; k < m->in->n; k++)
		for (size_t i = 0; in_set(s, k) && i < v[k]->nmembers; i++) {
			struct str name = v[k]->members[i].name;

			if (ir_get(into, name) != NULL)
				continue;
			for (size_t j = 0; j < m->in->n; j++)
				each[j] = in_set(s, j) ? ir_get(v[j], name) : NULL;
			ir_put_str(m->g, into, name, merge_values(m, s, each));
		}
	return into;
}

static struct ir_value *merge_items(struct merge *m, graph_set s, struct ir_value *const *v,
				    struct ir_value *into)
{
	struct ir_value **each = NEW_ARRAY(m->in->arena, struct ir_value *, m->in->n);
	size_t most = 0;

	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) && v[k]->n > most)
			most = v[k]->n;
	for (size_t i = 0; i < most; i++) {
		for (size_t k = 0; k < m->in->n; k++)
			each[k] = in_set(s, k) && i < v[k]->n ? v[k]->items[i] : NULL;
		ir_push(m->g, into, merge_values(m, s, each));
	}
	return into;
}

static bool same_length(const struct merge *m, graph_set s, struct ir_value *const *v)
{
	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) && v[k]->n != v[first_of(s)]->n)
			return false;
	return true;
}

/* Have all the same names of members? */
static bool same_names(const struct merge *m, graph_set s, struct ir_value *const *v)
{
	const struct ir_value *first = v[first_of(s)];

	for (size_t k = 0; k < m->in->n; k++) {
		if (!in_set(s, k))
			continue;
		if (v[k]->nmembers != first->nmembers)
			return false;
		for (size_t i = 0; i < first->nmembers; i++)
			if (ir_get(v[k], first->members[i].name) == NULL)
				return false;
	}
	return true;
}

/*
 * One value of those in s: as deep as they have the same form, and chosen where they differ. NULL in v: none there.
 * What is in the other graphs does not matter.
 */
static struct ir_value *merge_values(struct merge *m, graph_set s, struct ir_value *const *v)
{
	const struct ir_value *first = v[first_of(s)];

	if (uniform(m, s, v))
		return choose(m, s, v);
	if (alike(m, s, v, IR_OBJECT))
		return merge_members(m, s, v, ir_object(m->g));
	if (alike(m, s, v, IR_LIST))
		return merge_items(m, s, v, ir_list(m->g));
	if (alike(m, s, v, IR_SUB) && same_names(m, s, v))
		return merge_members(m, s, v, ir_sub(m->g, first->text));
	if (alike(m, s, v, IR_BASE64) && same_length(m, s, v))
		return merge_items(m, s, v, ir_func(m->g, IR_BASE64, first->text));
	return choose(m, s, v);
}

/* The same of a part that not every resource or output has; NULL where none has it. */
static struct ir_value *merge_part(struct merge *m, graph_set s, struct ir_value *const *v)
{
	for (size_t k = 0; k < m->in->n; k++)
		if (in_set(s, k) && v[k] != NULL)
			return merge_values(m, s, v);
	return NULL;
}

/* ---- parts of a graph ---- */

/* The values of graph k, with bars between: what `${P}|${Q}` gives there. */
static struct str combination(const struct merge *m, size_t k)
{
	struct str text = value_in(m, k, 0);

	for (size_t p = 1; p < m->in->nparameters; p++)
		text = arena_fmt(m->in->arena, STR_F "|" STR_F, STR_A(text),
				 STR_A(value_in(m, k, p)));
	return text;
}

/* The test whether the values are those of graph k: of one parameter, or of all together. */
static struct ir_value *combination_test(struct merge *m, size_t k, size_t parameter)
{
	struct ir_value *test = ir_func(m->g, IR_EQUALS, STR(""));
	struct str format = STR("");

	if (parameter < m->in->nparameters) {
		ir_push(m->g, test, ir_ref(m->g, m->in->parameters[parameter]));
		return ir_push(m->g, test, ir_text(m->g, value_in(m, k, parameter)));
	}
	for (size_t p = 0; p < m->in->nparameters; p++)
		format = arena_fmt(m->in->arena, STR_F "%s${" STR_F "}", STR_A(format),
				   p > 0 ? "|" : "", STR_A(m->in->parameters[p]));
	ir_push(m->g, test, ir_sub(m->g, format));
	return ir_push(m->g, test, ir_text(m->g, combination(m, k)));
}

/* Is s what graph k has, by one parameter or by all? That parameter, nparameters for all, SIZE_MAX for neither. */
static size_t decided_by(const struct merge *m, graph_set s, size_t k)
{
	for (size_t p = 0; p < m->in->nparameters; p++)
		if (having(m, all_graphs(m), p, value_in(m, k, p)) == s)
			return p;
	return s == (graph_set)1 << k ? m->in->nparameters : SIZE_MAX;
}

/*
 * The condition that holds in the graphs of s, which are not all: that of a value, or of a combination of values, or
 * that it is none of these. Empty where it is neither.
 */
static struct str set_condition(struct merge *m, graph_set s)
{
	graph_set others = all_graphs(m) & ~s;
	size_t k = first_of(s), p = decided_by(m, s, k);
	bool negated = p == SIZE_MAX;
	struct ir_value *test;
	bool single;

	if (negated) {
		k = first_of(others);
		p = decided_by(m, others, k);
	}
	if (p == SIZE_MAX)
		return STR("");
	single = p < m->in->nparameters;
	test = combination_test(m, k, p);
	if (negated)
		test = ir_push(m->g, ir_func(m->g, IR_NOT, STR("")), test);
	return condition_called(m, single ? m->in->parameters[p] : STR("Values"),
				negated ? "IsNot" : "Is",
				single ? value_in(m, k, p) : combination(m, k), test);
}

/* A thing of this name in each graph, NULL where it has none; the set of those that have it. */
static graph_set find_all(const struct merge *m, size_t part, struct str name, const void **ret)
{
	graph_set s = 0;

	for (size_t k = 0; k < m->in->n; k++) {
		const struct map *items =
			(const struct map *)(const void *)((const char *)m->in->graphs[k] + part);

		ret[k] = map_get(items, name);
		s |= (graph_set)(ret[k] != NULL) << k;
	}
	return s;
}

/* One member of what each graph has of a part, where it has it. */
#define MEMBERS(m, T, items, member) members_of((m), (items), offsetof(T, member))

static struct ir_value **members_of(const struct merge *m, const void *const *items, size_t offset)
{
	struct ir_value **v = NEW_ARRAY(m->in->arena, struct ir_value *, m->in->n);

	for (size_t k = 0; k < m->in->n; k++)
		if (items[k] != NULL)
			memcpy(&v[k], (const char *)items[k] + offset, sizeof(v[k]));
	return v;
}

static struct str condition_of(struct merge *m, graph_set s, const char *what, struct str name)
{
	struct str condition = s == all_graphs(m) ? STR("") : set_condition(m, s);

	if (s != all_graphs(m) && condition.n == 0)
		fail(m, what, name);
	return condition;
}

static void add_depends(struct merge *m, struct ir_resource *to, const struct ir_resource *from)
{
	for (size_t i = 0; i < from->ndepends; i++)
		ir_depend(m->g, to, from->depends_on[i]);
}

static void add_resource(struct merge *m, struct str id)
{
	const void **items = NEW_ARRAY(m->in->arena, const void *, m->in->n);
	graph_set s = find_all(m, offsetof(struct ir, resources), id, items);
	const struct ir_resource *first = items[first_of(s)];
	struct ir_resource *r = ir_add(
		m->g, id, arena_fmt(m->in->arena, STR_F, STR_A(first->type)).s, first->origin);

	for (size_t k = 0; k < m->in->n; k++) {
		const struct ir_resource *other = items[k];

		if (other == NULL)
			continue;
		if (!str_eq(other->type, first->type) ||
		    !str_eq(other->condition, first->condition) ||
		    other->deletion_policy != first->deletion_policy ||
		    other->update_replace_policy != first->update_replace_policy)
			fail(m, "the resource", id);
		add_depends(m, r, other);
	}
	r->condition = condition_of(m, s, "whether there is the resource", id);
	if (first->condition.n > 0 && r->condition.n > 0)
		fail(m, "the resource", id);
	else if (first->condition.n > 0)
		r->condition = first->condition;
	r->deletion_policy = first->deletion_policy;
	r->update_replace_policy = first->update_replace_policy;
	r->properties = merge_part(m, s, MEMBERS(m, struct ir_resource, items, properties));
	r->metadata = merge_part(m, s, MEMBERS(m, struct ir_resource, items, metadata));
	r->update_policy = merge_part(m, s, MEMBERS(m, struct ir_resource, items, update_policy));
	r->creation_policy =
		merge_part(m, s, MEMBERS(m, struct ir_resource, items, creation_policy));
	if (r->properties->kind != IR_OBJECT)
		fail(m, "the resource", id);
}

/* ---- orders ---- */

/*
 * What the metadata holds already, and room for more. It may stand in the graphs as well, which stay as they are. NULL
 * where values decide whether there is any.
 */
static struct ir_value *metadata_to_add(struct merge *m, const struct ir_value *metadata)
{
	struct ir_value *o = ir_object(m->g);

	if (metadata == NULL)
		return o;
	if (metadata->kind != IR_OBJECT)
		return NULL;
	for (size_t i = 0; i < metadata->nmembers; i++)
		ir_put_str(m->g, o, metadata->members[i].name, metadata->members[i].value);
	return o;
}

/*
 * DependsOn knows no conditions. What may be missing while the resource is there is referred to by its metadata, under
 * the condition: CloudFormation waits for it all the same.
 * Source: AWS CloudFormation Template Reference, "Condition functions" (Fn::If in the Metadata attribute), "DependsOn
 * attribute" (Ref implies a dependency).
 */
static void keep_order(struct merge *m, struct str id)
{
	struct ir_resource *r = ir_find(m->g, id);
	struct ir_value *order = ir_list(m->g), *metadata;
	size_t kept = 0;

	for (size_t i = 0; i < r->ndepends; i++) {
		struct str on = r->depends_on[i];
		const struct ir_resource *target = ir_find(m->g, on);
		struct ir_value *choice;

		if (ir_there_with(target, r)) {
			r->depends_on[kept++] = on;
			continue;
		}
		choice = ir_func(m->g, IR_IF, target->condition);
		ir_push(m->g, choice, ir_ref(m->g, on));
		ir_push(m->g, order, ir_push(m->g, choice, ir_text(m->g, STR(""))));
	}
	r->ndepends = kept;
	if (order->n == 0)
		return;
	metadata = metadata_to_add(m, r->metadata);
	if (metadata == NULL)
		fail(m, "the resource", id);
	else
		r->metadata = ir_put(m->g, metadata, "Order", order);
}

static void add_output(struct merge *m, struct str name)
{
	const void **items = NEW_ARRAY(m->in->arena, const void *, m->in->n);
	graph_set s = find_all(m, offsetof(struct ir, outputs), name, items);
	const struct ir_output *first = items[first_of(s)];
	struct ir_value *value = merge_part(m, s, MEMBERS(m, struct ir_output, items, value));
	struct ir_output *o = ir_add_output(m->g, name, first->description, value, first->origin);

	o->condition = condition_of(m, s, "whether there is the output", name);
	if (first->condition.n > 0 && o->condition.n > 0)
		fail(m, "the output", name);
	else if (first->condition.n > 0)
		o->condition = first->condition;
	o->export_name = merge_part(m, s, MEMBERS(m, struct ir_output, items, export_name));
}

static void add_parameter(struct merge *m, struct str name)
{
	const void **items = NEW_ARRAY(m->in->arena, const void *, m->in->n);
	graph_set s = find_all(m, offsetof(struct ir, parameters), name, items);
	const struct ir_parameter *first = items[first_of(s)];
	struct ir_parameter *p =
		ir_add_parameter(m->g, name, "", first->description, first->origin);

	for (size_t k = 0; k < m->in->n; k++) {
		const struct ir_parameter *other = items[k];

		if (other != NULL &&
		    (!str_eq(other->type, first->type) ||
		     (other->default_value == NULL) != (first->default_value == NULL) ||
		     (first->default_value != NULL &&
		      !ir_same(other->default_value, first->default_value))))
			fail(m, "the parameter", name);
	}
	*p = *first;
}

/* A mapping, condition or rule, which no parameter can change. */
static void add_fixed(struct merge *m, size_t part, struct map *into, struct str name)
{
	const void **items = NEW_ARRAY(m->in->arena, const void *, m->in->n);
	graph_set s = find_all(m, part, name, items);
	const struct ir_value *first = items[first_of(s)];

	for (size_t k = 0; k < m->in->n; k++)
		if (items[k] != NULL && !ir_same(items[k], first))
			fail(m, "the part", name);
	map_put(into, m->in->arena, name, first);
}

/* The names of a part in all graphs: those of the first, then others. */
static struct map names_of(const struct merge *m, size_t part)
{
	struct map names = {0};

	for (size_t k = 0; k < m->in->n; k++) {
		const struct map *items =
			(const struct map *)(const void *)((const char *)m->in->graphs[k] + part);

		for (size_t i = 0; i < items->n; i++)
			if (map_get(&names, items->items[i].key) == NULL)
				map_put(&names, m->in->arena, items->items[i].key, items);
	}
	return names;
}

static void add_all_fixed(struct merge *m, size_t part, struct map *into)
{
	struct map names = names_of(m, part);

	for (size_t i = 0; i < names.n; i++)
		add_fixed(m, part, into, names.items[i].key);
}

static void add_all(struct merge *m, size_t part, void (*add)(struct merge *m, struct str name))
{
	struct map names = names_of(m, part);

	for (size_t i = 0; i < names.n; i++)
		add(m, names.items[i].key);
}

/* ---- parameters that decide nothing ---- */

struct reference_walk {
	struct ir_walk walk;
	struct map names;
	struct arena *a;
};

static void note_name(struct ir_walk *w, struct str name, struct str attribute)
{
	struct reference_walk *r = (struct reference_walk *)w;

	(void)attribute;
	map_put(&r->names, r->a, name, r);
}

/* Leaves out those of the parameters that nothing refers to: nothing depends on their values. */
static void drop_idle(struct merge *m)
{
	struct reference_walk w = {.walk = {.refer = note_name}, .a = m->in->arena};
	struct map kept = {0};

	ir_walk_graph(&w.walk, m->g);
	for (size_t i = 0; i < m->g->parameters.n; i++) {
		struct map_item item = m->g->parameters.items[i];
		bool ours = false;

		for (size_t p = 0; p < m->in->nparameters; p++)
			ours |= str_eq(m->in->parameters[p], item.key);
		if (!ours || map_get(&w.names, item.key) != NULL)
			map_put(&kept, m->in->arena, item.key, item.value);
	}
	m->g->parameters = kept;
}

struct ir *ir_merge(struct ir_merge *in)
{
	struct merge m = {in, ir_new(in->arena)};
	struct ir_value **metadata = NEW_ARRAY(in->arena, struct ir_value *, in->n);

	INVARIANT(in->n > 0 && in->n <= MOST_GRAPHS && in->nparameters > 0);
	m.g->description = in->graphs[0]->description;
	for (size_t k = 0; k < in->n; k++)
		metadata[k] = in->graphs[k]->metadata;
	add_all(&m, offsetof(struct ir, parameters), add_parameter);
	add_all_fixed(&m, offsetof(struct ir, mappings), &m.g->mappings);
	add_all_fixed(&m, offsetof(struct ir, rules), &m.g->rules);
	add_all_fixed(&m, offsetof(struct ir, conditions), &m.g->conditions);
	add_all(&m, offsetof(struct ir, resources), add_resource);
	add_all(&m, offsetof(struct ir, resources), keep_order);
	add_all(&m, offsetof(struct ir, outputs), add_output);
	m.g->metadata = merge_part(&m, all_graphs(&m), metadata);
	drop_idle(&m);
	return in->fault.n > 0 ? NULL : m.g;
}
