/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid.h - what the rules about a section HybridNetwork have in common. */
#ifndef HPCC_RULES_HYBRID_H
#define HPCC_RULES_HYBRID_H

#include "compiler/check/rules/rule.h"
#include "compiler/model/hybrid.h"

/* The section of the file, or NULL where it has none. */
const struct hybrid_network *hybrid(const struct rules *r);

/* Is it surely not there? A faulty key of the section may be meant for it. */
#define NOT_THERE(pointer, field) \
	((pointer)->at.field.state == FIELD_ABSENT && !(pointer)->section.poisoned)

/* The block that the text of an item is, host bits cleared; false where it is none. */
bool item_block(const struct model_string *item, struct cidr *ret);
/* 0.0.0.0/0: whatever no other route is for. */
bool is_default_route(struct cidr c);

#endif
