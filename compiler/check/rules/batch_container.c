/* SPDX-License-Identifier: Apache-2.0 */
/* batch_container.c - settings of one container of a job: variables, secrets, devices, memory, limits, rights. */
#include "compiler/base/map.h"
#include "compiler/check/command.h"
#include "compiler/check/rules/batch_fleet.h"

/* ---- variables and secrets ---- */

static void reserved_names(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < m->environment.n; i++) {
		const struct name_value *v = &m->environment.items[i];

		if (WRITTEN(v, name) && str_starts(v->name, STR("AWS_BATCH")))
			diag_help(r->ds, diag_reserved_variable(r->ds, v->at.name.value, v->name),
				  "take another name; jobs find AWS_BATCH_JOB_ID and others there");
	}
}

static void secret_names(const struct rules *r, const struct container_properties *m)
{
	struct map plain = {0};

	for (size_t i = 0; m->secrets.n > 0 && i < m->environment.n; i++)
		if (WRITTEN(&m->environment.items[i], name))
			map_put(&plain, r->a, m->environment.items[i].name,
				&m->environment.items[i]);
	for (size_t i = 0; i < m->secrets.n; i++) {
		const struct container_secret *s = &m->secrets.items[i];
		const struct name_value *v = WRITTEN(s, name) ? map_get(&plain, s->name) : NULL;

		if (v != NULL)
			diag_label(r->ds,
				   diag_secret_and_variable(r->ds, s->at.name.value, s->name),
				   v->at.name.value, "the variable");
	}
}

static void arguments(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < m->command.n; i++)
		if (m->command.items[i].text.n == 0)
			diag_empty_argument(r->ds, m->command.items[i].at);
}

void rule_job_variables(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		reserved_names(r, c.m);
		secret_names(r, c.m);
		arguments(r, c.m);
	}
}

/* ---- command ---- */

static void lone_item(const struct rules *r, const struct model_strings *m,
		      const struct field_at *at)
{
	struct diag *d;

	if (!is_written(at) || m->n != 1 || !command_has_words(m->items[0].text))
		return;
	d = diag_command_one_item(r->ds, m->items[0].at);
	diag_note(r->ds, d, "no shell splits it, unless the ENTRYPOINT of the image is one");
	diag_help(r->ds, d, "write `[" STR_F "]`", STR_A(command_items(r->a, m->items[0].text)));
}

void rule_job_commands(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		lone_item(r, &c.m->command, &c.m->at.command);
	for (size_t i = 0; i < r->b->schedules.n; i++) {
		const struct scheduled_job *m = &r->b->schedules.items[i].job;

		lone_item(r, &m->command, &m->at.command);
	}
}

/* ---- the host ---- */

static void privileged(const struct rules *r, const struct batch_container *c)
{
	struct diag *d;

	if (c->job->fargate || !WRITTEN(c->m, privileged) || !c->m->privileged)
		return;
	d = diag_privileged(r->ds, c->m->at.privileged.value);
	diag_note(r->ds, d,
		  "it has the rights of the instance role, and reaches what others mount");
	diag_help(r->ds, d, "what it needs may be had without: Devices, Ulimits, SharedMemorySize");
}

static void fixed_gpus(const struct rules *r, const struct container_properties *m)
{
	const struct device_list *list = &m->linux_parameters.devices;

	for (size_t i = 0; WRITTEN(m, gpus) && i < list->n; i++) {
		const struct device *v = &list->items[i];
		struct diag *d;

		if (!WRITTEN(v, host_path) || !str_starts(v->host_path, STR("/dev/nvidia")))
			continue;
		d = diag_nvidia_device(r->ds, v->at.host_path.value, v->host_path);
		diag_label(r->ds, d, m->at.gpus.value, "these GPUs are there without");
		diag_help(r->ds, d, "leave it out: it may be the GPU of another job");
	}
}

void rule_job_host_access(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		privileged(r, &c);
		if (!c.job->fargate)
			fixed_gpus(r, c.m);
	}
}

/* ---- memory ---- */

static void swap(const struct rules *r, const struct linux_parameters *m)
{
	if (WRITTEN(m, swappiness) && m->at.max_swap.state == FIELD_ABSENT && !m->section.poisoned)
		diag_help(r->ds, diag_swappiness_alone(r->ds, m->at.swappiness.key),
			  "add `MaxSwap`, in MiB; without it AWS Batch passes over Swappiness");
}

