/* SPDX-License-Identifier: Apache-2.0 */
/* test_parameters.c - what templates ask of the values of parameters. */
#include "compiler/base/regex.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(parameters, .fini = free_all);

static struct str pattern_of(const struct ir *g, const char *name)
{
	const struct ir_parameter *p = map_get(&g->parameters, str_c(name));

	cr_assert_not_null(p, "%s", name);
	return p->allowed_pattern;
}

static bool takes(struct str pattern, struct str text)
{
	struct regex_room *room = regex_room_new(&mem);
	size_t at;
	const struct regex *x = regex_compile(room, arena_str(&mem, pattern).s, &at);

	cr_assert_not_null(x, STR_F, STR_A(pattern));
	return regex_matches(room, x, text);
}

#define CLUSTER                                              \
	"Region: us-east-1\n"                                \
	"Image: {Os: alinux2023}\n"                          \
	"Scheduling:\n"                                      \
	"  Scheduler: slurm\n"                               \
	"  SlurmQueues:\n"                                   \
	"    - Name: q\n"                                    \
	"      Networking: {SubnetIds: [subnet-11111111]}\n" \
	"      ComputeResources: [{Name: c, InstanceType: c5.large}]\n"

static const struct ir *with_script(const char *parameter)
{
	return graph_of(&mem, arena_fmt(&mem,
					CLUSTER "Parameters: {S: %s}\n"
						"HeadNode:\n"
						"  InstanceType: m5.large\n"
						"  Networking: {SubnetId: subnet-00000000}\n"
						"  CustomActions:\n"
						"    OnNodeConfigured: {Script: \"${param.S}\"}\n",
					parameter)
				      .s);
}

Test(parameters, a_script_is_an_address)
{
	static const char *const types[] = {"{Type: string}", "{Type: Url}",
					    "{Type: string, Default: 's3://b/k'}"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct str p = pattern_of(with_script(types[i]), "S");

		cr_expect(takes(p, STR("https://example.com/x.sh")), "%s", types[i]);
		cr_expect(takes(p, STR("s3://bucket/x.sh")), "%s", types[i]);
		cr_expect(!takes(p, STR("http://example.com/x.sh")), "%s", types[i]);
		cr_expect(!takes(p, STR("/x.sh")), "%s", types[i]);
		cr_expect(!takes(p, STR("s3://bucket/x\n.sh")), "%s", types[i]);
		cr_expect(!takes(p, STR("")), "%s", types[i]);
	}
}

Test(parameters, a_script_that_is_a_part_too_is_an_address_of_plain_signs)
{
	struct str p = pattern_of(
		graph_of(&mem,
			 CLUSTER "Parameters: {S: {Type: string}}\n"
				 "HeadNode:\n"
				 "  InstanceType: m5.large\n"
				 "  Networking: {SubnetId: subnet-00000000}\n"
				 "  Iam: {S3Access: [{BucketName: \"b-${param.S}\"}]}\n"
				 "  CustomActions: {OnNodeConfigured: {Script: \"${param.S}\"}}\n"),
		"S");

	cr_expect(takes(p, STR("s3://bucket/x.sh")));
	cr_expect(!takes(p, STR("x.sh")));
	cr_expect(!takes(p, STR("s3://bucket/x;y")));
}

/* CloudFormation refuses a default that the pattern does not take: the property took it, and so must the pattern. */
Test(parameters, a_default_is_always_taken)
{
	cr_expect(
		takes(pattern_of(with_script("{Type: string, Default: 's3://b/\xc3\xbc.sh'}"), "S"),
		      STR("s3://b/\xc3\xbc.sh")));
}

Test(parameters, a_bucket_is_one_bucket)
{
	struct str p = pattern_of(graph_of(&mem, CLUSTER
					   "Parameters: {B: {Type: BucketName}}\n"
					   "HeadNode:\n"
					   "  InstanceType: m5.large\n"
					   "  Networking: {SubnetId: subnet-00000000}\n"
					   "  Iam: {S3Access: [{BucketName: \"${param.B}\"}]}\n"),
				  "B");

	cr_expect(takes(p, STR("hpc-data")));
	cr_expect(!takes(p, STR("*")));
	cr_expect(!takes(p, STR("hpc-*")));
	cr_expect(!takes(p, STR(".b")));
	cr_expect(!takes(p, STR("ab")));
}

Test(parameters, a_new_bucket_is_called_as_its_property_wants_too)
{
	struct str p =
		pattern_of(graph_of(&mem, "Kind: Environment\n"
					  "Region: us-east-1\n"
					  "Parameters: {B: {Type: BucketName}}\n"
					  "Network: {AvailabilityZones: [us-east-1a]}\n"
					  "Buckets: [{Name: A, BucketName: \"${param.B}\"}]\n"),
			   "B");

	cr_expect(takes(p, STR("hpc-data")));
	cr_expect(!takes(p, STR("*")));
	cr_expect(!takes(p, STR("ab")));
	cr_expect(!takes(p, STR("xn--data")));
	cr_expect(!takes(p, STR("data--x-s3")));
	cr_expect(!takes(p, STR("a..b")));
}
