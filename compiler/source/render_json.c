/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json.c - findings as one JSON array, or one JSON object a line.
 *
 * Columns count code points and are 1-based; `start` and `end` are byte offsets for tools that cut text.
 */
#include "compiler/base/json.h"
#include "compiler/source/render.h"

static struct json_value *text(struct arena *a, struct json_value *object, const char *key,
			       struct str s)
{
	return json_put(object, str_c(key), json_new_text(a, s));
}

static void number(struct arena *a, struct json_value *object, const char *key, int64_t n)
{
	json_put(object, str_c(key), json_new_int(a, n));
}

static void place(struct arena *a, struct json_value *object, struct span at)
{
	struct place lo, hi;

	if (!span_is_set(at))
		return;
	lo = source_place(at.src, at.lo);
	hi = source_place(at.src, at.hi);
	text(a, object, "file", at.src->name);
	number(a, object, "line", lo.line);
	number(a, object, "column", lo.column);
	number(a, object, "end_line", hi.line);
	number(a, object, "end_column", hi.column);
	number(a, object, "start", at.lo);
	number(a, object, "end", at.hi);
}

static void labels(struct arena *a, struct json_value *object, const struct diag *d)
{
	struct json_value *list = json_put(object, STR("labels"), json_new_array(a));

	for (const struct diag_label *l = d->labels; l != NULL; l = l->next) {
		struct json_value *o = json_push(list, json_new_object(a));

		text(a, o, "message", l->text);
		place(a, o, l->at);
	}
}

static void subs(struct arena *a, struct json_value *object, const struct diag *d, const char *key,
		 enum diag_sub_kind kind)
{
	struct json_value *list = json_put(object, str_c(key), json_new_array(a));

	for (const struct diag_sub *s = d->subs; s != NULL; s = s->next)
		if (s->kind == kind)
			json_push(list, json_new_text(a, s->text));
}

static void fixes(struct arena *a, struct json_value *object, const struct diag *d)
{
	struct json_value *list = json_put(object, STR("fixes"), json_new_array(a));

	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next) {
		struct json_value *o = json_push(list, json_new_object(a));

		text(a, o, "replacement", f->text);
		json_put(o, STR("certain"), json_new_bool(a, f->certain));
		place(a, o, f->at);
	}
}

/* unknown_property as settings, comments and pages write it: unknown-property. */
static struct str dashed(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n; i++)
		buf_char(&b, name.s[i] == '_' ? '-' : name.s[i]);
	return buf_str(&b);
}

static struct json_value *finding(struct arena *a, const struct diag *d)
{
	struct json_value *o = json_new_object(a);

	text(a, o, "code", diag_code(d->id));
	text(a, o, "name", dashed(a, diag_name(d->id)));
	text(a, o, "severity", severity_word(d->sev));
	text(a, o, "message", d->text);
	place(a, o, d->at);
	if (d->inner.n > 0)
		text(a, o, "label", d->inner);
	labels(a, o, d);
	subs(a, o, d, "notes", SUB_NOTE);
	subs(a, o, d, "helps", SUB_HELP);
	fixes(a, o, d);
	return o;
}

void render_json(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	struct json_value *list = json_new_array(out->a);

	(void)style;
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		json_push(list, finding(out->a, d));
	buf_add(out, json_write(out->a, list, 2, 0));
	buf_char(out, '\n');
}

void render_jsonl(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	(void)style;
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		buf_add(out, json_write(out->a, finding(out->a, d), 0, 0));
		buf_char(out, '\n');
	}
}
