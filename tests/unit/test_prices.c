/* SPDX-License-Identifier: Apache-2.0 */
/* test_prices.c - what is known of prices. */
#include "compiler/facts/facts_tables.h"
#include "compiler/facts/prices.h"

#include <criterion/criterion.h>

static struct arena arena;

static struct price of(const char *what, const char *region)
{
	return price_of(facts_bundled(), str_c(what), str_c(region));
}

static void expect(const char *what, const char *region, enum price_known known, unsigned amount)
{
	struct price p = of(what, region);

	cr_expect_eq(p.known, known, "%s in %s", what, region);
	cr_expect_eq(p.millionths, amount, "%s in %s: %llu", what, region,
		     (unsigned long long)p.millionths);
}

Test(prices, knows_instances)
{
	struct price p = of("c5.large", "us-east-1");

	expect("c5.large", "us-east-1", PRICE_LISTED, 85000);
	expect("c5.large", "eu-west-1", PRICE_LISTED, 96000);
	expect("c5n.18xlarge", "us-gov-east-1", PRICE_LISTED, 4680000);
	cr_expect(str_eq(p.unit, STR("hour")));
	cr_expect(str_eq(p.currency, STR("USD")));
	cr_expect(str_eq(p.date, STR("2026-07-20")));
	cr_expect(str_eq(of("c5.large", "eu-west-1").date, STR("2025-04-04")));
	cr_expect(str_eq(of("c5.large", "cn-north-1").currency, STR("CNY")));
	cr_expect_eq(of("c5.large", "cn-north-1").millionths, 739000);
}

/* Each is sold in us-east-1; the class of its family has a factor in the region, but the type no price there. */
Test(prices, estimates_from_the_class)
{
	static const char *const types[] = {"c8gn.large", "p5.48xlarge", "m8a.large", "r8gd.large"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct price base = of(types[i], "us-east-1"), p = of(types[i], "us-west-2");

		cr_expect_eq(base.known, PRICE_LISTED, "%s", types[i]);
		cr_expect_eq(p.known, PRICE_ESTIMATED, "%s", types[i]);
		cr_expect_eq(p.millionths, base.millionths, "us-west-2 costs what us-east-1 does");
		p = of(types[i], "eu-west-1");
		cr_expect_eq(p.known, PRICE_ESTIMATED, "%s", types[i]);
		cr_expect_gt(p.millionths, base.millionths + base.millionths / 20, "%s", types[i]);
		cr_expect_lt(p.millionths, base.millionths + base.millionths * 2 / 5, "%s",
			     types[i]);
	}
}

Test(prices, makes_nothing_up)
{
	expect("c8gn.large", "cn-north-1", PRICE_NONE, 0);
	expect("c5.large", "us-iso-east-1", PRICE_NONE, 0);
	expect("c5.large", "", PRICE_NONE, 0);
	expect("x9.huge", "us-east-1", PRICE_NONE, 0);
	expect("", "us-east-1", PRICE_NONE, 0);
	expect("nat-gateway", "eu-west-1", PRICE_NONE, 0);
	expect("nat-gateway", "us-east-1", PRICE_LISTED, 45000);
	expect("ebs-gp3", "eu-west-1", PRICE_LISTED, 88000);
	cr_expect_eq(of("nat-gateway", "eu-west-1").currency.n, 0);
}

