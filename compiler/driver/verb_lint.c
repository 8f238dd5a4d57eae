/* SPDX-License-Identifier: Apache-2.0 */
/* verb_lint.c - hpcc lint: the findings are the result. */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/source/fix.h"

#include <unistd.h>

/* What one call collects over its files. */
struct lint {
	struct session *s;
	struct buf text;   /* rendered findings, for formats that are not one document */
	struct diags all;  /* findings of all files, for those that are, and for --write-baseline */
	struct buf diff;   /* --fix --diff */
	struct str *files; /* names of the files that were judged */
	size_t nfiles;
	int worst;
	unsigned errors, warnings, notes;
	struct str code; /* of the first finding, an error where there is one */
	bool calm;	 /* no error so far */
	bool changed;	 /* --fix wrote a file */
};

/*
 * Did a policy fail that the call names? It holds whatever the settings say: they come with the files that it judges.
 * Which program a failure is of is not asked: where a call has policies, all of them hold.
 */
static bool fails_policy(const struct session *s, const struct diags *ds)
{
	for (const struct diag *d = ds->first; s->nnamed > 0 && d != NULL; d = d->next)
		if (d->id == DIAG_policy_failed)
			return true;
	return false;
}

/* The exit status of findings by --fail-on, or what their settings say. */
static int status_of(const struct lint *l, const struct diags *ds, const struct config *config)
{
	enum fail_on from = config->fail_on;
	bool found = false;

	if (GIVEN(l->s->o, fail_on))
		from = (enum fail_on)option_choice(l->s->o, OPTION_ID_fail_on);
	else if (fails_policy(l->s, ds))
		return EXIT_FINDINGS;
	if (from == FAIL_ON_ERROR)
		found = ds->errors > 0;
	else if (from == FAIL_ON_WARNING)
		found = ds->errors + ds->warnings > 0;
	else if (from == FAIL_ON_NOTE)
		found = ds->first != NULL;
	return found ? EXIT_FINDINGS : EXIT_OK;
}

static void raise_status(struct lint *l, int status)
{
	l->worst = status > l->worst ? status : l->worst;
}

/*
 * Makes the certain fixes of the file that c was compiled from, or adds them to the diff. c is what is found
 * afterwards.
 */
static void fix(struct lint *l, struct arena *a, const char *path, struct compilation *c)
{
	enum { ROUNDS = 10 }; /* one fix may uncover the next; each round shortens the list */
	const struct source *src = c->src;
	struct edits all = {0};

	for (int i = 0; src != NULL && i < ROUNDS; i++) {
		struct edits e = fixes_choose(a, &c->ds, c->src);
		struct str text;

		if (e.n == 0)
			break;
		text = fixes_apply(a, c->src, &e);
		all = i == 0 ? e : fixes_then(a, &all, c->src->text, &e);
		compile_source(l->s, a, path, source_new(a, src->name, text), STAGE_MODEL, c);
	}
	if (all.n > 0 && GIVEN(l->s->o, diff))
		buf_add(&l->diff, fixes_diff(a, src, &all));
	else if (all.n > 0 && write_fixed(l->s, path, c->src->text))
		l->changed = true;
	else if (all.n > 0)
		l->worst = EXIT_USAGE;
}

/* The code of the first error, or else of the first finding. */
static struct str code_of(const struct diags *ds)
{
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		if (d->sev == SEV_ERROR)
			return diag_code(d->id);
	return diag_code(ds->first->id);
}

static void count_words(struct buf *b, unsigned n, const char *what)
{
	if (n > 0)
		buf_fmt(b, "%s%u %s%s", b->n > 0 ? ", " : "", n, what, n == 1 ? "" : "s");
}

/* The last line for people: how many findings there were, and where more is told. */
static void add_totals(struct lint *l)
{
	struct session *s = l->s;
	struct buf b = buf_in(&s->arena);
	size_t others = s->inputs.folder != NULL ? s->inputs.others : 0;

	if (s->renderer->render != render_text || GIVEN(s->o, quiet))
		return;
	count_words(&b, l->errors, "error");
	count_words(&b, l->warnings, "warning");
	count_words(&b, l->notes, "note");
	if (b.n == 0 && others == 0)
		return;
	buf_fmt(&l->text, "hpcc: " STR_F " in %zu %s",
		STR_A(b.n > 0 ? buf_str(&b) : STR("no findings")), l->nfiles,
		l->nfiles == 1 ? "file" : "files");
	if (others > 0)
		buf_fmt(&l->text, "; %zu other %s passed over", others,
			others == 1 ? "file was" : "files were");
	if (l->code.n > 0)
		buf_fmt(&l->text, "; `hpcc explain " STR_F "` tells more", STR_A(l->code));
	buf_char(&l->text, '\n');
}

