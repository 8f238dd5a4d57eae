/* SPDX-License-Identifier: Apache-2.0 */
/* verb_slurm_conf.c - hpcc slurm-conf: the Slurm configuration that the head node gets. */
#include "compiler/driver/driver.h"
#include "lowering/cluster/slurm_conf.h"
#include "lowering/cluster/templates.h"

#include <unistd.h>

/* slurm.conf, which is the same for all clusters, and the files made for this one. */
static size_t files_of(struct session *s, const struct cluster *c, struct slurm_conf_file *ret)
{
	ret[0] =
		(struct slurm_conf_file){"slurm.conf", template_text(STR("core/slurm/slurm.conf"))};
	return 1 + slurm_conf_files(&s->arena, s->facts, c, ret + 1);
}

static int no_such_file(const char *wanted, const struct slurm_conf_file *files, size_t n)
{
	usage_error("there is no file `%s`; the files are:", wanted);
	for (size_t i = 0; i < n; i++)
		usage_lines(str_c(files[i].name));
	return EXIT_USAGE;
}

int verb_slurm_conf(struct session *s)
{
	struct slurm_conf_file files[1 + SLURM_CONF_FILES];
	const char *wanted = VALUE(s->o, file, NULL);
	struct buf out = buf_in(&s->arena);
	struct compilation c;
	size_t n;

	if (s->o->noperands != 1)
		return usage_error("`hpcc slurm-conf` takes one file");
	/* What cannot be built has no head node, so the graph is made although it is not printed. */
	if (!compile_file(s, &s->arena, s->o->operands[0], STAGE_GRAPH, &c)) {
		print_findings(s, &c.ds, STDERR_FILENO);
		return compilation_status(&c);
	}
	write_findings(s, (struct str){0}, STDERR_FILENO);
	n = files_of(s, c.model, files);
	for (size_t i = 0; i < n; i++) {
		if (wanted != NULL && str_eq(str_c(wanted), str_c(files[i].name)))
			return write_result(s, files[i].text);
		buf_fmt(&out, "======== %s ========\n" STR_F, files[i].name, STR_A(files[i].text));
	}
	if (wanted != NULL)
		return no_such_file(wanted, files, n);
	return write_result(s, buf_str(&out));
}
