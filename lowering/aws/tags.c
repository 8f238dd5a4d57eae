/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - tags as the graph spells them. */
#include "lowering/aws/tags.h"

#include "compiler/model/effective.h"

static struct ir_value *tag_new(struct stack *st, struct str key, struct ir_value *value)
{
	struct ir_value *tag = ir_object(st->g);

	ir_put_text(st->g, tag, "Key", key);
	return ir_put(st->g, tag, "Value", value);
}

/* Puts `tag` in the place of the one with its key, or at the end. Items may be shared: none is changed. */
static void tag_set(struct stack *st, struct ir_value *tags, struct ir_value *tag)
{
	struct str key = ir_get(tag, STR("Key"))->text;

	for (size_t i = 0; i < tags->n; i++) {
		if (!str_eq(ir_get(tags->items[i], STR("Key"))->text, key))
			continue;
		tags->items[i] = tag;
		return;
	}
	ir_push(st->g, tags, tag);
}

void tag_add(struct stack *st, struct ir_value *tags, const char *key, struct ir_value *value)
{
	tag_set(st, tags, tag_new(st, str_c(key), value));
}

void tags_set(struct stack *st, struct ir_value *tags, const struct tag_list *user)
{
	for (size_t i = 0; i < user->n; i++)
		if (!is_own_tag(user->items[i].key))
			tag_set(st, tags,
				tag_new(st, user->items[i].key,
					ir_text(st->g, user->items[i].value)));
}

struct ir_value *tags_for(struct stack *st, struct ir_value *name, const char *node_type)
{
	struct ir_value *tags = ir_list(st->g);

	tag_add(st, tags, "hpcc:cluster", ir_ref(st->g, STR("AWS::StackName")));
	if (node_type != NULL)
		tag_add(st, tags, "hpcc:node-type", ir_text(st->g, str_c(node_type)));
	if (name != NULL)
		tag_add(st, tags, "Name", name);
	tags_set(st, tags, st->tags);
	return tags;
}

void tags_put(struct stack *st, struct ir_value *object, const char *member, struct ir_value *name)
{
	struct ir_value *tags = ir_list(st->g);

	if (st->stack_tag)
		tag_add(st, tags, STACK_TAG, ir_ref(st->g, STR("AWS::StackName")));
	if (name != NULL)
		tag_add(st, tags, "Name", name);
	tags_set(st, tags, st->tags);
	if (tags->n > 0)
		ir_put(st->g, object, member, tags);
}

struct ir_value *tag_specifications(struct stack *st, struct ir_value *tags)
{
	static const char *const on[] = {"instance", "volume"};
	struct ir_value *list = ir_list(st->g);

	for (size_t i = 0; i < ARRAY_LEN(on); i++) {
		struct ir_value *spec = ir_object(st->g);

		ir_put_text(st->g, spec, "ResourceType", str_c(on[i]));
		ir_push(st->g, list, ir_put(st->g, spec, "Tags", tags));
	}
	return list;
}

struct ir_resource *named_resource(struct stack *st, struct str id, const char *type,
				   struct str name, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, type, origin);
	struct ir_value *full = name.n == 0
					? ir_ref(st->g, STR("AWS::StackName"))
					: ir_subf(st->g, "${AWS::StackName}-" STR_F, STR_A(name));

	tags_put(st, r->properties, "Tags", full);
	return r;
}
