/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookalikes.c - findings at text with characters that only look like ASCII.
 *
 * Keys, words of lists, numbers, names of regions and types are ASCII, so a look-alike in them is never meant.
 * The rules find that such a text is wrong; this tells why, once for all of them.
 */
#include "compiler/compile/lookalikes.h"

#include "compiler/base/buf.h"
#include "compiler/base/lookalike.h"
#include "compiler/base/map.h"
#include "compiler/base/search.h"
#include "compiler/base/utf8.h"
#include "compiler/tree/scalar.h"

#include <stdlib.h>
#include <string.h>

/* Longer places are no words; and so many characters are named. */
enum { LONGEST = 512, MOST_NAMED = 3 };

/* One finding. */
struct explain {
	struct diags *ds;
	struct diag *d;
	struct str text; /* of its place */
	bool quoted;	 /* it has quotes of YAML around it */
	bool program;	 /* its file is a program */
};

/* The code point at text[i]; its length. */
static unsigned at(struct str text, size_t i, uint32_t *ret_cp)
{
	unsigned len = utf8_decode(text, i, ret_cp);

	return len > 0 ? len : 1;
}

static void name_one(struct explain *e, struct str shown, uint32_t cp)
{
	struct lookalike like;

	if (!lookalike_find(cp, &like)) {
		diag_note(e->ds, e->d, "`" STR_F "` is U+%04X; only ASCII can stand here",
			  STR_A(shown), cp);
		return;
	}
	if (like.ascii[0] == '\0')
		diag_note(e->ds, e->d, "U+%04X, %s, is in it: remove it", cp, like.what);
	else if (like.ascii[0] == ' ')
		diag_note(e->ds, e->d, "U+%04X, %s, is in it: write a blank or nothing", cp,
			  like.what);
	else
		diag_note(e->ds, e->d, "`" STR_F "` is U+%04X, %s: write `%s`", STR_A(shown), cp,
			  like.what, like.ascii);
}

/* Can the place hold ASCII alone? Patterns and types say what they want themselves. */
static bool only_ascii(enum diag_id id)
{
	return id == DIAG_unknown_property || id == DIAG_not_in_enum || id == DIAG_unknown_region ||
	       id == DIAG_unknown_instance_type;
}

/* Names the characters, each once; false when there is nothing to explain. */
static bool name_all(struct explain *e)
{
	uint32_t named[MOST_NAMED];
	unsigned n = 0;

	for (size_t i = 0; i < e->text.n && n < MOST_NAMED;) {
		struct lookalike like;
		uint32_t cp = 0;
		unsigned len = at(e->text, i, &cp), k = 0;

		while (k < n && named[k] != cp)
			k++;
		if (cp >= 0x80 && k == n &&
		    (lookalike_in(e->text, i, &like) || only_ascii(e->d->id))) {
			name_one(e, str_slice(e->text, i, i + len), cp);
			named[n++] = cp;
		}
		i += len;
	}
	return n > 0;
}

static bool is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       strchr("._/@+-", c) != NULL;
}

/* Does every line of s begin with `Word: `, as keys do? */
static bool is_mapping(struct str s)
{
	while (s.s != NULL) {
		struct str line = str_trim(str_cut(&s, '\n'));
		size_t i = 0;

		while (i < line.n && ((line.s[i] >= 'A' && line.s[i] <= 'Z') ||
				      (line.s[i] >= 'a' && line.s[i] <= 'z')))
			i++;
		if (i == 0 || i + 1 >= line.n || line.s[i] != ':' || line.s[i + 1] != ' ')
			return false;
	}
	return true;
}

/* Is it a mapping, an item of a list or a list in brackets, so that the place can be right with it? */
static bool is_collection(struct str s)
{
	return is_mapping(s) || (str_starts(s, STR("- ")) && str_find(s, '\n', 0) == s.n) ||
	       (str_starts(s, STR("[")) && str_ends(s, STR("]")));
}

