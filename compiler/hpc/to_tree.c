/* SPDX-License-Identifier: Apache-2.0 */
/* to_tree.c - a value as the tree that the YAML reader would have made of it. Depth: at most HPC_MAX_DEPTH. */
#include "compiler/hpc/to_tree.h"

#include "compiler/base/utf8.h"

struct making {
	struct arena *a;
	struct diags *ds;
	size_t n; /* values so far */
	bool faulty;
	bool controls; /* a text holds a character that was reported */
};

static struct node *node_new(struct making *m, enum node_kind kind, struct span at)
{
	struct node *n = NEW(m->a, struct node);

	n->kind = kind;
	n->at = at;
	return n;
}

static const struct node *number_node(struct making *m, const struct value *v)
{
	struct number n = v->number;
	struct node *made;

	if (!dimension_is_plain(n.of)) {
		m->faulty = true;
		diag_wrong_dimension(m->ds, v->at, STR("what has no unit of its own"),
				     STR("a plain number"), dimension_words(m->a, n.of),
				     number_shown(m->a, n));
		return NULL;
	}
	made = node_new(m, n.den == 1 ? NODE_INT : NODE_FLOAT, v->at);
	made->plain = true;
	if (!number_text(m->a, n, &made->text)) {
		m->faulty = true;
		diag_help(m->ds, diag_endless_decimal(m->ds, v->at, number_shown(m->a, n)),
			  "round it: `round(x, 2)`");
		return NULL;
	}
	if (n.den == 1)
		made->integer = n.num;
	else
		made->number = (double)n.num / (double)n.den;
	return made;
}

void report_control(struct diags *ds, struct span at, uint32_t cp)
{
	struct diag *d = diag_control_character(ds, at, (unsigned)cp);

	diag_help(ds, d,
		  cp == '\r' ? "take it out, as in `replace(text, \"\\u{d}\", \"\")`: a text that "
			       "holds it "
			       "breaks what it lands in"
			     : "remove it: a text that holds it breaks what it lands in");
}

/* Is there a control character in a text, apart from those around its references? */
static bool has_control(struct str text, bool open, uint32_t *ret)
{
	struct text_piece p;

	if (!open)
		return utf8_has_control(text, ret);
	while (text_next(&text, &p))
		if (utf8_has_control(p.text, ret))
			return true;
	return false;
}

/*
 * What no file can hold lands in no tree: of whatever a text was made (escapes, files that were read), it is held to
 * what may stand in a text of YAML.
 */
static void check_controls(struct making *m, struct str text, bool open, struct span at)
{
	uint32_t cp;

	if (!has_control(text, open, &cp))
		return;
	report_control(m->ds, at, cp);
	m->controls = true;
}

/* References to lists have a mark of their own in values; in a tree their place says that. */
static const struct node *text_node(struct making *m, const struct value *v)
{
	struct node *made = node_new(m, NODE_STRING, v->at);
	struct str rest = v->text;
	struct text_piece piece;

	made->text = v->text;
	made->open = v->open || v->kind == VALUE_OPEN_LIST;
	check_controls(m, made->text, made->open, v->at);
	if (v->kind == VALUE_OPEN_LIST && text_next(&rest, &piece) && piece.open)
		made->text = text_refer(m->a, reference_word(piece.text));
	return made;
}

static const struct node *node_of(struct making *m, const struct value *v);

static const struct node *list_node(struct making *m, const struct value *v)
{
	const struct node **items = NEW_ARRAY(m->a, const struct node *, v->list.n + 1);
	struct node *made = node_new(m, NODE_LIST, v->at);

	for (size_t i = 0; i < v->list.n && !m->faulty; i++) {
		items[made->list.n] = node_of(m, v->list.items[i]);
		made->list.n += items[made->list.n] != NULL;
	}
	made->list.items = items;
	return made;
}

static const struct node *map_node(struct making *m, const struct value *v)
{
	struct entry *entries = NEW_ARRAY(m->a, struct entry, v->section.n + 1);
	struct node *made = node_new(m, NODE_MAP, v->at);

	for (size_t i = 0; i < v->section.n && !m->faulty; i++) {
		const struct value_entry *e = &v->section.entries[i];
		const struct node *inner = node_of(m, e->value);

		if (inner != NULL)
			check_controls(m, e->key, false,
				       span_is_set(e->key_at) ? e->key_at : v->at);
		if (inner != NULL)
			entries[made->map.n++] =
				(struct entry){e->key, NODE_STRING, e->key_at, inner};
	}
	made->map.entries = entries;
	return made;
}

