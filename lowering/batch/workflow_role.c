/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow_role.c - what the machine of a workflow may do: what its states call, on what is its own.
 *
 * What an execution makes must carry the tags of stack and workflow, and only what carries them may be changed or
 * deleted. Source: Service Authorization Reference of each service.
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/buckets.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/workflow.h"

static struct ir_value *pair(struct batch_stack *l, struct ir_value *one, struct ir_value *two)
{
	struct ir_value *list = ir_push(l->st.g, ir_list(l->st.g), one);

	return two != NULL ? ir_push(l->st.g, list, two) : list;
}

/* Only with the tags of this workflow: of what is made (`where` "aws:RequestTag"), or of what is there. */
static void tagged(struct batch_stack *l, const struct lowered_workflow *w,
		   struct ir_value *statement, const char *where)
{
	allow_when(&l->st, statement, arena_fmt(l->st.a, "%s/" STACK_TAG, where).s,
		   ir_ref(l->st.g, STR("AWS::StackName")));
	allow_when(&l->st, statement, arena_fmt(l->st.a, "%s/" WORKFLOW_TAG, where).s,
		   ir_text(l->st.g, w->w.m->name));
}

/* What is there already and has tags of a stack or a workflow is of this one: else it could be marked as its own. */
static void no_others(struct batch_stack *l, const struct lowered_workflow *w,
		      struct ir_value *statement)
{
	static const char exists[] = "StringEqualsIfExists";

	allow_if(&l->st, statement, exists, "aws:ResourceTag/" STACK_TAG,
		 ir_ref(l->st.g, STR("AWS::StackName")));
	allow_if(&l->st, statement, exists, "aws:ResourceTag/" WORKFLOW_TAG,
		 ir_text(l->st.g, w->w.m->name));
}

#define MADE "aws:RequestTag"
#define THERE "aws:ResourceTag"

/* ---- lock, parameters, log ---- */

static void allow_own_row(struct batch_stack *l, const struct lowered_workflow *w, struct str lock,
			  struct ir_value *s)
{
	struct ir_value *keys = ir_push(l->st.g, ir_list(l->st.g), ir_text(l->st.g, w->w.m->name));

	allow_if(&l->st,
		 allow(&l->st, s, "Lock",
		       "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem",
		       ir_getatt(l->st.g, lock, STR("Arn"))),
		 "ForAllValues:StringEquals", "dynamodb:LeadingKeys", keys);
}

/* Who waits for the lock looks whether its holder runs, and starts what cleans up where it does not. */
static void allow_own_executions(struct batch_stack *l, const struct lowered_workflow *w,
				 struct ir_value *s)
{
	struct str name = arena_fmt(l->st.a, "${AWS::StackName}-" STR_F, STR_A(w->w.m->name));

	allow(&l->st, s, "SeeHolder", "states:DescribeExecution",
	      arn(&l->st, "states", arena_fmt(l->st.a, "execution:" STR_F ":*", STR_A(name))));
	allow(&l->st, s, "Finish", "states:StartExecution",
	      arn(&l->st, "states", arena_fmt(l->st.a, "stateMachine:" STR_F, STR_A(name))));
}

static void allow_parameters(struct batch_stack *l, const struct lowered_workflow *w,
			     struct ir_value *s)
{
	if (w->secret)
		allow(&l->st, s, "Parameters", "secretsmanager:GetSecretValue",
		      ir_ref(l->st.g, w->parameters));
	else
		allow(&l->st, s, "Parameters", "ssm:GetParameter",
		      arn(&l->st, "ssm",
			  arena_fmt(l->st.a, "parameter/${" STR_F "}", STR_A(w->parameters))));
}

/* Delivery of logs knows no resources. Source: Step Functions developer guide, "Using CloudWatch Logs". */
static void allow_log(struct batch_stack *l, struct ir_value *s)
{
	allow(&l->st, s, "Log",
	      "logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery "
	      "logs:DeleteLogDelivery logs:ListLogDeliveries logs:PutResourcePolicy "
	      "logs:DescribeResourcePolicies logs:DescribeLogGroups",
	      any_resource(&l->st));
}

/* ---- Batch ---- */

static struct ir_value *definition_arns(struct batch_stack *l, const struct lowered_workflow *w,
					const char *end)
{
	struct ir_value *v =
		arn(&l->st, "batch", arena_fmt(l->st.a, "job-definition/${Name}%s", end));

	return ir_put(l->st.g, v, "Name", w->definition);
}

