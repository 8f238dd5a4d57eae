/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_roles.c - roles of jobs: those of JobRoles, that of each container with rights of its own, and the one by which
 * images are pulled, secrets read and logs written before a container starts.
 *
 * The latter is there only where AWS Batch asks for it: Fargate, secrets, private registries. On instances their own
 * role does the rest. Source: AWS Batch user guide, Batch execution IAM role; ECS developer guide, Task IAM role.
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/grants.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/jobs.h"

#define EXECUTION_ROLE "ExecutionRole"
#define TASKS "ecs-tasks"

/* ---- secrets ---- */

/* What a text names of which the value is read. */
enum secret_kind {
	SECRET,	   /* in Secrets Manager */
	PARAMETER, /* in Parameter Store */
	EITHER,	   /* the deployment says it */
};

/* The service of an ARN: its third part. */
static struct str service_of(struct str arn_text)
{
	struct str rest = arn_text;

	str_cut(&rest, ':');
	str_cut(&rest, ':');
	return str_cut(&rest, ':');
}

static enum secret_kind secret_kind(struct str text)
{
	if (is_arn(text)) {
		struct str service = service_of(text);

		if (str_eq(service, STR("secretsmanager")))
			return SECRET;
		return text_is_known(service) ? PARAMETER : EITHER;
	}
	return text.s[0] == OPEN_BEGIN[0] ? EITHER : PARAMETER;
}

/* The ARN of a secret without the part of it that is read: "…:secret:NAME[:JSON-KEY:STAGE:VERSION]". */
static struct str whole_secret(struct str text)
{
	size_t at = 0;

	for (unsigned i = 0; i < 7 && at < text.n; i++)
		at = str_find(text, ':', at + (i > 0));
	return at < text.n ? str_slice(text, 0, at) : text;
}

/* The same of a text that begins with an open ARN. */
static struct str whole_open(struct str text)
{
	size_t at = str_find(text, OPEN_END[0], 0);

	return at + 1 < text.n && text.s[at + 1] == ':' ? str_slice(text, 0, at + 1) : text;
}

static void push_distinct(struct batch_stack *l, struct ir_value *list, struct ir_value *v)
{
	list_add_distinct(&l->st, list, ir_push(l->st.g, ir_list(l->st.g), v));
}

/* Who reads what: lists of ARNs. */
struct readable {
	struct ir_value *of[EITHER + 1];
};

static struct readable readable_new(struct batch_stack *l)
{
	return (struct readable){{ir_list(l->st.g), ir_list(l->st.g), ir_list(l->st.g)}};
}

static void add_secret(struct batch_stack *l, const struct readable *r, struct str text)
{
	enum secret_kind kind = secret_kind(text);
	struct ir_value *v;

	if (kind == PARAMETER && !is_arn(text))
		v = arn(&l->st, "ssm",
			arena_fmt(l->st.a, "parameter%s" STR_F, text.s[0] == '/' ? "" : "/",
				  STR_A(text)));
	else
		v = ir_text(l->st.g, kind == SECRET   ? whole_secret(text)
				     : kind == EITHER ? whole_open(text)
						      : text);
	push_distinct(l, r->of[kind], v);
}

/* Programs of jobs read parameters one by one or together; the agent of ECS, which is no `program`, together. */
static void allow_secrets(struct batch_stack *l, struct ir_value *statements,
			  const struct readable *r, bool program)
{
	if (r->of[SECRET]->n > 0)
		allow(&l->st, statements, "Secrets", "secretsmanager:GetSecretValue",
		      r->of[SECRET]);
	if (r->of[PARAMETER]->n > 0)
		allow(&l->st, statements, "Parameters",
		      program ? "ssm:GetParameter ssm:GetParameters" : "ssm:GetParameters",
		      r->of[PARAMETER]);
	if (r->of[EITHER]->n > 0)
		allow(&l->st, statements, "SecretsOrParameters",
		      program ? "secretsmanager:GetSecretValue ssm:GetParameter ssm:GetParameters"
			      : "secretsmanager:GetSecretValue ssm:GetParameters",
		      r->of[EITHER]);
}

