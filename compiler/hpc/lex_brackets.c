/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lex_brackets.c - which bracket closes which, also where one is missing, and which newlines separate.
 *
 * Brackets that do not balance are matched in several ways: by the brackets alone, and by the indentation of lines; the
 * way with the fewest faults is taken. Then the tokens are mended, so that they balance.
 */
#include "compiler/hpc/lex_state.h"

enum way { BY_BRACKETS, BY_LINE, BY_INDENT, WAYS };

/* What a way does to the tokens. */
struct mend {
	uint32_t before; /* token before which a closing bracket is put in, or which is left out */
	uint8_t put;	 /* its kind; TOK_END: the token is left out */
	uint8_t instead; /* the token is taken for one of this kind, TOK_END: no */
};

struct matcher {
	struct arena *a;
	struct lex *l;
	enum way way;
	uint32_t *open; /* stack of tokens */
	size_t depth, open_cap;
	struct mend *mends;
	size_t nmends, mends_cap;
	struct fault *faults;
	size_t nfaults, faults_cap;
	bool others; /* the line has something else than closing brackets before the token */
};

/* The kind that closes a bracket of kind `open`; TOK_END: it opens nothing. */
static enum tok closer_of(enum tok open)
{
	if (!token_is(open, TRAIT_OPENS))
		return TOK_END;
	return open == TOK_HOLE		  ? TOK_HOLE_END
	       : open == TOK_OPEN_BRACE	  ? TOK_CLOSE_BRACE
	       : open == TOK_OPEN_BRACKET ? TOK_CLOSE_BRACKET
					  : TOK_CLOSE_PAREN;
}

static bool is_closer(enum tok kind)
{
	return token_is(kind, TRAIT_CLOSES);
}

static const struct token *top(const struct matcher *m)
{
	return &m->l->tokens[m->open[m->depth - 1]];
}

static void add_mend(struct matcher *m, size_t before, enum tok put, enum tok instead)
{
	m->mends = arena_grow(m->a, m->mends, sizeof *m->mends, m->nmends, &m->mends_cap);
	m->mends[m->nmends++] = (struct mend){(uint32_t)before, (uint8_t)put, (uint8_t)instead};
}

static void add_fault(struct matcher *m, enum fault_kind kind, size_t at, size_t label)
{
	const struct token *t = &m->l->tokens[at], *other = &m->l->tokens[label];

	m->faults = arena_grow(m->a, m->faults, sizeof *m->faults, m->nfaults, &m->faults_cap);
	m->faults[m->nfaults++] = (struct fault){
		.kind = kind,
		.lo = t->lo,
		.hi = t->hi,
		.label_lo = other->lo,
		.label_hi = other->hi,
	};
}

/* Closes the innermost `n` before token `at`, and says so of the innermost. */
static void close_missing(struct matcher *m, size_t n, size_t at)
{
	if (n > 0)
		add_fault(m, FAULT_NOT_CLOSED, m->open[m->depth - 1], at);
	for (; n > 0; n--)
		add_mend(m, at, closer_of((enum tok)m->l->tokens[m->open[--m->depth]].kind),
			 TOK_END);
}

/* How many brackets on the stack stand within the one that `kind` closes; ->depth: it closes none. */
static size_t within(const struct matcher *m, enum tok kind)
{
	size_t n = 0;

	while (n < m->depth &&
	       closer_of((enum tok)m->l->tokens[m->open[m->depth - 1 - n]].kind) != kind) {
		if (m->l->tokens[m->open[m->depth - 1 - n]].kind == TOK_HOLE)
			return m->depth; /* nothing in `${}` closes what is around it */
		n++;
	}
	return n;
}

/* Is the innermost bracket one that is followed by a newline, so that indentation means something? */
static bool is_tall(const struct matcher *m)
{
	return m->l->tokens[m->open[m->depth - 1] + 1].first;
}

/* By indentation: closes what a line that begins with token `at` cannot stand in. */
static void leave_by_indent(struct matcher *m, size_t at)
{
	const struct token *t = &m->l->tokens[at];
	uint32_t indent = token_indent(m->l, at);
	size_t n = 0;

	while (n < m->depth && t->kind != TOK_HOLE_END) {
		size_t open = m->open[m->depth - 1 - n];
		uint32_t outer = token_indent(m->l, open);

		if (m->l->tokens[open].kind == TOK_HOLE)
			break;
		if (is_closer((enum tok)t->kind) ? outer <= indent : outer < indent)
			break;
		n++;
	}
	/* Brackets that hug, `[{`, close together: only what is closed too early is a fault. */
	if (n > 0 && n <= m->depth &&
	    (is_tall(m) || m->l->tokens[m->open[m->depth - 1]].line < t->line))
		close_missing(m, n, at);
}

