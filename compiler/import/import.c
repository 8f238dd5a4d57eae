/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - a YAML file to a program: head, parameters, values with names, the declaration. */
#include "compiler/import/import.h"

#include "compiler/import/importer.h"
#include "compiler/yaml/yaml_read.h"

const struct written *import_entry(const struct written *w, struct str key)
{
	if (w != NULL && w->kind == WRITTEN_ALIAS)
		w = w->target;
	if (w == NULL || w->kind != WRITTEN_MAP)
		return NULL;
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->entries[i].key->scalar.text, key))
			return w->entries[i].value->kind == WRITTEN_ALIAS
				       ? w->entries[i].value->target
				       : w->entries[i].value;
	return NULL;
}

void import_let_add(struct importer *im, struct import_let *let)
{
	im->lets = arena_grow(im->a, im->lets, sizeof(*im->lets), im->nlets, &im->lets_cap);
	im->lets[im->nlets++] = let;
}

/* ---- the head ---- */

/*
 * Comments above the first entry are the head of the file. Where there are several groups of them, the last one
 * belongs to the entry, unless an empty line stands between.
 */
static void write_head(struct importer *im, struct buf *b)
{
	struct remarks *r = im->root->remarks;
	struct entry_remarks *first = im->root->n > 0 ? &r->entries[0] : NULL;
	struct remarks_list head = {0};
	size_t n = first != NULL ? first->above.n : 0, groups = 0;

	for (size_t i = 1; i < n; i++)
		if (first->above.first[i].after_empty)
			groups = i;
	if (groups > 0 && !first->parted)
		n = groups;
	if (r->open != NULL)
		remark_add(im->a, &head, r->open->text, false);
	r->open = NULL;
	for (size_t i = 0; i < n; i++)
		remark_add(im->a, &head, first->above.first[i].text,
			   first->above.first[i].after_empty);
	if (n > 0) {
		first->above.first += n;
		first->above.n -= n;
		first->parted = false;
	}
	layout_remarks(b, &head, 0, true);
}

/* ---- parameters ---- */

/* May the values of a list be a choice: are they texts and numbers? */
static bool is_choice(const struct written *of)
{
	if (of == NULL || of->kind != WRITTEN_LIST)
		return false;
	for (size_t i = 0; i < of->n; i++) {
		const struct written *w = of->entries[i].value;
		const struct node *n = w->kind == WRITTEN_ALIAS ? &w->target->scalar : &w->scalar;
		bool scalar = w->kind == WRITTEN_SCALAR ||
			      (w->kind == WRITTEN_ALIAS && w->target->kind == WRITTEN_SCALAR);

		if (!scalar || (n->kind != NODE_STRING && n->kind != NODE_INT) ||
		    str_find(n->text, '$', 0) < n->text.n)
			return false;
	}
	return of->n > 0;
}

/* A word for a type as it is, where it can be one. */
static struct str type_word(const struct written *w)
{
	struct str s = w->kind == WRITTEN_SCALAR ? w->scalar.text : STR("");
	struct str name =
		str_starts(s, STR("[")) && str_ends(s, STR("]")) ? str_slice(s, 1, s.n - 1) : s;

	return key_is_name(name) ? s : STR("string");
}

/* The type that Type and AllowedValues of a parameter of the file say. */
static struct str parameter_type(struct importer *im, const struct written *p)
{
	const struct written *type = import_entry(p, STR("Type")),
			     *of = import_entry(p, STR("AllowedValues"));
	struct buf b = buf_in(im->a);

	if (is_choice(of)) {
		for (size_t i = 0; i < of->n; i++)
			buf_fmt(&b, "%s" STR_F, i > 0 ? " | " : "",
				STR_A(import_literal(im, of->entries[i].value)));
		return buf_str(&b);
	}
	if (type == NULL)
		return STR("string");
	if (type->kind == WRITTEN_LIST && type->n == 1)
		return arena_fmt(im->a, "[" STR_F "]", STR_A(type_word(type->entries[0].value)));
	return type_word(type);
}

static void write_doc(struct buf *b, struct str text)
{
	struct str rest = text;

	while (rest.n > 0) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		buf_fmt(b, line.n > 0 ? "## " STR_F "\n" : "##" STR_F "\n", STR_A(line));
	}
}

/* The comments at the entry Parameters itself. */
static void write_parameters_remarks(struct importer *im, struct buf *b, const struct written *all)
{
	struct remarks_list list = {0};

	for (size_t i = 0; i < im->root->n; i++) {
		const struct entry_remarks *e = &im->root->remarks->entries[i];

		if (!str_eq(im->root->entries[i].key->scalar.text, STR("Parameters")))
			continue;
		for (size_t k = 0; k < e->above.n; k++)
			remark_add(im->a, &list, e->above.first[k].text,
				   e->above.first[k].after_empty);
		if (all != NULL && all->remarks->open != NULL)
			remark_add(im->a, &list, all->remarks->open->text, false);
		if (all == NULL)
			import_collect_remarks(im, &list, im->root->entries[i].value);
		if (e->behind != NULL)
			remark_add(im->a, &list, e->behind->text, false);
	}
	layout_remarks(b, &list, 0, true);
}

