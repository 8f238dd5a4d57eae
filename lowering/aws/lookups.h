/* SPDX-License-Identifier: Apache-2.0 */
/* lookups.h - the function that a stack asks while it is made, as a part of struct stack. */
#ifndef HPCC_LOOKUPS_H
#define HPCC_LOOKUPS_H

#include "lowering/ir/ir.h"
#include "model.h"

/* The function behind the custom resources. The first question makes it; see lookup.h. */
struct lookups {
	/* What it is to be: filled by who begins the stack. */
	struct str description;
	struct str program; /* a file of templates/: what answers the questions */
	struct str
		all; /* one that answers those which program does not, or empty: it answers all */
	struct str role;	      /* ARN of a role that the user gives, or empty: one is made */
	struct ir_origin role_origin; /* of the role that is made */
	const struct model_strings *subnets, *security_groups; /* of a VPC it runs in; NULL: none */

	/* What came of it: private to lookup.c. */
	struct str function;	     /* logical id, or empty: nothing was asked */
	struct ir_value *code;	     /* its text */
	struct str role_id;	     /* logical id of the role that was made, or empty */
	struct ir_value *statements; /* what the function may do */
};

#endif
