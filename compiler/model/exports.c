/* SPDX-License-Identifier: Apache-2.0 */
/* exports.c - the outputs of an environment or a batch stack, computed from its model. */
#include "compiler/model/exports.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/model/batch_workflows.h"

/* ---- what there is to know of each kind of output ---- */

struct export_kind {
	const char *words;
	/* Rows of stdlib/schema/patterns.yaml: a property with one of them takes such outputs alone. */
	const char *patterns[2];
	const char *example; /* of a value, where there is no such row */
};

static const struct export_kind kinds[] = {
	[EXPORT_VPC] = {"a VPC id", {"vpc_id"}, NULL},
	[EXPORT_SUBNET] = {"a subnet id", {"subnet_id"}, NULL},
	[EXPORT_SUBNETS] = {"a list of subnet ids", {"subnet_id"}, NULL},
	[EXPORT_SECURITY_GROUP] = {"a security group id",
				   {"security_group_id", "group_name_or_id"},
				   NULL},
	[EXPORT_LUSTRE_ID] = {"the id of an FSx for Lustre file system", {"fsx_id"}, NULL},
	[EXPORT_LUSTRE_DNS_NAME] = {"the DNS name of an FSx for Lustre file system",
				    {0},
				    "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com"},
	[EXPORT_LUSTRE_MOUNT_NAME] = {"the mount name of an FSx for Lustre file system",
				      {0},
				      "abcdefgh"},
	[EXPORT_OPENZFS_VOLUME] = {"the id of an FSx for OpenZFS volume", {"fsx_volume_id"}, NULL},
	[EXPORT_OPENZFS_ID] = {"the id of an FSx for OpenZFS file system",
			       {0},
			       "fs-0123456789abcdef0"},
	[EXPORT_EFS_ID] = {"the id of an EFS file system", {"efs_id"}, NULL},
	[EXPORT_BUCKET] = {"the name of a bucket", {"bucket_name"}, NULL},
	[EXPORT_KEY_PAIR] = {"the name of a key pair", {0}, "team"},
	[EXPORT_PRIVATE_KEY_COMMAND] = {"the command that prints the private key",
					{0},
					"aws ssm get-parameter"},
	[EXPORT_KEY_ARN] =
		{"the ARN of a KMS key",
		 {"kms_key"},
		 "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
	[EXPORT_VPN_GATEWAY] = {"the id of a virtual private gateway", {"vgw_id"}, NULL},
	[EXPORT_TRANSIT_GATEWAY] = {"the id of a transit gateway", {"tgw_id"}, NULL},
	[EXPORT_DIRECT_CONNECT_GATEWAY] = {"the id of a Direct Connect gateway", {"dxgw_id"}, NULL},
	[EXPORT_VPN_CONNECTION] = {"the id of a VPN connection", {0}, "vpn-0123456789abcdef0"},
	[EXPORT_REPOSITORY] = {"the URI of a repository",
			       {0},
			       "123456789012.dkr.ecr.us-east-1.amazonaws.com/team"},
	[EXPORT_JOB_ROLE] = {"the ARN of a role of jobs", {"role_arn", "one_role_arn"}, NULL},
	[EXPORT_EXECUTION_ROLE] = {"the ARN of the role that starts jobs",
				   {"role_arn", "one_role_arn"},
				   NULL},
	[EXPORT_INSTANCE_ROLE] = {"the ARN of a role of instances",
				  {"role_arn", "one_role_arn"},
				  NULL},
	[EXPORT_SUBMIT_POLICY] = {"the ARN of the policy for those who submit jobs",
				  {"policy_arn"},
				  NULL},
	[EXPORT_COMPUTE_ENVIRONMENT] =
		{"the ARN of a compute environment",
		 {0},
		 "arn:aws:batch:us-east-1:123456789012:compute-environment/a"},
	[EXPORT_JOB_QUEUE] = {"the ARN of a job queue",
			      {0},
			      "arn:aws:batch:us-east-1:123456789012:job-queue/a"},
	[EXPORT_JOB_DEFINITION] = {"the ARN of a job definition",
				   {0},
				   "arn:aws:batch:us-east-1:123456789012:job-definition/a"},
	[EXPORT_WORKFLOW] = {"the ARN of a workflow",
			     {0},
			     "arn:aws:states:us-east-1:123456789012:stateMachine:a"},
	[EXPORT_PARAMETERS] = {"where the figures of a workflow stand", {0}, "a"},
	[EXPORT_JOB_LOGS] = {"the name of the log group of jobs", {0}, "/hpcc/team/jobs"},
	[EXPORT_TOPIC] = {"the ARN of an SNS topic", {"topic_arn"}, NULL},
};

struct str export_words(enum export_what what)
{
	return str_c(kinds[what].words);
}

struct str export_example(enum export_what what)
{
	for (size_t i = 0; kinds[what].example == NULL && i < schema_npatterns; i++)
		if (str_eq(schema_patterns[i].name, str_c(kinds[what].patterns[0])))
			return schema_patterns[i].example;
	return str_c(kinds[what].example);
}

static bool has_pattern(const struct export_kind *k, struct str pattern)
{
	for (size_t i = 0; i < ARRAY_LEN(k->patterns) && k->patterns[i] != NULL; i++)
		if (str_eq(pattern, str_c(k->patterns[i])))
			return true;
	return false;
}

/* Properties whose pattern is one of texts, and that take one kind of output all the same. */
static bool wants_key_pair(const struct prop *prop)
{
	return prop == &schema_props[PROP_Ssh_KeyName] ||
	       prop == &schema_props[PROP_LoginPoolSsh_KeyName];
}

bool export_fits(enum export_what what, const struct prop *prop)
{
	bool special = false;

	if (what == EXPORT_PRIVATE_KEY_COMMAND)
		return false;
	if (wants_key_pair(prop))
		return what == EXPORT_KEY_PAIR;
	if (what == EXPORT_SUBNETS && prop->kind != PROP_STRINGS)
		return false;
	for (size_t i = 0; prop->pattern != NULL && i < ARRAY_LEN(kinds); i++)
		special |= has_pattern(&kinds[i], prop->pattern->name);
	return special ? has_pattern(&kinds[what], prop->pattern->name) : what != EXPORT_SUBNETS;
}

/* ---- names ---- */

/* The names of outputs that there is one of. */
static const struct usual {
	struct str name;
	enum export_what what;
} usual[] = {
	{STR_INIT("VPC"), EXPORT_VPC},
	{STR_INIT("PublicSubnet"), EXPORT_SUBNET},
	{STR_INIT("PrimaryPrivateSubnet"), EXPORT_SUBNET},
	{STR_INIT("PublicSubnets"), EXPORT_SUBNETS},
	{STR_INIT("PrivateSubnets"), EXPORT_SUBNETS},
	{STR_INIT("SecurityGroup"), EXPORT_SECURITY_GROUP},
	{STR_INIT("S3BucketName"), EXPORT_BUCKET},
	{STR_INIT("KeyPairName"), EXPORT_KEY_PAIR},
	{STR_INIT("PrivateKeyCommand"), EXPORT_PRIVATE_KEY_COMMAND},
	{STR_INIT("KmsKeyArn"), EXPORT_KEY_ARN},
	{STR_INIT("VpnGatewayId"), EXPORT_VPN_GATEWAY},
	{STR_INIT("TransitGatewayId"), EXPORT_TRANSIT_GATEWAY},
	{STR_INIT("DirectConnectGatewayId"), EXPORT_DIRECT_CONNECT_GATEWAY},
};

/* Those of file systems; further ones of a type have their own name behind. */
struct storage_output {
	enum shared_storage_storage_type type;
	enum export_what what;
	const char *name;
};

static const struct storage_output storage_outputs[] = {
	{SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, EXPORT_LUSTRE_ID, "FSxLustreFilesystemId"},
	{SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, EXPORT_LUSTRE_DNS_NAME,
	 "FSxLustreFilesystemDNSname"},
	{SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, EXPORT_LUSTRE_MOUNT_NAME,
	 "FSxLustreFilesystemMountname"},
	{SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, EXPORT_OPENZFS_VOLUME, "FSxORootVolumeId"},
	{SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, EXPORT_OPENZFS_ID, "FSxOpenZfsFilesystemId"},
	{SHARED_STORAGE_STORAGE_TYPE_EFS, EXPORT_EFS_ID, "EfsFileSystemId"},
};

bool export_usual(struct str name, enum export_what *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (str_eq(usual[i].name, name)) {
			*ret = usual[i].what;
			return true;
		}
	for (size_t i = 0; i < ARRAY_LEN(storage_outputs); i++)
		if (str_eq(str_c(storage_outputs[i].name), name)) {
			*ret = storage_outputs[i].what;
			return true;
		}
	return false;
}

/* ---- the list ---- */

struct list {
	struct arena *a;
	struct env_export *items;
	size_t n;
	struct map names;
	bool distinct; /* a name that is taken gets a tail, and not a second meaning */
};

bool export_same(const struct env_export *a, const struct env_export *b)
{
	return a->what == b->what && a->subnet == b->subnet && a->group == b->group &&
	       a->storage == b->storage && a->bucket == b->bucket && a->vpn == b->vpn &&
	       a->row == b->row;
}

/* Adds x unless it stands there already under this name. */
static void add(struct list *l, struct str name, struct env_export x)
{
	const struct env_export *before = map_get(&l->names, name);

	if (before != NULL && export_same(before, &x))
		return;
	if (before != NULL && l->distinct) {
		name = arena_fmt(l->a, STR_F "%08x", STR_A(name),
				 (unsigned)(str_hash(x.of) & 0xffffffffu));
		before = NULL;
	}
	x.name = name;
	x.exported = x.what != EXPORT_SUBNETS && x.what != EXPORT_PRIVATE_KEY_COMMAND;
	l->items[l->n] = x;
	if (before == NULL)
		map_put(&l->names, l->a, name, &l->items[l->n]);
	l->n++;
}

/* `name` without all but letters and digits, which names of outputs are made of. */
static struct str plain(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
			buf_char(&b, c);
	}
	return buf_str(&b);
}

