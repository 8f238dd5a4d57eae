/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - finds who lowers a file, and who shows texts of its stack. */
#include "lowering/lower.h"

#include "compiler/base/bug.h"
#include "lowering/aws/message.h"

static const struct lowering_row {
	uint16_t variants;
	enum target target;
	lowering_function *run;
} lowerings[] = {
#define LOWERING(variant, target, function, about) {variant, TARGET_##target, function},
#include "lowering/lowerings.def"
#undef LOWERING
};

static const struct view_row {
	uint16_t variants;
	enum view view;
	view_function *make;
} views[] = {
#define VIEW(variant, name, function) {variant, VIEW_##name, function},
#include "lowering/views.def"
#undef VIEW
};

/* ---- lowerings ---- */

const struct ir *lower_model(struct arena *a, struct diags *ds, const struct model *m,
			     const struct lower_options *o)
{
	for (size_t i = 0; i < ARRAY_LEN(lowerings); i++)
		if ((lowerings[i].variants & m->variant) != 0 && lowerings[i].target == o->target)
			return lowerings[i].run(a, ds, m, o);
	BUG("files of variant %#x are not lowered", m->variant);
}

/* ---- views ---- */

bool lowered_texts(const struct lowered_file *f, enum view view, struct stack_texts *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(views); i++) {
		if ((views[i].variants & f->model->variant) == 0 || views[i].view != view)
			continue;
		*ret = views[i].make(f);
		for (size_t k = 0; f->parts && k < ret->n; k++)
			ret->items[k].text = message_parts(f->a, ret->items[k].text);
		return true;
	}
	return false;
}

/* ---- user data ---- */

/* The message of a resource, an IR_SUB, or NULL. */
static const struct ir_value *message_of(const struct ir_resource *r)
{
	const struct ir_value *data = r->properties;
	const struct ir_value *v;

	if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
		data = ir_get(data, STR("LaunchTemplateData"));
	else if (!str_eq(r->type, STR("AWS::EC2::Instance")))
		return NULL;
	v = data != NULL ? ir_get(data, STR("UserData")) : NULL;
	return v != NULL && v->kind == IR_BASE64 && v->items[0]->kind == IR_SUB ? v->items[0]
										: NULL;
}

struct stack_texts user_data_texts(const struct lowered_file *f,
				   struct str (*name)(struct arena *a,
						      const struct ir_value *message))
{
	const struct map *resources = &f->graph->resources;
	struct stack_texts texts = {NEW_ARRAY(f->a, struct stack_text, resources->n), 0};

	for (size_t i = 0; i < resources->n; i++) {
		const struct ir_value *message = message_of(resources->items[i].value);
		struct stack_text *t = &texts.items[texts.n];

		if (message == NULL)
			continue;
		t->name = name(f->a, message);
		if (f->only == NULL || str_eq(t->name, *f->only))
			t->text = message_text(f->a, f->graph, message);
		texts.n++;
	}
	return texts;
}
