/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h - the budget of a file, and who is told where it names nobody. */
#ifndef HPCC_RULES_BUDGET_H
#define HPCC_RULES_BUDGET_H

#include "compiler/check/rules/rule.h"

struct planned {
	const struct budget *budget;
	const struct notifications *notifications;
	const struct field_at *notifications_at; /* the section in the file */
};

/* Those of an environment or a batch file. */
static inline struct planned planned_of(const struct rules *r)
{
	if (r->e != NULL)
		return (struct planned){&r->e->budget, &r->e->notifications,
					&r->e->at.notifications};
	return (struct planned){&r->b->budget, &r->b->notifications, &r->b->at.notifications};
}

#endif
