/* SPDX-License-Identifier: Apache-2.0 */
/* render_ci.c - findings for GitHub workflows, GitLab code quality and JUnit readers. */
#include "compiler/base/json.h"
#include "compiler/base/utf8.h"
#include "compiler/source/render.h"

/* Services match paths with those of the repository, which do not begin with ./ */
static struct str plain_path(struct str path)
{
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.n);
	return path;
}

/* ---- GitHub: workflow commands, "::error file=…,line=…::message" ---- */

/* Escapes for workflow commands; in properties also the separators. */
static void command_text(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_fmt(out, "%%%02X", (unsigned char)c);
		else
			buf_char(out, c);
	}
}

static void annotation(const struct diag *d, struct buf *out)
{
	static const char *const words[] = {
		[SEV_NOTE] = "notice", [SEV_WARNING] = "warning", [SEV_ERROR] = "error"};

	buf_fmt(out, "::%s ", words[d->sev]);
	if (span_is_set(d->at)) {
		struct place lo = source_place(d->at.src, d->at.lo),
			     hi = source_place(d->at.src, d->at.hi);

		buf_add(out, STR("file="));
		command_text(out, plain_path(d->at.src->name), true);
		buf_fmt(out, ",line=%u,endLine=%u,col=%u", lo.line, hi.line, lo.column);
		if (lo.line == hi.line)
			buf_fmt(out, ",endColumn=%u", hi.column);
		buf_char(out, ',');
	}
	buf_fmt(out, "title=" STR_F "::", STR_A(diag_code(d->id)));
	command_text(out, d->text, false);
	for (const struct diag_sub *s = d->subs; s != NULL; s = s->next) {
		buf_add(out, s->kind == SUB_NOTE ? STR("%0Anote: ") : STR("%0Ahelp: "));
		command_text(out, s->text, false);
	}
	buf_char(out, '\n');
}

/* A step shows ten annotations of a kind only, so errors come first. */
void render_github(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	(void)style;
	for (int sev = SEV_ERROR; sev >= SEV_NOTE; sev--)
		for (const struct diag *d = ds->first; d != NULL; d = d->next)
			if ((int)d->sev == sev)
				annotation(d, out);
}

/* ---- GitLab: https://docs.gitlab.com/ci/testing/code_quality ---- */

void render_gitlab(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	static const char *const words[] = {
		[SEV_NOTE] = "info", [SEV_WARNING] = "minor", [SEV_ERROR] = "major"};
	struct arena *a = out->a;
	struct json_value *list = json_new_array(a);
	struct str *prints = diag_fingerprints(a, ds);
	size_t i = 0;

	(void)style;
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		struct json_value *o = json_push(list, json_new_object(a)), *location;
		struct str path = span_is_set(d->at) ? plain_path(d->at.src->name) : STR("hpcc");
		int64_t line = span_is_set(d->at) ? source_place(d->at.src, d->at.lo).line : 1;

		json_put(o, STR("description"), json_new_text(a, d->text));
		json_put(o, STR("check_name"), json_new_text(a, diag_code(d->id)));
		json_put(o, STR("fingerprint"), json_new_text(a, prints[i++]));
		json_put(o, STR("severity"), json_new_text(a, str_c(words[d->sev])));
		location = json_put(o, STR("location"), json_new_object(a));
		json_put(location, STR("path"), json_new_text(a, path));
		json_put(json_put(location, STR("lines"), json_new_object(a)), STR("begin"),
			 json_new_int(a, line));
	}
	buf_add(out, json_write(a, list, 2, 0));
	buf_char(out, '\n');
}

/*
 * ---- JUnit: one suite, a test case a file ----
 *
 * Readers agree on one <failure> a case at most, so that holds all errors of the file; the rest is its output. What
 * belongs to none of the files, such as that --vars cannot be read, is a case of its own.
 */

/* Text for XML 1.0: markup escaped, characters that it cannot hold replaced. */
static void xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(s, i, &cp);

		if (len == 0 || (cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0xfffe ||
		    cp == 0xffff)
			buf_add(out, STR("\xef\xbf\xbd"));
		else if (cp == '&' || cp == '<' || cp == '>' || cp == '"')
			buf_fmt(out, "&#%u;", cp);
		else
			buf_add(out, str_slice(s, i, i + len));
		i += len > 0 ? len : 1;
	}
}

/* What one test case reports. */
struct file_findings {
	const struct diag *first_error; /* or NULL */
	size_t errors;
	struct buf failure, output; /* headlines of errors, and of the rest */
};

/* A finding without a place names its file in backticks. */
static bool about(struct arena *a, const struct diag *d, struct str file)
{
	if (span_is_set(d->at))
		return str_eq(d->at.src->name, file);
	return str_find_str(d->text, arena_fmt(a, "`" STR_F "`", STR_A(file)), 0) != SIZE_MAX;
}

static void add_finding(struct file_findings *f, const struct diag *d)
{
	struct buf *to = d->sev == SEV_ERROR ? &f->failure : &f->output;

	if (d->sev == SEV_ERROR && f->errors++ == 0)
		f->first_error = d;
	render_headline(d, to);
	buf_char(to, '\n');
}

static struct file_findings findings_of(struct arena *a, const struct diags *ds, struct str file)
{
	struct file_findings f = {.failure = buf_in(a), .output = buf_in(a)};

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		if (about(a, d, file))
			add_finding(&f, d);
	return f;
}

/* Those of none of the files. */
static struct file_findings other_findings(struct arena *a, const struct diags *ds,
					   const struct render_style *style)
{
	struct file_findings f = {.failure = buf_in(a), .output = buf_in(a)};

	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		bool told = false;

		for (size_t i = 0; i < style->nfiles && !told; i++)
			told = about(a, d, style->files[i]);
		if (!told)
			add_finding(&f, d);
	}
	return f;
}

static void test_case(const struct file_findings *f, struct str file, struct buf *out)
{
	buf_add(out, STR("    <testcase classname=\"hpcc\" name=\""));
	xml(out, file);
	buf_add(out, STR("\">\n"));
	if (f->first_error != NULL) {
		buf_fmt(out, "      <failure type=\"" STR_F "\" message=\"",
			STR_A(diag_code(f->first_error->id)));
		xml(out, f->first_error->text);
		if (f->errors > 1)
			buf_fmt(out, " (and %zu more)", f->errors - 1);
		buf_add(out, STR("\">"));
		xml(out, buf_str(&f->failure));
		buf_add(out, STR("</failure>\n"));
	}
	if (f->output.n > 0) {
		buf_add(out, STR("      <system-out>"));
		xml(out, buf_str(&f->output));
		buf_add(out, STR("</system-out>\n"));
	}
	buf_add(out, STR("    </testcase>\n"));
}

void render_junit(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	struct file_findings others = other_findings(out->a, ds, style);
	struct buf cases = buf_in(out->a);
	size_t n = style->nfiles, failed = 0;

	for (size_t i = 0; i < style->nfiles; i++) {
		struct file_findings f = findings_of(out->a, ds, style->files[i]);

		failed += f.first_error != NULL;
		test_case(&f, style->files[i], &cases);
	}
	if (others.failure.n + others.output.n > 0) {
		failed += others.first_error != NULL;
		test_case(&others, STR("hpcc"), &cases);
		n++;
	}
	buf_fmt(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n"
		"  <testsuite name=\"hpcc\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"0\">\n",
		n, failed, n, failed);
	buf_add(out, buf_str(&cases));
	buf_add(out, STR("  </testsuite>\n</testsuites>\n"));
}
