/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - takes the command line apart and runs one verb. */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"
#include "compiler/schema/schema.h"

#include <stdio.h>
#include <unistd.h>

static int (*const verbs[VERB_COUNT])(struct session *) = {
#define VERB(id, name, operands, summary, description) verb_##id,
#include "compiler/driver/verbs.def"
#undef VERB
};

static struct str version_text(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("hpcc " HPCC_VERSION "\n"));
	buf_fmt(&b, "%-20s ParallelCluster " STR_F ", " STR_F "\n", "properties",
		STR_A(schema_release), STR_A(schema_date));
	for (size_t i = 0; i < fact_tables_n; i++)
		buf_fmt(&b, "%-20.*s " STR_F ", %zu rows\n", STR_A(fact_tables[i].name),
			STR_A(fact_tables[i].date), fact_tables[i].rows);
	return buf_str(&b);
}

/* Text that was asked for goes to standard output. */
static int print_text(struct str text)
{
	return write_standard(text) ? EXIT_OK : EXIT_USAGE;
}

static int run(const struct options *o)
{
	struct session s;
	int status = EXIT_USAGE;

	if (session_open(&s, o))
		status = verbs[o->verb](&s);
	variables_report_unused(&s);
	if (s.ds.first != NULL) {
		diags_sort(&s.ds);
		print_findings(&s, &s.ds, STDERR_FILENO);
		if (s.ds.errors > 0 && status == EXIT_OK)
			status = EXIT_FINDINGS;
	}
	if (!flush_findings(&s))
		status = EXIT_USAGE;
	session_close(&s);
	return status;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct options o;
	struct str error;
	int status;

	if (!options_parse(&a, argc, argv, &o, &error)) {
		status = usage_error(STR_F, STR_A(error));
		fputs("hpcc: see `hpcc --help`\n", stderr);
	} else if (GIVEN(&o, help)) {
		status = print_text(help_text(&a, &o));
	} else if (GIVEN(&o, version)) {
		status = print_text(version_text(&a));
	} else {
		status = run(&o);
	}
	arena_release(&a);
	return status;
}
