/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_container.c - the container of a job, or of a range of its nodes.
 *
 * Source: AWS Batch API, ContainerProperties and ResourceRequirement, botocore 1.44.8.
 */
#include "compiler/facts/batch_types.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/interfaces.h"
#include "lowering/batch/jobs.h"

/* ---- image ---- */

static struct ir_value *image_of(struct batch_stack *l, const struct container_properties *m)
{
	const struct repository_list *list = &l->b->repositories;

	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].name, m->repository))
			return ir_subf(l->st.g, "${" STR_F ".RepositoryUri}:" STR_F,
				       STR_A(l->repositories[i]), STR_A(m->image_tag));
	return ir_text(l->st.g, m->image);
}

/* ---- what it takes ---- */

static void require(struct batch_stack *l, struct ir_value *list, const char *type,
		    struct str value)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Type", str_c(type));
	ir_push(l->st.g, list, ir_put_text(l->st.g, row, "Value", value));
}

/* vCPUs are a text: without a point on instances, which refuse "1.0", and 0.25 or 0.5 on Fargate. */
static void put_requirements(struct batch_stack *l, const struct container_properties *m,
			     struct ir_value *properties)
{
	struct ir_value *list = ir_list(l->st.g);

	require(l, list, "VCPU", arena_fmt(l->st.a, "%.10g", m->vcpus));
	require(l, list, "MEMORY", arena_fmt(l->st.a, "%lld", (long long)m->memory));
	if (m->gpus > 0)
		require(l, list, "GPU", arena_fmt(l->st.a, "%lld", (long long)m->gpus));
	ir_put(l->st.g, properties, "ResourceRequirements", list);
}

/* ---- variables ---- */

void job_push_secret(struct batch_stack *l, struct ir_value *list, struct str name,
		     struct str value_from)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Name", name);
	ir_push(l->st.g, list, ir_put_text(l->st.g, row, "ValueFrom", value_from));
}

static void put_variables(struct batch_stack *l, const struct container_properties *m,
			  struct ir_value *properties)
{
	struct ir_value *list = ir_list(l->st.g), *secrets = ir_list(l->st.g);

	for (size_t i = 0; i < m->environment.n; i++) {
		struct ir_value *row = ir_object(l->st.g);

		ir_put_text(l->st.g, row, "Name", m->environment.items[i].name);
		ir_put_text(l->st.g, row, "Value", m->environment.items[i].value);
		ir_push(l->st.g, list, row);
	}
	if (list->n > 0)
		ir_put(l->st.g, properties, "Environment", list);
	for (size_t i = 0; i < m->secrets.n; i++)
		job_push_secret(l, secrets, m->secrets.items[i].name,
				m->secrets.items[i].value_from);
	if (secrets->n > 0)
		ir_put(l->st.g, properties, "Secrets", secrets);
}

/* ---- EFA ---- */

/* The EFA interfaces that launch_template.c gives an instance of the type. */
static unsigned efas_of(const struct instance_type *t)
{
	struct nic_layout layout = nic_layout(t, true, t->ncards == 1);
	unsigned n = 0;

	for (size_t i = 0; i < layout.n; i++)
		n += layout.nics[i].kind != NIC_ENA;
	return n;
}

/* The least that each of the types has; one where none is known. */
static unsigned least_efas(const struct batch_stack *l, const struct model_strings *words)
{
	const struct instance_type *t;
	unsigned least = 0;

	for (size_t i = 0; i < words->n; i++)
		for (size_t it = 0;
		     (t = batch_next_type(l->st.facts, words->items[i].text, &it)) != NULL;) {
			unsigned n = efas_of(t);

			if (n > 0 && (least == 0 || n < least))
				least = n;
		}
	return least > 0 ? least : 1;
}

/* EFA devices that the container finds wherever it may run with EFA. */
static unsigned devices_of(const struct batch_stack *l, const struct batch_container *c)
{
	unsigned least = 0;

	if (!job_uses_efa(c->job))
		return 0;
	if (c->range != NULL && c->range->instance_types.n > 0)
		return least_efas(l, &c->range->instance_types);
	for (size_t i = 0; i < c->job->nqueues; i++)
		for (size_t k = 0; k < c->job->queues[i]->nenvironments; k++) {
			const struct compute_environment *e = c->job->queues[i]->environments[k]->m;
			unsigned n = e->efa.enabled ? least_efas(l, &e->instance_types) : 0;

			if (n > 0 && (least == 0 || n < least))
				least = n;
		}
	return least;
}

