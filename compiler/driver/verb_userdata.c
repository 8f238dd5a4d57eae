/* SPDX-License-Identifier: Apache-2.0 */
/* verb_userdata.c - hpcc userdata: what a node will get. */
#include "compiler/driver/driver.h"

int verb_userdata(struct session *s)
{
	bool scripts = GIVEN(s->o, scripts);

	if (s->o->noperands == 1 && scripts && (GIVEN(s->o, node) || GIVEN(s->o, decode)))
		return usage_error(
			"--scripts prints what all nodes share; it takes no --node or --decode");
	return write_view(s, &(struct view_wish){.verb = "userdata",
						 .view = scripts ? VIEW_SCRIPTS : VIEW_USER_DATA,
						 .what = "node",
						 .only = VALUE(s->o, node, NULL),
						 .names = !scripts,
						 .parts = GIVEN(s->o, decode)});
}
