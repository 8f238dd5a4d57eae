/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam.c - what the nodes may do.
 *
 * For each kind of node the user may give an instance profile (nothing is made), a role (only a profile is
 * made), or managed policies that are added to the role made here. Statements name the actions that the
 * scripts in templates/ use, on the resources of this cluster: by ARN where the id is known, by the tag
 * hpcc:cluster where instances come and go. "*" stands only with actions for which AWS knows no resource;
 * each place says so.
 *
 * Compute nodes ask AWS nothing by themselves; they get a role only for logs, S3 or file systems that want
 * one. Queues that want nothing special share it.
 */
#include "lowering/cluster/iam.h"

#include "lowering/aws/grants.h"

static struct ir_value *one(struct lowering *l, struct ir_value *v)
{
	return ir_push(l->st.g, ir_list(l->st.g), v);
}

/* ---- statements that several kinds of nodes have ---- */

/*
 * The CloudWatch agent: our log group, and metrics in its namespace. PutMetricData knows no
 * resource; the namespace is the narrowest condition there is.
 */
static void allow_logs(struct lowering *l, struct ir_value *statements)
{
	if (l->log_group == NULL)
		return;
	/* The ARN of a group ends in ":*", its streams. */
	allow(&l->st, statements, "Logs",
	      "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
	      ir_getatt(l->st.g, l->log_group->text, STR("Arn")));
	allow_when(&l->st,
		   allow(&l->st, statements, "Metrics", "cloudwatch:PutMetricData",
			 any_resource(&l->st)),
		   "cloudwatch:namespace", ir_text(l->st.g, STR("CWAgent")));
}

/* File systems that let only known roles mount (IamAuthorization). */
static void allow_efs(struct lowering *l, struct ir_value *statements)
{
	struct ir_value *systems = ir_list(l->st.g);

	for (size_t i = 0; i < l->nstorage; i++) {
		const struct lowered_storage *s = &l->storage[i];
		struct ir_value *id = ir_get(s->settings, STR("FileSystemId"));

		if (s->model == NULL || !s->model->efs_settings.iam_authorization || id == NULL)
			continue;
		ir_push(l->st.g, systems,
			ir_put(l->st.g, arn(&l->st, "elasticfilesystem", STR("file-system/${F}")),
			       "F", id));
	}
	if (systems->n > 0)
		allow(&l->st, statements, "Efs",
		      "elasticfilesystem:ClientMount elasticfilesystem:ClientRootAccess "
		      "elasticfilesystem:ClientWrite",
		      systems);
}

/* ---- compute nodes ---- */

static void compute_profiles(struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;
	struct granted shared = {0};

	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		struct wish w = node_wish(&q->iam);
		struct ir_value *statements = ir_list(l->st.g);
		struct granted g;

		allow_logs(l, statements);
		allow_efs(l, statements);
		if (wants_own(&w)) {
			allow_s3(&l->st, statements, w.s3);
			g = grant(&l->st, ir_unique_id(l->st.g, "Queue", &q->name, 1), &w,
				  statements);
		} else {
			if (shared.profile == NULL && statements->n > 0)
				shared = grant(&l->st, STR("Compute"), &w, statements);
			g = shared;
		}
		l->queues[i].profile = g.profile;
		l->queues[i].role_arn = g.role_arn;
	}
}

/* ---- login nodes ---- */

static void login_profiles(struct lowering *l)
{
	const struct login_pool_list *pools = &l->c->login_nodes.pools;

	for (size_t i = 0; i < pools->n; i++) {
		const struct login_pool *p = &pools->items[i];
		struct wish w = {.profile_arn = p->iam.instance_profile,
				 .role_arn = p->iam.instance_role,
				 .policies = &p->iam.additional_iam_policies,
				 .origin = origin_of_section(&p->iam.section)};
		struct ir_value *statements = ir_list(l->st.g);
		struct str group = STR("autoScalingGroup:*:autoScalingGroupName/${G}");

		/* The node says itself when it is ready, and when its users have left. */
		allow(&l->st, statements, "Lifecycle", "autoscaling:CompleteLifecycleAction",
		      one(l, ir_put(l->st.g, arn(&l->st, "autoscaling", group), "G",
				    pool_group_name(l, i))));
		allow_logs(l, statements);
		allow_efs(l, statements);
		l->pools[i].profile =
			grant(&l->st, ir_unique_id(l->st.g, "Login", &p->name, 1), &w, statements)
				.profile;
	}
}

void pass_iam(struct lowering *l)
{
	compute_profiles(l);
	login_profiles(l);
}

/* ---- head node ---- */

void pass_head_iam(struct lowering *l)
{
	struct wish w = node_wish(&l->c->head_node.iam);
	struct ir_value *statements = ir_list(l->st.g);
	struct granted g;

	if (w.profile_arn.n > 0) {
		l->head_profile = ir_text(l->st.g, arn_name(w.profile_arn));
		return;
	}
	if (l->awsbatch.policy.n > 0)
		w.managed = one(l, ir_ref(l->st.g, l->awsbatch.policy));
	head_statements(l, statements);
	allow_logs(l, statements);
	allow_efs(l, statements);
	allow_s3(&l->st, statements, w.s3);
	g = grant(&l->st, STR("HeadNode"), &w, statements);
	l->head_profile = g.profile;
	l->head_role_arn = g.role_arn;
}
