/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_kinds.c - stdlib/schema/kinds.yaml: the kinds of files, their variants, and who has which row.
 *
 * A kind has a bit for each of its variants, or one for itself where it has none; the column `for` of rows and
 * sections is a mask of them. A section also gets the mask of the kinds whose files can hold it.
 */
#include "stdlib/tablegen/schema.h"

static const char *const kind_columns[] = {"root",  "article", "kind",
					   "signs", "choice",  "variants"};

/* ---- reading ---- */

static void add_variant(struct schema_data *d, struct schema_kind *k, struct str word,
			struct str name, struct span at)
{
	struct schema_variant *v = &d->variants[d->nvariants];

	if (d->nvariants == MAX_VARIANTS) {
		data_fault(d, at, "there are more than %d variants of kinds", MAX_VARIANTS);
		return;
	}
	if (variant_mask(d, name) != 0)
		data_fault(d, at, "the variant `" STR_F "` is there twice", STR_A(name));
	*v = (struct schema_variant){.word = word, .name = name, .bit = 1U << d->nvariants++};
	k->variants |= v->bit;
}

static void read_variants(struct schema_data *d, struct schema_kind *k)
{
	const struct node *map = typed(d, k->node, "variants", NODE_MAP);

	if (map == NULL)
		add_variant(d, k, (struct str){0}, upper_case(d->tg->a, k->name), k->at);
	for (size_t i = 0; map != NULL && i < map->map.n; i++)
		add_variant(d, k, map->map.entries[i].key, map->map.entries[i].value->text,
			    map->map.entries[i].key_at);
}

void schema_read_kinds(struct schema_data *d, const struct node *root)
{
	d->kinds = NEW_ARRAY(d->tg->a, struct schema_kind, root->map.n);
	for (size_t i = 0; i < root->map.n; i++) {
		const struct entry *e = &root->map.entries[i];
		struct schema_kind *k = &d->kinds[d->nkinds++];

		*k = (struct schema_kind){.name = e->key, .at = e->key_at, .node = e->value};
		if (e->value->kind != NODE_MAP) {
			data_fault(d, e->value->at, "a kind is a mapping of columns");
			continue;
		}
		check_columns(d, e->value, kind_columns, ARRAY_LEN(kind_columns));
		k->article = column(k->node, "article");
		if (!str_starts(k->article, STR("a ")) && !str_starts(k->article, STR("an ")))
			data_fault(d, k->at, "`article` is the name of the file with `a` or `an`");
		read_variants(d, k);
	}
}

unsigned variant_mask(const struct schema_data *d, struct str name)
{
	for (size_t i = 0; i < d->nvariants; i++)
		if (str_eq(d->variants[i].name, name))
			return d->variants[i].bit;
	for (size_t i = 0; i < d->nkinds; i++)
		if (str_eq(upper_case(d->tg->a, d->kinds[i].name), name))
			return d->kinds[i].variants;
	return 0;
}

unsigned schema_every_variant(const struct schema_data *d)
{
	return (1U << d->nvariants) - 1;
}

/* ---- linking ---- */

/* The mask in the column `name` of a row or section, which lists variants: all when it is absent. */
static unsigned mask_of(struct schema_data *d, const struct node *row, const char *name)
{
	const struct node *list = typed(d, row, name, NODE_LIST);
	unsigned mask = 0;

	if (list == NULL)
		return schema_every_variant(d);
	for (size_t i = 0; i < list->list.n; i++) {
		const struct node *word = list->list.items[i];
		unsigned bits = variant_mask(d, word->text);

		if (bits == 0)
			data_fault(d, word->at, "`%s`: there is no variant `" STR_F "`", name,
				   STR_A(word->text));
		mask |= bits;
	}
	return mask;
}

static void link_row_masks(struct schema_data *d, const struct schema_section *s,
			   struct schema_row *r)
{
	r->variants = mask_of(d, r->node, "for") & s->only;
	if (column(r->node, "no_effect").n > 0)
		r->idle = mask_of(d, r->node, "no_effect_for");
	else if (tree_get(r->node, STR("no_effect_for")) != NULL)
		data_fault(d, r->at, "`no_effect_for` stands beside `no_effect`");
}

void schema_link_masks(struct schema_data *d)
{
	for (size_t i = 0; i < d->nsections; i++) {
		struct schema_section *s = &d->sections[i];

		s->only = mask_of(d, s->node, "for");
		for (size_t k = 0; k < s->nrows; k++)
			link_row_masks(d, s, &s->rows[k]);
	}
}

