/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_vars.c - any text with variables, of which the first line is the value of A.
 *
 * Whether a reference can be shown exactly changes no text; there is a finding exactly when the result is not good;
 * the result fits into the room that it had and takes as much of it; text without references stays as it is.
 */
#include "compiler/tree/vars.h"
#include "compiler/yaml/vars_file.h"
#include "fuzz.h"

#include <string.h>

enum { ROOM = 20000 };

static const char *environment(const char *name)
{
	return strcmp(name, "B") == 0 ? "" : NULL;
}

/* The text expanded with *room; findings in *ds. */
static struct vars_result expand(struct diags *ds, const struct vars *v, struct str text,
				 bool exact, size_t *room)
{
	const struct source *src = source_new(ds->arena, STR("fuzz"), text);
	struct vars_text in = {text, span_in(src, 0, text.n), exact, room};

	return vars_expand(ds->arena, ds, v, in);
}

static void check(struct arena *a, const struct vars *v, struct str text)
{
	struct diags ds = {.arena = a}, again = {.arena = a};
	size_t room = ROOM, same_room = ROOM;
	struct vars_result one = expand(&ds, v, text, true, &room);
	struct vars_result two = expand(&again, v, text, false, &same_room);

	INVARIANT(str_eq(one.text, two.text) && one.ok == two.ok && one.whole == two.whole);
	INVARIANT(room == same_room && ds.errors == again.errors);
	INVARIANT(one.ok == (ds.errors == 0));
	INVARIANT(!one.ok || one.text.n <= ROOM || str_eq(one.text, text));
	if (str_find_str(text, STR("${"), 0) == SIZE_MAX)
		INVARIANT(one.ok && str_eq(one.text, text) && room == ROOM);
	else if (one.ok)
		INVARIANT(room == ROOM - one.text.n);
	for (const struct diag *d = ds.first; d != NULL; d = d->next)
		INVARIANT(d->at.lo <= d->at.hi && d->at.hi <= text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct str text = {(const char *)data, n}, value = str_cut(&text, '\n');
	struct vars v = {.environment = environment};

	vars_set(&a, &v, arena_fmt(&a, "A=" STR_F, STR_A(value)));
	if (text.s != NULL)
		check(&a, &v, text);
	v.uses = NEW(&a, struct var_uses);
	if (text.s != NULL)
		check(&a, &v, text);
	arena_release(&a);
	return 0;
}
