/* SPDX-License-Identifier: Apache-2.0 */
/* codes.c - --select and --ignore: which findings are wanted, as settings over those of .hpcc.yaml. */
#include "compiler/compile/misspelt.h"
#include "compiler/compile/suppress.h"
#include "compiler/driver/driver.h"

/* `E04`: the begin of codes. */
static bool is_begin(struct str word)
{
	for (size_t i = 1; i < word.n; i++)
		if (word.s[i] < '0' || word.s[i] > '9')
			return false;
	return word.n > 0 && word.n < 5 &&
	       (word.s[0] == 'E' || word.s[0] == 'W' || word.s[0] == 'N');
}

static bool unknown(const char *option, struct str word)
{
	struct str near;

	if (near_code(word, &near))
		usage_error("--%s: there is no code `" STR_F "`; did you mean `" STR_F "`?", option,
			    STR_A(word), STR_A(near));
	else
		usage_error("--%s: there is no code `" STR_F "`; `hpcc explain --list` shows all",
			    option, STR_A(word));
	return false;
}

/* Adds what one word names to the set; false, and printed, when it names nothing. */
static bool add_word(const char *option, struct str word, bool *set)
{
	enum diag_id id;
	bool any = false;

	if (diag_find(word, &id)) {
		set[id] = true;
		return true;
	}
	for (int i = 0; is_begin(word) && i < DIAG_COUNT; i++)
		if (str_starts(diag_code((enum diag_id)i), word)) {
			set[i] = true;
			any = true;
		}
	return any || unknown(option, word);
}

static bool read_list(const char *option, const struct option_values *v, bool *set)
{
	for (size_t i = 0; i < v->n; i++) {
		struct str rest = str_c(v->values[i]);

		while (rest.s != NULL)
			if (!add_word(option, str_trim(str_cut(&rest, ',')), set))
				return false;
	}
	return true;
}

/* A code by itself that cannot be ignored; those among the codes that begin with `E0` simply stay. */
static bool may_be_ignored(const struct option_values *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct str rest = str_c(v->values[i]);

		while (rest.s != NULL) {
			struct str word = str_trim(str_cut(&rest, ','));
			enum diag_id id;

			if (!diag_find(word, &id) || diag_may_change(id))
				continue;
			usage_error("--ignore: " STR_F " cannot be ignored: %s",
				    STR_A(diag_code(id)), diag_why_fixed(id));
			return false;
		}
	}
	return true;
}

bool codes_read(struct session *s)
{
	return read_list("ignore", &s->o->given[OPTION_ID_ignore], s->ignored) &&
	       read_list("select", &s->o->given[OPTION_ID_select], s->selected) &&
	       may_be_ignored(&s->o->given[OPTION_ID_ignore]);
}

void codes_choose(const struct session *s, struct config *c)
{
	bool select = GIVEN(s->o, select);

	if (!select && !GIVEN(s->o, ignore))
		return;
	c->any_verdict = true;
	for (int i = 0; i < DIAG_COUNT; i++) {
		enum diag_id id = (enum diag_id)i;

		if (!diag_may_change(id))
			continue;
		if (s->ignored[i] || (select && !s->selected[i]))
			c->verdicts[i] = VERDICT_OFF;
		else if (select && c->verdicts[i] == VERDICT_OFF)
			c->verdicts[i] = VERDICT_DEFAULT;
	}
}
