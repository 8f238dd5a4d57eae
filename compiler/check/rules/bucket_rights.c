/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bucket_rights.c - what a node fetches from S3, its role may read.
 *
 * Scripts of custom actions and the included file of Slurm are fetched by the node itself, with the rights of its
 * role. A role that the cluster makes can read a bucket where S3Access or a policy says so, and nowhere else; without
 * the right the node fails at boot. What a role, a profile or a policy of the user's own allows is not known.
 */
#include "compiler/base/map.h"
#include "compiler/base/search.h"
#include "compiler/check/rules/arn.h"
#include "compiler/check/rules/placeholders.h"
#include "compiler/check/rules/rule.h"
#include "compiler/model/batch.h"

/* One item of S3Access, and the next of the same kind. */
struct grant {
	const struct s3_access *of;
	const struct grant *next;
};

/* The rights of one kind of node, as far as the file tells. */
struct node_rights {
	const char *kind;		    /* "the queue" */
	struct str name;		    /* of the queue or pool, or empty */
	const struct s3_access_list *s3;    /* NULL: the kind has no S3Access */
	const struct iam_policy_list *more; /* AdditionalIamPolicies */
	bool unknown;			    /* a role or profile that exists, or a faulty section */
	bool indexed;			    /* the rest is set, with the first file that needs it */
	struct map named;		    /* bucket -> struct grant */
	const struct grant *patterns;	    /* of names with `*` or `?` */
	size_t compared;		    /* grants with files, so far */
};

/* Far more than a policy of IAM has room for, times the scripts of a node; beyond it nothing is claimed. */
enum { MOST_COMPARED = 1 << 16 };

/* A file that the node fetches. */
struct fetched {
	struct str url;
	const struct field_at *at;
};

/* Policies of AWS without S3 in their names that let any object be read. Source: AWS managed policy reference. */
static bool reads_all_objects(struct str policy)
{
	static const char *const names[] = {
		"AdministratorAccess",
		"PowerUserAccess",
		"ReadOnlyAccess",
		"SystemAdministrator",
		"DataScientist",
		"AmazonEC2RoleforSSM",
		"AmazonElasticMapReduceRole",
		"AmazonElasticMapReduceforEC2Role",
	};
	size_t slash = str_find(policy, '/', 0);

	while (slash < policy.n) {
		policy = str_slice(policy, slash + 1, policy.n);
		slash = str_find(policy, '/', 0);
	}
	return str_find_str(policy, STR("S3"), 0) != SIZE_MAX || AMONG(policy, names);
}

/* May the policy allow it? One of the user's own may. */
static bool policy_may_read(const struct iam_policy *p)
{
	struct arn a;

	return !KNOWN(p, policy) || !arn_parse(p->policy, &a) || !str_eq(a.account, STR("aws")) ||
	       reads_all_objects(a.resource);
}

static void index_rights(const struct rules *r, struct node_rights *n)
{
	n->indexed = true;
	for (size_t i = 0; i < n->more->n && !n->unknown; i++)
		n->unknown = policy_may_read(&n->more->items[i]);
	for (size_t i = 0; n->s3 != NULL && i < n->s3->n && !n->unknown; i++) {
		const struct s3_access *s = &n->s3->items[i];
		struct grant *g = NEW(r->a, struct grant);
		bool pattern = str_find(s->bucket_name, '*', 0) < s->bucket_name.n ||
			       str_find(s->bucket_name, '?', 0) < s->bucket_name.n;

		n->unknown = s->section.poisoned || !text_is_known(s->bucket_name);
		*g = (struct grant){s, pattern ? n->patterns : map_get(&n->named, s->bucket_name)};
		if (pattern)
			n->patterns = g;
		else
			map_put(&n->named, r->a, s->bucket_name, g);
	}
}

static bool grants_key(struct node_rights *n, const struct grant *g, struct str bucket,
		       struct str key)
{
	for (; g != NULL; g = g->next)
		if (++n->compared > MOST_COMPARED ||
		    (str_glob(g->of->bucket_name, bucket) &&
		     (g->of->key_name.n == 0 || str_glob(g->of->key_name, key))))
			return true;
	return false;
}

/* Points at the S3Access of the bucket that leaves the key out. */
static void label_other_keys(const struct rules *r, struct diag *d, const struct grant *g,
			     struct str bucket)
{
	for (; g != NULL; g = g->next)
		if (str_glob(g->of->bucket_name, bucket))
			diag_label(r->ds, d, g->of->at.key_name.value,
				   "S3Access reaches these keys only; `*` stands for any text");
}

/* "the head node", "the queue `work`" */
static struct str node_words(const struct rules *r, const struct node_rights *n)
{
	return n->name.n == 0 ? str_c(n->kind)
			      : arena_fmt(r->a, "%s `" STR_F "`", n->kind, STR_A(n->name));
}

