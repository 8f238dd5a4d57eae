/* SPDX-License-Identifier: Apache-2.0 */
/* verb_instances.c - hpcc instances: the options become a filter over the facts. */
#include "compiler/driver/driver.h"
#include "compiler/facts/query.h"

enum { LARGEST = 1000000 };

static bool read_numbers(const struct options *o, struct instance_filter *q)
{
	int64_t memory = 0, network = 0;
	const struct {
		enum option_id id;
		int64_t *value;
	} numbers[] = {
		{OPTION_ID_min_vcpus, &q->min_vcpus}, {OPTION_ID_max_vcpus, &q->max_vcpus},
		{OPTION_ID_min_gpus, &q->min_gpus},   {OPTION_ID_min_efa, &q->min_efa},
		{OPTION_ID_min_memory, &memory},      {OPTION_ID_min_network, &network},
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct option_values *v = &o->given[numbers[i].id];

		if (v->n > 0 && !number_option(option_rows[numbers[i].id].name, v->values[v->n - 1],
					       1, LARGEST, numbers[i].value))
			return false;
	}
	q->min_memory_gib = (double)memory;
	q->min_network_gbps = (double)network;
	return true;
}

static void read_filter(const struct options *o, struct instance_filter *q)
{
	q->efa = GIVEN(o, efa);
	q->gpu = GIVEN(o, gpu);
	q->neuron = GIVEN(o, neuron);
	q->disks = GIVEN(o, disks);
	q->spot = GIVEN(o, spot);
	q->capacity_block = GIVEN(o, capacity_block);
	q->current = GIVEN(o, current);
	if (GIVEN(o, arch))
		q->arch = (uint8_t)option_choice(o, OPTION_ID_arch);
	q->sort = (enum query_order)option_choice(o, OPTION_ID_sort);
	q->region = str_c(VALUE(o, region, NULL));
	q->zone = str_c(VALUE(o, zone, NULL));
	q->gpu_name = str_c(VALUE(o, gpu_name, NULL));
}

int verb_instances(struct session *s)
{
	struct str *names = NEW_ARRAY(&s->arena, struct str, s->o->noperands + 1);
	struct instance_filter q = {.names = names, .nnames = s->o->noperands};
	enum query_format format = (enum query_format)option_choice(s->o, OPTION_ID_emit);

	for (size_t i = 0; i < s->o->noperands; i++)
		names[i] = str_c(s->o->operands[i]);
	read_filter(s->o, &q);
	if (!read_numbers(s->o, &q))
		return EXIT_USAGE;
	if (!query_check(&s->ds, s->compile.facts, &q))
		return EXIT_FINDINGS;
	return write_result(
		s, query_print(&s->arena, facts_query(&s->arena, s->compile.facts, &q), format));
}
