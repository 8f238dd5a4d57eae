/* SPDX-License-Identifier: Apache-2.0 */
/* awsbatch.c - rules about clusters with the scheduler awsbatch. */
#include "compiler/check/rules/types.h"
#include "compiler/facts/batch_types.h"

static struct diag *label_scheduler(const struct rules *r, struct diag *d)
{
	return diag_label(r->ds, d, r->c->scheduling.at.scheduler.value,
			  "the scheduler is chosen here");
}

/* Source: ParallelCluster cluster_validators.py, SchedulerOsValidator. */
void rule_batch_os(const struct rules *r)
{
	const struct image *i = &r->c->image;

	if (!WRITTEN(i, os) || i->os == IMAGE_OS_ALINUX2 || i->os == IMAGE_OS_ALINUX2023)
		return;
	label_scheduler(r,
			diag_batch_os(r->ds, i->at.os.value, enum_text(PROP_Image_Os, (int)i->os)));
}

/* Source: ParallelCluster cluster_validators.py, HeadNodeImdsValidator; the default is true. */
void rule_batch_imds(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	struct diag *d;

	if (!USABLE(h, imds) || !USABLE(&h->imds, secured) || !h->imds.secured ||
	    !h->section.written)
		return;
	d = diag_batch_secured_imds(r->ds,
				    is_written(&h->imds.at.secured) ? h->imds.at.secured.value
				    : h->imds.section.written	    ? section_span(&h->imds.section)
								    : section_span(&h->section));
	label_scheduler(r, d);
	if (!is_written(&h->imds.at.secured))
		diag_note(r->ds, d, "Imds.Secured is not written; its default is true");
	else
		diag_fix(r->ds, d, h->imds.at.secured.value, STR("false"), true);
	diag_help(r->ds, d, "write `Imds: {Secured: false}` under HeadNode");
}

/* Source: ParallelCluster awsbatch_validators.py, AwsBatchFsxValidator. */
void rule_batch_storage(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];
		struct diag *d;

		if (!WRITTEN(s, storage_type) ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
			continue;
		d = diag_batch_storage(
			r->ds, s->at.storage_type.value,
			enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type));
		label_scheduler(r, d);
		diag_help(r->ds, d, "use Ebs or Efs");
	}
}

/* Source: ParallelCluster cluster_validators.py, SchedulerDisableSudoAccessForDefaultUserValidator. */
void rule_batch_sudo(const struct rules *r)
{
	const struct deployment_settings *s = &r->c->deployment_settings;

	if (!WRITTEN(s, disable_sudo_access_for_default_user) ||
	    !s->disable_sudo_access_for_default_user)
		return;
	label_scheduler(r,
			diag_batch_sudo(r->ds, s->at.disable_sudo_access_for_default_user.value));
}

/* Every compute resource of the awsbatch queues. */
static void each_batch_resource(const struct rules *r,
				void (*f)(const struct rules *r,
					  const struct aws_batch_compute_resource *c))
{
	const struct aws_batch_queue_list *queues = &r->c->scheduling.aws_batch_queues;

	for (size_t q = 0; q < queues->n; q++)
		for (size_t i = 0; i < queues->items[q].compute_resources.n; i++)
			f(r, &queues->items[q].compute_resources.items[i]);
}

/* One vCPU count of a compute resource. */
struct vcpus {
	struct str name;
	const struct field_at *f;
	int64_t n;
};

/* Reports low above high; the finding stands at the one that was written, best at the first. */
static void vcpu_order(const struct rules *r, struct vcpus low, struct vcpus high)
{
	struct span at = is_written(low.f) ? low.f->value : high.f->value;
	struct diag *d;

	if (is_poisoned(low.f) || is_poisoned(high.f) || low.n <= high.n)
		return;
	d = diag_min_above_max(r->ds, at, low.name, low.n, high.name, high.n);
	if (!is_written(high.f))
		diag_note(r->ds, d, STR_F " is not written; its default is %lld", STR_A(high.name),
			  (long long)high.n);
	else if (is_written(low.f))
		diag_label(r->ds, d, high.f->value, STR_F " is set here", STR_A(high.name));
	diag_help(r->ds, d, "MinvCpus <= DesiredvCpus <= MaxvCpus must hold");
}

