/* SPDX-License-Identifier: Apache-2.0 */
/* workflow.c - workflows: the machine of each with its log, and what finishes executions that ended too early. */
#include "lowering/batch/workflow.h"

#include "lowering/aws/arn.h"
#include "lowering/aws/file_systems.h"
#include "lowering/aws/lookup.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/storage.h"

#define LOCK "WorkflowLock"
#define FINISHER "WorkflowFinisherRole"

enum {
	LOCK_SECONDS = 60, /* between looks at the lock of the execution before */
	LOCK_TRIES =
		1000, /* most of them: each is several of the 25,000 events that an execution may have */
	LOCK_LOOK = 10, /* tries until its holder is looked at: events of its end may be lost */
	WATCH_SECONDS = 3600, /* the longest pause between looks at a job */
	WATCH_LOOKS = 300,    /* as many of them in the whole time of an execution at most */
};

struct str workflow_id(const struct batch_stack *l, struct str name)
{
	for (size_t i = 0; i < l->b->workflows.n; i++)
		if (str_eq(l->b->workflows.items[i].name, name))
			return l->workflows[i].machine;
	return (struct str){0};
}

/* ---- the lock ---- */

static struct ir_value *attribute(struct batch_stack *l, const char *member, const char *value)
{
	struct ir_value *row = ir_put_text(l->st.g, ir_object(l->st.g), "AttributeName", STR("Id"));

	return ir_push(l->st.g, ir_list(l->st.g), ir_put_text(l->st.g, row, member, str_c(value)));
}

static void lock_add(struct batch_stack *l)
{
	struct ir_resource *r = ir_add(l->st.g, STR(LOCK), "AWS::DynamoDB::Table",
				       origin_of_section(&l->b->section));

	ir_put(l->st.g, r->properties, "AttributeDefinitions", attribute(l, "AttributeType", "S"));
	ir_put(l->st.g, r->properties, "KeySchema", attribute(l, "KeyType", "HASH"));
	ir_put_text(l->st.g, r->properties, "BillingMode", STR("PAY_PER_REQUEST"));
	tags_put(&l->st, r->properties, "Tags", NULL);
}

/* How often the lock is tried: all of the time that the file allows, seldom enough for the history. */
static void put_waiting(struct batch_stack *l, const struct workflow *m, struct state_values *s)
{
	int64_t every = (m->max_wait_for_lock_seconds + LOCK_TRIES - 1) / LOCK_TRIES;
	int64_t tries;

	if (every < LOCK_SECONDS)
		every = LOCK_SECONDS;
	tries = (m->max_wait_for_lock_seconds + every - 1) / every;
	state_word(l, s, "waits", m->max_wait_for_lock_seconds > 0);
	state_value(l, s, "LockSeconds", ir_int(l->st.g, every));
	state_value(l, s, "LockTries", ir_int(l->st.g, tries < LOCK_LOOK ? tries : LOCK_LOOK));
	state_value(l, s, "LockRounds",
		    ir_textf(l->st.g, "%lld", (long long)((tries + LOCK_LOOK - 1) / LOCK_LOOK)));
	state_value(l, s, "Lock", ir_ref(l->st.g, STR(LOCK)));
	state_value(l, s, "Id", ir_text(l->st.g, m->name));
}

/* ---- the machine ---- */

/* "arn:aws:states:::": Resource of a state takes no function of CloudFormation. */
static struct str call_of(struct batch_stack *l)
{
	const struct region *r = facts_region(l->st.facts, l->st.region);

	return arena_fmt(l->st.a,
			 "arn:" STR_F ":states:::", STR_A(r != NULL ? r->partition : STR("aws")));
}

/* What becomes of the storage when the job has failed. A volume has nowhere to go. */
static const char *after_failure(const struct lowered_workflow *w)
{
	switch (w->w.m->on_job_failure) {
	case WORKFLOW_ON_JOB_FAILURE_KEEP:
		return "Keep";
	case WORKFLOW_ON_JOB_FAILURE_DELETE:
		return "Undo";
	case WORKFLOW_ON_JOB_FAILURE_EXPORT:
	case WORKFLOW_ON_JOB_FAILURE_UNSET:
		break;
	}
	return "CloseAssociation|BeginDrain|CreateExport|Undo";
}

