/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_file.c - a cluster with the scheduler awsbatch in the words of a batch file.
 *
 * What both kinds have in the same words is copied from the tree, references and all. What the file says on purpose,
 * although a batch file is warned of it, stands with a comment that it does.
 */
#include "compiler/convert/batch_file.h"

#include "compiler/base/map.h"
#include "compiler/base/open_text.h"
#include "compiler/base/shown.h"
#include "compiler/convert/text.h"
#include "compiler/facts/batch_types.h"
#include "compiler/schema/schema.h"

enum {
	ROW = 4,
	IN_ROW = 6,
	DEEPER = 8
}; /* columns of the properties of a row, and of those inside */

/* awsbsub asks for the second where it is not told: types with less than the first can start nothing else. */
enum { MOST_VCPUS = 1000000, JOB_MEMORY = 512, LEAST_MEMORY = 128 };

struct converter {
	struct buf *out;
	const struct node *tree;
	const struct cluster *c;
	const struct facts *facts;
	bool spot, arm;
	enum { NONE_HAS, SOME_HAVE, ALL_HAVE } gpus; /* words of InstanceTypes */
	int64_t memory;				     /* for jobs, of the largest of them, in MiB */
	int64_t room; /* MaxvCpus, or what the smallest of them has, where that is more */
};

/* ---- what both have ---- */

static void copy(struct converter *w, const char *key)
{
	const struct node *value = tree_get(w->tree, str_c(key));

	if (value != NULL)
		yaml_add_entry(w->out, 0, str_c(key), value);
}

/* Does the text hold the parameter? */
static bool holds_parameter(struct converter *w, struct str text, struct str name)
{
	return str_find_str(text, arena_fmt(w->out->a, "${param." STR_F "}", STR_A(name)), 0) !=
		       SIZE_MAX ||
	       str_find_str(text, arena_fmt(w->out->a, "${param." STR_F "[", STR_A(name)), 0) !=
		       SIZE_MAX;
}

/* Parameters that `body` refers to. Those of the head node would be none of a batch file. */
static void copy_parameters(struct converter *w, struct str body)
{
	const struct node *all = tree_get(w->tree, STR("Parameters"));
	size_t n = 0;

	for (size_t i = 0; all != NULL && all->kind == NODE_MAP && i < all->map.n; i++) {
		const struct entry *e = &all->map.entries[i];

		if (!holds_parameter(w, body, e->key))
			continue;
		if (n++ == 0)
			yaml_add_line(w->out, 0, "Parameters:");
		yaml_add_entry(w->out, 2, e->key, e->value);
	}
}

/* Boundary and names of roles; existing ones are of functions that a batch file has not. */
static void copy_iam(struct converter *w)
{
	const struct node *iam = tree_get(w->tree, STR("Iam"));
	size_t n = 0;

	for (size_t i = 0; iam != NULL && iam->kind == NODE_MAP && i < iam->map.n; i++) {
		const struct entry *e = &iam->map.entries[i];

		if (str_eq(e->key, STR("Roles")))
			continue;
		if (n++ == 0)
			yaml_add_line(w->out, 0, "Iam:");
		yaml_add_entry(w->out, 2, e->key, e->value);
	}
}

static void copy_logs(struct converter *w)
{
	const struct node *logs = tree_get(w->tree, STR("Monitoring"));

	logs = logs != NULL && logs->kind == NODE_MAP ? tree_get(logs, STR("Logs")) : NULL;
	logs = logs != NULL && logs->kind == NODE_MAP ? tree_get(logs, STR("CloudWatch")) : NULL;
	if (logs == NULL || logs->kind != NODE_MAP)
		return;
	yaml_add_line(w->out, 0, "Monitoring:");
	yaml_add_line(w->out, 2, "Logs:");
	yaml_add_entry(w->out, 4, STR("CloudWatch"), logs);
}

/* ---- storage ---- */

static bool is_existing(const struct shared_storage *s)
{
	return is_written(&s->efs_settings.at.file_system_id);
}

/* Is it EFS, at a place where instances of AWS Batch may have it? */
static bool is_kept(const struct shared_storage *s)
{
	return s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS &&
	       !str_eq(s->mount_dir, STR("/home")) && !str_eq(s->mount_dir, STR("home"));
}

static void add_flag(struct buf *b, const char *name, bool value)
{
	yaml_add_line(b, IN_ROW, "%s: %s", name, value ? "true" : "false");
}

static void add_word(struct buf *b, const char *name, int prop, int value)
{
	yaml_add_line(b, IN_ROW, "%s: " STR_F, name, STR_A(enum_text(prop, value)));
}

