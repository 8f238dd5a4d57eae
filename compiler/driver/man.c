/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - the manual page hpcc(1) in roff, from the tables. */
#include "compiler/base/buf.h"
#include "compiler/driver/options.h"

/* Text for roff: backslashes and hyphens as themselves, no line that begins with a control character. */
static void roff(struct buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_add(b, STR("\\&"));
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			buf_add(b, STR("\\e"));
		else if (*s == '-')
			buf_add(b, STR("\\-"));
		else if (*s == '`')
			buf_add(b, STR("\\(ga"));
		else
			buf_char(b, *s);
	}
}

static void verbs(struct buf *b)
{
	buf_add(b, STR(".SH VERBS\n"));
	for (int i = 0; i < VERB_COUNT; i++) {
		buf_fmt(b, ".TP\n.B hpcc %s \\fR", verb_rows[i].name);
		roff(b, verb_rows[i].operands);
		buf_char(b, '\n');
		roff(b, verb_rows[i].description);
		buf_char(b, '\n');
	}
}

static void verbs_of(struct buf *b, uint32_t set)
{
	buf_add(b, STR(" For:"));
	for (int v = 0; v < VERB_COUNT; v++)
		if ((set & 1u << v) != 0)
			buf_fmt(b, " %s", verb_rows[v].name);
	buf_char(b, '.');
}

/* What the words stand for, below the option that takes them. */
static void words(struct buf *b, const struct option_row *row)
{
	bool any = false;

	for (size_t i = 0; i < choices_n; i++) {
		const struct choice *c = &choices[i];

		if (&option_rows[c->option] != row || c->help == NULL)
			continue;
		buf_fmt(b, "%s.TP\n.B ", any ? "" : ".RS\n");
		roff(b, c->word);
		buf_char(b, '\n');
		roff(b, c->help);
		buf_char(b, '.');
		if (c->verbs != FOR_ALL)
			verbs_of(b, c->verbs);
		buf_char(b, '\n');
		any = true;
	}
	if (any)
		buf_add(b, STR(".RE\n"));
}

static void option(struct buf *b, const struct option_row *row)
{
	buf_add(b, STR(".TP\n.B "));
	if (row->letter != 0)
		buf_fmt(b, "\\-%c, ", row->letter);
	buf_add(b, STR("\\-\\-"));
	roff(b, row->name);
	if (row->kind != OPTION_FLAG) {
		buf_add(b, STR("\\fR=\\fI"));
		roff(b, row->argument);
		buf_add(b, STR("\\fR"));
	}
	buf_char(b, '\n');
	roff(b, row->help);
	buf_char(b, '.');
	if (row->verbs != FOR_ALL)
		verbs_of(b, row->verbs);
	buf_char(b, '\n');
	words(b, row);
}

struct str man_text(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR(".TH HPCC 1 \"\" \"hpcc " HPCC_VERSION "\" \"User Commands\"\n.SH NAME\n"
			"hpcc \\- compile descriptions of HPC clusters to CloudFormation "
			"templates\n.SH "
			"SYNOPSIS\n"
			".B hpcc\n[\\fIOPTION\\fR...] \\fIFILE\\fR...\n.br\n.B hpcc\n"
			"\\fIVERB\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n.SH "
			"DESCRIPTION\n" HPCC_PURPOSE
			"\nEach file is checked against bundled facts about properties, EC2 "
			"instance types and file systems.\n"
			"hpcc needs no AWS account and no network, and sends nothing anywhere.\n"));
	verbs(&b);
	buf_add(&b, STR(".SH OPTIONS\n"));
	for (int i = 0; i < OPTION_COUNT; i++)
		option(&b, &option_rows[i]);
	buf_add(&b,
		STR(".SH EXIT STATUS\n.TP\n.B 0\nDone; there may be warnings.\n.TP\n.B 1\n"
		    "The file has errors.\n.TP\n.B 2\nWrong use, or a file that cannot be read or "
		    "written.\n"
		    ".TP\n.B 70\nA bug in hpcc.\n.TP\n.B 71\nThe system has no more memory.\n"
		    ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n"
		    "When set and not empty, no colours are used.\n.TP\n.BR FORCE_COLOR \", \" "
		    "CLICOLOR_FORCE\nWhen set, not empty and not 0, colours are used into files "
		    "and pipes too.\n"
		    ".TP\n.B CLICOLOR\nWhen 0, no colours are used.\n.TP\n.B COLUMNS\nWidth of the "
		    "terminal.\n"
		    ".SH FILES\n.TP\n.I .hpcc.yaml\nSettings of a project, in the folder of the "
		    "file or the nearest one above it,\nup to the root of the git "
		    "repository: "
		    "parallelcluster, fail\\-on, severity, bucket.\n"
		    ".SH EXAMPLES\n"
		    "Check a file, and let hpcc mend what has one right answer:\n.PP\n.nf\n"
		    ".RS\nhpcc lint cluster.yaml\nhpcc lint \\-\\-fix cluster.yaml\n.RE\n.fi\n.PP\n"
		    "Check all files below a folder:\n.PP\n.nf\n.RS\nhpcc lint "
		    "clusters/\n.RE\n.fi\n.PP\n"
		    "Compile, and tell what the stack is:\n.PP\n.nf\n.RS\n"
		    "hpcc \\-\\-summary cluster.yaml \\-o stack.json\n.RE\n.fi\n.PP\n"
		    "Deploy without a file in between:\n.PP\n.nf\n.RS\n"
		    "hpcc exec cluster.yaml \\-\\- aws cloudformation deploy "
		    "\\-\\-template\\-file {} \\e\n"
		    "    \\-\\-stack\\-name work {args}\n"
		    ".RE\n.fi\n.PP\n"
		    "Find instance types:\n.PP\n.nf\n.RS\n"
		    "hpcc instances \\-\\-efa \\-\\-min\\-vcpus=96\n.RE\n.fi\n"
		    ".SH SEE ALSO\n.BR aws (1)\n"));
	return buf_str(&b);
}
