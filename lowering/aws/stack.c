/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - origins of what a stack holds, and lists of its values. */
#include "lowering/aws/stack.h"

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

/* "arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID". The name may hold dashes, so it is cut at slashes first. */
struct ir_value *stack_id_part(struct stack *st, int64_t part)
{
	struct ir_value *parts = ir_func(st->g, IR_SPLIT, STR("/"));
	struct ir_value *uuid = ir_func(st->g, IR_SELECT, STR(""));
	struct ir_value *groups = ir_func(st->g, IR_SPLIT, STR("-"));
	struct ir_value *one = ir_func(st->g, IR_SELECT, STR(""));

	uuid->integer = 2;
	one->integer = part;
	ir_push(st->g, parts, ir_ref(st->g, STR("AWS::StackId")));
	ir_push(st->g, uuid, parts);
	ir_push(st->g, groups, uuid);
	return ir_push(st->g, one, groups);
}

void resource_goes(struct ir_resource *r, enum ir_policy policy)
{
	r->deletion_policy = policy;
	r->update_replace_policy = policy == IR_RETAIN_EXCEPT_ON_CREATE ? IR_RETAIN : policy;
}

struct ir_value *text_list(struct stack *st, const struct model_strings *items)
{
	struct ir_value *list = ir_list(st->g);

	for (size_t i = 0; i < items->n; i++)
		ir_push(st->g, list, ir_text(st->g, items->items[i].text));
	return list;
}

void list_add_distinct(struct stack *st, struct ir_value *list, const struct ir_value *from)
{
	for (size_t i = 0; i < from->n; i++) {
		size_t k = 0;

		while (k < list->n && !ir_same(list->items[k], from->items[i]))
			k++;
		if (k == list->n)
			ir_push(st->g, list, from->items[i]);
	}
}

const struct instance_type *type_of(const struct stack *st, struct str name)
{
	return facts_instance(st->facts, name);
}
