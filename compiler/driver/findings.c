/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - what becomes of findings: settings, suppressions, the baseline, cluster files among others. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/base/nearest.h"
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/syntax/lookalikes.h"
#include "compiler/syntax/suppress.h"

#include <string.h>
#include <unistd.h>

/* ---- settings ---- */

static struct config *read_config(struct session *s, const char *path)
{
	struct config *c = NEW(&s->arena, struct config);
	const struct source *src = read_source(&s->arena, &s->ds, path, path, MAX_FILE_MIB);
	struct diags own = {.arena = &s->arena};

	*c = config_default();
	if (src == NULL)
		return c;
	config_read(&s->arena, &own, src, c);
	lookalikes_explain(&own, NULL);
	diags_append(&s->ds, &own);
	return c;
}

/* Says once that there are settings that are not read: who wrote them, or can change them, is not known. */
static void report_passed(struct session *s, const char *path)
{
	if (map_get(&s->passed, str_c(path)) != NULL)
		return;
	map_put(&s->passed, &s->arena, str_c(path), path);
	usage_error("`%s` is passed over, as it is a link, no file, or another user's; "
		    "--config reads it",
		    path);
}

static const char *config_path(struct session *s, const char *path)
{
	const char *found, *passed;

	if (GIVEN(s->o, no_config))
		return NULL;
	if (GIVEN(s->o, config))
		return VALUE(s->o, config, NULL);
	if (strcmp(path, "-") == 0)
		path = VALUE(s->o, stdin_filename, "-");
	found = port_find_upward(&s->arena, path, ".hpcc.yaml", ".git", &passed);
	if (passed != NULL)
		report_passed(s, passed);
	return found;
}

const struct config *config_for(struct session *s, const char *path)
{
	const char *slash = strrchr(path, '/'), *found;
	struct str folder =
		slash != NULL ? (struct str){path, (size_t)(slash - path) + 1} : STR("./");
	const struct config *known = map_get(&s->configs, folder);
	struct config *c;

	if (known != NULL)
		return known;
	found = config_path(s, path);
	if (found != NULL && !place_read(s, found))
		s->refused = true;
	if (found != NULL) {
		c = read_config(s, found);
	} else {
		c = NEW(&s->arena, struct config);
		*c = config_default();
	}
	codes_choose(s, c);
	map_put(&s->configs, &s->arena, arena_str(&s->arena, folder), c);
	return c;
}

/* Codes of lowering and emission, which most calls never reach. */
static bool is_late(enum diag_id id)
{
	return str_starts(str_slice(diag_code(id), 1, 3), STR("05"));
}

/* No wonder when a suppression of the code takes nothing back. */
static bool is_off(enum diag_id id, const void *data)
{
	const struct config *c = data;

	return c->verdicts[id] == VERDICT_OFF || is_late(id);
}

static bool always(enum diag_id id, const void *data)
{
	(void)id;
	(void)data;
	return true;
}

/* ---- the baseline ---- */

bool baseline_read(struct session *s)
{
	const char *path = VALUE(s->o, baseline, NULL);
	const struct json_value *root, *prints, *item = NULL;
	const struct source *src;
	struct str error;

	if (path == NULL)
		return true;
	src = read_source(&s->arena, &s->ds, path, path, MAX_FILE_MIB);
	if (src == NULL)
		return false;
	root = json_read(&s->arena, src->text, &error);
	prints = json_get(root, STR("fingerprints"));
	if (prints != NULL && prints->kind == JSON_KIND_ARRAY)
		item = prints->first;
	else
		diag_bad_baseline(&s->ds, (struct span){0}, src->name);
	for (; item != NULL; item = item->next)
		if (item->kind == JSON_KIND_TEXT)
			map_put(&s->baseline, &s->arena, item->text, item);
	return s->ds.errors == 0;
}

int baseline_write(struct session *s, const struct diags *ds)
{
	const char *path = VALUE(s->o, write_baseline, NULL);
	struct json_value *root = json_new_object(&s->arena), *list;
	struct str *prints = diag_fingerprints(&s->arena, ds), text;
	size_t i = 0;

	json_put(root, STR("version"), json_new_int(&s->arena, 1));
	list = json_put(root, STR("fingerprints"), json_new_array(&s->arena));
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		json_push(list, json_new_text(&s->arena, prints[i++]));
	text = arena_fmt(&s->arena, STR_F "\n", STR_A(json_write(&s->arena, root, 1, JSON_ASCII)));
	return write_output(s, path, text) ? EXIT_OK : EXIT_USAGE;
}

