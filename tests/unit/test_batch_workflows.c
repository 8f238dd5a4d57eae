/* SPDX-License-Identifier: Apache-2.0 */
/* test_batch_workflows.c - the machines of workflows, whatever a file says of them, and what stands around them. */
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(workflows, .fini = free_all);

#define HEAD                                                                                     \
	"Kind: Batch\nRegion: us-east-1\nNetworking: {SubnetIds: [subnet-0123456789abcdef0]}\n"  \
	"Buckets: [{Name: Data}]\n"                                                              \
	"ComputeEnvironments: [{Name: spot, Type: SPOT, InstanceTypes: [m6i.large, c6i.large], " \
	"MaxvCpus: 2}]\n"                                                                        \
	"JobQueues: [{Name: work, ComputeEnvironmentOrder: [spot]}]\n"                           \
	"JobDefinitions:\n  - Name: job\n    ContainerProperties:\n      Image: busybox\n"       \
	"      Vcpus: 2\n      Memory: 2048\n      Command: [run, \"{% $x %}\"]\n"               \
	"    RetryStrategy: {Attempts: 3, RetryOn: SPOT_INTERRUPTION}\n"                         \
	"Workflows:\n  - Name: flow\n"
#define LUSTRE(more)                                            \
	"    FsxLustreSettings:\n      StorageCapacity: 1200\n" \
	"      DataRepositoryAssociations: [{Name: data, Bucket: Data" more "}]\n"
#define EXPORTS ", AutoExportPolicy: [NEW, CHANGED, DELETED]"
#define TASK "    Mode: LustreTaskExport\n" LUSTRE("")
#define AUTO "    Mode: LustreAutoExport\n" LUSTRE(EXPORTS)
#define EBS "    Mode: Ebs\n    EbsSettings: {Size: 100}\n"

static const char *const files[] = {
	TASK,
	TASK "    OnJobFailure: KEEP\n",
	TASK "    OnJobFailure: DELETE\n    ArraySize: 4\n",
	TASK "    ParametersIn: SECRETS_MANAGER\n    MaxWaitForLockSeconds: 0\n",
	AUTO,
	AUTO "    Barrier: TASK\n",
	AUTO "    OnJobFailure: KEEP\n",
	AUTO "    Barrier: TASK\n    OnJobFailure: DELETE\n",
	EBS,
	EBS "    SnapshotOnSuccess: true\n",
	EBS "    OnJobFailure: KEEP\n    DeleteStorage: false\n",
};

static const struct ir *graph(const char *workflow)
{
	return graph_of(&mem, arena_fmt(&mem, "%s%s", HEAD, workflow).s);
}

static const struct ir_value *property(const struct ir *g, const char *id, const char *name)
{
	const struct ir_resource *r = ir_find(g, str_c(id));

	cr_assert_not_null(r, "%s", id);
	return ir_get(r->properties, str_c(name));
}

static const struct ir_value *states_of(const struct ir *g)
{
	return ir_get(property(g, "WorkflowFlow", "Definition"), STR("States"));
}

static const struct ir_value *state(const struct ir_value *states, const char *name)
{
	const struct ir_value *s = ir_get(states, str_c(name));

	cr_assert_not_null(s, "%s", name);
	return s;
}

static bool is(const struct ir_value *s, const char *type)
{
	return str_eq(ir_get(s, STR("Type"))->text, str_c(type));
}

/* ---- the language ---- */

/* Calls f for each state that may follow s. */
static void each_next(const struct ir_value *s, void (*f)(void *, struct str), void *with)
{
	static const struct str lists[] = {STR_INIT("Choices"), STR_INIT("Catch")};
	const struct ir_value *next = ir_get(s, STR("Next")), *other = ir_get(s, STR("Default"));

	if (next != NULL)
		f(with, next->text);
	if (other != NULL)
		f(with, other->text);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct ir_value *list = ir_get(s, lists[i]);

		for (size_t k = 0; list != NULL && k < list->n; k++)
			f(with, ir_get(list->items[k], STR("Next"))->text);
	}
}