/* The definition of the executions: one that somebody else has under its name is not taken away. */
static void allow_definition(struct batch_stack *l, const struct lowered_workflow *w,
			     struct ir_value *statements)
{
	struct ir_value *names = pair(l, definition_arns(l, w, ""), definition_arns(l, w, ":*"));
	struct ir_value *s = allow(&l->st, statements, "Definition",
				   "batch:RegisterJobDefinition batch:TagResource", names);

	tagged(l, w, s, MADE);
	no_others(l, w, s);
	tagged(l, w,
	       allow(&l->st, statements, "EndDefinition", "batch:DeregisterJobDefinition", names),
	       THERE);
}

/* Roles that stand in the definition: of jobs, and by which they are begun. */
static void add_roles(struct batch_stack *l, const struct ir_value *v, struct ir_value *roles)
{
	static const char *const names[] = {"JobRoleArn", "ExecutionRoleArn"};

	for (size_t i = 0; v->kind == IR_OBJECT && i < v->nmembers; i++)
		add_roles(l, v->members[i].value, roles);
	for (size_t i = 0; v->kind == IR_LIST && i < v->n; i++)
		add_roles(l, v->items[i], roles);
	for (size_t i = 0; v->kind == IR_OBJECT && i < ARRAY_LEN(names); i++) {
		struct ir_value *role = ir_get(v, str_c(names[i]));

		if (role != NULL)
			list_add_distinct(&l->st, roles, pair(l, role, NULL));
	}
}

static void allow_job(struct batch_stack *l, const struct lowered_workflow *w, struct ir_value *s)
{
	struct ir_value *roles = ir_list(l->st.g), *tag;

	allow(&l->st, s, "Environment", "batch:UpdateComputeEnvironment", w->environment);
	/* Batch's Describe and List actions know no resources. */
	allow(&l->st, s, "SeeJobs",
	      "batch:DescribeComputeEnvironments batch:DescribeJobDefinitions "
	      "batch:DescribeJobs batch:ListJobs",
	      any_resource(&l->st));
	allow_definition(l, w, s);
	allow(&l->st, s, "Submit", "batch:SubmitJob",
	      ir_push(l->st.g, pair(l, w->queue, definition_arns(l, w, "")),
		      definition_arns(l, w, ":*")));
	tag = allow(&l->st, s, "TagJob", "batch:TagResource", arn(&l->st, "batch", STR("job/*")));
	tagged(l, w, tag, MADE);
	no_others(l, w, tag);
	tagged(l, w,
	       allow(&l->st, s, "EndJob", "batch:TerminateJob", arn(&l->st, "batch", STR("job/*"))),
	       THERE);
	allow(&l->st, s, "JobEvents", "events:PutTargets events:PutRule events:DescribeRule",
	      arn(&l->st, "events", STR("rule/StepFunctionsGetEventsForBatchJobsRule")));
	add_roles(l, w->job, roles);
	if (roles->n > 0)
		allow_when(&l->st, allow(&l->st, s, "PassRoles", "iam:PassRole", roles),
			   "iam:PassedToService", ir_text(l->st.g, STR("ecs-tasks.amazonaws.com")));
}

static void allow_template(struct batch_stack *l, const struct lowered_workflow *w,
			   struct ir_value *s)
{
	allow(&l->st, s, "SeeTemplate", "ec2:DescribeLaunchTemplateVersions",
	      any_resource(&l->st)); /* Describe actions of EC2 know no resources */
	allow(&l->st, s, "Template",
	      "ec2:CreateLaunchTemplateVersion ec2:DeleteLaunchTemplateVersions",
	      arn(&l->st, "ec2",
		  arena_fmt(l->st.a, "launch-template/${" STR_F "}", STR_A(w->launch_template))));
}

/* ---- Lustre ---- */

/* Objects of the bucket `arn`, a format: all, or those below `prefix`, which may stand between slashes. */
static struct ir_value *objects_of(struct batch_stack *l, struct str arn_format, struct str prefix)
{
	struct ir *g = l->st.g;

	while (prefix.n > 0 && prefix.s[prefix.n - 1] == '/')
		prefix.n--;
	/* Of a prefix that is given later nobody knows whether it ends in a slash. */
	if (prefix.n == 0 || !text_is_known(prefix))
		return ir_subf(g, STR_F "/*", STR_A(arn_format));
	return ir_put_text(g, ir_subf(g, STR_F "/${Prefix}/*", STR_A(arn_format)), "Prefix",
			   iam_exact(&l->st, prefix));
}

