/* SPDX-License-Identifier: Apache-2.0 */
/* test_cost.c - what stacks cost. Prices are those of stdlib/facts; what is tested is what is made of them. */
#include "compiler/base/search.h"
#include "compiler/check/check.h"
#include "compiler/cost/cost.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

static const char head[] =
	"Region: us-east-1\n"
	"Image: {Os: alinux2023}\n"
	"HeadNode:\n"
	"  InstanceType: c5.large\n"
	"  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
	"  LocalStorage: {RootVolume: {Size: 40}}\n"
	"Monitoring: {Dashboards: {CloudWatch: {Enabled: false}}, Alarms: {Enabled: false}}\n"
	"Scheduling:\n"
	"  Scheduler: slurm\n"
	"  SlurmSettings: {Dns: {DisableManagedDns: true}}\n"
	"  SlurmQueues:\n";

enum { MILLION = 1000000 };
/* The head: c5.large at 0.085 an hour, and two volumes of 40 GB at 0.08. */
static const int64_t head_month = 85000 * 730 + 2 * 40 * 80000;

static const struct model *read_model(struct front *f, const char *text)
{
	front_read(f, str_c(text), NULL);
	return check_tree(&f->a, &f->ds, f->root, 0, NULL);
}

static const struct cost *cost_with(struct front *f, const char *queues, const struct cost_wish *w)
{
	const char *text = arena_fmt(&f->a, "%s%s", head, queues).s;

	return cost_of(&f->a, facts_bundled(), read_model(f, text), w);
}

static const struct cost *cost_in(struct front *f, const char *queues)
{
	return cost_with(f, queues, &(struct cost_wish){.nhours = 0});
}

static void expect_line(const struct cost_line *l, int64_t floor, int64_t ceiling)
{
	cr_expect_eq(l->sum.month[COST_FLOOR], floor, "%lld", (long long)l->sum.month[COST_FLOOR]);
	cr_expect_eq(l->sum.month[COST_CEILING], ceiling, "%lld",
		     (long long)l->sum.month[COST_CEILING]);
}

static const char two_types[] = "    - Name: q\n"
				"      ComputeResources:\n"
				"        - Name: flex\n"
				"          Instances: [{InstanceType: c5.large}, {InstanceType: "
				"c5.xlarge}]\n"
				"          MinCount: 1\n"
				"          MaxCount: 4\n";

Test(cost, counts_what_runs_and_what_may)
{
	struct front f = {0};
	const struct cost *c = cost_in(&f, two_types);

	cr_assert_eq(c->nlines, 2);
	expect_line(&c->lines[0], head_month, head_month);
	/* The cheapest of the types always runs, the dearest at most: 0.085 and 0.17. */
	expect_line(&c->lines[1], (int64_t)85000 * 730, (int64_t)170000 * 730 * 4);
	cr_expect_eq(c->sum.month[COST_FLOOR], head_month + (int64_t)85000 * 730);
	cr_expect_not(c->sum.estimated[COST_CEILING]);
	cr_expect_not(c->sum.at_least[COST_CEILING]);
	cr_expect_eq(c->nunpriced, 0);
	front_end(&f);
}

Test(cost, hours_are_of_queues_and_the_head)
{
	struct front f = {0};
	struct cost_hours hours[] = {{STR("q"), 73}, {STR("head"), 365}};
	const struct cost *c = cost_with(
		&f, two_types, &(struct cost_wish){.hours = hours, .nhours = ARRAY_LEN(hours)});
	int64_t floor = (int64_t)85000 * 730, ceiling = (int64_t)170000 * 730 * 4;

	/* The instance half of the month, its volumes all of it. */
	cr_expect_eq(c->lines[0].sum.month[COST_USUAL], 85000 * 365 + 2 * 40 * 80000);
	cr_expect_eq(c->lines[1].sum.month[COST_USUAL], floor + (ceiling - floor) / 10);
	cr_expect(cost_takes_hours(c, STR("q")));
	cr_expect(cost_takes_hours(c, STR("head")));
	cr_expect_not(cost_takes_hours(c, STR("flex")));
	front_end(&f);
}

/* 0.085 less what Spot saved: an estimate. */
Test(cost, spot_is_an_estimate)
{
	struct front f = {0};
	unsigned saving = 0;
	struct price p = spot_price_of(facts_bundled(), STR("c5.large"), STR("us-east-1"), &saving);
	const struct cost *c =
		cost_in(&f, "    - {Name: q, CapacityType: SPOT, ComputeResources: [{Name: r,\n"
			    "       InstanceType: c5.large, MinCount: 0, MaxCount: 2}]}\n");

	cr_assert(saving > 0 && saving < 100);
	cr_expect_eq(p.known, PRICE_ESTIMATED);
	cr_expect_eq(p.millionths, (85000 * (100 - saving) + 50) / 100);
	cr_expect(str_eq(p.date, STR("2025-06-28")));
	expect_line(&c->lines[1], 0, (int64_t)p.millionths * 730 * 2);
	cr_expect_not(c->lines[1].sum.estimated[COST_FLOOR]);
	cr_expect(c->lines[1].sum.estimated[COST_CEILING]);
	front_end(&f);
}