/* Says where defaults differ what holds in the cluster. */
static void add_existing_efs(struct converter *w, const struct efs_settings *m)
{
	yaml_add_line(w->out, ROW, "EfsSettings:");
	yaml_add_text(w->out, IN_ROW, "FileSystemId", m->file_system_id);
	if (is_written(&m->at.access_point_id))
		yaml_add_text(w->out, IN_ROW, "AccessPointId", m->access_point_id);
	add_flag(w->out, "EncryptionInTransit", m->encryption_in_transit);
	if (m->iam_authorization)
		add_flag(w->out, "IamAuthorization", true);
}

/* A new file system is to be as that of the cluster is, where the file says how; encrypted it is anyway. */
static void add_new_efs(struct converter *w, const struct efs_settings *m)
{
	bool as_always = m->throughput_mode == EFS_SETTINGS_THROUGHPUT_MODE_BURSTING &&
			 m->performance_mode == EFS_SETTINGS_PERFORMANCE_MODE_GENERALPURPOSE;
	bool mode = is_written(&m->at.throughput_mode) || !as_always;
	bool key = is_written(&m->at.kms_key_id);

	yaml_add_line(w->out, ROW,
		      "# a new file system, empty: that of the cluster is `EfsSettings: "
		      "{FileSystemId: fs-...}`");
	if (m->deletion_policy == EFS_SETTINGS_DELETION_POLICY_DELETE &&
	    is_written(&m->at.deletion_policy))
		yaml_add_line(w->out, ROW,
			      "# DeletionPolicy: the file says Delete; here it stays, as it does "
			      "where nothing is said");
	if (!key && !mode)
		return;
	yaml_add_line(w->out, ROW, "EfsSettings:");
	if (key)
		yaml_add_text(w->out, IN_ROW, "KmsKeyId", m->kms_key_id);
	if (!mode)
		return;
	add_word(w->out, "PerformanceMode", PROP_EfsSettings_PerformanceMode,
		 (int)m->performance_mode);
	add_word(w->out, "ThroughputMode", PROP_EfsSettings_ThroughputMode,
		 (int)m->throughput_mode);
	if (is_written(&m->at.provisioned_throughput))
		yaml_add_line(w->out, IN_ROW, "ProvisionedThroughput: %lld",
			      (long long)m->provisioned_throughput);
}

static void add_storage(struct converter *w, const struct shared_storage *s)
{
	yaml_add_row(w->out, 2, "Name", s->name);
	yaml_add_text(w->out, ROW, "MountDir", s->mount_dir);
	yaml_add_line(w->out, ROW, "StorageType: Efs");
	if (is_existing(s))
		add_existing_efs(w, &s->efs_settings);
	else
		add_new_efs(w, &s->efs_settings);
}

static void add_storages(struct converter *w)
{
	const struct shared_storage_list *list = &w->c->shared_storage;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_kept(&list->items[i]))
			continue;
		if (n++ == 0)
			yaml_add_line(w->out, 0, "\nSharedStorage:");
		add_storage(w, &list->items[i]);
	}
}

/* ---- compute environment and queue ---- */

/* What jobs must say of their types. */
static void look_at_types(struct converter *w, const struct aws_batch_compute_resource *m)
{
	const struct model_strings *types = &m->instance_types;
	int64_t least = INT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < types->n; i++) {
		size_t it = 0;
		const struct instance_type *t =
			batch_next_type(w->facts, types->items[i].text, &it);

		w->arm = w->arm || (t != NULL && (t->arch & ARCH_ARM64) != 0);
		n += batch_word_has_gpus(w->facts, types->items[i].text);
		for (; t != NULL; t = batch_next_type(w->facts, types->items[i].text, &it)) {
			int64_t memory = batch_memory(t, false);

			w->memory = memory > w->memory ? memory : w->memory;
			least = t->vcpus < least ? t->vcpus : least;
		}
	}
	w->room = least < INT64_MAX && least > m->maxv_cpus ? least : m->maxv_cpus;
	w->gpus = n == 0 ? NONE_HAS : n < types->n ? SOME_HAVE : ALL_HAVE;
}

/* The word of a type that the environment can start and Batch takes beside the others, as an item; else why not. */
static void add_type(struct converter *w, const struct aws_batch_compute_resource *m,
		     struct str word, bool in_family)
{
	const struct instance_type *t = facts_instance(w->facts, word);
	bool above = t != NULL && t->vcpus > w->room;
	bool alone = w->spot && t != NULL && m->instance_types.n == 1;
	struct str shown = shown_line(w->out->a, word);

