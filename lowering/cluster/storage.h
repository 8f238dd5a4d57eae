/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.h - what the files of shared storage share, and what other passes ask of it.
 *
 * Settings of a lowered_storage, beyond Kind, Name and MountDir (values are texts unless said otherwise):
 *
 *   Ebs, Raid    VolumeIds (list), RaidType (0 or 1): the head node attaches and exports them
 *   Efs          FileSystemId, DnsName, Tls and Iam (true or absent), AccessPointId,
 *                MountTargets {subnet: address} of a file system the cluster makes: a node whose subnet is not
 *                among them takes the first address, since DnsName may not resolve in its zone
 *   FsxLustre    FileSystemId, DnsName, MountName
 *   FsxOpenZfs   VolumeId; the head node asks FSx for FileSystemId and VolumePath
 *   FsxOntap     VolumeId; the head node asks FSx for DnsName and VolumePath
 *   FileCache    FileCacheId; the head node asks FSx for DnsName and MountName
 *
 * Of an existing FSx for Lustre file system MountName is absent: the head node asks FSx for it too.
 */
#ifndef HPCC_STORAGE_H
#define HPCC_STORAGE_H

#include "lowering/cluster/cluster.h"

/* ---- for other passes ---- */

/* Appends the FSx actions by which the head node asks for what is not known here, each once; often none. */
void storage_fsx_actions(struct lowering *l, struct ir_value *actions);

/* ---- one function a kind; s->model, Kind, Name and MountDir are there ---- */

/* A shared EBS volume, new or existing (VolumeId). */
void storage_ebs(struct lowering *l, struct lowered_storage *s);
/* The volumes of a RAID array that the head node assembles. */
void storage_raid(struct lowering *l, struct lowered_storage *s);
/* An EFS file system with its mount targets, new or existing. */
void storage_efs(struct lowering *l, struct lowered_storage *s);
/* An FSx for Lustre file system with its data repositories, new or existing. */
void storage_lustre(struct lowering *l, struct lowered_storage *s);
/* An existing volume of FSx for OpenZFS. */
void storage_openzfs(struct lowering *l, struct lowered_storage *s);
/* An existing volume of FSx for NetApp ONTAP. */
void storage_ontap(struct lowering *l, struct lowered_storage *s);
/* An existing Amazon File Cache. */
void storage_file_cache(struct lowering *l, struct lowered_storage *s);

/* The EFS file system of HeadNode.SharedStorageType: Efs. Its settings have "Internal": true. */
void storage_internal_efs(struct lowering *l, struct lowered_storage *s);

/* ---- common to kinds ---- */

/* A new resource for the storage called `name`: tagged, with the policy for deletion and replacement. */
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

/*
 * A security group for a file system, open to the nodes of the cluster, with its rules. Returns its
 * logical id.
 */
struct str storage_security_group(struct lowering *l, const struct storage_access *access);
/* Makes `r` wait for all rules of the group that storage_security_group returned. */
void storage_wait_for_rules(struct stack *st, struct ir_resource *r, struct str group);

#endif
