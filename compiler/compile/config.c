/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - .hpcc.yaml, the settings of a project. */
#include "compiler/compile/config.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/compile/suppress.h"
#include "compiler/yaml/yaml_read.h"

enum { LAST_PATCH = 99 };

struct config config_default(void)
{
	return (struct config){.fail_on = FAIL_ON_ERROR};
}

bool release_of(struct str word, release *ret)
{
	int64_t part[3] = {0, 0, LAST_PATCH};
	size_t n = 0;

	while (word.s != NULL && n < 3) {
		struct str digits = str_cut(&word, '.');

		if (!str_to_int(digits, &part[n]) || part[n] < 0 || part[n] > LAST_PATCH)
			return false;
		n++;
	}
	if (word.s != NULL || n < 2 || part[0] != 3)
		return false;
	*ret = (release)(part[0] * 10000 + part[1] * 100 + part[2]);
	return true;
}

/* Four numbers with dots between, or what looks like them. */
static bool is_address(struct str name)
{
	unsigned dots = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.s[i] == '.')
			dots++;
		else if (name.s[i] < '0' || name.s[i] > '9')
			return false;
	return dots == 3;
}

/* Source: Amazon S3 user guide, "General purpose bucket naming rules". */
bool bucket_name_ok(struct str name)
{
	static const struct str heads[] = {STR_INIT("xn--"), STR_INIT("sthree-")};
	static const struct str tails[] = {STR_INIT("-s3alias"), STR_INIT("--ol-s3"),
					   STR_INIT(".mrap"), STR_INIT("--x-s3"),
					   STR_INIT("--table-s3")};

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];
		bool inner =
			i > 0 && i + 1 < name.n && (c == '-' || (c == '.' && name.s[i - 1] != '.'));

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !inner)
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(name, heads[i]))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (str_ends(name, tails[i]))
			return false;
	return name.n >= 3 && name.n <= 63 && !is_address(name);
}

/* What stands at a value, as findings show it: a list or mapping as it was written. */
static struct str shown(const struct node *v)
{
	enum { MOST = 40 };
	struct str written = str_slice(span_text(v->at), 0, MOST);

	if (v->kind == NODE_NULL && written.n == 0)
		return STR("null");
	return v->kind == NODE_LIST || v->kind == NODE_MAP || v->text.n == 0 ? written : v->text;
}

static const char *const verdict_words[] = {
	[VERDICT_OFF] = "off",
	[VERDICT_NOTE] = "note",
	[VERDICT_WARNING] = "warning",
	[VERDICT_ERROR] = "error",
};

/* VERDICT_DEFAULT, which has no word, for what is none. */
static enum verdict verdict_of(struct str word)
{
	size_t i = search_word(word, verdict_words, ARRAY_LEN(verdict_words));

	return i < ARRAY_LEN(verdict_words) ? (enum verdict)i : VERDICT_DEFAULT;
}

static void not_a_verdict(struct diags *ds, const struct entry *e)
{
	struct buf b = buf_in(ds->arena);

	buf_words(&b, verdict_words + VERDICT_OFF, ARRAY_LEN(verdict_words) - VERDICT_OFF, ", ",
		  " or ");
	diag_bad_config_value(ds, e->value->at, e->key, shown(e->value),
			      arena_str(ds->arena, buf_str(&b)).s);
}

static void set_verdict(struct config *c, enum diag_id id, enum verdict verdict)
{
	c->verdicts[id] = (unsigned char)verdict;
	c->any_verdict = true;
}

static void read_severity(struct diags *ds, const struct node *map, struct config *c)
{
	for (size_t i = 0; i < map->map.n; i++) {
		const struct entry *e = &map->map.entries[i];
		enum verdict verdict = verdict_of(e->value->text);
		enum diag_id id;

		if (!diag_find(e->key, &id))
			diag_suppression_of_unknown_code(ds, e->key_at, e->key);
		else if (!diag_may_change(id))
			diag_not_suppressible(ds, e->key_at, diag_code(id), diag_why_fixed(id));
		else if (verdict == VERDICT_DEFAULT)
			not_a_verdict(ds, e);
		else
			set_verdict(c, id, verdict);
	}
}

