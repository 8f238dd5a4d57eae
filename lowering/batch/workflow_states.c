/* SPDX-License-Identifier: Apache-2.0 */
/* workflow_states.c - the states of a machine, from templates/workflow.json. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "lowering/aws/templates.h"
#include "lowering/batch/workflow.h"

/* What fails may have failed for a moment: seven tries, the first after a second, each pause twice as long. */
static const char usual_retry[] = "{\"ErrorEquals\": [\"States.ALL\"], \"MaxAttempts\": 7}";
/* What something else holds up for minutes: an environment under update, a file system with a running task. */
static const char slow_retry[] = "{\"ErrorEquals\": [\"States.ALL\"], \"IntervalSeconds\": 30, "
				 "\"MaxAttempts\": 20, \"BackoffRate\": 1}";
/* What went wrong is added to what the execution will say at its end. */
static const char usual_catch[] =
	"{\"ErrorEquals\": [\"States.ALL\"], \"Assign\": {\"failed\": \"{% $failed & "
	"$states.errorOutput.Cause & '; ' %}\"}}";

struct writing {
	struct batch_stack *l;
	const struct state_values *values;
	struct map names; /* of the states that this machine has */
};

void state_value(struct batch_stack *l, struct state_values *s, const char *name,
		 struct ir_value *v)
{
	struct ir_value **kept = NEW(l->st.a, struct ir_value *);

	*kept = v;
	map_put(&s->values, l->st.a, str_c(name), kept);
}

void state_word(struct batch_stack *l, struct state_values *s, const char *word, bool holds)
{
	if (holds)
		map_put(&s->words, l->st.a, str_c(word), "");
}

static const struct json_value *read(struct batch_stack *l, struct str text)
{
	struct str error;
	const struct json_value *v = json_read(l->st.a, text, &error);

	if (v == NULL)
		BUG("workflow.json: " STR_F, STR_A(error));
	return v;
}

/* ---- what this machine has ---- */

static bool holds(const struct writing *w, const struct json_value *v)
{
	const struct json_value *words = v->kind == JSON_KIND_OBJECT ? json_get(v, STR("?")) : NULL;
	struct str rest;

	if (words == NULL)
		return true;
	for (rest = words->text; rest.s != NULL;) {
		struct str word = str_cut(&rest, ' ');
		bool no = word.s[0] == '!';

		if (no == (map_get(&w->values->words, str_slice(word, no, word.n)) != NULL))
			return false;
	}
	return true;
}

/* The first of the names that is a state here. */
static struct str next_of(const struct writing *w, struct str names)
{
	for (struct str rest = names; rest.s != NULL;) {
		struct str name = str_cut(&rest, '|');

		if (map_get(&w->names, name) != NULL)
			return name;
	}
	BUG("workflow.json: no state " STR_F, STR_A(names));
}

/* ---- values ---- */

static struct ir_value *value_called(const struct writing *w, struct str name)
{
	struct ir_value *const *v = map_get(&w->values->values, name);

	if (v == NULL)
		BUG("workflow.json: no value " STR_F, STR_A(name));
	return *v;
}

static struct ir_value *text_of(const struct writing *w, struct str text)
{
	struct buf b = buf_in(w->l->st.a);
	struct str rest = text;

	if (text.n > 2 && text.s[0] == '@' && str_find(text, '@', 1) == text.n - 1)
		return value_called(w, str_slice(text, 1, text.n - 1));
	if (str_find(text, '@', 0) == text.n)
		return ir_text(w->l->st.g, text);
	for (bool inside = false; rest.s != NULL; inside = !inside) {
		struct str piece = str_cut(&rest, '@');

		buf_add(&b, inside ? value_called(w, piece)->text : piece);
	}
	return ir_text(w->l->st.g, buf_str(&b));
}

static struct ir_value *convert(const struct writing *w, const struct json_value *v);

static struct ir_value *catch_to(const struct writing *w, struct str next)
{
	struct ir_value *row = convert(w, read(w->l, str_c(usual_catch)));

	return ir_put_text(w->l->st.g, row, "Next", next_of(w, next));
}

/* Retry or Catch, with the words that stand for rows. */
static struct ir_value *rows(const struct writing *w, const struct json_value *list)
{
	struct ir *g = w->l->st.g;
	struct ir_value *ret = ir_list(g);

