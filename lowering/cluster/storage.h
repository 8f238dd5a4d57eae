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

/* ---- one function a type of storage; s->model, Kind, Name and MountDir are there ---- */

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

#endif
