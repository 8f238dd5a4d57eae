/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awsbatch_practice.c - what is worth knowing of clusters with the scheduler awsbatch: what has no effect, costs, or is
 * made in another way than by ParallelCluster.
 *
 * Where a file is judged by a release of ParallelCluster, nothing is said of what the stack of hpcc has instead.
 */
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/standing.h"
#include "compiler/model/network.h"

#define CAPACITY(x) AWS_BATCH_QUEUE_CAPACITY_TYPE_##x

static const struct aws_batch_queue_list *queues(const struct rules *r)
{
	return &r->c->scheduling.aws_batch_queues;
}

/* ---- the system ---- */

/* Source: AWS Batch API, Ec2Configuration.imageType, botocore 1.44.8. */
void rule_awsbatch_old_system(const struct rules *r)
{
	const struct image *i = &r->c->image;
	struct diag *d;

	if (!WRITTEN(i, os) || i->os != IMAGE_OS_ALINUX2)
		return;
	d = diag_awsbatch_old_system(r->ds, i->at.os.value);
	diag_note(r->ds, d,
		  "AWS Batch makes no new environment from its images of Amazon Linux 2 since "
		  "2026-06-30");
	if (r->knows == 0)
		diag_note(r->ds, d,
			  "the head node has Python 3.7, with which `awsbsub` cannot be installed "
			  "any "
			  "more: `aws batch` works there");
	diag_fix(r->ds, d, d->at, STR("alinux2023"), false);
}

/* ---- how instances are bought ---- */

void rule_awsbatch_spot(const struct rules *r)
{
	for (size_t i = 0; r->knows == 0 && i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];
		struct diag *d;

		if (!WRITTEN(q, capacity_type) || q->capacity_type != CAPACITY(SPOT))
			continue;
		d = diag_awsbatch_spot(r->ds, q->at.capacity_type.value);
		diag_note(r->ds, d,
			  "it interrupts fewer jobs, needs no role for a Spot fleet, and can "
			  "be updated in place");
		diag_note(r->ds, d,
			  "jobs on several nodes (`awsbsub -n`) do not run on Spot instances");
	}
}

void rule_awsbatch_capacity_block(const struct rules *r)
{
	for (size_t i = 0; i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];

		if (WRITTEN(q, capacity_type) && q->capacity_type == CAPACITY(CAPACITY_BLOCK))
			diag_help(r->ds,
				  diag_awsbatch_capacity_block(r->ds, q->at.capacity_type.value),
				  "a batch file has `CapacityBlock`; `hpcc expand --kind=batch` "
				  "prints one");
	}
}

void rule_awsbatch_bid(const struct rules *r)
{
	for (size_t i = 0; i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];

		for (size_t k = 0; USABLE(q, capacity_type) && q->capacity_type != CAPACITY(SPOT) &&
				   k < q->compute_resources.n;
		     k++) {
			const struct aws_batch_compute_resource *c = &q->compute_resources.items[k];
			struct diag *d;

			if (!WRITTEN(c, spot_bid_percentage))
				continue;
			d = diag_awsbatch_bid(
				r->ds, c->at.spot_bid_percentage.value,
				enum_text(PROP_AwsBatchQueue_CapacityType, (int)q->capacity_type));
			if (WRITTEN(q, capacity_type))
				diag_label(r->ds, d, q->at.capacity_type.value,
					   "the capacity type");
			diag_help(r->ds, d, "write `CapacityType: SPOT`, or drop it");
		}
	}
}

void rule_awsbatch_always_on(const struct rules *r)
{
	for (size_t i = 0; i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];

		for (size_t k = 0; k < q->compute_resources.n; k++) {
			const struct aws_batch_compute_resource *c = &q->compute_resources.items[k];

			if (WRITTEN(c, minv_cpus) && c->minv_cpus > 0 &&
			    (!USABLE(c, maxv_cpus) || c->minv_cpus <= c->maxv_cpus))
				diag_help(r->ds,
					  diag_awsbatch_always_on(r->ds, c->at.minv_cpus.value,
								  (long long)c->minv_cpus),
					  "with `MinvCpus: 0` instances start with the first job");
		}
	}
}

/* ---- what the head node has ---- */

void rule_awsbatch_bucket(const struct rules *r)
{
	const struct field_at *at = &r->c->scheduling.at.aws_batch_queues;
	struct diag *d;

	if (r->knows != 0 || r->c->at.custom_s3_bucket.state != FIELD_ABSENT || !is_written(at))
		return;
	d = diag_awsbatch_bucket(r->ds, at->key);
	diag_note(r->ds, d,
		  "`awsbsub` puts the folder of each job there, with its script and input files");
	diag_help(r->ds, d, "`CustomS3Bucket` names one that is there already");
}

static void own_role(const struct rules *r, const struct field_at *at, struct str name)
{
	struct diag *d;

	if (!is_written(at))
		return;
	d = diag_awsbatch_own_role(r->ds, at->value, name);
	diag_help(r->ds, d,
		  "attach the policy to it whose ARN is the output BatchUserPolicy of the stack");
}

