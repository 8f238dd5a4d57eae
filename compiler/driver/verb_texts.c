/* SPDX-License-Identifier: Apache-2.0 */
/* verb_texts.c - verbs that print what the program knows of itself: schema, completion, man. */
#include "compiler/driver/driver.h"
#include "compiler/schema/json_schema.h"
#include "compiler/schema/reference.h"

int verb_schema(struct session *s)
{
	if (option_choice(s->o, OPTION_ID_emit) == SCHEMA_MARKDOWN)
		return write_result(s, schema_reference(&s->arena));
	return write_result(s, schema_json(&s->arena));
}

int verb_completion(struct session *s)
{
	struct str text = completion_text(&s->arena, str_c(s->o->operands[0]));

	if (text.n == 0 || s->o->noperands != 1)
		return usage_error("`hpcc completion` takes one of bash, zsh and fish");
	return write_result(s, text);
}

int verb_help(struct session *s)
{
	struct options about = {.verb = VERB_build};

	if (s->o->noperands > 1)
		return usage_error("`hpcc help` takes one verb");
	for (int i = 0; s->o->noperands == 1 && i < VERB_COUNT; i++)
		if (str_eq(str_c(s->o->operands[0]), str_c(verb_rows[i].name)))
			about = (struct options){.verb = (enum verb_id)i, .verb_named = true};
	if (s->o->noperands == 1 && !about.verb_named)
		return usage_error("there is no verb `%s`; `hpcc help` shows them",
				   s->o->operands[0]);
	return write_result(s, help_text(&s->arena, &about));
}

int verb_man(struct session *s)
{
	return write_result(s, man_text(&s->arena));
}
