/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_error.h - what libyaml refuses, said in the words of somebody who writes cluster files. */
#ifndef HPCC_YAML_ERROR_H
#define HPCC_YAML_ERROR_H

#include "compiler/source/diag.h"

/* A refusal as the parser tells it. */
struct yaml_fault {
	struct str problem; /* libyaml's words */
	size_t at;	    /* byte where it stopped */
	size_t context; /* byte where the thing it was reading begins; `at` when it does not say */
};

/* Adds E0005 for the fault, with the most likely cause and what to write instead. */
void yaml_error_report(struct diags *ds, const struct source *src, struct yaml_fault fault);

#endif
