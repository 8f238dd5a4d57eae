/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - the table of formats, and the one-line form that all texts begin with. */
#include "compiler/source/render.h"

#include "compiler/base/map.h"

const struct renderer renderers[] = {
#define RENDERER(name, whole, help) {STR_INIT(#name), render_##name, whole},
#include "compiler/source/renderers.def"
#undef RENDERER
};
const size_t renderers_n = ARRAY_LEN(renderers);

void render_headline(const struct diag *d, struct buf *out)
{
	if (span_is_set(d->at)) {
		struct place p = source_place(d->at.src, d->at.lo);

		buf_fmt(out, STR_F ":%u:%u: ", STR_A(d->at.src->name), p.line, p.column);
	} else {
		buf_add(out, STR("hpcc: "));
	}
	buf_fmt(out, STR_F ": " STR_F " [" STR_F "]", STR_A(severity_word(d->sev)), STR_A(d->text),
		STR_A(diag_code(d->id)));
}

void render_short(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	(void)style;
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		render_headline(d, out);
		buf_char(out, '\n');
	}
}

/*
 * The words of the line where a finding begins, so that its indentation may change. Of a line as long as a minified
 * file those around the finding.
 */
static struct str line_words(const struct diag *d)
{
	enum { LONG = 1000, AROUND = 200 };
	uint32_t number, start;
	struct str line;
	size_t at;

	if (!span_is_set(d->at))
		return (struct str){0};
	number = source_place(d->at.src, d->at.lo).line;
	line = source_line(d->at.src, number);
	start = source_line_start(d->at.src, number);
	at = d->at.lo > start ? d->at.lo - start : 0;
	if (line.n > LONG)
		line = str_slice(line, at > AROUND ? at - AROUND : 0, at + AROUND);
	return str_trim(line);
}

struct str *diag_fingerprints(struct arena *a, const struct diags *ds)
{
	struct map seen = {0};
	struct str *all;
	size_t n = 0, i = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		n++;
	all = NEW_ARRAY(a, struct str, n + 1);
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		struct str file = span_is_set(d->at) ? d->at.src->name : (struct str){0};
		struct str key = arena_fmt(a, STR_F "\n" STR_F "\n" STR_F "\n" STR_F,
					   STR_A(diag_code(d->id)), STR_A(file),
					   STR_A(line_words(d)), STR_A(d->text));
		uintptr_t times = (uintptr_t)map_get(&seen, key) + 1;

		map_put(&seen, a, key, (const void *)times);
		key = arena_fmt(a, STR_F "\n%zu", STR_A(key), (size_t)times);
		all[i++] = arena_fmt(a, "%016llx", (unsigned long long)str_hash(key));
	}
	return all;
}

void uri_path(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.s[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' ||
			     c == '_' || c == '~';

		if (plain)
			buf_char(out, (char)c);
		else
			buf_fmt(out, "%%%02X", c);
	}
}
