/* SPDX-License-Identifier: Apache-2.0 */
/* verb_slurm_conf.c - hpcc slurm-conf: the Slurm configuration that the head node gets. */
#include "compiler/driver/driver.h"

int verb_slurm_conf(struct session *s)
{
	return write_view(s, &(struct view_wish){.verb = "slurm-conf",
						 .view = VIEW_SLURM_CONF,
						 .what = "file",
						 .only = VALUE(s->o, file, NULL)});
}
