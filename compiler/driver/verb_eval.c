/* SPDX-License-Identifier: Apache-2.0 */
/* verb_eval.c - hpcc eval: the value of an expression, alone or with the names of a program. */
#include "compiler/base/json.h"
#include "compiler/base/open_text.h"
#include "compiler/driver/driver.h"

#include <math.h>
#include <unistd.h>

static struct json_value *json_of(struct arena *a, const struct node *n);

static struct json_value *json_mapping(struct arena *a, const struct node *n)
{
	struct json_value *v = json_new_object(a);

	for (size_t i = 0; i < n->map.n; i++)
		json_put(v, n->map.entries[i].key, json_of(a, n->map.entries[i].value));
	return v;
}

static struct json_value *json_list(struct arena *a, const struct node *n)
{
	struct json_value *v = json_new_array(a);

	for (size_t i = 0; i < n->list.n; i++)
		json_push(v, json_of(a, n->list.items[i]));
	return v;
}

/* Depth is bounded by that of values. */
static struct json_value *json_of(struct arena *a, const struct node *n)
{
	switch (n->kind) {
	case NODE_NULL:
		return json_new_null(a);
	case NODE_BOOL:
		return json_new_bool(a, n->boolean);
	case NODE_INT:
		return json_new_int(a, n->integer);
	case NODE_FLOAT:
		return isfinite(n->number) ? json_new_real(a, n->number) : json_new_null(a);
	case NODE_STRING:
	case NODE_TIMESTAMP:
		return json_new_text(a, n->open ? text_shown(a, n->text) : n->text);
	case NODE_LIST:
		return json_list(a, n);
	case NODE_MAP:
		return json_mapping(a, n);
	}
	BUG("kind %d of a value", (int)n->kind);
}

/* The value as --emit says; empty when it cannot be written so, which is in ds. */
static struct str text_of(struct session *s, struct diags *ds, const struct value *v)
{
	static const struct node null = {.kind = NODE_NULL, .text = STR_INIT("null")};
	struct arena *a = &s->arena;
	const struct node *tree;
	struct buf b = buf_in(a);

	if (option_choice(s->o, OPTION_ID_emit) == EVAL_HPC)
		return arena_fmt(a, STR_F "\n", STR_A(value_shown(a, v, false)));
	tree = hpc_value_tree(a, ds, v, NULL);
	if (ds->errors > 0)
		return (struct str){0};
	tree = tree != NULL ? tree : &null;
	if (option_choice(s->o, OPTION_ID_emit) == EVAL_JSON)
		return arena_fmt(a, STR_F "\n", STR_A(json_write(a, json_of(a, tree), 2, 0)));
	yaml_write(&b, tree, YAML_FOR_HPCC);
	return buf_str(&b);
}

/* Runs the program whose names the expression has; false after errors, which are in c->ds. */
static bool run_file(struct session *s, const char *path, struct compilation *c)
{
	s->compile.asked = true;
	if (!compile_file(s, &s->arena, path, STAGE_TREE, c))
		return false;
	if (c->program != NULL)
		return true;
	usage_error("`hpcc eval` takes names of a program, NAME.hpc, not of `" STR_F "`",
		    STR_A(c->src->name));
	c->unreadable = true;
	return false;
}

int verb_eval(struct session *s)
{
	const struct source *src =
		source_new(&s->arena, STR("EXPRESSION"), str_c(s->o->operands[0]));
	struct compilation c = {.a = &s->arena, .ds = {.arena = &s->arena}};
	struct hpc_options o = {.facts = s->compile.facts,
				.only = s->compile.only,
				.stack_names = s->compile.stack_names};
	const struct value *v = NULL;
	struct str text = {0};

	if (s->o->noperands > 2)
		return usage_error("`hpcc eval` takes an expression and one file");
	if (s->o->noperands == 1)
		o.host = program_host(s, &s->arena, "./EXPRESSION", src, VALUE(s->o, root, NULL));
	else if (run_file(s, s->o->operands[1], &c))
		o.host = s->compile.host;
	if (o.host != NULL)
		v = hpc_evaluate(&s->arena, &c.ds, c.program, src, &o);
	if (v != NULL && v->kind != VALUE_POISON)
		text = text_of(s, &c.ds, v);
	/* What the checks of a declaration find stands behind a value that is silently none. */
	if (v != NULL && v->kind == VALUE_POISON && c.ds.errors == 0)
		compile_file(s, &s->arena, s->o->operands[1], STAGE_MODEL, &c);
	diags_sort(&c.ds);
	print_findings(s, &c.ds, STDERR_FILENO);
	if (o.host == NULL && c.ds.errors == 0)
		return EXIT_USAGE;
	return compilation_status(&c) == EXIT_OK ? write_result(s, text) : compilation_status(&c);
}