/* Is it text that means the same with and without quotes? */
static bool is_safe(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_word_char(s.s[i]) &&
		    !(s.s[i] == ':' && i + 1 < s.n && is_word_char(s.s[i + 1])))
			return false;
	return s.n > 0 && s.s[0] != '-' && s.s[0] != '@';
}

/* What stands for the look-alike at text[i] of `len` bytes. */
static struct str replacement(const struct explain *e, size_t i, unsigned len,
			      struct lookalike like)
{
	char c = like.ascii[0];
	bool first = i == 0, last = i + len == e->text.n;
	char next = last ? '\n' : e->text.s[i + len];

	if (c == '\0' || c == '"' || c == '\'')
		return STR(""); /* quotes around a word, or in it */
	if (c == ' ' && (last || (first && e->d->id != DIAG_unknown_property)))
		return STR("");
	if (c == ':' && e->d->id == DIAG_wrong_type && next != ' ' && next != '\n' && next != '/')
		return STR(": ");
	return arena_fmt(e->ds->arena, "%c", c);
}

/* Appends the text with its look-alikes replaced. False: it has other characters. */
static bool replace(const struct explain *e, struct buf *b)
{
	for (size_t i = 0; i < e->text.n;) {
		struct lookalike like;
		uint32_t cp = 0;
		unsigned len = at(e->text, i, &cp);

		if (cp < 0x80)
			buf_char(b, e->text.s[i]);
		else if (lookalike_find(cp, &like))
			buf_add(b, replacement(e, i, len, like));
		else
			return false;
		i += len;
	}
	return true;
}

/* Has each typographic quote its partner? What YAML took for the end of the text may not be its end. */
static bool quotes_have_partners(struct str text)
{
	unsigned quotes[2] = {0};

	for (size_t i = 0; i < text.n;) {
		struct lookalike like;
		uint32_t cp = 0;
		unsigned len = at(text, i, &cp);

		if (cp >= 0x80 && lookalike_find(cp, &like) &&
		    (like.ascii[0] == '"' || like.ascii[0] == '\''))
			quotes[like.ascii[0] == '"']++;
		i += len;
	}
	return quotes[0] % 2 == 0 && quotes[1] % 2 == 0;
}

/* Would s without quotes be no text, but a number, a truth value, a date or nothing? */
static bool needs_quotes(struct str s)
{
	struct node plain = {.plain = true, .text = s};

	yaml_resolve_plain(&plain);
	return plain.kind != NODE_STRING;
}

/* The one right edit, when there is one. */
static void mend(struct explain *e)
{
	struct buf b = buf_in(e->ds->arena);
	struct str s, whole;

	if (e->d->fixes != NULL || !quotes_have_partners(e->text) || !replace(e, &b))
		return;
	s = whole = buf_str(&b);
	if (!e->quoted && e->d->id != DIAG_wrong_type && needs_quotes(s))
		whole = arena_fmt(e->ds->arena, "\"" STR_F "\"", STR_A(s));
	if (e->quoted)
		s = str_slice(s, 1, s.n - 1);
	if (e->quoted && e->program && e->d->id == DIAG_wrong_type && needs_quotes(s))
		whole = s; /* no text is wanted, and in quotes it would be one */
	if (e->quoted && e->program && e->d->id == DIAG_wrong_type && is_collection(s))
		return; /* likewise, but what it says is YAML */
	if (e->quoted && e->program && e->d->id == DIAG_unknown_property)
		whole = arena_fmt(e->ds->arena, "\"" STR_F "\"", STR_A(str_trim(s)));
	if (e->d->id == DIAG_unknown_property)
		s = str_trim(s); /* a key may be indented by blanks that are none */
	if (is_safe(s) || (e->d->id == DIAG_wrong_type && !e->quoted && is_collection(s)))
		diag_fix(e->ds, e->d, e->d->at, whole, true);
}

