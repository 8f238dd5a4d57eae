/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text.c - findings for people.
 *
 *     cluster.yaml:12:5: error: unknown property `InstanceTyp` in HeadNode [E0101]
 *      12 |     InstanceTyp: t3.micro
 *         |     ^^^^^^^^^^^ did you mean `InstanceType`?
 *       8 | HeadNode:
 *         | -------- in this section
 *       = help: …
 *
 * A line of the file is shown through a window around the span, so that a line of 60 KB costs one line of
 * output. Control characters never reach the terminal.
 */
#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"
#include "compiler/source/render.h"

enum { WINDOW = 100, LEFT_CONTEXT = 30 };

/* SGR parameters; bold colours as compilers use them. */
#define RED "1;31"
#define MAGENTA "1;35"
#define CYAN "1;36"
#define BLUE "1;34"
#define BOLD "1"

/* A line of a file that is not shown. */
struct secret_line {
	const struct source *src;
	uint32_t number;
};

struct text_out {
	struct buf *b;
	struct secret_line *secrets;
	size_t nsecrets;
	bool colour;
	unsigned width;	 /* columns of one excerpt line */
	unsigned gutter; /* digits of the largest line number of this finding */
};

static void paint(struct text_out *o, const char *sgr, struct str s)
{
	if (o->colour)
		buf_fmt(o->b, "\033[%sm" STR_F "\033[0m", sgr, STR_A(s));
	else
		buf_add(o->b, s);
}

static const char *colour_of(enum severity sev)
{
	return sev == SEV_ERROR ? RED : sev == SEV_WARNING ? MAGENTA : CYAN;
}

static unsigned digits(uint32_t n)
{
	unsigned d = 1;

	for (; n >= 10; n /= 10)
		d++;
	return d;
}

/*
 * Columns that the code point at s[i] takes on the terminal, and its length in bytes. Tabs show as one
 * blank, characters that is_shown_escaped() names and broken bytes as one replacement character.
 */
static unsigned shown_width(struct str s, size_t i, unsigned *ret_len, bool *ret_replace)
{
	uint32_t cp = 0;
	unsigned len = utf8_decode(s, i, &cp);

	*ret_len = len > 0 ? len : 1;
	*ret_replace = len == 0 || (cp != '\t' && is_shown_escaped(cp));
	return *ret_replace || cp == '\t' ? 1 : utf8_width(cp);
}

/* Appends bytes [lo, hi) of line as they may be shown. */
static void add_shown(struct text_out *o, struct str line, size_t lo, size_t hi)
{
	for (size_t i = lo; i < hi;) {
		unsigned len;
		bool replace;

		shown_width(line, i, &len, &replace);
		if (replace)
			buf_add(o->b, STR("\xef\xbf\xbd"));
		else if (line.s[i] == '\t')
			buf_char(o->b, ' ');
		else
			buf_add(o->b, str_slice(line, i, i + len));
		i += len;
	}
}

static unsigned columns(struct str line, size_t lo, size_t hi)
{
	unsigned n = 0;

	for (size_t i = lo; i < hi && i < line.n;) {
		unsigned len;
		bool replace;

		n += shown_width(line, i, &len, &replace);
		i += len;
	}
	return n;
}

static bool continues(struct str s, size_t i)
{
	return i < s.n && ((unsigned char)s.s[i] & 0xc0) == 0x80;
}

/* The part of a line that is shown: bytes [lo, hi), chosen so that byte `at` is in it. */
struct window {
	size_t lo, hi;
};

static struct window window_around(const struct text_out *o, struct str line, size_t at)
{
	struct window w = {0, line.n};

	if (line.n <= o->width)
		return w;
	w.lo = at > o->width - LEFT_CONTEXT ? at - LEFT_CONTEXT : 0;
	while (continues(line, w.lo))
		w.lo--;
	w.hi = w.lo + o->width < line.n ? w.lo + o->width : line.n;
	while (w.hi > w.lo && continues(line, w.hi))
		w.hi--;
	return w;
}

