/* SPDX-License-Identifier: Apache-2.0 */
/* render_ci.c - findings for GitHub workflows, GitLab code quality and JUnit readers. */
#include "compiler/base/json.h"
#include "compiler/base/utf8.h"
#include "compiler/source/render.h"

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
		command_text(out, d->at.src->name, true);
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
		struct str path = span_is_set(d->at) ? d->at.src->name : STR("hpcc");
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

/* ---- JUnit: one suite, a test case a file; errors fail it, the rest is its output ---- */

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

static bool about(const struct diag *d, struct str file)
{
	return span_is_set(d->at) ? str_eq(d->at.src->name, file)
				  : str_find_str(d->text, file, 0) != SIZE_MAX;
}

static void failures(const struct diags *ds, struct str file, struct buf *out)
{
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		struct buf line = buf_in(out->a);

		if (!about(d, file))
			continue;
		render_headline(d, &line);
		if (d->sev == SEV_ERROR) {
			buf_fmt(out, "      <failure type=\"" STR_F "\" message=\"",
				STR_A(diag_code(d->id)));
			xml(out, d->text);
			buf_add(out, STR("\">"));
		} else {
			buf_add(out, STR("      <system-out>"));
		}
		xml(out, buf_str(&line));
		buf_add(out, d->sev == SEV_ERROR ? STR("</failure>\n") : STR("</system-out>\n"));
	}
}

static size_t failed_files(const struct diags *ds, const struct render_style *style)
{
	size_t n = 0;

	for (size_t i = 0; i < style->nfiles; i++)
		for (const struct diag *d = ds->first; d != NULL; d = d->next)
			if (d->sev == SEV_ERROR && about(d, style->files[i])) {
				n++;
				break;
			}
	return n;
}

void render_junit(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	size_t failed = failed_files(ds, style);

	buf_fmt(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%zu\" "
		"failures=\"%zu\">\n"
		"  <testsuite name=\"hpcc\" tests=\"%zu\" failures=\"%zu\">\n",
		style->nfiles, failed, style->nfiles, failed);
	for (size_t i = 0; i < style->nfiles; i++) {
		buf_add(out, STR("    <testcase classname=\"hpcc\" name=\""));
		xml(out, style->files[i]);
		buf_add(out, STR("\">\n"));
		failures(ds, style->files[i], out);
		buf_add(out, STR("    </testcase>\n"));
	}
	buf_add(out, STR("  </testsuite>\n</testsuites>\n"));
}
