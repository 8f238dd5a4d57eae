/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_fargate.c - what jobs on Fargate may say, and jobs on instances may not.
 *
 * Source: AWS Batch API, ResourceRequirement, ContainerProperties, LogConfiguration, RuntimePlatform, botocore 1.44.8.
 */
#include "compiler/check/rules/batch_fleet.h"

#include <math.h>

/* ---- sizes ---- */

/* Memory that goes with a number of vCPUs, MiB: from `least` to `most` in steps, or the three that are listed. */
static const struct fargate_size {
	double vcpus;
	int64_t least, most, step; /* step 0: `few` */
	int64_t few[3];
	bool windows;
} sizes[] = {
	{0.25, 512, 2048, 0, {512, 1024, 2048}, false},
	{0.5, 1024, 4096, 1024, {0}, false},
	{1, 2048, 8192, 1024, {0}, true},
	{2, 4096, 16384, 1024, {0}, true},
	{4, 8192, 30720, 1024, {0}, true},
	{8, 16384, 61440, 4096, {0}, false},
	{16, 32768, 122880, 8192, {0}, false},
	{32, 61440, 249856, 0, {61440, 122880, 249856}, false},
};

static const struct fargate_size *size_of(double vcpus)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		if (fabs(sizes[i].vcpus - vcpus) < 0.001)
			return &sizes[i];
	return NULL;
}

/* The least memory of the size that is `mib` or more; 0 where all are less. */
static int64_t memory_from(const struct fargate_size *s, int64_t mib)
{
	if (mib > s->most)
		return 0;
	if (s->step > 0)
		return mib <= s->least ? s->least : (mib + s->step - 1) / s->step * s->step;
	for (size_t i = 0; i < ARRAY_LEN(s->few); i++)
		if (s->few[i] >= mib)
			return s->few[i];
	return 0;
}

static struct str memory_words(const struct rules *r, const struct fargate_size *s)
{
	return s->step > 0 ? arena_fmt(r->a, "%lld to %lld MiB in steps of %lld",
				       (long long)s->least, (long long)s->most, (long long)s->step)
			   : arena_fmt(r->a, "%lld, %lld or %lld MiB", (long long)s->few[0],
				       (long long)s->few[1], (long long)s->few[2]);
}

/* The smallest size with as much memory and at least as many vCPUs; NULL for none. */
static const struct fargate_size *size_with(double vcpus, int64_t mib)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		if (sizes[i].vcpus >= vcpus - 0.001 && memory_from(&sizes[i], mib) > 0)
			return &sizes[i];
	return NULL;
}

static bool is_windows(const struct container_properties *m)
{
	const struct runtime_platform *p = &m->runtime_platform;

	return WRITTEN(p, operating_system_family) &&
	       p->operating_system_family != RUNTIME_PLATFORM_OPERATING_SYSTEM_FAMILY_LINUX;
}

static void vcpus_of_table(const struct rules *r, const struct container_properties *m)
{
	const struct fargate_size *next = size_with(m->vcpus, 0);
	struct diag *d = diag_fargate_vcpus(r->ds, m->at.vcpus.value, m->vcpus);

	if (next == NULL)
		diag_help(r->ds, d, "jobs that need more run on instances");
	else
		diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%g", next->vcpus), false);
}

static void memory_of_table(const struct rules *r, const struct container_properties *m,
			    const struct fargate_size *s)
{
	const struct fargate_size *other;
	int64_t more = memory_from(s, m->memory);
	struct diag *d;

	if (more == m->memory)
		return;
	d = diag_fargate_memory(r->ds, m->at.memory.value, s->vcpus,
				s->vcpus > 1 ? "s take" : " takes", memory_words(r, s),
				(long long)m->memory);
	diag_label(r->ds, d, m->at.vcpus.value, "the vCPUs");
	other = size_with(s->vcpus, m->memory);
	if (more > 0)
		diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%lld", (long long)more), false);
	else if (other != NULL)
		diag_help(r->ds, d, "the nearest size that takes it: `Vcpus: %g`, `Memory: %lld`",
			  other->vcpus, (long long)memory_from(other, m->memory));
	else
		diag_help(r->ds, d, "jobs that need more run on instances");
}

static void fargate_size(const struct rules *r, const struct container_properties *m)
{
	const struct fargate_size *s;

	if (!WRITTEN(m, vcpus))
		return;
	s = size_of(m->vcpus);
	if (s == NULL)
		vcpus_of_table(r, m);
	else if (is_windows(m) && !s->windows)
		diag_windows_size(r->ds, m->at.vcpus.value, m->vcpus);
	else if (WRITTEN(m, memory))
		memory_of_table(r, m, s);
}

static void whole_vcpus(const struct rules *r, const struct container_properties *m)
{
	struct diag *d;

	if (!WRITTEN(m, vcpus) || fabs(m->vcpus - nearbyint(m->vcpus)) < 1e-9)
		return;
	d = diag_vcpus_not_whole(r->ds, m->at.vcpus.value, m->vcpus);
	diag_help(r->ds, d, "write %.0f; parts of a vCPU are for Fargate", ceil(m->vcpus));
	diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%.0f", ceil(m->vcpus)), false);
}

void rule_job_sizes(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		if (!c.job->placed)
			continue;
		else if (c.job->fargate && !c.job->multinode)
			fargate_size(r, c.m);
		else if (!c.job->fargate)
			whole_vcpus(r, c.m);
}

/* ---- properties of one platform ---- */