static void gutter(struct text_out *o, uint32_t line)
{
	if (line > 0)
		buf_fmt(o->b, " %*u ", (int)o->gutter, line);
	else
		buf_pad(o->b, ' ', o->gutter + 2);
	paint(o, BLUE, STR("|"));
}

/* The line of the file that stands above, so that marks in it need not repeat it. */
struct shown {
	const struct source *src;
	uint32_t line;
	struct window window;
};

/* What follows stands in another file than what was shown before. */
static void other_file(struct text_out *o, const struct source *src, uint32_t line)
{
	buf_pad(o->b, ' ', o->gutter + 1);
	paint(o, BLUE, STR("--> "));
	buf_fmt(o->b, STR_F ":%u\n", STR_A(src->name), line);
}

static void show_line(struct text_out *o, struct shown *above, const struct source *src,
		      uint32_t number, size_t at)
{
	struct str line = source_line(src, number);
	struct window w = above->window;

	if (above->src == src && above->line == number && at >= w.lo && at <= w.hi)
		return;
	w = window_around(o, line, at);
	if (above->src != NULL && above->src != src)
		other_file(o, src, number);
	*above = (struct shown){src, number, w};
	gutter(o, number);
	buf_add(o->b, w.lo > 0 ? STR(" …") : STR(" "));
	add_shown(o, line, w.lo, w.hi);
	buf_add(o->b, w.hi < line.n ? STR("…\n") : STR("\n"));
}

/* How a place is marked, and the words after the marks. */
struct mark {
	struct span at;
	char character;
	const char *sgr;
	struct str words;
};

/* The line that holds the begin of the place, unless it stands above, and the marks below it. */
static void excerpt(struct text_out *o, struct shown *above, const struct mark *m)
{
	const struct source *src = m->at.src;
	uint32_t number = source_place(src, m->at.lo).line, start = source_line_start(src, number);
	struct str line = source_line(src, number);
	size_t lo = m->at.lo - start, hi = m->at.hi - start;
	struct buf marks = buf_in(o->b->a);
	struct window w;

	show_line(o, above, src, number, lo);
	w = above->window;
	hi = hi > w.hi ? w.hi : hi;
	gutter(o, 0);
	buf_pad(o->b, ' ', columns(line, w.lo, lo) + (w.lo > 0 ? 2 : 1));
	buf_pad(&marks, m->character,
		hi > lo && columns(line, lo, hi) > 0 ? columns(line, lo, hi) : 1);
	if (m->words.n > 0) {
		buf_char(&marks, ' ');
		buf_add(&marks, m->words);
	}
	paint(o, m->sgr, buf_str(&marks));
	buf_char(o->b, '\n');
}

/* Is s of the signs that a line in the middle of a private key has? Source: RFC 7468, section 3. */
static bool is_base64(struct str s)
{
	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.s[i]) && s.s[i] != '+' && s.s[i] != '/' && s.s[i] != '=')
			return false;
	return s.n > 0;
}

/* Is what stands at `at` part of a private key? Lines longer than keys have are looked at around it only. */
static bool is_of_key(const struct source *src, uint32_t at)
{
	enum { MOST_LINES = 200, LONGEST_LINE = 2000 }; /* RSA of 16,384 bits has fewer lines */
	uint32_t number = source_place(src, at).line;
	struct str line = source_line(src, number);
	size_t in = at - source_line_start(src, number);

	if (line.n > LONGEST_LINE)
		return has_private_key(str_slice(line, in > LONGEST_LINE ? in - LONGEST_LINE : 0,
						 in + LONGEST_LINE));
	for (int i = 0; i < MOST_LINES && number > 0; i++, number--) {
		line = source_line(src, number);
		if (line.n > LONGEST_LINE)
			return false;
		if (has_private_key(line))
			return true;
		if (!is_base64(line))
			return false;
	}
	return false;
}