static void put_words(struct batch_stack *l, const struct lowered_workflow *w,
		      struct state_values *s)
{
	const struct workflow *m = w->w.m;
	bool automatic = m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT;
	bool task = m->barrier == WORKFLOW_BARRIER_TASK;

	state_word(l, s, "lustre", w->w.lustre);
	state_word(l, s, "import", workflow_imports(w));
	state_word(l, s, "ebs", !w->w.lustre);
	state_word(l, s, "snapshot", !w->w.lustre && m->snapshot_on_success);
	state_word(l, s, "close", automatic && task);
	state_word(l, s, "drain", automatic && !task);
	state_word(l, s, "export", w->w.lustre && (!automatic || task));
	state_word(l, s, "keep", w->w.lustre || m->on_job_failure == WORKFLOW_ON_JOB_FAILURE_KEEP);
}

/*
 * The longest pause between looks at a job; the first ones are of a minute. The history of an execution ends at 25,000
 * events, and one that lasts a year looks as well.
 */
static int64_t watch_seconds(const struct workflow *m)
{
	int64_t most = m->timeout_seconds / WATCH_LOOKS;

	return most > WATCH_SECONDS ? most : WATCH_SECONDS;
}

static struct ir_value *definition_of(struct batch_stack *l, struct lowered_workflow *w)
{
	struct ir *g = l->st.g;
	struct ir_value *d = ir_object(g);
	struct state_values s = {0};
	struct str call = call_of(l);

	workflow_put_parameters(l, w, &s);
	put_words(l, w, &s);
	put_waiting(l, w->w.m, &s);
	state_value(l, &s, "Call", ir_text(g, call));
	state_value(l, &s, "Sdk", ir_textf(g, STR_F "aws-sdk:", STR_A(call)));
	state_value(l, &s, "Read",
		    ir_textf(g, STR_F "aws-sdk:%s", STR_A(call),
			     w->secret ? "secretsmanager:getSecretValue" : "ssm:getParameter"));
	/* The integration that waits knows jobs of one node; others are looked at. */
	state_value(
		l, &s, "Submit",
		ir_textf(g, STR_F "%s", STR_A(call),
			 w->w.job->multinode ? "aws-sdk:batch:submitJob" : "batch:submitJob.sync"));
	state_value(l, &s, "AfterSubmit",
		    ir_text(g, w->w.job->multinode ? STR("WatchJob") : STR("JobDone")));
	state_value(l, &s, "Find",
		    ir_textf(g, STR_F "aws-sdk:%s", STR_A(call),
			     w->w.lustre ? "fsx:describeFileSystems" : "ec2:describeVolumes"));
	state_value(l, &s, "WatchSeconds", ir_textf(g, "%lld", (long long)watch_seconds(w->w.m)));
	state_value(l, &s, "AfterFailure", ir_text(g, str_c(after_failure(w))));
	state_value(l, &s, "Template", ir_ref(g, w->launch_template));
	state_value(l, &s, "Environment", w->environment);
	state_value(l, &s, "Machine",
		    arn(&l->st, "states",
			arena_fmt(l->st.a, "stateMachine:${AWS::StackName}-" STR_F,
				  STR_A(w->w.m->name))));
	state_value(l, &s, "Queue", w->queue);
	workflow_put_storage(l, w, &s);
	workflow_put_job(l, w, &s);
	ir_put_text(g, d, "QueryLanguage", STR("JSONata"));
	ir_put_text(g, d, "StartAt", STR("Begin"));
	ir_put_int(g, d, "TimeoutSeconds", w->w.m->timeout_seconds);
	return ir_put(g, d, "States", states_new(l, &s));
}

