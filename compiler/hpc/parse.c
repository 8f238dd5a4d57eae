/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - files: their items. */
#include "compiler/hpc/parse.h"

#include "compiler/base/buf.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/parser.h"

/* ---- items ---- */

static const char *const KIND_WORDS[] = {"cluster", "environment", "batch", "image"};

bool is_kind_word(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(KIND_WORDS); i++) {
		if (str_eq(word, str_c(KIND_WORDS[i])))
			return true;
	}
	return false;
}

bool is_item_word(const struct parser *p, size_t token)
{
	const struct token *next = token_at(p, token + 1), *third = token_at(p, token + 2);
	bool name = next->kind == TOK_NAME && !next->sep;

	if (token_at(p, token)->kind != TOK_NAME || next->sep)
		return false;
	if (is_word(p, token, "use"))
		return name || next->kind == TOK_TEXT;
	if (is_word(p, token, "param"))
		return name && third->kind == TOK_COLON;
	if (is_word(p, token, "deploy"))
		return is_word(p, token + 1, "param");
	if (is_word(p, token, "fn") || is_word(p, token, "policy"))
		return name && third->kind == TOK_OPEN_PAREN;
	if (is_word(p, token, "type"))
		return name && third->kind == TOK_ASSIGN;
	if (!is_kind_word(token_text(p->l, token)))
		return false;
	return (name && third->kind == TOK_OPEN_BRACE) || next->kind == TOK_TEXT;
}

static struct str stem(struct str path)
{
	size_t lo = path.n, hi = path.n;

	while (lo > 0 && path.s[lo - 1] != '/')
		lo--;
	if (str_ends(path, STR(".hpc")))
		hi -= STR(".hpc").n;
	return str_slice(path, lo, hi);
}

static void parse_use_path(struct parser *p, struct item *i)
{
	size_t first = p->at;
	struct buf path = buf_in(p->a);

	if (peek(p) == TOK_TEXT) {
		struct expr *e = parse_text(p);

		i->quoted = true;
		if (e->text.n == 1 && e->text.parts[0].expr == NULL)
			i->path = e->text.parts[0].text;
		else if (e->text.n > 0 && fails(p))
			diag_expected(p->ds, e->at, "a path that is known", STR("`${}`"));
	} else {
		while (peek(p) == TOK_NAME) {
			p->at++;
			if (peek(p) != TOK_OVER || peek_ahead(p, 1) != TOK_NAME)
				break;
			p->at++;
		}
		if (p->at == first) {
			habit_no_name(p, "a module");
			return;
		}
		while (peek(p) == TOK_DOT && peek_ahead(p, 1) == TOK_NAME && !at_sep(p))
			p->at += 2; /* as other languages name modules: no such path is known */
		for (size_t k = first; k < p->at; k++) /* without blanks */
			buf_add(&path, token_text(p->l, k));
		i->path = buf_str(&path);
	}
	i->path_at = span_from(p, first);
	i->name = (struct ident){stem(i->path), i->path_at};
	if (!i->quoted)
		i->name.at = token_span(p, p->at - 1);
}

static void parse_use(struct parser *p, struct item *i)
{
	p->at++;
	i->kind = ITEM_USE;
	parse_use_path(p, i);
	if (!p->failed && is_word(p, p->at, "as") && !at_sep(p)) {
		p->at++;
		i->renamed = parse_name(p, "a module", false, &i->name);
	}
}

static void parse_param(struct parser *p, struct item *i)
{
	i->kind = ITEM_PARAM;
	i->deploy = is_word(p, p->at, "deploy");
	p->at++;
	if (i->deploy) {
		if (!is_word(p, p->at, "param") || at_sep(p)) {
			expected(p, "`param`");
			return;
		}
		p->at++;
	}
	if (!parse_name(p, "a parameter", false, &i->name))
		return;
	if (!accept(p, TOK_COLON)) {
		expected(p, "`:` and a type");
		return;
	}
	i->type_expr = parse_type(p);
	if (!p->failed && accept(p, TOK_ASSIGN))
		i->value = parse_expr(p);
}

static void parse_parameter(struct parser *p, struct parameter_decl *d)
{
	*d = (struct parameter_decl){0};
	if (!parse_name(p, "a parameter", false, &d->name))
		return;
	if (accept(p, TOK_COLON))
		d->type_expr = parse_type(p);
	if (!p->failed && accept(p, TOK_ASSIGN))
		d->otherwise = parse_expr(p);
}