static void read_fail_on(struct diags *ds, const struct entry *e, struct config *c)
{
	static const char *const words[] = {
#define FAIL_ON(word, value, help) word,
#include "compiler/compile/fail_on.def"
#undef FAIL_ON
	};
	static const enum fail_on values[] = {
#define FAIL_ON(word, value, help) value,
#include "compiler/compile/fail_on.def"
#undef FAIL_ON
	};
	size_t i = search_word(e->value->text, words, ARRAY_LEN(words));
	struct buf b = buf_in(ds->arena);

	if (i < ARRAY_LEN(words)) {
		c->fail_on = values[i];
		return;
	}
	buf_words(&b, words, ARRAY_LEN(words), ", ", " or ");
	diag_bad_config_value(ds, e->value->at, e->key, shown(e->value),
			      arena_str(ds->arena, buf_str(&b)).s);
}

static void unknown_key(struct diags *ds, const struct entry *e)
{
	static const struct str keys[] = {STR_INIT("parallelcluster"), STR_INIT("fail-on"),
					  STR_INIT("bucket"), STR_INIT("policy"),
					  STR_INIT("severity")};
	struct diag *d = diag_bad_config_key(ds, e->key_at, e->key);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (edit_distance(keys[i], e->key, near_limit(e->key)) <= near_limit(e->key)) {
			diag_help(ds, d, "did you mean `" STR_F "`?", STR_A(keys[i]));
			return;
		}
	diag_help(ds, d, "the settings are parallelcluster, fail-on, bucket, policy and severity");
}

static void read_entry(struct diags *ds, const struct entry *e, struct config *c)
{
	const struct node *v = e->value;

	if (str_eq(e->key, STR("parallelcluster"))) {
		if (!release_of(v->text, &c->parallelcluster))
			diag_bad_config_value(ds, v->at, e->key, shown(v),
					      "a release such as 3.11 or 3.11.1");
	} else if (str_eq(e->key, STR("fail-on"))) {
		read_fail_on(ds, e, c);
	} else if (str_eq(e->key, STR("bucket"))) {
		if (bucket_name_ok(v->text))
			c->bucket = v->text;
		else
			diag_bad_config_value(ds, v->at, e->key, shown(v),
					      "the name of an S3 bucket");
	} else if (str_eq(e->key, STR("policy"))) {
		c->policies = v->kind == NODE_LIST ? v->list.items : &e->value;
		c->npolicies = v->kind == NODE_LIST ? v->list.n : 1;
	} else if (str_eq(e->key, STR("severity"))) {
		if (v->kind == NODE_MAP)
			read_severity(ds, v, c);
		else
			diag_bad_config_value(ds, v->at, e->key, shown(v),
					      "a mapping of codes to severities");
	} else {
		unknown_key(ds, e);
	}
}

/* Only blank lines and comments: settings that are all commented out. */
static bool says_nothing(struct str text)
{
	while (text.s != NULL) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.n > 0 && line.s[0] != '#')
			return false;
	}
	return true;
}

bool config_read(struct arena *a, struct diags *ds, const struct source *src, struct config *c)
{
	unsigned before = ds->errors;
	const struct node *root;

	if (says_nothing(src->text))
		return true;
	root = yaml_read(a, ds, src, NULL, YAML_LIMITS);
	if (root == NULL)
		return false;
	if (root->kind != NODE_MAP) {
		diag_bad_config_key(ds, root->at, shown(root));
		return false;
	}
	for (size_t i = 0; i < root->map.n; i++)
		read_entry(ds, &root->map.entries[i], c);
	return ds->errors == before;
}

void config_apply(const struct config *c, struct diags *ds)
{
	static const enum severity to[] = {[VERDICT_NOTE] = SEV_NOTE,
					   [VERDICT_WARNING] = SEV_WARNING,
					   [VERDICT_ERROR] = SEV_ERROR};
	struct diag **link = &ds->first;

	if (!c->any_verdict)
		return;
	ds->last = NULL;
	while (*link != NULL) {
		enum verdict v = (enum verdict)c->verdicts[(*link)->id];

		if (v == VERDICT_OFF) {
			*link = (*link)->next;
			continue;
		}
		if (v != VERDICT_DEFAULT)
			(*link)->sev = to[v];
		ds->last = *link;
		link = &(*link)->next;
	}
	diags_sort(ds);
}
