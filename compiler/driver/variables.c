/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.c - names that were set and that no file uses.
 *
 * A value of --set that no file uses is a misspelt name. (A --vars file serves many cluster files, so nobody wonders
 * about names of it that one of them does not use.)
 */
#include "compiler/base/nearest.h"
#include "compiler/driver/driver.h"

enum { MOST_COMPARED = 1000 };

void variables_used(struct session *s, const struct compilation *c)
{
	if (s->compile.vars.set.n == 0)
		return;
	s->names_unknown |= c->tree == NULL;
	for (size_t i = 0; i < c->uses.names.n; i++) {
		struct str name = c->uses.names.items[i].key;

		if (map_get(&s->names, name) == NULL)
			map_put(&s->names, &s->arena, arena_str(&s->arena, name), s);
	}
	for (size_t i = 0; i < c->uses.n; i++)
		if (c->uses.items[i].variable.origin == VAR_BARE)
			map_put(&s->bare, &s->arena, arena_str(&s->arena, c->uses.items[i].name),
				s);
}

/* What was probably meant by a name of --set that no file has. */
static void help_unused(struct session *s, struct diag *d, struct str name)
{
	const struct map *names = &s->names;
	struct str near = {0};
	unsigned least = near_limit(name);

	for (size_t i = 0; i < names->n && i < MOST_COMPARED; i++) {
		unsigned distance = edit_distance(name, names->items[i].key, least);

		if (distance > least || (near.n > 0 && distance == least))
			continue;
		near = names->items[i].key;
		least = distance;
	}
	if (map_get(&s->bare, name) != NULL)
		diag_help(&s->ds, d, "`$" STR_F "` is text; a variable is written `${" STR_F "}`",
			  STR_A(name), STR_A(name));
	else if (near.n > 0)
		diag_help(&s->ds, d, "did you mean `" STR_F "`?", STR_A(near));
	else if (names->n == 0)
		diag_help(&s->ds, d, "a variable is used as `${" STR_F "}`", STR_A(name));
}

void variables_report_unused(struct session *s)
{
	const struct map *set = &s->compile.vars.set;

	for (size_t i = 0; i < set->n && !s->names_unknown; i++)
		if (map_get(&s->names, set->items[i].key) == NULL)
			help_unused(
				s,
				diag_unused_variable(&s->ds, (struct span){0}, set->items[i].key),
				set->items[i].key);
	s->names_unknown = true; /* said once */
}