static void leave_out_known(const struct session *s, struct compilation *c)
{
	struct str *prints = diag_fingerprints(c->a, &c->ds);
	struct diag **link = &c->ds.first;

	for (size_t i = 0; *link != NULL; i++) {
		if (map_get(&s->baseline, prints[i]) != NULL)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
	diags_sort(&c->ds);
}

/* The comments of the file that count: none for a platform that compiles what others wrote. */
static struct suppression *suppressions_of(const struct session *s, struct compilation *c,
					   struct diags *said)
{
	if (GIVEN(s->o, no_suppressions))
		return NULL;
	return suppressions_read(c->a, said, c->src, c->tree);
}

void findings_settle(struct session *s, struct compilation *c)
{
	variables_tell(c);
	diags_sort(&c->ds);
	suppress(&c->ds, suppressions_of(s, c, &c->ds), is_off, c->config);
	config_apply(c->config, &c->ds);
	if (s->baseline.n > 0)
		leave_out_known(s, c);
}

void findings_settle_late(const struct session *s, struct compilation *c)
{
	struct diags said_before = {.arena = c->a};

	variables_tell(c);
	suppress(&c->ds, suppressions_of(s, c, &said_before), always, NULL);
	config_apply(c->config, &c->ds);
}

/* ---- recognising cluster files ---- */

enum { MOST_WRONG = 2 /* letters of a misspelt key */ };

/* Does a line of text begin with `key` and a colon, maybe indented or in quotes? */
static bool has_top_key(struct str text, struct str key)
{
	for (size_t at = 0; (at = str_find_str(text, key, at)) != SIZE_MAX; at += key.n) {
		size_t lo = at, hi = at + key.n;

		if (lo > 0 && hi < text.n && (text.s[lo - 1] == '"' || text.s[lo - 1] == '\'') &&
		    text.s[hi] == text.s[lo - 1]) {
			lo--;
			hi++;
		}
		while (lo > 0 && text.s[lo - 1] == ' ')
			lo--;
		if ((lo == 0 || text.s[lo - 1] == '\n') && hi < text.n && text.s[hi] == ':')
			return true;
	}
	return false;
}

/* The ASCII of a text in UTF-16 or UTF-32, which its first bytes tell; other text as it is, without its mark. */
static struct str squeezed(struct arena *a, struct str text)
{
	struct str first = str_slice(text, 0, 4);
	struct buf b = buf_in(a);

	if (str_starts(text, STR("\xef\xbb\xbf")))
		return str_slice(text, 3, text.n);
	if (!str_starts(text, STR("\xff\xfe")) && !str_starts(text, STR("\xfe\xff")) &&
	    str_find(first, '\0', 0) == first.n)
		return text;
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] > 0)
			buf_char(&b, text.s[i]);
	return buf_str(&b);
}

/* Has the mapping a key that is `key` misspelt? */
static bool has_key_like(const struct node *map, struct str key)
{
	for (size_t i = 0; i < map->map.n; i++)
		if (edit_distance(key, map->map.entries[i].key, MOST_WRONG) <= MOST_WRONG)
			return true;
	return false;
}

/*
 * Two of the three sections that only cluster files have at their top: one may be missing or misspelt, which
 * is what the check is there to find. Two may be misspelt, but not all: others have `image` and `scheduler`.
 */
bool is_cluster_file(struct arena *a, const struct source *src, const struct node *tree)
{
	static const struct str keys[] = {STR_INIT("HeadNode"), STR_INIT("Scheduling"),
					  STR_INIT("Image")};
	bool map = tree != NULL && tree->kind == NODE_MAP;
	struct str text = map ? (struct str){0} : squeezed(a, src->text);
	unsigned found = 0, like = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (map ? tree_find(tree, keys[i]) != NULL : has_top_key(text, keys[i]))
			found++;
		else
			like += map && has_key_like(tree, keys[i]);
	return found > 0 && found + like >= 2;
}
