/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - the outputs of an environment have different names. */
#include "compiler/check/rules/network.h"
#include "compiler/model/exports.h"

/* The property Name of the row that an output comes from; without a field where it comes from none. */
struct row_name {
	const struct field_at *at;
	struct str text;
};

#define NAME_OF(row) ((struct row_name){&(row)->at.name, (row)->name})

static struct row_name name_of(const struct env_export *x)
{
	if (x->subnet != NULL && x->subnet->row != NULL)
		return NAME_OF(x->subnet->row);
	if (x->group != NULL)
		return NAME_OF(x->group);
	if (x->storage != NULL)
		return NAME_OF(x->storage);
	if (x->bucket != NULL)
		return NAME_OF(x->bucket);
	return x->vpn != NULL ? NAME_OF(x->vpn) : (struct row_name){0};
}

/* Do both come from rows of one list? */
static bool same_list(const struct env_export *a, const struct env_export *b)
{
	return (a->subnet != NULL && b->subnet != NULL) || (a->group != NULL && b->group != NULL) ||
	       (a->bucket != NULL && b->bucket != NULL) || (a->vpn != NULL && b->vpn != NULL);
}

/* Is the name of the output made of that of its row, and not one that each file has? */
static bool is_chosen(const struct env_export *x, struct row_name name)
{
	return name.at != NULL && is_written(name.at) && str_ends(x->name, name.text);
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
		struct row_name mine, theirs;

		/* Of two storages E1104 tells. */
		if (early == late || (early->storage != NULL && late->storage != NULL))
			continue;
		mine = name_of(late);
		theirs = name_of(early);
		/* Of two rows of one Name E0110 tells. */
		if (same_list(early, late) && str_eq(mine.text, theirs.text))
			continue;
		if (is_chosen(late, mine))
			taken(r, early, mine.at, theirs.at);
		else if (is_chosen(early, theirs))
			taken(r, late, theirs.at, mine.at);
	}
}
