/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_check.c - what the type check says, where, and what it binds.
 *
 * Most rows are a few lines that are put after `base`, whose last lines are a compute resource: six blanks
 * reach into it, four into its queue, two into Scheduling, none to the top. They begin on line 11.
 */
#include "compiler/base/buf.h"
#include "compiler/check/check.h"
#include "front.h"

#include <criterion/criterion.h>

static const char base[] =
	"Image: {Os: alinux2023}\n"
	"HeadNode: {InstanceType: t3.micro, Networking: {SubnetId: subnet-12345678}}\n"
	"Scheduling:\n"
	"  Scheduler: slurm\n"
	"  SlurmQueues:\n"
	"  - Name: q\n"
	"    Networking: {SubnetIds: [subnet-12345678]}\n"
	"    ComputeResources:\n"
	"    - Name: c\n"
	"      InstanceType: t3.micro\n";

struct row {
	const char *text, *want;
};

/* The model of a text; knows as in check_tree. */
static const struct cluster *check(struct front *f, struct str text, uint32_t knows)
{
	*f = (struct front){0};
	front_read(f, text, NULL);
	return check_tree(&f->a, &f->ds, f->root, knows, NULL)->cluster;
}

static const struct cluster *check_after_base(struct front *f, const char *text)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);
	const struct cluster *model;

	buf_add(&b, str_c(base));
	buf_add(&b, str_c(text));
	model = check(f, buf_str(&b), 0);
	arena_release(&a);
	return model;
}

/* What `said` finds in the findings about each text is what the row wants. */
static void expect_rows(const struct row *rows, size_t n, struct str (*said)(struct front *))
{
	for (size_t i = 0; i < n; i++) {
		struct front f;
		struct str got;

		check_after_base(&f, rows[i].text);
		got = said(&f);
		cr_expect(str_eq(got, str_c(rows[i].want)), "%s\ngot  %.*s\nwant %s", rows[i].text,
			  STR_A(got), rows[i].want);
		front_end(&f);
	}
}

static void check_rows(const struct row *rows, size_t n)
{
	expect_rows(rows, n, front_findings);
}

