/* SPDX-License-Identifier: Apache-2.0 */
/* deployment.c - looking into what is known when a stack is deployed. */
#include "compiler/model/deployment.h"

struct stack_parameter *deployment_parameter(const struct deployment *d, struct str name)
{
	for (size_t i = 0; d != NULL && i < d->nparameters; i++)
		if (str_eq(d->parameters[i].name, name))
			return &d->parameters[i];
	return NULL;
}

const struct node *parameter_likely(const struct stack_parameter *p)
{
	if (p->given != NULL)
		return p->given;
	return p->nvalues > 0 ? p->values[0] : NULL;
}
