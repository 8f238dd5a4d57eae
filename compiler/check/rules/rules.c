/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the table of rules and the loop that runs them. */
#include "compiler/check/rules/rule.h"

/* A rule, and the codes it may report, with blanks between. */
static const struct rule_row {
	struct str codes;
	rule_function *run;
} rule_rows[] = {
#define RULE(name, codes, promise) {STR_INIT(codes), rule_##name},
#include "compiler/check/rules/rules.def"
#undef RULE
};

/* Is there a code of the rule that is not switched off? */
static bool wanted(const struct rule_row *row, const struct code_set *off)
{
	struct str rest = row->codes;

	if (off == NULL)
		return true;
	while (rest.s != NULL) {
		struct str code = str_cut(&rest, ' ');
		enum diag_id id;

		if (!diag_find(code, &id))
			BUG("rules.def names the unknown code " STR_F, STR_A(code));
		if (!code_in(off, id))
			return true;
	}
	return false;
}

void check_rules(struct arena *a, struct diags *ds, const struct cluster *c,
		 const struct facts *facts, release knows, const struct code_set *off)
{
	struct rules r = {
		.a = a,
		.ds = ds,
		.c = c,
		.facts = facts,
		.region = USABLE(c, region) ? facts_region(facts, c->region) : NULL,
		.slurm = c->scheduling.scheduler != SCHEDULING_SCHEDULER_AWSBATCH,
		.knows = knows,
		.demand = demand_of(a, c),
	};

	r.sections = sections_below(
		a, (struct any_section){&schema_sections[SECTION_Cluster], (const char *)c});
	for (size_t i = 0; i < ARRAY_LEN(rule_rows); i++)
		if (wanted(&rule_rows[i], off))
			rule_rows[i].run(&r);
}
