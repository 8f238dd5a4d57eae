/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - the tags of resources: our own, then those of the user. */
#ifndef HPCC_TAGS_H
#define HPCC_TAGS_H

#include "lowering/aws/stack.h"

/* The tag by which a budget tells the costs of a stack; it is made active once as a cost allocation tag. */
#define STACK_TAG "hpcc:stack"

/* {"Key": key, "Value": value} appended to a Tags list. */
void tag_add(struct stack *st, struct ir_value *tags, const char *key, struct ir_value *value);
/*
 * The tags of one resource: hpcc:cluster, hpcc:node-type (unless `node_type` is NULL), Name = `name`
 * (unless NULL), then the Tags of the file. `node_type` is "HeadNode", "Compute" or "LoginNode", NULL
 * for things that are no node. A Tags entry of the user with the key Name replaces `name`.
 */
struct ir_value *tags_for(struct stack *st, struct ir_value *name, const char *node_type);

/*
 * Adds the tags of a thing that is no node as `member` of `object`: Name = `name` (unless NULL), the stack
 * where it wants that, and the Tags of the file; nothing when there are none. CloudFormation tags such things with the
 * stack itself.
 */
void tags_put(struct stack *st, struct ir_value *object, const char *member, struct ir_value *name);

/*
 * Sets the Tags of the user (of a queue, a compute resource): a key that is there gets the new value. Those that
 * is_own_tag names are left out.
 */
void tags_set(struct stack *st, struct ir_value *tags, const struct tag_list *user);
/* LaunchTemplateData.TagSpecifications: `tags` on instances and their volumes. */
struct ir_value *tag_specifications(struct stack *st, struct ir_value *tags);

/* A new resource of a type with Tags; its tag Name is the stack's with `name` behind it, where that is not empty. */
struct ir_resource *named_resource(struct stack *st, struct str id, const char *type,
				   struct str name, struct ir_origin origin);

#endif