/*
 * Does a closing bracket stand where it closes nothing by its place? That is before one that closes the innermost, on a
 * line with other things but without its opening one, or on a line that is indented more than that of the opening one.
 * Where nothing that is open is of its kind, its place is judged by the innermost.
 */
static bool is_stray(const struct matcher *m, size_t at, size_t n)
{
	const struct lex *l = m->l;
	size_t open;

	if (m->way == BY_BRACKETS || l->tokens[at].kind == TOK_HOLE_END || m->depth == 0)
		return false;
	if (n > 0 && l->tokens[at + 1].kind == closer_of((enum tok)top(m)->kind))
		return true;
	if (n == 0 && m->way != BY_INDENT)
		return false;
	open = m->open[m->depth - 1 - (n < m->depth ? n : 0)];
	if (l->tokens[open].line == l->tokens[at].line)
		return false;
	if (m->others)
		return true;
	return (m->way == BY_INDENT || n == m->depth) &&
	       token_indent(l, at) > token_indent(l, open);
}

static void close_bracket(struct matcher *m, size_t at)
{
	const struct token *t = &m->l->tokens[at];
	size_t n = within(m, (enum tok)t->kind);
	bool same_line = m->depth > 0 && top(m)->line == t->line &&
			 (n == m->depth || m->l->tokens[m->open[m->depth - 1 - n]].line != t->line);

	if (m->depth == 0 || is_stray(m, at, n) ||
	    (top(m)->kind == TOK_HOLE && t->kind != TOK_HOLE_END)) {
		add_fault(m, FAULT_CLOSES_NOTHING, at, at);
		add_mend(m, at, TOK_END, TOK_END);
		return;
	}
	if (n == m->depth || (n > 0 && m->way != BY_BRACKETS && same_line)) {
		enum tok want = closer_of((enum tok)top(m)->kind);

		add_fault(m, FAULT_NOT_CLOSED, m->open[m->depth - 1], at);
		add_mend(m, at, want, want);
		m->depth--;
		return;
	}
	close_missing(m, n, at);
	m->depth--;
}

static void open_bracket(struct matcher *m, size_t at)
{
	m->open = arena_grow(m->a, m->open, sizeof *m->open, m->depth, &m->open_cap);
	m->open[m->depth++] = (uint32_t)at;
}

/* Matches all brackets in one way. False: they are nested too deep, at token *ret_at. */
static bool match(struct matcher *m, size_t *ret_at)
{
	const struct lex *l = m->l;

	for (size_t i = 0; i + 1 < l->n; i++) {
		enum tok kind = (enum tok)l->tokens[i].kind;

		m->others = m->others && !l->tokens[i].first;
		if (m->way == BY_INDENT && l->tokens[i].first && m->depth > 0)
			leave_by_indent(m, i);
		if (closer_of(kind) != TOK_END)
			open_bracket(m, i);
		else if (is_closer(kind))
			close_bracket(m, i);
		m->others = m->others || !is_closer(kind);
		*ret_at = i;
		if (m->depth > HPC_MAX_DEPTH)
			return false;
	}
	close_missing(m, m->depth, l->n - 1);
	return true;
}