static const struct node *node_of(struct making *m, const struct value *v)
{
	struct node *made;

	if (m->n++ >= HPC_MAX_TREE_VALUES) {
		m->faulty = true;
		diag_too_many_nodes(m->ds, v->at, HPC_MAX_TREE_VALUES);
		return NULL;
	}
	switch (v->kind) {
	case VALUE_POISON:
		if (v->apart) {
			made = node_new(m, NODE_STRING, v->at);
			made->poisoned = true;
			return made;
		}
		m->faulty = true;
		return NULL;
	case VALUE_NULL:
		return NULL;
	case VALUE_BOOL:
		made = node_new(m, NODE_BOOL, v->at);
		made->plain = true;
		made->boolean = v->boolean;
		made->text = v->boolean ? STR("true") : STR("false");
		return made;
	case VALUE_NUMBER:
		return number_node(m, v);
	case VALUE_TEXT:
	case VALUE_OPEN_LIST:
		return text_node(m, v);
	case VALUE_LIST:
		return list_node(m, v);
	case VALUE_SECTION:
	case VALUE_DECLARATION:
		return map_node(m, v);
	case VALUE_RANGE:
		m->faulty = true;
		diag_wrong_value_type(m->ds, v->at, STR("a value of a file"),
				      STR("a text, a number, a list or a section"), STR("a range"));
		return NULL;
	}
	BUG("no such kind of value");
}

struct str reference_word(struct str piece)
{
	return str_starts(piece, STR("*")) ? str_slice(piece, 1, piece.n) : piece;
}

const struct node *hpc_value_tree(struct arena *a, struct diags *ds, const struct value *v,
				  const struct type *place)
{
	struct making m = {.a = a, .ds = ds};
	const struct node *made = node_of(&m, v);

	(void)place; /* quantities at properties were converted when they were set */
	return m.faulty || m.controls ? NULL : made;
}

bool hpc_is_program(struct str file_name)
{
	return str_ends(file_name, STR(".hpc"));
}

/* ---- the parameters of the template ---- */

/* The names of parameters that the tree uses, as keys of `names`. */
static void find_parameters(struct arena *a, const struct node *n, struct map *names)
{
	struct str rest = n->text;
	struct reference r;

	if (n->kind == NODE_LIST)
		for (size_t i = 0; i < n->list.n; i++)
			find_parameters(a, n->list.items[i], names);
	if (n->kind == NODE_MAP)
		for (size_t i = 0; i < n->map.n; i++)
			find_parameters(a, n->map.entries[i].value, names);
	if (n->kind != NODE_STRING || !n->open)
		return;
	while (text_next_reference(&rest, &r))
		if (r.kind == REFERENCE_PARAMETER)
			map_put(names, a, r.name, n);
}

static const struct node *string_node(struct arena *a, struct str s, struct span at)
{
	struct node *n = NEW(a, struct node);

	n->kind = NODE_STRING;
	n->text = s;
	n->at = at;
	return n;
}

static bool whole_choices(const struct type *t)
{
	for (size_t i = 0; i < t->nchoices; i++) {
		const struct expr *c = t->choices[i];

		if (c->kind == EXPR_UNARY)
			c = c->op.right;
		if (c->kind != EXPR_NUMBER || c->number.den != 1)
			return false;
	}
	return true;
}

/* The word that Parameters.Type has for t. */
static struct str type_word(struct arena *a, const struct type *t)
{
	struct buf b = buf_in(a);

	if (t == NULL)
		return STR("string");
	switch (t->kind) {
	case TYPE_INT:
		return STR("int");
	case TYPE_NUMBER:
		return STR("number");
	case TYPE_CATALOGUE:
		return STR("InstanceType");
	case TYPE_PATTERN:
		if (t->schema_pattern == NULL || str_eq(t->name, STR("KeyName")) ||
		    str_eq(t->name, STR("VpcId")))
			return t->name;
		buf_pascal(&b, t->schema_pattern->name);
		return buf_str(&b);
	case TYPE_CHOICE:
		if (t->nchoices == 0 || t->choices[0]->kind == EXPR_TEXT)
			return STR("string");
		return whole_choices(t) ? STR("int") : STR("number");
	case TYPE_LIST:
		return arena_fmt(a, "[" STR_F "]", STR_A(type_word(a, t->item)));
	case TYPE_ANY:
	case TYPE_BOOL:
	case TYPE_STRING:
	case TYPE_QUANTITY:
	case TYPE_RECORD:
	case TYPE_FREE:
	case TYPE_SECTION:
	case TYPE_PROP:
		return STR("string");
	}
	BUG("no such type");
}