	if (above || in_family) {
		yaml_add_line(w->out, IN_ROW, "# " STR_F " %s", STR_A(shown),
			      above ? "has more vCPUs than MaxvCpus" : "is a part of its family");
		return;
	}
	yaml_add_item(w->out, IN_ROW, word);
	if (!alone)
		return;
	w->out->n--; /* the line goes on */
	yaml_add_line(w->out, 0, " # hpcc:ignore W1240 -- as in the cluster file");
}

static void add_types(struct converter *w, const struct aws_batch_compute_resource *m)
{
	const struct model_strings *types = &m->instance_types;
	struct map words = {0}, told = {0};

	yaml_add_line(w->out, ROW, "InstanceTypes:");
	for (size_t i = 0; i < types->n; i++)
		map_put(&words, w->out->a, types->items[i].text, &types->items[i]);
	for (size_t i = 0; i < types->n; i++) {
		struct str word = types->items[i].text, family = facts_family(word);

		if (map_get(&told, word) != NULL)
			continue;
		map_put(&told, w->out->a, word, &types->items[i]);
		add_type(w, m, word, family.n < word.n && map_get(&words, family) != NULL);
	}
}

/* A batch file counts up to a million; what is cut says so. */
static long long counted(struct converter *w, const char *name, int64_t n)
{
	if (n <= MOST_VCPUS)
		return (long long)n;
	yaml_add_line(w->out, ROW, "# %s: %lld is more than a batch file takes", name,
		      (long long)n);
	return MOST_VCPUS;
}

static void add_figures(struct converter *w, const struct aws_batch_compute_resource *m)
{
	if (m->minv_cpus > 0)
		yaml_add_line(w->out, ROW,
			      "MinvCpus: %lld # hpcc:ignore W1213 -- as in the cluster file",
			      counted(w, "MinvCpus", m->minv_cpus));
	if (w->room > m->maxv_cpus)
		yaml_add_line(
			w->out, ROW,
			"# MaxvCpus: %lld, as in the cluster file, starts none of these types",
			(long long)m->maxv_cpus);
	yaml_add_line(w->out, ROW, "MaxvCpus: %lld", counted(w, "MaxvCpus", w->room));
	if (is_written(&m->at.desiredv_cpus))
		yaml_add_line(w->out, ROW,
			      "# DesiredvCpus: AWS Batch sets it from the first job on");
	if (!is_written(&m->at.spot_bid_percentage))
		return;
	if (!w->spot)
		yaml_add_line(w->out, ROW, "# SpotBidPercentage: without Spot it has no effect");
	else if (m->spot_bid_percentage < 100)
		yaml_add_line(w->out, ROW,
			      "BidPercentage: %lld # hpcc:ignore W1212 -- as in the cluster file",
			      (long long)m->spot_bid_percentage);
	else
		yaml_add_line(w->out, ROW, "BidPercentage: 100");
}

/* Networking of the queue in the tree: the same words in both kinds. NULL where the file leaves it out. */
static const struct node *networking(struct converter *w)
{
	const struct node *n = tree_get(w->tree, STR("Scheduling"));

	n = n != NULL && n->kind == NODE_MAP ? tree_get(n, STR("AwsBatchQueues")) : NULL;
	n = n != NULL && n->kind == NODE_LIST && n->list.n > 0 ? n->list.items[0] : n;
	n = n != NULL && n->kind == NODE_MAP ? tree_get(n, STR("Networking")) : NULL;
	return n != NULL && n->kind == NODE_MAP && n->map.n > 0 ? n : NULL;
}

static void add_environment(struct converter *w, const struct aws_batch_queue *q,
			    const struct aws_batch_compute_resource *m)
{
	const struct node *n = networking(w);

	yaml_add_line(w->out, 0, "\nComputeEnvironments:");
	yaml_add_line(w->out, 2, "- Name: " STR_F, STR_A(m->name));
	if (q->capacity_type == AWS_BATCH_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK)
		yaml_add_line(
			w->out, ROW,
			"# CAPACITY_BLOCK meant nothing; here it is CapacityReservationTarget with "
			"CapacityBlock: true");
	yaml_add_line(w->out, ROW, "Type: %s", w->spot ? "SPOT" : "EC2");
	add_types(w, m);
	add_figures(w, m);
	if (n != NULL)
		yaml_add_entry(w->out, ROW, STR("Networking"), n);
	yaml_add_line(w->out, 0, "\nJobQueues:");
	yaml_add_line(w->out, 2, "- Name: " STR_F, STR_A(q->name));
	yaml_add_line(w->out, ROW, "ComputeEnvironmentOrder:");
	yaml_add_line(w->out, IN_ROW, "- " STR_F, STR_A(m->name));
}

