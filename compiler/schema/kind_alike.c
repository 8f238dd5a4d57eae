/* SPDX-License-Identifier: Apache-2.0 */
/* kind_alike.c - sections that several kinds have in the same way. */
#include "compiler/schema/kind.h"

/* Does p say the same to those who write either kind? */
static bool prop_is_alike(const struct file_kind *x, const struct file_kind *y,
			  const struct prop *p)
{
	bool in_x = (p->variants & x->variants) != 0, in_y = (p->variants & y->variants) != 0;

	if (in_x != in_y || !in_x)
		return in_x == in_y;
	if (((p->required & x->variants) != 0) != ((p->required & y->variants) != 0))
		return false;
	if ((p->variants & x->variants) != x->variants ||
	    (p->variants & y->variants) != y->variants)
		return false; /* the description says for which variants it is */
	if (p->since > 30000 && (x == &schema_kinds[0] || y == &schema_kinds[0]))
		return false; /* so does that of a cluster since when */
	for (size_t i = 0; i < p->nvalues; i++)
		if (((p->values[i].variants & x->variants) != 0) !=
		    ((p->values[i].variants & y->variants) != 0))
			return false;
	for (size_t i = 0; i < p->ndefaults_for; i++)
		if (((p->defaults_for[i].variants & x->variants) != 0) !=
		    ((p->defaults_for[i].variants & y->variants) != 0))
			return false;
	return true;
}

/* Is one definition of s, with all below it, right for both kinds? */
static bool is_alike(const struct file_kind *x, const struct file_kind *y, const struct section *s)
{
	if ((s->variants & x->variants) == 0 || (s->variants & y->variants) == 0 ||
	    s == kind_choice_section(x) || s == kind_choice_section(y))
		return false;
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if (!prop_is_alike(x, y, p))
			return false;
		if ((p->kind == PROP_SECTION || p->kind == PROP_SECTIONS) &&
		    (p->variants & x->variants) != 0 &&
		    !is_alike(x, y, &schema_sections[p->section]))
			return false;
	}
	return true;
}

const struct file_kind *kind_definer(const struct file_kind *kind, const struct section *s)
{
	const struct file_kind *ret = &schema_kinds[0];

	while (ret != kind && !is_alike(ret, kind, s))
		ret++;
	return ret;
}
