/* SPDX-License-Identifier: Apache-2.0 */
/* test_facts_network.c - what is known of zones, endpoints, FSx for OpenZFS and types by region. */
#include "compiler/facts/facts_tables.h"

#include <criterion/criterion.h>

static bool is(struct str s, const char *want)
{
	return str_eq(s, str_c(want));
}

static enum known zone(const char *region, const char *name)
{
	return facts_is_zone(facts_bundled(), str_c(region), str_c(name));
}

Test(facts_network, counts_the_zones_of_regions)
{
	const struct facts *f = facts_bundled();

	cr_expect_eq(facts_zone_count(f, STR("us-east-1")), 6);
	cr_expect_eq(facts_zone_count(f, STR("us-west-1")), 2);
	cr_expect_eq(facts_zone_count(f, STR("cn-north-1")), 0, "nothing is known of it");
	cr_expect_eq(facts_zone_count(f, STR("us-east-9")), 0);
}

Test(facts_network, knows_zones_by_id)
{
	cr_expect_eq(zone("us-east-1", "use1-az4"), KNOWN_YES);
	cr_expect_eq(zone("us-west-2", "use1-az4"), KNOWN_NO);
	cr_expect_eq(zone("us-east-1", "use1-az9"), KNOWN_NO);
	cr_expect_eq(zone("cn-north-1", "cnn1-az1"), KNOWN_UNKNOWN);
	cr_expect_eq(zone("cn-north-1", "use1-az4"), KNOWN_NO, "it is another region's");
	cr_expect_eq(zone("us-east-9", "use1-az4"), KNOWN_UNKNOWN);
}

Test(facts_network, judges_zone_names_by_their_region)
{
	cr_expect_eq(zone("us-east-1", "us-east-1a"), KNOWN_YES);
	cr_expect_eq(zone("us-east-1", "us-east-1z"), KNOWN_YES, "letters differ between accounts");
	cr_expect_eq(zone("us-east-1", "us-west-2a"), KNOWN_NO);
	cr_expect_eq(zone("cn-north-1", "cn-north-1b"), KNOWN_YES);
	cr_expect_eq(zone("us-east-1", "us-east-1"), KNOWN_UNKNOWN);
	cr_expect_eq(zone("us-east-1", "us-east-1A"), KNOWN_UNKNOWN);
	cr_expect_eq(zone("us-west-2", "us-west-2-lax-1a"), KNOWN_UNKNOWN);
	cr_expect_eq(zone("us-east-1", ""), KNOWN_UNKNOWN);
	cr_expect_eq(zone("", "a"), KNOWN_UNKNOWN);
}

/* A zone belongs to one region: each id of the table is a zone of its own and of no other. */
Test(facts_network, zones_have_one_region)
{
	const struct facts *f = facts_bundled();
	size_t n = 0;

	for (size_t i = 0; i < facts_regions_n; i++)
		for (size_t z = 0; z < facts_regions[i].nzones; z++, n++)
			for (size_t k = 0; k < facts_regions_n; k++)
				cr_expect_eq(facts_is_zone(f, facts_regions[k].name,
							   facts_regions[i].zones[z]),
					     k == i ? KNOWN_YES : KNOWN_NO, STR_F,
					     STR_A(facts_regions[k].name));
	cr_expect_gt(n, 90);
}

static const struct endpoint_service *service(const char *name)
{
	const struct endpoint_service *e = facts_endpoint(facts_bundled(), str_c(name));

	cr_assert(e != NULL, "%s has no row", name);
	return e;
}

Test(facts_network, knows_endpoint_services)
{
	cr_expect_eq(service("s3")->types, ENDPOINT_GATEWAY | ENDPOINT_INTERFACE);
	cr_expect_eq(service("ecr.api")->types, ENDPOINT_INTERFACE);
	cr_expect_eq(service("s3express")->types, ENDPOINT_GATEWAY);
	cr_expect(service("ecr.api")->regional);
	cr_expect_eq(service("ecr.api")->partition.n, 0);
	cr_expect_null(facts_endpoint(facts_bundled(), STR("ecr")));
	cr_expect_null(facts_endpoint(facts_bundled(), STR("")));
}

