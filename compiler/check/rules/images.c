/* SPDX-License-Identifier: Apache-2.0 */
/* images.c - rules about the operating system: images, and software that not every system has. */
#include "compiler/check/rules/rule.h"

static struct str os_text(const struct rules *r)
{
	return enum_text(PROP_Image_Os, (int)r->c->image.os);
}

bool needs_custom_image(enum image_os os)
{
	return os == IMAGE_OS_ROCKY8 || os == IMAGE_OS_ROCKY9;
}

/*
 * There is no official image of Rocky Linux. An image at the head node or a queue is not enough: the login nodes,
 * and what is added later, need one as well. Source: ParallelCluster cluster_validators.py, OsCustomAmiValidator.
 */
void rule_custom_image(const struct rules *r)
{
	const struct image *i = &r->c->image;
	struct diag *d;

	if (!WRITTEN(i, os) || !needs_custom_image(i->os) || i->at.custom_ami.state != FIELD_ABSENT)
		return;
	d = diag_needs_custom_ami(r->ds, i->at.os.value, os_text(r));
	diag_help(r->ds, d, "add `CustomAmi` with an image of your own under Image");
}

/* Source: ParallelCluster cluster_validators.py, IntelHpcOsValidator, IntelHpcArchitectureValidator. */
void rule_intel_platform(const struct rules *r)
{
	const struct intel_software *s = &r->c->additional_packages.intel_software;
	struct diag *d;

	if (!WRITTEN(s, intel_hpc_platform) || !s->intel_hpc_platform ||
	    !WRITTEN(&r->c->image, os) ||
	    (r->variant == SLURM && r->c->image.os == IMAGE_OS_CENTOS7))
		return;
	d = diag_intel_platform(r->ds, s->at.intel_hpc_platform.value);
	diag_label(r->ds, d, r->c->image.at.os.value, "this is " STR_F, STR_A(os_text(r)));
	diag_help(r->ds, d, "leave it out; install the Intel libraries by a custom action");
}

/* A system on which there is no DCV server, from release to release; `until` 0: to this day. */
struct no_dcv {
	enum image_os os;
	unsigned arch;
	release until;
};

/*
 * Source: ParallelCluster cluster_validators.py, DcvValidator, and the release notes of 3.12.0 and 3.14.0. A system
 * that has DCV in some release is refused only when the file is judged by an older one.
 */
static const struct no_dcv no_dcv[] = {
	{IMAGE_OS_UBUNTU2004, ARCH_ARM64, 0},
	{IMAGE_OS_UBUNTU2204, ARCH_ARM64, 31200},
	{IMAGE_OS_ALINUX2023, ARCH_ARM64 | ARCH_X86_64, 31400},
};

static bool lacks_dcv(const struct rules *r, unsigned arch)
{
	for (size_t i = 0; i < ARRAY_LEN(no_dcv); i++) {
		const struct no_dcv *row = &no_dcv[i];

		if (row->os == r->c->image.os && (row->arch & arch) != 0 &&
		    (row->until == 0 || (r->knows != 0 && r->knows < row->until)))
			return true;
	}
	return false;
}

static void dcv_os(const struct rules *r, const struct dcv *dcv, struct str name, struct span at)
{
	const struct instance_type *t = facts_instance(r->facts, name);
	struct diag *d;

	if (!WRITTEN(dcv, enabled) || !dcv->enabled || t == NULL || !WRITTEN(&r->c->image, os) ||
	    !lacks_dcv(r, t->arch))
		return;
	d = diag_dcv_os(r->ds, section_span(&dcv->section), os_text(r),
			t->arch & ARCH_ARM64 ? "arm64" : "x86_64");
	diag_label(r->ds, d, r->c->image.at.os.value, "the operating system");
	diag_label(r->ds, d, at, "the architecture comes from this type");
}

void rule_dcv_os(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;

	if (WRITTEN(h, instance_type))
		dcv_os(r, &h->dcv, h->instance_type, h->at.instance_type.value);
	for (size_t i = 0; i < pools->n; i++)
		if (WRITTEN(&pools->items[i], instance_type))
			dcv_os(r, &pools->items[i].dcv, pools->items[i].instance_type,
			       pools->items[i].at.instance_type.value);
}
