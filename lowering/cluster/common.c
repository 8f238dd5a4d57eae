/* SPDX-License-Identifier: Apache-2.0 */
/* common.c - pieces of resources that several passes need: origins, ARNs, lists, tags. */
#include "compiler/base/buf.h"
#include "lowering/cluster/cluster.h"
#include "lowering/ir/equal.h"

struct ir_origin origin_of(const struct section_at *section, const struct field_at *field)
{
	struct ir_origin o = {section->span, section->path};

	if (is_written(field))
		o.at = field->value;
	return o;
}

struct ir_origin origin_of_section(const struct section_at *section)
{
	return (struct ir_origin){section->span, section->path};
}

/* text with `with` in the place of every "${". */
static struct str reopened(struct lowering *l, struct str text, struct str with)
{
	struct buf b = buf_in(l->a);
	size_t from = 0;

	for (;;) {
		size_t at = str_find_str(text, STR("${"), from);

		if (at == SIZE_MAX)
			break;
		buf_add(&b, str_slice(text, from, at));
		buf_add(&b, with);
		from = at + 2;
	}
	if (from == 0)
		return text;
	buf_add(&b, str_slice(text, from, text.n));
	return buf_str(&b);
}

struct str sub_literal(struct lowering *l, struct str text)
{
	return reopened(l, text, STR("${!"));
}

struct str iam_literal(struct lowering *l, struct str text)
{
	return reopened(l, text, STR("${$}{"));
}

struct ir_value *arn(struct lowering *l, const char *service, struct str resource)
{
	return ir_subf(l->g, "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:" STR_F,
		       service, STR_A(resource));
}

struct ir_value *aws_managed_policy(struct lowering *l, const char *name)
{
	return ir_subf(l->g, "arn:${AWS::Partition}:iam::aws:policy/%s", name);
}

struct ir_value *text_list(struct lowering *l, const struct model_strings *items)
{
	struct ir_value *list = ir_list(l->g);

	for (size_t i = 0; i < items->n; i++)
		ir_push(l->g, list, ir_text(l->g, items->items[i].text));
	return list;
}

void list_add_distinct(struct lowering *l, struct ir_value *list, const struct ir_value *from)
{
	for (size_t i = 0; i < from->n; i++) {
		size_t k = 0;

		while (k < list->n && !ir_same(list->items[k], from->items[i]))
			k++;
		if (k == list->n)
			ir_push(l->g, list, from->items[i]);
	}
}

/* ---- tags ---- */

static struct ir_value *tag_new(struct lowering *l, struct str key, struct ir_value *value)
{
	struct ir_value *tag = ir_object(l->g);

	ir_put_text(l->g, tag, "Key", key);
	return ir_put(l->g, tag, "Value", value);
}

/* Puts `tag` in the place of the one with its key, or at the end. Items may be shared: none is changed. */
static void tag_set(struct lowering *l, struct ir_value *tags, struct ir_value *tag)
{
	struct str key = ir_get(tag, STR("Key"))->text;

	for (size_t i = 0; i < tags->n; i++) {
		if (!str_eq(ir_get(tags->items[i], STR("Key"))->text, key))
			continue;
		tags->items[i] = tag;
		return;
	}
	ir_push(l->g, tags, tag);
}

void tag_add(struct lowering *l, struct ir_value *tags, const char *key, struct ir_value *value)
{
	tag_set(l, tags, tag_new(l, str_c(key), value));
}

void tags_set(struct lowering *l, struct ir_value *tags, const struct tag_list *user)
{
	for (size_t i = 0; i < user->n; i++)
		if (!is_own_tag(user->items[i].key))
			tag_set(l, tags,
				tag_new(l, user->items[i].key,
					ir_text(l->g, user->items[i].value)));
}

struct ir_value *tags_for(struct lowering *l, struct ir_value *name, const char *node_type)
{
	struct ir_value *tags = ir_list(l->g);

	tag_add(l, tags, "hpcc:cluster", ir_ref(l->g, STR("AWS::StackName")));
	if (node_type != NULL)
		tag_add(l, tags, "hpcc:node-type", ir_text(l->g, str_c(node_type)));
	if (name != NULL)
		tag_add(l, tags, "Name", name);
	tags_set(l, tags, &l->c->tags);
	return tags;
}

void tags_put(struct lowering *l, struct ir_value *object, const char *member,
	      struct ir_value *name)
{
	struct ir_value *tags = ir_list(l->g);

	if (name != NULL)
		tag_add(l, tags, "Name", name);
	tags_set(l, tags, &l->c->tags);
	if (tags->n > 0)
		ir_put(l->g, object, member, tags);
}

struct ir_value *tag_specifications(struct lowering *l, struct ir_value *tags)
{
	static const char *const on[] = {"instance", "volume"};
	struct ir_value *list = ir_list(l->g);

	for (size_t i = 0; i < ARRAY_LEN(on); i++) {
		struct ir_value *spec = ir_object(l->g);

		ir_put_text(l->g, spec, "ResourceType", str_c(on[i]));
		ir_push(l->g, list, ir_put(l->g, spec, "Tags", tags));
	}
	return list;
}

struct str mount_dir(struct lowering *l, struct str written)
{
	while (str_starts(written, STR("/")))
		written = str_slice(written, 1, written.n);
	return arena_fmt(l->a, "/" STR_F, STR_A(written));
}

bool launches_fleets(const struct lowering *l)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (launches_fleet(&it))
			return true;
	return false;
}

bool overrides_interfaces(const struct lowering *l)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (it.resource->launch_template_overrides.launch_template_id.n > 0)
			return true;
	return false;
}
