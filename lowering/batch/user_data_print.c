/* SPDX-License-Identifier: Apache-2.0 */
/* user_data_print.c - user data of a finished graph, as the instances of compute environments will get it. */
#include "lowering/aws/templates.h"
#include "lowering/lower.h"

static struct str environment_name(struct arena *a, const struct ir_value *message)
{
	(void)a;
	return ir_get(message, STR("Environment"))->text;
}

struct stack_texts batch_user_data(const struct lowered_file *f)
{
	return user_data_texts(f, environment_name);
}

/* The functions of which user data is put together. */
struct stack_texts batch_scripts(const struct lowered_file *f)
{
	static const struct str folder = STR_INIT("batch/");
	struct stack_texts texts = {NEW_ARRAY(f->a, struct stack_text, template_texts_n), 0};

	for (size_t i = 0; i < template_texts_n; i++) {
		struct str name = template_texts[i].name;

		if (str_starts(name, folder))
			texts.items[texts.n++] = (struct stack_text){
				str_slice(name, folder.n, name.n), template_texts[i].text};
	}
	return texts;
}
