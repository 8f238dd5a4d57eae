/* SPDX-License-Identifier: Apache-2.0 */
/* verb_texts.c - verbs that print what the program knows of itself: schema, completion, man. */
#include "compiler/driver/driver.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/schema/json_schema.h"
#include "compiler/schema/model_schema.h"
#include "compiler/schema/reference.h"

/* Regions and instance types of the bundled facts. */
static struct schema_words known_words(struct session *s)
{
	size_t n = facts_instance_count(s->compile.facts);
	struct str *types = NEW_ARRAY(&s->arena, struct str, n + 1);
	struct str *regions = NEW_ARRAY(&s->arena, struct str, facts_regions_n + 1);

	for (size_t i = 0; i < n; i++)
		types[i] = facts_instance_at(s->compile.facts, i)->name;
	for (size_t i = 0; i < facts_regions_n; i++)
		regions[i] = facts_regions[i].name;
	return (struct schema_words){regions, types, facts_regions_n, n};
}

static int no_such_kind(struct session *s)
{
	struct buf b = buf_in(&s->arena);

	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? ", " : "", STR_A(schema_kinds[i].name));
	return usage_error("there is no kind of file `%s`; the kinds are " STR_F, s->o->operands[0],
			   STR_A(buf_str(&b)));
}

int verb_schema(struct session *s)
{
	const struct file_kind *kind = NULL;
	struct schema_words words;

	if (s->o->noperands > 1)
		return usage_error("`hpcc schema` takes one kind of file");
	for (size_t i = 0; s->o->noperands == 1 && i < KIND_COUNT; i++)
		if (str_eq_nocase(schema_kinds[i].name, str_c(s->o->operands[0])))
			kind = &schema_kinds[i];
	if (s->o->noperands == 1 && kind == NULL)
		return no_such_kind(s);
	if (option_choice(s->o, OPTION_ID_of) == SCHEMA_OF_MODEL)
		return option_choice(s->o, OPTION_ID_emit) == SCHEMA_MARKDOWN
			       ? usage_error("the schema of the model is JSON")
			       : write_result(s, model_schema(&s->arena, kind));
	if (option_choice(s->o, OPTION_ID_emit) == SCHEMA_MARKDOWN)
		return kind != NULL ? usage_error("the reference manual is one of all kinds")
				    : write_result(s, schema_reference(&s->arena));
	words = known_words(s);
	return write_result(s, schema_json(&s->arena, kind, &words));
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
