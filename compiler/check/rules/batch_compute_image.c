/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_compute_image.c - machine images of a compute environment, and what they have drivers for.
 *
 * Source: AWS Batch API, Ec2Configuration.imageType, botocore 1.44.8: ECS_AL2023_NVIDIA is for GPU types that are not
 * Graviton, not for p3 and g3; ECS_AL2023 not for a1; nothing new is made from the AL2 images since 2026-06-30.
 */
#include "compiler/check/rules/batch_compute.h"

#define IMAGE(x) EC2_CONFIGURATION_IMAGE_TYPE_##x

static bool is_gpu_image(const struct ec2_configuration *m)
{
	return m->image_type == IMAGE(ECS_AL2023_NVIDIA) || m->image_type == IMAGE(ECS_AL2_NVIDIA);
}

/* An image that the file names is made by who writes it: what it has is not known. */
static bool is_own(const struct ec2_configuration *m)
{
	return m->at.image_id_override.state != FIELD_ABSENT;
}

/* Is anything of Ec2Configuration faulty, so that nothing can be said of it? */
static bool images_faulty(const struct batch_environment *e)
{
	const struct ec2_configuration_list *list = &e->m->ec2_configuration;

	if (!USABLE(e->m, ec2_configuration))
		return true;
	for (size_t i = 0; i < list->n; i++)
		if (!WRITTEN(&list->items[i], image_type))
			return true;
	return false;
}

/* The image that types with or without GPUs start from, as the file says it; NULL where it says none. */
static const struct ec2_configuration *image_of(const struct batch_environment *e, bool gpus)
{
	const struct ec2_configuration_list *list = &e->m->ec2_configuration;

	for (size_t i = 0; i < list->n; i++)
		if (is_gpu_image(&list->items[i]) == gpus)
			return &list->items[i];
	return NULL;
}

static bool has_own_image(const struct batch_environment *e)
{
	const struct ec2_configuration_list *list = &e->m->ec2_configuration;

	for (size_t i = 0; i < list->n; i++)
		if (is_own(&list->items[i]))
			return true;
	return false;
}

static const char *const name_an_image =
	"write `ImageIdOverride` with an image of your own beside `ImageType`";

void rule_compute_al2_image(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;)
		for (size_t i = 0; i < e->m->ec2_configuration.n; i++) {
			const struct ec2_configuration *m = &e->m->ec2_configuration.items[i];
			struct str newer =
				is_gpu_image(m) ? STR("ECS_AL2023_NVIDIA") : STR("ECS_AL2023");
			struct diag *d;

			if (!WRITTEN(m, image_type) || is_own(m) ||
			    m->image_type == IMAGE(ECS_AL2023) ||
			    m->image_type == IMAGE(ECS_AL2023_NVIDIA))
				continue;
			d = diag_al2_image(
				r->ds, m->at.image_type.value,
				enum_text(PROP_Ec2Configuration_ImageType, (int)m->image_type));
			diag_help(r->ds, d, "write `" STR_F "`, or an `ImageIdOverride` beside it",
				  STR_A(newer));
			diag_fix(r->ds, d, d->at, newer, false);
		}
}

/* ---- types that the image of AWS does not serve ---- */

static bool is_one_of(struct str family, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(family, str_c(names[i])))
			return true;
	return false;
}

bool batch_gpu_is_old(const struct instance_type *t)
{
	static const char *const families[] = {"p2", "p3", "p3dn", "g3", "g3s"};

	return is_one_of(facts_family(t->name), families, ARRAY_LEN(families));
}

bool batch_lacks_image(const struct instance_type *t)
{
	return str_eq(facts_family(t->name), STR("a1"));
}

static bool is_arm_gpu(const struct instance_type *t)
{
	return batch_gpus(t) > 0 && (t->arch & ARCH_ARM64) != 0;
}

static bool is_served_gpu(const struct instance_type *t)
{
	return batch_gpus(t) > 0 && !batch_gpu_is_old(t) && !is_arm_gpu(t);
}

/* Is it not sold in the Region, so that Batch passes over it? */
static bool is_unsold(const struct rules *r, const struct instance_type *t)
{
	return r->region != NULL && facts_offered(r->facts, t->name, r->region->name) == KNOWN_NO;
}

/* The first type of the environment that is so, and may start; false where none is. */
static bool find_type(const struct rules *r, const struct batch_environment *e,
		      bool (*is)(const struct instance_type *t), struct batch_type *ret)
{
	*ret = (struct batch_type){0};
	while (next_batch_type(r, e, ret))
		if (is(ret->type) && !is_unsold(r, ret->type))
			return true;
	return false;
}

/* Where the image is said, as a further place. */
static void label_image(const struct rules *r, struct diag *d, const struct ec2_configuration *m)
{
	if (m != NULL)
		diag_label(r->ds, d, m->at.image_type.value, "the image");
}