/* The group may outlive the stack. With another beginning, policies of the account would grow with each machine. */
static struct ir_value *log_of(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct cloud_watch_logs *m = &l->b->monitoring.logs.cloud_watch;
	bool stays = m->deletion_policy != CLOUD_WATCH_LOGS_DELETION_POLICY_DELETE;
	struct ir *g = l->st.g;
	struct ir_resource *r = ir_add(g, batch_id(l, "WorkflowLog", w->w.m->name),
				       "AWS::Logs::LogGroup", origin_of_section(&w->w.m->section));
	struct ir_value *name =
		ir_subf(g, "/aws/vendedlogs/states/${AWS::StackName}-" STR_F "-${Unique}",
			STR_A(w->w.m->name));
	struct ir_value *group = ir_object(g), *logging = ir_object(g), *to = ir_object(g);

	resource_goes(r, stays ? IR_RETAIN_EXCEPT_ON_CREATE : IR_DELETE);
	ir_put(g, r->properties, "LogGroupName",
	       ir_put(g, name, "Unique", stack_id_part(&l->st, 0)));
	if (m->retention_in_days > 0)
		ir_put_int(g, r->properties, "RetentionInDays", m->retention_in_days);
	tags_put(&l->st, r->properties, "Tags", NULL);
	ir_put(g, group, "LogGroupArn", ir_getatt(g, r->id, STR("Arn")));
	ir_put(g, to, "CloudWatchLogsLogGroup", group);
	ir_put(g, logging, "Destinations", ir_push(g, ir_list(g), to));
	ir_put_text(g, logging, "Level", STR("ERROR"));
	return ir_put_bool(g, logging, "IncludeExecutionData", true);
}

static void machine_add(struct batch_stack *l, struct lowered_workflow *w)
{
	struct ir *g = l->st.g;
	struct ir_value *definition = definition_of(l, w), *log = log_of(l, w);
	struct ir_value *role = workflow_role(l, w, STR(LOCK));
	struct ir_resource *r;

	w->machine = batch_id(l, "Workflow", w->w.m->name);
	r = ir_add(g, w->machine, "AWS::StepFunctions::StateMachine",
		   origin_of_section(&w->w.m->section));
	ir_put(g, r->properties, "StateMachineName", batch_name(l, STR(""), w->w.m->name));
	ir_put_text(g, r->properties, "StateMachineType", STR("STANDARD"));
	ir_put(g, r->properties, "RoleArn", role);
	ir_put(g, r->properties, "LoggingConfiguration", log);
	ir_put(g, r->properties, "Definition", definition);
	tags_put(&l->st, r->properties, "Tags", NULL);
}

/* ---- executions that ended too early ---- */

/* FAILED is among them: an execution with too long a history, say, fails wherever it is. */
struct ir_value *workflow_ended_badly(struct batch_stack *l, struct ir_value *machines)
{
	static const char *const states[] = {"ABORTED", "TIMED_OUT", "FAILED"};
	struct ir *g = l->st.g;
	struct ir_value *pattern = ir_object(g), *detail = ir_object(g), *status = ir_list(g);

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		ir_push(g, status, ir_text(g, str_c(states[i])));
	ir_put(g, detail, "status", status);
	ir_put(g, detail, "stateMachineArn", machines);
	ir_put(g, pattern, "source", ir_push(g, ir_list(g), ir_text(g, STR("aws.states"))));
	ir_put(g, pattern, "detail-type",
	       ir_push(g, ir_list(g), ir_text(g, STR("Step Functions Execution Status Change"))));
	return ir_put(g, pattern, "detail", detail);
}

static void finisher_add(struct batch_stack *l, const struct lowered_workflow *w,
			 struct ir_value *machines)
{
	struct ir *g = l->st.g;
	struct ir_resource *r = ir_add(g, batch_id(l, "WorkflowFinisher", w->w.m->name),
				       "AWS::Events::Rule", origin_of_section(&w->w.m->section));
	struct ir_value *target = ir_object(g), *input = ir_object(g);

	ir_put_text(g, r->properties, "Description",
		    STR("Cleans up after executions that ended before they had"));
	ir_put(g, r->properties, "EventPattern",
	       workflow_ended_badly(l, ir_push(g, ir_list(g), ir_ref(g, w->machine))));
	ir_put(g, input, "InputPathsMap",
	       ir_put_text(g, ir_object(g), "of", STR("$.detail.executionArn")));
	ir_put_text(g, input, "InputTemplate", STR("{\"finish\": \"<of>\"}"));
	ir_put_text(g, target, "Id", STR("Finish"));
	ir_put(g, target, "Arn", ir_ref(g, w->machine));
	ir_put(g, target, "RoleArn", ir_getatt(g, STR(FINISHER), STR("Arn")));
	ir_put(g, target, "InputTransformer", input);
	ir_put(g, r->properties, "Targets", ir_push(g, ir_list(g), target));
	ir_push(g, machines, ir_ref(g, w->machine));
}