static struct str joined(struct arena *a, const char *head, struct str tail)
{
	return arena_fmt(a, "%s" STR_F, head, STR_A(tail));
}

static void add_subnet(struct list *l, struct str name, const struct net_subnet *s)
{
	if (s != NULL && name.n > 0)
		add(l, name, (struct env_export){.what = EXPORT_SUBNET, .at = s->at, .subnet = s});
}

/* All subnets of a type under one name; nothing where there is none. */
static void add_subnets(struct list *l, const char *name, const struct net *n,
			enum subnet_type type)
{
	const struct net_subnet **members = NEW_ARRAY(l->a, const struct net_subnet *, n->nsubnets);
	struct env_export x = {.what = EXPORT_SUBNETS, .at = &n->m->section, .members = members};

	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == type && n->subnets[i].name.n > 0)
			members[x.nmembers++] = &n->subnets[i];
	if (x.nmembers > 0) {
		add(l, str_c(name), x);
	}
}

static void add_network(struct list *l, const struct net *n)
{
	const struct net_subnet *inner = net_first_inner(n);

	add(l, STR("VPC"), (struct env_export){.what = EXPORT_VPC, .at = &n->m->section});
	add_subnet(l, STR("PublicSubnet"), net_first(n, SUBNET_TYPE_PUBLIC));
	add_subnet(l, STR("PrimaryPrivateSubnet"), inner);
	add_subnets(l, "PublicSubnets", n, SUBNET_TYPE_PUBLIC);
	if (inner != NULL)
		add_subnets(l, "PrivateSubnets", n, inner->type);
	for (size_t i = 0; i < n->nsubnets; i++)
		add_subnet(l, n->subnets[i].name, &n->subnets[i]);
}

