/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_sarif.c - findings as SARIF 2.1.0 (OASIS standard), as code scanning services read it.
 *
 * Each code that occurs is a rule with its page; each result has its region, related places, fixes and a
 * fingerprint that tracks it over edits. Columns count UTF-16 units, which is what viewers use.
 */
#include "compiler/base/json.h"
#include "compiler/source/pages.h"
#include "compiler/source/render.h"

struct sarif {
	struct arena *a;
	struct json_value *rules;
	int rule_index[DIAG_COUNT]; /* of the code in `rules`, or -1 */
	int nrules;
};

static void text(struct sarif *s, struct json_value *object, const char *key, struct str value)
{
	json_put(object, str_c(key), json_new_text(s->a, value));
}

static void number(struct sarif *s, struct json_value *object, const char *key, int64_t n)
{
	json_put(object, str_c(key), json_new_int(s->a, n));
}

static struct json_value *object_in(struct sarif *s, struct json_value *object, const char *key)
{
	return json_put(object, str_c(key), json_new_object(s->a));
}

static struct json_value *array_in(struct sarif *s, struct json_value *object, const char *key)
{
	return json_put(object, str_c(key), json_new_array(s->a));
}

static void message(struct sarif *s, struct json_value *object, const char *key, struct str words)
{
	text(s, object_in(s, object, key), "text", words);
}

static void region(struct sarif *s, struct json_value *object, const char *key, struct span at)
{
	struct place lo = source_place(at.src, at.lo), hi = source_place(at.src, at.hi);
	struct json_value *r = object_in(s, object, key);

	number(s, r, "startLine", lo.line);
	number(s, r, "startColumn", lo.column_utf16);
	number(s, r, "endLine", hi.line);
	number(s, r, "endColumn", hi.column_utf16);
}

static void artifact(struct sarif *s, struct json_value *object, struct span at)
{
	struct json_value *location = object_in(s, object, "artifactLocation");
	struct buf uri = buf_in(s->a);
	struct str name = at.src->name;

	while (str_starts(name, STR("./")))
		name = str_slice(name, 2, name.n);
	if (!str_starts(name, STR("/"))) {
		uri_path(&uri, name);
		text(s, location, "uri", buf_str(&uri));
		text(s, location, "uriBaseId", STR("SRCROOT"));
		return;
	}
	buf_add(&uri, STR("file://"));
	uri_path(&uri, name);
	text(s, location, "uri", buf_str(&uri));
}

static struct json_value *location(struct sarif *s, struct span at)
{
	struct json_value *l = json_new_object(s->a),
			  *physical = object_in(s, l, "physicalLocation");

	artifact(s, physical, at);
	region(s, physical, "region", at);
	return l;
}

static struct str level(enum severity sev)
{
	return severity_word(sev); /* SARIF has the same three words */
}

/* unknown_property as the standard likes names of rules: UnknownProperty. */
static struct str pascal_case(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);
	bool upper = true;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		if (c != '_')
			buf_char(&b, upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
		upper = c == '_';
	}
	return buf_str(&b);
}

static int rule(struct sarif *s, enum diag_id id)
{
	struct json_value *r;

	if (s->rule_index[id] >= 0)
		return s->rule_index[id];
	r = json_push(s->rules, json_new_object(s->a));
	text(s, r, "id", diag_code(id));
	text(s, r, "name", pascal_case(s->a, diag_name(id)));
	if (diag_pages[id].title.n > 0) {
		struct json_value *help;

		message(s, r, "shortDescription", diag_pages[id].title);
		help = object_in(s, r, "help");
		text(s, help, "text", diag_pages[id].text);
		text(s, help, "markdown", diag_pages[id].text);
	}
	text(s, object_in(s, r, "defaultConfiguration"), "level", level(diag_default_severity(id)));
	return s->rule_index[id] = s->nrules++;
}

static void related(struct sarif *s, struct json_value *result, const struct diag *d)
{
	struct json_value *list = NULL;
	int64_t id = 1;

	for (const struct diag_label *l = d->labels; l != NULL; l = l->next) {
		struct json_value *o;

		if (!span_is_set(l->at))
			continue;
		if (list == NULL)
			list = array_in(s, result, "relatedLocations");
		o = json_push(list, location(s, l->at));
		number(s, o, "id", id++);
		message(s, o, "message", l->text);
	}
}

/* All edits of a finding belong together, so they are one fix. */
static void fixes(struct sarif *s, struct json_value *result, const struct diag *d)
{
	struct json_value *fix, *change, *list;

	if (d->fixes == NULL)
		return;
	fix = json_push(array_in(s, result, "fixes"), json_new_object(s->a));
	change = json_push(array_in(s, fix, "artifactChanges"), json_new_object(s->a));
	artifact(s, change, d->fixes->at);
	list = array_in(s, change, "replacements");
	for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next) {
		struct json_value *r = json_push(list, json_new_object(s->a));

		region(s, r, "deletedRegion", f->at);
		message(s, r, "insertedContent", f->text);
	}
}

static struct str whole_message(struct sarif *s, const struct diag *d)
{
	struct buf b = buf_in(s->a);

	buf_add(&b, d->text);
	for (const struct diag_sub *sub = d->subs; sub != NULL; sub = sub->next)
		buf_fmt(&b, "\n%s: " STR_F, sub->kind == SUB_NOTE ? "note" : "help",
			STR_A(sub->text));
	return buf_str(&b);
}

static void result(struct sarif *s, struct json_value *results, const struct diag *d,
		   struct str fingerprint)
{
	struct json_value *r = json_push(results, json_new_object(s->a));

	text(s, r, "ruleId", diag_code(d->id));
	number(s, r, "ruleIndex", rule(s, d->id));
	text(s, r, "level", level(d->sev));
	message(s, r, "message", whole_message(s, d));
	if (span_is_set(d->at))
		json_push(array_in(s, r, "locations"), location(s, d->at));
	related(s, r, d);
	fixes(s, r, d);
	text(s, object_in(s, r, "partialFingerprints"), "hpccFinding/v1", fingerprint);
}

void render_sarif(const struct diags *ds, const struct render_style *style, struct buf *out)
{
	struct sarif s = {.a = out->a};
	struct json_value *log = json_new_object(s.a), *run, *driver, *results, *base;
	struct str *prints = diag_fingerprints(s.a, ds);
	size_t i = 0;

	(void)style;
	for (int id = 0; id < DIAG_COUNT; id++)
		s.rule_index[id] = -1;
	text(&s, log, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
	text(&s, log, "version", STR("2.1.0"));
	run = json_push(array_in(&s, log, "runs"), json_new_object(s.a));
	driver = object_in(&s, object_in(&s, run, "tool"), "driver");
	text(&s, driver, "name", STR("hpcc"));
	text(&s, driver, "version", STR(HPCC_VERSION));
	s.rules = array_in(&s, driver, "rules");
	text(&s, run, "columnKind", STR("utf16CodeUnits"));
	base = object_in(&s, object_in(&s, run, "originalUriBaseIds"), "SRCROOT");
	message(&s, base, "description", STR("the folder that hpcc was called in"));
	results = array_in(&s, run, "results");
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		result(&s, results, d, prints[i++]);
	buf_add(out, json_write(s.a, log, 2, 0));
	buf_char(out, '\n');
}
