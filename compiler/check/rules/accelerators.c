/* SPDX-License-Identifier: Apache-2.0 */
/* accelerators.c - rules about GPUs and other accelerators of compute nodes. */
#include "compiler/base/search.h"
#include "compiler/check/rules/types.h"

/* Accelerators that need a driver of their maker, or NULL. */
static const struct accelerator *accelerator_of(const struct instance_type *t)
{
	if (t->gpu.count > 0)
		return &t->gpu;
	if (t->neuron.count > 0)
		return &t->neuron;
	return t->other;
}

/* Part of a GPU, which wants the GRID driver of NVIDIA. */
static bool is_shared_gpu(const struct instance_type *t)
{
	return t->gpu.count > 0 && t->gpu.fraction < 1;
}

/* Is there an image of the system with the driver? Only with NVIDIA's for whole GPUs are there some. */
static bool image_has_driver(const struct rules *r, const struct instance_type *t)
{
	const struct os_image *image =
		facts_image(r->facts, enum_text(PROP_Image_Os, (int)r->c->image.os), t->arch);

	return t->gpu.count > 0 && !is_shared_gpu(t) &&
	       str_eq_nocase(t->gpu.maker, STR("NVIDIA")) && image != NULL &&
	       image->gpu_ssm_parameter.n > 0;
}

/* Words of a script's name that speak of a driver, by the maker of the accelerator; without one of any. */
static const struct {
	const char *maker, *word;
} driver_words[] = {
	{NULL, "driver"},     {NULL, "drivers"},  {"NVIDIA", "nvidia"}, {"NVIDIA", "cuda"},
	{"AWS", "neuron"},    {"AMD", "rocm"},	  {"AMD", "amdgpu"},	{"Habana", "gaudi"},
	{"Habana", "habana"}, {"Xilinx", "fpga"}, {"Xilinx", "xilinx"}, {"Xilinx", "xrt"},
	{"Qualcomm", "qaic"},
};

static bool is_driver_word(struct str word, struct str maker)
{
	/* "cuda12" */
	while (word.n > 0 && word.s[word.n - 1] >= '0' && word.s[word.n - 1] <= '9')
		word.n--;
	for (size_t i = 0; i < ARRAY_LEN(driver_words); i++)
		if ((driver_words[i].maker == NULL ||
		     str_eq_nocase(maker, str_c(driver_words[i].maker))) &&
		    str_eq_nocase(word, str_c(driver_words[i].word)))
			return true;
	return false;
}

/* The name of a script: the last part of the path of its URL. */
static struct str script_name(struct str url)
{
	size_t slash = 0;

	url = str_slice(url, 0, str_find(url, '?', 0));
	url = str_slice(url, 0, str_find(url, '#', 0));
	for (size_t i = 0; i < url.n; i++)
		if (url.s[i] == '/')
			slash = i + 1;
	return str_slice(url, slash, url.n);
}

static bool says_driver(struct str script, struct str maker)
{
	struct str name = text_is_known(script) ? script_name(script) : STR("");
	size_t begin = 0;

	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && is_alnum(name.s[i]))
			continue;
		if (is_driver_word(str_slice(name, begin, i), maker))
			return true;
		begin = i + 1;
	}
	return false;
}

/* A script of the action whose name speaks of drivers for what the maker makes. */
static bool installs_driver(const struct custom_action *a, struct str maker)
{
	for (size_t i = 0; i < a->sequence.n; i++)
		if (says_driver(a->sequence.items[i].script, maker))
			return true;
	return says_driver(a->script, maker);
}

/*
 * Does the node bring a driver of its own? By an image, or by a script: one that runs at the start may do so, one
 * that runs later when its name says it. slurmd starts after both.
 */
static bool brings_driver(const struct rules *r, const struct typed_node *n,
			  const struct accelerator *acc)
{
	return r->c->image.at.custom_ami.state != FIELD_ABSENT ||
	       n->image->at.custom_ami.state != FIELD_ABSENT || n->start->section.written ||
	       installs_driver(n->configured, acc->maker);
}

/* "NVIDIA A10G"; the maker once, as some names begin with him. */
static struct str accelerator_words(const struct rules *r, const struct accelerator *acc)
{
	if (str_starts(acc->name, acc->maker))
		return acc->name;
	return arena_fmt(r->ds->arena, STR_F " " STR_F, STR_A(acc->maker), STR_A(acc->name));
}

