/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - the outputs of an environment have different names. */
#include "compiler/check/rules/network.h"
#include "compiler/model/exports.h"

/* The field Name of the row that an output comes from; NULL where it comes from none. */
static const struct field_at *name_of(const struct env_export *x)
{
	if (x->subnet != NULL)
		return x->subnet->row != NULL ? &x->subnet->row->at.name : NULL;
	if (x->group != NULL)
		return &x->group->at.name;
	if (x->storage != NULL)
		return &x->storage->at.name;
	if (x->bucket != NULL)
		return &x->bucket->at.name;
	return x->vpn != NULL ? &x->vpn->at.name : NULL;
}

/* Is the name of the output made of `name`, that of its row, and not one that each file has? */
static bool is_chosen(const struct env_export *x, const struct field_at *name)
{
	return name != NULL && is_written(name) && str_ends(x->name, span_text(name->value));
}

/* Says it at one of the two that is called `name` by the file; the other may be called `theirs`. */
static void taken(const struct rules *r, const struct env_export *other,
		  const struct field_at *name, const struct field_at *theirs)
{
	struct diag *d =
		diag_output_taken(r->ds, name->value, other->name, export_words(other->what));

	if (theirs != NULL && is_written(theirs))
		diag_label(r->ds, d, theirs->value, "the other is of this");
	diag_note(r->ds, d, "names in this file become names of outputs, which others import");
	diag_help(r->ds, d, "choose another name");
}

void rule_outputs_distinct(const struct rules *r)
{
	const struct net *n = network(r);
	struct exports x;

	if (n == NULL)
		return;
	x = exports_of(r->a, r->e, n);
	for (size_t i = 0; i < x.n; i++) {
		const struct env_export *late = &x.items[i];
		const struct env_export *early = export_named(&x, late->name);
		const struct field_at *mine, *theirs;

		/* Of two storages E1104 tells. */
		if (early == late || (early->storage != NULL && late->storage != NULL))
			continue;
		mine = name_of(late);
		theirs = name_of(early);
		if (is_chosen(late, mine))
			taken(r, early, mine, theirs);
		else if (is_chosen(early, theirs))
			taken(r, late, theirs, mine);
	}
}