static void push_device(struct batch_stack *l, struct ir_value *list, struct str host,
			struct str inside, const struct model_strings *permissions)
{
	static const char *const all[] = {"READ", "WRITE", "MKNOD"};
	struct ir_value *row = ir_object(l->st.g), *may = text_list(&l->st, permissions);

	for (size_t i = 0; permissions->n == 0 && i < ARRAY_LEN(all); i++)
		ir_push(l->st.g, may, ir_text(l->st.g, str_c(all[i])));
	ir_put_text(l->st.g, row, "HostPath", host);
	ir_put_text(l->st.g, row, "ContainerPath", inside.n > 0 ? inside : host);
	ir_push(l->st.g, list, ir_put(l->st.g, row, "Permissions", may));
}

/* Those of the file, then the EFA devices unless the file names some. Source: AWS Batch user guide, EFA. */
static struct ir_value *device_list(struct batch_stack *l, const struct batch_container *c,
				    unsigned efas)
{
	const struct device_list *own = &c->m->linux_parameters.devices;
	struct ir_value *list = ir_list(l->st.g);
	bool named = false;

	for (size_t i = 0; i < own->n; i++) {
		const struct device *d = &own->items[i];

		named = named || str_starts(d->host_path, STR("/dev/infiniband/"));
		push_device(l, list, d->host_path, d->container_path, &d->permissions);
	}
	for (unsigned i = 0; !named && i < efas; i++)
		push_device(l, list, arena_fmt(l->st.a, "/dev/infiniband/uverbs%u", i),
			    (struct str){0}, &(struct model_strings){0});
	return list;
}

/* ---- Linux ---- */

static struct ir_value *tmpfs_list_of(struct batch_stack *l, const struct tmpfs_list *m)
{
	struct ir_value *list = ir_list(l->st.g);

	for (size_t i = 0; i < m->n; i++) {
		struct ir_value *row = ir_object(l->st.g);

		ir_put_text(l->st.g, row, "ContainerPath", m->items[i].container_path);
		ir_put_int(l->st.g, row, "Size", m->items[i].size);
		if (m->items[i].mount_options.n > 0)
			ir_put(l->st.g, row, "MountOptions",
			       text_list(&l->st, &m->items[i].mount_options));
		ir_push(l->st.g, list, row);
	}
	return list;
}

static bool is_linux(const struct container_properties *m)
{
	return m->runtime_platform.operating_system_family ==
	       RUNTIME_PLATFORM_OPERATING_SYSTEM_FAMILY_LINUX;
}

static void put_linux(struct batch_stack *l, const struct batch_container *c, unsigned efas,
		      struct ir_value *properties)
{
	const struct linux_parameters *m = &c->m->linux_parameters;
	struct ir *g = l->st.g;
	struct ir_value *p = ir_object(g), *devices = device_list(l, c, efas);

	if (!is_linux(c->m))
		return;
	ir_put_bool(g, p, "InitProcessEnabled", m->init_process_enabled);
	if (devices->n > 0)
		ir_put(g, p, "Devices", devices);
	if (m->shared_memory_size > 0)
		ir_put_int(g, p, "SharedMemorySize", m->shared_memory_size);
	if (m->tmpfs.n > 0)
		ir_put(g, p, "Tmpfs", tmpfs_list_of(l, &m->tmpfs));
	if (is_written(&m->at.max_swap))
		ir_put_int(g, p, "MaxSwap", m->max_swap);
	if (is_written(&m->at.swappiness))
		ir_put_int(g, p, "Swappiness", m->swappiness);
	ir_put(g, properties, "LinuxParameters", p);
}

static void push_limit(struct batch_stack *l, struct ir_value *list, struct str name, int64_t soft,
		       int64_t hard)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Name", name);
	ir_put_int(l->st.g, row, "SoftLimit", soft);
	ir_push(l->st.g, list, ir_put_int(l->st.g, row, "HardLimit", hard));
}

/* EFA registers memory that must not be swapped: without a limit unless the file sets one. */
static void put_limits(struct batch_stack *l, const struct container_properties *m, unsigned efas,
		       struct ir_value *properties)
{
	struct ir_value *list = ir_list(l->st.g);
	bool memlock = efas == 0;