/* Nobody who knows the unit writes less; of what may be a number of GiB, not so little for each vCPU either. */
enum { LEAST_MEMORY = 64, LEAST_MEMORY_A_VCPU = 16, MIB_A_GIB = 1024 };

static bool is_tiny(const struct container_properties *m)
{
	return m->memory < LEAST_MEMORY ||
	       (m->memory < MIB_A_GIB && (double)m->memory < LEAST_MEMORY_A_VCPU * m->vcpus);
}

void rule_job_memory_meant(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		const struct container_properties *m = c.m;
		struct diag *d;

		if (c.job->fargate || !WRITTEN(m, memory) || !WRITTEN(m, vcpus) || !is_tiny(m))
			continue;
		d = diag_memory_tiny(r->ds, m->at.memory.value, (long long)m->memory, m->vcpus);
		diag_help(r->ds, d, "it is in MiB: for %lld GiB write `Memory: %lld`",
			  (long long)m->memory, (long long)m->memory * MIB_A_GIB);
	}
}

/* 64 MiB, which Docker gives, is little for programs that share batches of data between processes. */
static void shared_memory(const struct rules *r, const struct batch_container *c)
{
	enum { SEVERAL = 2 };
	const struct container_properties *m = c->m;
	const struct linux_parameters *l = &m->linux_parameters;
	struct diag *d;

	if (WRITTEN(l, shared_memory_size) && WRITTEN(m, memory) &&
	    l->shared_memory_size > m->memory) {
		d = diag_shm_over_memory(r->ds, l->at.shared_memory_size.value,
					 (long long)l->shared_memory_size, (long long)m->memory);
		diag_label(r->ds, d, m->at.memory.value, "what the container has in all");
	} else if (WRITTEN(m, gpus) && m->gpus >= SEVERAL && USABLE(m, linux_parameters) &&
		   !l->section.poisoned && l->at.shared_memory_size.state == FIELD_ABSENT) {
		d = diag_shm_absent(r->ds, m->at.gpus.value, (long long)m->gpus);
		diag_note(r->ds, d, "loaders of training data and NCCL end with `Bus error` there");
		diag_help(r->ds, d,
			  "add `LinuxParameters: {SharedMemorySize: 16384}`, in MiB, a part of "
			  "Memory");
	}
}

static void limits(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < m->ulimits.n; i++) {
		const struct ulimit *u = &m->ulimits.items[i];
		struct diag *d;

		if (!WRITTEN(u, soft_limit) || !WRITTEN(u, hard_limit) || u->hard_limit < 0 ||
		    (u->soft_limit >= 0 && u->soft_limit <= u->hard_limit))
			continue;
		d = u->soft_limit < 0
			    ? diag_ulimit_order(r->ds, u->at.soft_limit.value,
						STR("-1, which is none,"), (long long)u->hard_limit)
			    : diag_ulimit_order(r->ds, u->at.soft_limit.value,
						arena_fmt(r->a, "%lld", (long long)u->soft_limit),
						(long long)u->hard_limit);
		diag_label(r->ds, d, u->at.hard_limit.value, "the hard limit");
	}
}

void rule_job_limits(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		limits(r, c.m);
		if (c.job->fargate)
			continue;
		swap(r, &c.m->linux_parameters);
		shared_memory(r, &c);
	}
}

/* ---- logs ---- */

void rule_job_log_region(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		const struct log_configuration *m = &c.m->log_configuration;
		const struct model_pair *region = log_option(m, "awslogs-region");
		struct diag *d;

		if (region == NULL || r->region_name.n == 0 || !WRITTEN(m, options) ||
		    !USABLE(m, log_driver) || !job_logs_in_stack(r->batch, &c) ||
		    !text_is_known(region->value) || str_eq(region->value, r->region_name))
			continue;
		d = diag_log_group_elsewhere(r->ds, region->value_at, region->value,
					     r->region_name);
		diag_note(r->ds, d,
			  "the driver finds no such group there, and no container starts");
		diag_help(r->ds, d,
			  "leave `awslogs-region` out, or name a group of that region with "
			  "`awslogs-group`");
	}
}

/* ---- ECS Exec ---- */

/*
 * May one of these policies let a container talk to Session Manager? One that is not of AWS may do what it likes.
 * Source: Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec.
 */