Test(facts_network, knows_the_one_region_of_route53)
{
	const struct endpoint_service *e = service("route53");

	cr_expect_not(e->regional);
	cr_expect(is(e->service_region, "us-east-1"));
	cr_expect(is(e->partition, "aws"));
}

Test(facts_network, finds_each_endpoint_service_and_keeps_them_sorted)
{
	const struct facts *f = facts_bundled();

	for (size_t i = 0; i < facts_endpoint_count(f); i++) {
		const struct endpoint_service *e = facts_endpoint_at(f, i);

		cr_expect_eq(facts_endpoint(f, e->name), e);
		cr_expect_neq(e->types, 0);
		cr_expect_gt(e->prefix.n, 0);
		cr_expect(e->presets == 0 || (e->types & ENDPOINT_INTERFACE) != 0, STR_F,
			  STR_A(e->name));
	}
}

/* Counts the services of a preset, which all have to be in `list`. */
static size_t of_preset(unsigned preset, struct str list)
{
	const struct facts *f = facts_bundled();
	size_t n = 0;

	for (size_t i = 0; i < facts_endpoint_count(f); i++) {
		const struct endpoint_service *e = facts_endpoint_at(f, i);

		if ((e->presets & preset) == 0)
			continue;
		cr_expect(facts_lists(list, e->name), STR_F, STR_A(e->name));
		n++;
	}
	return n;
}

Test(facts_network, has_the_services_of_the_presets)
{
	cr_expect_eq(of_preset(PRESET_CLUSTER,
			       STR("autoscaling,cloudformation,ec2,logs,monitoring,route53,"
				   "secretsmanager,ssm,ssmmessages")),
		     9);
	cr_expect_eq(of_preset(PRESET_BATCH, STR("batch,ec2,ecr.api,ecr.dkr,ecs,ecs-agent,"
						 "ecs-telemetry,logs,monitoring,secretsmanager,"
						 "ssm,ssmmessages")),
		     12);
	cr_expect_eq(of_preset(PRESET_FARGATE, STR("ecr.api,ecr.dkr,logs,secretsmanager,ssm")), 5);
}

static struct str prefix(const char *name, const char *region)
{
	return facts_endpoint_prefix(facts_bundled(), service(name), str_c(region));
}

Test(facts_network, knows_how_names_begin_elsewhere)
{
	cr_expect(is(prefix("ec2", "us-east-1"), "com.amazonaws"));
	cr_expect(is(prefix("ec2", ""), "com.amazonaws"));
	cr_expect(is(prefix("ec2", "cn-north-1"), "cn.com.amazonaws"));
	cr_expect(is(prefix("logs", "cn-north-1"), "com.amazonaws"));
	cr_expect(is(prefix("ecr.dkr", "eusc-de-east-1"), "eu.amazonaws"));
	cr_expect(is(prefix("ec2", "eusc-de-east-1"), "com.amazonaws"));
	cr_expect(is(prefix("ebs", "us-isob-east-1"), "gov.sgov.sc2s"));
	cr_expect(is(prefix("notebook", "us-east-1"), "aws.sagemaker"));
}

/* Each region that a row names is of a partition whose prefix is known. */
Test(facts_network, has_a_prefix_for_each_region_that_is_named)
{
	const struct facts *f = facts_bundled();

	for (size_t i = 0; i < facts_endpoints_n; i++)
		for (struct str rest = facts_endpoints[i].own_prefix; rest.n > 0;) {
			struct str region = str_cut(&rest, ',');

			cr_expect_not(str_eq(facts_endpoint_prefix(f, &facts_endpoints[i], region),
					     facts_endpoints[i].prefix),
				      STR_F, STR_A(region));
		}
}

