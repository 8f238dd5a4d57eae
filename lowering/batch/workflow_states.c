/* SPDX-License-Identifier: Apache-2.0 */
/* workflow_states.c - the states of a machine, from templates/workflow.json. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/templates.h"
#include "lowering/batch/workflow.h"

struct writing {
	struct batch_stack *l;
	const struct state_values *values;
	const struct json_value *rows; /* of Retry and Catch, by the words that stand for them */
	struct map names;	       /* of the states that this machine has */
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

/* The row of Retry that a word stands for, or where it is the name of a state, of Catch. */
static struct ir_value *row_of(const struct writing *w, struct str word)
{
	const struct json_value *retry = json_get(w->rows, word);
	struct ir_value *row;

	if (retry != NULL)
		return convert(w, retry);
	row = convert(w, json_get(w->rows, STR("catch")));
	return ir_put_text(w->l->st.g, row, "Next", next_of(w, word));
}

/* Retry or Catch, with the words that stand for rows. */
static struct ir_value *rows(const struct writing *w, const struct json_value *list)
{
	struct ir *g = w->l->st.g;
	struct ir_value *ret = ir_list(g);

	for (const struct json_value *i = list->first; i != NULL; i = i->next) {
		if (i->kind == JSON_KIND_TEXT)
			ir_push(g, ret, row_of(w, i->text));
		else if (holds(w, i))
			ir_push(g, ret, convert(w, i));
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
		return ir_push(g, ir_list(g), row_of(w, v->text));
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
		ir_put(g, ret, "Retry", ir_push(g, ir_list(g), row_of(w, STR("usual"))));
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

static struct ir_value *closed(struct batch_stack *l, struct ir_value *v);

struct ir_value *states_new(struct batch_stack *l, const struct state_values *s)
{
	const struct json_value *file = template_find(STR("workflow.json"))->values;
	const struct json_value *all = json_get(file, STR("States"));
	struct writing w = {.l = l, .values = s, .rows = json_get(file, STR("Rows"))};

	for (const struct json_value *i = all->first; i != NULL; i = i->next)
		if (holds(&w, i))
			map_put(&w.names, l->st.a, i->key, i);
	return closed(l, object_of(&w, all));
}

/* ---- texts of the file ---- */

/* The text as one of JSON. */
static struct str quoted(struct batch_stack *l, struct str text)
{
	return json_write(l->st.a, json_new_text(l->st.a, text), 0, 0);
}

/* A text that looks like an expression, as an expression that gives it: JSONata takes the texts of JSON. */
static struct ir_value *literal(struct batch_stack *l, struct str text)
{
	return ir_textf(l->st.g, "{%% " STR_F " %%}", STR_A(quoted(l, text)));
}

/* The same of a text that only the deployment knows: the pieces of it that are open are quoted there. */
static struct ir_value *open_literal(struct batch_stack *l, struct str text)
{
	struct ir *g = l->st.g;
	struct ir_value *sub = ir_sub(g, STR(""));
	struct buf b = buf_in(l->st.a);
	struct text_piece piece;

	buf_add(&b, STR("{% \""));
	while (text_next(&text, &piece)) {
		struct str name = arena_fmt(l->st.a, "Text%u", sub->nmembers + 1);
		struct str known = piece.open ? (struct str){0} : quoted(l, piece.text);

		if (piece.open) {
			struct ir_value *v = ir_text(g, text_refer(l->st.a, piece.text));

			ir_put_str(g, sub, name, json_escaped(g, v));
			buf_fmt(&b, "${" STR_F "}", STR_A(name));
		} else {
			buf_add(&b, sub_literal(&l->st, str_slice(known, 1, known.n - 1)));
		}
	}
	buf_add(&b, STR("\" %}"));
	sub->text = buf_str(&b);
	return sub;
}

/* All items of a list that only the deployment knows, as an expression that gives the list. No item has a comma. */
static struct ir_value *open_list(struct batch_stack *l, struct str text)
{
	struct ir *g = l->st.g;
	struct ir_value *sub = ir_sub(g, STR("{% [\"${Items}\"] %}"));

	return ir_put(g, sub, "Items", replaced(g, json_escaped(g, ir_sub(g, text)), ",", "\",\""));
}

/* May the text be an expression when its references are known? */
static bool may_be_code(struct str text)
{
	char first = text.s[0], last = text.s[text.n - 1];

	return (first == OPEN_BEGIN[0] || first == '{') && (last == OPEN_END[0] || last == '}');
}

/*
 * A copy in which no text that a deployment gives is taken for an expression. Our own expressions hold no reference: a
 * text that does is one of the file.
 */
static struct ir_value *closed(struct batch_stack *l, struct ir_value *v)
{
	struct ir *g = l->st.g;
	struct ir_value *ret;

	if (v->kind == IR_STRING && !text_is_known(v->text) && may_be_code(v->text))
		return open_literal(l, v->text);
	if (v->kind == IR_LIST && v->n == 1 && v->items[0]->kind == IR_STRING &&
	    text_is_list(v->items[0]->text))
		return open_list(l, v->items[0]->text);
	if (v->kind != IR_OBJECT && v->kind != IR_LIST)
		return v;
	ret = v->kind == IR_OBJECT ? ir_object(g) : ir_list(g);
	for (size_t i = 0; v->kind == IR_OBJECT && i < v->nmembers; i++)
		ir_put_str(g, ret, v->members[i].name, closed(l, v->members[i].value));
	for (size_t i = 0; v->kind == IR_LIST && i < v->n; i++)
		ir_push(g, ret, closed(l, v->items[i]));
	return ret;
}

struct ir_value *states_literal(struct batch_stack *l, struct ir_value *v)
{
	struct ir *g = l->st.g;
	struct ir_value *ret;

	if (v->kind == IR_STRING && !text_is_known(v->text))
		return v; /* see closed() */
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