/* May the line in which the place begins be shown? */
static bool may_show(const struct text_out *o, struct span at)
{
	uint32_t number;

	if (!span_is_set(at) || at.src->text.n == 0)
		return false;
	number = source_place(at.src, at.lo).line;
	for (size_t i = 0; i < o->nsecrets; i++)
		if (o->secrets[i].src == at.src && o->secrets[i].number == number)
			return false;
	return !is_of_key(at.src, at.lo);
}

/* Finds the lines with a secret that some finding speaks of. */
static void find_secrets(struct text_out *o, const struct diags *ds)
{
	size_t n = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		n += d->secret;
	o->secrets = NEW_ARRAY(o->b->a, struct secret_line, n);
	for (const struct diag *d = ds->first; d != NULL && o->nsecrets < n; d = d->next)
		if (d->secret && span_is_set(d->at))
			o->secrets[o->nsecrets++] = (struct secret_line){
				d->at.src, source_place(d->at.src, d->at.lo).line};
}

static uint32_t largest_line(const struct diag *d)
{
	uint32_t most = span_is_set(d->at) ? source_place(d->at.src, d->at.lo).line : 0;

	for (const struct diag_label *l = d->labels; l != NULL; l = l->next) {
		uint32_t line = span_is_set(l->at) ? source_place(l->at.src, l->at.lo).line : 0;

		most = line > most ? line : most;
	}
	return most;
}

static void headline(struct text_out *o, const struct diag *d)
{
	struct buf head = buf_in(o->b->a);
	struct str line, word = severity_word(d->sev);
	size_t i;

	render_headline(d, &head);
	line = buf_str(&head);
	/* The place comes before the severity; a file name could hold the word too, so search from its end. */
	i = span_is_set(d->at) ? str_find_str(line, STR(": "), d->at.src->name.n) + 2
			       : STR("hpcc: ").n;
	paint(o, BOLD, str_slice(line, 0, i));
	paint(o, colour_of(d->sev), str_slice(line, i, i + word.n));
	paint(o, BOLD, str_slice(line, i + word.n, line.n));
	buf_char(o->b, '\n');
}

static void sub(struct text_out *o, const char *kind, struct str text)
{
	buf_pad(o->b, ' ', o->gutter + 2);
	paint(o, BLUE, STR("= "));
	paint(o, BOLD, str_c(kind));
	buf_add(o->b, STR(": "));
	while (text.s != NULL) {
		struct str line = str_cut(&text, '\n');

		buf_add(o->b, line);
		buf_char(o->b, '\n');
		if (text.s != NULL)
			buf_pad(o->b, ' ', o->gutter + 10);
	}
}

static void finding(struct text_out *o, const struct diag *d)
{
	struct shown above = {0};

	o->gutter = digits(largest_line(d));
	headline(o, d);
	if (may_show(o, d->at))
		excerpt(o, &above, &(struct mark){d->at, '^', colour_of(d->sev), d->inner});
	for (const struct diag_label *l = d->labels; l != NULL; l = l->next)
		if (may_show(o, l->at))
			excerpt(o, &above, &(struct mark){l->at, '-', BLUE, l->text});
	for (const struct diag_sub *s = d->subs; s != NULL; s = s->next)
		sub(o, s->kind == SUB_NOTE ? "note" : "help", s->text);
}

void render_text(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	unsigned width = style->width > 40 ? style->width - 10 : WINDOW;
	struct text_out o = {.b = out, .colour = style->colour, .width = width};
	unsigned long shown = 0, all = 0;

	find_secrets(&o, ds);
	for (const struct diag *d = ds->first; d != NULL; d = d->next, all++) {
		if (style->max != 0 && shown == style->max)
			continue;
		finding(&o, d);
		shown++;
	}
	if (all > shown)
		buf_fmt(out, "hpcc: %lu more %s not shown; --max-errors=0 shows all\n", all - shown,
			all - shown == 1 ? "finding" : "findings");
}
