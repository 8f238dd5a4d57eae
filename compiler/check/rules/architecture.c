/* SPDX-License-Identifier: Apache-2.0 */
/* architecture.c - rules about processors: one architecture in a cluster, threads, accelerators. */
#include "compiler/check/rules/types.h"

/* Of the head node, without that of old 32-bit images; 0 when its type is not known or runs no Linux. */
static uint8_t head_arch(const struct rules *r)
{
	const struct instance_type *t = head_type(r).type;

	if (t == NULL || (t->arch & ARCH_MAC) != 0)
		return 0;
	return t->arch & (ARCH_X86_64 | ARCH_ARM64);
}

static void help_arch(const struct rules *r, struct diag *d, const struct named_type *t,
		      uint8_t arch)
{
	diag_label(r->ds, d, head_type(r).at, "the head node: " STR_F, STR_A(arch_word(arch)));
	suggest_type(
		r, d, t,
		(struct wish){arch, is_current, 0, arch == ARCH_ARM64 ? "is arm64" : "is x86_64"});
}

/* ParallelCluster: InstanceArchitectureCompatibilityValidator. */
void rule_architecture_of_compute(const struct rules *r)
{
	uint8_t arch = head_arch(r);
	struct typed_compute it = {0};

	while (arch != 0 && next_typed(r, &it))
		for (size_t i = 0; i < it.n; i++) {
			const struct named_type *t = &it.types[i];

			if ((t->type->arch & (arch | ARCH_MAC)) == 0)
				help_arch(r,
					  diag_architecture_mismatch(r->ds, t->at, t->name,
								     arch_word(t->type->arch),
								     arch_word(arch)),
					  t, arch);
		}
}

/* Login nodes mount the programs of the scheduler from the head node. */
void rule_architecture_of_login(const struct rules *r)
{
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	uint8_t arch = head_arch(r);

	for (size_t i = 0; arch != 0 && i < pools->n; i++) {
		struct named_type t = pool_type(r, &pools->items[i]);

		if (t.type != NULL && (t.type->arch & (arch | ARCH_MAC)) == 0)
			help_arch(r,
				  diag_login_architecture(r->ds, t.at, t.name,
							  arch_word(t.type->arch), arch_word(arch)),
				  &t, arch);
	}
}

bool type_is_mac(const struct rules *r, const struct instance_type *type, struct str name,
		 struct span at)
{
	struct diag *d;

	if (type == NULL || (type->arch & ARCH_MAC) == 0)
		return false;
	d = diag_mac_type(r->ds, at, name);
	diag_help(r->ds, d, "`hpcc instances --arch=arm64` lists types that run Linux");
	return true;
}

static void runs_linux(const struct rules *r, const struct typed_node *n)
{
	type_is_mac(r, n->type.type, n->type.name, n->type.at);
}

/* EC2: Mac instances start images of macOS alone. */
void rule_runs_linux(const struct rules *r)
{
	each_typed_node(r, runs_linux);
}

static void smt_effect(const struct rules *r, struct span at, struct str type)
{
	diag_fix(r->ds, diag_smt_no_effect(r->ds, at, type), at, STR("false"), false);
}

static bool has_one_thread(const struct instance_type *t)
{
	return t->threads_per_core == 1;
}

void rule_smt_has_effect(const struct rules *r)
{
	const struct head_node *head = &r->c->head_node;
	struct named_type h = head_type(r);
	struct typed_compute it = {0};

	if (h.type != NULL && has_one_thread(h.type) &&
	    WRITTEN(head, disable_simultaneous_multithreading) &&
	    head->disable_simultaneous_multithreading)
		smt_effect(r, head->at.disable_simultaneous_multithreading.value, h.name);
	while (next_typed(r, &it)) {
		const struct slurm_compute_resource *c = it.at.resource;
		size_t one = 0;

		while (one < it.n && has_one_thread(it.types[one].type))
			one++;
		if (one == it.n && it.n > 0 && WRITTEN(c, disable_simultaneous_multithreading) &&
		    c->disable_simultaneous_multithreading)
			smt_effect(r, c->at.disable_simultaneous_multithreading.value,
				   it.types[0].name);
	}
}
