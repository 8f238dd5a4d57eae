/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget_mail.c - what AWS Budgets tells, and whom.
 *
 * Sources: AWS Budgets API, Notification with Subscribers (at most 10 mail addresses); AWS Cost Management user guide,
 * "Creating a cost budget" (a daily budget has no forecast).
 */
#include "compiler/check/rules/budget.h"

enum { MOST_ADDRESSES = 10 };

/* Emails of its own are limited by their row; those of Notifications may be more. */
void rule_budget_addresses(const struct rules *r)
{
	struct planned p = planned_of(r);
	const struct budget *b = p.budget;
	const struct notifications *n = p.notifications;
	struct diag *d;

	if (!b->section.written || b->at.emails.state != FIELD_ABSENT || !WRITTEN(n, emails) ||
	    n->emails.n <= MOST_ADDRESSES)
		return;
	d = diag_budget_addresses(r->ds, b->section.key, n->emails.n, MOST_ADDRESSES);
	diag_label(r->ds, d, n->at.emails.value, "it names none of its own, so these are told");
	diag_help(r->ds, d, "write up to %d of them into `Emails` of the Budget", MOST_ADDRESSES);
}

void rule_budget_daily(const struct rules *r)
{
	const struct budget *b = planned_of(r).budget;
	struct diag *d;

	if (!WRITTEN(b, time_unit) || b->time_unit != BUDGET_TIME_UNIT_DAILY ||
	    !WRITTEN(b, forecast_percent) || b->forecast_percent.n == 0)
		return;
	d = diag_budget_daily(r->ds, b->at.forecast_percent.value);
	diag_label(r->ds, d, b->at.time_unit.value, "it is for a day");
	diag_help(r->ds, d, "leave it out: ActualPercent tells what was spent");
}
