/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_batch_retain.c - of a batch file stays what its rows say, with what that stands on, and nothing else.
 *
 * What each section with a DeletionPolicy keeps is named here by type. A replacement is another matter: whatever
 * property it comes from, data of the old resource stay even where they may go with the stack.
 */
#include "tests/unit/kept.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(batch_retain, .fini = free_all);

#define HEAD                                                                             \
	"Kind: Batch\n"                                                                  \
	"Region: us-east-1\n"                                                            \
	"Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"                          \
	"ComputeEnvironments: [{Name: e, InstanceTypes: [c6i.4xlarge], MaxvCpus: 16}]\n" \
	"JobQueues: [{Name: q, ComputeEnvironmentOrder: [e]}]\n"
#define JOB                                                \
	"JobDefinitions: [{Name: j, ContainerProperties: " \
	"{Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/j:1', Vcpus: 4, Memory: 4096}}]\n"
#define GROUP "EC2::SecurityGroup EC2::SecurityGroupIngress EC2::SecurityGroupEgress "

static const char bucket[] = HEAD "Buckets: [{Name: Data%s}]\n";
static const char repository[] = HEAD "Repositories: [{Name: tools%s}]\n";
static const char efs[] = HEAD "SharedStorage: [{Name: h, MountDir: /h, StorageType: Efs, "
			       "EfsSettings: {Encrypted: true%s}}]\n";
static const char lustre[] =
	HEAD "SharedStorage: [{Name: x, MountDir: /x, StorageType: FsxLustre, FsxLustreSettings: "
	     "{DeploymentType: PERSISTENT_2, StorageCapacity: 1200, PerUnitStorageThroughput: "
	     "250%s}}]\n";
static const char scratch[] =
	HEAD "SharedStorage: [{Name: x, MountDir: /x, StorageType: FsxLustre, "
	     "FsxLustreSettings: {StorageCapacity: 1200%s}}]\n";
static const char job_logs[] =
	HEAD JOB "Monitoring: {Logs: {CloudWatch: {RetentionInDays: 7%s}}}\n";
static const char workflow_logs[] =
	HEAD JOB "Workflows: [{Name: w, Mode: Ebs, EbsSettings: {Size: 100}}]\n"
		 "Monitoring: {Logs: {CloudWatch: {RetentionInDays: 7%s}}}\n";

/* A section, a file with it (with a place for ", DeletionPolicy: …"), and the types of all that it keeps. */
static const struct data {
	enum section_id section;
	const char *file;
	const char *as_it_is, *retain; /* where the file says nothing, and where it says Retain */
	bool outlives;		       /* its replacement: logs do not */
	const char *type;
} data[] = {
	{SECTION_Bucket, bucket, "S3::Bucket S3::BucketPolicy", "S3::Bucket S3::BucketPolicy", true,
	 "AWS::S3::Bucket"},
	{SECTION_Repository, repository, "ECR::Repository", "ECR::Repository", true,
	 "AWS::ECR::Repository"},
	{SECTION_EfsSettings, efs, GROUP "EFS::FileSystem EFS::MountTarget",
	 GROUP "EFS::FileSystem EFS::MountTarget", true, "AWS::EFS::FileSystem"},
	{SECTION_FsxLustreSettings, lustre, GROUP "FSx::FileSystem", GROUP "FSx::FileSystem", true,
	 "AWS::FSx::FileSystem"},
	{SECTION_FsxLustreSettings, scratch, "", GROUP "FSx::FileSystem", true,
	 "AWS::FSx::FileSystem"},
	{SECTION_CloudWatchLogs, job_logs, "Logs::LogGroup", "Logs::LogGroup", false,
	 "AWS::Logs::LogGroup"},
	{SECTION_CloudWatchLogs, workflow_logs, "Logs::LogGroup Logs::LogGroup",
	 "Logs::LogGroup Logs::LogGroup", false, "AWS::Logs::LogGroup"},
};

static const struct ir *with(const struct data *d, const char *policy)
{
	const char *place = strstr(d->file, "%s");
	struct str whole = str_c(d->file);
	size_t at = (size_t)(place - d->file);

	return graph_of(&mem, arena_fmt(&mem, STR_F "%s" STR_F, STR_A(str_slice(whole, 0, at)),
					policy, STR_A(str_slice(whole, at + 2, whole.n)))
				      .s);
}

static bool is_listed(enum section_id section)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++)
		if (data[i].section == section)
			return true;
	return section == SECTION_EbsSettings; /* refused: storage of an instance or an execution */
}

Test(batch_retain, every_section_that_may_be_kept_is_known_here)
{
	for (uint16_t i = 0; i < schema_nsections; i++) {
		const struct prop *p = schema_find(&schema_sections[i], STR("DeletionPolicy"));

		if (p != NULL && (p->variants & BATCH) != 0 &&
		    (schema_sections[i].variants & BATCH) != 0)
			cr_expect(is_listed((enum section_id)i), "" STR_F,
				  STR_A(schema_sections[i].name));
	}
}

static void keeps(const struct data *d, const struct ir *g, const char *wanted)
{
	struct str types = kept_types(&mem, g);

	cr_expect(str_eq(types, str_c(wanted)), "%s keeps " STR_F ", not %s", d->file, STR_A(types),
		  wanted);
	nothing_dangles(&mem, g, NULL);
	nothing_dangles(&mem, g, graph_of(&mem, HEAD));
}

Test(batch_retain, what_stays_is_what_the_rows_say)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++) {
		keeps(&data[i], with(&data[i], ""), data[i].as_it_is);
		keeps(&data[i], with(&data[i], ", DeletionPolicy: Retain"), data[i].retain);
		keeps(&data[i], with(&data[i], ", DeletionPolicy: Delete"), "");
	}
}

Test(batch_retain, data_outlive_a_replacement_whatever_the_file_says)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++) {
		const struct ir *g = with(&data[i], ", DeletionPolicy: Delete");

		for (size_t k = 0; k < g->resources.n; k++) {
			const struct ir_resource *r = g->resources.items[k].value;
			bool of_it = str_starts(
				r->type, str_c(data[i].type)); /* a policy goes with its bucket */

			cr_expect_eq(r->update_replace_policy == IR_RETAIN,
				     of_it && data[i].outlives, "%s: " STR_F, data[i].file,
				     STR_A(r->id));
		}
	}
}

/* A volume or file system of an execution is none of the stack's; the lock and the figures hold nothing that is missed. */
Test(batch_retain, nothing_is_kept_for_nobody)
{
	const struct ir *g =
		graph_of(&mem, HEAD JOB
			 "Workflows: [{Name: w, Mode: Ebs, EbsSettings: {Size: 100}, ParametersIn: "
			 "SECRETS_MANAGER}]\n"
			 "Schedules: [{Name: s, Workflow: w, ScheduleExpression: rate(1 day)}]\n"
			 "Notifications: {Emails: [a@example.com]}\n"
			 "Budget: {Amount: 5}\n"
			 "Monitoring: {Logs: {CloudWatch: {DeletionPolicy: Delete}}}\n");

	for (size_t i = 0; i < g->resources.n; i++)
		cr_expect_not(stays(g->resources.items[i].value));
}

Test(batch_retain, nothing_dangles_of_the_examples)
{
	nothing_dangles_of(&mem, "batch/operations");
	nothing_dangles_of(&mem, "batch/storage");
	nothing_dangles_of(&mem, "batch/jobs");
	nothing_dangles_of(&mem, "batch/lustre-auto-export");
	nothing_dangles_of(&mem, "batch/ebs");
}