/* The name of the bucket of an S3 URI of which the begin is left to the deployment. */
static struct ir_value *open_bucket(struct ir *g, struct str uri)
{
	struct ir_value *parts = ir_push(g, ir_func(g, IR_SPLIT, STR("/")), ir_text(g, uri));
	struct ir_value *name = ir_push(g, ir_func(g, IR_SELECT, STR("")), parts);

	name->integer = 2; /* "s3:", "", the name */
	return name;
}

/* The bucket of a link, and its objects there. */
static struct ir_value *linked_bucket(struct batch_stack *l,
				      const struct data_repository_association *m)
{
	struct str uri = m->data_repository_path, format, rest, name;
	struct ir *g = l->st.g;
	struct ir_value *bucket, *objects, *value;

	if (m->bucket.n > 0) {
		struct str id = bucket_id(&l->st, m->bucket);

		format = arena_fmt(l->st.a, "${" STR_F ".Arn}", STR_A(id));
		return pair(l, ir_getatt(g, id, STR("Arn")), objects_of(l, format, m->prefix));
	}
	rest = str_starts(uri, STR("s3://")) ? str_slice(uri, STR("s3://").n, uri.n) : STR("");
	name = str_cut(&rest, '/');
	format = STR("arn:${AWS::Partition}:s3:::${Name}");
	bucket = ir_sub(g, format);
	if (name.n == 0 || !text_is_known(name)) {
		value = open_bucket(g, uri);
		objects = objects_of(l, format, STR(""));
	} else {
		value = ir_text(g, iam_exact(&l->st, name));
		objects = objects_of(l, format, rest);
	}
	return pair(l, ir_put(g, bucket, "Name", value), ir_put(g, objects, "Name", value));
}

static struct ir_value *service_role(struct batch_stack *l, const char *of)
{
	return ir_subf(l->st.g,
		       "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/%s", of);
}

/* FSx looks at the bucket with the rights of its caller, and makes a role of its own for each linked file system. */
static void allow_link(struct batch_stack *l, const struct lowered_workflow *w, struct ir_value *s)
{
	struct ir *g = l->st.g;
	struct ir_value *services = ir_list(g);

	allow(&l->st, s, "Bucket", "s3:Get* s3:List* s3:PutObject", linked_bucket(l, w->w.link));
	ir_push(g, services, ir_text(g, STR("fsx.amazonaws.com")));
	ir_push(g, services, ir_text(g, STR("s3.data-source.lustre.fsx.amazonaws.com")));
	allow_when(&l->st,
		   allow(&l->st, s, "ServiceRole", "iam:CreateServiceLinkedRole",
			 service_role(l, "*")),
		   "iam:AWSServiceName", services);
	/* Requests of these two name no service: a condition on it would never hold. */
	allow(&l->st, s, "LinkRole", "iam:AttachRolePolicy iam:PutRolePolicy",
	      service_role(l, "s3.data-source.lustre.fsx.amazonaws.com/*"));
}

static void allow_lustre(struct batch_stack *l, const struct lowered_workflow *w,
			 struct ir_value *s)
{
	/* Without an export task: the end of the automatic export is seen by its metric. */
	bool drains = w->w.m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT &&
		      w->w.m->barrier == WORKFLOW_BARRIER_METRIC;
	struct ir *g = l->st.g;
	struct ir_value *things = pair(l, arn(&l->st, "fsx", STR("file-system/*")),
				       arn(&l->st, "fsx", STR("association/*")));
	struct ir_value *made;

