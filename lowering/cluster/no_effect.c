/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_effect.c - properties that steer ParallelCluster's own parts, which a cluster of ours does not have.
 *
 * They are read and checked, so that a file needs no edit; a note at each says that nothing comes of it. Which they
 * are, and why, is the column `no_effect` of stdlib/schema/; doc/differences.md lists the same.
 */
#include "compiler/model/each.h"
#include "lowering/cluster/cluster.h"

static void note(struct stack *st, const struct any_section *s, uint16_t variant)
{
	for (size_t i = 0; i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];
		const struct field_at *f = any_field(s, s->schema->first + i);
		struct diag *d;

		if ((p->idle & variant) == 0 || !is_written(f))
			continue;
		d = diag_no_effect_here(st->ds, f->key, p->name);
		diag_note(st->ds, d, STR_F, STR_A(p->no_effect));
	}
}

void pass_no_effect(struct lowering *l)
{
	struct any_section root = {&schema_sections[SECTION_Cluster], (const char *)l->c};
	struct section_list all = sections_below(l->st.a, root);

	for (size_t i = 0; i < all.n; i++)
		note(&l->st, &all.items[i], is_awsbatch(l->c) ? AWSBATCH : SLURM);
}