const struct written *import_parameters(const struct importer *im)
{
	const struct written *all = import_entry(im->root, STR("Parameters"));

	return all != NULL && all->kind == WRITTEN_MAP ? all : NULL;
}

static void write_parameters(struct importer *im, struct buf *b)
{
	const struct written *all = import_parameters(im);

	write_parameters_remarks(im, b, all);
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		const struct written *p = all->entries[i].value;
		const struct str *ident =
			map_get(&im->parameters, all->entries[i].key->scalar.text);
		const struct written *doc = import_entry(p, STR("Description"));
		const struct written *otherwise = import_entry(p, STR("Default"));
		struct remarks_list list = {0};

		import_collect_entry(im, &list, all, i);
		layout_remarks(b, &list, 0, true);
		if (doc != NULL && doc->kind == WRITTEN_SCALAR)
			write_doc(b, doc->scalar.text);
		buf_fmt(b, "deploy param " STR_F ": " STR_F, STR_A(*ident),
			STR_A(parameter_type(im, p)));
		if (otherwise != NULL)
			buf_fmt(b, " = " STR_F, STR_A(import_literal(im, otherwise)));
		buf_char(b, '\n');
	}
	for (size_t k = 0; all != NULL && k < all->remarks->end.n; k++)
		remark_add(im->a, &im->waiting, all->remarks->end.first[k].text, false);
}

static void write_variables(struct importer *im, struct buf *b)
{
	for (size_t i = 0; i < im->variables.n; i++) {
		const struct import_variable *v = im->variables.items[i].value;
		bool fallback = v->any_default && !v->same_default;

		buf_fmt(b, "%sparam " STR_F ": " STR_F, v->deploy ? "deploy " : "", STR_A(v->ident),
			STR_A(v->type));
		if (v->optional || fallback)
			buf_char(b, '?');
		else if (v->always_default)
			buf_fmt(b, " = " STR_F, STR_A(import_default(im, v->type, v->otherwise)));
		buf_char(b, '\n');
	}
}

/* ---- values with names ---- */

static void write_lets(struct importer *im, struct buf *b)
{
	for (size_t i = 0; i < im->nlets; i++) {
		const struct import_let *let = im->lets[i];
		struct str type = let->several ? STR("") : place_section_type(im, let->at);
		size_t begin = b->n;
		struct piece *value;

		im->no_units = let->several;
		value = import_inner(im, let->value, let->at);
		im->no_units = false;
		buf_fmt(b, "let " STR_F "%s" STR_F " = ", STR_A(let->ident), type.n > 0 ? ": " : "",
			STR_A(type));
		layout_piece(b, value, 0, b->n - begin);
		buf_char(b, '\n');
	}
}

/* An empty line, unless b is empty or has one at its end. */
static void part(struct buf *b)
{
	if (b->n > 0 && !str_ends(buf_str(b), STR("\n\n")))
		buf_char(b, '\n');
}

static struct str write_program(struct importer *im)
{
	struct buf b = buf_in(im->a);
	struct str word = import_kind_word(im);
	struct piece *body;

	write_head(im, &b);
	part(&b);
	write_parameters(im, &b);
	write_variables(im, &b);
	part(&b);
	write_lets(im, &b);
	part(&b);
	body = import_body(im);
	buf_fmt(&b, STR_F " " STR_F " ", STR_A(word), STR_A(im->declaration));
	layout_piece(&b, body, 0, 0);
	buf_char(&b, '\n');
	return buf_str(&b);
}

struct str import_kind_word(const struct importer *im)
{
	return kind_thing(im->kind);
}

/* ---- the file ---- */

/* Variables all have a value: only their form is of interest. */
static const char *any_value(const char *name)
{
	(void)name;
	return "";
}

static struct import_result cannot(struct diags *ds)
{
	diag_cannot_import(ds, (struct span){0});
	return (struct import_result){0};
}

struct import_result import_program(struct arena *a, struct diags *ds, const struct source *src,
				    const struct import_options *o)
{
	struct vars vars = {.environment = any_value};
	struct importer im = {.a = a, .ds = ds, .src = src, .o = o};
	struct import_result result = {0};
	const struct node *tree = yaml_read(a, ds, src, &vars, YAML_LIMITS);

	if (tree == NULL || tree->kind != NODE_MAP || ds->errors > 0)
		return cannot(ds);
	im.kind = kind_of(tree);
	im.root = yaml_written(a, src);
	if (im.root == NULL || im.root->kind != WRITTEN_MAP)
		return cannot(ds);
	comments_attach(a, src, im.root, &result.comments);
	import_survey(&im);
	result.text = write_program(&im);
	result.variables = im.variables.n;
	return ds->errors > 0 ? cannot(ds) : result;
}
