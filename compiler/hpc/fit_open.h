/* SPDX-License-Identifier: Apache-2.0 */
/* fit_open.h - values of the deployment held against types; seen by the evaluator alone. */
#ifndef HPCC_HPC_FIT_OPEN_H
#define HPCC_HPC_FIT_OPEN_H

#include "compiler/hpc/eval.h"

/*
 * May v, a text or list that only the deployment knows, stand where t is wanted? v, or poison with E0801 (it is
 * declared as something else) or E0823 (t must be known).
 */
const struct value *fit_open(struct evaluator *ev, const struct value *v, const struct type *t,
			     const struct fit_for *why);

#endif
