/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - the files that say what becomes of findings: settings, the baseline. */
#include "compiler/base/json.h"
#include "compiler/base/port.h"
#include "compiler/compile/lookalikes.h"
#include "compiler/driver/driver.h"

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
	lookalikes_explain(&own, NULL, false);
	diags_append(&s->ds, &own);
	if (own.errors == 0)
		policies_of_settings(s, path, src, c);
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