static bool may_exec(const struct iam_policy_list *list, const struct field_at *at)
{
	static const char *const enough[] = {"/AmazonSSMManagedInstanceCore",
					     "/AmazonSSMManagedEC2InstanceDefaultPolicy",
					     "/AdministratorAccess", "/PowerUserAccess"};

	for (size_t i = 0; i < list->n; i++) {
		struct str arn = list->items[i].policy;

		if (!text_is_known(arn) ||
		    str_find_str(arn, STR(":iam::aws:policy/"), 0) == SIZE_MAX)
			return true;
		for (size_t k = 0; k < ARRAY_LEN(enough); k++)
			if (str_ends(arn, str_c(enough[k])))
				return true;
	}
	return is_poisoned(at);
}

static const struct job_role *role_of(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < r->b->job_roles.n; i++)
		if (str_eq(r->b->job_roles.items[i].name, m->job_role))
			return &r->b->job_roles.items[i];
	return NULL;
}

static bool exec_allowed(const struct rules *r, const struct container_properties *m)
{
	const struct job_role *role;

	if (m->at.job_role_arn.state != FIELD_ABSENT || !USABLE(m, iam) || !USABLE(m, job_role))
		return true;
	if (!WRITTEN(m, job_role))
		return may_exec(&m->iam.additional_iam_policies,
				&m->iam.at.additional_iam_policies);
	role = role_of(r, m);
	return role == NULL ||
	       may_exec(&role->additional_iam_policies, &role->at.additional_iam_policies);
}

void rule_exec_allowed(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		struct diag *d;

		if (!WRITTEN(c.m, enable_execute_command) || !c.m->enable_execute_command ||
		    exec_allowed(r, c.m))
			continue;
		d = diag_exec_without_policy(r->ds, c.m->at.enable_execute_command.value);
		diag_help(r->ds, d,
			  "add to its role, under Iam: `AdditionalIamPolicies: [{Policy: "
			  "\"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore\"}]`");
	}
}

/* ---- images ---- */

static bool is_mutable(const struct rules *r, struct str name)
{
	for (size_t i = 0; i < r->b->repositories.n; i++) {
		const struct repository *m = &r->b->repositories.items[i];

		if (str_eq(m->name, name))
			return USABLE(m, image_tag_mutability) &&
			       m->image_tag_mutability == REPOSITORY_IMAGE_TAG_MUTABILITY_MUTABLE;
	}
	return false;
}

static void latest_retried(const struct rules *r, const struct batch_container *c)
{
	const struct container_properties *m = c->m;
	const struct retry_strategy *retry = &c->job->m->retry_strategy;
	struct diag *d;

	if (!WRITTEN(m, repository) || !USABLE(m, image_tag) ||
	    !str_eq(m->image_tag, STR("latest")) || !is_mutable(r, m->repository) ||
	    !WRITTEN(retry, attempts) || retry->attempts < 2)
		return;
	d = diag_latest_retried(r->ds, WRITTEN(m, image_tag) ? m->at.image_tag.value
							     : m->at.repository.value);
	diag_label(r->ds, d, retry->at.attempts.value, "a failed attempt is repeated");
	diag_help(r->ds, d,
		  "write an `ImageTag` of your own, or set `ImageTagMutability: IMMUTABLE` in the "
		  "repository");
}

/* Without a registry in its name, an image is one of Docker Hub. */
static bool of_docker_hub(struct str image)
{
	struct str first = str_slice(image, 0, str_find(image, '/', 0));

	if (str_eq(first, STR("docker.io")) || str_eq(first, STR("registry-1.docker.io")) ||
	    str_eq(first, STR("index.docker.io")))
		return true;
	return first.n == image.n ||
	       (str_find(first, '.', 0) == first.n && str_find(first, ':', 0) == first.n &&
		!str_eq(first, STR("localhost")));
}

void rule_job_images(const struct rules *r)
{
	struct batch_container c = {0};
	bool told = false;

	while (next_container(r->batch, &c)) {
		struct diag *d;

		latest_retried(r, &c);
		if (told || !KNOWN(c.m, image) || !of_docker_hub(c.m->image) ||
		    c.m->at.repository_credentials.state != FIELD_ABSENT)
			continue;
		told = true;
		d = diag_docker_hub(r->ds, c.m->at.image.value, c.m->image);
		diag_note(r->ds, d, "all instances behind one NAT gateway have one address");
		diag_help(
			r->ds, d,
			"copy it to a repository of `Repositories`, or add RepositoryCredentials");
	}
}
