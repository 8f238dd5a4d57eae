/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute.c - what the rules about compute environments of a batch file share. */
#include "compiler/check/rules/batch_compute.h"

const struct batch_environment *next_instances(const struct rules *r, size_t *it)
{
	while (*it < r->batch->nenvironments) {
		const struct batch_environment *e = &r->batch->environments[(*it)++];

		if (!e->fargate && USABLE(e->m, type))
			return e;
	}
	return NULL;
}

static bool all_known(const struct rules *r, const struct batch_environment *e)
{
	if (!WRITTEN(e->m, instance_types) || e->m->instance_types.n == 0)
		return false;
	for (size_t i = 0; i < e->m->instance_types.n; i++)
		if (batch_word_of(r->facts, e->m->instance_types.items[i].text) == BATCH_UNKNOWN)
			return false;
	return true;
}

const struct batch_environment *next_typed_instances(const struct rules *r, size_t *it)
{
	const struct batch_environment *e;

	while ((e = next_instances(r, it)) != NULL && !all_known(r, e))
		;
	return e;
}

bool next_batch_type(const struct rules *r, const struct batch_environment *e,
		     struct batch_type *it)
{
	const struct model_strings *words = &e->m->instance_types;

	for (; it->w < words->n; it->w++, it->i = 0) {
		it->word = &words->items[it->w];
		it->type = batch_next_type(r->facts, it->word->text, &it->i);
		if (it->type != NULL)
			return true;
	}
	return false;
}

struct str batch_type_text(const struct batch_environment *e)
{
	return enum_text(PROP_ComputeEnvironment_Type, (int)e->m->type);
}

void label_batch_type(const struct rules *r, struct diag *d, const struct batch_environment *e,
		      const char *words)
{
	if (WRITTEN(e->m, type))
		diag_label(r->ds, d, e->m->at.type.value, "%s", words);
}

struct str environment_words(const struct rules *r, const struct batch_environment *e)
{
	return arena_fmt(r->a, "the compute environment %s`" STR_F "`",
			 e->workflow != NULL ? "of " : "", STR_A(e->name));
}

uint8_t batch_arch_of(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type t = {0};

	return next_batch_type(r, e, &t) ? t.type->arch & (ARCH_X86_64 | ARCH_ARM64) : 0;
}

bool batch_has_gpus(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type t = {0};

	while (next_batch_type(r, e, &t))
		if (batch_gpus(t.type) > 0)
			return true;
	return false;
}

bool in_block(const struct batch_environment *e)
{
	return WRITTEN(e->m, capacity_block) && e->m->capacity_block;
}

bool is_reserved(const struct batch_environment *e)
{
	return e->m->capacity_block || e->m->capacity_reservation_target.section.written ||
	       !USABLE(e->m, capacity_block) || !USABLE(e->m, capacity_reservation_target);
}

bool runs_multinode(const struct rules *r, const struct batch_environment *e)
{
	for (size_t j = 0; j < r->batch->njobs; j++)
		if (r->batch->jobs[j].multinode && batch_runs_in(&r->batch->jobs[j], e))
			return true;
	return false;
}