static void vcpus(const struct rules *r, const struct aws_batch_compute_resource *c)
{
	struct vcpus min = {PROP_NAME(AwsBatchComputeResource_MinvCpus), &c->at.minv_cpus,
			    c->minv_cpus};
	struct vcpus desired = {PROP_NAME(AwsBatchComputeResource_DesiredvCpus),
				&c->at.desiredv_cpus, c->desiredv_cpus};
	struct vcpus max = {PROP_NAME(AwsBatchComputeResource_MaxvCpus), &c->at.maxv_cpus,
			    c->maxv_cpus};

	vcpu_order(r, min, max);
	if (!WRITTEN(c, desiredv_cpus) || (USABLE(c, minv_cpus) && min.n > max.n))
		return;
	vcpu_order(r, min, desired);
	vcpu_order(r, desired, max);
}

/* Source: ParallelCluster awsbatch_validators.py, AwsBatchComputeResourceSizeValidator. */
void rule_batch_sizes(const struct rules *r)
{
	each_batch_resource(r, vcpus);
}

/* Is the word a family: the part before the dot of some instance type? */
static bool is_family(const struct rules *r, struct str word)
{
	size_t n = facts_instance_count(r->facts);

	for (size_t i = 0; i < n; i++) {
		struct str name = facts_instance_at(r->facts, i)->name;

		if (name.n > word.n && name.s[word.n] == '.' && str_starts(name, word))
			return true;
	}
	return false;
}

static bool is_any_type(struct str word)
{
	return str_eq(word, STR("optimal")) || str_eq(word, STR("default_x86_64")) ||
	       str_eq(word, STR("default_arm64"));
}

static void unknown_batch_type(const struct rules *r, const struct model_string *t)
{
	struct diag *d = diag_unknown_batch_type(r->ds, t->at, t->text);
	struct str near;

	if (str_find(t->text, ',', 0) < t->text.n) {
		diag_help(r->ds, d, "write each type as an item of the list");
	} else if (facts_instance_near(r->facts, t->text, &near, 1) == 1) {
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(r->ds, d, t->at, near, false);
	} else {
		diag_help(r->ds, d, "write an instance type, a family such as `c5`, or `optimal`");
	}
}

/* The architecture of the head node; 0 when it is not known. */
static unsigned head_arch(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	const struct instance_type *t =
		WRITTEN(h, instance_type) ? facts_instance(r->facts, h->instance_type) : NULL;

	return t != NULL ? t->arch & (ARCH_X86_64 | ARCH_ARM64) : 0;
}

static void batch_arch(const struct rules *r, const struct model_string *t, unsigned arch)
{
	const struct head_node *h = &r->c->head_node;
	unsigned head = head_arch(r);
	struct diag *d;

	if (head == 0 || arch == 0 || (head & arch) != 0)
		return;
	d = diag_batch_architecture(r->ds, t->at, t->text, arch & ARCH_ARM64 ? "arm64" : "x86_64",
				    head & ARCH_ARM64 ? "arm64" : "x86_64");
	diag_label(r->ds, d, h->at.instance_type.value, "the type of the head node");
	diag_help(r->ds, d, "take types of one architecture for both");
}

static unsigned word_arch(const struct rules *r, struct str word)
{
	size_t it = 0;
	const struct instance_type *one = batch_next_type(r->facts, word, &it);

	return one != NULL ? one->arch & (ARCH_X86_64 | ARCH_ARM64) : 0;
}

/* Are there both architectures? That is told by itself: awsbatch_types.c. */
static bool is_mixed(const struct rules *r, const struct model_strings *types)
{
	unsigned all = 0;

	for (size_t i = 0; i < types->n; i++)
		all |= word_arch(r, types->items[i].text);
	return all == (ARCH_X86_64 | ARCH_ARM64);
}

