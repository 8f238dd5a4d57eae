/* SPDX-License-Identifier: Apache-2.0 */
/* output.c - where results, findings and the summary go. */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <string.h>
#include <unistd.h>

/* The errors of ds alone, copied. */
static struct diags errors_of(struct arena *a, const struct diags *ds)
{
	struct diags only = {.arena = a};

	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		struct diag *copy;

		if (d->sev != SEV_ERROR)
			continue;
		copy = NEW(a, struct diag);
		*copy = *d;
		copy->next = NULL;
		*(only.last != NULL ? &only.last->next : &only.first) = copy;
		only.last = copy;
		only.errors++;
	}
	return only;
}

void render_findings(const struct session *s, const struct diags *ds, struct buf *out)
{
	/* `--deploy-args` stands inside of a command that shows the warnings itself. */
	bool errors_only = GIVEN(s->o, quiet) || GIVEN(s->o, deploy_args);
	struct diags shown = errors_only ? errors_of(out->a, ds) : *ds;

	s->renderer->render(&shown, &s->style, out);
}

bool write_findings(struct session *s, struct str text, int fd)
{
	const char *why = "";

	if (GIVEN(s->o, output_file)) {
		if (s->report.a == NULL)
			s->report = buf_in(&s->arena);
		buf_add(&s->report, text);
		s->reported = true;
		return true;
	}
	if (fd == STDOUT_FILENO)
		return write_standard(text);
	port_write_fd(fd, text, &why);
	return true;
}

bool flush_findings(struct session *s)
{
	bool due = s->reported && !s->refused;

	s->reported = false;
	return !due || write_output(s, VALUE(s->o, output_file, ""), buf_str(&s->report));
}

bool print_findings(struct session *s, const struct diags *ds, int fd)
{
	struct arena scratch = {0};
	struct buf b = buf_in(&scratch);
	bool ok;

	render_findings(s, ds, &b);
	ok = write_findings(s, buf_str(&b), fd);
	arena_release(&scratch);
	return ok;
}

int write_result(struct session *s, struct str text)
{
	const char *path = VALUE(s->o, output, "-");
	bool ok = strcmp(path, "-") == 0 ? write_standard(text) : write_output(s, path, text);

	return ok ? EXIT_OK : EXIT_USAGE;
}

int write_results(struct session *s, const struct compilation *c, const char *path,
		  const struct str *texts)
{
	const char *dir = VALUE(s->o, output, "-"), *why = "";
	size_t n = 0;

	if (!to_directory(s))
		return write_result(s, texts[0]);
	if (!port_make_directory(dir, &why))
		return usage_error("cannot make the directory `%s`: %s", dir, why);
	if (c->declaration == NULL)
		return write_output(s, path_in(s, dir, path), texts[0]) ? EXIT_OK : EXIT_USAGE;
	for (const struct compilation *d = c; d != NULL; d = d->next)
		if (!place_free(s, path_to(s, dir, d->declaration->name)))
			return EXIT_USAGE;
	for (const struct compilation *d = c; d != NULL; d = d->next)
		if (!write_output(s, path_to(s, dir, d->declaration->name), texts[n++]))
			return EXIT_USAGE;
	return EXIT_OK;
}

bool emit_options_ok(const struct session *s)
{
	int64_t indent;

	if (GIVEN(s->o, bucket) && !bucket_name_ok(str_c(VALUE(s->o, bucket, "")))) {
		usage_error(
			"--bucket takes the name of an S3 bucket, such as my-templates, not `%s`",
			VALUE(s->o, bucket, ""));
		return false;
	}
	return !GIVEN(s->o, indent) ||
	       number_option("indent", VALUE(s->o, indent, ""), 0, 8, &indent);
}

struct str emit_template(struct session *s, struct compilation *c)
{
	const struct emitter *e = &emitters[option_choice(s->o, OPTION_ID_emit)];
	struct emit_style style = {.indent = EMIT_AUTO};
	int64_t indent = 0;
	struct str text;

	if (GIVEN(s->o, minify))
		style.indent = EMIT_MINIFIED;
	else if (GIVEN(s->o, indent) && str_to_int(str_c(VALUE(s->o, indent, "")), &indent))
		style.indent = indent == 0 ? EMIT_MINIFIED : (int)indent;
	text = e->emit(c->a, c->graph, style);
	emit_check_size(&c->ds, text);
	check_bucket(s, c, text);
	compile_settle_late(&s->compile, c);
	return text;
}

bool summary_wanted(const struct session *s)
{
	return !GIVEN(s->o, quiet) && (GIVEN(s->o, summary) || port_is_terminal(STDERR_FILENO));
}

void print_summary(struct session *s, const struct compilation *c, struct str template_text)
{
	struct str line;
	const char *why;

	if (!summary_wanted(s))
		return;
	line = summary_line(c->a, s->compile.facts, c, template_text.n);
	if (s->compile.npolicies > 0 && !any_policy_for(s, c))
		line = arena_fmt(c->a, STR_F "no policy looks at " STR_F "\n", STR_A(line),
				 STR_A(c->model->kind->article));
	port_write_fd(STDERR_FILENO, line, &why);
}

void print_order(struct session *s)
{
	const char *why;

	if (summary_wanted(s))
		port_write_fd(STDERR_FILENO, order_line(s), &why);
}
