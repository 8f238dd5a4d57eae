/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_write.c - a tree as YAML. */
#include "compiler/yaml/yaml_write.h"

#include "compiler/base/map.h"
#include "compiler/base/open_text.h"
#include "compiler/base/search.h"
#include "compiler/base/utf8.h"
#include "compiler/tree/scalar.h"

#include <inttypes.h>

enum {
	STEP = 2, /* blanks a level */
	/* libyaml and PyYAML take a key for one within 1,024 characters; a longer one has a `?` in front. */
	LONGEST_KEY = 1000,
	FEW_KEYS = 8,
	ANYWHERE = -1, /* column of a value that no collection holds */
};

struct writer {
	struct buf *out;
	struct arena *a;
	enum yaml_reader reader;
	size_t most; /* bytes of out at which to stop */
};

static void write_collection(struct writer *w, const struct node *n, int column, bool begun);

/* ---- texts ---- */

/* Is it a character that stands in YAML as it is, in quotes and in blocks, on one line? */
static bool stands_as_it_is(uint32_t cp)
{
	if (cp == 0x2028 || cp == 0x2029 || cp == 0xfeff || (cp >= 0x7f && cp < 0xa0))
		return false;
	return cp >= 0x20 && !(cp >= 0xd800 && cp < 0xe000) && cp != 0xfffe && cp != 0xffff;
}

/* Do all characters of s stand as they are, apart from ASCII ones in `also`? */
static bool all_stand(struct str s, const char *also)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(s, i, &cp);
		bool other = cp < 0x80 && str_find(str_c(also), (char)cp, 0) < str_c(also).n;

		if (len == 0 || (!stands_as_it_is(cp) && !other))
			return false;
		i += len;
	}
	return true;
}

/* What YAML 1.1 takes for another thing than a text although the reader here and PyYAML do not: true, a default. */
static bool is_doubtful(struct str s)
{
	static const char *const words[] = {"y", "Y", "n", "N", "=", "<<"};

	return s.n <= 2 && AMONG(s, words);
}

/* Can s be written without quotes and be read as a value of this kind? */
static bool plain_is(struct str s, enum node_kind kind)
{
	struct node scalar = {.text = s};
	struct str first = str_slice(s, 0, 1), second = str_slice(s, 1, 2);
	static const struct str never = STR_INIT(",[]{}#&*!|>'\"%@` ");
	static const struct str alone = STR_INIT("-?:");

	if (s.n == 0 || str_find(never, first.s[0], 0) < never.n || s.s[s.n - 1] == ' ' ||
	    s.s[s.n - 1] == ':')
		return false;
	if (str_find(alone, first.s[0], 0) < alone.n && (second.n == 0 || second.s[0] == ' '))
		return false;
	if (str_starts(s, STR("---")) || str_starts(s, STR("...")) || !all_stand(s, "") ||
	    str_find_str(s, STR(": "), 0) != SIZE_MAX || str_find_str(s, STR(" #"), 0) != SIZE_MAX)
		return false;
	yaml_resolve_plain(&scalar);
	return scalar.kind == kind && !(kind == NODE_STRING && is_doubtful(s));
}

static void add_escape(struct buf *b, uint32_t cp)
{
	if (cp == '\n')
		buf_add(b, STR("\\n"));
	else if (cp == '\t')
		buf_add(b, STR("\\t"));
	else if (cp == '\r')
		buf_add(b, STR("\\r"));
	else if (cp < 0x100)
		buf_fmt(b, "\\x%02" PRIx32, cp);
	else if (cp < 0x10000)
		buf_fmt(b, "\\u%04" PRIx32, cp);
	else
		buf_fmt(b, "\\U%08" PRIx32, cp);
}

static void add_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0xfffd;
		unsigned len = utf8_decode(s, i, &cp);

		if (cp == '"' || cp == '\\')
			buf_char(b, '\\');
		if (stands_as_it_is(cp))
			buf_add(b, len > 0 ? str_slice(s, i, i + len) : STR("\xef\xbf\xbd"));
		else
			add_escape(b, cp);
		i += len > 0 ? len : 1;
	}
	buf_char(b, '"');
}