/*
 * CloudFormation removes what depends on others first: before all else it asks whether an execution runs or its storage
 * is left, and fails with its name rather than with a group that cannot be deleted. The right to ask names machines by
 * their names, since a machine may need what the function has looked up.
 */
static void guard_add(struct batch_stack *l)
{
	struct ir_origin origin = origin_of_section(&l->b->section);
	struct ir_resource *r =
		ir_add(l->st.g, STR("WorkflowGuard"), "Custom::HpccWorkflows", origin);
	struct ir_value *machines = ir_list(l->st.g), *names = ir_list(l->st.g);

	for (size_t i = 0; i < l->b->workflows.n; i++) {
		struct str id = l->workflows[i].machine, name = l->b->workflows.items[i].name;

		if (id.n == 0)
			continue;
		ir_push(l->st.g, machines, ir_ref(l->st.g, id));
		ir_push(l->st.g, names,
			arn(&l->st, "states",
			    arena_fmt(l->st.a, "stateMachine:${AWS::StackName}-" STR_F,
				      STR_A(name))));
	}
	allow(&l->st, lookup_statements(&l->st, origin), "SeeStorage",
	      "fsx:DescribeFileSystems ec2:DescribeVolumes", any_resource(&l->st));
	allow(&l->st, lookup_statements(&l->st, origin), "SeeExecutions", "states:ListExecutions",
	      names);
	ir_put(l->st.g, r->properties, "ServiceToken", lookup_service(&l->st, origin));
	ir_put(l->st.g, r->properties, "Stack", ir_ref(l->st.g, STR("AWS::StackName")));
	ir_put(l->st.g, r->properties, "Machines", machines);
}

/* ---- all of them ---- */

static void look_at(struct batch_stack *l, struct lowered_workflow *w)
{
	const struct lowered_environment *e =
		&l->environments[w->w.environment - l->v->environments];
	struct ir_origin origin = origin_of_section(&w->w.m->section);
	struct ir_value *subnet = batch_home(l, w->w.environment);

	w->environment = ir_ref(l->st.g, e->resource);
	w->launch_template = e->launch_template;
	w->queue = ir_ref(l->st.g, l->queues[w->w.queue - l->v->queues].resource);
	w->job = ir_find(l->st.g, l->jobs[w->w.job - l->v->jobs])->properties;
	w->definition =
		ir_subf(l->st.g, "${AWS::StackName}-" STR_F "-workflow", STR_A(w->w.m->name));
	w->subnet = subnet;
	w->secret = w->w.m->parameters_in == WORKFLOW_PARAMETERS_IN_SECRETS_MANAGER;
	if (w->w.lustre) {
		struct storage_place place = batch_place(l, w->w.environment);
		struct str group = lustre_group(&l->st, w->w.m->name, &place, IR_DELETE, origin);

		w->groups = storage_groups(&l->st, &place, group);
	} else {
		w->zone = ir_getatt(l->st.g, lookup_subnet(&l->st, subnet->text, origin),
				    STR("AvailabilityZone"));
	}
}

void pass_batch_workflows(struct batch_stack *l)
{
	const struct workflow_list *list = &l->b->workflows;
	struct ir_value *statements = ir_list(l->st.g), *machines = ir_list(l->st.g);

	l->workflows = NEW_ARRAY(l->st.a, struct lowered_workflow, list->n);
	if (list->n == 0)
		return;
	lock_add(l);
	allow(&l->st, statements, "Finish", "states:StartExecution", machines);
	role_add(&l->st, STR(FINISHER), "events", statements, ir_list(l->st.g),
		 origin_of_section(&l->b->section));
	for (size_t i = 0; i < list->n; i++) {
		l->workflows[i].w = workflow_of(l->st.a, l->v, &list->items[i]);
		if (!workflow_whole(&l->workflows[i].w))
			continue;
		look_at(l, &l->workflows[i]);
		machine_add(l, &l->workflows[i]);
		finisher_add(l, &l->workflows[i], machines);
	}
	guard_add(l);
}