Test(facts_network, suggests_services_near_a_misspelt_one)
{
	struct str near[3];

	cr_assert_eq(facts_endpoint_near(facts_bundled(), STR("ecr"), near, 2), 2);
	cr_expect(is(near[0], "ecr.api"));
	cr_expect(is(near[1], "ecr.dkr"));
	cr_assert_geq(facts_endpoint_near(facts_bundled(), STR("secretmanager"), near, 3), 1);
	cr_expect(is(near[0], "secretsmanager"));
	cr_expect_eq(facts_endpoint_near(facts_bundled(), STR("qqqqqqqqqqqq"), near, 3), 0);
}

Test(facts_network, knows_openzfs_throughput)
{
	const struct openzfs *ha1 = facts_openzfs(facts_bundled(), STR("SINGLE_AZ_HA_1"));
	const struct openzfs *multi = facts_openzfs(facts_bundled(), STR("MULTI_AZ_1"));
	int64_t below, above;

	cr_assert(ha1 != NULL && multi != NULL);
	cr_expect_null(facts_openzfs(facts_bundled(), STR("MULTI_AZ_2")));
	cr_expect_eq(ha1->zones, 1);
	cr_expect_eq(multi->zones, 2);
	cr_expect(openzfs_throughput_ok(ha1, 512));
	cr_expect_not(openzfs_throughput_ok(ha1, 160));
	cr_expect(openzfs_throughput_ok(multi, 10240));
	cr_expect_not(openzfs_throughput_ok(multi, 512));
	cr_expect_not(openzfs_throughput_ok(multi, 0));
	openzfs_throughput_near(ha1, 500, &below, &above);
	cr_expect(below == 256 && above == 512);
	openzfs_throughput_near(ha1, 1, &below, &above);
	cr_expect(below == 0 && above == 64);
	openzfs_throughput_near(ha1, 9999, &below, &above);
	cr_expect(below == 4096 && above == 0);
	openzfs_throughput_near(ha1, 512, &below, &above);
	cr_expect(below == 512 && above == 512);
}

Test(facts_network, knows_where_openzfs_is_sold)
{
	const struct facts *f = facts_bundled();
	const struct openzfs *ha1 = facts_openzfs(f, STR("SINGLE_AZ_HA_1"));
	const struct openzfs *ha2 = facts_openzfs(f, STR("SINGLE_AZ_HA_2"));

	cr_expect_eq(facts_openzfs_sold(f, ha1, STR("us-east-1")), KNOWN_NO);
	cr_expect_eq(facts_openzfs_sold(f, ha2, STR("us-east-1")), KNOWN_YES);
	cr_expect_eq(facts_openzfs_sold(f, ha1, STR("ap-east-1")), KNOWN_YES);
	cr_expect_eq(facts_openzfs_sold(f, ha2, STR("ap-east-1")), KNOWN_NO);
	cr_expect_eq(facts_openzfs_sold(f, ha1, STR("eu-west-3")), KNOWN_UNKNOWN);
	for (size_t i = 0; i < facts_openzfs_regions_n; i++)
		cr_expect_not_null(facts_region(f, facts_openzfs_regions[i].region));
	for (size_t i = 0; i < facts_openzfs_count(f); i++)
		cr_expect_eq(facts_openzfs(f, facts_openzfs_at(f, i)->deployment),
			     facts_openzfs_at(f, i));
}

Test(facts_network, knows_types_that_not_every_region_has)
{
	const struct facts *f = facts_bundled();
	struct str budget = STR("AWS::Budgets::Budget");

	cr_expect_eq(facts_type_offered(f, budget, STR("us-east-1")), KNOWN_YES);
	cr_expect_eq(facts_type_offered(f, budget, STR("us-gov-west-1")), KNOWN_NO);
	cr_expect_eq(facts_type_offered(f, budget, STR("us-iso-east-1")), KNOWN_UNKNOWN);
	cr_expect_eq(facts_type_offered(f, budget, STR("")), KNOWN_UNKNOWN);
	cr_expect_eq(facts_type_offered(f, STR("AWS::S3::Bucket"), STR("us-east-1")),
		     KNOWN_UNKNOWN);
	for (size_t i = 0; i < facts_type_regions_n; i++)
		for (struct str rest = facts_type_regions[i].lacked; rest.n > 0;)
			cr_expect_not_null(facts_region(f, str_cut(&rest, ',')));
}