static void add_groups(struct list *l, const struct environment *e)
{
	const struct env_security_group_list *groups = &e->security_groups;
	struct env_export x = {.what = EXPORT_SECURITY_GROUP, .at = &e->section};

	if (e->at.security_groups.state == FIELD_ABSENT)
		add(l, STR("SecurityGroup"), x);
	for (size_t i = 0; i < groups->n; i++) {
		x.group = &groups->items[i];
		x.at = &x.group->section;
		if (i == 0)
			add(l, STR("SecurityGroup"), x);
		else if (x.group->name.n > 0)
			add(l, joined(l->a, "SecurityGroup", x.group->name), x);
	}
}

/* Does the file name one that is there already? Its id is no output of the stack. */
static bool exists(const struct shared_storage *s)
{
	return s->fsx_lustre_settings.file_system_id.n > 0 ||
	       s->efs_settings.file_system_id.n > 0 || s->fsx_open_zfs_settings.volume_id.n > 0;
}

/* The outputs of a file system: the first one of its type has the plain names, others have their own behind. */
static void add_storage(struct list *l, const struct shared_storage *s, bool first)
{
	struct str tail = first ? (struct str){0} : plain(l->a, s->name);
	struct env_export x = {.at = &s->section, .storage = s, .of = s->name};

	if (!first && tail.n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(storage_outputs); i++)
		if (storage_outputs[i].type == s->storage_type) {
			x.what = storage_outputs[i].what;
			add(l, joined(l->a, storage_outputs[i].name, tail), x);
		}
}

