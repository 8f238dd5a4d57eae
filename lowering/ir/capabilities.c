/* SPDX-License-Identifier: Apache-2.0 */
/* capabilities.c - which IAM resources of a graph CloudFormation wants acknowledged. */
#include "lowering/ir/capabilities.h"

const char *ir_capabilities(const struct ir *g)
{
	const char *found = NULL;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		/* What a nested stack holds is not known: acknowledge the most it may make. */
		if (str_eq(r->type, STR("AWS::CloudFormation::Stack")))
			return "CAPABILITY_NAMED_IAM";
		if (!str_starts(r->type, STR("AWS::IAM::")))
			continue;
		if (ir_get(r->properties, STR("RoleName")) != NULL ||
		    ir_get(r->properties, STR("InstanceProfileName")) != NULL)
			return "CAPABILITY_NAMED_IAM";
		found = "CAPABILITY_IAM";
	}
	return found;
}
