/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitoring.h - names of metrics, for those who make them and those who show them.
 */
#ifndef HPCC_MONITORING_H
#define HPCC_MONITORING_H

#include "lowering/cluster/cluster.h"

#define METRIC_NAMESPACE "hpcc"
/* Dimensions Cluster (name of the stack) and Event. */
#define METRIC_EVENTS "Events"

/*
 * What the agent on the head node sends in this namespace: mem_used_percent with the dimension InstanceId,
 * disk_used_percent with InstanceId and path (aggregated over device and fstype), and with InstanceId alone:
 * its maximum is that of the fullest disk.
 */
#define AGENT_NAMESPACE "CWAgent"

/* Is the agent there? It is installed for logs. */
static inline bool has_agent(const struct lowering *l)
{
	return l->log_group != NULL;
}

/*
 * Adds the dashboard. `alarms` are the logical ids of the alarms it shows, or none; it reads storage,
 * log_group and head_node of l.
 */
void dashboard_add(struct lowering *l, const struct str *alarms, size_t nalarms);

#endif
