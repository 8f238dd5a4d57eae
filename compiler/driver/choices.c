/* SPDX-License-Identifier: Apache-2.0 */
/* choices.c - the words that options take. */
#include "compiler/base/buf.h"
#include "compiler/driver/driver.h"
#include "compiler/facts/query.h"

#include <string.h>

/* Places in the tables that are made of the same rows. */
enum {
#define RENDERER(name, whole, help) RENDERER_##name,
#include "compiler/source/renderers.def"
#undef RENDERER
};
enum {
#define EMITTER(name, function, help) EMITTER_##name,
#include "lowering/emit/emitters.def"
#undef EMITTER
};

const struct choice choices[] = {
#define CHOICE(option, verbs, word, value, help) {OPTION_ID_##option, verbs, word, value, help},
#include "compiler/driver/choices.def"
#undef CHOICE
};
const size_t choices_n = ARRAY_LEN(choices);

static bool is_for(const struct choice *c, enum option_id option, uint32_t verbs)
{
	return c->option == option && (c->verbs & verbs) != 0;
}

bool choice_find(enum option_id option, enum verb_id verb, struct str word, int *ret)
{
	for (size_t i = 0; i < choices_n; i++) {
		if (!is_for(&choices[i], option, 1u << verb) ||
		    !str_eq(word, str_c(choices[i].word)))
			continue;
		*ret = choices[i].value;
		return true;
	}
	return false;
}

int option_choice(const struct options *o, enum option_id option)
{
	const struct option_values *v = &o->given[option];
	int value;

	if (v->n > 0 && choice_find(option, o->verb, str_c(v->values[v->n - 1]), &value))
		return value;
	for (size_t i = 0; i < choices_n; i++)
		if (is_for(&choices[i], option, 1u << o->verb))
			return choices[i].value;
	BUG("--%s takes no words in `hpcc %s`", option_rows[option].name, verb_rows[o->verb].name);
}

/* Has an earlier row for the option the same word? */
static bool is_repeated(const struct choice *c, uint32_t verbs)
{
	for (const struct choice *before = choices; before < c; before++)
		if (is_for(before, c->option, verbs) && strcmp(before->word, c->word) == 0)
			return true;
	return false;
}

struct str choice_words(struct arena *a, enum option_id option, uint32_t verbs, const char *between,
			const char *last, bool exact)
{
	const char *words[ARRAY_LEN(choices)];
	struct buf b = buf_in(a);
	size_t n = 0;

	for (size_t i = 0; i < choices_n; i++)
		if (is_for(&choices[i], option, verbs) && (exact || choices[i].help != NULL) &&
		    !is_repeated(&choices[i], verbs))
			words[n++] = choices[i].word;
	buf_words(&b, words, n, between, last);
	return arena_str(a, buf_str(&b));
}
