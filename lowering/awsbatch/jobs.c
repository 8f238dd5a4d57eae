/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs.c - the two definitions of jobs that awsbsub submits: of one container, and of several nodes.
 *
 * awsbsub sets vCPUs and memory by the old members of overrides, which AWS Batch applies only to definitions that have
 * the old members Vcpus and Memory; with ResourceRequirements its options -p and -m would be dropped in silence. They
 * name no log group either: awsbout reads that of AWS Batch. Source: AWS Batch API, ContainerOverrides.
 */
#include "compiler/base/buf.h"
#include "lowering/awsbatch/awsbatch.h"
#include "lowering/batch/batch.h"

enum { VCPUS = 1, MEMORY_MIB = 512 }; /* what ParallelCluster's have */

/* ---- rights ---- */

/* A job reads what awsbsub has sent for it. */
static struct ir_value *job_role(struct lowering *l, struct ir_origin origin)
{
	struct ir_value *statements = ir_list(l->st.g), *s;
	struct ir_value *bucket = ir_sub(l->st.g, STR("arn:${AWS::Partition}:s3:::${Bucket}"));
	struct ir_resource *r;

	allow(&l->st, statements, "Sent", "s3:GetObject", awsbatch_sent(l, "*"));
	s = allow(&l->st, statements, "ListSent", "s3:ListBucket",
		  ir_put(l->st.g, bucket, "Bucket", l->awsbatch.bucket));
	allow_if(&l->st, s, "StringLike", "s3:prefix",
		 ir_sub(l->st.g, STR("${" AWSBATCH_ARTIFACTS "}/batch/*")));
	r = role_add(&l->st, STR("JobRole"), "ecs-tasks", statements, ir_list(l->st.g), origin);
	role_own_account(&l->st, r);
	return ir_getatt(l->st.g, r->id, STR("Arn"));
}

/* ---- variables that job scripts read ---- */

void awsbatch_variable(struct lowering *l, struct ir_value *list, const char *name,
		       struct ir_value *value)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Name", str_c(name));
	ir_push(l->st.g, list, ir_put(l->st.g, row, "Value", value));
}

static bool is_raid(const struct shared_storage *m)
{
	return m->ebs_settings.raid.section.written;
}

/* Directories with commas, "NONE" where there is none. */
static struct ir_value *directories(struct lowering *l, enum shared_storage_storage_type type,
				    bool raid)
{
	struct buf b = buf_in(l->st.a);

	for (size_t i = 0; i < l->c->shared_storage.n; i++) {
		const struct shared_storage *m = &l->c->shared_storage.items[i];

		if (m->storage_type == type && is_raid(m) == raid)
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? "," : "",
				STR_A(mount_dir(l->st.a, m->mount_dir)));
	}
	return ir_text(l->st.g, b.n > 0 ? buf_str(&b) : STR("NONE"));
}

/* Ids of EFS file systems, in the order of their directories. */
static struct ir_value *file_systems(struct lowering *l)
{
	struct ir_value *join = ir_func(l->st.g, IR_JOIN, STR(","));

	for (size_t i = 0; i < l->c->shared_storage.n; i++)
		if (l->c->shared_storage.items[i].storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
			ir_push(l->st.g, join, ir_get(l->storage[i].settings, STR("FileSystemId")));
	if (join->n == 0)
		return ir_text(l->st.g, STR("NONE"));
	return join->n == 1 ? join->items[0] : join;
}

static struct ir_value *variables(struct lowering *l)
{
	struct ir_value *list = ir_list(l->st.g);

	awsbatch_variable(l, list, "PCLUSTER_AWS_REGION", ir_ref(l->st.g, STR("AWS::Region")));
	awsbatch_variable(l, list, "PCLUSTER_STACK_NAME", ir_ref(l->st.g, STR("AWS::StackName")));
	awsbatch_variable(l, list, "PCLUSTER_SHARED_DIRS",
			  directories(l, SHARED_STORAGE_STORAGE_TYPE_EBS, false));
	awsbatch_variable(l, list, "PCLUSTER_RAID_SHARED_DIR",
			  directories(l, SHARED_STORAGE_STORAGE_TYPE_EBS, true));
	awsbatch_variable(l, list, "PCLUSTER_EFS_SHARED_DIRS",
			  directories(l, SHARED_STORAGE_STORAGE_TYPE_EFS, false));
	awsbatch_variable(l, list, "PCLUSTER_EFS_FS_IDS", file_systems(l));
	awsbatch_variable(l, list, "PCLUSTER_HEAD_NODE_IP", l->head_address);
	return list;
}

/* ---- directories ---- */

static void mount(struct lowering *l, struct ir_value *volumes, struct ir_value *mounts,
		  struct str dir)
{
	struct str name = arena_fmt(l->st.a, "shared-%zu", (size_t)volumes->n);
	struct ir_value *volume = ir_object(l->st.g), *point = ir_object(l->st.g);