/* A type without a price is named, and no other stands in for it. */
Test(cost, what_has_no_price_is_named_and_left_out)
{
	struct front f = {0};
	const struct cost *c = cost_in(
		&f, "    - {Name: q, ComputeResources: [{Name: r, MaxCount: 2, Instances:\n"
		    "       [{InstanceType: c5.large}, {InstanceType: x9.huge}]}]}\n"
		    "    - {Name: b, CapacityType: CAPACITY_BLOCK, ComputeResources: [{Name: "
		    "r, InstanceType: p5.48xlarge, MinCount: 1, MaxCount: 1}]}\n");

	expect_line(&c->lines[1], 0, 0);
	expect_line(&c->lines[2], 0, 0);
	cr_assert_eq(c->nunpriced, 2);
	cr_expect(str_eq(c->unpriced[0], STR("x9.huge")));
	cr_expect(str_eq(c->unpriced[1], STR("p5.48xlarge in a capacity block")));
	cr_expect_not(c->lines[1].sum.at_least[COST_FLOOR], "none of them always runs");
	cr_expect(c->lines[1].sum.at_least[COST_CEILING]);
	cr_expect(c->sum.at_least[COST_FLOOR]);
	front_end(&f);
}

Test(cost, vcpus_come_in_whole_instances)
{
	struct front f = {0};
	const struct model *m = read_model(
		&f, "Kind: Batch\n"
		    "Region: us-east-1\n"
		    "Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"
		    "ComputeEnvironments:\n"
		    "  - {Name: a, InstanceTypes: [c5.xlarge], MinvCpus: 5, MaxvCpus: 8,\n"
		    "     LocalStorage: {RootVolume: {Size: 100}}}\n"
		    "  - {Name: f, Type: FARGATE, MaxvCpus: 2}\n"
		    "JobQueues: []\n");
	const struct cost *c =
		cost_of(&f.a, facts_bundled(), m, &(struct cost_wish){.hours = NULL});

	/* Two instances of 4 vCPUs each time. */
	expect_line(&c->lines[0], 2 * ((int64_t)170000 * 730 + 100 * 80000),
		    2 * ((int64_t)170000 * 730 + 100 * 80000));
	/* 2 vCPUs with 8 GB each. */
	expect_line(&c->lines[1], 0, (int64_t)(2 * 40480 + 16 * 4445) * 730);
	front_end(&f);
}

Test(cost, an_hour_is_rounded_once)
{
	cr_expect_eq(cost_an_hour(730), 10000);
	cr_expect_eq(cost_an_hour(1), 14); /* 13.7 */
	cr_expect_eq(cost_an_hour(0), 0);
	cr_expect_eq(cost_an_hour(INT64_MAX), INT64_MAX);
	cr_expect_eq(cost_an_hour((int64_t)85000 * 730), 850000000);
}

/* ---- for expressions ---- */

static struct cost_range range_of(struct front *f, const char *queues, const int64_t *unpriced)
{
	const char *text = arena_fmt(&f->a, "%s%s", head, queues).s;

	return cost_range(&f->a, facts_bundled(), read_model(f, text), unpriced);
}

Test(range, is_in_usd_an_hour)
{
	struct front f = {0};
	struct cost_range r = range_of(&f, two_types, NULL);

	cr_expect_eq(r.nunpriced, 0);
	cr_expect_eq(r.min, cost_an_hour(head_month + (int64_t)85000 * 730));
	cr_expect_eq(r.max, cost_an_hour(head_month + (int64_t)170000 * 730 * 4));
	front_end(&f);
}

static const char spot_and_block[] =
	"    - {Name: s, CapacityType: SPOT, ComputeResources: [{Name: r, InstanceType:\n"
	"       c5.large, MaxCount: 2}]}\n"
	"    - {Name: b, CapacityType: CAPACITY_BLOCK, ComputeResources: [{Name: r,\n"
	"       InstanceType: p5.48xlarge, MinCount: 2, MaxCount: 2}]}\n";

Test(range, names_what_has_no_price_that_counts)
{
	struct front f = {0};
	struct cost_range r = range_of(&f, spot_and_block, NULL);

	cr_assert_eq(r.nunpriced, 2);
	cr_expect(str_eq(r.unpriced[0], STR("c5.large as Spot")));
	cr_expect(str_eq(r.unpriced[1], STR("p5.48xlarge in a capacity block")));
	cr_expect_eq(r.max, cost_an_hour(head_month));
	front_end(&f);
}

