/* SPDX-License-Identifier: Apache-2.0 */
/* notifications.c - who hears of the environment: of alarms, and of what it costs. */
#include "lowering/aws/notifications.h"

#include "lowering/environment/environment.h"

void pass_env_notifications(struct ground *l)
{
	if (l->e->notifications.section.written)
		l->topic = topic_add(&l->st, &l->e->notifications);
}

void pass_env_budget(struct ground *l)
{
	if (l->e->budget.section.written)
		budget_add(&l->st, &l->e->budget, &l->e->notifications);
}
