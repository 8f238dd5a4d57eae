/* SPDX-License-Identifier: Apache-2.0 */
/* near.c - a short list of names, sorted as it grows. */
#include "compiler/facts/near.h"

void near_add(struct near_list *l, struct str name, unsigned score)
{
	unsigned at = l->n;

	if (l->n == l->max && (at == 0 || score >= l->scores[at - 1]))
		return;
	if (l->n == l->max)
		at--;
	else
		l->n++;
	for (; at > 0 && l->scores[at - 1] > score; at--) {
		l->scores[at] = l->scores[at - 1];
		l->names[at] = l->names[at - 1];
	}
	l->scores[at] = score;
	l->names[at] = name;
}

struct near_list near_list(struct str *ret, unsigned max)
{
	return (struct near_list){.names = ret, .max = max < NEAR_MOST ? max : NEAR_MOST};
}