/* `Scheduling.Scheduler`: the rows on the way to the property whose value chooses the variant. */
static void link_choice(struct schema_data *d, struct schema_kind *k)
{
	struct str rest = column(k->node, "choice");
	struct schema_section *s = k->root;

	if ((rest.n > 0) != (tree_get(k->node, STR("variants")) != NULL))
		data_fault(d, k->at, "`variants` and `choice` stand together");
	while (rest.n > 0 && s != NULL) {
		struct str name = str_cut(&rest, '.');
		struct schema_row *r = find_row(s, name);

		if (r == NULL || k->nchoice == MAX_CHOICE) {
			data_fault(d, k->at, "`choice`: " STR_F " has no property `" STR_F "`",
				   STR_A(s->name), STR_A(name));
			return;
		}
		k->choice[k->nchoice].section = s;
		k->choice[k->nchoice++].row = r;
		s = r->of;
	}
	for (size_t i = 0; k->nchoice > 0 && i < d->nvariants; i++) {
		const struct schema_row *r = k->choice[k->nchoice - 1].row;
		bool known = (d->variants[i].bit & k->variants) == 0;

		for (size_t n = 0; n < r->nvalues; n++)
			known = known || str_eq(r->values[n].name, d->variants[i].word);
		if (!known)
			data_fault(d, k->at, "`" STR_F "` is not a value of `" STR_F "`",
				   STR_A(d->variants[i].word), STR_A(r->name));
	}
}

static void link_signs(struct schema_data *d, struct schema_kind *k)
{
	const struct node *list = typed(d, k->node, "signs", NODE_LIST);

	if (list == NULL && column(k->node, "kind").n == 0)
		data_fault(d, k->at, "a kind is told by `kind` or by `signs`");
	for (size_t i = 0; list != NULL && k->root != NULL && i < list->list.n; i++)
		if (find_row(k->root, list->list.items[i]->text) == NULL)
			data_fault(d, list->list.items[i]->at,
				   "`signs`: " STR_F " has no property `" STR_F "`",
				   STR_A(k->root->name), STR_A(list->list.items[i]->text));
}

bool schema_link_kinds(struct schema_data *d)
{
	bool ok = d->nkinds > 0;

	if (d->nkinds == 0)
		data_fault(d, (struct span){0}, "kinds.yaml names no kind of file");
	for (size_t i = 0; i < d->nkinds; i++) {
		struct schema_kind *k = &d->kinds[i];

		k->root = find_section(d, column(k->node, "root"));
		if (k->root == NULL) {
			data_fault(d, k->at, "`root`: there is no section `" STR_F "`",
				   STR_A(column(k->node, "root")));
			ok = false;
			continue;
		}
		k->root->is_root = true;
		link_choice(d, k);
		link_signs(d, k);
	}
	return ok;
}

/* What has not the section inside has not the row that opens it either. */
static void narrow(struct schema_data *d)
{
	for (size_t i = 0; i < d->nsections; i++) {
		const struct schema_section *s = &d->sections[i];

		for (size_t k = 0; k < s->nrows; k++) {
			struct schema_row *r = &s->rows[k];

			if (r->of != NULL)
				r->variants &= r->of->only;
			r->required &= r->variants;
		}
	}
}

/* Notes that files of `mask` can hold s. */
static void reach(struct schema_section *s, unsigned mask)
{
	if ((s->variants & mask) == mask)
		return;
	s->variants |= mask;
	for (size_t i = 0; i < s->nrows; i++)
		if (s->rows[i].of != NULL)
			reach(s->rows[i].of, mask & s->rows[i].variants);
}

void schema_reach(struct schema_data *d)
{
	narrow(d);
	for (size_t i = 0; i < d->nkinds; i++)
		reach(d->kinds[i].root, d->kinds[i].variants);
	for (size_t i = 0; i < d->nsections; i++) {
		const struct schema_section *s = &d->sections[i];

		for (size_t k = 0; k < s->nrows; k++)
			if ((s->rows[k].variants & s->variants) == 0 && s->places > 0)
				data_fault(d, s->rows[k].at, "no kind of file has `" STR_F "` here",
					   STR_A(s->rows[k].name));
	}
}

/* ---- writing ---- */

void schema_write_variants(const struct schema_data *d, struct buf *b)
{
	buf_add(b, STR("/* The variants of kinds of files, a bit each, and all of a kind that has "
		       "several. */\n"
		       "enum {\n"));
	for (size_t i = 0; i < d->nvariants; i++)
		buf_fmt(b, "\t" STR_F " = %u,\n", STR_A(d->variants[i].name), d->variants[i].bit);
	for (size_t i = 0; i < d->nkinds; i++)
		if (tree_get(d->kinds[i].node, STR("variants")) != NULL)
			buf_fmt(b, "\t" STR_F " = %u,\n",
				STR_A(upper_case(d->tg->a, d->kinds[i].name)),
				d->kinds[i].variants);
	buf_fmt(b, "\tANY_KIND = %u,\n\tKIND_COUNT = %zu\n};\n\n", schema_every_variant(d),
		d->nkinds);
}

