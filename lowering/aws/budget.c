/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget.c - a budget, and who is told.
 *
 * It has no name: who is told is part of what replaces a budget, and its successor could not have the name of one that
 * is there.
 */
#include "lowering/aws/notifications.h"
#include "lowering/aws/tags.h"

/* Percentages that are told where the file names none. Of a day nothing is foreseen. */
static const struct model_int spent[] = {{.value = 80}, {.value = 100}};
static const struct model_int foreseen[] = {{.value = 100}};

/* The costs of what has the tag of the stack. A `$` between key and value: no Fn::Sub. */
static struct ir_value *own_costs(struct stack *st)
{
	struct ir_value *tag = ir_func(st->g, IR_JOIN, STR(""));

	ir_push(st->g, tag, ir_text(st->g, STR("user:" STACK_TAG "$")));
	ir_push(st->g, tag, ir_ref(st->g, STR("AWS::StackName")));
	return ir_put(st->g, ir_object(st->g), "TagKeyValue", ir_push(st->g, ir_list(st->g), tag));
}

/* What accounts pay in. Source: AWS China, pricing and billing. */
static struct str currency_of(const struct stack *st)
{
	const struct region *r = facts_region(st->facts, st->region);

	return r != NULL && str_eq(r->partition, STR("aws-cn")) ? STR("CNY") : STR("USD");
}

static struct ir_value *limit(struct stack *st, const struct budget *m)
{
	struct ir_value *o = ir_object(st->g), *spend = ir_object(st->g);

	ir_put(st->g, spend, "Amount", ir_number(st->g, m->amount));
	ir_put_text(st->g, spend, "Unit", currency_of(st));
	ir_put(st->g, o, "BudgetLimit", spend);
	ir_put_text(st->g, o, "BudgetType", STR("COST"));
	ir_put_text(st->g, o, "TimeUnit", enum_text(PROP_Budget_TimeUnit, m->time_unit));
	if (!m->all_costs)
		ir_put(st->g, o, "CostFilters", own_costs(st));
	return o;
}

static struct ir_value *subscribers(struct stack *st, const struct model_strings *emails)
{
	struct ir_value *list = ir_list(st->g), *addresses = ir_list(st->g);

	list_add_distinct(st, addresses, text_list(st, emails));
	for (size_t i = 0; i < addresses->n; i++) {
		struct ir_value *o = ir_object(st->g);

		ir_put(st->g, o, "Address", addresses->items[i]);
		ir_push(st->g, list, ir_put_text(st->g, o, "SubscriptionType", STR("EMAIL")));
	}
	return list;
}

/* Who is told, and of what. */
struct told {
	struct ir_value *list, *subscribers;
	const char *type;
};

static void tell(struct stack *st, const struct told *t, int64_t percent)
{
	struct ir_value *n = ir_object(st->g), *o = ir_object(st->g);

	ir_put_text(st->g, n, "NotificationType", str_c(t->type));
	ir_put_text(st->g, n, "ComparisonOperator", STR("GREATER_THAN"));
	ir_put_int(st->g, n, "Threshold", percent);
	ir_put_text(st->g, n, "ThresholdType", STR("PERCENTAGE"));
	ir_put(st->g, o, "Notification", n);
	ir_push(st->g, t->list, ir_put(st->g, o, "Subscribers", t->subscribers));
}

static void tell_all(struct stack *st, const struct told *t, struct model_ints percents)
{
	for (size_t i = 0; i < percents.n; i++)
		tell(st, t, percents.items[i].value);
}

static struct ir_value *notifications_of(struct stack *st, const struct budget *m,
					 const struct notifications *n)
{
	const struct model_strings *emails = m->emails.n > 0 ? &m->emails : &n->emails;
	struct told actual = {ir_list(st->g), subscribers(st, emails), "ACTUAL"};
	struct told forecast = {actual.list, actual.subscribers, "FORECASTED"};
	bool daily = m->time_unit == BUDGET_TIME_UNIT_DAILY;
	struct model_ints by_default = {foreseen, daily ? 0 : ARRAY_LEN(foreseen)};

	tell_all(st, &actual,
		 is_written(&m->at.actual_percent) ? m->actual_percent
						   : (struct model_ints){spent, ARRAY_LEN(spent)});
	tell_all(st, &forecast,
		 is_written(&m->at.forecast_percent) ? m->forecast_percent : by_default);
	return actual.list;
}

void budget_add(struct stack *st, const struct budget *m, const struct notifications *n)
{
	struct ir_resource *r = ir_add(st->g, STR("Budget"), "AWS::Budgets::Budget",
				       origin_of_section(&m->section));
	struct ir_value *told = notifications_of(st, m, n);

	ir_put(st->g, r->properties, "Budget", limit(st, m));
	if (told->n > 0)
		ir_put(st->g, r->properties, "NotificationsWithSubscribers", told);
	tags_put(st, r->properties, "ResourceTags", NULL);
}
