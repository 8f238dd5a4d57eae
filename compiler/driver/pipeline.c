/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.c - the compiler as a list: read, check, lower.
 *
 * bytes -> yaml_read (tree) -> check_cluster (model) -> lower_cluster (graph) -> an emitter. Each pass adds
 * its findings to one list; lowering begins only when there is no error.
 */
#include "compiler/base/port.h"
#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"
#include "compiler/check/check.h"
#include "compiler/check/rules/rule.h"
#include "compiler/driver/driver.h"
#include "compiler/syntax/lookalikes.h"
#include "compiler/syntax/yaml_read.h"
#include "lowering/lower.h"

#include <string.h>

/* A file name as text: bytes that are not UTF-8 would spoil JSON, other characters terminals. */
static struct str printable_name(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(name, i, &cp);

		if (len == 0 || is_shown_escaped(cp))
			buf_add(&b, STR("\xef\xbf\xbd"));
		else
			buf_add(&b, str_slice(name, i, i + len));
		i += len > 0 ? len : 1;
	}
	return buf_str(&b);
}

const struct source *read_source(struct arena *a, struct diags *ds, const char *path,
				 const char *name, size_t max_mib)
{
	struct str shown = printable_name(a, str_c(name)), text = {0};
	const char *why = "";

	switch (port_read(a, path, max_mib << 20, &text, &why)) {
	case PORT_OK:
		return source_new(a, shown, text);
	case PORT_FAILED:
		diag_cannot_read(ds, (struct span){0}, shown, why);
		return NULL;
	case PORT_TOO_LARGE:
		diag_file_too_large(ds, (struct span){0}, shown, (unsigned long long)max_mib);
		return NULL;
	}
	BUG("port_read of %s", path);
}

/* The codes that the settings switch off. */
static struct code_set codes_off(const struct config *c)
{
	struct code_set off = {{0}};

	for (int i = 0; c->any_verdict && i < DIAG_COUNT; i++)
		if (c->verdicts[i] == VERDICT_OFF)
			code_add(&off, (enum diag_id)i);
	return off;
}

/* Are files of other kinds passed over: by an option, or because a directory was given? */
static bool passes_over(const struct session *s)
{
	return GIVEN(s->o, only_known) || GIVEN(s->o, only_clusters) || s->found;
}

static void run_passes(struct session *s, enum stage to, struct compilation *c)
{
	release knows = s->knows != 0 ? s->knows : c->config->parallelcluster;
	struct vars vars = s->vars;
	struct code_set off;

	vars.uses = &c->uses;
	c->tree = yaml_read(c->a, &c->ds, c->src, &vars, YAML_LIMITS);
	variables_used(s, c);
	c->foreign = passes_over(s) && !is_cluster_file(c->a, c->src, c->tree);
	if (c->tree == NULL || to == STAGE_TREE || c->foreign)
		return;
	off = codes_off(c->config);
	c->model = check_cluster(c->a, &c->ds, c->tree, knows, s->patterns);
	check_rules(c->a, &c->ds, c->model, s->facts, knows, c->config->any_verdict ? &off : NULL);
	findings_settle(s, c);
	if (c->ds.errors > 0 || to == STAGE_MODEL)
		return;
	c->graph = lower_cluster(c->a, &c->ds, c->model, s->facts);
	findings_settle_late(s, c);
}

bool compile_source(struct session *s, struct arena *a, const char *path, const struct source *src,
		    enum stage to, struct compilation *ret)
{
	*ret = (struct compilation){.a = a, .ds = {.arena = a}, .src = src};
	ret->config = config_for(s, path);
	/* Nobody knows how a file is to be judged whose settings are broken; main tells what is wrong. */
	ret->unreadable = s->ds.errors > 0 || s->refused;
	if (!ret->unreadable)
		run_passes(s, to, ret);
	diags_sort(&ret->ds);
	lookalikes_explain(&ret->ds, ret->tree);
	return !ret->unreadable && ret->ds.errors == 0;
}

bool compile_file(struct session *s, struct arena *a, const char *path, enum stage to,
		  struct compilation *ret)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? VALUE(s->o, stdin_filename, "<stdin>") : path;
	struct diags ds = {.arena = a};
	const struct source *src = read_source(a, &ds, path, name, MAX_FILE_MIB);

	if (src != NULL)
		return compile_source(s, a, path, src, to, ret);
	*ret = (struct compilation){.a = a, .ds = ds, .unreadable = true};
	ret->config = config_for(s, path);
	ret->foreign = passes_over(s) && ds.first != NULL && ds.first->id == DIAG_file_too_large;
	return false;
}

int compilation_status(const struct compilation *c)
{
	if (c->unreadable)
		return EXIT_USAGE;
	return c->ds.errors > 0 ? EXIT_FINDINGS : EXIT_OK;
}
