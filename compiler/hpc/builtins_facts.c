/* SPDX-License-Identifier: Apache-2.0 */
/* builtins_facts.c - what the catalogue knows of instance types and regions, as values; and what things cost. */
#include "compiler/facts/query.h"
#include "compiler/hpc/builtins_of.h"

#include <math.h>

/* A fact that is not known is null: the types of these sections know the names of all of them. */
static const struct type a_fact = {.kind = TYPE_ANY, .optional = true};
#define FACT(word)                                                \
	{                                                         \
		.name = {.text = STR_INIT(word)}, .type = &a_fact \
	}
#define RECORD(id, shown)                          \
	static const struct type id##_type = {     \
		.kind = TYPE_RECORD,               \
		.name = STR_INIT(shown),           \
		.fields = id##_fields,             \
		.nfields = ARRAY_LEN(id##_fields), \
	}

static const struct record_field instance_fields[] = {
	FACT("name"),
	FACT("family"),
	FACT("arch"),
	FACT("current"),
	FACT("vcpus"),
	FACT("cores"),
	FACT("threads_per_core"),
	FACT("memory"),
	FACT("memory_per_vcpu"),
	FACT("accelerators"),
	FACT("spot"),
	FACT("on_demand"),
	FACT("capacity_block"),
	FACT("gpus"),
	FACT("efa"),
	FACT("network"),
	FACT("disks"),
};
static const struct record_field gpus_fields[] = {FACT("count"), FACT("name"), FACT("memory")};
static const struct record_field efa_fields[] = {FACT("supported"), FACT("interfaces"),
						 FACT("rdma"), FACT("gpudirect")};
static const struct record_field network_fields[] = {FACT("cards"), FACT("rate")};
static const struct record_field disks_fields[] = {FACT("count"), FACT("size")};
static const struct record_field region_fields[] = {FACT("name"), FACT("partition"),
						    FACT("dns_suffix"), FACT("opt_in")};
RECORD(instance, "an instance type");
RECORD(gpus, "gpus");
RECORD(efa, "efa");
RECORD(network, "network");
RECORD(disks, "disks");
RECORD(region, "a region");

/* A section of facts under way. */
struct facts_value {
	struct builtin_call *call;
	struct value_entry *entries;
	size_t n;
};

enum { MOST_FACTS = 20 };

static struct facts_value facts_new(struct builtin_call *call)
{
	return (struct facts_value){call, NEW_ARRAY(call->ev->a, struct value_entry, MOST_FACTS),
				    0};
}

static void put(struct facts_value *f, const char *key, const struct value *v)
{
	INVARIANT(f->n < MOST_FACTS);
	f->entries[f->n++] = (struct value_entry){str_c(key), f->call->at, v};
}

static void put_int(struct facts_value *f, const char *key, int64_t n)
{
	put(f, key, value_of_number(f->call->ev->a, number_int(n), f->call->at));
}

static void put_text(struct facts_value *f, const char *key, struct str s)
{
	if (s.n > 0)
		put(f, key, value_of_text(f->call->ev->a, s, f->call->at));
}

static void put_bool(struct facts_value *f, const char *key, bool b)
{
	put(f, key, value_of_bool(f->call->ev->a, b, f->call->at));
}

/* n of the unit; nothing for 0, which stands for unknown. */
static void put_quantity(struct facts_value *f, const char *key, int64_t n, struct str unit)
{
	struct number q;

	if (n > 0 && number_mul(number_int(n), unit_named(unit)->value, &q))
		put(f, key, value_of_number(f->call->ev->a, q, f->call->at));
}

static const struct value *facts_done(struct facts_value *f, const struct type *t)
{
	return new_section(f->call->ev, f->entries, f->n, f->call->at, t);
}

static void put_network(struct facts_value *f, const struct instance_type *t)
{
	enum { MBIT = 1000 };
	struct facts_value in = facts_new(f->call);

	put_int(&in, "cards", t->ncards);
	put_quantity(&in, "rate", llround(t->network_gbps * MBIT), STR("Mbit/s"));
	put(f, "network", facts_done(&in, &network_type));
}

static void put_gpus(struct facts_value *f, const struct instance_type *t)
{
	struct facts_value in = facts_new(f->call);

	put_int(&in, "count", t->gpu.count);
	put_text(&in, "name", t->gpu.name);
	put_quantity(&in, "memory", t->gpu.memory_mib, STR("MiB"));
	put(f, "gpus", facts_done(&in, &gpus_type));
}

static void put_efa(struct facts_value *f, const struct instance_type *t)
{
	struct facts_value in = facts_new(f->call);

	put_bool(&in, "supported", t->efa_max > 0);
	put_int(&in, "interfaces", t->efa_max);
	put_bool(&in, "rdma", t->rdma_read && t->rdma_write);
	put_bool(&in, "gpudirect", t->gpudirect_rdma);
	put(f, "efa", facts_done(&in, &efa_type));
}

static void put_disks(struct facts_value *f, const struct instance_type *t)
{
	struct facts_value in = facts_new(f->call);

	put_int(&in, "count", t->disks);
	put_quantity(&in, "size", t->disk_gb, STR("GB"));
	put(f, "disks", facts_done(&in, &disks_type));
}

