/* SPDX-License-Identifier: Apache-2.0 */
/* batch_definition.c - job definitions as a whole: how long they are; repositories. */
#include "compiler/check/rules/batch_fleet.h"

/* ---- length ---- */

/* What AWS Batch takes of one. Source: AWS Batch user guide, Service quotas. */
enum { MOST_BYTES = 24 * 1024 };

/* `,"name":` around a value, and the quotes and comma of a text. */
enum { NAME_BYTES = 4, TEXT_BYTES = 3 };

static size_t map_bytes(const struct model_map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->items[i].key.n + m->items[i].value.n + 2 * TEXT_BYTES;
	return n;
}

/* The least that the property takes in a request: longer in JSON where characters are escaped. */
static size_t property_bytes(const struct any_section *s, enum prop_id id)
{
	const struct prop *p = &schema_props[id];
	const char *value = s->model + p->value_offset;
	size_t n = p->name.n + NAME_BYTES;

	if (!is_written(any_field(s, id)) || p->target.n == 0)
		return 0;
	if (p->kind == PROP_STRING)
		return n + any_text(s, id).n + TEXT_BYTES;
	if (p->kind == PROP_MAP)
		return n + map_bytes((const struct model_map *)(const void *)value);
	for (size_t i = 0; p->kind == PROP_STRINGS && i < any_strings(s, id)->n; i++)
		n += any_strings(s, id)->items[i].text.n + TEXT_BYTES;
	return n;
}

static bool is_right(const struct any_section *s)
{
	return s->schema == &schema_sections[SECTION_JobIam] ||
	       s->schema == &schema_sections[SECTION_IamPolicy] ||
	       s->schema == &schema_sections[SECTION_S3Access];
}

static void length(const struct rules *r, const struct batch_job *j)
{
	struct section_list all =
		sections_below(r->a, (struct any_section){&schema_sections[SECTION_JobDefinition],
							  (const char *)j->m});
	size_t bytes = 0;

	for (size_t i = 0; i < all.n; i++) /* rights are those of the role */
		for (size_t k = 0; !is_right(&all.items[i]) && k < all.items[i].schema->nprops; k++)
			bytes += property_bytes(&all.items[i], all.items[i].schema->first + k);
	if (bytes > MOST_BYTES)
		diag_help(
			r->ds,
			diag_definition_too_long(r->ds, job_span(j), j->m->name, bytes, MOST_BYTES),
			"keep scripts and long lists in the image or in S3, and name them here");
}

void rule_definition_lengths(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++)
		if (WRITTEN(r->batch->jobs[i].m, name))
			length(r, &r->batch->jobs[i]);
}

/* ---- repositories ---- */

void rule_repositories_kept(const struct rules *r)
{
	for (size_t i = 0; i < r->b->repositories.n; i++) {
		const struct repository *m = &r->b->repositories.items[i];

		if (WRITTEN(m, name) && WRITTEN(m, deletion_policy) &&
		    m->deletion_policy == REPOSITORY_DELETION_POLICY_DELETE)
			diag_repository_goes(r->ds, m->at.deletion_policy.value, m->name);
	}
}
