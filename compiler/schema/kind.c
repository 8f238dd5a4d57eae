/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c - of which kind a file is, and whether it is one for hpcc at all. */
#include "compiler/schema/kind.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"

enum { MOST_WRONG = 2 /* letters of a misspelt key */ };

/* Does a line of text begin with `key` and a colon, maybe indented or in quotes? */
static bool has_top_key(struct str text, struct str key)
{
	for (size_t at = 0; (at = str_find_str(text, key, at)) != SIZE_MAX; at += key.n) {
		size_t lo = at, hi = at + key.n;

		if (lo > 0 && hi < text.n && (text.s[lo - 1] == '"' || text.s[lo - 1] == '\'') &&
		    text.s[hi] == text.s[lo - 1]) {
			lo--;
			hi++;
		}
		while (lo > 0 && text.s[lo - 1] == ' ')
			lo--;
		if ((lo == 0 || text.s[lo - 1] == '\n') && hi < text.n && text.s[hi] == ':')
			return true;
	}
	return false;
}

/* The ASCII of a text in UTF-16 or UTF-32, which its first bytes tell; other text as it is, without its mark. */
static struct str squeezed(struct arena *a, struct str text)
{
	struct str first = str_slice(text, 0, 4);
	struct buf b = buf_in(a);

	if (str_starts(text, STR("\xef\xbb\xbf")))
		return str_slice(text, 3, text.n);
	if (!str_starts(text, STR("\xff\xfe")) && !str_starts(text, STR("\xfe\xff")) &&
	    str_find(first, '\0', 0) == first.n)
		return text;
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] > 0)
			buf_char(&b, text.s[i]);
	return buf_str(&b);
}

/* Has the mapping a key that is `key` misspelt? */
static bool has_key_like(const struct node *map, struct str key)
{
	for (size_t i = 0; i < map->map.n; i++)
		if (edit_distance(key, map->map.entries[i].key, MOST_WRONG) <= MOST_WRONG)
			return true;
	return false;
}

/*
 * Two of the signs, of which `Kind` is one: one may be missing or misspelt, which is what the check is there to find.
 * Two may be misspelt, but not all: others have `image` and `scheduler`. `Kind` is too short to be misspelt: `id`.
 */
static bool is_of_kind(const struct file_kind *k, struct str text, const struct node *map)
{
	unsigned found = 0, like = 0;

	for (size_t i = 0; i <= k->nsigns; i++) {
		struct str sign = i < k->nsigns ? k->signs[i] : STR("Kind");

		if (map != NULL ? tree_find(map, sign) != NULL : has_top_key(text, sign))
			found++;
		else if (i < k->nsigns)
			like += map != NULL && has_key_like(map, sign);
	}
	return found > 0 && found + like >= 2;
}

bool kind_is_known(struct arena *a, const struct source *src, const struct node *tree)
{
	const struct node *map = tree != NULL && tree->kind == NODE_MAP ? tree : NULL;
	struct str text = map != NULL ? (struct str){0} : squeezed(a, src->text);

	if (map != NULL && kind_named(map) != NULL)
		return true;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (is_of_kind(&schema_kinds[i], text, map))
			return true;
	return false;
}

const struct file_kind *kind_named(const struct node *root)
{
	const struct node *kind = tree_get(root, STR("Kind"));

	for (size_t i = 0; kind != NULL && i < KIND_COUNT; i++)
		if (kind->kind == NODE_STRING && str_eq(kind->text, schema_kinds[i].kind))
			return &schema_kinds[i];
	return NULL;
}

/* May `key` stand at the top of a file of this kind? */
static bool knows(const struct file_kind *kind, struct str key)
{
	const struct prop *p = schema_find(&schema_sections[kind->root], key);

	return p != NULL && (p->variants & kind->variants) != 0;
}

