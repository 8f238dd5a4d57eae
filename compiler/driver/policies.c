/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policies.c - the policies of a call: those that --policy names, and those of settings.
 *
 * What the command line names holds for every file. The settings come with the files that are judged: they may add
 * policies, of their own folder or below, and take none away.
 */
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <string.h>

static bool has_policies(const struct hpc_program *p)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (hpc_policies_for(p, kind_thing(&schema_kinds[i])) > 0)
			return true;
	return false;
}

/* The program of src; NULL, and reported in s->ds, when it has errors. Policies are all that is looked at. */
static struct hpc_program *load(struct session *s, const struct source *src,
				const struct hpc_host *host)
{
	struct diags found = {.arena = &s->arena};
	struct map *none = NEW(&s->arena, struct map);
	struct hpc_program *p = hpc_run(
		&s->arena, &found, src,
		&(struct hpc_options){.facts = s->compile.facts, .host = host, .only = none});

	if (found.errors == 0 && !p->faulty) {
		variables_used_by_policy(s, p);
		return p;
	}
	diags_sort(&found);
	diags_append(&s->ds, &found);
	return NULL;
}

static bool add(struct session *s, const char *path)
{
	const struct source *src;
	const struct hpc_host *host;
	struct hpc_program **more, *p;

	if (!hpc_is_program(str_c(path))) {
		usage_error("--policy takes a program, such as team.hpc, not `%s`", path);
		return false;
	}
	src = read_source(&s->arena, &s->ds, path, path, MAX_PROGRAM_MIB);
	host = src != NULL ? program_host(s, &s->arena, path, src, NULL) : NULL;
	p = host != NULL ? load(s, src, host) : NULL;
	if (p == NULL)
		return false;
	if (!has_policies(p)) {
		usage_error("`%s` has no policy", path);
		return false;
	}
	more = NEW_ARRAY(&s->arena, struct hpc_program *, s->compile.npolicies + 1);
	if (s->compile.npolicies > 0)
		memcpy(more, s->compile.policies, s->compile.npolicies * sizeof(*more));
	more[s->compile.npolicies++] = p;
	s->compile.policies = more;
	return true;
}

bool policies_open(struct session *s)
{
	const struct option_values *given = &s->o->given[OPTION_ID_policy];

	for (size_t i = 0; i < given->n; i++)
		if (!add(s, given->values[i]))
			return false;
	s->nnamed = s->compile.npolicies;
	s->named = s->compile.policies;
	return true;
}

/* One of the policies of settings; NULL, and reported. */
static struct hpc_program *load_beside(struct session *s, const struct source *settings,
				       const struct hpc_host *host, const struct node *name)
{
	bool program = name->kind == NODE_STRING && hpc_is_program(name->text);
	const struct source *src = NULL;
	struct hpc_program *p;
	struct str why = {0};
	enum hpc_read read = HPC_READ_OUTSIDE;

	if (program)
		read = host->read(host->data, settings->name, name->text, &src, &why);
	if (read == HPC_READ_FAILED) {
		diag_cannot_read(&s->ds, name->at, name->text, arena_str(&s->arena, why).s);
		return NULL;
	}
	p = read == HPC_READ_OK ? load(s, src, host) : NULL;
	if (read == HPC_READ_OUTSIDE || (p != NULL && !has_policies(p)))
		diag_bad_config_value(&s->ds, name->at, STR("policy"), span_text(name->at),
				      "a program with policies, beside these settings or below");
	return p;
}

void policies_of_settings(struct session *s, const char *path, const struct source *src,
			  struct config *c)
{
	const struct hpc_host *host;
	struct hpc_program **all;

	if (c->npolicies == 0)
		return;
	all = NEW_ARRAY(&s->arena, struct hpc_program *, c->npolicies);
	c->loaded = all;
	host = program_host(s, &s->arena, path, src, NULL);
	for (size_t i = 0; i < c->npolicies && host != NULL; i++) {
		struct hpc_program *p = load_beside(s, src, host, c->policies[i]);

		if (p != NULL)
			all[c->nloaded++] = p;
	}
}

void policies_choose(struct session *s, const struct config *c)
{
	size_t n = s->nnamed + c->nloaded;
	struct hpc_program **all;

	s->compile.policies = s->named;
	s->compile.npolicies = s->nnamed;
	if (c->nloaded == 0)
		return;
	all = NEW_ARRAY(&s->arena, struct hpc_program *, n);
	if (s->nnamed > 0)
		memcpy(all, s->named, s->nnamed * sizeof(*all));
	memcpy(all + s->nnamed, c->loaded, c->nloaded * sizeof(*all));
	s->compile.policies = all;
	s->compile.npolicies = n;
}

bool any_policy_for(const struct session *s, const struct compilation *c)
{
	for (size_t i = 0; i < s->compile.npolicies; i++)
		if (hpc_policies_for(s->compile.policies[i], kind_thing(c->model->kind)) > 0)
			return true;
	return false;
}