void schema_write_model_struct(const struct schema_data *d, struct buf *b)
{
	buf_add(b, STR("/* A file: of which kind it is, and its root section. */\nstruct model {\n"
		       "\tconst struct file_kind *kind;\n"
		       "\tuint16_t variant; /* a bit; the first of the kind where the file does "
		       "not say */\n"
		       "\tconst struct deployment *deployment; /* compiler/model/deployment.h; "
		       "NULL where "
		       "the file leaves nothing open */\n"
		       "\t/* The environment it stands on, where the file of that is at hand; else "
		       "NULL. */\n"
		       "\tconst struct foundation *foundation; /* compiler/model/foundation.h */\n"
		       "\tconst struct foundation *others; /* a list of those that it imports from "
		       "as well */\n"
		       "\tbool program; /* a declaration of a program */\n"
		       "\tunion {\n\t\tconst struct section_at *at;\n"));
	for (size_t i = 0; i < d->nkinds; i++)
		buf_fmt(b, "\t\tconst struct " STR_F " *" STR_F ";\n",
			STR_A(d->kinds[i].root->snake),
			STR_A(snake_case(d->tg->a, d->kinds[i].name)));
	buf_add(b, STR("\t};\n};\n\n"));
}

/* The arrays that the row of a kind points to. */
static void write_lists(const struct schema_data *d, struct buf *b, const struct schema_kind *k)
{
	const struct node *signs = tree_get(k->node, STR("signs"));

	if (signs != NULL) {
		buf_fmt(b, "static const struct str signs_" STR_F "[] = {\n", STR_A(k->name));
		for (size_t i = 0; i < signs->list.n; i++) {
			buf_char(b, '\t');
			c_str(b, signs->list.items[i]->text);
			buf_add(b, STR(",\n"));
		}
		buf_add(b, STR("};\n"));
	}
	if (k->nchoice == 0)
		return;
	buf_fmt(b, "static const uint16_t choice_" STR_F "[] = {", STR_A(k->name));
	for (size_t i = 0; i < k->nchoice; i++)
		buf_fmt(b, "PROP_" STR_F "_" STR_F ", ", STR_A(k->choice[i].section->name),
			STR_A(k->choice[i].row->name));
	buf_fmt(b, "};\nstatic const struct file_variant variants_" STR_F "[] = {\n",
		STR_A(k->name));
	for (size_t i = 0; i < d->nvariants; i++) {
		if ((d->variants[i].bit & k->variants) == 0)
			continue;
		buf_add(b, STR("\t{"));
		c_str(b, d->variants[i].word);
		buf_fmt(b, ", " STR_F "},\n", STR_A(d->variants[i].name));
	}
	buf_add(b, STR("};\n"));
}

static void write_kind(struct buf *b, const struct schema_kind *k)
{
	const struct node *signs = tree_get(k->node, STR("signs"));
	size_t nvariants = 0;

	buf_add(b, STR("\t{\n\t\t.name = "));
	c_str(b, k->name);
	buf_add(b, STR(",\n\t\t.article = "));
	c_str(b, k->article);
	buf_add(b, STR(",\n\t\t.bare = "));
	c_str(b, str_slice(k->article, str_find(k->article, ' ', 0) + 1, k->article.n));
	buf_add(b, STR(",\n\t\t.kind = "));
	c_str(b, column(k->node, "kind"));
	buf_fmt(b, ",\n\t\t.root = SECTION_" STR_F ",\n\t\t.variants = %u,\n", STR_A(k->root->name),
		k->variants);
	if (signs != NULL)
		buf_fmt(b, "\t\t.signs = signs_" STR_F ",\n\t\t.nsigns = %zu,\n", STR_A(k->name),
			signs->list.n);
	for (unsigned bits = k->variants; bits != 0; bits &= bits - 1)
		nvariants++;
	if (k->nchoice > 0)
		buf_fmt(b,
			"\t\t.choice = choice_" STR_F ",\n\t\t.nchoice = %zu,\n"
			"\t\t.variant_rows = variants_" STR_F ",\n\t\t.nvariants = %zu,\n",
			STR_A(k->name), k->nchoice, STR_A(k->name), nvariants);
	buf_add(b, STR("\t},\n"));
}

void schema_write_kinds(const struct schema_data *d, struct buf *b)
{
	for (size_t i = 0; i < d->nkinds; i++)
		write_lists(d, b, &d->kinds[i]);
	buf_add(b, STR("const struct file_kind schema_kinds[KIND_COUNT] = {\n"));
	for (size_t i = 0; i < d->nkinds; i++)
		write_kind(b, &d->kinds[i]);
	buf_add(b, STR("};\n"));
}
