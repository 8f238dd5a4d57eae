/* SPDX-License-Identifier: Apache-2.0 */
/* batch_jobs.c - what a job or a repository of a batch file comes to, and nobody sees in the file. */
#include "compiler/check/rules/rule.h"
#include "compiler/model/batch.h"

/* ---- repositories ---- */

static void stays(const struct rules *r, const struct repository *m)
{
	struct diag *d;

	if (!WRITTEN(m, repository_name) || !USABLE(m, deletion_policy) ||
	    m->deletion_policy != REPOSITORY_DELETION_POLICY_RETAIN)
		return;
	d = diag_repository_stays(r->ds, m->at.repository_name.value, m->repository_name);
	diag_note(r->ds, d,
		  "a stack that is to have it then imports it: `aws cloudformation "
		  "create-change-set --change-set-type IMPORT --resources-to-import "
		  "'[{\"ResourceType\": \"AWS::ECR::Repository\", \"LogicalResourceId\": \"ID\", "
		  "\"ResourceIdentifier\": {\"RepositoryName\": \"" STR_F "\"}}]' …`",
		  STR_A(m->repository_name));
	diag_help(r->ds, d,
		  "leave RepositoryName out: each stack makes one with a name of its own");
}

void rule_repositories_come_back(const struct rules *r)
{
	for (size_t i = 0; i < r->b->repositories.n; i++)
		stays(r, &r->b->repositories.items[i]);
}

/* ---- devices of EFA ---- */

/* Types whose devices of InfiniBand are not those of EFA alone. */
static const struct str mixed_family = STR_INIT("p6-b200");

/* The instance type of this family that the environment starts with EFA; empty where it starts none. */
static struct str mixed_type(const struct batch_environment *e)
{
	const struct model_strings *types = &e->m->instance_types;

	for (size_t i = 0; e->m->efa.enabled && i < types->n; i++)
		if (str_starts(types->items[i].text, mixed_family))
			return types->items[i].text;
	return (struct str){0};
}

static bool names_efa(const struct container_properties *m)
{
	for (size_t i = 0; i < m->linux_parameters.devices.n; i++)
		if (str_starts(m->linux_parameters.devices.items[i].host_path,
			       STR("/dev/infiniband/")))
			return true;
	return false;
}

static struct str mixed_type_of(const struct batch_job *j)
{
	struct str type = {0};

	for (size_t i = 0; i < j->nqueues; i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments && type.n == 0; k++)
			type = mixed_type(j->queues[i]->environments[k]);
	return type;
}

void rule_efa_devices_told(const struct rules *r)
{
	struct batch_container it = {0};

	while (next_container(r->batch, &it)) {
		struct str type = mixed_type_of(it.job);
		struct diag *d;

		if (type.n == 0 || !job_uses_efa(it.job) || names_efa(it.m) ||
		    !USABLE(it.m, linux_parameters))
			continue;
		d = diag_efa_devices(r->ds, section_span(&it.m->section), type);
		diag_note(r->ds, d,
			  "the job gets /dev/infiniband/uverbs0 to uverbs7; nobody has confirmed "
			  "that these are the eight of EFA");
		diag_help(r->ds, d,
			  "look on an instance: `ls -l /sys/class/infiniband/*/device/driver`, and "
			  "name those of `efa` in `LinuxParameters.Devices`");
	}
}