/*
 * Would a text of the given lines be read back from a block? Blank ones alone would not, nor characters that end a line
 * for YAML alone.
 */
static bool is_block(struct str s)
{
	size_t i = 0;

	if (str_find(s, '\n', 0) == s.n || !all_stand(s, "\n\t"))
		return false;
	while (i < s.n && (s.s[i] == '\n' || s.s[i] == ' ' || s.s[i] == '\t'))
		i++;
	return i < s.n;
}

/* The lines of s under a collection at `column`, behind the sign of a block. */
static void add_block(struct writer *w, struct str s, int column)
{
	bool ended = str_ends(s, STR("\n")), more = str_ends(s, STR("\n\n"));
	bool blank = s.s[0] == ' ' || s.s[0] == '\t' || s.s[0] == '\n';

	buf_fmt(w->out, "|%s%s\n", blank ? "2" : "", more ? "+" : ended ? "" : "-");
	if (ended)
		s.n--;
	while (s.s != NULL) {
		struct str line = str_cut(&s, '\n');

		if (line.n > 0)
			buf_pad(w->out, ' ', (size_t)column + STEP);
		buf_fmt(w->out, STR_F "\n", STR_A(line));
	}
}

/* ---- what only a deployment knows ---- */

static void add_literal(struct buf *b, struct str s)
{
	size_t at;

	while ((at = str_find_str(s, STR("${"), 0)) != SIZE_MAX) {
		buf_add(b, str_slice(s, 0, at));
		buf_add(b, STR("$${"));
		s = str_slice(s, at + 2, s.n);
	}
	buf_add(b, s);
}

/*
 * Appends a reference. A `$` in front of it would make it text: a variable with a default, which nobody need set, says
 * it then.
 */
static void add_reference(struct buf *b, struct str body)
{
	size_t dollars = 0;

	while (dollars < b->n && b->s[b->n - 1 - dollars] == '$')
		dollars++;
	if (dollars > 0) {
		b->n -= dollars;
		buf_add(b, STR("${DOLLAR:-"));
		buf_pad(b, '$', dollars);
		buf_char(b, '}');
	}
	buf_fmt(b, "${" STR_F "}", STR_A(body));
}

/* The text as it stands in a file for hpcc: s itself where nothing in it means another thing there. */
static struct str as_written(struct writer *w, struct str s)
{
	struct buf b = buf_in(w->a);
	struct text_piece p;

	if (w->reader == YAML_FOR_OTHERS || (text_is_known(s) && str_find(s, '$', 0) == s.n))
		return s;
	while (text_next(&s, &p))
		if (p.open)
			add_reference(&b, p.text);
		else
			add_literal(&b, p.text);
	return buf_str(&b);
}

/* ---- scalars ---- */

static struct str tag_of(enum node_kind kind)
{
	static const struct str tags[] = {
		[NODE_NULL] = STR_INIT("!!null"),  [NODE_BOOL] = STR_INIT("!!bool"),
		[NODE_INT] = STR_INIT("!!int"),	   [NODE_FLOAT] = STR_INIT("!!float"),
		[NODE_STRING] = STR_INIT("!!str"), [NODE_TIMESTAMP] = STR_INIT("!!timestamp"),
	};

	return tags[kind];
}

/* A scalar; in a block where `column` is that of the collection that holds it, else on one line. No newline behind. */
static void write_scalar(struct writer *w, struct str text, enum node_kind kind, int column)
{
	struct str s = kind == NODE_STRING ? as_written(w, text) : text;

	if (plain_is(s, kind))
		buf_add(w->out, s);
	else if (kind == NODE_STRING && column >= 0 && is_block(s)) {
		add_block(w, s, column);
		w->out->n--;
	} else {
		if (kind != NODE_STRING)
			buf_fmt(w->out, STR_F " ", STR_A(tag_of(kind)));
		add_quoted(w->out, s);
	}
}