	if (!drains)
		ir_push(g, things, arn(&l->st, "fsx", STR("task/*")));
	made = allow(&l->st, s, "MakeStorage",
		     drains ? "fsx:CreateFileSystem fsx:CreateDataRepositoryAssociation "
			      "fsx:TagResource"
			    : "fsx:CreateFileSystem fsx:CreateDataRepositoryAssociation "
			      "fsx:CreateDataRepositoryTask fsx:TagResource",
		     things);
	tagged(l, w, made, MADE);
	no_others(l, w, made);
	tagged(l, w,
	       allow(&l->st, s, "EndStorage",
		     w->w.m->barrier == WORKFLOW_BARRIER_TASK
			     ? "fsx:DeleteFileSystem fsx:UpdateDataRepositoryAssociation"
			     : "fsx:DeleteFileSystem",
		     things),
	       THERE);
	/* No right to read of FSx can be kept to one file system. */
	allow(&l->st, s, "SeeStorage",
	      drains && !workflow_imports(w)
		      ? "fsx:DescribeFileSystems fsx:DescribeDataRepositoryAssociations"
		      : "fsx:DescribeFileSystems fsx:DescribeDataRepositoryAssociations "
			"fsx:DescribeDataRepositoryTasks",
	      any_resource(&l->st));
	if (drains)
		allow(&l->st, s, "Metrics", "cloudwatch:GetMetricData",
		      any_resource(&l->st)); /* it knows no resources */
	allow_link(l, w, s);
}

/* ---- volumes ---- */

void workflow_allow_key(struct batch_stack *l, const struct batch_workflow *w, struct ir_value *s)
{
	struct str key = w->m->ebs_settings.kms_key_id;

	if (key.n == 0)
		return;
	batch_allow_key(l, s, "Key",
			"kms:Decrypt kms:DescribeKey kms:GenerateDataKeyWithoutPlaintext "
			"kms:ReEncryptFrom kms:ReEncryptTo",
			key, "ec2");
	batch_allow_key(l, s, "KeyGrant", "kms:CreateGrant", key, "ec2");
}

static void allow_volume(struct batch_stack *l, const struct lowered_workflow *w,
			 struct ir_value *s)
{
	struct ir *g = l->st.g;
	bool snapshot = w->w.m->snapshot_on_success;
	struct ir_value *volumes = arn(&l->st, "ec2", STR("volume/*"));
	struct ir_value *snapshots =
		ir_sub(g, STR("arn:${AWS::Partition}:ec2:${AWS::Region}:*:snapshot/*"));
	struct ir_value *made = ir_list(g);

	ir_push(g, made, ir_text(g, STR("CreateVolume")));
	if (snapshot)
		ir_push(g, made, ir_text(g, STR("CreateSnapshot")));
	tagged(l, w, allow(&l->st, s, "MakeStorage", "ec2:CreateVolume", volumes), MADE);
	if (w->w.m->ebs_settings.snapshot_id.n > 0)
		allow(&l->st, s, "FromSnapshot", "ec2:CreateVolume", snapshots);
	allow_when(&l->st,
		   allow(&l->st, s, "TagStorage", "ec2:CreateTags", pair(l, volumes, snapshots)),
		   "ec2:CreateAction", made);
	tagged(l, w,
	       allow(&l->st, s, "EndStorage",
		     snapshot ? "ec2:DetachVolume ec2:DeleteVolume ec2:CreateSnapshot"
			      : "ec2:DetachVolume ec2:DeleteVolume",
		     volumes),
	       THERE);
	allow_when(&l->st,
		   allow(&l->st, s, "FromInstance", "ec2:DetachVolume",
			 arn(&l->st, "ec2", STR("instance/*"))),
		   THERE "/" STACK_TAG, ir_ref(g, STR("AWS::StackName")));
	if (snapshot)
		tagged(l, w, allow(&l->st, s, "Snapshot", "ec2:CreateSnapshot", snapshots), MADE);
	allow(&l->st, s, "SeeStorage",
	      snapshot ? "ec2:DescribeVolumes ec2:DescribeSnapshots" : "ec2:DescribeVolumes",
	      any_resource(&l->st));
	workflow_allow_key(l, &w->w, s);
}

/* ---- the role ---- */

struct ir_value *workflow_role(struct batch_stack *l, const struct lowered_workflow *w,
			       struct str lock)
{
	struct ir_value *s = ir_list(l->st.g);
	struct str id = batch_id(l, "WorkflowRole", w->w.m->name);

	allow_own_row(l, w, lock, s);
	allow_own_executions(l, w, s);
	allow_parameters(l, w, s);
	allow_log(l, s);
	allow_template(l, w, s);
	allow_job(l, w, s);
	if (w->w.lustre)
		allow_lustre(l, w, s);
	else
		allow_volume(l, w, s);
	role_own_account(&l->st, role_add(&l->st, id, "states", s, ir_list(l->st.g),
					  origin_of_section(&w->w.m->section)));
	return ir_getatt(l->st.g, id, STR("Arn"));
}