/* ---- buckets ---- */

static const struct bucket *bucket_of(const struct batch_stack *l, struct str name)
{
	for (size_t i = 0; i < l->b->buckets.n; i++)
		if (str_eq(l->b->buckets.items[i].name, name))
			return &l->b->buckets.items[i];
	return NULL;
}

/*
 * What lies in a bucket of the file under a key of the user is read and written with that key, through S3 alone.
 * Source: S3 user guide, Using server-side encryption with AWS KMS keys.
 */
static void allow_key(struct batch_stack *l, struct ir_value *statements, const struct bucket *b,
		      bool write)
{
	batch_allow_key(l, statements, arena_fmt(l->st.a, "KeyOf" STR_F, STR_A(b->name)).s,
			write ? "kms:Decrypt kms:GenerateDataKey" : "kms:Decrypt", b->kms_key_id,
			"s3");
}

static void allow_buckets(struct batch_stack *l, struct ir_value *statements,
			  const struct s3_access_list *list)
{
	allow_s3(&l->st, statements, list);
	for (size_t i = 0; i < list->n; i++) {
		const struct bucket *b = bucket_of(l, list->items[i].bucket);

		if (b != NULL && b->kms_key_id.n > 0)
			allow_key(l, statements, b, list->items[i].enable_write_access);
	}
}

/* ---- roles ---- */

/* A role that tasks of this account may take. Source: ECS developer guide, Task IAM role. */
static struct str task_role_add(struct batch_stack *l, struct str id, struct ir_value *statements,
				struct ir_value *managed, struct ir_origin origin)
{
	role_own_account(&l->st, role_add(&l->st, id, TASKS, statements, managed, origin));
	return id;
}

static struct str job_role_add(struct batch_stack *l, const struct job_role *m)
{
	struct ir_value *statements = ir_list(l->st.g);
	struct readable secrets = readable_new(l);
	/* apart from those of definitions: a definition may be called so as well */
	struct str id = batch_id(l, "NamedJobRole", m->name);

	allow_buckets(l, statements, &m->s3_access);
	for (size_t i = 0; i < m->secrets.n; i++)
		add_secret(l, &secrets, m->secrets.items[i].text);
	allow_secrets(l, statements, &secrets, true);
	return task_role_add(l, id, statements,
			     managed_policies(&l->st, &m->additional_iam_policies),
			     origin_of_section(&m->section));
}

/* Does the container mount a file system of this stack that asks for a role? */
static bool mounts_by_role(const struct batch_stack *l, const struct batch_container *c,
			   const struct mount_point *m)
{
	const struct shared_storage *s = batch_storage_named(l->v, m->source_volume);

	return c->job->fargate && s != NULL && s->efs_settings.iam_authorization;
}

static void allow_mounts(struct batch_stack *l, const struct batch_container *c,
			 struct ir_value *statements)
{
	struct ir_value *file_systems = ir_list(l->st.g);

	for (size_t i = 0; i < c->m->mount_points.n; i++) {
		const struct mount_point *m = &c->m->mount_points.items[i];
		struct ir_value *fs = arn(&l->st, "elasticfilesystem", STR("file-system/${Id}"));

		if (!mounts_by_role(l, c, m))
			continue;
		ir_put(l->st.g, fs, "Id",
		       l->storage[batch_storage_named(l->v, m->source_volume) -
				  l->b->shared_storage.items]);
		push_distinct(l, file_systems, fs);
	}
	if (file_systems->n > 0)
		allow(&l->st, statements, "Mount",
		      "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite", file_systems);
}

/* The role of the container alone, NULL where it asks for none. */
static struct ir_value *own_role(struct batch_stack *l, const struct batch_container *c)
{
	const struct job_iam *m = &c->m->iam;
	struct ir_value *statements = ir_list(l->st.g);
	struct str names[] = {c->job->m->name,
			      c->range != NULL ? c->range->target_nodes : (struct str){0}};
	struct str id;