/* ---- jobs ---- */

static void add_mounts(struct converter *w, unsigned column)
{
	const struct shared_storage_list *list = &w->c->shared_storage;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_kept(&list->items[i]))
			continue;
		if (n++ == 0)
			yaml_add_line(w->out, column, "MountPoints:");
		yaml_add_row(w->out, column + 2, "SourceVolume", list->items[i].name);
	}
}

/*
 * Buckets of old may have names that no new one can have, and no right over a bucket names in a batch file. What comes
 * with the deployment is taken for one of today.
 */
static bool is_name_of_today(struct str bucket)
{
	struct text_piece piece;

	while (text_next(&bucket, &piece))
		for (size_t i = 0; !piece.open && i < piece.text.n; i++)
			if (piece.text.s[i] == '_' ||
			    (piece.text.s[i] >= 'A' && piece.text.s[i] <= 'Z'))
				return false;
	return true;
}

/* What jobs may do: read what `awsbsub` put into the bucket of the cluster. */
static void add_rights(struct converter *w, unsigned column)
{
	if (!is_written(&w->c->at.custom_s3_bucket) || !is_name_of_today(w->c->custom_s3_bucket))
		return;
	yaml_add_line(w->out, column, "Iam:");
	yaml_add_line(w->out, column + 2, "S3Access:");
	yaml_add_row(w->out, column + 4, "BucketName", w->c->custom_s3_bucket);
	yaml_add_line(w->out, column + 6, "KeyName: hpcc/batch/* # where `awsbsub` put scripts");
}

static void add_container(struct converter *w, unsigned column)
{
	yaml_add_line(w->out, column, "Repository: jobs");
	yaml_add_line(w->out, column, "Vcpus: 1");
	yaml_add_line(w->out, column, "Memory: %d",
		      w->memory < JOB_MEMORY ? LEAST_MEMORY : JOB_MEMORY);
	if (w->gpus == ALL_HAVE)
		yaml_add_line(w->out, column, "Gpus: 1 # the jobs of the cluster asked for none");
	if (w->arm) {
		yaml_add_line(w->out, column, "RuntimePlatform:");
		yaml_add_line(w->out, column + 2, "CpuArchitecture: ARM64");
	}
	add_rights(w, column);
	add_mounts(w, column);
}

static void add_serial(struct converter *w)
{
	bool one_attempt = w->spot, for_ever = w->gpus != NONE_HAS;

	yaml_add_line(w->out, 2,
		      "# `awsbsub COMMAND`: aws batch submit-job with containerOverrides");
	yaml_add_line(w->out, 2, "- Name: serial%s%s%s%s",
		      one_attempt || for_ever ? " # hpcc:ignore " : "", one_attempt ? "W1347" : "",
		      one_attempt && for_ever ? ", " : "",
		      for_ever	    ? "W1355 -- as in the cluster file"
		      : one_attempt ? " -- as in the cluster file"
				    : "");
	yaml_add_line(w->out, ROW, "ContainerProperties:");
	add_container(w, IN_ROW);
}

/* ParallelCluster's definition has one node as well: the figure comes with each job. */
static void add_several(struct converter *w)
{
	yaml_add_line(
		w->out, 2,
		"# `awsbsub -n N COMMAND`: aws batch submit-job with nodeOverrides and numNodes");
	yaml_add_line(w->out, 2, "- Name: mnp");
	yaml_add_line(w->out, ROW, "Type: multinode");
	yaml_add_line(w->out, ROW, "NodeProperties:");
	yaml_add_line(w->out, IN_ROW, "NumNodes: 1");
	yaml_add_line(w->out, IN_ROW, "NodeRangeProperties:");
	yaml_add_line(w->out, DEEPER, "- TargetNodes: \"0:\"");
	yaml_add_line(w->out, DEEPER + 2, "Container:");
	add_container(w, DEEPER + 4);
}

/* Only its deployment may know. */
static bool may_be_public(struct converter *w, const struct aws_batch_queue *q)
{
	const struct node *n = networking(w);

	n = n != NULL ? tree_get(n, STR("AssignPublicIp")) : NULL;
	return q->networking.assign_public_ip || (n != NULL && n->kind == NODE_STRING && n->open);
}

