/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - --help, from the tables. */
#include "compiler/base/buf.h"
#include "compiler/driver/options.h"
#include "compiler/schema/kind.h"

enum { TEXT_WIDTH = 79, OPTION_COLUMN = 28 };

/* Appends `text` wrapped at TEXT_WIDTH, each line after the first indented; the first begins at `column`. */
static void wrap(struct buf *b, struct str text, size_t column, size_t indent)
{
	while (text.s != NULL) {
		struct str word = str_cut(&text, ' ');

		if (column + 1 + word.n > TEXT_WIDTH && column > indent) {
			buf_char(b, '\n');
			buf_pad(b, ' ', indent);
			column = indent;
		} else if (column > indent) {
			buf_char(b, ' ');
			column++;
		}
		buf_add(b, word);
		column += word.n;
	}
	buf_char(b, '\n');
}

/* The help of a row with the words that it takes in the verb. */
static struct str help_of(struct arena *a, enum option_id option, enum verb_id verb)
{
	struct str help = str_c(option_rows[option].help);
	struct str words = choice_words(a, option, 1u << verb, ", ", " or ", false);

	return words.n == 0 ? help : arena_fmt(a, STR_F ": " STR_F, STR_A(help), STR_A(words));
}

static void option_line(struct buf *b, enum option_id option, enum verb_id verb)
{
	const struct option_row *row = &option_rows[option];
	size_t start = b->n, column;

	if (row->letter != 0)
		buf_fmt(b, "  -%c, --%s", row->letter, row->name);
	else
		buf_fmt(b, "      --%s", row->name);
	if (row->kind != OPTION_FLAG)
		buf_fmt(b, "=%s", row->argument);
	column = b->n - start;
	if (column + 2 > OPTION_COLUMN) {
		buf_char(b, '\n');
		column = 0;
	}
	buf_pad(b, ' ', OPTION_COLUMN - column);
	wrap(b, help_of(b->a, option, verb), OPTION_COLUMN, OPTION_COLUMN);
}

static void options_of(struct buf *b, enum verb_id verb)
{
	buf_add(b, STR("\nOptions:\n"));
	for (int i = 0; i < OPTION_COUNT; i++)
		if ((option_rows[i].verbs & 1u << verb) != 0)
			option_line(b, (enum option_id)i, verb);
}

static void help_of_verb(struct buf *b, enum verb_id verb)
{
	const struct verb_row *v = &verb_rows[verb];

	buf_fmt(b, "Usage: hpcc %s [OPTION...] %s\n\n", v->name, v->operands);
	wrap(b, str_c(v->description), 0, 0);
	options_of(b, verb);
}

/* What the property Kind of a file may say. */
static void kinds(struct buf *b)
{
	struct buf line = buf_in(b->a);

	buf_add(&line, STR("The property Kind says what a file describes ("));
	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_fmt(&line, "%s" STR_F, i > 0 ? ", " : "", STR_A(schema_kinds[i].kind));
	buf_add(&line, STR("); without it the sections tell."));
	wrap(b, buf_str(&line), 0, 0);
}

static void overview(struct buf *b)
{
	buf_add(b, STR("Usage: hpcc [OPTION...] FILE...\n"
		       "       hpcc VERB [OPTION...] [OPERAND...]\n\n"));
	wrap(b,
	     STR(HPCC_PURPOSE " Needs no AWS account and no network, and sends nothing anywhere."),
	     0, 0);
	kinds(b);
	buf_add(b, STR("\nVerbs:\n"));
	for (int i = 0; i < VERB_COUNT; i++)
		buf_fmt(b, "  %-12s %s\n", verb_rows[i].name, verb_rows[i].summary);
	options_of(b, VERB_build);
	buf_add(b, STR("\nSee `hpcc VERB --help` for the options of a verb.\n"
		       "Exit status: 0 done, 1 the file has errors, 2 wrong use or a file that "
		       "cannot be\n"
		       "read or written, 70 a bug in hpcc.\n"));
}

struct str help_text(struct arena *a, const struct options *o)
{
	struct buf b = buf_in(a);

	if (o->verb_named)
		help_of_verb(&b, o->verb);
	else
		overview(&b);
	return buf_str(&b);
}