/* The tokens with what the way puts in and leaves out. */
static void mend_tokens(struct arena *a, struct lex *l, const struct matcher *m)
{
	struct token *tokens = NEW_ARRAY(a, struct token, l->n + m->nmends);
	size_t n = 0, mend = 0;
	uint32_t *where = NEW_ARRAY(a, uint32_t, l->n);

	for (size_t i = 0; i < l->n; i++) {
		bool left_out = false;

		for (; mend < m->nmends && m->mends[mend].before == i; mend++) {
			const struct mend *x = &m->mends[mend];

			if (x->instead != TOK_END) {
				l->tokens[i].kind = x->instead;
			} else if (x->put == TOK_END) {
				left_out = true;
			} else {
				tokens[n] = l->tokens[i];
				tokens[n].hi = tokens[n].lo;
				tokens[n].kind = x->put;
				n++;
			}
		}
		where[i] = (uint32_t)n;
		if (!left_out)
			tokens[n++] = l->tokens[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (tokens[i].kind == TOK_TEXT || tokens[i].kind == TOK_TEXT_END)
			tokens[i].other = where[tokens[i].other];
	}
	l->tokens = tokens;
	l->n = n;
}

/* Is there a text that is not closed? It may have taken brackets in. */
static bool has_open_text(const struct lex *l)
{
	for (size_t i = 0; i < l->nfaults; i++) {
		if (l->faults[i].kind == FAULT_OPEN_TEXT || l->faults[i].kind == FAULT_OPEN_BLOCK)
			return true;
	}
	return false;
}

/* Adds the faults of the way to those of the lexer, by place. */
static void merge_faults(struct arena *a, struct lex *l, const struct matcher *m)
{
	struct fault *all = NEW_ARRAY(a, struct fault, l->nfaults + m->nfaults);
	size_t n = 0, other = 0;

	for (size_t i = 0; i < l->nfaults || other < m->nfaults;) {
		if (other == m->nfaults ||
		    (i < l->nfaults && l->faults[i].lo <= m->faults[other].lo))
			all[n++] = l->faults[i++];
		else
			all[n++] = m->faults[other++];
	}
	l->faults = all;
	l->nfaults = n;
}

static int fault_order(const struct fault *a, const struct fault *b)
{
	return (a->lo > b->lo) - (a->lo < b->lo);
}

/* Faults of brackets are few: those that are not closed are found behind where they stand. */
static void sort_faults(struct matcher *m)
{
	for (size_t i = 1; i < m->nfaults; i++) {
		struct fault f = m->faults[i];
		size_t k = i;

		for (; k > 0 && fault_order(&m->faults[k - 1], &f) > 0; k--)
			m->faults[k] = m->faults[k - 1];
		m->faults[k] = f;
	}
}

/* Sets ->other of brackets, which balance now, and of ->sep what rules 1 to 3 of doc/language.md leave. */
static void pair_up(struct matcher *m)
{
	struct lex *l = m->l;

	m->depth = 0;
	for (size_t i = 0; i < l->n; i++) {
		struct token *t = &l->tokens[i];

		if (is_closer((enum tok)t->kind)) {
			size_t open;

			INVARIANT(m->open != NULL && m->depth > 0);
			open = m->open[--m->depth];

			t->other = (uint32_t)open;
			l->tokens[open].other = (uint32_t)i;
		}
		if (t->sep && m->depth > 0 &&
		    (top(m)->kind == TOK_OPEN_PAREN || top(m)->kind == TOK_HOLE))
			t->sep = false;
		if (closer_of((enum tok)t->kind) != TOK_END)
			open_bracket(m, i);
	}
}

/* A word behind a point, or before a colon where it cannot mean itself, is a name. */
static void name_words(struct lex *l)
{
	for (size_t i = 0; i + 1 < l->n; i++) {
		enum tok kind = (enum tok)l->tokens[i].kind;
		bool behind_point = i > 0 && l->tokens[i - 1].kind == TOK_DOT;

		if (kind < TOK_LET || kind > TOK_NULL)
			continue;
		if (behind_point || ((kind == TOK_THEN || kind == TOK_ELSE || kind == TOK_IN) &&
				     l->tokens[i + 1].kind == TOK_COLON))
			l->tokens[i].kind = TOK_NAME;
	}
}

static void find_separators(struct lex *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i == 0 || token_is((enum tok)l->tokens[i].kind, TRAIT_NEEDS_BEFORE) ||
		    token_is((enum tok)l->tokens[i - 1].kind, TRAIT_NEEDS_MORE))
			l->tokens[i].sep = false;
	}
	l->tokens[l->n - 1].sep = true;
}

/* Cuts the tokens at `at`, where brackets are nested too deep. */
static void cut(struct arena *a, struct lex *l, size_t at)
{
	struct matcher m = {.a = a, .l = l};

	add_fault(&m, FAULT_DEEP, at, at);
	merge_faults(a, l, &m);
	l->too_deep = true;
}

void lex_brackets(struct arena *a, struct lex *l)
{
	struct matcher best = {.a = a, .l = l, .way = BY_BRACKETS};
	size_t at = 0;

	if (l->too_deep)
		return;
	if (!match(&best, &at)) {
		cut(a, l, at);
		return;
	}
	for (enum way way = BY_LINE; way < WAYS && best.nfaults > 0; way++) {
		struct matcher m = {.a = a, .l = l, .way = way};

		if (match(&m, &at) &&
		    m.nfaults <= best.nfaults + (way == BY_INDENT ? best.nfaults / 2 : 0))
			best = m;
	}
	if (best.nfaults > 0) {
		bool silent = has_open_text(l);

		for (size_t i = 0; i < best.nfaults; i++)
			best.faults[i].silent = silent;
		sort_faults(&best);
		merge_faults(a, l, &best);
		mend_tokens(a, l, &best);
		lex_count_faults(l);
	}
	name_words(l);
	pair_up(&best);
	find_separators(l);
}