/* ( … ) behind the name of a function or policy. */
static void parse_parameters(struct parser *p, struct item *i)
{
	size_t end, cap = 0;

	if (peek(p) != TOK_OPEN_PAREN || at_sep(p)) {
		expected(p, "`(`");
		return;
	}
	if (p->marks != NULL)
		p->marks[p->at] |= MARK_ARGUMENTS;
	end = token_at(p, p->at++)->other;
	while (p->at < end) {
		struct scope s = begin_scope(p);

		i->parameters = arena_grow(p->a, i->parameters, sizeof *i->parameters,
					   i->nparameters, &cap);
		parse_parameter(p, &i->parameters[i->nparameters]);
		if (!p->failed)
			i->nparameters++;
		if (p->at < end && !p->failed && peek(p) != TOK_COMMA)
			habit_behind(p, "parameters");
		end_scope(p, s);
		accept(p, TOK_COMMA);
	}
	p->at = end + 1;
}

static void parse_fn(struct parser *p, struct item *i)
{
	p->at++;
	i->kind = ITEM_FN;
	if (parse_name(p, "a function", false, &i->name))
		parse_parameters(p, i);
	if (p->failed)
		return;
	if (accept(p, TOK_COLON))
		i->type_expr = parse_type(p);
	if (p->failed)
		return;
	if (accept(p, TOK_ASSIGN)) {
		i->value = parse_expr(p);
	} else if (open_brace(p)) {
		size_t first = p->at;
		struct entry_list *body = parse_section(p, true);

		i->value = new_expr(p, EXPR_SECTION, first);
		i->value->section = body;
	} else {
		expected(p, i->type_expr != NULL ? "`=` or `{`" : "`:`, `=` or `{`");
	}
}

static void parse_type_item(struct parser *p, struct item *i)
{
	p->at++;
	i->kind = ITEM_TYPE;
	if (!parse_name(p, "a type", true, &i->name))
		return;
	if (!accept(p, TOK_ASSIGN)) {
		expected(p, "`=`");
		return;
	}
	i->type_expr = parse_type(p);
}

/* Reports what is in a policy beside checks, names for them and what chooses between them. As deep as brackets are. */
static void only_checks(struct parser *p, const struct entry_list *list)
{
	for (size_t i = 0; list != NULL && i < list->n; i++) {
		const struct section_entry *e = &list->entries[i];
		bool property = e->kind == ENTRY_SET || e->kind == ENTRY_OPEN;

		if (e->kind == ENTRY_IF || e->kind == ENTRY_FOR) {
			only_checks(p, e->body);
			only_checks(p, e->otherwise);
		} else if (property || e->kind == ENTRY_SPREAD) {
			diag_expected(p->ds, property && e->npath > 0 ? e->path[0].at : e->at,
				      "`assert`, `warn`, `let`, `if` or `for`",
				      property ? STR("a property") : STR("`...`"));
			p->faulty = true;
		}
	}
}

static void parse_policy(struct parser *p, struct item *i)
{
	unsigned errors = p->ds->errors;

	p->at++;
	i->kind = ITEM_POLICY;
	if (parse_name(p, "a policy", false, &i->name))
		parse_parameters(p, i);
	if (p->failed)
		return;
	if (i->nparameters != 1 || i->parameters[0].type_expr == NULL) {
		if (p->ds->errors > errors)
			p->failed = true; /* its parameter was reported */
		else if (fails(p)) {
			struct diag *d = diag_expected(
				p->ds, i->name.at, "one parameter with the type of a declaration",
				i->nparameters == 0   ? STR("none")
				: i->nparameters == 1 ? STR("one without a type")
						      : STR("several"));

			diag_help(p->ds, d, "write `policy " STR_F "(c: Cluster) { … }`",
				  STR_A(i->name.text));
		}
		return;
	}
	i->type_expr = i->parameters[0].type_expr;
	if (open_brace(p))
		i->body = parse_section(p, false);
	else
		habit_no_section(p, "the parameter of a policy");
	if (!p->failed && p->ds->errors == errors)
		only_checks(p, i->body);
}

/* The name of a declaration as a text, which is known but within `for`. */
static void parse_title(struct parser *p, struct item *i)
{
	i->title = parse_text(p);
	for (size_t k = 0; k < i->title->text.n && !p->in_loop; k++) {
		if (i->title->text.parts[k].expr == NULL || !fails(p))
			continue;
		diag_help(p->ds,
			  diag_expected(p->ds, i->title->text.parts[k].at, "a name that is known",
					STR("`${}`")),
			  "names are made of values within `for x in xs { … }` only");
	}
}

static void parse_declaration(struct parser *p, struct item *i)
{
	i->kind = ITEM_DECLARATION;
	i->kind_word = (struct ident){token_text(p->l, p->at), token_span(p, p->at)};
	p->at++;
	if (peek(p) == TOK_TEXT && !at_sep(p))
		parse_title(p, i);
	else if (!parse_name(p, "a declaration", false, &i->name))
		return;
	if (open_brace(p))
		i->body = parse_section(p, false);
	else
		habit_no_section(p, "the name of a declaration");
}

