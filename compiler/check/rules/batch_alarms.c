/* SPDX-License-Identifier: Apache-2.0 */
/* batch_alarms.c - rules about alarms of a batch file, and who hears of them. */
#include "compiler/check/rules/batch_compute.h"

void rule_alarms_heard(const struct rules *r)
{
	const struct alarms *m = &r->b->monitoring.alarms;
	struct diag *d;

	if (!batch_has_alarms(r->b) || !USABLE(m, enabled) || m->section.poisoned ||
	    r->b->at.notifications.state != FIELD_ABSENT)
		return;
	d = diag_alarms_unheard(r->ds, section_span(&m->section));
	diag_help(r->ds, d, "add `Notifications: {Emails: [hpc@example.com]}`");
}

/* ---- instances that are not there ---- */

static void needs(const struct rules *r, const struct field_at *at, struct str name,
		  const char *what)
{
	diag_help(r->ds, diag_alarm_unmet(r->ds, at->value, name, what), "leave it out");
}

void rule_alarms_have_instances(const struct rules *r)
{
	const struct alarms *m = &r->b->monitoring.alarms;
	const struct batch_environment *e;
	bool gpus = false, instances = false, whole = r->batch->whole;

	if (!batch_has_alarms(r->b))
		return;
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		whole = whole && USABLE(r->batch->environments[i].m, type) &&
			USABLE(r->batch->environments[i].m, instance_types);
		instances = instances || !r->batch->environments[i].fargate;
	}
	for (size_t i = 0; (e = next_instances(r, &i)) != NULL;) {
		gpus = gpus || batch_has_gpus(r, e);
		for (size_t k = 0; k < e->m->instance_types.n; k++)
			whole = whole &&
				batch_word_of(r->facts, e->m->instance_types.items[k].text) !=
					BATCH_UNKNOWN;
	}
	if (!whole)
		return;
	if (WRITTEN(m, gpu_utilization_percent) && !gpus)
		needs(r, &m->at.gpu_utilization_percent, PROP_NAME(Alarms_GpuUtilizationPercent),
		      "starts instances with GPUs of NVIDIA");
	if (WRITTEN(m, memory_utilization_percent) && !instances)
		needs(r, &m->at.memory_utilization_percent,
		      PROP_NAME(Alarms_MemoryUtilizationPercent), "starts instances");
}

/* ---- a topic of others ---- */

void rule_topic_lets_events(const struct rules *r)
{
	const struct notifications *n = &r->b->notifications;
	struct diag *d;

	if (!WRITTEN(n, topic_arn) ||
	    (!n->queue_blocked && r->b->workflows.n == 0 && !batch_tells_end(r->b, STR("FAILED")) &&
	     !batch_tells_end(r->b, STR("SUCCEEDED"))))
		return;
	d = diag_topic_policy(r->ds, n->at.topic_arn.value);
	diag_help(r->ds, d,
		  "its policy allows `sns:Publish` to the service `events.amazonaws.com`; a topic "
		  "that "
		  "the stack makes has such a policy");
}