static void add_jobs(struct converter *w, const struct aws_batch_queue *q)
{
	yaml_add_line(w->out, 0, "\nJobDefinitions:");
	add_serial(w);
	if (w->spot)
		yaml_add_line(w->out, 2,
			      "# `awsbsub -n N`: AWS Batch runs no jobs of several nodes on Spot");
	else if (may_be_public(w, q))
		yaml_add_line(
			w->out, 2,
			"# `awsbsub -n N`: AWS Batch runs no jobs of several nodes with public "
			"addresses");
	else
		add_several(w);
}

/* ---- what has no equal ---- */

static void tell_storage(struct converter *w, const struct shared_storage *s)
{
	struct buf name = buf_in(w->out->a);

	yaml_add_text(&name, 0, "SharedStorage", s->name);
	name.n--;
	if (s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
		yaml_add_line(w->out, 0,
			      "# " STR_F ": instances of AWS Batch have a /home of their own",
			      STR_A(buf_str(&name)));
	else
		yaml_add_line(w->out, 0,
			      "# " STR_F
			      ": the head node exports this volume; EFS or FSx takes its "
			      "place, with a copy "
			      "of its data",
			      STR_A(buf_str(&name)));
}

static void tell_section(struct converter *w, const char *key, const char *why)
{
	if (tree_get(w->tree, str_c(key)) != NULL)
		yaml_add_line(w->out, 0, "# %s: %s", key, why);
}

static void tell_rest(struct converter *w)
{
	const struct shared_storage_list *list = &w->c->shared_storage;

	yaml_add_line(w->out, 0, "\n# What a batch file has no words for:");
	yaml_add_line(
		w->out, 0,
		"# HeadNode: there is none. Jobs are submitted with `aws batch submit-job` from "
		"anywhere");
	yaml_add_line(w->out, 0,
		      "# /home: nothing is exported; jobs keep what lasts on SharedStorage or in "
		      "buckets");
	for (size_t i = 0; i < list->n; i++)
		if (!is_kept(&list->items[i]))
			tell_storage(w, &list->items[i]);
	if (!is_written(&w->c->at.custom_s3_bucket))
		yaml_add_line(w->out, 0,
			      "# CustomS3Bucket: `awsbsub` alone needs the bucket of the cluster; "
			      "`Buckets` "
			      "makes one for jobs");
	else if (!is_name_of_today(w->c->custom_s3_bucket))
		yaml_add_line(w->out, 0,
			      "# CustomS3Bucket: a name of old; a policy of yours in "
			      "`AdditionalIamPolicies` lets jobs read it");
	tell_section(w, "AdditionalResources", "deploy that template as a stack of its own");
	tell_section(w, "AdditionalPackages", "software of jobs belongs into their image");
	tell_section(w, "DeploymentSettings",
		     "it is about the head node and functions of the cluster");
	tell_section(w, "DevSettings", "it is about the head node");
	if (tree_get(w->tree, STR("Monitoring")) != NULL)
		yaml_add_line(
			w->out, 0,
			"# Monitoring: Alarms and Dashboards are of the head node; with `Alarms` a "
			"batch file has its own");
}

void batch_file(struct buf *out, struct str name, const struct node *tree, const struct cluster *c,
		const struct facts *facts)
{
	const struct aws_batch_queue *q = &c->scheduling.aws_batch_queues.items[0];
	struct buf body = buf_in(out->a);
	struct converter w = {
		.out = &body,
		.tree = tree,
		.c = c,
		.facts = facts,
		.spot = q->capacity_type == AWS_BATCH_QUEUE_CAPACITY_TYPE_SPOT,
	};

	look_at_types(&w, &q->compute_resources.items[0]);
	copy(&w, "Environment");
	copy(&w, "Network");
	copy_iam(&w);
	copy(&w, "Imds");
	copy(&w, "Tags");
	copy_logs(&w);
	add_storages(&w);
	yaml_add_line(&body, 0,
		      "\n# Push the image of the jobs here: that of the cluster is in the "
		      "repository of its output ECRRepoName.");
	yaml_add_line(&body, 0, "Repositories:");
	yaml_add_line(&body, 2, "- Name: jobs");
	add_environment(&w, q, &q->compute_resources.items[0]);
	add_jobs(&w, q);
	tell_rest(&w);
	w.out = out;
	name = shown_line(out->a, name);
	yaml_add_line(out, 0, "# What the cluster of " STR_F " has of AWS Batch, as a batch file.",
		      STR_A(name));
	yaml_add_line(out, 0, "Kind: Batch");
	copy(&w, "Region");
	copy_parameters(&w, buf_str(&body));
	buf_add(out, buf_str(&body));
}
