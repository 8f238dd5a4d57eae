/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - rules about instance types themselves: do they exist, where, and with what system. */
#include "compiler/base/nearest.h"
#include "compiler/check/rules/types.h"

enum { NEAR = 2, FAR = 8, SMALL_SYSTEM_MIB = 1741 }; /* 1.7 GiB */

/* Is a the nearer one of two names that name may be meant for? */
static bool is_nearer(struct str name, struct str a, struct str b)
{
	return edit_distance(name, a, FAR) < edit_distance(name, b, FAR);
}

/* "4xlarge, 48xlarge" for "p5"; empty when there is no such family. */
static struct str sizes_of(const struct rules *r, struct str family)
{
	struct str list = STR("");

	for (size_t i = 0; i < facts_instance_count(r->facts); i++) {
		struct str name = facts_instance_at(r->facts, i)->name;

		if (str_eq(facts_family(name), family) && name.n > family.n)
			list = arena_fmt(r->a, STR_F "%s" STR_F, STR_A(list),
					 list.n > 0 ? ", " : "",
					 STR_A(str_slice(name, family.n + 1, name.n)));
	}
	return list;
}

static void help_name(const struct rules *r, struct diag *d, const struct named_type *t)
{
	struct str near[NEAR], family = facts_family(t->name), sizes = sizes_of(r, family);
	unsigned n = facts_instance_near(r->facts, t->name, near, NEAR);

	if (n > 1 && is_nearer(t->name, near[0], near[1]))
		n = 1;
	if (n == 1)
		diag_inner(r->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
	else if (sizes.n > 0)
		diag_help(r->ds, d, "the sizes of " STR_F ": " STR_F, STR_A(family), STR_A(sizes));
	else if (n > 1)
		diag_inner(r->ds, d, "did you mean `" STR_F "` or `" STR_F "`?", STR_A(near[0]),
			   STR_A(near[1]));
	else
		diag_help(r->ds, d,
			  "`hpcc instances` lists the types; --catalog FILE adds newer ones");
	if (n > 0)
		diag_fix(r->ds, d, t->at, near[0], edit_distance(t->name, near[0], 0) == 0);
}

static void type_known(const struct rules *r, const struct typed_node *n)
{
	if (n->type.type == NULL)
		help_name(r, diag_unknown_instance_type(r->ds, n->type.at, n->type.name), &n->type);
}

void rule_instance_type_known(const struct rules *r)
{
	each_typed_node(r, type_known);
}

static void type_sold(const struct rules *r, const struct typed_node *n)
{
	struct diag *d;

	if (n->type.type == NULL || !n->type.type->withdrawn)
		return;
	d = diag_withdrawn_instance_type(r->ds, n->type.at, n->type.name);
	suggest_type(r, d, &n->type,
		     (struct wish){n->type.type->arch, is_current, 0, "is still sold"});
}

void rule_instance_type_sold(const struct rules *r)
{
	each_typed_node(r, type_sold);
}

/* Date of the table of offerings. */
static struct str offerings_date(void)
{
	for (size_t i = 0; i < fact_tables_n; i++)
		if (str_eq(fact_tables[i].name, STR("offerings")))
			return fact_tables[i].date;
	BUG("no table of offerings");
}

void type_offered(const struct rules *r, const struct named_type *n)
{
	const struct instance_type *t = n->type;
	struct diag *d;

	if (t == NULL || t->withdrawn ||
	    facts_offered(r->facts, t->name, r->region->name) != KNOWN_NO)
		return;
	if (t->current_generation) {
		d = diag_not_listed_in_region(r->ds, n->at, t->name, r->region->name);
		diag_note(r->ds, d, "as of " STR_F "; --catalog FILE tells of newer offers",
			  STR_A(offerings_date()));
	} else {
		d = diag_not_offered_in_region(r->ds, n->at, t->name, r->region->name);
	}
	if (WRITTEN(r->c, region))
		diag_label(r->ds, d, r->c->at.region.value, "the Region");
	suggest_type(r, d, n, (struct wish){t->arch, is_current, 0, "is offered there"});
}

static void node_offered(const struct rules *r, const struct typed_node *n)
{
	type_offered(r, &n->type);
}

/* ParallelCluster: InstanceTypeValidator; for compute nodes the file does not even load. */
void rule_instance_type_offered(const struct rules *r)
{
	if (r->region != NULL)
		each_typed_node(r, node_offered);
}

static bool is_small(struct str type)
{
	return str_find_str(type, STR("micro"), 0) != SIZE_MAX ||
	       str_find_str(type, STR("nano"), 0) != SIZE_MAX;
}

static void help_larger(const struct rules *r, struct diag *d, const struct named_type *t)
{
	suggest_type(r, d, t,
		     (struct wish){t->type->arch, has_memory_mib, SMALL_SYSTEM_MIB, "has enough"});
}

/* ParallelCluster: InstanceTypeOSCompatibleValidator. */
static void type_fits_system(const struct rules *r, const struct typed_node *n)
{
	const struct instance_type *t = n->type.type;
	const struct image *image = &r->c->image;
	struct diag *d;

	if (t == NULL || !is_small(t->name))
		return;
	d = diag_small_type_for_os(r->ds, n->type.at, t->name, memory_text(r, t->memory_mib),
				   enum_text(PROP_Image_Os, image->os));
	diag_label(r->ds, d, image->at.os.value, "the system, which wants 1.7 GiB");
	help_larger(r, d, &n->type);
}

static bool os_wants_memory(const struct rules *r)
{
	struct str os = enum_text(PROP_Image_Os, r->c->image.os);

	return WRITTEN(&r->c->image, os) && !str_starts(os, STR("alinux")) &&
	       !str_starts(os, STR("centos"));
}

bool is_small_head(const struct rules *r, struct str type)
{
	return is_small(type) && (os_wants_memory(r) || r->c->head_node.dcv.enabled);
}

void rule_small_type_for_os(const struct rules *r)
{
	if (os_wants_memory(r))
		each_typed_node(r, type_fits_system);
}

/*
 * Systems that ParallelCluster refuses with a family, and the releases that do: from `since`, before `until` (0: to
 * this day). Source: its constants.py, UNSUPPORTED_OSES_FOR_P6E_GB200 and …_P6_B300, of 3.13.2, 3.14.0, 3.14.2, 3.15.0,
 * 3.15.1 and 3.16.1.
 */
static const struct {
	struct str family;
	enum image_os os;
	release since, until;
} refused_systems[] = {
	{STR_INIT("p6e-gb200"), IMAGE_OS_RHEL8, 31400, 0},
	{STR_INIT("p6e-gb200"), IMAGE_OS_RHEL9, 31400, 0},
	{STR_INIT("p6e-gb200"), IMAGE_OS_ROCKY8, 31400, 0},
	{STR_INIT("p6e-gb200"), IMAGE_OS_ALINUX2, 31400, 31600},
	{STR_INIT("p6-b300"), IMAGE_OS_ALINUX2, 31500, 31600},
};

/* ParallelCluster: InstanceTypeOSCompatibleValidator, its errors. */
static void system_supported(const struct rules *r, const struct typed_node *n)
{
	const struct image *image = &r->c->image;

	for (size_t i = 0; i < ARRAY_LEN(refused_systems); i++) {
		struct diag *d;

		if (!str_starts(n->type.name, refused_systems[i].family) ||
		    image->os != refused_systems[i].os || r->knows < refused_systems[i].since ||
		    (refused_systems[i].until != 0 && r->knows >= refused_systems[i].until))
			continue;
		d = diag_type_not_for_os(r->ds, n->type.at, n->type.name,
					 enum_text(PROP_Image_Os, image->os));
		diag_label(r->ds, d, image->at.os.value, "the system");
		diag_help(r->ds, d, "take `alinux2023`, `ubuntu2204` or `ubuntu2404`");
		return;
	}
}

/* hpcc's nodes start from other images: only where a file is judged by a release that refuses it. */
void rule_type_supports_os(const struct rules *r)
{
	if (r->knows != 0 && WRITTEN(&r->c->image, os))
		each_typed_node(r, system_supported);
}

static void small_desktop(const struct rules *r, struct named_type type, const struct dcv *dcv)
{
	struct diag *d;

	if (type.type == NULL || !USABLE(dcv, enabled) || !dcv->enabled || !is_small(type.name))
		return;
	d = diag_small_type_for_dcv(r->ds, type.at, type.name,
				    memory_text(r, type.type->memory_mib));
	diag_label(r->ds, d, section_span(&dcv->section), "DCV is on");
	help_larger(r, d, &type);
}

/* ParallelCluster: DcvValidator. */
void rule_small_type_for_dcv(const struct rules *r)
{
	const struct login_pool_list *pools = &r->c->login_nodes.pools;

	small_desktop(r, head_type(r), &r->c->head_node.dcv);
	for (size_t i = 0; i < pools->n; i++)
		small_desktop(r, pool_type(r, &pools->items[i]), &pools->items[i].dcv);
}

/* The release from which on ParallelCluster warns. */
enum { GPU_WISHED = 31400 };

static void desktop_gpu(const struct rules *r, struct named_type type, const struct dcv *dcv)
{
	struct diag *d;

	if (type.type == NULL || !USABLE(dcv, enabled) || !dcv->enabled || type.type->gpu.count > 0)
		return;
	d = diag_dcv_without_gpu(r->ds, section_span(&dcv->section), type.name);
	diag_label(r->ds, d, type.at, "the type");
	diag_note(r->ds, d, "desktops are drawn by the CPU then, which is slow for 3D");
}

/* ParallelCluster: DcvValidator. DCV runs without a GPU: only where a file is judged by a release that warns. */
void rule_dcv_has_gpu(const struct rules *r)
{
	const struct login_pool_list *pools = &r->c->login_nodes.pools;

	if (r->knows < GPU_WISHED)
		return;
	desktop_gpu(r, head_type(r), &r->c->head_node.dcv);
	for (size_t i = 0; i < pools->n; i++)
		desktop_gpu(r, pool_type(r, &pools->items[i]), &pools->items[i].dcv);
}