Test(check, accepts_the_smallest_file)
{
	static const struct row rows[] = {{"", ""}};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, unknown_keys)
{
	static const struct row rows[] = {
		{"      MinCuont: 1\n", "E0101 11:7-11:15 unknown property `MinCuont` in "
					"Scheduling.SlurmQueues[0].ComputeResources[0]\n"},
		{"LoginNode: {}\n",
		 "E0101 11:1-11:10 unknown property `LoginNode` in the cluster file\n"},
		{"      3: 1\n", "E0101 11:7-11:8 unknown property `3` in "
				 "Scheduling.SlurmQueues[0].ComputeResources[0]\n"},
		/* nothing inside an unknown section is reported */
		{"Foo: {Bar: {Os: 1}}\n",
		 "E0101 11:1-11:4 unknown property `Foo` in the cluster file\n"},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, types)
{
	static const struct row rows[] = {
		{"      MaxCount: many\n",
		 "E0102 11:17-11:21 `MaxCount` must be a whole number, not text\n"},
		{"      MaxCount: true\n",
		 "E0102 11:17-11:21 `MaxCount` must be a whole number, not true or false\n"},
		{"      MaxCount: [5]\n",
		 "E0102 11:17-11:20 `MaxCount` must be a whole number, not a list\n"},
		{"      MaxCount: '5'\n", ""},
		{"      MaxCount: 5.7\n",
		 "W0117 11:17-11:20 `MaxCount` is 5.7; ParallelCluster takes 5, the whole part\n"},
		{"      SpotPrice: yes\n",
		 "E0102 11:18-11:21 `SpotPrice` must be a number, not true or false\n"},
		{"      DisableSimultaneousMultithreading: y\n", ""},
		{"      DisableSimultaneousMultithreading: oN\n",
		 "E0102 11:42-11:44 `DisableSimultaneousMultithreading` must be true or false, not "
		 "text\n"},
		{"    CapacityType: on\n",
		 "E0102 11:19-11:21 `CapacityType` must be text, not true or false\n"},
		{"Region: 2024-01-01\n", "E0102 11:9-11:19 `Region` must be text, not a date\n"},
		{"      Efa: true\n",
		 "E0102 11:12-11:16 `Efa` must be a mapping, not true or false\n"},
		{"      Efa: [Enabled]\n",
		 "E0102 11:12-11:21 `Efa` must be a mapping, not a list\n"},
		{"Tags: {Key: a, Value: b}\n",
		 "E0102 11:7-11:25 `Tags` must be a list of mappings, not a mapping\n"},
		{"Tags: [a]\n", "E0102 11:8-11:9 `Tags[0]` must be a mapping, not text\n"},
		{"    Iam: {AdditionalIamPolicies: x}\n",
		 "E0102 11:34-11:35 `AdditionalIamPolicies` must be a list of mappings, not "
		 "text\n"},
		{"    CustomSlurmSettings: [a]\n",
		 "E0102 11:26-11:29 `CustomSlurmSettings` must be a mapping, not a list\n"},
		{"    CustomActions: {OnNodeStart: {Script: s3://b/k, Args: a}}\n",
		 "E0102 11:59-11:60 `Args` must be a list of text, not text\n"},
		{"    CustomActions: {OnNodeStart: {Script: s3://b/k, Args: [a, 1]}}\n",
		 "E0102 11:63-11:64 `Args[1]` must be text, not a number\n"},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, null_values)
{
	static const struct row rows[] = {
		{"      MaxCount:\n", "E0104 11:7-11:15 `MaxCount` has no value\n"},
		{"Tags: ~\n", "E0104 11:1-11:5 `Tags` has no value\n"},
		{"Tags: [null]\n", "E0104 11:8-11:12 `Tags[0]` has no value\n"},
		{"    CustomActions: {OnNodeStart: {Script: s3://b/k, Args: [~]}}\n",
		 "E0104 11:60-11:61 `Args[0]` has no value\n"},
		/* inside a free mapping null is a value */
		{"    CustomSlurmSettings: {A: }\n", ""},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, limits)
{
	static const struct row rows[] = {
		{"      DynamicNodePriority: 0\n", "E0105 11:28-11:29 `DynamicNodePriority` is 0; "
						   "it must be between 1 and 4294967295\n"},
		{"      MaxCount: 99999999999999999999\n",
		 "E0105 11:17-11:37 `MaxCount` is 99999999999999999999; it must be between 1 and "
		 "65533 nodes\n"},
		{"      MinCount: -1\n",
		 "E0105 11:17-11:19 `MinCount` is -1; it must be between 0 and 65533 nodes\n"},
		{"    CapacityType: Spot\n",
		 "E0106 11:19-11:23 `Spot` is not a value of `CapacityType`\n"},
		{"Monitoring: {Logs: {CloudWatch: {RetentionInDays: 10}}}\n",
		 "E0106 11:51-11:53 `10` is not a value of `RetentionInDays`\n"},
		{"Monitoring: {Logs: {CloudWatch: {RetentionInDays: '7'}}}\n", ""},
		{"    Iam: {InstanceRole: role}\n",
		 "E0107 11:25-11:29 `InstanceRole` is `role`; it must be the ARN of an IAM role\n"},
		{"Tags: [{Key: k, Value: \"\"}]\n", ""},
		{"LoginNodes: {Pools: []}\n", ""},
		{"DeploymentSettings: {LambdaFunctionsVpcConfig: {SubnetIds: [], "
		 "SecurityGroupIds: [sg-12345678]}}\n",
		 "E0109 11:60-11:62 `SubnetIds` has 0 items; it must have between 1 and 16 "
		 "items\n"},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, length_counts_characters)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);
	struct front f;

	buf_add(&b, STR("Tags: [{Key: "));
	for (int i = 0; i < 128; i++)
		buf_add(&b, STR("\xc3\xa9"));
	buf_add(&b, STR(", Value: v}]\n"));
	check_after_base(&f, arena_str(&a, buf_str(&b)).s);
	cr_expect_eq(f.ds.errors, 0);
	front_end(&f);
	b.n = 0;
	buf_add(&b, STR("Tags: [{Key: "));
	buf_pad(&b, 'k', 129);
	buf_add(&b, STR(", Value: v}]\n"));
	check_after_base(&f, arena_str(&a, buf_str(&b)).s);
	assert_text(front_findings(&f),
		    "E0108 11:14-11:143 `Key` is 129 characters long; it must be "
		    "at most 128 characters\n");
	front_end(&f);
	arena_release(&a);
}

Test(check, missing_properties)
{
	static const struct row rows[] = {
		/* at the key of the section */
		{"DirectoryService: {}\n",
		 "E0103 11:1-11:17 DirectoryService needs the property `DomainName`\n"
		 "E0103 11:1-11:17 DirectoryService needs the property `DomainAddr`\n"
		 "E0103 11:1-11:17 DirectoryService needs the property `PasswordSecretArn`\n"
		 "E0103 11:1-11:17 DirectoryService needs the property `DomainReadOnlyUser`\n"},
		/* at the first key of a list item, or the item when it has none */
		{"Tags: [{Value: x}]\n", "E0103 11:9-11:14 Tags[0] needs the property `Key`\n"},
		{"Tags: [{}]\n", "E0103 11:8-11:10 Tags[0] needs the property `Key`\n"
				 "E0103 11:8-11:10 Tags[0] needs the property `Value`\n"},
		/* a misspelt key is not missing as well */
		{"Tags: [{Ky: a, Value: x}]\n",
		 "E0101 11:9-11:11 unknown property `Ky` in Tags[0]\n"},
		{"Tags: [{Ky: a, Key: b, Value: x}]\n",
		 "E0101 11:9-11:11 unknown property `Ky` in Tags[0]\n"},
		/* a key that is there without a value is not missing as well */
		{"Tags: [{Key: , Value: x}]\n", "E0104 11:9-11:12 `Key` has no value\n"},
	};
	struct front f;

	check_rows(rows, ARRAY_LEN(rows));
	check(&f, STR("# a comment\nRegion: eu-west-1\n"), 0);
	assert_text(front_findings(&f),
		    "E0103 1:1-1:1 the cluster file needs the property `Image`\n"
		    "E0103 1:1-1:1 the cluster file needs the property `HeadNode`\n"
		    "E0103 1:1-1:1 the cluster file needs the property `Scheduling`\n");
	front_end(&f);
}

Test(check, duplicate_names)
{
	static const struct row rows[] = {
		{"    - {Name: c, InstanceType: t3.micro}\n",
		 "E0110 11:14-11:15 two items have the same `Name`: `c`\n- 9:13-9:14 the first "
		 "one\n"},
		{"Tags: [{Key: a, Value: x}, {Key: A, Value: x}]\n", ""},
		/* a faulty name is no name */
		{"Tags: [{Key: , Value: x}, {Key: , Value: x}]\n",
		 "E0104 11:9-11:12 `Key` has no value\nE0104 11:28-11:31 `Key` has no value\n"},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, schedulers)
{
	static const struct row rows[] = {
		{"  AwsBatchQueues: []\n",
		 "E0111 11:3-11:17 `AwsBatchQueues` does not exist for the scheduler slurm\n"
		 "- 4:14-4:19 the scheduler is chosen here\n"},
	};
	static const char batch[] = "Image: {Os: alinux2023}\n"
				    "HeadNode: {InstanceType: t3.micro, Networking: {SubnetId: "
				    "subnet-12345678}, Imds: {Secured: false}}\n"
				    "Scheduling:\n"
				    "  Scheduler: awsbatch\n"
				    "  ScalingStrategy: best-effort\n"
				    "  SlurmSettings: {Foo: 1}\n";
	struct front f;

	check_rows(rows, ARRAY_LEN(rows));
	check(&f, str_c(batch), 0);
	assert_text(front_findings(&f),
		    "E0103 3:1-3:11 Scheduling needs the property `AwsBatchQueues`\n"
		    "N0113 4:14-4:22 `awsbatch` is gone from ParallelCluster 3.16.0 on; hpcc still "
		    "takes it\n"
		    "W0115 5:3-5:18 `ScalingStrategy` has no effect with the scheduler awsbatch\n"
		    "- 4:14-4:22 the scheduler is chosen here\n"
		    "E0111 6:3-6:16 `SlurmSettings` does not exist for the scheduler awsbatch\n"
		    "- 4:14-4:22 the scheduler is chosen here\n");
	front_end(&f);
	/* without a known scheduler both are possible, and neither is required */
	check(&f,
	      STR("Image: {Os: alinux2023}\n"
		  "HeadNode: {InstanceType: t3.micro, Networking: {SubnetId: subnet-12345678}}\n"
		  "Scheduling: {Scheduler: torque}\n"),
	      0);
	assert_text(front_findings(&f), "E0106 3:25-3:31 `torque` is not a value of `Scheduler`\n");
	front_end(&f);
}

Test(check, releases)
{
	static const char text[] =
		"Image: {Os: centos7}\n"
		"HeadNode: {InstanceType: t3.micro, Networking: {SubnetId: "
		"subnet-12345678}}\n"
		"Scheduling: {Scheduler: slurm, ScalingStrategy: best-effort, SlurmQueues: [{Name: "
		"q, Networking: {SubnetIds: [subnet-12345678]}, ComputeResources: [{Name: c, "
		"InstanceType: t3.micro}]}]}\n";
	struct front f;

	check(&f, str_c(text), 0);
	assert_text(front_findings(&f), "N0113 1:13-1:20 `centos7` is gone from ParallelCluster "
					"3.10.0 on; hpcc still takes it\n");
	front_end(&f);
	check(&f, str_c(text), 31000);
	assert_text(front_findings(&f),
		    "E0112 1:13-1:20 `centos7` was removed in ParallelCluster 3.10.0\n");
	front_end(&f);
	check(&f, str_c(text), 30703);
	assert_text(
		front_findings(&f),
		"E0114 3:32-3:47 `ScalingStrategy` exists from ParallelCluster 3.8.0 on; this file "
		"is for 3.7.3\n");
	front_end(&f);
}

Test(check, keys_beside_a_sequence_are_dropped)
{
	static const struct row rows[] = {
		{"    CustomActions: {OnNodeStart: {Sequence: [{Script: s3://b/k}], Foo: 1}}\n",
		 "W0116 11:67-11:70 `Foo` is not a property of a custom action, and is ignored "
		 "beside "
		 "`Sequence`\n"},
		{"    CustomActions: {OnNodeStart: {Script: s3://b/k, Foo: 1}}\n",
		 "E0101 11:53-11:56 unknown property `Foo` in "
		 "Scheduling.SlurmQueues[0].CustomActions.OnNodeStart\n"},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(check, a_root_that_is_no_mapping)
{
	struct front f;
	const struct cluster *model = check(&f, STR("- a\n"), 0);

	assert_text(front_findings(&f),
		    "E0015 1:1-1:4 a cluster file is a mapping of sections, not a list\n");
	cr_assert(model->section.poisoned);
	cr_assert_eq(model->monitoring.logs.cloud_watch.retention_in_days, 180);
	front_end(&f);
}

/* The first help of the first finding. */
static struct str first_help(struct front *f)
{
	const struct diag *d = f->ds.first;

	return d != NULL && d->subs != NULL ? d->subs->text : (struct str){0};
}

Test(check, helps)
{
	static const struct row rows[] = {
		{"      MinCuont: 1\n", "did you mean `MinCount`?"},
		{"      ScaledownIdletime: 1\n",
		 "`ScaledownIdletime` belongs under `Scheduling.SlurmSettings`"},
		{"    InstanceType: x\n",
		 "`InstanceType` belongs under `Scheduling.SlurmQueues[0].ComputeResources[]`"},
		{"      SharedStorage: x\n",
		 "`SharedStorage` belongs at the top level of the file"},
		{"    Queues: 1\n", ""},
		{"  Queues: 1\n", "did you mean `SlurmQueues`?"},
		{"      Efa: true\n", "write `{Enabled: true}`"},
		{"      Efa: [a]\n", "write the keys without `- ` before them"},
		{"    CustomActions: {OnNodeStart: {Script: s3://b/k, Args: a}}\n", "write `[a]`"},
		{"      Efa: {Foo: 1}\n", "known here: `Enabled`, `GdrSupport`"},
		{"    CapacityType: SPOTT\n", "did you mean `SPOT`?"},
		{"    CapacityType: dedicated\n",
		 "the values are `ONDEMAND`, `SPOT` and `CAPACITY_BLOCK`"},
		{"Monitoring: {Logs: {CloudWatch: {RetentionInDays: 1000}}}\n",
		 "the nearest values are `731`, `545` and `400`"},
		{"      MaxCount:\n", "leave the key out where its default is wanted"},
		{"Tags: {Key: a}\n", "begin each item with `- `"},
		{"Tags: [{Key: a, Value: 12}]\n", "YAML 1.1 reads `12` without quotes as a number"},
		{"Region: 12\n",
		 "its form is letters, digits and dashes, not beginning with a dash; for "
		 "example `eu-west-1`"},
		{"LoginNodes: {Pools: [{Name: a, InstanceType: t3.micro, Count: 1}]}\n",
		 "add `Networking: {SubnetIds: [subnet-0123456789abcdef0], …}`"},
	};

	expect_rows(rows, ARRAY_LEN(rows), first_help);
}

Test(check, a_fix_is_certain_only_when_nothing_else_is_as_near)
{
	static const struct {
		const char *text, *fix;
		bool certain;
	} rows[] = {
		{"      MinCuont: 1\n", "MinCount", true},
		{"      MimCuont: 1\n", "MinCount", false},
		{"      MaCount: 1\n", "MaxCount", true},
		{"      InstanceTyp: x\n", "InstanceType", false}, /* which is there */
		{"      Efa: yes\n", "{Enabled: yes}", false},
		{"      MCount: 1\n", "MaxCount", false}, /* MinCount is as near */
		{"    CapacityType: spot\n", "SPOT", true},
		{"Tags: [{Key: a, Value: 12}]\n", "\"12\"", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f;
		const struct diag_fix *fix;

		check_after_base(&f, rows[i].text);
		cr_assert_not_null(f.ds.first, "%s", rows[i].text);
		fix = f.ds.first->fixes;
		cr_assert_not_null(fix, "%s", rows[i].text);
		cr_expect(str_eq(fix->text, str_c(rows[i].fix)), "%s: %.*s", rows[i].text,
			  STR_A(fix->text));
		cr_expect_eq(fix->certain, rows[i].certain, "%s", rows[i].text);
		front_end(&f);
	}
}

Test(check, binds_values_defaults_and_places)
{
	struct front f;
	const struct cluster *m =
		check_after_base(&f, "      MaxCount: '0x5'\n"
				     "      MinCount: '2'\n"
				     "      Efa: {Enabled: yes}\n"
				     "    CapacityType: SPOT\n"
				     "    CustomSlurmSettings: {A: yes, B: [1, x], C: 'y'}\n");
	const struct slurm_queue *q = &m->scheduling.slurm_queues.items[0];
	const struct slurm_compute_resource *r = &q->compute_resources.items[0];

	cr_assert_eq(m->scheduling.slurm_queues.n, 1);
	cr_assert_eq(q->capacity_type, SLURM_QUEUE_CAPACITY_TYPE_SPOT);
	cr_assert(str_eq(q->networking.subnet_ids.items[0].text, STR("subnet-12345678")));
	cr_assert(str_eq(r->section.path, STR("Scheduling.SlurmQueues[0].ComputeResources[0]")));
	cr_assert_eq(r->min_count, 2);
	cr_assert_eq(r->max_count, 10, "a faulty value leaves the default");
	cr_assert(is_poisoned(&r->at.max_count));
	cr_assert(r->section.poisoned);
	cr_assert_not(q->section.poisoned);
	cr_assert(r->efa.enabled && r->efa.section.written);
	cr_assert_eq(source_place(f.src, r->efa.at.enabled.value.lo).line, 13);
	cr_assert_eq(r->static_node_priority, 1);
	cr_assert_eq(r->at.static_node_priority.state, FIELD_ABSENT);
	cr_assert_not(m->monitoring.section.written);
	cr_assert(m->monitoring.logs.cloud_watch.enabled);
	cr_assert_eq(q->custom_slurm_settings.n, 3);
	cr_assert(q->custom_slurm_settings.items[0].value_is_bool);
	cr_assert(str_eq(q->custom_slurm_settings.items[1].value, STR("[1, x]")));
	cr_assert_not(q->custom_slurm_settings.items[2].value_is_bool);
	front_end(&f);
}

Test(check, binds_a_value_that_is_flag_or_text)
{
	struct front f;
	const struct cluster *m;
	m = check(&f, STR("HeadNode: {Networking: {ElasticIp: true}}\n"), 0);
	cr_assert(m->head_node.networking.elastic_ip.flag);
	cr_assert_not(m->head_node.networking.elastic_ip.is_text);
	front_end(&f);
	m = check(&f, STR("HeadNode: {Networking: {ElasticIp: eipalloc-12345678}}\n"), 0);
	cr_assert(m->head_node.networking.elastic_ip.is_text);
	cr_assert(str_eq(m->head_node.networking.elastic_ip.text, STR("eipalloc-12345678")));
	front_end(&f);
}