static void add_storages(struct list *l, const struct shared_storage_list *storages)
{
	uint32_t seen = 0; /* a bit for each type */

	for (size_t i = 0; i < storages->n; i++) {
		const struct shared_storage *s = &storages->items[i];
		uint32_t type = UINT32_C(1) << s->storage_type;

		if (exists(s))
			continue;
		add_storage(l, s, (seen & type) == 0);
		seen |= type;
	}
}

static void add_buckets(struct list *l, const struct bucket_list *buckets)
{
	for (size_t i = 0; i < buckets->n; i++) {
		const struct bucket *b = &buckets->items[i];
		struct env_export x = {.what = EXPORT_BUCKET, .at = &b->section, .bucket = b};

		if (i == 0)
			add(l, STR("S3BucketName"), x);
		if (b->name.n > 0)
			add(l, b->name, x);
	}
}

static void add_keys(struct list *l, const struct environment *e)
{
	if (e->key_pair.section.written) {
		add(l, STR("KeyPairName"),
		    (struct env_export){.what = EXPORT_KEY_PAIR, .at = &e->key_pair.section});
		if (e->key_pair.at.public_key_material.state == FIELD_ABSENT)
			add(l, STR("PrivateKeyCommand"),
			    (struct env_export){.what = EXPORT_PRIVATE_KEY_COMMAND,
						.at = &e->key_pair.section});
	}
	if (e->kms_key.section.written)
		add(l, STR("KmsKeyArn"),
		    (struct env_export){.what = EXPORT_KEY_ARN, .at = &e->kms_key.section});
}

static void add_hybrid(struct list *l, const struct hybrid_network *h)
{
	const struct hybrid_gateway *g = &h->gateway;

	if (!h->section.written)
		return;
	if (g->type == HYBRID_GATEWAY_TYPE_VIRTUAL_PRIVATE_GATEWAY)
		add(l, STR("VpnGatewayId"),
		    (struct env_export){.what = EXPORT_VPN_GATEWAY, .at = &g->section});
	else if (g->type == HYBRID_GATEWAY_TYPE_TRANSIT_GATEWAY)
		add(l, STR("TransitGatewayId"),
		    (struct env_export){.what = EXPORT_TRANSIT_GATEWAY, .at = &g->section});
	if (h->direct_connect.section.written)
		add(l, STR("DirectConnectGatewayId"),
		    (struct env_export){.what = EXPORT_DIRECT_CONNECT_GATEWAY,
					.at = &h->direct_connect.section});
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		const struct vpn_connection *v = &h->vpn_connections.items[i];

		if (v->name.n > 0)
			add(l, v->name,
			    (struct env_export){
				    .what = EXPORT_VPN_CONNECTION, .at = &v->section, .vpn = v});
	}
}

struct exports exports_of(struct arena *a, const struct environment *e, const struct net *n)
{
	enum {
		ALWAYS = 16
	}; /* outputs that come once: of the network, groups, keys and gateways */
	size_t most = ALWAYS + n->nsubnets + e->security_groups.n + 2 * e->buckets.n +
		      ARRAY_LEN(storage_outputs) * e->shared_storage.n +
		      e->hybrid_network.vpn_connections.n;
	struct list l = {.a = a, .items = NEW_ARRAY(a, struct env_export, most)};

	add_network(&l, n);
	add_groups(&l, e);
	add_storages(&l, &e->shared_storage);
	add_buckets(&l, &e->buckets);
	add_keys(&l, e);
	add_hybrid(&l, &e->hybrid_network);
	return (struct exports){l.items, l.n, l.names};
}

/* ---- of a batch stack ---- */

/* An output of a row that has a name: `head` and the words of the name. */
static void add_row(struct list *l, enum export_what what, const char *head, struct str name,
		    const struct section_at *at, size_t row)
{
	struct buf b = buf_in(l->a);

	buf_add(&b, str_c(head));
	buf_pascal(&b, name);
	if (name.n > 0)
		add(l, buf_str(&b),
		    (struct env_export){.what = what, .at = at, .row = row, .of = name});
}

