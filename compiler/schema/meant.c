/* SPDX-License-Identifier: Apache-2.0 */
/* meant.c - properties that are called by a part of their name, or that stand elsewhere. */
#include "compiler/schema/meant.h"

#include "compiler/base/nearest.h"

/* Shorter words stand in others by chance; as the last word of a name, `Type` in VolumeType, four letters will do. */
enum { LEAST_KINDRED = 5, LEAST_LAST_WORD = 4 };

static bool suits(struct meant_in in, const struct prop *prop)
{
	return (prop->variants & in.variant) != 0;
}

static bool knows(struct meant_in in, const struct section *s, struct str key)
{
	const struct prop *prop = schema_find(s, key);

	return prop != NULL && (prop->variants & in.kind) != 0;
}

bool prop_is_gone(const struct prop *prop)
{
	return prop->removed != 0 && prop->removed <= schema_release_number;
}

/* "path.Name[]" for a section below `path`. */
static struct str below(struct arena *a, struct str path, const struct prop *prop)
{
	return arena_fmt(a, STR_F "%s" STR_F "%s", STR_A(path), path.n > 0 ? "." : "",
			 STR_A(prop->name), prop->kind == PROP_SECTIONS ? "[]" : "");
}

struct str meant_below(struct arena *a, struct meant_in in, const struct section *s,
		       struct str path, struct str key, int depth)
{
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if ((p->kind == PROP_SECTION || p->kind == PROP_SECTIONS) && suits(in, p) &&
		    knows(in, &schema_sections[p->section], key))
			return below(a, path, p);
	}
	for (size_t i = 0; depth > 1 && i < s->nprops; i++) {
		const struct prop *p = &s->props[i];
		struct str home;

		if ((p->kind != PROP_SECTION && p->kind != PROP_SECTIONS) || !suits(in, p))
			continue;
		home = meant_below(a, in, &schema_sections[p->section], below(a, path, p), key,
				   depth - 1);
		if (home.n > 0)
			return home;
	}
	return (struct str){0};
}

bool meant_is_rivalled(struct meant_in in, const struct section *s, const struct prop *near,
		       struct str key, unsigned distance)
{
	for (size_t i = 0; i < s->nprops; i++)
		if (&s->props[i] != near && (s->props[i].variants & in.kind) != 0 &&
		    edit_distance(key, s->props[i].name, distance) <= distance)
			return true;
	return false;
}

/* Whether `part` stands in `whole`; the case of letters does not matter. */
static bool contains(struct str whole, struct str part)
{
	for (size_t i = 0; i + part.n <= whole.n; i++)
		if (str_eq_nocase(str_slice(whole, i, i + part.n), part))
			return true;
	return false;
}

/* Is `word` the first or the last word of `name`, or the other way round? Names are written InThisWay. */
static bool is_part(struct str name, struct str word)
{
	if (word.n > name.n)
		return name.n >= LEAST_KINDRED && is_part(word, name);
	if (word.n < LEAST_LAST_WORD || word.n == name.n)
		return false;
	return str_ends(name, word) ||
	       (str_starts(name, word) && word.n >= LEAST_KINDRED && is_upper(name.s[word.n]));
}

const struct prop *meant_by_word(struct meant_in in, const struct section *s, struct str key)
{
	const struct prop *found = NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if (!suits(in, p) || prop_is_gone(p) || !is_part(p->name, key))
			continue;
		if (found != NULL)
			return NULL;
		found = p;
	}
	return found;
}

const struct prop *meant_by_part(struct meant_in in, const struct section *s, struct str key)
{
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if (!suits(in, p) || prop_is_gone(p) || key.n < LEAST_KINDRED)
			continue;
		if (contains(p->name, key) ||
		    (p->name.n >= LEAST_KINDRED && contains(key, p->name)))
			return p;
	}
	return NULL;
}
