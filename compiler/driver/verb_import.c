/* SPDX-License-Identifier: Apache-2.0 */
/* verb_import.c - hpcc import FILE: a YAML file as a program. */
#include "compiler/driver/driver.h"
#include "compiler/import/import.h"

#include <string.h>
#include <unistd.h>

static struct import_options options_of(struct session *s, const char *path)
{
	const struct option_values *deploy = &s->o->given[OPTION_ID_deploy];
	struct str *names = NEW_ARRAY(&s->arena, struct str, deploy->n + 1);
	struct import_options o = {.deploy = names};

	for (size_t i = 0; i < deploy->n; i++) {
		if (strcmp(deploy->values[i], "ids") == 0)
			o.deploy_ids = true;
		else
			names[o.ndeploy++] = str_c(deploy->values[i]);
	}
	o.name = str_c(VALUE(s->o, name, ""));
	if (o.name.n == 0)
		o.name = import_name(&s->arena, str_c(path));
	return o;
}

int verb_import(struct session *s)
{
	const char *path = s->o->operands[0], *name;
	struct diags ds = {.arena = &s->arena};
	struct import_options o;
	struct import_result result = {0};
	const struct source *src;

	if (s->o->noperands != 1)
		return usage_error("`hpcc import` takes one file");
	name = strcmp(path, "-") == 0 ? VALUE(s->o, stdin_filename, "<stdin>") : path;
	if (hpc_is_program(str_c(name)))
		return usage_error("`%s` is a program; `hpcc import` makes one of a YAML file, and "
				   "`hpcc expand` YAML of a program",
				   name);
	src = read_source(&s->arena, &ds, path, name, MAX_FILE_MIB);
	if (src != NULL) {
		o = options_of(s,
			       strcmp(path, "-") == 0 ? VALUE(s->o, stdin_filename, "main") : path);
		result = import_program(&s->arena, &ds, src, &o);
	}
	diags_sort(&ds);
	print_findings(s, &ds, STDERR_FILENO);
	if (src == NULL)
		return EXIT_USAGE;
	return ds.errors > 0 ? EXIT_FINDINGS : write_result(s, result.text);
}
