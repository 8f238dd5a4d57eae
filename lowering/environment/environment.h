/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.h - what the passes over an environment share.
 *
 * passes.def lists the passes in order. Each is one function `void pass_<name>(struct ground *l)`; it adds its
 * resources to l->st.g and fills the fields of l that stand under its name below. A field is filled by exactly one
 * pass and only read by later ones.
 */
#ifndef HPCC_ENVIRONMENT_H
#define HPCC_ENVIRONMENT_H

#include "compiler/base/map.h"
#include "lowering/aws/buckets.h"
#include "lowering/aws/network.h"
#include "lowering/aws/stack.h"
#include "lowering/aws/tags.h"

/* A security group of the file, or the one `Cluster` that there is without any. */
struct lowered_group {
	const struct env_security_group *m; /* NULL: the one that nobody wrote */
	struct str name;
	struct str resource;	   /* logical id */
	struct ir_value *id;	   /* its id */
	size_t first_rule, nrules; /* where its rules stand among the resources */
};

struct ground {
	struct stack st;
	const struct environment *e;

	/* pass_env_keys */
	struct ir_value *key; /* ARN of the key of the section KmsKey, or NULL */

	/* pass_env_buckets: one for each of e->buckets, and the one of them to which flow logs go, or NULL */
	struct lowered_bucket *buckets;
	const struct lowered_bucket *flow_logs;

	/* pass_env_network */
	struct lowered_network *network;

	/* pass_env_groups; at least one */
	struct lowered_group *groups;
	size_t ngroups;
	struct map groups_by_name;
	struct map rules; /* of their own, by what they let through */

	/* pass_env_storage: logical ids, one for each of e->shared_storage */
	struct str *storage;

	/* pass_env_notifications */
	struct ir_value *topic; /* ARN of who hears of alarms, or NULL */

	/* pass_env_hybrid: ids of what it makes or the file names, else NULL; one of vpn_connections a row */
	struct ir_value *gateway, *direct_connect_gateway, **vpn_connections;
};

/* ---- passes, one prototype a row of passes.def ---- */

#define PASS(variants, name, needs, gives) void pass_##name(struct ground *l);
#include "lowering/environment/passes.def"
#undef PASS

#endif