/* Source: ParallelCluster awsbatch_builder.py, which adds its policies to roles of its own alone. */
void rule_awsbatch_own_role(const struct rules *r)
{
	const struct node_iam *m = &r->c->head_node.iam;

	own_role(r, &m->at.instance_role, PROP_NAME(NodeIam_InstanceRole));
	own_role(r, &m->at.instance_profile, PROP_NAME(NodeIam_InstanceProfile));
}

void rule_awsbatch_actions(const struct rules *r)
{
	const struct field_at *at = &r->c->head_node.at.custom_actions;
	struct diag *d;

	if (!is_written(at))
		return;
	d = diag_awsbatch_actions(r->ds, at->key);
	diag_help(r->ds, d, "what jobs need belongs into the image of the jobs");
}

void rule_awsbatch_cli_package(const struct rules *r)
{
	const struct dev_settings *m = &r->c->dev_settings;
	struct diag *d;

	if (r->knows != 0 || !WRITTEN(m, aws_batch_cli_package))
		return;
	d = diag_awsbatch_cli_package(r->ds, m->at.aws_batch_cli_package.value);
	diag_note(r->ds, d, "where the head node cannot get it, its boot goes on without it");
	if (str_starts(m->aws_batch_cli_package, STR("s3:")))
		diag_help(r->ds, d,
			  "`HeadNode: {Iam: {S3Access: ...}}` must let it read that object");
}

/* Source: the launch template of ParallelCluster's awsbatch_builder.py has the metadata options alone. */
void rule_awsbatch_monitoring(const struct rules *r)
{
	const struct monitoring *m = &r->c->monitoring;
	struct diag *d;

	if (!WRITTEN(m, detailed_monitoring) || !m->detailed_monitoring)
		return;
	d = diag_awsbatch_monitoring(r->ds, m->at.detailed_monitoring.value);
	diag_note(r->ds, d, "the head node has it, and each of its metrics is charged");
}

/* ---- where they stand ---- */

static const struct net_subnet *subnet_of(const struct rules *r, const struct aws_batch_queue *q)
{
	const struct aws_batch_queue_networking *n = &q->networking;

	return WRITTEN(n, subnet_ids) && n->subnet_ids.n > 0
		       ? standing_subnet(r, n->subnet_ids.items[0].text)
		       : NULL;
}

/* Jobs mount what the head node exports. Source: Amazon EC2 pricing, data transfer within a Region. */
void rule_awsbatch_zones(const struct rules *r)
{
	const struct head_node_networking *h = &r->c->head_node.networking;
	const struct net *n = standing_net(r);
	const struct net_subnet *head =
		n != NULL && WRITTEN(h, subnet_id) ? standing_subnet(r, h->subnet_id) : NULL;

	for (size_t i = 0; head != NULL && head->zone != NET_NO_ZONE && i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];
		const struct net_subnet *s = subnet_of(r, q);
		struct span at = q->networking.at.subnet_ids.value;
		struct diag *d;

		if (s == NULL || s->zone == NET_NO_ZONE || s->zone == head->zone ||
		    !standing_chosen(r, at))
			continue;
		d = diag_awsbatch_zones(r->ds, at, zone_words(r, n, s->zone),
					zone_words(r, n, head->zone));
		if (standing_chosen(r, h->at.subnet_id.value))
			diag_label(r->ds, d, h->at.subnet_id.value, "the head node is here");
		diag_help(r->ds, d, "take subnets of one zone for both");
	}
}

/* Is it surely cut off: in a public subnet without an address, or in one without routes? */
static bool is_cut_off(const struct aws_batch_queue *q, const struct net_subnet *s)
{
	const struct aws_batch_queue_networking *n = &q->networking;

	if (s->type == SUBNET_TYPE_ISOLATED)
		return true;
	return s->type == SUBNET_TYPE_PUBLIC && USABLE(n, assign_public_ip) &&
	       !(WRITTEN(n, assign_public_ip) ? n->assign_public_ip : s->map_public_ip);
}

/* An instance that does not reach ECS never takes a job. Source: AWS Batch user guide, Compute environments. */
void rule_awsbatch_way_out(const struct rules *r)
{
	const struct net *n = standing_net(r);

	/* A VPC that exists may have endpoints that nobody describes. */
	if (n == NULL || !n->is_new || has_interfaces(&n->m->endpoints) ||
	    !USABLE(n->m, endpoints) || n->m->endpoints.section.poisoned)
		return;
	for (size_t i = 0; i < queues(r)->n; i++) {
		const struct aws_batch_queue *q = &queues(r)->items[i];
		const struct net_subnet *s = subnet_of(r, q);
		struct diag *d;

		if (s == NULL || !is_cut_off(q, s))
			continue;
		d = diag_instances_cut_off(r->ds, q->networking.at.subnet_ids.value, s->name);
		diag_help(r->ds, d, "%s",
			  s->type == SUBNET_TYPE_PUBLIC
				  ? "write `AssignPublicIp: true`, or take a private subnet"
				  : "write `Endpoints: {Preset: BATCH}` in the network, or take a "
				    "private subnet with a NAT gateway");
	}
}