	for (size_t i = 0; i < m->ulimits.n; i++) {
		const struct ulimit *u = &m->ulimits.items[i];

		memlock = memlock || u->name == ULIMIT_NAME_MEMLOCK;
		push_limit(l, list, enum_text(PROP_Ulimit_Name, (int)u->name), u->soft_limit,
			   u->hard_limit);
	}
	if (!memlock)
		push_limit(l, list, STR("memlock"), -1, -1);
	if (list->n > 0)
		ir_put(l->st.g, properties, "Ulimits", list);
}

static void put_process(struct batch_stack *l, const struct container_properties *m,
			struct ir_value *properties)
{
	if (m->user.n > 0)
		ir_put_text(l->st.g, properties, "User", m->user);
	if (m->privileged)
		ir_put_bool(l->st.g, properties, "Privileged", true);
	if (m->readonly_root_filesystem)
		ir_put_bool(l->st.g, properties, "ReadonlyRootFilesystem", true);
	if (m->enable_execute_command)
		ir_put_bool(l->st.g, properties, "EnableExecuteCommand", true);
	if (m->repository_credentials.section.written)
		ir_put(l->st.g, properties, "RepositoryCredentials",
		       ir_put_text(l->st.g, ir_object(l->st.g), "CredentialsParameter",
				   m->repository_credentials.credentials_parameter));
}

/* ---- Fargate ---- */

/* What the container says, else the first environment of its queues that says it. */
static bool has_public_address(const struct batch_container *c)
{
	const struct fargate_network *m = &c->m->network_configuration;

	if (is_written(&m->at.assign_public_ip))
		return m->assign_public_ip;
	for (size_t i = 0; i < c->job->nqueues; i++)
		for (size_t k = 0; k < c->job->queues[i]->nenvironments; k++) {
			const struct batch_networking *n =
				&c->job->queues[i]->environments[k]->m->networking;

			if (is_written(&n->at.assign_public_ip))
				return n->assign_public_ip;
		}
	return false;
}

static void put_platform(struct batch_stack *l, const struct runtime_platform *m,
			 struct ir_value *properties)
{
	struct ir_value *platform = ir_object(l->st.g);

	if (!m->section.written)
		return;
	ir_put_text(l->st.g, platform, "CpuArchitecture",
		    enum_text(PROP_RuntimePlatform_CpuArchitecture, (int)m->cpu_architecture));
	ir_put_text(l->st.g, platform, "OperatingSystemFamily",
		    enum_text(PROP_RuntimePlatform_OperatingSystemFamily,
			      (int)m->operating_system_family));
	ir_put(l->st.g, properties, "RuntimePlatform", platform);
}

static void put_fargate(struct batch_stack *l, const struct batch_container *c,
			struct ir_value *properties)
{
	const struct container_properties *m = c->m;
	struct ir *g = l->st.g;

	ir_put(g, properties, "NetworkConfiguration",
	       ir_put_text(g, ir_object(g), "AssignPublicIp",
			   has_public_address(c) ? STR("ENABLED") : STR("DISABLED")));
	if (m->fargate_platform_configuration.section.written)
		ir_put(g, properties, "FargatePlatformConfiguration",
		       ir_put_text(g, ir_object(g), "PlatformVersion",
				   m->fargate_platform_configuration.platform_version));
	if (m->ephemeral_storage.section.written)
		ir_put(g, properties, "EphemeralStorage",
		       ir_put_int(g, ir_object(g), "SizeInGiB", m->ephemeral_storage.size_in_gi_b));
	put_platform(l, &m->runtime_platform, properties);
}

/* ---- the container ---- */

struct ir_value *job_container_new(struct batch_stack *l, const struct batch_container *c)
{
	const struct container_properties *m = c->m;
	struct ir *g = l->st.g;
	struct ir_value *p = ir_object(g);
	unsigned efas = devices_of(l, c);

	ir_put(g, p, "Image", image_of(l, m));
	put_requirements(l, m, p);
	if (m->command.n > 0)
		ir_put(g, p, "Command", text_list(&l->st, &m->command));
	put_variables(l, m, p);
	job_put_roles(l, c, p);
	job_put_storage(l, c, p);
	put_linux(l, c, efas, p);
	put_limits(l, m, efas, p);
	put_process(l, m, p);
	job_put_logs(l, c, p);
	if (c->job->fargate)
		put_fargate(l, c, p);
	return p;
}
