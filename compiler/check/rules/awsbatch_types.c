/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awsbatch_types.c - the instance types of clusters with the scheduler awsbatch, as AWS Batch takes them today.
 *
 * That they are known, and have the architecture of the head node, is in awsbatch.c.
 */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/types.h"

/* A word of InstanceTypes, with what it is a part of. */
struct type_word {
	const struct aws_batch_queue *queue;
	const struct aws_batch_compute_resource *resource;
	const struct model_string *word;
	size_t q, c, i; /* where the step is */
};

/* Steps over the words of all compute resources: start with the zero value; false at the end. */
static bool next_word(const struct rules *r, struct type_word *it)
{
	const struct aws_batch_queue_list *queues = &r->c->scheduling.aws_batch_queues;

	for (; it->q < queues->n; it->q++, it->c = 0) {
		it->queue = &queues->items[it->q];
		for (; it->c < it->queue->compute_resources.n; it->c++, it->i = 0) {
			it->resource = &it->queue->compute_resources.items[it->c];
			if (WRITTEN(it->resource, instance_types) &&
			    it->i < it->resource->instance_types.n) {
				it->word = &it->resource->instance_types.items[it->i++];
				return true;
			}
		}
	}
	return false;
}

/* The first type that the word stands for and that is so; NULL where none is. */
static const struct instance_type *first_that(const struct rules *r, struct str word,
					      bool (*is)(const struct instance_type *t))
{
	const struct instance_type *t;

	for (size_t it = 0; (t = batch_next_type(r->facts, word, &it)) != NULL;)
		if (is(t))
			return t;
	return NULL;
}

/* ---- they are sold ---- */

/* Source: ParallelCluster awsbatch_validators.py, which asks AWS Batch for the types of the Region. */
void rule_awsbatch_types_offered(const struct rules *r)
{
	struct type_word w = {0};

	while (r->region != NULL && next_word(r, &w))
		type_offered(r, &(struct named_type){w.word->text, w.word->at,
						     facts_instance(r->facts, w.word->text)});
}

/* Source: EC2 API, supportedUsageClasses of the type. */
void rule_awsbatch_types_bought(const struct rules *r)
{
	struct type_word w = {0};

	while (next_word(r, &w)) {
		const struct instance_type *t = facts_instance(r->facts, w.word->text);
		bool spot = w.queue->capacity_type == AWS_BATCH_QUEUE_CAPACITY_TYPE_SPOT;
		struct diag *d;

		if (t == NULL || t->usage == 0 || !USABLE(w.queue, capacity_type) ||
		    (t->usage & (spot ? USAGE_SPOT : USAGE_ONDEMAND)) != 0)
			continue;
		d = diag_usage_unsupported(r->ds, w.word->at, w.word->text,
					   spot ? STR("SPOT") : STR("ONDEMAND"));
		if (!WRITTEN(w.queue, capacity_type))
			continue;
		diag_label(r->ds, d, w.queue->at.capacity_type.value, "the capacity type");
		if (spot)
			diag_help(r->ds, d, "take another type, or write `CapacityType: ONDEMAND`");
	}
}

/* ---- they have one architecture ---- */

static uint8_t arch_of(const struct instance_type *t)
{
	return t != NULL ? t->arch & (ARCH_X86_64 | ARCH_ARM64) : 0;
}

/* That of all types of a word: a family has one. */
static uint8_t word_arch(const struct rules *r, struct str word)
{
	size_t it = 0;

	return arch_of(batch_next_type(r->facts, word, &it));
}

/* Is it told already that the word is of another architecture than the head node? E0309 does so of all but families. */
static bool differs_from_head(const struct rules *r, struct str word)
{
	const struct head_node *h = &r->c->head_node;
	uint8_t head =
		WRITTEN(h, instance_type) ? arch_of(facts_instance(r->facts, h->instance_type)) : 0;

	return head != 0 && (word_arch(r, word) & head) == 0 &&
	       batch_word_of(r->facts, word) != BATCH_FAMILY;
}

/* Source: AWS Batch user guide, Instance types of a compute environment: "from the same architecture". */
void rule_awsbatch_types_alike(const struct rules *r)
{
	const struct aws_batch_compute_resource *of = NULL, *told = NULL;
	const struct model_string *first = NULL;
	struct type_word w = {0};

	while (next_word(r, &w)) {
		uint8_t arch = word_arch(r, w.word->text), before;
		struct diag *d;

		if (w.resource == told || arch == 0 || differs_from_head(r, w.word->text))
			continue;
		if (of != w.resource) {
			of = w.resource;
			first = w.word;
			continue;
		}
		before = word_arch(r, first->text);
		if ((arch & before) != 0)
			continue;
		told = w.resource;
		d = diag_mixed_architectures(r->ds, w.word->at, first->text, arch_word(before),
					     w.word->text, arch_word(arch));
		diag_label(r->ds, d, first->at, STR_F, STR_A(arch_word(before)));
		diag_help(r->ds, d, "take types of one architecture, that of the head node");
	}
}

/* ---- there is an image for them ---- */

/*
 * hpcc names none, so Batch takes ECS_AL2023, or ECS_AL2023_NVIDIA for GPUs. Source: AWS Batch API,
 * Ec2Configuration.imageType, botocore 1.44.8.
 */
void rule_awsbatch_types_served(const struct rules *r)
{
	struct type_word w = {0};

	while (next_word(r, &w)) {
		struct str text = w.word->text;

		if (first_that(r, text, batch_gpu_is_old) != NULL)
			diag_help(r->ds, diag_old_gpu_image(r->ds, w.word->at, text),
				  "take a newer family such as `g5` or `g6e`");
		else if (first_that(r, text, batch_lacks_image) != NULL)
			diag_help(r->ds, diag_a1_image(r->ds, w.word->at, text),
				  "take a newer family such as `c7g`");
	}
}

/* ---- what jobs get of them ---- */

static bool has_gpus(const struct instance_type *t)
{
	return batch_gpus(t) > 0 && !batch_gpu_is_old(t);
}

void rule_awsbatch_gpus(const struct rules *r)
{
	struct type_word w = {0};

	while (next_word(r, &w)) {
		struct diag *d;

		if (first_that(r, w.word->text, has_gpus) == NULL)
			continue;
		d = diag_awsbatch_gpus(r->ds, w.word->at, w.word->text);
		diag_note(r->ds, d,
			  "it is made of Amazon Linux, and jobs of `awsbsub` ask for no GPUs");
		diag_help(r->ds, d,
			  "`hpcc expand --kind=batch` prints the batch file that says the same: "
			  "there "
			  "a job names its image and its `Gpus`");
	}
}

static bool is_burstable(const struct instance_type *t)
{
	return t->burstable;
}

void rule_awsbatch_burstable(const struct rules *r)
{
	struct type_word w = {0};

	while (next_word(r, &w)) {
		struct diag *d;

		if (first_that(r, w.word->text, is_burstable) == NULL)
			continue;
		d = diag_awsbatch_burstable(r->ds, w.word->at, w.word->text);
		diag_help(r->ds, d, "take types that keep their speed, such as `c7i` or `m7g`");
	}
}