/* ParallelCluster compares no families; what is known to differ fails with the first job. */
static void batch_family(const struct rules *r, const struct model_string *t, bool mixed)
{
	unsigned head = head_arch(r), arch = word_arch(r, t->text);
	struct diag *d;

	if (mixed || head == 0 || arch == 0 || (head & arch) != 0) {
		diag_batch_family(r->ds, t->at, t->text);
		return;
	}
	d = diag_awsbatch_family_architecture(r->ds, t->at, t->text, arch_word((uint8_t)arch),
					      arch_word((uint8_t)head));
	diag_label(r->ds, d, r->c->head_node.at.instance_type.value,
		   "the type of the head node, which tells");
	diag_help(r->ds, d, "take families of one architecture for both");
}

static void batch_type(const struct rules *r, const struct model_string *t, bool mixed)
{
	const struct instance_type *type = facts_instance(r->facts, t->text);
	size_t it = 0;

	if (type_is_mac(r, batch_next_type(r->facts, t->text, &it), t->text, t->at))
		return;
	if (type != NULL)
		batch_arch(r, t, type->arch & (ARCH_X86_64 | ARCH_ARM64));
	else if (is_any_type(t->text))
		batch_arch(r, t, str_eq(t->text, STR("default_arm64")) ? ARCH_ARM64 : ARCH_X86_64);
	else if (is_family(r, t->text))
		batch_family(r, t, mixed);
	else
		unknown_batch_type(r, t);
}

/* The type with the fewest vCPUs; NULL where a word is not known. */
static const struct instance_type *smallest(const struct rules *r,
					    const struct model_strings *types)
{
	const struct instance_type *least = NULL, *t;

	for (size_t i = 0; i < types->n; i++) {
		size_t it = 0;

		t = batch_next_type(r->facts, types->items[i].text, &it);
		if (t == NULL)
			return NULL;
		for (; t != NULL; t = batch_next_type(r->facts, types->items[i].text, &it))
			if (least == NULL || t->vcpus < least->vcpus)
				least = t;
	}
	return least;
}

/* Of one type ParallelCluster refuses it; of several, and of families, it takes what starts no instance. */
static void max_below_types(const struct rules *r, const struct aws_batch_compute_resource *c)
{
	const struct model_strings *types = &c->instance_types;
	const struct instance_type *least = smallest(r, types);
	struct diag *d;

	if (least == NULL || !USABLE(c, maxv_cpus) || c->maxv_cpus >= least->vcpus)
		return;
	if (types->n == 1 && str_eq(types->items[0].text, least->name)) {
		d = diag_batch_max_too_small(r->ds, VALUE_AT(c, maxv_cpus), (long long)c->maxv_cpus,
					     least->name, least->vcpus);
		diag_label(r->ds, d, types->items[0].at, "the only instance type");
		return;
	}
	d = diag_awsbatch_max_too_small(r->ds, VALUE_AT(c, maxv_cpus), (long long)c->maxv_cpus,
					least->name, least->vcpus);
	diag_label(r->ds, d, c->at.instance_types.value, "the smallest of these");
	diag_help(r->ds, d, "raise MaxvCpus, or name smaller types");
}

static void batch_types(const struct rules *r, const struct aws_batch_compute_resource *c)
{
	const struct model_strings *types = &c->instance_types;
	bool mixed;

	if (!WRITTEN(c, instance_types))
		return;
	mixed = is_mixed(r, types);
	for (size_t i = 0; i < types->n; i++)
		batch_type(r, &types->items[i], mixed);
	max_below_types(r, c);
}

/*
 * Sources: ParallelCluster awsbatch_validators.py, AwsBatchComputeInstanceTypeValidator,
 * AwsBatchInstancesArchitectureCompatibilityValidator; AWS Batch user guide, instance types.
 */
void rule_batch_instance_types(const struct rules *r)
{
	each_batch_resource(r, batch_types);
}
