/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ground.c - what the file says of the AWS Batch side, and where that which is submitted lies.
 *
 * awsbsub puts an empty object into a bucket for each job, and scripts and input files beside it, so there has to be
 * one: CustomS3Bucket, else one that the stack makes and keeps.
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/buckets.h"
#include "lowering/awsbatch/awsbatch.h"

const struct aws_batch_queue *awsbatch_queue(const struct lowering *l)
{
	return &l->c->scheduling.aws_batch_queues.items[0];
}

const struct aws_batch_compute_resource *awsbatch_resource(const struct lowering *l)
{
	return &awsbatch_queue(l)->compute_resources.items[0];
}

static bool is_exported(const struct shared_storage *m)
{
	return m->storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS;
}

struct model_strings awsbatch_exports(struct lowering *l)
{
	const struct shared_storage_list *list = &l->c->shared_storage;
	struct model_string *items = NEW_ARRAY(l->st.a, struct model_string, list->n + 1);
	struct model_strings dirs = {.items = items};
	bool home = true;

	for (size_t i = 0; i < list->n; i++)
		home &= !str_eq(mount_dir(l->st.a, list->items[i].mount_dir), STR("/home"));
	if (home)
		items[dirs.n++].text = STR("/home");
	for (size_t i = 0; i < list->n; i++)
		if (is_exported(&list->items[i]))
			items[dirs.n++].text = mount_dir(l->st.a, list->items[i].mount_dir);
	return dirs;
}

/* ---- parameters that the commands read ---- */

static struct ir_parameter *parameter(struct lowering *l, const char *name, const char *description,
				      struct str value, struct ir_origin origin)
{
	struct ir_parameter *p =
		ir_add_parameter(l->st.g, str_c(name), "String", str_c(description), origin);

	p->default_value = ir_text(l->st.g, value);
	return p;
}

/* ---- the bucket ---- */

/* One of its own, which stays when the stack goes: somebody may want what jobs have sent. */
static struct ir_value *own_bucket(struct lowering *l, struct ir_origin origin)
{
	struct bucket *m = NEW(l->st.a, struct bucket);
	struct lowered_bucket made;

	m->name = STR("Jobs");
	m->deletion_policy = BUCKET_DELETION_POLICY_RETAIN;
	m->section.span = origin.at;
	m->section.path = origin.path;
	made = bucket_add(&l->st, m, NULL);
	return ir_ref(l->st.g, made.resource);
}

void pass_awsbatch_ground(struct lowering *l)
{
	const struct cluster *c = l->c;
	struct ir_origin queue = origin_of_section(&awsbatch_queue(l)->section);
	struct ir_origin bucket = origin_of(&c->section, &c->at.custom_s3_bucket);
	struct str word = STR("awsbatch");
	struct ir_parameter *p;

	parameter(l, "Scheduler", "Who runs the jobs", word, queue)->allowed_values =
		ir_push(l->st.g, ir_list(l->st.g), ir_text(l->st.g, word));
	parameter(l, AWSBATCH_ARTIFACTS, "Folder of the bucket for what awsbsub sends", STR("hpcc"),
		  queue)
		->allowed_pattern = STR("[A-Za-z0-9._/-]+");
	if (c->custom_s3_bucket.n == 0)
		l->awsbatch.bucket = own_bucket(l, queue);
	else if (!text_is_known(c->custom_s3_bucket))
		l->awsbatch.bucket = ir_text(l->st.g, c->custom_s3_bucket);
	else {
		p = parameter(l, "ResourcesS3Bucket", "Bucket for what awsbsub sends",
			      c->custom_s3_bucket, bucket);
		l->awsbatch.bucket = ir_ref(l->st.g, p->name);
	}
}

struct ir_value *awsbatch_sent(struct lowering *l, const char *below)
{
	struct ir_value *v = ir_subf(
		l->st.g, "arn:${AWS::Partition}:s3:::${Bucket}/${" AWSBATCH_ARTIFACTS "}/batch/%s",
		below);

	return ir_put(l->st.g, v, "Bucket", l->awsbatch.bucket);
}