static void parse_items(struct parser *p, size_t end, bool nested, struct item **ret,
			size_t *ret_n);

/* { declarations } of a `for` or `if` around them. */
static void parse_item_body(struct parser *p, const char *behind, struct item **ret, size_t *ret_n)
{
	size_t end;

	if (p->failed)
		return;
	if (!open_brace(p)) {
		habit_no_section(p, behind);
		return;
	}
	end = token_at(p, p->at)->other;
	p->at++;
	parse_items(p, end, true, ret, ret_n);
	p->at = end + 1;
}

/* if … { … } else if … { … } else { … } around declarations. */
static void parse_item_if(struct parser *p, struct item *i)
{
	unsigned links = p->links;

	for (;;) {
		size_t first = p->at++;

		i->kind = ITEM_IF;
		i->value = parse_expr(p);
		parse_item_body(p, "a condition", &i->items, &i->nitems);
		i->at = span_from(p, first);
		if (p->failed || peek(p) != TOK_ELSE)
			break;
		if (++p->links > HPC_MAX_CHAIN) {
			if (fails(p))
				diag_too_deep(p->ds, token_span(p, p->at), HPC_MAX_CHAIN);
			break;
		}
		p->at++;
		if (peek(p) != TOK_IF) {
			parse_item_body(p, "`else`", &i->otherwise, &i->notherwise);
			break;
		}
		i->otherwise = NEW(p->a, struct item);
		i->notherwise = 1;
		i = i->otherwise;
	}
	p->links = links;
}

static void parse_item_for(struct parser *p, struct item *i)
{
	bool outer = p->in_loop;

	i->kind = ITEM_FOR;
	parse_clauses(p, &i->clauses, &i->nclauses);
	p->in_loop = true;
	parse_item_body(p, "the clauses of a loop", &i->items, &i->nitems);
	p->in_loop = outer;
}

/* Items that are no declaration, `for` or `if`, and so do not stand within these. */
static bool parse_plain_item(struct parser *p, struct item *i)
{
	if (peek(p) == TOK_LET) {
		i->kind = ITEM_LET;
		i->let = parse_let(p);
		i->name = i->let->name;
	} else if (peek(p) == TOK_ASSERT || peek(p) == TOK_WARN) {
		i->kind = ITEM_CHECK;
		i->check = parse_check(p);
	} else if (is_word(p, p->at, "use")) {
		parse_use(p, i);
	} else if (is_word(p, p->at, "param") || is_word(p, p->at, "deploy")) {
		parse_param(p, i);
	} else if (is_word(p, p->at, "fn")) {
		parse_fn(p, i);
	} else if (is_word(p, p->at, "type")) {
		parse_type_item(p, i);
	} else if (is_word(p, p->at, "policy")) {
		parse_policy(p, i);
	} else {
		return false;
	}
	return true;
}

static void parse_item(struct parser *p, struct item *i, bool nested)
{
	size_t first = p->at;

	*i = (struct item){0};
	if (peek(p) == TOK_IF) {
		parse_item_if(p, i);
	} else if (peek(p) == TOK_FOR) {
		parse_item_for(p, i);
	} else if (peek(p) == TOK_NAME && is_kind_word(token_text(p->l, p->at))) {
		parse_declaration(p, i);
	} else if (nested && (is_item_word(p, first) || peek(p) == TOK_LET ||
			      peek(p) == TOK_ASSERT || peek(p) == TOK_WARN)) {
		if (fails(p))
			diag_misplaced(p->ds, token_span(p, p->at), token_text(p->l, p->at),
				       "at the top level of a file");
	} else if (!parse_plain_item(p, i)) {
		habit_no_item(p);
		INVARIANT(p->failed);
	}
	i->doc = doc_above(p, first);
	i->at = span_from(p, first);
}

/* Has the item that begins at the token brackets that do not balance? Then it says that alone. */
static bool has_bad_brackets(struct parser *p)
{
	size_t i = p->at;

	if (i >= p->item_end) {
		do {
			i = behind(p, i);
		} while (i < p->l->n && !token_at(p, i)->sep);
		p->item_end = i;
	}
	if (p->unclosed < p->faults)
		p->unclosed = p->faults;
	while (p->unclosed < p->l->nfaults && p->l->faults[p->unclosed].kind != FAULT_NOT_CLOSED)
		p->unclosed++;
	return p->unclosed < token_at(p, p->item_end - 1)->faults;
}

