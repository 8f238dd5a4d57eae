/* SPDX-License-Identifier: Apache-2.0 */
/* parse_doc.c - comments that document items and files. */
#include "compiler/base/buf.h"
#include "compiler/hpc/parser.h"

/* The text of a `##` line without the signs, one blank and those at its end. */
static struct str doc_line(const struct lex *l, const struct comment *c)
{
	struct str s = str_slice(l->src->text, c->lo + 2, c->hi);

	while (s.n > 0 && (s.s[s.n - 1] == ' ' || s.s[s.n - 1] == '\t'))
		s.n--;
	return s.n > 0 && s.s[0] == ' ' ? str_slice(s, 1, s.n) : s;
}

static bool is_doc(const struct lex *l, const struct comment *c)
{
	return c->own_line && c->hi - c->lo >= 2 && l->src->text.s[c->lo + 1] == '#';
}

/* How many comments begin before byte `lo`. */
static size_t comments_before(const struct lex *l, uint32_t lo)
{
	size_t from = 0, to = l->ncomments;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (l->comments[mid].lo < lo)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static struct str join_docs(struct arena *a, const struct lex *l, size_t from, size_t to)
{
	struct buf b = buf_in(a);

	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_char(&b, '\n');
		buf_add(&b, doc_line(l, &l->comments[i]));
	}
	return buf_str(&b);
}

/* The `##` lines directly above the token, which begins a line. */
struct str doc_above(struct parser *p, size_t token)
{
	const struct lex *l = p->l;
	size_t to = comments_before(l, token_at(p, token)->lo), from = to;
	uint32_t line = token_at(p, token)->line;

	while (token_at(p, token)->first && from > 0 && is_doc(l, &l->comments[from - 1]) &&
	       l->comments[from - 1].line + 1 == line) {
		from--;
		line--;
	}
	return join_docs(p->a, l, from, to);
}

/* The `##` block at the head of the file, if an empty line follows it. */
struct str doc_of_file(struct parser *p)
{
	const struct lex *l = p->l;
	size_t n = 0;
	uint32_t next;

	while (n < l->ncomments && is_doc(l, &l->comments[n]) &&
	       l->comments[n].lo < token_at(p, 0)->lo &&
	       (n == 0 || l->comments[n].line == l->comments[n - 1].line + 1))
		n++;
	if (n == 0)
		return (struct str){0};
	next = l->comments[n - 1].line + 1;
	if ((n < l->ncomments && l->comments[n].line == next) ||
	    (token_at(p, 0)->line == next && token_at(p, 0)->kind != TOK_END))
		return (struct str){0};
	return join_docs(p->a, l, 0, n);
}
