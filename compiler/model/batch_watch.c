/* SPDX-License-Identifier: Apache-2.0 */
/* batch_watch.c - what of a batch file is watched, and who is told. */
#include "compiler/model/batch.h"

bool batch_has_alarms(const struct batch *b)
{
	return b->monitoring.alarms.section.written && b->monitoring.alarms.enabled;
}

bool batch_has_dashboard(const struct batch *b)
{
	const struct dashboards *d = &b->monitoring.dashboards;

	return d->cloud_watch.enabled && (d->section.written || batch_has_alarms(b));
}

bool batch_tells_end(const struct batch *b, struct str state)
{
	const struct notifications *m = &b->notifications;

	if (!m->section.written)
		return false;
	if (!is_written(&m->at.job_states))
		return str_eq(state, STR("FAILED"));
	for (size_t i = 0; i < m->job_states.n; i++)
		if (str_eq(m->job_states.items[i].text, state))
			return true;
	return false;
}
