/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exports.h - the outputs of an environment or a batch stack: what others may name of it.
 *
 * Each is an output of the stack; all but lists are exported as STACK-NAME as well. Who makes the outputs, who reads
 * a reference to one and who looks at both files ask this list, so that it is made once. The names are those that
 * templates for distributed training use: outputs that were collected into a file of variables fit as they are.
 */
#ifndef HPCC_EXPORTS_H
#define HPCC_EXPORTS_H

#include "compiler/base/map.h"
#include "compiler/model/batch.h"
#include "compiler/model/network.h"

enum export_what {
	EXPORT_VPC,
	EXPORT_SUBNET,
	EXPORT_SUBNETS, /* ids with commas between: not exported, since an export in use cannot change */
	EXPORT_SECURITY_GROUP,
	EXPORT_LUSTRE_ID,
	EXPORT_LUSTRE_DNS_NAME,
	EXPORT_LUSTRE_MOUNT_NAME,
	EXPORT_OPENZFS_VOLUME, /* its root volume */
	EXPORT_OPENZFS_ID,
	EXPORT_EFS_ID,
	EXPORT_BUCKET,		    /* its name */
	EXPORT_KEY_PAIR,	    /* its name */
	EXPORT_PRIVATE_KEY_COMMAND, /* for people: it is not exported and fits nowhere */
	EXPORT_KEY_ARN,
	EXPORT_VPN_GATEWAY,
	EXPORT_TRANSIT_GATEWAY,
	EXPORT_DIRECT_CONNECT_GATEWAY,
	EXPORT_VPN_CONNECTION,
	/* of a batch file */
	EXPORT_REPOSITORY, /* its URI */
	EXPORT_JOB_ROLE,   /* ARNs */
	EXPORT_EXECUTION_ROLE,
	EXPORT_INSTANCE_ROLE,
	EXPORT_SUBMIT_POLICY,
	EXPORT_COMPUTE_ENVIRONMENT,
	EXPORT_JOB_QUEUE,
	EXPORT_JOB_DEFINITION, /* without a revision: the newest one */
	EXPORT_WORKFLOW,       /* the ARN of its state machine */
	EXPORT_PARAMETERS,     /* of a workflow: name of the parameter, or ARN of the secret */
	EXPORT_JOB_LOGS,       /* name of the log group */
	EXPORT_TOPIC,	       /* of Notifications, where the stack makes it */
};

/* One output. Of the pointers those count that `what` tells of; the others are NULL. */
struct env_export {
	struct str name;
	enum export_what what;
	bool exported; /* STACK-NAME; false: importers join the exports of the members */
	const struct section_at *at; /* the row or section it comes from */
	const struct net_subnet *subnet;
	const struct net_subnet *const *members; /* of a list, each with an export of its name */
	size_t nmembers;
	const struct env_security_group *group; /* NULL: the group that there is without any row */
	const struct shared_storage *storage;
	const struct bucket *bucket;
	const struct vpn_connection *vpn;
	size_t row;    /* of a batch file: index in struct batch_view or in the list of the file */
	struct str of; /* name of the row in the file, where it has one that tells rows apart */
};

struct exports {
	const struct env_export *items;
	size_t n;
	struct map names; /* of struct env_export, the first of each name */
};

/*
 * The outputs of an environment in the order of its sections; n is net_of(a, &e->network). Rows with faulty names or
 * types are left out. One name stands there once, unless the file gives it to different things, which is a fault of
 * the file. All memory is from `a`.
 */
struct exports exports_of(struct arena *a, const struct environment *e, const struct net *n);

/*
 * The outputs of a batch stack, which its own texts may name as well (`${self.NAME}`). Names of rows are joined as
 * "JobQueueGpuSpot"; where two rows give one name, the later one has a hash of its own name behind it. Job definitions
 * are no outputs where a stack would have more than CloudFormation takes: who submits names them by STACK-Name.
 */
struct exports exports_of_batch(struct arena *a, const struct batch_view *v);

/* The first one called `name`, or NULL. */
const struct env_export *export_named(const struct exports *x, struct str name);
/* The name most likely meant, or an empty text when none is near. */
struct str export_nearest(const struct exports *x, struct str name);
/* Do two outputs give the same thing? */
bool export_same(const struct env_export *a, const struct env_export *b);

/* What it is, for messages: "a subnet id". Static. */
struct str export_words(enum export_what what);
/* A value that it may have. Static. */
struct str export_example(enum export_what what);
/* What an output of this name is in every environment; false when that depends on the environment. */
bool export_usual(struct str name, enum export_what *ret);
/*
 * May it stand where `prop` is? A property with the pattern of an id takes outputs of that kind alone; one of free
 * text takes any.
 */
bool export_fits(enum export_what what, const struct prop *prop);

#endif
