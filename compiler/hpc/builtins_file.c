/* SPDX-License-Identifier: Apache-2.0 */
/* builtins_file.c - file() and data(): what other files hold. The host reads them, below the root. */
#include "compiler/base/utf8.h"
#include "compiler/hpc/builtins_of.h"

/* Why s is no text that a program can hold, or an empty text: it is UTF-8, and has no byte that only data have. */
static struct str fault_of_text(struct arena *a, struct str s)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < s.n;) {
		unsigned n = utf8_decode(s, i, &cp);

		if (n == 0)
			return STR("it is not UTF-8 text");
		if (cp == 0 || s.s[i] == OPEN_BEGIN[0] || s.s[i] == OPEN_END[0])
			return arena_fmt(a, "the control character U+%04X stands in no text",
					 (unsigned)cp);
		i += n;
	}
	return (struct str){0};
}

/* What is wrong with the text of a file of data, which no finding shows. */
static struct str fault_of(struct arena *a, const struct diag *d)
{
	struct place p;

	if (d == NULL)
		return STR("it is empty");
	if (!span_is_set(d->at))
		return d->text;
	p = source_place(d->at.src, d->at.lo);
	return arena_fmt(a, "line %u, column %u: " STR_F, p.line, p.column, STR_A(d->text));
}

static bool unreadable(struct builtin_call *call, struct str path, struct str why)
{
	diag_file_unreadable(call->ev->ds, argument_at(call, 0), path, why);
	return false;
}

/* The file that argument 0 names; false after a finding. */
static bool read_file(struct builtin_call *call, const struct source **ret)
{
	struct evaluator *ev = call->ev;
	const struct hpc_host *host = ev->o->host;
	struct str from = call->frame->file != NULL ? call->frame->file->src->name : STR("");
	struct str path, why = STR("there are no files here");
	enum hpc_read r = HPC_READ_FAILED;

	if (!argument_text(call, 0, &path))
		return false;
	if (host != NULL && host->read != NULL)
		r = host->read(host->data, from, path, ret, &why);
	if (r == HPC_READ_OUTSIDE) {
		struct diag *d = diag_file_outside(ev->ds, argument_at(call, 0), path);

		diag_note(ev->ds, d, "the root is `" STR_F "`", STR_A(why));
		diag_help(ev->ds, d,
			  "`--root DIR` names the folder that holds all files of a program");
		return false;
	}
	if (r != HPC_READ_OK)
		return unreadable(call, path, why);
	if ((*ret)->text.n > HPC_MAX_TEXT)
		return unreadable(call, path, STR("it is larger than 1 MiB"));
	why = fault_of_text(ev->a, (*ret)->text);
	if (why.n > 0)
		return unreadable(call, path, why);
	return steps(ev, call->at, 1 + (*ret)->text.n / 256);
}

const struct value *run_file(struct builtin_call *call)
{
	const struct source *src;

	return read_file(call, &src) ? text_result(call, src->text) : &value_poison;
}

/* ---- data ---- */

/* n * 10^exponent, which stands behind the `e` of a number. */
static bool scaled(struct number *n, struct str exponent)
{
	int64_t power;

	if (str_starts(exponent, STR("+")))
		exponent = str_slice(exponent, 1, exponent.n);
	if (!str_to_int(exponent, &power) || power > MAX_DIGITS || power < -MAX_DIGITS)
		return false;
	for (; power > 0; power--)
		if (!number_mul(*n, number_int(10), n))
			return false;
	for (; power < 0; power++)
		if (!number_div(*n, number_int(10), n))
			return false;
	return true;
}

/*
 * A number of a YAML file: digits with at most one point, and perhaps an exponent; what is written otherwise has no
 * exact value here.
 */