static void lint_file(struct lint *l, struct arena *a, const char *path)
{
	struct compilation c;

	compile_file(l->s, a, path, STAGE_MODEL, &c);
	if (c.foreign) {
		l->s->inputs.others++;
		return;
	}
	if (GIVEN(l->s->o, fix))
		fix(l, a, path, &c);
	l->files[l->nfiles++] = c.src != NULL ? arena_str(&l->s->arena, c.src->name)
					      : printable_name(&l->s->arena, path);
	raise_status(l, c.unreadable ? EXIT_USAGE : status_of(l, &c.ds, c.config));
	l->errors += c.ds.errors;
	l->warnings += c.ds.warnings;
	l->notes += c.ds.notes;
	if (c.ds.first != NULL && (l->code.n == 0 || (l->calm && c.ds.errors > 0)))
		l->code = code_of(&c.ds);
	l->calm = l->errors == 0;
	if (a == &l->s->arena)
		diags_append(&l->all, &c.ds);
	else if (c.ds.first != NULL)
		render_findings(l->s, &c.ds, &l->text);
}

/*
 * Makes the certain fixes of all files. One file may stand on another that is mended after it, so this goes on while
 * files change.
 */
static void fix_files(struct lint *l)
{
	enum { ROUNDS = 10 };

	l->changed = true;
	for (int i = 0; l->changed && l->worst == EXIT_OK && i < ROUNDS; i++) {
		l->changed = false;
		for (size_t k = 0; k < l->s->inputs.n; k++) {
			struct arena own = {0};
			struct compilation c;

			l->s->found = l->s->inputs.items[k].found;
			l->s->folder = l->s->inputs.items[k].folder;
			compile_file(l->s, &own, l->s->inputs.items[k].path, STAGE_MODEL, &c);
			if (!c.foreign)
				fix(l, &own, l->s->inputs.items[k].path, &c);
			arena_release(&own);
		}
		l->s->neighbours = (struct map){0};
	}
}

/* One document for all files needs every file's memory to the end; else it goes with the file. */
static void lint_files(struct lint *l, bool together)
{
	for (size_t i = 0; i < l->s->inputs.n; i++) {
		struct arena own = {0};

		l->s->found = l->s->inputs.items[i].found;
		l->s->folder = l->s->inputs.items[i].folder;
		lint_file(l, together ? &l->s->arena : &own, l->s->inputs.items[i].path);
		arena_release(&own);
	}
}

/* Findings about the call itself, such as a variable that no file uses, go with those of the files. */
static void add_own(struct lint *l, bool together)
{
	struct diags *own = &l->s->ds;
	const struct config *config;

	if (own->errors > 0)
		return;
	variables_report_unused(l->s);
	stacks_report(l->s);
	config = config_for(l->s, l->s->o->operands[0]);
	config_apply(config, own);
	diags_sort(own);
	raise_status(l, status_of(l, own, config));
	l->errors += own->errors;
	l->warnings += own->warnings;
	l->notes += own->notes;
	if (l->code.n == 0 && own->first != NULL)
		l->code = code_of(own);
	if (together)
		diags_append(&l->all, own);
	else if (own->first != NULL)
		render_findings(l->s, own, &l->text);
	*own = (struct diags){.arena = own->arena};
}

static int finish(struct lint *l, bool together)
{
	struct session *s = l->s;

	if (GIVEN(s->o, write_baseline)) {
		int status = baseline_write(s, &l->all);

		return l->worst == EXIT_USAGE ? EXIT_USAGE : status;
	}
	if (GIVEN(s->o, diff)) {
		if (!write_standard(buf_str(&l->diff)))
			return EXIT_USAGE;
		return l->diff.n > 0 && l->worst == EXIT_OK ? EXIT_FINDINGS : l->worst;
	}
	s->style.files = l->files;
	s->style.nfiles = l->nfiles;
	if (together)
		render_findings(s, &l->all, &l->text);
	add_totals(l);
	return write_findings(s, buf_str(&l->text), STDOUT_FILENO) ? l->worst : EXIT_USAGE;
}

/* Options that need another; what is wrong is printed. */
static bool options_ok(const struct session *s)
{
	if (GIVEN(s->o, diff) && !GIVEN(s->o, fix)) {
		usage_error("--diff goes with --fix");
		return false;
	}
	for (size_t i = 0; GIVEN(s->o, fix) && i < s->o->noperands; i++)
		if (str_eq(str_c(s->o->operands[i]), STR("-")) && !GIVEN(s->o, diff)) {
			usage_error("--fix changes files; standard input is none (see --diff)");
			return false;
		}
	return true;
}

int verb_lint(struct session *s)
{
	bool together = s->renderer->whole || GIVEN(s->o, write_baseline);
	struct lint l = {.s = s, .text = buf_in(&s->arena), .all = {.arena = &s->arena}};

	if (!options_ok(s) || !baseline_read(s))
		return EXIT_USAGE;
	l.diff = buf_in(&s->arena);
	l.files = NEW_ARRAY(&s->arena, struct str, s->inputs.n + 1);
	if (GIVEN(s->o, fix) && !GIVEN(s->o, diff) && s->inputs.n > 1)
		fix_files(&l);
	lint_files(&l, together);
	add_own(&l, together);
	if (!inputs_any(s, l.nfiles))
		return EXIT_USAGE;
	return s->ds.errors > 0 || s->refused ? EXIT_USAGE : finish(&l, together);
}