static void put(struct entry *entries, size_t *n, struct str key, struct span at,
		const struct node *v)
{
	if (v != NULL)
		entries[(*n)++] = (struct entry){key, NODE_STRING, at, v};
}

/* The values of a choice, or of the items of a list of one; NULL: there is none. */
static const struct node *allowed_node(struct evaluator *ev, const struct item *item)
{
	const struct type *t =
		item->type != NULL && item->type->kind == TYPE_LIST ? item->type->item : item->type;
	struct frame f = frame_of_file(ev, ev->program->main, 0);
	const struct value **values;

	if (t == NULL || t->kind != TYPE_CHOICE)
		return NULL;
	INVARIANT(item->type_expr != NULL);
	values = NEW_ARRAY(ev->a, const struct value *, t->nchoices + 1);
	for (size_t i = 0; i < t->nchoices; i++)
		values[i] = eval(ev, &f, t->choices[i], NULL);
	return hpc_value_tree(ev->a, ev->ds,
			      value_of_list(ev->a, values, t->nchoices, item->type_expr->at), NULL);
}

/* A comment's lines as one: a description is one line. */
static struct str one_line(struct arena *a, struct str doc)
{
	struct buf b = buf_in(a);

	while (doc.s != NULL) {
		struct str line = str_trim(str_cut(&doc, '\n'));

		if (b.n > 0 && line.n > 0)
			buf_char(&b, ' ');
		buf_add(&b, line);
	}
	return buf_str(&b);
}

static const struct node *parameter_node(struct evaluator *ev, const struct item *item)
{
	enum { MOST = 4 };
	struct entry *entries = NEW_ARRAY(ev->a, struct entry, MOST);
	struct node *n = NEW(ev->a, struct node);
	struct span at = item->name.at;
	struct span type_at = item->type_expr != NULL ? item->type_expr->at : at;

	n->kind = NODE_MAP;
	n->at = item->at;
	n->map.entries = entries;
	put(entries, &n->map.n, STR("Type"), type_at,
	    string_node(ev->a, type_word(ev->a, item->type), type_at));
	if (item->doc.n > 0)
		put(entries, &n->map.n, STR("Description"), at,
		    hpc_value_tree(ev->a, ev->ds,
				   value_of_text(ev->a, one_line(ev->a, item->doc), at), NULL));
	if (item->value != NULL) {
		struct frame f = frame_of_file(ev, ev->program->main, item->nslots);
		struct fit_for why = {
			.what = arena_fmt(ev->a, "`" STR_F "`", STR_A(item->name.text)),
			.declared = type_at};
		const struct value *v =
			fit(ev, eval(ev, &f, item->value, item->type), item->type, &why);

		if (!is_poison(v))
			put(entries, &n->map.n, STR("Default"), at,
			    hpc_value_tree(ev->a, ev->ds, v, NULL));
	}
	put(entries, &n->map.n, STR("AllowedValues"), at, allowed_node(ev, item));
	return n;
}

const struct node *parameters_tree(struct evaluator *ev, const struct node *tree)
{
	const struct program_file *main = ev->program->main;
	struct map used = {0};
	struct entry *entries;
	struct node *n;

	find_parameters(ev->a, tree, &used);
	if (used.n == 0)
		return NULL;
	n = NEW(ev->a, struct node);
	n->kind = NODE_MAP;
	n->at = tree->at;
	entries = NEW_ARRAY(ev->a, struct entry, used.n);
	n->map.entries = entries;
	for (size_t i = 0; i < main->nitems; i++) {
		const struct item *item = &main->items[i];
		struct str name;

		if (item->kind != ITEM_PARAM || !item->deploy)
			continue;
		name = parameter_name(ev->a, item->name.text);
		if (map_get(&used, name) != NULL && n->map.n < used.n)
			put(entries, &n->map.n, name, item->name.at, parameter_node(ev, item));
	}
	return n->map.n > 0 ? n : NULL;
}
