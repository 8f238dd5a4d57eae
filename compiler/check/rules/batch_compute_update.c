/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_update.c - what later updates do with a compute environment, and who makes them. */
#include "compiler/check/rules/batch_compute.h"

/* Source: AWS Batch user guide, Updating compute environments. */
void rule_compute_replaced(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, replace_compute_environment) ||
		    !e->m->replace_compute_environment ||
		    e->strategy == COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT)
			continue;
		d = diag_environment_replaced(r->ds, e->m->at.replace_compute_environment.value);
		diag_note(r->ds, d,
			  "for a while both count against the quota, and jobs that run in the old "
			  "one are lost");
		diag_help(r->ds, d,
			  "leave it out: hpcc writes false, and instances are changed "
			  "one by one");
		diag_fix(r->ds, d, d->at, STR("false"), false);
	}
}

#define LINKED_ROLE "AWSServiceRoleForBatch"
#define LINKED_PATH "role/aws-service-role/batch.amazonaws.com/" LINKED_ROLE

/* `role/PATH/NAME` of the ARN. */
static struct str role_of(struct str arn)
{
	return str_slice(arn, str_find_str(arn, STR("role/"), 0), arn.n);
}

bool has_own_role(const struct batch_environment *e)
{
	return KNOWN(e->m, service_role) && !str_eq(role_of(e->m->service_role), STR(LINKED_PATH));
}

static void service_role(const struct rules *r, const struct batch_environment *e)
{
	const struct field_at *at = &e->m->at.service_role;
	struct str resource = role_of(e->m->service_role);
	struct diag *d;

	if (str_eq(resource, STR("role/" LINKED_ROLE))) {
		d = diag_linked_role_path(r->ds, at->value);
		diag_note(r->ds, d,
			  "a role of that name without the path is none of AWS Batch: the "
			  "environment would be INVALID, and could not be deleted");
		diag_help(r->ds, d, "leave it out: it is the default");
		diag_fix(r->ds, d, at->value,
			 arena_fmt(r->a, STR_F LINKED_PATH,
				   STR_A(str_slice(e->m->service_role, 0,
						   e->m->service_role.n - resource.n))),
			 true);
		return;
	}
	if (e->strategy == COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT)
		return; /* that one is never updated in place anyway */
	d = diag_service_role(r->ds, at->key);
	diag_note(r->ds, d,
		  "with another role than the service-linked one every change of types, image, "
		  "storage or subnets makes a new environment");
	diag_help(r->ds, d, "leave it out: the default is the role " LINKED_ROLE);
}

/* Source: AWS Batch API, CreateComputeEnvironment.serviceRole; user guide, Infrastructure updates. */
void rule_compute_service_role(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++)
		if (has_own_role(&r->batch->environments[i]))
			service_role(r, &r->batch->environments[i]);
}

void rule_compute_enabled(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		struct diag *d;

		if (!WRITTEN(e->m, state) || e->m->state != COMPUTE_ENVIRONMENT_STATE_DISABLED)
			continue;
		d = diag_environment_disabled(r->ds, e->m->at.state.value);
		diag_note(r->ds, d, "AWS Batch makes new environments only ENABLED");
		diag_help(r->ds, d, "leave it out at first; write it in an update");
	}
}

/* ---- idle instances, running jobs ---- */

enum { LEAST_DELAY = 20 };

void rule_compute_scale_down(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		const struct batch_scaling_policy *m = &e->m->scaling_policy;
		struct diag *d;

		if (!WRITTEN(m, min_scale_down_delay_minutes) ||
		    m->min_scale_down_delay_minutes == 0)
			continue;
		if (m->min_scale_down_delay_minutes < LEAST_DELAY) {
			d = diag_scale_delay(r->ds, m->at.min_scale_down_delay_minutes.value,
					     (long long)m->min_scale_down_delay_minutes);
			diag_help(r->ds, d, "write 0 for none, or 20 to 10080");
		} else if (batch_has_gpus(r, e)) {
			d = diag_idle_gpus(r->ds, m->at.min_scale_down_delay_minutes.value,
					   (long long)m->min_scale_down_delay_minutes);
			diag_label(r->ds, d, VALUE_AT(e->m, instance_types),
				   "there are GPU types among these");
		}
	}
}

/* Source: AWS Batch API, UpdatePolicy. */
void rule_compute_update_policy(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		const struct batch_update_policy *m = &e->m->update_policy;
		struct diag *d;

		if (!WRITTEN(m, terminate_jobs_on_update) || !m->terminate_jobs_on_update ||
		    !WRITTEN(m, job_execution_timeout_minutes))
			continue;
		d = diag_update_both(r->ds, m->at.job_execution_timeout_minutes.key);
		diag_label(r->ds, d, m->at.terminate_jobs_on_update.value,
			   "jobs are ended at once");
		diag_help(r->ds, d, "keep one of the two");
	}
}
