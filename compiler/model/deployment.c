/* SPDX-License-Identifier: Apache-2.0 */
/* deployment.c - looking into what is known when a stack is deployed. */
#include "compiler/model/deployment.h"

struct stack_parameter *deployment_parameter(const struct deployment *d, struct str name)
{
	const struct stack_parameter *p = d != NULL ? map_get(&d->by_name, name) : NULL;

	return p != NULL ? &d->parameters[p - d->parameters] : NULL;
}

const struct node *parameter_likely(const struct stack_parameter *p)
{
	if (p->given != NULL)
		return p->given;
	return p->nvalues > 0 ? p->values[0] : NULL;
}
