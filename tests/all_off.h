/* SPDX-License-Identifier: Apache-2.0 */
/* all_off.h - settings for tests that want to get past the rules. */
#ifndef HPCC_TESTS_ALL_OFF_H
#define HPCC_TESTS_ALL_OFF_H

#include "compiler/compile/config.h"
#include "compiler/compile/suppress.h"

/* The settings of a user who switches off what can be. */
static inline struct config all_off(void)
{
	struct config c = config_default();

	c.any_verdict = true;
	for (int i = 0; i < DIAG_COUNT; i++)
		if (diag_may_change((enum diag_id)i))
			c.verdicts[i] = VERDICT_OFF;
	return c;
}

#endif