/* Of a stack. Source: CloudFormation quotas. */
enum { MAX_OUTPUTS = 200 };

static void add_rows(struct list *l, const struct batch_view *v)
{
	const struct batch *m = v->m;

	for (size_t i = 0; i < m->repositories.n; i++)
		add_row(l, EXPORT_REPOSITORY, "Repository", m->repositories.items[i].name,
			&m->repositories.items[i].section, i);
	for (size_t i = 0; i < m->job_roles.n; i++)
		add_row(l, EXPORT_JOB_ROLE, "JobRole", m->job_roles.items[i].name,
			&m->job_roles.items[i].section, i);
	for (size_t i = 0; i < v->nenvironments; i++)
		add_row(l, EXPORT_COMPUTE_ENVIRONMENT, "ComputeEnvironment",
			v->environments[i].name, &v->environments[i].m->section, i);
	for (size_t i = 0; i < v->nenvironments; i++)
		if (m->job_roles.n > 0 && !v->environments[i].fargate)
			add_row(l, EXPORT_INSTANCE_ROLE, "InstanceRole", v->environments[i].name,
				&v->environments[i].m->section, i);
	for (size_t i = 0; i < v->nqueues; i++)
		add_row(l, EXPORT_JOB_QUEUE, "JobQueue", v->queues[i].name,
			v->queues[i].m != NULL ? &v->queues[i].m->section
					       : &v->queues[i].workflow->section,
			i);
	for (size_t i = 0; i < m->workflows.n; i++) {
		const struct workflow *w = &m->workflows.items[i];
		struct batch_workflow whole = workflow_of(l->a, v, w);

		if (!workflow_whole(&whole))
			continue;
		add_row(l, EXPORT_WORKFLOW, "Workflow", w->name, &w->section, i);
		add_row(l, EXPORT_PARAMETERS, "Parameters", w->name, &w->section, i);
	}
	if (l->n + v->njobs > MAX_OUTPUTS)
		return; /* their names say it all: what is left out of the outputs can be read in the file */
	for (size_t i = 0; i < v->njobs; i++)
		add_row(l, EXPORT_JOB_DEFINITION, "JobDefinition", v->jobs[i].m->name,
			&v->jobs[i].m->section, i);
}

struct exports exports_of_batch(struct arena *a, const struct batch_view *v)
{
	enum { ALWAYS = 4 };
	const struct batch *m = v->m;
	size_t most = ALWAYS + m->repositories.n + m->job_roles.n + 2 * v->nenvironments +
		      v->nqueues + v->njobs + 2 * m->workflows.n + 2 * m->buckets.n +
		      ARRAY_LEN(storage_outputs) * m->shared_storage.n;
	struct list l = {.a = a, .items = NEW_ARRAY(a, struct env_export, most), .distinct = true};

	add_storages(&l, &m->shared_storage);
	add_buckets(&l, &m->buckets);
	if (batch_needs_execution_role(v))
		add(&l, STR("ExecutionRole"),
		    (struct env_export){.what = EXPORT_EXECUTION_ROLE, .at = &m->section});
	if (batch_logs_jobs(v))
		add(&l, STR("JobLogs"),
		    (struct env_export){.what = EXPORT_JOB_LOGS, .at = &m->section});
	if (m->job_roles.n > 0)
		add(&l, STR("SubmitPolicy"),
		    (struct env_export){.what = EXPORT_SUBMIT_POLICY, .at = &m->section});
	if (m->notifications.section.written && m->notifications.at.topic_arn.state == FIELD_ABSENT)
		add(&l, STR("NotificationTopic"),
		    (struct env_export){.what = EXPORT_TOPIC, .at = &m->notifications.section});
	add_rows(&l, v);
	return (struct exports){l.items, l.n, l.names};
}

/* ---- asking it ---- */

const struct env_export *export_named(const struct exports *x, struct str name)
{
	return map_get(&x->names, name);
}

struct str export_nearest(const struct exports *x, struct str name)
{
	unsigned least = near_limit(name) + 1;
	struct str near = {0};

	for (size_t i = 0; i < x->n; i++) {
		unsigned distance = edit_distance(x->items[i].name, name, least - 1);

		if (distance >= least)
			continue;
		near = x->items[i].name;
		least = distance;
		if (least == 0)
			break;
	}
	return near;
}