static void can_fetch(const struct rules *r, struct node_rights *n, struct fetched f)
{
	struct str place = str_slice(f.url, STR("s3://").n, f.url.n);
	size_t slash = str_find(place, '/', 0);
	struct str bucket = str_slice(place, 0, slash), node;
	struct str key = str_slice(place, slash + 1, place.n);
	const struct grant *named;
	struct diag *d;

	if (!is_written(f.at) || !text_is_known(f.url) || !str_starts(f.url, STR("s3://")) ||
	    n->unknown || placeholder_in(bucket).n > 0)
		return;
	if (!n->indexed)
		index_rights(r, n);
	named = map_get(&n->named, bucket);
	if (n->unknown || grants_key(n, named, bucket, key) ||
	    grants_key(n, n->patterns, bucket, key))
		return;
	node = node_words(r, n);
	d = diag_bucket_not_readable(r->ds, f.at->value, node, f.url);
	label_other_keys(r, d, named, bucket);
	label_other_keys(r, d, n->patterns, bucket);
	diag_note(r->ds, d,
		  "the node fetches it with the rights of its own role, and fails without");
	if (n->s3 != NULL)
		diag_help(r->ds, d, "write `Iam: {S3Access: [{BucketName: " STR_F "}]}` for " STR_F,
			  STR_A(bucket), STR_A(node));
	else
		diag_help(r->ds, d,
			  "login nodes have no S3Access: give a policy in "
			  "`Iam: {AdditionalIamPolicies: [{Policy: ARN}]}`");
}

static void action(const struct rules *r, struct node_rights *n, const struct custom_action *a)
{
	can_fetch(r, n, (struct fetched){a->script, &a->at.script});
	for (size_t i = 0; i < a->sequence.n; i++)
		can_fetch(r, n,
			  (struct fetched){a->sequence.items[i].script,
					   &a->sequence.items[i].at.script});
}

static void actions(const struct rules *r, struct node_rights *n, const struct custom_actions *a)
{
	action(r, n, &a->on_node_start);
	action(r, n, &a->on_node_configured);
	action(r, n, &a->on_node_updated);
}

/* What all nodes of a cluster install. */
static void packages(const struct rules *r, struct node_rights *n)
{
	const struct container_package_list *list = &r->c->containers.packages;

	for (size_t i = 0; i < list->n; i++)
		can_fetch(r, n, (struct fetched){list->items[i].url, &list->items[i].at.url});
}

static struct node_rights rights_of(const char *kind, struct str name, const struct node_iam *iam)
{
	return (struct node_rights){
		.kind = kind,
		.name = name,
		.s3 = &iam->s3_access,
		.more = &iam->additional_iam_policies,
		.unknown = iam->section.poisoned || iam->at.instance_role.state != FIELD_ABSENT ||
			   iam->at.instance_profile.state != FIELD_ABSENT,
	};
}

static struct node_rights rights_of_pool(const struct login_pool *p)
{
	const struct login_pool_iam *iam = &p->iam;

	return (struct node_rights){
		.kind = "the login pool",
		.name = p->name,
		.more = &iam->additional_iam_policies,
		.unknown = iam->section.poisoned || iam->at.instance_role.state != FIELD_ABSENT ||
			   iam->at.instance_profile.state != FIELD_ABSENT,
	};
}

static void instances_can_fetch(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		const struct queue_custom_actions *actions = &e->m->custom_actions;
		struct node_rights n = rights_of("the compute environment", e->name, &e->m->iam);

		if (e->fargate)
			continue;
		action(r, &n, &actions->on_node_start);
		action(r, &n, &actions->on_node_configured);
	}
}

static void nodes_can_fetch(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	const struct slurm_settings *slurm = &r->c->scheduling.slurm_settings;
	struct node_rights head = rights_of("the head node", STR(""), &r->c->head_node.iam);

	actions(r, &head, &r->c->head_node.custom_actions);
	packages(r, &head);
	can_fetch(r, &head,
		  (struct fetched){slurm->custom_slurm_settings_include_file,
				   &slurm->at.custom_slurm_settings_include_file});
	for (size_t i = 0; i < pools->n; i++) {
		struct node_rights n = rights_of_pool(&pools->items[i]);

		actions(r, &n, &pools->items[i].custom_actions);
		packages(r, &n);
	}
	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		struct node_rights n = rights_of("the queue", q->name, &q->iam);

		action(r, &n, &q->custom_actions.on_node_start);
		action(r, &n, &q->custom_actions.on_node_configured);
		packages(r, &n);
	}
}

/* Source: ParallelCluster user guide, S3Access and CustomActions. */
void rule_buckets_readable(const struct rules *r)
{
	if (r->b != NULL)
		instances_can_fetch(r);
	else
		nodes_can_fetch(r);
}