struct walk {
	const struct ir_value *states;
	struct map seen;
};

static void visit(void *with, struct str name)
{
	struct walk *w = with;
	const struct ir_value *s = ir_get(w->states, name);

	cr_assert_not_null(s, "no state %.*s", STR_A(name));
	if (map_put(&w->seen, &mem, name, "") == NULL)
		each_next(s, visit, w);
}

Test(workflows, each_state_is_reached_and_has_an_end)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct walk w = {.states = states_of(graph(files[i]))};

		visit(&w, STR("Begin"));
		cr_expect_eq(w.seen.n, w.states->nmembers, "%s: %zu of %u", files[i], w.seen.n,
			     (unsigned)w.states->nmembers);
		for (size_t k = 0; k < w.states->nmembers; k++) {
			const struct ir_value *s = w.states->members[k].value;
			bool last = is(s, "Succeed") || is(s, "Fail");

			cr_expect_eq(last, ir_get(s, STR("Next")) == NULL && !is(s, "Choice"));
			cr_expect_eq(is(s, "Choice"), ir_get(s, STR("Default")) != NULL);
		}
	}
}

static bool names(const struct ir_value *rows, struct str error)
{
	for (size_t i = 0; rows != NULL && i < rows->n; i++) {
		const struct ir_value *errors = ir_get(rows->items[i], STR("ErrorEquals"));

		for (size_t k = 0; k < errors->n; k++)
			if (str_eq(errors->items[k]->text, error))
				return true;
	}
	return false;
}

/* Neither a job nor a snapshot is made twice: after an error they are looked for. */
static bool is_made_once(struct str name)
{
	return str_eq(name, STR("RunJob")) || str_eq(name, STR("CreateSnapshot"));
}

Test(workflows, each_call_is_tried_again_and_has_a_way_out)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct ir_value *states = states_of(graph(files[i]));

		for (size_t k = 0; k < states->nmembers; k++) {
			const struct ir_value *s = states->members[k].value;
			struct str name = states->members[k].name;

			if (!is(s, "Task"))
				continue;
			cr_expect(names(ir_get(s, STR("Catch")), STR("States.ALL")), "%.*s",
				  STR_A(name));
			cr_expect_eq(names(ir_get(s, STR("Retry")), STR("States.ALL")),
				     !is_made_once(name), "%.*s", STR_A(name));
		}
	}
}

Test(workflows, a_throttled_job_is_submitted_again_and_an_error_is_looked_into)
{
	const struct ir_value *s = state(states_of(graph(TASK)), "RunJob");
	const struct ir_value *retry = ir_get(s, STR("Retry")), *way = ir_get(s, STR("Catch"));

	cr_assert_eq(retry->n, 1);
	cr_expect(names(retry, STR("Batch.TooManyRequestsException")));
	cr_expect(names(way, STR("Batch.ServerException")));
	cr_expect(names(way, STR("Batch.AWSBatchException")));
	for (size_t i = 0; i < way->n; i++)
		cr_expect_str_eq(text_at(&mem, way->items[i], "Next"), "SettleJob");
	cr_expect_str_eq(text_at(&mem, state(states_of(graph(TASK)), "SettleJob"), "Next"),
			 "FindJob");
}

static void no_marks(const struct ir_value *v)
{
	bool text = v->kind == IR_STRING || v->kind == IR_SUB;

	cr_expect(!text || str_find(v->text, '@', 0) == v->text.n, "%.*s", STR_A(v->text));
	for (size_t i = 0; v->kind == IR_LIST && i < v->n; i++)
		no_marks(v->items[i]);
	for (size_t i = 0; v->kind == IR_OBJECT && i < v->nmembers; i++) {
		cr_expect(!str_eq(v->members[i].name, STR("?")));
		no_marks(v->members[i].value);
	}
}

Test(workflows, nothing_of_the_table_is_left)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		no_marks(states_of(graph(files[i])));
}