/* What stands behind a key or a dash, and the end of the line. */
static void write_value(struct writer *w, const struct node *n, int column)
{
	if (n->kind == NODE_MAP || n->kind == NODE_LIST) {
		bool empty = n->kind == NODE_MAP ? n->map.n == 0 : n->list.n == 0;

		INVARIANT(empty);
		buf_add(w->out, n->kind == NODE_MAP ? STR(" {}") : STR(" []"));
	} else if (n->kind != NODE_NULL || n->text.n > 0) {
		buf_char(w->out, ' ');
		write_scalar(w, n->text, n->kind, column);
	}
	buf_char(w->out, '\n');
}

/* ---- collections ---- */

static bool is_filled(const struct node *n)
{
	return (n->kind == NODE_MAP && n->map.n > 0) || (n->kind == NODE_LIST && n->list.n > 0);
}

static void write_key(struct writer *w, const struct entry *e, int column)
{
	size_t before = w->out->n;
	struct str key;

	/* References in keys are text. */
	if (plain_is(e->key, e->key_kind))
		buf_add(w->out, e->key);
	else if (e->key_kind == NODE_STRING)
		add_quoted(w->out, e->key);
	else
		write_scalar(w, e->key, e->key_kind, ANYWHERE);
	if (w->out->n - before > LONGEST_KEY) {
		key = arena_str(w->a, str_slice(buf_str(w->out), before, w->out->n));
		w->out->n = before;
		buf_fmt(w->out, "? " STR_F "\n", STR_A(key));
		buf_pad(w->out, ' ', (size_t)column);
	}
	buf_char(w->out, ':');
}

/* Has an entry before the i-th the same key? `seen` is for mappings of many keys. */
static bool is_overridden(struct writer *w, const struct node *map, size_t i, struct map *seen)
{
	struct str key = map->map.entries[i].key;

	if (map->map.n > FEW_KEYS)
		return map_put(seen, w->a, key, map) != NULL;
	for (size_t k = 0; k < i; k++)
		if (str_eq(map->map.entries[k].key, key))
			return true;
	return false;
}

static void write_map(struct writer *w, const struct node *map, int column, bool begun)
{
	struct map seen = {0};

	for (size_t i = 0; i < map->map.n && w->out->n < w->most; i++) {
		const struct entry *e = &map->map.entries[i];

		if (is_overridden(w, map, i, &seen))
			continue;
		if (!begun)
			buf_pad(w->out, ' ', (size_t)column);
		begun = false;
		write_key(w, e, column);
		if (!is_filled(e->value)) {
			write_value(w, e->value, column);
			continue;
		}
		buf_char(w->out, '\n');
		write_collection(w, e->value, column + STEP, false);
	}
}

static void write_list(struct writer *w, const struct node *list, int column, bool begun)
{
	for (size_t i = 0; i < list->list.n && w->out->n < w->most; i++) {
		const struct node *item = list->list.items[i];

		if (!begun)
			buf_pad(w->out, ' ', (size_t)column);
		begun = false;
		buf_char(w->out, '-');
		if (!is_filled(item)) {
			write_value(w, item, column);
			continue;
		}
		buf_char(w->out, ' ');
		write_collection(w, item, column + STEP, true);
	}
}

/* A list or mapping that holds something; `begun`: its first line is begun up to its column. */
static void write_collection(struct writer *w, const struct node *n, int column, bool begun)
{
	if (n->kind == NODE_MAP)
		write_map(w, n, column, begun);
	else
		write_list(w, n, column, begun);
}

bool yaml_write(struct buf *out, const struct node *root, enum yaml_reader reader)
{
	struct arena scratch = {0};
	struct writer w = {.out = out, .a = &scratch, .reader = reader};

	w.most = out->n + ((size_t)MOST_WRITTEN_MIB << 20);
	if (is_filled(root)) {
		write_collection(&w, root, 0, false);
	} else if (root->kind == NODE_MAP || root->kind == NODE_LIST) {
		buf_add(out, root->kind == NODE_MAP ? STR("{}\n") : STR("[]\n"));
	} else {
		write_scalar(&w, root->text, root->kind, ANYWHERE);
		buf_char(out, '\n');
	}
	arena_release(&scratch);
	return out->n < w.most;
}
