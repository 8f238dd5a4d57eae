/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - YAML, piece by piece. */
#include "compiler/convert/text.h"

#include "compiler/base/open_text.h"
#include "compiler/yaml/yaml_write.h"

#include <stdarg.h>

void yaml_add_line(struct buf *b, unsigned indent, const char *fmt, ...)
{
	va_list ap;

	buf_fmt(b, "%*s", (int)indent, "");
	va_start(ap, fmt);
	buf_add(b, arena_vfmt(b->a, fmt, ap));
	va_end(ap);
	buf_char(b, '\n');
}

/* A tree, each of its lines moved to the right; lines of a block that are empty stay so. */
static void yaml_add_tree(struct buf *b, unsigned indent, const struct node *tree)
{
	struct buf own = buf_in(b->a);
	struct str rest;

	yaml_write(
		&own, tree,
		YAML_FOR_HPCC); /* what is too much is cut off, and told by the size of the whole */
	rest = buf_str(&own);
	while (rest.n > 0) {
		size_t end = str_find(rest, '\n', 0);
		struct str line = str_slice(rest, 0, end);

		buf_fmt(b, "%*s" STR_F "\n", line.n > 0 ? (int)indent : 0, "", STR_A(line));
		rest = str_slice(rest, end < rest.n ? end + 1 : end, rest.n);
	}
}

void yaml_add_entry(struct buf *b, unsigned indent, struct str key, const struct node *value)
{
	struct entry entry = {.key = key, .key_kind = NODE_STRING, .value = value};
	struct node map = {.kind = NODE_MAP, .map = {&entry, 1}};

	yaml_add_tree(b, indent, &map);
}

static struct node text_node(struct str text)
{
	return (struct node){.kind = NODE_STRING, .text = text, .open = !text_is_known(text)};
}

void yaml_add_text(struct buf *b, unsigned indent, const char *key, struct str text)
{
	struct node value = text_node(text);

	yaml_add_entry(b, indent, str_c(key), &value);
}

void yaml_add_row(struct buf *b, unsigned indent, const char *key, struct str text)
{
	struct node value = text_node(text);
	struct entry entry = {.key = str_c(key), .key_kind = NODE_STRING, .value = &value};
	struct node map = {.kind = NODE_MAP, .map = {&entry, 1}};
	const struct node *items[] = {&map};
	struct node list = {.kind = NODE_LIST, .list = {items, 1}};

	yaml_add_tree(b, indent, &list);
}

void yaml_add_item(struct buf *b, unsigned indent, struct str text)
{
	struct node value = text_node(text);
	const struct node *items[] = {&value};
	struct node list = {.kind = NODE_LIST, .list = {items, 1}};

	yaml_add_tree(b, indent, &list);
}
