/* SPDX-License-Identifier: Apache-2.0 */
/* verb_explain.c - hpcc explain CODE: the page of a diagnostic. */
#include "compiler/base/nearest.h"
#include "compiler/driver/driver.h"
#include "compiler/source/pages.h"

static struct str list(struct arena *a)
{
	struct buf b = buf_in(a);

	for (int i = 0; i < DIAG_COUNT; i++)
		buf_fmt(&b, STR_F "  %-7.*s  " STR_F "\n", STR_A(diag_code((enum diag_id)i)),
			STR_A(severity_word(diag_default_severity((enum diag_id)i))),
			STR_A(diag_pages[i].title));
	return buf_str(&b);
}

static int unknown(const char *word)
{
	struct str best = {0};
	unsigned least = 3;

	for (int i = 0; i < DIAG_COUNT; i++) {
		unsigned d = edit_distance(str_c(word), diag_code((enum diag_id)i), 2);

		if (d < least) {
			least = d;
			best = diag_code((enum diag_id)i);
		}
	}
	if (best.n > 0)
		return usage_error("there is no code `%s`; did you mean " STR_F "?", word,
				   STR_A(best));
	return usage_error("there is no code `%s`; `hpcc explain --list` shows all", word);
}

int verb_explain(struct session *s)
{
	struct buf b = buf_in(&s->arena);
	enum diag_id id;

	if (GIVEN(s->o, list))
		return write_result(s, list(&s->arena));
	if (s->o->noperands == 0)
		return usage_error("`hpcc explain` needs a code such as E0101, or --list");
	for (size_t i = 0; i < s->o->noperands; i++) {
		if (!diag_find(str_c(s->o->operands[i]), &id))
			return unknown(s->o->operands[i]);
		if (i > 0)
			buf_char(&b, '\n');
		buf_add(&b, diag_pages[id].text);
	}
	return write_result(s, buf_str(&b));
}
