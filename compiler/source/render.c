/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - the table of formats, and the one-line form that all texts begin with. */
#include "compiler/source/render.h"

const struct renderer renderers[] = {
#define RENDERER(name, function, help) {STR_INIT(#name), STR_INIT(help), function},
#include "compiler/source/renderers.def"
#undef RENDERER
};
const size_t renderers_n = ARRAY_LEN(renderers);

const struct renderer *renderer_find(struct str name)
{
	for (size_t i = 0; i < renderers_n; i++)
		if (str_eq(renderers[i].name, name))
			return &renderers[i];
	return NULL;
}

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
