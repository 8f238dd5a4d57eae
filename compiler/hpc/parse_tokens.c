/* SPDX-License-Identifier: Apache-2.0 */
/* parse_tokens.c - what all parts of the parser do with tokens: take them, miss them, go on behind an error. */
#include "compiler/base/buf.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/parse.h"
#include "compiler/hpc/parser.h"

bool is_word(const struct parser *p, size_t token, const char *word)
{
	return token_at(p, token)->kind == TOK_NAME &&
	       str_eq(token_text(p->l, token < p->l->n ? token : p->l->n - 1), str_c(word));
}

bool accept(struct parser *p, enum tok kind)
{
	if (peek(p) != kind || at_sep(p))
		return false;
	p->at++;
	return true;
}

struct span token_span(const struct parser *p, size_t token)
{
	return span_in(p->l->src, token_at(p, token)->lo, token_at(p, token)->hi);
}

struct span span_from(const struct parser *p, size_t first)
{
	uint32_t lo = token_at(p, first)->lo;
	uint32_t hi = p->at > first ? token_at(p, p->at - 1)->hi : lo;

	return span_in(p->l->src, lo, hi);
}

struct scope begin_scope(struct parser *p)
{
	struct scope s = {
		.failed = p->failed, .said = p->said, .faults = p->faults, .first = p->at};

	if (p->marks != NULL)
		p->marks[p->at] |= MARK_ENTRY;
	p->failed = p->said = false;
	p->faults = token_at(p, p->at)->faults;
	while (p->faults > 0 && p->l->faults[p->faults - 1].lo >= token_at(p, p->at)->lo)
		p->faults--;
	return s;
}

void end_scope(struct parser *p, struct scope s)
{
	size_t from = p->at;

	if (p->failed && !(p->at > s.first && at_sep(p)))
		skip_entry(p);
	if (p->said && p->at > from)
		mute(p, from, p->at);
	p->failed = s.failed;
	p->said = s.said;
	p->faults = s.faults;
}

bool fails(struct parser *p)
{
	const struct token *t = token_at(p, p->at);
	bool first = !p->failed && !p->quiet && !t->broken && t->faults == p->faults;

	p->failed = true;
	p->said = p->said || first;
	p->faulty = true;
	return first;
}

size_t behind(const struct parser *p, size_t token)
{
	const struct token *t = token_at(p, token);

	return token_is((enum tok)t->kind, TRAIT_OPENS) || t->kind == TOK_TEXT ? t->other + 1
									       : token + 1;
}

bool begins_item(const struct parser *p)
{
	const struct token *t = token_at(p, p->at);

	return t->first && token_indent(p->l, p->at) == 0 &&
	       (t->kind == TOK_LET || t->kind == TOK_ASSERT || t->kind == TOK_WARN ||
		is_item_word(p, p->at) ||
		(t->kind == TOK_NAME && is_kind_word(token_text(p->l, p->at))));
}

void skip_entry(struct parser *p)
{
	for (bool moved = false;; moved = true) {
		enum tok kind = peek(p);

		if (kind == TOK_END || kind == TOK_COMMA || token_is(kind, TRAIT_CLOSES))
			return;
		if (moved && (at_sep(p) || begins_item(p)))
			return;
		p->at = behind(p, p->at);
	}
}

void mute(struct parser *p, size_t from, size_t to)
{
	p->mutes = arena_grow(p->a, p->mutes, sizeof *p->mutes, p->nmutes, &p->mutes_cap);
	p->mutes[p->nmutes++] = (struct muted){from, to};
}

struct diag *expected_instead(struct parser *p, const char *what)
{
	size_t at = p->at < p->l->n ? p->at : p->l->n - 1;

	if (!fails(p))
		return NULL;
	return diag_expected(p->ds, token_span(p, at), what, token_shown(p->a, p->l, at));
}

struct diag *expected(struct parser *p, const char *what)
{
	size_t end;

	if (!at_sep(p) || p->at == 0)
		return expected_instead(p, what);
	if (!fails(p))
		return NULL;
	end = token_at(p, p->at - 1)->hi; /* where the line ends that lacks it */
	return diag_expected(p->ds, span_in(p->l->src, end, end), what,
			     peek(p) == TOK_END ? token_shown(p->a, p->l, p->at)
						: STR("a new line"));
}

bool parse_name(struct parser *p, const char *what, bool capital, struct ident *ret)
{
	struct str text = token_text(p->l, p->at);
	struct diag *d;

	if (token_is_word(p->l, p->at) && peek(p) != TOK_NAME) {
		if (fails(p))
			diag_word_as_name(p->ds, token_span(p, p->at), text, what);
		return false;
	}
	if (peek(p) != TOK_NAME || at_sep(p)) {
		habit_no_name(p, what);
		return false;
	}
	if (is_upper(text.s[0]) != capital) {
		if (!fails(p))
			return false;
		d = diag_name_case(p->ds, token_span(p, p->at), what,
				   capital ? "begins with a capital letter"
					   : "begins with a lower-case letter");
		if (!capital)
			diag_help(p->ds, d, "name it `%c" STR_F "`", text.s[0] - 'A' + 'a',
				  STR_A(str_slice(text, 1, text.n)));
		else if (is_lower(text.s[0]))
			diag_help(p->ds, d, "name it `%c" STR_F "`", text.s[0] - 'a' + 'A',
				  STR_A(str_slice(text, 1, text.n)));
		return false;
	}
	*ret = (struct ident){text, token_span(p, p->at)};
	p->at++;
	return true;
}