	for (const struct json_value *i = list->first; i != NULL; i = i->next) {
		if (i->kind == JSON_KIND_OBJECT) {
			if (holds(w, i))
				ir_push(g, ret, convert(w, i));
		} else if (str_eq(i->text, STR("usual"))) {
			ir_push(g, ret, convert(w, read(w->l, str_c(usual_retry))));
		} else if (str_eq(i->text, STR("slow"))) {
			ir_push(g, ret, convert(w, read(w->l, str_c(slow_retry))));
		} else {
			ir_push(g, ret, catch_to(w, i->text));
		}
	}
	return ret;
}

static struct ir_value *member(const struct writing *w, const struct json_value *v)
{
	struct ir *g = w->l->st.g;
	bool list = v->kind == JSON_KIND_ARRAY;

	if (str_eq(v->key, STR("Next")) || str_eq(v->key, STR("Default"))) {
		struct ir_value *named = text_of(w, v->text);

		return ir_text(g, next_of(w, named->text));
	}
	if (str_eq(v->key, STR("Catch")) && !list)
		return ir_push(g, ir_list(g), catch_to(w, v->text));
	if (str_eq(v->key, STR("Catch")) || str_eq(v->key, STR("Retry")))
		return rows(w, v);
	return convert(w, v);
}

static struct ir_value *object_of(const struct writing *w, const struct json_value *v)
{
	struct ir *g = w->l->st.g;
	struct ir_value *ret = ir_object(g);
	const struct json_value *type = json_get(v, STR("Type"));

	for (const struct json_value *i = v->first; i != NULL; i = i->next) {
		bool none = str_eq(i->key, STR("Retry")) && i->n == 0;

		if (!none && !str_eq(i->key, STR("?")) && holds(w, i))
			ir_put_str(g, ret, i->key, member(w, i));
	}
	if (type != NULL && type->kind == JSON_KIND_TEXT && str_eq(type->text, STR("Task")) &&
	    json_get(v, STR("Retry")) == NULL)
		ir_put(g, ret, "Retry",
		       ir_push(g, ir_list(g), convert(w, read(w->l, str_c(usual_retry)))));
	return ret;
}

static struct ir_value *convert(const struct writing *w, const struct json_value *v)
{
	struct ir *g = w->l->st.g;
	struct ir_value *list;

	switch (v->kind) {
	case JSON_KIND_NULL:
		return ir_null(g);
	case JSON_KIND_BOOL:
		return ir_bool(g, v->boolean);
	case JSON_KIND_INT:
		return ir_int(g, v->integer);
	case JSON_KIND_REAL:
		return ir_number(g, v->real);
	case JSON_KIND_TEXT:
		return text_of(w, v->text);
	case JSON_KIND_ARRAY:
		list = ir_list(g);
		for (const struct json_value *i = v->first; i != NULL; i = i->next)
			if (holds(w, i))
				ir_push(g, list, convert(w, i));
		return list;
	case JSON_KIND_OBJECT:
		return object_of(w, v);
	}
	BUG("no kind of JSON");
}

struct ir_value *states_new(struct batch_stack *l, const struct state_values *s)
{
	const struct json_value *all = read(l, template_text(STR("workflow.json")));
	struct writing w = {.l = l, .values = s};

	for (const struct json_value *i = all->first; i != NULL; i = i->next)
		if (holds(&w, i))
			map_put(&w.names, l->st.a, i->key, i);
	return object_of(&w, all);
}

/* ---- texts of the file ---- */

/* A text that looks like an expression, as an expression that gives it: JSONata takes the texts of JSON. */
static struct ir_value *literal(struct batch_stack *l, struct str text)
{
	struct str quoted = json_write(l->st.a, json_new_text(l->st.a, text), 0, 0);

	return ir_textf(l->st.g, "{%% " STR_F " %%}", STR_A(quoted));
}

struct ir_value *states_literal(struct batch_stack *l, struct ir_value *v)
{
	struct ir *g = l->st.g;
	struct ir_value *ret;

	if (v->kind == IR_STRING && str_starts(v->text, STR("{%")) && str_ends(v->text, STR("%}")))
		return literal(l, v->text);
	if (v->kind != IR_OBJECT && v->kind != IR_LIST)
		return v;
	ret = v->kind == IR_OBJECT ? ir_object(g) : ir_list(g);
	for (size_t i = 0; v->kind == IR_OBJECT && i < v->nmembers; i++)
		ir_put_str(g, ret, v->members[i].name, states_literal(l, v->members[i].value));
	for (size_t i = 0; v->kind == IR_LIST && i < v->n; i++)
		ir_push(g, ret, states_literal(l, v->items[i]));
	return ret;
}
