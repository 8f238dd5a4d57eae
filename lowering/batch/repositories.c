/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repositories.c - repositories of container images.
 *
 * One without a name of its own is named by CloudFormation: it stays when the stack goes, and must not be in the way of
 * the next one.
 */
#include "lowering/batch/batch.h"

/* All but the newest images expire. Source: ECR user guide, Lifecycle policies. */
static struct ir_value *lifecycle(struct batch_stack *l, int64_t keep)
{
	struct ir *g = l->st.g;

	return ir_put(
		g, ir_object(g), "LifecyclePolicyText",
		ir_textf(g,
			 "{\"rules\":[{\"rulePriority\":1,\"selection\":{\"tagStatus\":\"any\","
			 "\"countType\":\"imageCountMoreThan\",\"countNumber\":%lld},"
			 "\"action\":{\"type\":\"expire\"}}]}",
			 (long long)keep));
}

static struct ir_value *encryption(struct batch_stack *l, struct str key)
{
	struct ir_value *by = ir_object(l->st.g);

	ir_put_text(l->st.g, by, "EncryptionType", STR("KMS"));
	ir_put_text(l->st.g, by, "KmsKey", key);
	return by;
}

static struct str repository_add(struct batch_stack *l, const struct repository *m)
{
	struct ir *g = l->st.g;
	struct ir_resource *r = ir_add(g, batch_id(l, "Repository", m->name),
				       "AWS::ECR::Repository", origin_of_section(&m->section));
	struct ir_value *p = r->properties;
	bool stays = m->deletion_policy == REPOSITORY_DELETION_POLICY_RETAIN;

	r->deletion_policy = stays ? IR_RETAIN_EXCEPT_ON_CREATE : IR_DELETE;
	r->update_replace_policy = IR_RETAIN; /* the images stay behind in the old one */
	if (m->repository_name.n > 0)
		ir_put_text(g, p, "RepositoryName", m->repository_name);
	ir_put_text(g, p, "ImageTagMutability",
		    enum_text(PROP_Repository_ImageTagMutability, (int)m->image_tag_mutability));
	ir_put(g, p, "ImageScanningConfiguration",
	       ir_put_bool(g, ir_object(g), "ScanOnPush", m->scan_on_push));
	if (m->keep_images > 0)
		ir_put(g, p, "LifecyclePolicy", lifecycle(l, m->keep_images));
	if (m->kms_key_id.n > 0)
		ir_put(g, p, "EncryptionConfiguration", encryption(l, m->kms_key_id));
	if (!stays) /* ECR deletes none with images in it */
		ir_put_bool(g, p, "EmptyOnDelete", true);
	tags_put(&l->st, p, "Tags", NULL);
	return r->id;
}

void pass_batch_repositories(struct batch_stack *l)
{
	const struct repository_list *list = &l->b->repositories;

	l->repositories = NEW_ARRAY(l->st.a, struct str, list->n);
	for (size_t i = 0; i < list->n; i++)
		l->repositories[i] = repository_add(l, &list->items[i]);
}
