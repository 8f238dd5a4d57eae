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

int verb_man(struct session *s)
{
	return write_result(s, man_text(&s->arena));
}
