/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_unknown.c - properties that a section or record does not have: what was likely meant.
 *
 * As unknown.c of the check, in the words of programs: the names of the section itself, the sections inside, all
 * others.
 */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/hpc/program_words.h"
#include "compiler/hpc/static_state.h"
#include "compiler/schema/foreign.h"
#include "compiler/schema/kind.h"
#include "compiler/schema/meant.h"

enum { DEPTH = 3, MOST_HOMES = 3, MOST_KNOWN = 12, MOST_SEARCHES = 100 };

static bool has_step(const struct entry_list *list, struct str key)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->entries[i].npath; k++)
			if (list->entries[i].path[k].kind == STEP_KEY &&
			    str_eq(list->entries[i].path[k].key, key))
				return true;
	return false;
}

/* Is the property given beside the one that is wrong? Then the wrong one does not mean it. */
static bool is_given(const struct statics *s, struct str key)
{
	return s->literal != NULL && has_step(s->literal, key);
}

/* "`HeadNode.Networking`", "the cluster", "a network.Site" */
static struct str section_words(struct statics *s, const struct type *t)
{
	const struct section *section = type_section(t);
	const struct file_kind *kind = kind_of_variants(t->variants);

	if (section == NULL)
		return type_words(s->a, t);
	if (section->label.n > 0)
		return section->label;
	return kind != NULL ? arena_fmt(s->a, "the " STR_F, STR_A(kind_thing(kind)))
			    : section->name;
}

static void near_field(struct statics *s, struct diag *d, struct span at, struct str key,
		       const struct type *t)
{
	struct buf b = buf_in(s->a);
	unsigned best = near_limit(key) + 1;
	struct str near = {0};

	for (size_t i = 0; i < t->nfields && s->searches < MOST_SEARCHES; i++) {
		unsigned distance = edit_distance(key, t->fields[i].name.text, best);

		buf_fmt(&b, "%s`" STR_F "`", i > 0 ? ", " : "", STR_A(t->fields[i].name.text));
		if (distance < best && !is_given(s, t->fields[i].name.text)) {
			best = distance;
			near = t->fields[i].name.text;
		}
	}
	if (near.n > 0) {
		diag_help(s->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(s->ds, d, at, near, best <= 1);
	} else if (b.n > 0 && t->nfields <= MOST_KNOWN) {
		diag_help(s->ds, d, "known here: " STR_F, STR_A(buf_str(&b)));
	}
}

/* Where else a property of this name stands, in words; empty: nowhere, or at too many places. */
static struct str home_of(struct statics *s, const struct section *section, struct meant_in in,
			  struct str key)
{
	enum section_id owners[MOST_HOMES + 1];
	struct str home = meant_below(s->a, in, section, section->label, key, DEPTH);
	struct buf b = buf_in(s->a);
	unsigned n;

	if (home.n > 0)
		return arena_fmt(s->a, "under `" STR_F "`", STR_A(home));
	n = schema_owners(key, (enum section_id)(section - schema_sections), in.kind, owners,
			  MOST_HOMES + 1);
	if (n > MOST_HOMES)
		return (struct str){0};
	for (unsigned i = 0; i < n; i++) {
		struct str label = schema_sections[owners[i]].label;

		buf_add(&b, b.n > 0 ? STR(" or ") : STR(""));
		if (label.n > 0)
			buf_fmt(&b, "under `" STR_F "`", STR_A(label));
		else
			buf_add(&b, STR("at the top of the declaration"));
	}
	return buf_str(&b);
}

static void help_known(struct statics *s, struct diag *d, const struct section *section,
		       struct meant_in in)
{
	struct buf b = buf_in(s->a);
	size_t n = 0;

	for (size_t i = 0; i < section->nprops; i++)
		if ((section->props[i].variants & in.variant) != 0 &&
		    !prop_is_gone(&section->props[i]))
			buf_fmt(&b, "%s`" STR_F "`", n++ > 0 ? ", " : "",
				STR_A(section->props[i].name));
	if (n > 0 && n <= MOST_KNOWN)
		diag_help(s->ds, d, "known here: " STR_F, STR_A(buf_str(&b)));
}

/* Of which kinds of files the section has the property, where that is not the one of t. */
static bool note_kinds(struct statics *s, struct diag *d, const struct section *section,
		       struct str key)
{
	const struct prop *p = schema_find(section, key);

	if (p == NULL)
		return false;
	diag_note(s->ds, d, "`" STR_F "` is a property of " STR_F, STR_A(key),
		  STR_A(kind_names(s->a, p->variants)));
	return true;
}

/* Declarations of which other kinds have the property at their top. False: of none. */
static bool note_declarations(struct statics *s, struct diag *d, const struct section *section,
			      struct str key)
{
	struct buf b = buf_in(s->a);
	struct str word = {0};
	bool is_root = false;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct section *root = &schema_sections[schema_kinds[i].root];
		const struct prop *p = root != section ? schema_find(root, key) : NULL;

		is_root |= root == section;
		if (p == NULL || (p->variants & schema_kinds[i].variants) == 0)
			continue;
		word = kind_thing(&schema_kinds[i]);
		buf_fmt(&b, "%s`" STR_F " NAME { … }`", b.n > 0 ? " and " : "", STR_A(word));
	}
	if (!is_root || b.n == 0)
		return false;
	diag_help(s->ds, d, "`" STR_F "` belongs to " STR_F, STR_A(key), STR_A(buf_str(&b)));
	return true;
}

static void help_section(struct statics *s, struct diag *d, struct span at, struct str key,
			 const struct type *t)
{
	const struct section *section = type_section(t);
	const struct file_kind *kind = kind_of_variants(t->variants);
	struct meant_in in = {kind != NULL ? kind->variants : t->variants, t->variants};
	const struct prop *near, *meant;
	const char *foreign = foreign_help(section, key, &meant);
	struct str home = {0};

	if (foreign != NULL) {
		diag_help(s->ds, d, STR_F, STR_A(program_words(s->a, NULL, str_c(foreign), true)));
		if (meant != NULL)
			diag_fix(s->ds, d, at, meant->name, false);
		return;
	}
	if (note_kinds(s, d, section, key) ||
	    (meant_below(s->a, in, section, section->label, key, DEPTH).n == 0 &&
	     note_declarations(s, d, section, key)))
		return;
	near = schema_nearest(section, key, in.kind);
	if (near == NULL)
		near = meant_by_word(in, section, key);
	if (near != NULL && (s->searches >= MOST_SEARCHES || is_given(s, near->name)))
		near = NULL;
	if (near == NULL || edit_distance(key, near->name, 1) > 1)
		home = home_of(s, section, in, key);
	if (near == NULL && home.n == 0)
		near = meant_by_part(in, section, key);
	if (home.n > 0) {
		diag_help(s->ds, d, "`" STR_F "` belongs " STR_F, STR_A(key), STR_A(home));
	} else if (near != NULL) {
		unsigned distance = edit_distance(key, near->name, near_limit(key));

		diag_help(s->ds, d, "did you mean `" STR_F "`?", STR_A(near->name));
		diag_fix(s->ds, d, at, near->name,
			 distance <= 1 && !meant_is_rivalled(in, section, near, key, distance));
	} else {
		help_known(s, d, section, in);
	}
}

void unknown_property(struct statics *s, struct span at, struct str key, const struct type *t)
{
	struct diag *d = diag_unknown_property(s->ds, at, key, section_words(s, t));

	s->searches++;

	if (type_section(t) != NULL)
		help_section(s, d, at, key, t);
	else
		near_field(s, d, at, key, t);
}
