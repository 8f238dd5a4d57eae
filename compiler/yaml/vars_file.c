/* SPDX-License-Identifier: Apache-2.0 */
/* vars_file.c - values of variables from files and from the command line. */
#include "compiler/yaml/vars_file.h"

#include "compiler/yaml/yaml_read.h"

static void put(struct arena *a, struct map *m, struct str name, struct variable value)
{
	struct variable *kept = NEW(a, struct variable);

	*kept = value;
	map_put(m, a, name, kept);
}

static bool load_entry(struct arena *a, struct diags *ds, struct vars *v, const struct entry *e)
{
	struct diag *d;

	if (e->value->poisoned)
		return false;
	if (e->value->kind == NODE_LIST || e->value->kind == NODE_MAP) {
		d = diag_bad_vars_file(ds, e->key_at, e->key);
		diag_note(ds, d, "a variable stands for text; here it has %s",
			  node_kind_words(e->value->kind));
		return false;
	}
	if (vars_name_ok(e->key))
		put(a, &v->file, e->key,
		    (struct variable){e->value->kind == NODE_NULL ? STR("") : e->value->text,
				      VAR_FILE, e->value->at});
	return true;
}

bool vars_load(struct arena *a, struct diags *ds, struct vars *v, const struct source *src)
{
	unsigned before = ds->errors;
	const struct node *root = yaml_read(a, ds, src, NULL, YAML_LIMITS);
	bool ok = true;

	if (root == NULL)
		return false;
	if (root->kind != NODE_MAP) {
		diag_vars_not_mapping(ds, root->at, node_kind_words(root->kind));
		return false;
	}
	for (size_t i = 0; i < root->map.n; i++)
		ok &= load_entry(a, ds, v, &root->map.entries[i]);
	return ok && ds->errors == before;
}

bool vars_set(struct arena *a, struct vars *v, struct str assignment)
{
	size_t eq = str_find(assignment, '=', 0);
	struct str name = str_slice(assignment, 0, eq);

	if (eq == assignment.n || !vars_name_ok(name))
		return false;
	put(a, &v->set, name,
	    (struct variable){.value = str_slice(assignment, eq + 1, assignment.n)});
	return true;
}
