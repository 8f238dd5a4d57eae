/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_systems.h - file systems that a stack makes, and who may reach them.
 *
 * Nothing here knows a cluster: where a file system stands and who mounts it are given.
 */
#ifndef HPCC_FILE_SYSTEMS_H
#define HPCC_FILE_SYSTEMS_H

#include "lowering/aws/buckets.h"

/* What of file systems stays when the stack goes. */
struct keeping {
	enum ir_policy policy; /* of what stays: IR_RETAIN or IR_RETAIN_EXCEPT_ON_CREATE */
	bool persistent;     /* Lustre of a persistent type stays, unless the file says otherwise */
	bool links;	     /* links to S3 stay with their file system */
	bool linked_backups; /* days of backups are passed on even of what is linked to S3 */
};

/* Where a file system stands, and for whom. */
struct storage_place {
	struct ir_value *vpc;	  /* its id */
	struct ir_value *subnets; /* IR_LIST of ids: of the file system, or of its mount targets */
	/* IR_LIST of groups, each once: of all that mount it. They are let in by a group of its own. */
	struct ir_value *clients;
	/* Or the group that it is in together with them, which is there: its id and logical id. Else NULL. */
	struct ir_value *group;
	struct str group_resource;
	size_t first_rule, nrules; /* where the rules of that group stand among the resources */
	bool opens_clients; /* file systems that call them are let in by groups that are not of the stack, too */
	struct ir_value
		*tables;      /* IR_LIST of route tables of its clients; of OpenZFS in two zones */
	struct ir_value *key; /* for a file system that names none; NULL: that of the account */
	const struct lowered_bucket *buckets; /* those that links may name */
	size_t nbuckets;
	struct keeping keeps;
};

/* A new resource for the storage called `name`, with the policy for deletion and replacement. */
struct ir_resource *storage_resource(struct stack *st, const char *prefix, struct str name,
				     const char *type, enum ir_policy policy,
				     struct ir_origin origin);
/* A file system that an update replaces is kept, whatever becomes of it with the stack. */
void storage_outlives_replacement(struct ir_resource *file_system);

struct port_range {
	uint16_t from, to; /* TCP, both included */
};

/* Who may reach a file system. */
struct storage_access {
	struct str name; /* of the storage */
	const struct port_range *ports;
	size_t nports;
	bool peers; /* servers and clients call each other, and servers among themselves */
	enum ir_policy policy;
	struct ir_origin origin;
};

/* The logical id of the security group of a file system: that of the place, or a new one, open to its clients. */
struct str storage_security_group(struct stack *st, const struct storage_place *place,
				  const struct storage_access *access);
/* IR_LIST of that group's id. */
struct ir_value *storage_groups(struct stack *st, const struct storage_place *place,
				struct str group);
/* Makes `r` wait for all rules of the group that storage_security_group returned. */
void storage_wait_for_rules(struct stack *st, struct ir_resource *r,
			    const struct storage_place *place, struct str group);

/* A new FSx for Lustre file system with its group and data repositories. Returns its logical id. */
struct str lustre_add(struct stack *st, const struct shared_storage *m,
		      const struct storage_place *place);

/* The group of a file system of FSx for Lustre: storage_security_group with its ports. */
struct str lustre_group(struct stack *st, struct str name, const struct storage_place *place,
			enum ir_policy policy, struct ir_origin origin);
/* LustreConfiguration of CreateFileSystem, and of the CloudFormation type. */
struct ir_value *lustre_configuration(struct stack *st, const struct fsx_lustre_settings *m,
				      const struct keeping *keeps);

/* A new FSx for OpenZFS file system. Returns its logical id. */
struct str openzfs_add(struct stack *st, const struct shared_storage *m,
		       const struct storage_place *place);

/* An EFS file system to be made. */
struct efs {
	struct str name;
	const char *prefix; /* of its logical id, before the name */
	bool encrypted;
	struct str kms_key;	   /* or empty */
	struct ir_value *zone;	   /* name of its one zone; NULL: it stands in all */
	struct str backup;	   /* ENABLED, DISABLED, or empty: as AWS has it */
	struct str transition;	   /* when files go to the cheaper class, or empty */
	bool tls_only, roles_only; /* refuse clients without TLS, clients without a role */
	struct str performance_mode, throughput_mode;
	int64_t throughput; /* MiB/s, or 0 */
	enum ir_policy policy;
	struct ir_origin origin;
};

/* What an entry of SharedStorage says of it in every kind of file; `stays` is the policy where it is to be kept. */
struct efs efs_of(const struct shared_storage *m, enum ir_policy stays);
/* The same with what clusters do not say: backups, classes, and that the file system itself refuses clients. */
struct efs efs_of_all(const struct shared_storage *m, enum ir_policy stays);
/*
 * A new one with its group and a mount target in each subnet of the place. Returns its logical id; the addresses of the
 * mount targets are appended to `addresses`, in the order of the subnets.
 */
struct str efs_add(struct stack *st, const struct efs *m, const struct storage_place *place,
		   struct ir_value *addresses);

#endif