static const struct value *instance_value(struct builtin_call *call, const struct instance_type *t)
{
	struct facts_value f = facts_new(call);
	struct number memory, per;

	put_text(&f, "name", t->name);
	put_text(&f, "family", facts_family(t->name));
	put_text(&f, "arch",
		 facts_arch(call->ev->o->facts, t->name) == ARCH_ARM64 ? STR("arm64")
								       : STR("x86_64"));
	put_bool(&f, "current", t->current_generation && !t->withdrawn);
	put_int(&f, "vcpus", t->vcpus);
	put_int(&f, "cores", t->cores);
	put_int(&f, "threads_per_core", t->threads_per_core);
	put_quantity(&f, "memory", t->memory_mib, STR("MiB"));
	if (t->vcpus > 0 &&
	    number_mul(number_int(t->memory_mib), unit_named(STR("MiB"))->value, &memory) &&
	    number_div(memory, number_int(t->vcpus), &per))
		put(&f, "memory_per_vcpu", value_of_number(call->ev->a, per, call->at));
	put_int(&f, "accelerators",
		t->gpu.count + t->neuron.count + (t->other != NULL ? t->other->count : 0));
	put_bool(&f, "spot", (t->usage & USAGE_SPOT) != 0);
	put_bool(&f, "on_demand", (t->usage & USAGE_ONDEMAND) != 0);
	put_bool(&f, "capacity_block", (t->usage & USAGE_CAPACITY_BLOCK) != 0);
	put_gpus(&f, t);
	put_efa(&f, t);
	put_network(&f, t);
	put_disks(&f, t);
	return facts_done(&f, &instance_type);
}

const struct value *run_instance(struct builtin_call *call)
{
	const struct facts *facts = call->ev->o->facts;
	struct str name;

	if (!argument_text(call, 0, &name) || facts == NULL ||
	    !catalogue_has(call->ev, CATALOGUE_INSTANCE_TYPE, name, argument_at(call, 0)))
		return &value_poison;
	return instance_value(call, facts_instance(facts, name));
}

const struct value *run_instances(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	struct str pattern = STR("*");
	struct instance_filter filter = {.names = &pattern, .nnames = 1, .current = true};
	struct instance_list found;
	const struct value **items;

	if (call->arguments[0] != NULL && !argument_text(call, 0, &pattern))
		return &value_poison;
	if (ev->o->facts == NULL)
		return &value_poison;
	found = facts_query(ev->a, ev->o->facts, &filter);
	if (!steps(ev, call->at, found.n))
		return &value_poison;
	items = NEW_ARRAY(ev->a, const struct value *, found.n + 1);
	for (size_t i = 0; i < found.n; i++)
		items[i] = instance_value(call, found.items[i]);
	return ev->stopped ? &value_poison : new_list(ev, items, found.n, call->at);
}

const struct value *run_region(struct builtin_call *call)
{
	const struct facts *facts = call->ev->o->facts;
	struct facts_value f = facts_new(call);
	const struct region *r;
	struct str name;

	if (!argument_text(call, 0, &name) || facts == NULL ||
	    !catalogue_has(call->ev, CATALOGUE_REGION, name, argument_at(call, 0)))
		return &value_poison;
	r = facts_region(facts, name);
	put_text(&f, "name", r->name);
	put_text(&f, "partition", r->partition);
	put_text(&f, "dns_suffix", r->dns_suffix);
	put_bool(&f, "opt_in", r->opt_in);
	return facts_done(&f, &region_type);
}

/* ---- prices ---- */

/* What a price takes, counted as steps. */
enum { STEPS_OF_COST = 1000 };

static const struct value *cost_of(struct builtin_call *call, const struct hpc_declaration *d,
				   const struct number *unpriced)
{
	struct evaluator *ev = call->ev;
	const struct hpc_host *host = ev->o->host;
	struct hpc_cost_range range = {.unpriced = STR("anything: there is no table of prices")};
	struct facts_value f = facts_new(call);
	enum hpc_cost cost = HPC_COST_UNPRICED;

	if (host != NULL && host->cost != NULL)
		cost = host->cost(host->data, ev->a, d, unpriced, &range);
	switch (cost) {
	case HPC_COST_OK:
		put(&f, "min", value_of_number(ev->a, range.min, call->at));
		put(&f, "max", value_of_number(ev->a, range.max, call->at));
		return facts_done(&f, NULL);
	case HPC_COST_UNPRICED:
		diag_help(ev->ds, diag_no_price(ev->ds, call->at, range.unpriced),
			  "say what counts for what has no price: `cost(…, unpriced: 0 USD/h)`");
		return &value_poison;
	case HPC_COST_TOO_LARGE:
		return number_result(call, false, range.max);
	case HPC_COST_FAULTY:
		declaration_faulty(ev, d->item);
		return &value_poison;
	}
	BUG("no such cost");
}

const struct value *run_cost(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	const struct value *v = call->arguments[0];
	const struct unit *price = unit_named(STR("USD/h"));
	const struct hpc_declaration *d;
	struct number unpriced;
	bool has = call->arguments[1] != NULL && call->arguments[1]->kind != VALUE_NULL;

	if (!argument_known(call, 0) || (has && !argument_number(call, 1, &unpriced)))
		return &value_poison;
	if (v->kind != VALUE_DECLARATION || v->open || v->section.declaration == NULL)
		return wrong_argument(call, 0, "a declaration");
	if (has && (!dimension_eq(unpriced.of, price->value.of) || unpriced.num < 0))
		return wrong_argument(call, 1, "a price, as in `0 USD/h`");
	d = declared(ev, v->section.declaration, argument_at(call, 0), false);
	if (!steps(ev, call->at, STEPS_OF_COST))
		return &value_poison;
	if (d == NULL || ev->apart > 0)
		return &value_poison;
	return cost_of(call, d, has ? &unpriced : NULL);
}
