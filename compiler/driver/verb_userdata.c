/* SPDX-License-Identifier: Apache-2.0 */
/* verb_userdata.c - hpcc userdata: what a node will get. */
#include "compiler/driver/driver.h"
#include "lowering/cluster/cluster.h"

#include <unistd.h>

int verb_userdata(struct session *s)
{
	struct str text = {0}, known = {0};
	struct compilation c;

	if (s->o->noperands != 1)
		return usage_error("`hpcc userdata` takes one file");
	if (GIVEN(s->o, scripts) && (GIVEN(s->o, node) || GIVEN(s->o, decode)))
		return usage_error(
			"--scripts prints what all nodes share; it takes no --node or --decode");
	if (!compile_file(s, &s->arena, s->o->operands[0], STAGE_GRAPH, &c)) {
		print_findings(s, &c.ds, STDERR_FILENO);
		return compilation_status(&c);
	}
	write_findings(s, (struct str){0}, STDERR_FILENO);
	if (GIVEN(s->o, scripts))
		return write_result(s, payload_print(&s->arena, c.graph));
	if (user_data_print(&s->arena, c.graph, str_c(VALUE(s->o, node, "")), GIVEN(s->o, decode),
			    &text, &known))
		return write_result(s, text);
	if (!GIVEN(s->o, node))
		return write_result(s, known);
	usage_error("there is no node `%s`; the nodes are:", VALUE(s->o, node, ""));
	usage_lines(known);
	return EXIT_USAGE;
}