/* ---- rights ---- */

/* "fsx:CreateFileSystem" of "arn:aws:states:::aws-sdk:fsx:createFileSystem", or of "…:batch:submitJob.sync". */
static struct str action_of(struct str resource)
{
	struct str rest = resource, service = {0}, call = {0};

	while (rest.s != NULL) {
		service = call;
		call = str_cut(&rest, ':');
	}
	if (str_eq(service, STR("sfn")))
		service = STR("states");
	call = str_slice(call, 0, str_find(call, '.', 0));
	return arena_fmt(&mem, "%.*s:%c%.*s", STR_A(service), call.s[0] - 'a' + 'A',
			 STR_A(str_slice(call, 1, call.n)));
}

static bool allowed(const struct ir *g, struct str action)
{
	const struct ir_value *policies = property(g, "WorkflowRoleFlow", "Policies");
	const struct ir_value *statements =
		ir_get(ir_get(policies->items[0], STR("PolicyDocument")), STR("Statement"));

	for (size_t i = 0; i < statements->n; i++) {
		const struct ir_value *actions = ir_get(statements->items[i], STR("Action"));

		for (size_t k = 0; k < actions->n; k++)
			if (str_eq(actions->items[k]->text, action))
				return true;
	}
	return false;
}

Test(workflows, the_role_allows_each_call)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct ir *g = graph(files[i]);
		const struct ir_value *states = states_of(g);

		for (size_t k = 0; k < states->nmembers; k++) {
			const struct ir_value *s = states->members[k].value;

			if (is(s, "Task"))
				cr_expect(allowed(g, action_of(ir_get(s, STR("Resource"))->text)),
					  "%.*s", STR_A(states->members[k].name));
		}
	}
	cr_expect_not(allowed(graph(EBS), STR("ec2:CreateSnapshot")));
	cr_expect_not(allowed(graph(TASK), STR("cloudwatch:GetMetricData")));
	cr_expect_not(allowed(graph(AUTO), STR("fsx:UpdateDataRepositoryAssociation")));
}

/* ---- storage and job ---- */

Test(workflows, the_container_sees_the_directory_of_the_link)
{
	const struct ir *g = graph("    Mode: LustreTaskExport\n    MountDir: /work\n" LUSTRE(
		", FileSystemPath: /out/"));
	const struct ir_value *states = states_of(g);
	const struct ir_value *job = ir_get(state(states, "RegisterJob"), STR("Arguments"));
	const struct ir_value *task = ir_get(state(states, "CreateExport"), STR("Arguments"));

	cr_expect_str_eq(text_at(&mem, job, "ContainerProperties.Volumes.0.Host.SourcePath"),
			 "/mnt/hpcc/flow/out");
	cr_expect_str_eq(text_at(&mem, job, "ContainerProperties.MountPoints.0.ContainerPath"),
			 "/work");
	cr_expect_str_eq(text_at(&mem, task, "Paths.0"), "out");
	cr_expect_str_eq(text_at(&mem, ir_get(state(states, "CreateAssociation"), STR("Arguments")),
				 "FileSystemPath"),
			 "/out");
}

Test(workflows, without_a_path_the_whole_file_system_is_linked)
{
	const struct ir_value *states = states_of(graph(TASK));
	const struct ir_value *task = ir_get(state(states, "CreateExport"), STR("Arguments"));
	const struct ir_value *link = ir_get(state(states, "CreateAssociation"), STR("Arguments"));

	cr_expect_null(ir_get(task, STR("Paths")));
	cr_expect_str_eq(text_at(&mem, link, "FileSystemPath"), "/");
	cr_expect(ir_get(link, STR("BatchImportMetaDataOnCreate"))->boolean);
}