	allow_buckets(l, statements, &m->s3_access);
	allow_mounts(l, c, statements);
	if (!m->section.written && statements->n == 0)
		return NULL;
	id = ir_unique_id(l->st.g, "JobRole", names, c->range != NULL ? 2 : 1);
	task_role_add(l, id, statements, managed_policies(&l->st, &m->additional_iam_policies),
		      origin_of_section(m->section.written ? &m->section : &c->m->section));
	return ir_getatt(l->st.g, id, STR("Arn"));
}

static struct ir_value *role_of(struct batch_stack *l, const struct batch_container *c)
{
	const struct job_role_list *list = &l->b->job_roles;

	if (c->m->job_role_arn.n > 0)
		return ir_text(l->st.g, c->m->job_role_arn);
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].name, c->m->job_role))
			return ir_getatt(l->st.g, l->job_roles[i], STR("Arn"));
	return own_role(l, c);
}

/* ---- before a container starts ---- */

void job_put_roles(struct batch_stack *l, const struct batch_container *c,
		   struct ir_value *properties)
{
	struct ir_value *role = role_of(l, c);

	if (role != NULL)
		ir_put(l->st.g, properties, "JobRoleArn", role);
	if (c->m->execution_role_arn.n > 0)
		ir_put_text(l->st.g, properties, "ExecutionRoleArn", c->m->execution_role_arn);
	else if (job_needs_execution_role(c))
		ir_put(l->st.g, properties, "ExecutionRoleArn",
		       ir_getatt(l->st.g, l->execution_role, STR("Arn")));
}

/* The name of a secret is not its ARN, which ends in six characters more. */
static void add_credentials(struct batch_stack *l, const struct readable *r, struct str text)
{
	if (secret_kind(text) == PARAMETER && !is_arn(text))
		push_distinct(l, r->of[SECRET],
			      arn(&l->st, "secretsmanager",
				  arena_fmt(l->st.a, "secret:" STR_F "-??????", STR_A(text))));
	else
		push_distinct(l, r->of[SECRET], ir_text(l->st.g, whole_secret(text)));
}

/* One role for all jobs: the agent alone uses it. Jobs that others define on Fargate need it too. */
static void execution_role_add(struct batch_stack *l)
{
	struct ir_value *statements = ir_list(l->st.g), *managed = ir_list(l->st.g);
	struct readable secrets = readable_new(l);
	struct batch_container it = {0};

	if (!batch_needs_execution_role(l->v))
		return;
	while (next_container(l->v, &it)) {
		if (!job_needs_execution_role(&it))
			continue;
		for (size_t i = 0; i < it.m->secrets.n; i++)
			add_secret(l, &secrets, it.m->secrets.items[i].value_from);
		for (size_t i = 0; i < it.m->log_configuration.secret_options.n; i++)
			add_secret(l, &secrets,
				   it.m->log_configuration.secret_options.items[i].value_from);
		if (it.m->repository_credentials.section.written)
			add_credentials(l, &secrets,
					it.m->repository_credentials.credentials_parameter);
	}
	allow_secrets(l, statements, &secrets, false);
	ir_push(l->st.g, managed,
		aws_managed_policy(&l->st, "service-role/AmazonECSTaskExecutionRolePolicy"));
	l->execution_role = task_role_add(l, STR(EXECUTION_ROLE), statements, managed,
					  origin_of_section(&l->b->section));
}

void pass_batch_job_roles(struct batch_stack *l)
{
	const struct job_role_list *list = &l->b->job_roles;

	l->job_roles = NEW_ARRAY(l->st.a, struct str, list->n);
	for (size_t i = 0; i < list->n; i++)
		l->job_roles[i] = job_role_add(l, &list->items[i]);
	execution_role_add(l);
}