static bool number_of(struct str text, struct number *ret)
{
	size_t e =
		str_find(text, 'e', 0) < text.n ? str_find(text, 'e', 0) : str_find(text, 'E', 0);
	struct str exponent = str_slice(text, e < text.n ? e + 1 : text.n, text.n);
	bool minus = text.n > 0 && text.s[0] == '-';
	struct number zero = number_int(0);
	size_t points = 0;

	text = str_slice(text, text.n > 0 && (minus || text.s[0] == '+') ? 1 : 0, e);
	for (size_t i = 0; i < text.n; i++) {
		points += text.s[i] == '.';
		if (!is_digit(text.s[i]) && text.s[i] != '.')
			return false;
	}
	if (text.n == 0 || points > 1 || !is_digit(text.s[0]) || !is_digit(text.s[text.n - 1]))
		return false;
	return number_read(text, ret) && (exponent.n == 0 || scaled(ret, exponent)) &&
	       (!minus || number_sub(zero, *ret, ret));
}

static const struct value *value_of_node(struct builtin_call *call, const struct node *n);

static const struct value *list_of_node(struct builtin_call *call, const struct node *n)
{
	struct evaluator *ev = call->ev;
	struct growing g = {0};

	for (size_t i = 0; i < n->list.n; i++) {
		const struct value *v = value_of_node(call, n->list.items[i]);

		if (is_poison(v))
			return v;
		if (v->kind != VALUE_NULL && !grow(ev, &g, v, call->at))
			return &value_poison;
	}
	return new_list(ev, g.items, g.n, n->at);
}

static const struct value *section_of_node(struct builtin_call *call, const struct node *n)
{
	struct evaluator *ev = call->ev;
	struct value_entry *entries = NEW_ARRAY(ev->a, struct value_entry, n->map.n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n->map.n; i++) {
		const struct entry *e = &n->map.entries[i];
		const struct value *v = value_of_node(call, e->value);

		if (is_poison(v))
			return v;
		if (v->kind != VALUE_NULL)
			entries[k++] = (struct value_entry){e->key, e->key_at, v};
	}
	return new_section(ev, entries, k, n->at, NULL);
}

static const struct value *value_of_node(struct builtin_call *call, const struct node *n)
{
	struct evaluator *ev = call->ev;
	struct number number;

	if (!steps(ev, call->at, 1))
		return &value_poison;
	switch (n->kind) {
	case NODE_NULL:
		return value_new(ev->a, VALUE_NULL, n->at);
	case NODE_BOOL:
		return value_of_bool(ev->a, n->boolean, n->at);
	case NODE_INT:
		if (!n->big)
			return value_of_number(ev->a, number_int(n->integer), n->at);
		diag_overflow(ev->ds, n->at);
		return &value_poison;
	case NODE_FLOAT:
		if (number_of(n->text, &number))
			return value_of_number(ev->a, number, n->at);
		unreadable(
			call, n->at.src->name,
			arena_fmt(ev->a, "`" STR_F "` is no number of a program", STR_A(n->text)));
		return &value_poison;
	case NODE_STRING:
	case NODE_TIMESTAMP:
		if (n->open) {
			unreadable(call, n->at.src->name,
				   STR("it refers to values of a deployment"));
			return &value_poison;
		}
		/* YAML 1.1 has no number such as 1e3, JSON has. */
		if (n->plain && str_ends(n->at.src->name, STR(".json")) &&
		    number_of(n->text, &number))
			return value_of_number(ev->a, number, n->at);
		return value_of_text(ev->a, n->text, n->at);
	case NODE_LIST:
		return list_of_node(call, n);
	case NODE_MAP:
		return section_of_node(call, n);
	}
	BUG("no such kind of node");
}

const struct value *run_data(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	const struct hpc_host *host = ev->o->host;
	struct diags aside = {.arena = ev->a};
	const struct source *src;
	const struct node *tree;

	if (!read_file(call, &src))
		return &value_poison;
	if (host->data_tree == NULL) {
		unreadable(call, src->name, STR("there is no reader of YAML here"));
		return &value_poison;
	}
	tree = host->data_tree(host->data, ev->a, &aside, src);
	if (tree == NULL || aside.errors > 0) {
		unreadable(call, src->name, fault_of(ev->a, aside.first));
		return &value_poison;
	}
	return value_of_node(call, tree);
}