Test(workflows, texts_of_the_file_are_no_expressions)
{
	const struct ir_value *job =
		ir_get(state(states_of(graph(EBS)), "RegisterJob"), STR("Arguments"));

	cr_expect_str_eq(text_at(&mem, job, "ContainerProperties.Command.0"), "run");
	cr_expect_str_eq(text_at(&mem, job, "ContainerProperties.Command.1"), "{% \"{% $x %}\" %}");
}

Test(workflows, figures_stand_in_a_parameter_or_a_secret)
{
	const struct ir_value *v = property(graph(EBS), "WorkflowParametersFlow", "Value");

	cr_expect_neq(str_find_str(v->text, STR("\"size\": 100"), 0), SIZE_MAX);
	cr_expect_neq(str_find_str(v->text, STR("\"iops\": 3000"), 0), SIZE_MAX);
	cr_expect_not_null(property(graph(files[3]), "WorkflowSecretFlow", "SecretString"));
}

Test(workflows, the_lock_is_waited_for_as_long_as_the_file_says)
{
	static const struct {
		const char *seconds, *every, *tries, *rounds;
	} rows[] = {{"60", "60", "1", "{% $rounds < 1 %}"},
		    {"86400", "87", "10", "{% $rounds < 100 %}"},
		    {"604800", "605", "10", "{% $rounds < 100 %}"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *more =
			arena_fmt(&mem, EBS "    MaxWaitForLockSeconds: %s\n", rows[i].seconds).s;
		const struct ir_value *states = states_of(graph(more));
		const struct ir_value *s = state(states, "AcquireLock");

		cr_expect_str_eq(text_at(&mem, s, "Retry.0.IntervalSeconds"), rows[i].every);
		cr_expect_str_eq(text_at(&mem, s, "Retry.0.MaxAttempts"), rows[i].tries);
		cr_expect_str_eq(text_at(&mem, state(states, "IsWaiting"), "Choices.0.Condition"),
				 rows[i].rounds);
	}
	cr_expect_str_eq(text_at(&mem, state(states_of(graph(files[3])), "AcquireLock"),
				 "Retry.0.MaxAttempts"),
			 "0");
}

/* ---- around it ---- */

Test(workflows, what_ended_too_early_is_finished)
{
	const struct ir *g = graph(TASK);
	const struct ir_value *pattern = property(g, "WorkflowFinisherFlow", "EventPattern");
	const struct ir_value *target = property(g, "WorkflowFinisherFlow", "Targets")->items[0];

	cr_expect_str_eq(text_at(&mem, pattern, "detail.status.0"), "ABORTED");
	cr_expect_str_eq(text_at(&mem, pattern, "detail.status.1"), "TIMED_OUT");
	cr_expect_str_eq(text_at(&mem, target, "InputTransformer.InputTemplate"),
			 "{\"finish\": \"<of>\"}");
	cr_expect(str_eq(ir_get(target, STR("Arn"))->text, STR("WorkflowFlow")));
}

Test(workflows, the_log_may_be_one_of_many)
{
	const struct ir_value *name = property(graph(TASK), "WorkflowLogFlow", "LogGroupName");

	cr_expect(str_starts(name->text, STR("/aws/vendedlogs/states/${AWS::StackName}-flow-")));
}

Test(workflows, the_stack_asks_for_storage_before_it_goes)
{
	const struct ir_resource *r = ir_find(graph(TASK), STR("WorkflowGuard"));

	cr_assert_not_null(r);
	cr_expect_str_eq(text_at(&mem, r->properties, "Machines.0"), "WorkflowFlow");
}

Test(workflows, files_without_one_have_nothing_of_it)
{
	const struct ir *g =
		graph_of(&mem, "Kind: Batch\nRegion: us-east-1\n"
			       "Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"
			       "ComputeEnvironments: [{Name: a, InstanceTypes: "
			       "[m6i.large], MaxvCpus: 2}]\n"
			       "JobQueues: [{Name: q, ComputeEnvironmentOrder: [a]}]\n");

	cr_expect_null(ir_find(g, STR("WorkflowLock")));
	cr_expect_null(ir_find(g, STR("WorkflowGuard")));
}