static void old_gpu(const struct rules *r, const struct batch_environment *e)
{
	const struct ec2_configuration *m = image_of(e, true);
	struct batch_type t;
	struct diag *d;

	/* A plain image alone is another finding. */
	if ((m == NULL && e->m->ec2_configuration.n > 0) || has_own_image(e) ||
	    (m != NULL && m->image_type == IMAGE(ECS_AL2_NVIDIA)) ||
	    !find_type(r, e, batch_gpu_is_old, &t))
		return;
	d = diag_old_gpu_image(r->ds, t.word->at, t.word->text);
	label_image(r, d, m);
	diag_help(r->ds, d, "take a newer family such as `g5` or `g6e`, or %s", name_an_image);
}

static void first_graviton(const struct rules *r, const struct batch_environment *e)
{
	const struct ec2_configuration *m = image_of(e, false);
	struct batch_type t;
	struct diag *d;

	if (has_own_image(e) || (m != NULL && m->image_type != IMAGE(ECS_AL2023)) ||
	    !find_type(r, e, batch_lacks_image, &t))
		return;
	d = diag_a1_image(r->ds, t.word->at, t.word->text);
	label_image(r, d, m);
	diag_help(r->ds, d, "take a newer family such as `c7g`, or %s", name_an_image);
}

static void plain_image_alone(const struct rules *r, const struct batch_environment *e)
{
	const struct ec2_configuration *m = image_of(e, false);
	struct batch_type t;
	struct diag *d;

	if (m == NULL || is_own(m) || image_of(e, true) != NULL ||
	    (!find_type(r, e, is_served_gpu, &t) && !find_type(r, e, batch_gpu_is_old, &t)))
		return;
	d = diag_gpu_without_image(r->ds, m->at.image_type.value,
				   enum_text(PROP_Ec2Configuration_ImageType, (int)m->image_type));
	diag_label(r->ds, d, t.word->at, "`" STR_F "` has GPUs", STR_A(t.word->text));
	diag_help(r->ds, d,
		  "write `ImageType: ECS_AL2023_NVIDIA`, or leave Ec2Configuration out: hpcc "
		  "takes it for GPU types");
	if (!find_type(r, e, batch_gpu_is_old, &t))
		diag_fix(r->ds, d, d->at, STR("ECS_AL2023_NVIDIA"), false);
}

/* ---- GPUs of Graviton types ---- */

/* The first property Gpus of a job that may run in the environment, or NULL. */
static const struct container_properties *asks_gpus(const struct rules *r,
						    const struct batch_environment *e)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		if (WRITTEN(c.m, gpus) && c.m->gpus > 0 && batch_runs_in(c.job, e))
			return c.m;
	return NULL;
}

static void arm_gpu(const struct rules *r, const struct batch_environment *e)
{
	const struct container_properties *job = asks_gpus(r, e);
	struct batch_type t;
	struct diag *d;
	bool meant; /* that GPUs are used */

	if (has_own_image(e) || !find_type(r, e, is_arm_gpu, &t))
		return;
	meant = job != NULL || (image_of(e, true) != NULL && image_of(e, false) == NULL);
	d = (meant ? diag_arm_gpu_image : diag_arm_gpu_unused)(r->ds, t.word->at, t.word->text);
	if (job != NULL)
		diag_label(r->ds, d, job->at.gpus.value, "a job asks for GPUs");
	label_image(r, d, image_of(e, true));
	diag_note(r->ds, d, "ECS_AL2023_NVIDIA is for x86_64, and ECS_AL2023 has no drivers");
	diag_help(r->ds, d, "take a family such as `g5` or `g6`, or %s", name_an_image);
}

void rule_compute_image_serves(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		if (images_faulty(e))
			continue;
		old_gpu(r, e);
		first_graviton(r, e);
		plain_image_alone(r, e);
		arm_gpu(r, e);
	}
}

/* ---- Inferentia and Trainium ---- */

static bool is_neuron(const struct instance_type *t)
{
	return t->neuron.count > 0;
}

/* Source: Amazon ECS developer guide, Task definitions for AWS Neuron; the list of imageType as above. */
void rule_compute_neuron_driver(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		struct batch_type t;
		struct diag *d;

		if (images_faulty(e) || has_own_image(e) || !find_type(r, e, is_neuron, &t))
			continue;
		d = diag_neuron_driver(r->ds, t.word->at, t.word->text);
		label_image(r, d, image_of(e, false));
		diag_note(r->ds, d,
			  "jobs get its devices by `LinuxParameters: {Devices: [{HostPath: "
			  "/dev/neuron0}]}`, a row for each");
		diag_help(r->ds, d,
			  "write an `ImageIdOverride`: AWS has one in the parameter "
			  "/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended");
	}
}