/* Drops remarks on texts that have a finding which says what is wrong with them. */
static void drop_remarks(struct diags *ds)
{
	struct diag *before = NULL;

	for (struct diag *d = ds->first; d != NULL; d = d->next) {
		if (before != NULL && d->id == DIAG_lookalike && span_cmp(before->at, d->at) == 0) {
			before->next = d->next;
			ds->last = d->next == NULL ? before : ds->last;
			ds->warnings -= d->sev == SEV_WARNING;
			continue;
		}
		before = d;
	}
}

/* A scalar whose text is not what stands at its place: by variables, or by escapes in its quotes. */
struct made {
	struct span at;
	struct str text;
};

struct made_list {
	struct arena *a;
	struct made *items;
	size_t n, cap;
	struct map seen; /* addresses of nodes that stand at several places of the tree */
};

/* Was the node met at another place? What an alias repeats is looked at once. */
static bool met_before(struct made_list *l, const struct node *n)
{
	struct str address = {(const char *)&n, sizeof(n)};

	if (!n->shared)
		return false;
	if (map_get(&l->seen, address) != NULL)
		return true;
	map_put(&l->seen, l->a, arena_str(l->a, address), n);
	return false;
}

static void note_made(struct made_list *l, struct span at, struct str text)
{
	struct str written = span_text(at);

	if (!has_non_ascii(text) && !has_non_ascii(written))
		return;
	if (str_find_str(written, STR("${"), 0) == SIZE_MAX &&
	    (!str_starts(written, STR("\"")) || str_find(written, '\\', 0) == written.n))
		return;
	l->items = arena_grow(l->a, l->items, sizeof(*l->items), l->n, &l->cap);
	l->items[l->n++] = (struct made){at, text};
}

/* All such scalars below n; the reader's limits bound depth and number. */
static void find_made(struct made_list *l, const struct node *n)
{
	if (met_before(l, n))
		return;
	if (n->kind == NODE_LIST) {
		for (size_t i = 0; i < n->list.n; i++)
			find_made(l, n->list.items[i]);
	} else if (n->kind == NODE_MAP) {
		for (size_t i = 0; i < n->map.n; i++) {
			note_made(l, n->map.entries[i].key_at, n->map.entries[i].key);
			find_made(l, n->map.entries[i].value);
		}
	} else {
		note_made(l, n->at, n->text);
	}
}

static int by_place(const void *a, const void *b)
{
	return span_cmp(((const struct made *)a)->at, ((const struct made *)b)->at);
}

static uint32_t made_begin(const void *items, size_t i)
{
	return ((const struct made *)items)[i].at.lo;
}

static const struct made *made_at(const struct made_list *l, struct span at)
{
	size_t i = search_least(at.lo, l->items, l->n, made_begin);

	return i < l->n && span_cmp(l->items[i].at, at) == 0 ? &l->items[i] : NULL;
}

/* The characters of what a text became cannot be mended where they do not stand. */
static void explain_made(struct explain *e, const struct made *m)
{
	e->text = m->text;
	if (e->text.n <= LONGEST && has_non_ascii(e->text))
		name_all(e);
}

static void explain_written(struct explain *e)
{
	if (e->text.n > LONGEST || !has_non_ascii(e->text))
		return;
	e->quoted = e->text.n > 1 && (e->text.s[0] == '"' || e->text.s[0] == '\'');
	if (name_all(e))
		mend(e);
}

void lookalikes_explain(struct diags *ds, const struct node *root, bool program)
{
	struct made_list made = {.a = ds->arena};

	drop_remarks(ds);
	if (root != NULL && ds->first != NULL)
		find_made(&made, root);
	if (made.n > 0)
		qsort(made.items, made.n, sizeof(*made.items), by_place);
	for (struct diag *d = ds->first; d != NULL; d = d->next) {
		struct explain e = {.ds = ds, .d = d, .text = span_text(d->at), .program = program};
		const struct made *m = made.n > 0 ? made_at(&made, d->at) : NULL;

		if (d->id == DIAG_yaml_syntax)
			continue; /* the reader of YAML names them itself */
		if (m != NULL)
			explain_made(&e, m);
		else
			explain_written(&e);
	}
}