Test(range, takes_a_price_for_what_has_none)
{
	struct front f = {0}, g = {0};
	int64_t none = 0, three = (int64_t)3 * MILLION * 10000; /* USD 3 an hour */
	struct cost_range r = range_of(&f, spot_and_block, &none);
	struct cost_range more = range_of(&g, spot_and_block, &three);

	cr_expect_eq(r.nunpriced, 0);
	cr_expect_gt(r.max, r.min, "the estimate of Spot counts");
	cr_expect_eq(r.min, cost_an_hour(head_month));
	cr_expect_eq(more.min - r.min, 2 * three);
	cr_expect_eq(more.max - r.max, 2 * three);
	front_end(&f);
	front_end(&g);
}

Test(range, stays_at_the_largest_number)
{
	struct front f = {0};
	int64_t all = INT64_MAX;
	struct cost_range r = range_of(
		&f,
		"    - {Name: b, CapacityType: CAPACITY_BLOCK, ComputeResources: [{Name: r,\n"
		"       InstanceType: p5.48xlarge, MaxCount: 65533}]}\n",
		&all);

	cr_expect_eq(r.max, INT64_MAX);
	front_end(&f);
}

/* What costs some dollars a month, however large the file, keeps no expression from its figure. */
Test(range, passes_over_small_things_without_a_price)
{
	struct front f = {0};
	const struct model *m =
		read_model(&f, "Region: eu-west-1\n"
			       "Image: {Os: alinux2023}\n"
			       "HeadNode:\n"
			       "  InstanceType: c5.large\n"
			       "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
			       "Scheduling:\n"
			       "  Scheduler: slurm\n"
			       "  SlurmQueues: []\n");
	const struct cost *c =
		cost_of(&f.a, facts_bundled(), m, &(struct cost_wish){.hours = NULL});

	cr_expect_gt(c->nunpriced, 0);
	cr_expect_eq(cost_range(&f.a, facts_bundled(), m, NULL).nunpriced, 0);
	front_end(&f);
}

Test(range, yuan_are_no_dollars)
{
	struct front f = {0};
	const struct model *m =
		read_model(&f, "Region: cn-north-1\n"
			       "Image: {Os: alinux2023}\n"
			       "HeadNode:\n"
			       "  InstanceType: c5.large\n"
			       "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
			       "Scheduling: {Scheduler: slurm, SlurmQueues: []}\n");
	const struct cost *c =
		cost_of(&f.a, facts_bundled(), m, &(struct cost_wish){.hours = NULL});
	struct cost_range r = cost_range(&f.a, facts_bundled(), m, NULL);

	cr_expect(str_eq(c->currency, STR("CNY")));
	cr_expect_eq(c->lines[0].parts[0].sum.month[COST_FLOOR], (int64_t)739000 * 730);
	cr_assert_gt(r.nunpriced, 0);
	cr_expect(str_eq(r.unpriced[0], STR("c5.large")));
	cr_expect_eq(r.max, 0);
	front_end(&f);
}

/* ---- the table of items ---- */

/* Each is counted as its price is: a row with a price is known by its key, and one by use has a unit for each. */
Test(items, have_prices_or_are_known_to_have_none)
{
	static const char *const none[] = {
		"lustre-scratch-ssd",
		"lustre-persistent-ssd",
		"lustre-persistent-hdd",
		"lustre-metadata-iops",
		"lustre-tiered-throughput",
		"openzfs-ssd",
		"vpn-connection-large",
		"fargate-spot-vcpu",
		"public-address",
		"composite-alarm",
		"ebs-of-image",
		"traffic-to-internet",
		"load-balancer-use",
		"direct-connect-data",
		"custom-metric",
		"bucket-contents",
		"repository-contents",
		"image-build-minutes",
		"function-calls",
		"workflow-steps",
		"table-requests",
		"messages",
	};
	size_t without = 0;

	for (size_t i = 0; i < DEMAND_ITEM_COUNT; i++) {
		const struct demand_item_row *row = &demand_item_rows[i];
		struct price p = price_of(facts_bundled(), row->key, STR("us-east-1"));

		cr_expect_gt(row->words.n, 0);
		without += p.known == PRICE_NONE;
		cr_expect_eq(p.known == PRICE_NONE,
			     search_word(row->key, none, ARRAY_LEN(none)) < ARRAY_LEN(none), STR_F,
			     STR_A(row->key));
		if (p.known != PRICE_NONE && row->use != DEMAND_BY_WHAT_IS_DONE)
			cr_expect(str_eq(p.unit, STR("hour")) || str_ends(p.unit, STR("month")),
				  STR_F, STR_A(row->key));
	}
	cr_expect_eq(without, ARRAY_LEN(none));
}
