/* SPDX-License-Identifier: Apache-2.0 */
/* lex_report.c - findings of what the lexer could not read, with what was meant. */
#include "compiler/base/lookalike.h"
#include "compiler/base/utf8.h"
#include "compiler/hpc/parser.h"

static struct span place(const struct parser *p, const struct fault *f)
{
	return span_in(p->l->src, f->lo, f->hi);
}

/* ---- characters and signs ---- */

/* Signs of other languages: what to write, and the fix where one edit is enough. */
static const struct {
	const char *sign, *help, *fix;
} SIGN_HELPS[] = {
	{"->", "the type of a result stands behind `:`, the value of a round behind `=>`", NULL},
	{"<-", "a value is named by `let name = value`", NULL},
	{"?.", "what is absent reads as null: write `.`, and `?? other` behind the path", "."},
	{":=", "a value is named by `let name = value`", NULL},
	{"===", "write `==`", "=="},
	{"!==", "write `!=`", "!="},
	{"<>", "write `!=`", "!="},
	{"**", "there are no powers; a section is spread by `...name`", NULL},
	{"++", "texts are joined in a text, `\"${a}${b}\"`, lists in brackets, `[...a, ...b]`",
	 NULL},
	{"+=", "lists grow by `Key[+]: item`; nothing else changes its value", NULL},
	{"<<", "the entries of another section are put in by `...name`", NULL},
	{">>", "a text of several lines stands between `\"\"\"`", NULL},
	{"|>", "functions are called by name: `f(x)`", NULL},
	{"<|", "functions are called by name: `f(x)`", NULL},
};

static void report_sign(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct diag *d = diag_foreign_form(p->ds, at, span_text(at));
	char behind = f->hi < p->l->src->text.n ? p->l->src->text.s[f->hi] : '\n';

	if (str_eq(span_text(at), STR("::"))) {
		bool key = behind == ' ' || behind == '\t' || behind == '\n' || behind == '\r';

		diag_help(p->ds, d, "write `%s`", key ? ":" : ".");
		diag_fix(p->ds, d, at, key ? STR(":") : STR("."), true);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(SIGN_HELPS); i++) {
		if (!str_eq(span_text(at), str_c(SIGN_HELPS[i].sign)))
			continue;
		diag_help(p->ds, d, "%s", SIGN_HELPS[i].help);
		if (SIGN_HELPS[i].fix != NULL)
			diag_fix(p->ds, d, at, str_c(SIGN_HELPS[i].fix), true);
		return;
	}
}

static void report_lookalike(struct parser *p, struct diag *d, struct span at,
			     const struct lookalike *like)
{
	enum { LONGEST = 256 };
	struct str text = span_text(at), plain;

	diag_help(p->ds, d, "it is %s; write `%s`", like->what, like->ascii);
	if (like->ascii[0] != '"' && like->ascii[0] != '\'')
		return;
	/* A text in quotes of a word processor; quotes without a partner are more than one edit. */
	plain = lookalike_plain(text, arena_alloc(p->a, LONGEST, 1), LONGEST);
	if (plain.n > 1 && plain.s[plain.n - 1] == plain.s[0])
		diag_fix(p->ds, d, at, plain, true);
}

static void report_character(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct str text = span_text(at), word = str_slice(text, 1, text.n);
	struct lookalike like;
	uint32_t cp = 0;
	struct diag *d;

	utf8_decode(text, 0, &cp);
	if (cp < ' ' || (cp >= 0x7f && cp < 0xa0)) {
		d = diag_bad_character(p->ds, at, arena_fmt(p->a, "U+%04X", (unsigned)cp));
		diag_help(p->ds, d,
			  "control characters stand in no program; in a text `\\u{%X}` is one",
			  (unsigned)cp);
		return;
	}
	d = diag_bad_character(p->ds, at, text);
	if (cp == '&')
		diag_help(p->ds, d,
			  "there are no anchors; name a value that is used twice: `let " STR_F
			  " = …`",
			  STR_A(word.n > 0 ? word : STR("name")));
	else if (cp == '$')
		diag_help(p->ds, d, "`${name}` stands in texts; elsewhere write the name alone");
	else if (cp == '@')
		diag_help(p->ds, d, "nothing is decorated; text needs quotes");
	else if (cp == '`')
		diag_help(p->ds, d, "text stands between `\"`");
	else if (cp == '~' || cp == '^' || cp == '\\')
		diag_help(p->ds, d, "text needs quotes");
	else if (lookalike_find(cp, &like) && like.ascii[0] != '\0')
		report_lookalike(p, d, at, &like);
	else if (cp > 0x7f)
		diag_help(p->ds, d,
			  "names are of the letters A to Z, digits and `_`; text needs quotes");
}