/* What is left of a line with an error. */
static void skip_line(struct parser *p, size_t end)
{
	size_t from = p->at;

	while (p->at < end && !at_sep(p) && !begins_item(p))
		p->at++;
	mute(p, from, p->at);
}

static void parse_items(struct parser *p, size_t end, bool nested, struct item **ret, size_t *ret_n)
{
	size_t cap = 0;

	while (p->at < end) {
		struct scope s = begin_scope(p);

		if (!nested)
			p->quiet = has_bad_brackets(p);
		*ret = arena_grow(p->a, *ret, sizeof **ret, *ret_n, &cap);
		parse_item(p, &(*ret)[*ret_n], nested);
		if (!p->failed)
			++*ret_n;
		if (!p->failed && p->at < end && !at_sep(p))
			habit_behind(p, "items of a file");
		end_scope(p, s);
		if (!nested && p->at < end && !at_sep(p) && !begins_item(p))
			skip_line(p, end);
		else if (nested)
			accept(p, TOK_COMMA);
	}
	p->quiet = false;
}

/* language N, as the first item. False: it is one that is not known. */
static bool parse_language(struct parser *p)
{
	struct number n;

	if (!is_word(p, p->at, "language") ||
	    (peek_ahead(p, 1) != TOK_NUMBER && peek_ahead(p, 1) != TOK_TEXT))
		return true;
	p->at++;
	if (peek(p) == TOK_TEXT) {
		expected_instead(p, "the number of a language, which is `1`,");
		return false;
	}
	if (number_read(token_text(p->l, p->at), &n) &&
	    (!number_is_int(n) || n.num < 1 || n.num > HPC_LANGUAGE)) {
		diag_newer_language(p->ds, token_span(p, p->at), token_text(p->l, p->at),
				    HPC_LANGUAGE);
		p->faulty = true;
		return false;
	}
	p->at++;
	return true;
}

/* ---- entry points ---- */

/* Can the text be cut into tokens? E0002, E0003. */
static bool is_readable(struct diags *ds, const struct source *src)
{
	if (src->text.n > HPC_MAX_BYTES) {
		diag_file_too_large(ds, (struct span){0}, src->name, HPC_MAX_BYTES >> 20);
		return false;
	}
	for (size_t i = 0; i < src->text.n;) {
		unsigned bytes = utf8_decode(src->text, i, NULL);

		if (bytes == 0) {
			diag_not_utf8(ds, span_in(src, i, i + 1));
			return false;
		}
		i += bytes;
	}
	return true;
}

static void report_deep(struct diags *ds, const struct lex *l)
{
	for (size_t i = 0; i < l->nfaults; i++) {
		if (l->faults[i].kind == FAULT_DEEP)
			diag_too_deep(ds, span_in(l->src, l->faults[i].lo, l->faults[i].hi),
				      HPC_MAX_DEPTH);
	}
}

struct program_file *hpc_parse_marked(struct arena *a, struct diags *ds, const struct source *src,
				      bool marked, const struct lex **ret_lex,
				      const uint8_t **ret_marks)
{
	struct program_file *file = NEW(a, struct program_file);
	struct parser p = {.a = a, .ds = ds, .errors = ds->errors};

	file->src = src;
	file->faulty = true;
	if (!is_readable(ds, src))
		return file;
	p.l = lex_text(a, src);
	if (p.l->too_deep) {
		report_deep(ds, p.l);
		return file;
	}
	*ret_lex = p.l;
	*ret_marks = p.marks = marked ? NEW_ARRAY(a, uint8_t, p.l->n) : NULL;
	file->doc = doc_of_file(&p);
	if (!parse_language(&p))
		return file;
	parse_items(&p, p.l->n - 1, false, &file->items, &file->nitems);
	report_faults(&p);
	file->faulty = p.faulty || p.l->nfaults > 0;
	return file;
}

struct program_file *hpc_parse(struct arena *a, struct diags *ds, const struct source *src)
{
	const struct lex *l;
	const uint8_t *marks;

	return hpc_parse_marked(a, ds, src, false, &l, &marks);
}

struct expr *hpc_parse_expression(struct arena *a, struct diags *ds, const struct source *src)
{
	struct parser p = {.a = a, .ds = ds, .errors = ds->errors};
	struct expr *e = NEW(a, struct expr);

	if (!is_readable(ds, src))
		return e;
	p.l = lex_text(a, src);
	if (p.l->too_deep) {
		report_deep(ds, p.l);
		return e;
	}
	e = parse_expr(&p);
	if (peek(&p) != TOK_END)
		expected(&p, "the end of the expression");
	report_faults(&p);
	if (p.faulty || p.l->nfaults > 0)
		e->kind = EXPR_FAULTY;
	return e;
}