/* Each figure is a saving of a type that has a price there, and is found by its name. */
Test(prices, spot_saves_of_the_price_on_demand)
{
	size_t found = 0;

	for (size_t r = 0; r < facts_spot_n; r++) {
		const struct spot_savings *s = &facts_spot[r];
		size_t n = 0;

		cr_expect_not_null(facts_region(facts_bundled(), s->region));
		for (size_t i = 0; i < facts_types_n; i++) {
			unsigned saving = 0;
			struct str type = facts_types[i].name;
			struct price list = price_of(facts_bundled(), type, s->region);
			struct price p = spot_price_of(facts_bundled(), type, s->region, &saving);
			bool known = (s->known[i / 64] >> i % 64 & 1) != 0;
			unsigned want = known ? s->savings[n++] : 0;

			if (!known || list.known == PRICE_NONE) {
				cr_assert_eq(p.known, PRICE_NONE);
				continue;
			}
			found++;
			cr_assert(want > 0 && want < 100);
			cr_assert_eq(saving, want);
			cr_assert_eq(p.known, PRICE_ESTIMATED);
			cr_assert(str_eq(p.date, facts_spot_date));
			cr_assert_eq(p.millionths, (list.millionths * (100 - want) + 50) / 100);
		}
	}
	cr_expect_gt(found, 10000);
}

Test(prices, spot_is_not_made_up)
{
	unsigned saving;

	cr_expect_eq(spot_price_of(facts_bundled(), STR("c5.large"), STR("us-iso-east-1"), &saving)
			     .known,
		     PRICE_NONE);
	cr_expect_eq(
		spot_price_of(facts_bundled(), STR("x9.huge"), STR("us-east-1"), &saving).known,
		PRICE_NONE);
	/* No figure of the advisor: newer than its date. */
	cr_expect_eq(
		spot_price_of(facts_bundled(), STR("c8gn.large"), STR("us-east-1"), &saving).known,
		PRICE_NONE);
	cr_expect_eq(saving, 0);
}

/* The n-th bit of a region is the n-th of its amounts, whichever way it is asked for. */
Test(prices, every_price_is_found)
{
	size_t all = 0;

	for (size_t r = 0; r < facts_instance_prices_n; r++) {
		const struct instance_prices *p = &facts_instance_prices[r];
		size_t n = 0;

		for (size_t i = 0; i < facts_types_n; i++) {
			struct price got =
				price_of(facts_bundled(), facts_types[i].name, p->region);

			if ((p->priced[i / 64] >> i % 64 & 1) == 0) {
				cr_assert_neq(got.known, PRICE_LISTED);
				continue;
			}
			cr_assert_eq(got.known, PRICE_LISTED);
			cr_assert_eq(got.millionths, p->amounts[n++]);
		}
		all += n;
	}
	cr_expect_gt(all, 16000);
}

Test(prices, of_known_regions)
{
	for (size_t r = 0; r < facts_instance_prices_n; r++)
		cr_expect_not_null(facts_region(facts_bundled(), facts_instance_prices[r].region));
	for (size_t i = 0; i < facts_service_prices_n; i++)
		for (size_t k = 0; k < facts_service_prices[i].n; k++)
			cr_expect_not_null(facts_region(facts_bundled(),
							facts_service_prices[i].amounts[k].name));
}

static void shown(enum price_known known, uint64_t millionths, const char *want)
{
	struct price p = {.known = known, .currency = STR("USD")};
	struct str got = price_text(&arena, &p, millionths);

	cr_expect(str_eq(got, str_c(want)), "%s, not " STR_F, want, STR_A(got));
}

Test(prices, are_shown)
{
	struct price nat = of("nat-gateway", "us-east-1"), key = of("kms-key", "us-east-1");

	shown(PRICE_LISTED, price_a_month(&nat, 1), "USD 32.85");
	shown(PRICE_LISTED, price_a_month(&nat, 3), "USD 98.55");
	shown(PRICE_LISTED, price_a_month(&key, 2), "USD 2.00");
	shown(PRICE_LISTED, 45000, "USD 0.045");
	shown(PRICE_LISTED, 13300, "USD 0.0133");
	shown(PRICE_LISTED, 10000, "USD 0.01");
	shown(PRICE_LISTED, 1, "USD 0.000001");
	shown(PRICE_LISTED, 999999, "USD 0.999999");
	shown(PRICE_LISTED, 1999999, "USD 2.00");
	shown(PRICE_ESTIMATED, 1234567890, "~USD 1234.57");
	arena_release(&arena);
}