static void report_hidden(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct diag *d;
	uint32_t cp = 0;

	utf8_decode(span_text(at), 0, &cp);
	d = diag_bad_character(p->ds, at, arena_fmt(p->a, "U+%04X", (unsigned)cp));
	if (f->kind == FAULT_RETURN)
		diag_help(
			p->ds, d,
			"lines end with LF or with CR LF; a CR alone hides what stands behind it");
	else
		diag_help(p->ds, d,
			  "it is invisible and changes the order in which the line is shown; in a "
			  "text "
			  "`\\u{%X}` is one",
			  (unsigned)cp);
}

/* ---- texts ---- */

/* A character that no text holds, as what is known at deployment stands between two of them. */
static void report_escaped(struct parser *p, const struct fault *f)
{
	struct str digits = str_slice(p->l->src->text, f->lo + 3, f->hi - 1);
	unsigned cp = (unsigned char)digits.s[digits.n - 1] - '0'; /* 0, 1 or 2, behind zeros */

	diag_help(p->ds, diag_control_character(p->ds, place(p, f), cp),
		  "remove it: a text that holds it breaks what it lands in");
}

static void report_escape(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct diag *d = diag_bad_escape(p->ds, at, span_text(at));

	diag_help(p->ds, d,
		  "escapes are `\\n`, `\\t`, `\\\\`, `\\\"`, `\\$` and `\\u{…}`; in '…' a "
		  "backslash is text");
}

static void report_open_text(struct parser *p, const struct fault *f)
{
	struct diag *d = diag_open_text(p->ds, place(p, f));

	diag_help(p->ds, d, "text over several lines stands between `\"\"\"`");
}

static void report_block(struct parser *p, const struct fault *f)
{
	struct str quotes = span_text(place(p, f));
	struct diag *d;

	if (f->kind == FAULT_OPEN_BLOCK) {
		d = diag_open_block(p->ds, place(p, f));
		diag_help(p->ds, d, "its closing `" STR_F "` stands on a line of its own",
			  STR_A(quotes));
	} else if (f->kind == FAULT_BLOCK_FIRST_LINE) {
		d = diag_block_first_line(p->ds, place(p, f));
		diag_help(p->ds, d, "text on one line stands between single quotes or `\"`");
	} else {
		d = diag_block_indent(p->ds, place(p, f));
		diag_help(p->ds, d,
			  "the indentation of the closing quotes is taken off every line");
	}
}

static void report_hole(struct parser *p, const struct fault *f)
{
	struct diag *d;

	if (f->kind == FAULT_EMPTY_HOLE)
		d = diag_bad_interpolation(p->ds, place(p, f), STR("${}"),
					   "has no expression in it");
	else
		d = diag_bad_interpolation(p->ds, place(p, f), STR("${"),
					   "is not closed on its line");
	diag_help(p->ds, d, "a literal `${` is written `\\${`");
}

/* ---- numbers ---- */

/* `1,000`: three digits right behind a number and a comma? */
static bool is_thousands(const struct parser *p, const struct fault *f)
{
	struct str text = p->l->src->text;

	return f->hi - f->lo == 3 && f->lo >= 2 && text.s[f->lo - 1] == ',' &&
	       is_digit(text.s[f->lo - 2]);
}

