/* SPDX-License-Identifier: Apache-2.0 */
/* verb_texts.c - verbs that print what the program knows of itself: schema, completion, man. */
#include "compiler/driver/driver.h"
#include "compiler/schema/json_schema.h"
#include "compiler/schema/reference.h"

#include <string.h>

int verb_schema(struct session *s)
{
	const char *format = VALUE(s->o, emit, "json");

	if (strcmp(format, "markdown") == 0)
		return write_result(s, schema_reference(&s->arena));
	if (strcmp(format, "json") != 0)
		return usage_error("--emit takes json or markdown here, not `%s`", format);
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