static void driver_there(const struct rules *r, const struct typed_node *n)
{
	const struct instance_type *t = n->type.type;
	const struct accelerator *acc = t != NULL ? accelerator_of(t) : NULL;
	struct diag *d;

	if (acc == NULL || image_has_driver(r, t) || brings_driver(r, n, acc))
		return;
	d = diag_accelerator_driver(r->ds, n->type.at, n->type.name, accelerator_words(r, acc),
				    enum_text(PROP_Image_Os, (int)r->c->image.os));
	diag_label(r->ds, d, r->c->image.at.os.value, "the system");
	if (!str_eq_nocase(acc->maker, STR("NVIDIA"))) {
		diag_help(r->ds, d,
			  "bring the driver: a `CustomAmi`, or a script in `OnNodeStart`");
		return;
	}
	if (n->computes)
		diag_note(r->ds, d,
			  "slurmd ends without /dev/nvidia0: the nodes start, fail and are "
			  "replaced, again and again");
	if (is_shared_gpu(t)) {
		diag_note(r->ds, d,
			  "a part of a GPU needs the GRID driver; no image of AWS's has it");
		diag_help(r->ds, d,
			  "bring it: a `CustomAmi`, or a script in `OnNodeStart`; or take "
			  "a type with a whole GPU");
		return;
	}
	diag_help(
		r->ds, d,
		"`alinux2023`, `ubuntu2204` and `ubuntu2404` have images with the driver; or bring "
		"it, by a `CustomAmi` or a script in `OnNodeStart`");
}

/*
 * The images are those of stdlib/facts/os-images.tsv. ParallelCluster builds NVIDIA's driver into its own and warns of
 * other makers: InstanceTypeAcceleratorManufacturerValidator.
 */
void rule_accelerator_driver(const struct rules *r)
{
	if (WRITTEN(&r->c->image, os) && !needs_custom_image(r->c->image.os))
		each_typed_node(r, driver_there);
}

/* Families whose GPUs are older than the Turing generation. */
static bool is_before_turing(struct str type)
{
	static const char *const families[] = {"p3", "p3dn", "p2", "g3", "g3s", "g2"};

	return AMONG(facts_family(type), families);
}

static void open_driver(const struct rules *r, const struct typed_node *n)
{
	const struct instance_type *t = n->type.type;
	struct diag *d;

	if (t == NULL || !is_before_turing(n->type.name) || !image_has_driver(r, t) ||
	    brings_driver(r, n, &t->gpu))
		return;
	d = diag_gpu_before_turing(r->ds, n->type.at, n->type.name);
	diag_note(r->ds, d, "NVIDIA's open kernel modules begin with the Turing generation");
	diag_help(r->ds, d,
		  "bring the closed drivers, by a `CustomAmi` or a script in `OnNodeStart`");
}

/*
 * ParallelCluster: InstanceTypeBaseAMICompatibleValidator, an error from 3.11 on for its own images; older
 * releases came with the closed drivers. Where the image has no driver at all, that is said by W0409.
 */
void rule_gpu_open_driver(const struct rules *r)
{
	if (WRITTEN(&r->c->image, os))
		each_typed_node(r, open_driver);
}

static bool has_gpu(const struct typed_compute *it)
{
	for (size_t i = 0; i < it->n; i++)
		if (it->types[i].type->gpu.count > 0)
			return true;
	return false;
}

/* Does any compute resource of the queue have GPUs, or types that are not known? */
static bool queue_may_have_gpu(const struct rules *r, const struct slurm_queue *q)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (it.at.queue == q && (it.n == 0 || has_gpu(&it)))
			return true;
	return false;
}

static void idle_check(const struct rules *r, const struct gpu_health_check *gpu)
{
	diag_help(r->ds, diag_gpu_check_without_gpu(r->ds, gpu->at.enabled.value),
		  "drop it; the check runs only where there are GPUs");
}

void rule_gpu_check_used(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	struct typed_compute it = {0};

	for (size_t i = 0; i < queues->n; i++) {
		const struct gpu_health_check *gpu = &queues->items[i].health_checks.gpu;

		if (WRITTEN(gpu, enabled) && gpu->enabled &&
		    !queue_may_have_gpu(r, &queues->items[i]))
			idle_check(r, gpu);
	}
	while (next_typed(r, &it)) {
		const struct gpu_health_check *gpu = &it.at.resource->health_checks.gpu;

		if (WRITTEN(gpu, enabled) && gpu->enabled && it.n > 0 && !has_gpu(&it))
			idle_check(r, gpu);
	}
}