unsigned kind_signs(const struct file_kind *kind, const struct file_kind *beside,
		    const struct node *root, const struct entry **ret_first)
{
	unsigned found = 0;

	*ret_first = NULL;
	for (size_t i = 0; i < kind->nsigns; i++) {
		const struct entry *e = tree_find(root, kind->signs[i]);

		if (e != NULL && !knows(beside, e->key) && found++ == 0)
			*ret_first = e;
	}
	return found;
}

static bool has_sign(const struct file_kind *kind, const struct node *root)
{
	for (size_t i = 0; i < kind->nsigns; i++)
		if (tree_find(root, kind->signs[i]) != NULL)
			return true;
	return false;
}

const struct file_kind *kind_likely(const struct node *root)
{
	const struct file_kind *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t known = 0;

		if (!has_sign(&schema_kinds[i], root))
			continue;
		for (size_t k = 0; k < root->map.n; k++)
			known += knows(&schema_kinds[i], root->map.entries[k].key);
		if (known > most) {
			most = known;
			best = &schema_kinds[i];
		}
	}
	return best;
}

const struct file_kind *kind_of(const struct node *root)
{
	const struct file_kind *kind = kind_named(root);

	kind = kind != NULL ? kind : kind_likely(root);
	return kind != NULL ? kind : &schema_kinds[0];
}

struct str kind_thing(const struct file_kind *kind)
{
	return str_slice(kind->bare, 0, str_find(kind->bare, ' ', 0));
}

const struct file_variant *kind_variant(const struct file_kind *kind, struct str word)
{
	for (size_t i = 0; i < kind->nvariants; i++)
		if (str_eq(kind->variant_rows[i].word, word))
			return &kind->variant_rows[i];
	return NULL;
}

const struct prop *kind_choice(const struct file_kind *kind)
{
	return kind->nchoice > 0 ? &schema_props[kind->choice[kind->nchoice - 1]] : NULL;
}

const struct section *kind_choice_section(const struct file_kind *kind)
{
	enum section_id id = kind->root;

	for (size_t i = 0; i + 1 < kind->nchoice; i++)
		id = schema_props[kind->choice[i]].section;
	return kind->nchoice > 0 ? &schema_sections[id] : NULL;
}

struct str kind_only(struct arena *a, const struct file_kind *kind, const struct prop *p,
		     const char *between)
{
	struct buf b = buf_in(a);

	if ((p->variants & kind->variants) == kind->variants)
		return (struct str){0};
	for (size_t i = 0; i < kind->nvariants; i++)
		if ((p->variants & kind->variant_rows[i].bit) != 0)
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? between : "",
				STR_A(kind->variant_rows[i].word));
	return buf_str(&b);
}

struct str kind_names(struct arena *a, unsigned variants)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < KIND_COUNT; i++)
		if ((schema_kinds[i].variants & variants) != 0)
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? "`, `" : "", STR_A(schema_kinds[i].name));
	return buf_str(&b);
}

/* Do files of kind take the i-th value? */
static bool has_value(const struct file_kind *kind, const struct prop *p, size_t i)
{
	return (p->values[i].variants & kind->variants) != 0;
}

const struct prop *kind_prop(struct arena *a, const struct file_kind *kind, const struct prop *p)
{
	struct enum_value *values;
	struct prop *own = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->nvalues; i++)
		n += has_value(kind, p, i);
	if (n == p->nvalues && p->ndefaults_for == 0)
		return p;
	own = NEW(a, struct prop);
	*own = *p;
	values = NEW_ARRAY(a, struct enum_value, n);
	own->values = values;
	own->nvalues = 0;
	for (size_t i = 0; i < p->nvalues; i++)
		if (has_value(kind, p, i))
			values[own->nvalues++] = p->values[i];
	for (size_t i = 0; i < p->ndefaults_for; i++) {
		if ((p->defaults_for[i].variants & kind->variants) == 0)
			continue;
		own->has |= HAS_DEFAULT;
		own->default_text = p->defaults_for[i].text;
		own->default_value = p->defaults_for[i].value;
	}
	return own;
}