static void report_number(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	size_t lo;
	struct str word = lex_bare_word(p->l->src->text, f->lo, &lo), digits = span_text(at);
	struct diag *d;
	size_t zeros = 0;

	if (f->kind == FAULT_LONG_NUMBER) {
		diag_long_number(p->ds, at, MAX_DIGITS);
		return;
	}
	if (f->kind == FAULT_ZERO && is_thousands(p, f)) {
		d = diag_bad_number(p->ds, at, digits, "begins with a zero");
		diag_help(p->ds, d, "a number has no commas: `1_000`");
		return;
	}
	if (f->kind == FAULT_ZERO) {
		d = diag_bad_number(p->ds, at, digits, "begins with a zero");
		while (zeros + 1 < digits.n && digits.s[zeros] == '0')
			zeros++;
		if (str_eq(word, digits)) {
			diag_help(p->ds, d,
				  "write `\"" STR_F "\"` for text, `" STR_F "` for the number",
				  STR_A(word), STR_A(str_slice(digits, zeros, digits.n)));
			return;
		}
	} else if (f->kind == FAULT_NUMBER && digits.n > 1 && digits.s[digits.n - 1] == '.') {
		struct str number = str_slice(digits, 0, digits.n - 1);

		d = diag_bad_number(p->ds, at, digits, "is not a number");
		diag_help(p->ds, d, "write `" STR_F "`", STR_A(number));
		diag_fix(p->ds, d, at, number, true);
		return;
	} else {
		d = diag_bad_number(p->ds, at, digits,
				    f->kind == FAULT_NUMBER ? "is not a number"
							    : "is neither a number nor a name");
	}
	if (digits.n > 1 && digits.s[0] == '.' && str_eq(word, digits)) {
		diag_help(p->ds, d, "write `0" STR_F "`", STR_A(digits));
		diag_fix(p->ds, d, at, arena_fmt(p->a, "0" STR_F, STR_A(digits)), true);
		return;
	}
	if (digits.n > 1 && digits.s[digits.n - 1] == '.' && f->kind == FAULT_NUMBER) {
		diag_help(p->ds, d, "write `" STR_F "`", STR_A(str_slice(digits, 0, digits.n - 1)));
		return;
	}
	diag_help(p->ds, d, "text needs quotes: `\"" STR_F "\"`", STR_A(word));
	diag_fix(p->ds, d, span_in(p->l->src, lo, lo + word.n),
		 arena_fmt(p->a, "\"" STR_F "\"", STR_A(word)), true);
}

/* "500G": both of what it may mean, with the letter that was written. */
static bool is_bare_prefix(struct str word, char *ret)
{
	bool binary = word.n == 2 && (word.s[1] == 'i' || word.s[1] == 'I');

	if (word.n != 1 && !binary)
		return false;
	*ret = is_lower(word.s[0]) ? (char)(word.s[0] - 'a' + 'A') : word.s[0];
	return *ret == 'G' || *ret == 'T' || *ret == 'K' || *ret == 'P' ||
	       (*ret == 'M' && word.s[0] == 'M');
}

static void report_unit(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct str word = span_text(at);
	const struct unit *meant = unit_meant(word);
	struct diag *d = diag_unknown_unit(p->ds, at, word);
	char letter;

	if (is_bare_prefix(word, &letter) && word.n == 1) {
		diag_help(p->ds, d, "write `%ciB` for powers of 1024, `%cB` for powers of 1000",
			  letter, letter);
	} else if (meant != NULL) {
		diag_help(p->ds, d, "did you mean `" STR_F "`?", STR_A(meant->word));
		diag_fix(p->ds, d, at, meant->word, true);
	} else {
		diag_help(p->ds, d,
			  "units are B, KiB to PiB, KB to PB, s, min, h, d, MiB/s and the like, "
			  "Gbit/s, USD, USD/h, MB/s/TiB; "
			  "what is counted has none");
	}
}

/* ---- brackets and the rest ---- */

static void report_bracket(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct diag *d;
	struct span label = span_in(p->l->src, f->label_lo, f->label_hi);

	if (f->kind == FAULT_CLOSES_NOTHING) {
		diag_not_closed(p->ds, at, span_text(at), "closes nothing");
		return;
	}
	d = diag_not_closed(p->ds, at, span_text(at), "is not closed");
	if (f->label_hi > f->label_lo)
		diag_label(p->ds, d, label, "it would be closed before this");
}

/* What stands in place of a semicolon: nothing at the end of a line, else what separates there. */
static struct str in_place_of(const struct parser *p, const struct fault *f)
{
	struct str text = p->l->src->text;
	size_t i = f->hi;

