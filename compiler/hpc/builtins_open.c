/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtins_open.c - reference(): values of the deployment that no declaration of the program makes, by their names
 * in YAML files. What stands behind them, the check of the finished declaration sees.
 */
#include "compiler/base/open_text.h"
#include "compiler/hpc/builtins_of.h"

/* `${param.X}` of a file without `Parameters`. */
static const struct value *unknown_parameter(struct builtin_call *call, struct str name)
{
	struct map *said = &call->ev->unknown_parameters;
	struct diag *d;

	if (map_get(said, name) != NULL)
		return &value_poison; /* once is enough */
	map_put(said, call->ev->a, name, call);
	d = diag_unknown_parameter(call->ev->ds, argument_at(call, 0), name);
	diag_help(call->ev->ds, d,
		  "declare it: `deploy param NAME: TYPE` in the compiled file; its name alone is "
		  "its value");
	return &value_poison;
}

static const struct value *bad_reference(struct builtin_call *call, struct str body)
{
	struct diags *ds = call->ev->ds;
	struct diag *d = diag_bad_reference(ds, argument_at(call, 0),
					    arena_fmt(call->ev->a, "${" STR_F "}", STR_A(body)));

	diag_help(ds, d,
		  "references are `env.OUTPUT`, `stack.NAME.OUTPUT` and, in a batch declaration, "
		  "`self.OUTPUT`; a parameter is a `deploy param`, which has a name of its own");
	return &value_poison;
}

const struct value *run_reference(struct builtin_call *call)
{
	struct arena *a = call->ev->a;
	struct reference r;
	struct value *v;
	struct str body;

	if (!argument_text(call, 0, &body))
		return &value_poison;
	if (reference_read(body, &r) != REFERENCE_OK)
		return bad_reference(call, body);
	if (r.kind == REFERENCE_PARAMETER)
		return unknown_parameter(call, r.name);
	v = value_new(a, VALUE_TEXT, call->at);
	v->open = true;
	v->declared = call->at;
	v->text = text_refer(a, body);
	return v;
}
