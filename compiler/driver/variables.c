/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.c - names that were set and that no file uses.
 *
 * A value of --set that no file uses is a misspelt name. (A --vars file serves many cluster files, so nobody wonders
 * about names of it that one of them does not use.)
 */
#include "compiler/driver/driver.h"
#include "compiler/import/import.h"

/* The parameters of the compiled file are names of --set, too. */
static void parameters_used(struct session *s, const struct program_file *f)
{
	s->names_unknown |= f == NULL || f->faulty;
	for (size_t i = 0; f != NULL && i < f->nitems; i++)
		if (f->items[i].kind == ITEM_PARAM && !f->items[i].deploy)
			map_put(&s->names, &s->arena, arena_str(&s->arena, f->items[i].name.text),
				s);
}

void variables_used_by_policy(struct session *s, const struct hpc_program *p)
{
	if (s->compile.vars.set.n + s->compile.vars.file.n > 0)
		parameters_used(s, p->main);
}

void variables_used(struct session *s, const struct compilation *c)
{
	s->programs |= c->program != NULL;
	s->others |= c->program == NULL;
	if (s->compile.vars.set.n == 0 && s->compile.vars.file.n == 0)
		return;
	if (c->program != NULL) {
		parameters_used(s, c->program->main);
		return;
	}
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
	struct str near = nearest_name_of(names, name);

	if (map_get(&s->bare, name) != NULL)
		diag_help(&s->ds, d, "`$" STR_F "` is text; a variable is written `${" STR_F "}`",
			  STR_A(name), STR_A(name));
	else if (near.n > 0)
		diag_help(&s->ds, d, "did you mean `" STR_F "`?", STR_A(near));
	else if (names->n == 0)
		diag_help(&s->ds, d, "a variable is used as `${" STR_F "}`", STR_A(name));
}

static void unknown(struct session *s, struct diags *ds, struct str name, struct span at)
{
	struct str near = nearest_name_of(&s->names, name);
	struct diag *d;

	if (map_get(&s->names, name) != NULL)
		return;
	d = diag_unknown_param(ds, at, name);
	if (near.n > 0)
		diag_help(ds, d, "did you mean `" STR_F "`?", STR_A(near));
	else
		diag_help(ds, d, "a parameter is declared as `param " STR_F ": TYPE`", STR_A(name));
}

void parameters_report_unknown(struct session *s, struct diags *ds)
{
	const struct vars *v = &s->compile.vars;

	for (size_t i = 0; i < v->set.n && !s->names_unknown; i++)
		unknown(s, ds, v->set.items[i].key, (struct span){0});
	for (size_t i = 0; i < v->file.n && !s->names_unknown; i++)
		if (map_get(&s->names, import_word(&s->arena, v->file.items[i].key)) == NULL)
			unknown(s, ds, v->file.items[i].key,
				((const struct variable *)v->file.items[i].value)->at);
}

void variables_report_unused(struct session *s)
{
	const struct map *set = &s->compile.vars.set;

	bool programs = s->programs && !s->others;

	if (programs && !names_are_of_file(s))
		parameters_report_unknown(s, &s->ds);
	if (!names_are_of_file(s))
		program_names_report(s, &s->ds);
	for (size_t i = 0; i < set->n && !s->names_unknown && !programs; i++)
		if (map_get(&s->names, set->items[i].key) == NULL)
			help_unused(s,
				    diag_unused_variable(&s->ds, (struct span){0},
							 set->items[i].key, "--set sets"),
				    set->items[i].key);
	s->names_unknown = s->declarations_unknown = true; /* said once */
}