	while (i < text.n && (text.s[i] == ' ' || text.s[i] == '\t' || text.s[i] == ';'))
		i++;
	if (i == text.n || text.s[i] == '\n' || text.s[i] == '\r' || text.s[i] == '#' ||
	    text.s[i] == '}' || text.s[i] == ']' || text.s[i] == ')')
		return STR("");
	return f->in_brackets ? STR(",") : STR("\n");
}

static void report_fault(struct parser *p, const struct fault *f)
{
	struct span at = place(p, f);
	struct diag *d;

	switch (f->kind) {
	case FAULT_CHARACTER:
		report_character(p, f);
		break;
	case FAULT_HIDDEN:
	case FAULT_RETURN:
		report_hidden(p, f);
		break;
	case FAULT_FOREIGN:
		report_sign(p, f);
		break;
	case FAULT_COMMENT:
		d = diag_foreign_form(p->ds, at, span_text(at));
		diag_help(p->ds, d, "a comment runs from `#` to the end of its line");
		if (str_eq(span_text(at), STR("//")))
			diag_fix(p->ds, d, at, STR("#"), true);
		break;
	case FAULT_SEMICOLON:
		d = diag_bad_character(p->ds, at, span_text(at));
		diag_help(
			p->ds, d,
			"entries are separated by newlines or commas, items of a file by newlines");
		diag_fix(p->ds, d, at, in_place_of(p, f), true);
		break;
	case FAULT_YAML_BLOCK:
		d = diag_foreign_form(p->ds, at, span_text(at));
		diag_help(p->ds, d,
			  "a text of several lines stands between `\"\"\"`, which begin on the "
			  "line of the key");
		break;
	case FAULT_OPEN_TEXT:
		report_open_text(p, f);
		break;
	case FAULT_OPEN_BLOCK:
	case FAULT_BLOCK_FIRST_LINE:
	case FAULT_BLOCK_INDENT:
		report_block(p, f);
		break;
	case FAULT_ESCAPE:
		report_escape(p, f);
		break;
	case FAULT_ESCAPED:
		report_escaped(p, f);
		break;
	case FAULT_OPEN_HOLE:
	case FAULT_EMPTY_HOLE:
		report_hole(p, f);
		break;
	case FAULT_ZERO:
	case FAULT_NUMBER:
	case FAULT_NO_NAME:
	case FAULT_LONG_NUMBER:
		report_number(p, f);
		break;
	case FAULT_UNIT:
		report_unit(p, f);
		break;
	case FAULT_NOT_CLOSED:
	case FAULT_CLOSES_NOTHING:
		report_bracket(p, f);
		break;
	case FAULT_DEEP:
		diag_too_deep(p->ds, at, HPC_MAX_DEPTH);
		break;
	}
}

/* Was anything reported before the place? Then a bracket that closes nothing most likely follows from it. */
static bool follows(const struct parser *p, const struct fault *f)
{
	for (const struct diag *d = p->ds->first; d != NULL; d = d->next) {
		if (d->at.src == p->l->src && d->at.lo < f->lo)
			return true;
	}
	return false;
}

/* A file says one bracket that closes nothing, and that only if nothing else was said before. */
static bool is_one_too_many(const struct parser *p, const struct fault *f, bool *said)
{
	if (f->kind != FAULT_CLOSES_NOTHING && f->kind != FAULT_NOT_CLOSED)
		return false;
	if (f->kind == FAULT_CLOSES_NOTHING && (*said || follows(p, f)))
		return true;
	*said = true;
	return false;
}

void report_faults(struct parser *p)
{
	size_t m = 0;
	bool said = false;

	for (size_t i = 0; i < p->l->nfaults && !diags_full(p->ds); i++) {
		const struct fault *f = &p->l->faults[i];

		while (m < p->nmutes && token_at(p, p->mutes[m].to)->lo <= f->lo)
			m++;
		if (f->silent || (m < p->nmutes && token_at(p, p->mutes[m].from)->lo <= f->lo))
			continue;
		if (!is_one_too_many(p, f, &said))
			report_fault(p, f);
	}
	/* What was kept silent follows from something that was said. */
	if (p->l->nfaults > 0 && p->ds->errors == p->errors)
		report_fault(p, &p->l->faults[0]);
}