	ir_put_text(l->st.g, volume, "Name", name);
	ir_put(l->st.g, volume, "Host",
	       ir_put_text(l->st.g, ir_object(l->st.g), "SourcePath", dir));
	ir_push(l->st.g, volumes, volume);
	ir_put_text(l->st.g, point, "SourceVolume", name);
	ir_put_text(l->st.g, point, "ContainerPath", dir);
	ir_push(l->st.g, mounts, point);
}

/* All that instances mount, at the same places. */
static void put_directories(struct lowering *l, struct ir_value *container)
{
	struct model_strings exports = awsbatch_exports(l);
	struct ir_value *volumes = ir_list(l->st.g), *mounts = ir_list(l->st.g);

	for (size_t i = 0; i < exports.n; i++)
		mount(l, volumes, mounts, exports.items[i].text);
	for (size_t i = 0; i < l->c->shared_storage.n; i++) {
		const struct shared_storage *m = &l->c->shared_storage.items[i];

		if (m->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
			mount(l, volumes, mounts, mount_dir(l->st.a, m->mount_dir));
	}
	ir_put(l->st.g, container, "Volumes", volumes);
	ir_put(l->st.g, container, "MountPoints", mounts);
}

/* ---- definitions ---- */

static struct ir_value *container(struct lowering *l, struct ir_value *role)
{
	struct ir_value *c = ir_object(l->st.g);

	ir_put(l->st.g, c, "Image", l->awsbatch.image);
	ir_put_int(l->st.g, c, "Vcpus", VCPUS);
	ir_put_int(l->st.g, c, "Memory", MEMORY_MIB);
	ir_put(l->st.g, c, "JobRoleArn", role);
	ir_put(l->st.g, c, "Environment", variables(l));
	put_directories(l, c);
	return c;
}

static struct ir_value *nodes(struct lowering *l, struct ir_value *c)
{
	struct ir_value *all = ir_object(l->st.g), *range = ir_object(l->st.g);

	ir_put_text(l->st.g, range, "TargetNodes", STR("0:"));
	ir_put(l->st.g, range, "Container", c);
	ir_put_int(l->st.g, all, "NumNodes", 1);
	ir_put_int(l->st.g, all, "MainNode", 0);
	return ir_put(l->st.g, all, "NodeRangeProperties",
		      ir_push(l->st.g, ir_list(l->st.g), range));
}

static void definition_add(struct lowering *l, const char *id, const char *name, bool several,
			   struct ir_value *c)
{
	struct ir_resource *r = ir_add(l->st.g, str_c(id), "AWS::Batch::JobDefinition",
				       origin_of_section(&awsbatch_queue(l)->section));
	struct ir_value *p = r->properties;

	ir_put(l->st.g, p, "JobDefinitionName", ir_subf(l->st.g, "${AWS::StackName}-%s", name));
	ir_put_text(l->st.g, p, "Type", several ? STR("multinode") : STR("container"));
	ir_put(l->st.g, p, "PlatformCapabilities",
	       ir_push(l->st.g, ir_list(l->st.g), ir_text(l->st.g, STR("EC2"))));
	ir_put(l->st.g, p, several ? "NodeProperties" : "ContainerProperties",
	       several ? nodes(l, c) : c);
	/* Jobs take the newest revision as soon as it is there, and fail where its image is not. */
	ir_depend(l->st.g, r, l->awsbatch.built);
}

void pass_awsbatch_jobs(struct lowering *l)
{
	struct ir_value *role = job_role(l, origin_of_section(&awsbatch_queue(l)->section));

	definition_add(l, AWSBATCH_SERIAL, "serial", false, container(l, role));
	definition_add(l, AWSBATCH_MNP, "mnp", true, container(l, role));
}

struct ir_value *awsbatch_definition(struct lowering *l, const char *name, bool revision)
{
	return arn(&l->st, "batch",
		   arena_fmt(l->st.a, "job-definition/${AWS::StackName}-%s%s", name,
			     revision ? ":*" : ""));
}