static const enum prop_id of_instances[] = {
	PROP_ContainerProperties_Gpus,	       PROP_ContainerProperties_Privileged,
	PROP_ContainerProperties_Ulimits,      PROP_LinuxParameters_Devices,
	PROP_LinuxParameters_SharedMemorySize, PROP_LinuxParameters_Tmpfs,
	PROP_LinuxParameters_MaxSwap,	       PROP_LinuxParameters_Swappiness,
};

static const enum prop_id of_fargate[] = {
	PROP_ContainerProperties_NetworkConfiguration,
	PROP_ContainerProperties_FargatePlatformConfiguration,
	PROP_ContainerProperties_EphemeralStorage,
};

/* Calls f for those properties of the container, or of its Linux parameters, that say something. */
static void each_said(const struct rules *r, const struct container_properties *m,
		      const enum prop_id *props, size_t n,
		      void (*f)(const struct rules *r, struct span at, struct str name))
{
	const struct any_section of[] = {
		{&schema_sections[SECTION_ContainerProperties], (const char *)m},
		{&schema_sections[SECTION_LinuxParameters], (const char *)&m->linux_parameters},
	};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(of); k++)
			if (any_has(&of[k], props[i]) && any_says(&of[k], props[i]))
				f(r, any_field(&of[k], props[i])->key, schema_props[props[i]].name);
}

static void not_on_fargate(const struct rules *r, struct span at, struct str name)
{
	diag_not_on_fargate(r->ds, at, name);
}

static void only_on_fargate(const struct rules *r, struct span at, struct str name)
{
	diag_only_on_fargate(r->ds, at, name);
}

static void host_volumes(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < m->volumes.n; i++) {
		const struct volume *v = &m->volumes.items[i];

		if (WRITTEN(v, host) && v->host.at.source_path.state != FIELD_ABSENT)
			diag_not_on_fargate(r->ds, v->at.host.key, PROP_NAME(Volume_Host));
	}
}

static void log_driver(const struct rules *r, const struct container_properties *m)
{
	const struct log_configuration *l = &m->log_configuration;

	if (WRITTEN(l, log_driver) && l->log_driver != LOG_CONFIGURATION_LOG_DRIVER_AWSLOGS &&
	    l->log_driver != LOG_CONFIGURATION_LOG_DRIVER_SPLUNK)
		diag_log_driver_fargate(
			r->ds, l->at.log_driver.value,
			enum_text(PROP_LogConfiguration_LogDriver, (int)l->log_driver));
}

void rule_job_properties_of_platform(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		if (!c.job->placed)
			continue;
		if (!c.job->fargate) {
			each_said(r, c.m, of_fargate, ARRAY_LEN(of_fargate), only_on_fargate);
			continue;
		}
		each_said(r, c.m, of_instances, ARRAY_LEN(of_instances), not_on_fargate);
		host_volumes(r, c.m);
		log_driver(r, c.m);
	}
}

/* ---- Windows ---- */

static const enum prop_id not_on_windows[] = {
	PROP_ContainerProperties_LinuxParameters,
	PROP_ContainerProperties_Privileged,
	PROP_ContainerProperties_User,
	PROP_ContainerProperties_Ulimits,
	PROP_ContainerProperties_ReadonlyRootFilesystem,
};

static void windows_refuses(const struct rules *r, struct span at, struct str name)
{
	diag_windows_property(r->ds, at, name);
}

static void windows_volumes(const struct rules *r, const struct container_properties *m)
{
	for (size_t i = 0; i < m->volumes.n; i++)
		if (WRITTEN(&m->volumes.items[i], efs_volume_configuration))
			windows_refuses(r, m->volumes.items[i].at.efs_volume_configuration.key,
					PROP_NAME(Volume_EfsVolumeConfiguration));
}

/* FARGATE_SPOT has no Windows: a queue with nothing else holds the job, and what comes after it. */
static void windows_queues(const struct rules *r, const struct batch_container *c)
{
	const struct runtime_platform *m = &c->m->runtime_platform;

	for (size_t i = 0; i < c->job->nqueues; i++) {
		const struct batch_queue *q = c->job->queues[i];
		bool spot = q->nenvironments > 0 && !q->foreign;

		for (size_t k = 0; k < q->nenvironments; k++)
			spot = spot && q->environments[k]->spot;
		if (spot)
			diag_help(r->ds,
				  diag_windows_spot(r->ds, m->at.operating_system_family.value,
						    q->name),
				  "give it a queue with an environment of Type FARGATE");
	}
}

static void windows_ok(const struct rules *r, const struct batch_container *c)
{
	const struct runtime_platform *m = &c->m->runtime_platform;
	struct diag *d;

	if (!c->job->fargate) {
		d = diag_windows_on_instances(r->ds, m->at.operating_system_family.value);
		diag_help(r->ds, d,
			  "jobs of Windows run on Fargate: `PlatformCapabilities: [FARGATE]`");
		return;
	}
	if (WRITTEN(m, cpu_architecture) &&
	    m->cpu_architecture == RUNTIME_PLATFORM_CPU_ARCHITECTURE_ARM64)
		windows_refuses(r, m->at.cpu_architecture.key,
				PROP_NAME(RuntimePlatform_CpuArchitecture));
	each_said(r, c->m, not_on_windows, ARRAY_LEN(not_on_windows), windows_refuses);
	windows_volumes(r, c->m);
	windows_queues(r, c);
}

void rule_windows_jobs(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		if (c.job->placed && is_windows(c.m))
			windows_ok(r, &c);
}
