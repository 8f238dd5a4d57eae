/* SPDX-License-Identifier: Apache-2.0 */
/* budget.c - rules about a budget. */
#include "compiler/check/rules/budget.h"

/* Notifications that a budget may have. Source: AWS Budgets quotas. */
enum { MOST_NOTIFICATIONS = 5 };

static void in_region(const struct rules *r, const struct budget *b)
{
	struct diag *d;

	if (facts_type_offered(r->facts, STR("AWS::Budgets::Budget"), r->region_name) != KNOWN_NO)
		return;
	d = diag_budget_region(r->ds, section_span(&b->section), r->region_name);
	diag_label(r->ds, d, r->region_at->value, "the region is set here");
	diag_help(r->ds, d,
		  "make the budget in a stack in another region: it counts what all regions cost");
}

/* It would be a figure on a page of the console. */
static void silent(const struct rules *r, const struct budget *b)
{
	struct diag *d = diag_budget_silent(r->ds, section_span(&b->section));

	if (WRITTEN(b, emails))
		diag_label(r->ds, d, b->at.emails.value, "no mail is ever written to these");
	diag_help(r->ds, d, "leave `ActualPercent` out: it is [80, 100] by default");
}

static void not_too_many(const struct rules *r, const struct budget *b)
{
	size_t actual = WRITTEN(b, actual_percent) ? b->actual_percent.n : 2;
	size_t forecast = WRITTEN(b, forecast_percent)		   ? b->forecast_percent.n
			  : b->time_unit == BUDGET_TIME_UNIT_DAILY ? 0
								   : 1;
	struct diag *d;

	if (!USABLE(b, actual_percent) || !USABLE(b, forecast_percent) || !USABLE(b, time_unit) ||
	    b->section.poisoned)
		return;
	if (actual + forecast == 0)
		silent(r, b);
	if (actual + forecast <= MOST_NOTIFICATIONS)
		return;
	d = diag_budget_notifications(r->ds, section_span(&b->section),
				      (unsigned)(actual + forecast), MOST_NOTIFICATIONS);
	if (WRITTEN(b, actual_percent))
		diag_label(r->ds, d, b->at.actual_percent.value, "%zu of them", actual);
	if (WRITTEN(b, forecast_percent))
		diag_label(r->ds, d, b->at.forecast_percent.value, "%zu of them", forecast);
	else if (forecast > 0)
		diag_note(r->ds, d, "ForecastPercent is [100] by default; `[]` makes none");
	if (!WRITTEN(b, actual_percent))
		diag_note(r->ds, d, "ActualPercent is [80, 100] by default; `[]` makes none");
}

static void each_once(const struct rules *r, const struct model_ints *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < i; k++)
			if (list->items[k].value == list->items[i].value) {
				diag_label(r->ds,
					   diag_percent_twice(r->ds, list->items[i].at,
							      (long long)list->items[i].value,
							      name),
					   list->items[k].at, "the first one");
				break;
			}
}

static void somebody_told(const struct rules *r, const struct planned *p)
{
	const struct budget *b = p->budget;
	const struct notifications *n = p->notifications;
	struct diag *d;

	if (b->at.emails.state != FIELD_ABSENT || b->section.poisoned ||
	    is_poisoned(p->notifications_at) || n->at.emails.state != FIELD_ABSENT ||
	    n->section.poisoned)
		return;
	d = diag_budget_nobody(r->ds, section_span(&b->section));
	if (WRITTEN(n, topic_arn))
		diag_note(r->ds, d,
			  "a TopicArn of Notifications is for alarms: the budget writes mails");
	diag_help(r->ds, d, "add `Emails: [hpc@example.com]`");
}

static void tag_active(const struct rules *r, const struct budget *b)
{
	struct diag *d;

	if (!USABLE(b, all_costs) || b->all_costs)
		return;
	d = diag_budget_tag(r->ds, section_span(&b->section));
	diag_help(r->ds, d,
		  "once in the account: `aws ce update-cost-allocation-tags-status "
		  "--cost-allocation-tags-status TagKey=hpcc:stack,Status=Active`");
	diag_help(r->ds, d, "or let it count all costs of the account: `AllCosts: true`");
}

/* Sources: AWS Budgets API and quotas; CloudFormation registry of resource types by region. */
void rule_budget(const struct rules *r)
{
	struct planned p = planned_of(r);
	const struct budget *b = p.budget;

	if (!b->section.written)
		return;
	in_region(r, b);
	not_too_many(r, b);
	if (WRITTEN(b, actual_percent))
		each_once(r, &b->actual_percent, PROP_NAME(Budget_ActualPercent));
	if (WRITTEN(b, forecast_percent))
		each_once(r, &b->forecast_percent, PROP_NAME(Budget_ForecastPercent));
	somebody_told(r, &p);
	tag_active(r, b);
}
