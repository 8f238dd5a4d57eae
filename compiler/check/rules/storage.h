/* SPDX-License-Identifier: Apache-2.0 */
/* storage.h - what the rules about SharedStorage have in common. */
#ifndef HPCC_RULES_STORAGE_H
#define HPCC_RULES_STORAGE_H

#include "compiler/check/rules/rule.h"

/* Is the property there at all, faulty or not? */
#define GIVEN(section, field) ((section)->at.field.state != FIELD_ABSENT)

typedef void storage_function(const struct rules *r, const struct shared_storage *s);

/* Calls f for each storage of the type, in the order of the file; not when its settings are no mapping. */
void each_storage(const struct rules *r, enum shared_storage_storage_type type,
		  storage_function *f);

/*
 * The same for each Lustre file system that the file describes: those of SharedStorage, then those that workflows make
 * for a job, as if they stood there.
 */
void each_lustre(const struct rules *r, storage_function *f);

/* Where the id of an existing file system or volume that a storage uses is; NULL when it makes a new one. */
const struct field_at *storage_existing(const struct shared_storage *s, struct str *ret_id);

/* A file system that the cluster makes, from nothing or from a backup. */
bool is_new_lustre(const struct shared_storage *s);

/* PERSISTENT_1 or PERSISTENT_2? False when the deployment type is not known, as with a backup. */
bool is_persistent(const struct fsx_lustre_settings *f);

/* Of storage type INTELLIGENT_TIERING? */
bool is_tiering(const struct fsx_lustre_settings *f);

/* Is it a file system of Lustre that clients reach through EFA? */
bool is_efa_lustre(const struct shared_storage *s);

typedef void link_function(const struct rules *r, void *context,
			   const struct data_repository_association *a);

/* Calls f for each association of a Lustre file system with S3, likewise. */
void each_link(const struct rules *r, void *context, link_function *f);

/* A place for a finding about a storage as a whole: the first line of its list item. */
struct span storage_span(const struct shared_storage *s);

/* Has the file a Network with subnets whose names, types and zones are all told without fault? */
bool network_known(const struct rules *r);

/*
 * The security group of a file system of an environment: the one that it names, else the first of the file; NULL for
 * the one that is made where the file has none, or where it is faulty.
 */
const struct env_security_group *storage_group(const struct rules *r,
					       const struct shared_storage *s);

/*
 * Does the file system go with the stack? A scratch one does by default; a persistent one in a cluster only, whose
 * files follow ParallelCluster. False where what tells it is faulty.
 */
bool lustre_goes(const struct rules *r, const struct fsx_lustre_settings *f);

/* Does one directory lie in the other? Both are absolute and without a slash at the end. */
bool dir_within(struct str inner, struct str outer);

/* The bucket of an s3:// URI; empty when it names none. */
struct str s3_bucket(struct str uri);

/* The key prefix of an s3:// URI, without slashes at its ends; empty for the whole bucket. */
struct str s3_prefix(struct str uri);

#endif
