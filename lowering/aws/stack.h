/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.h - what every stack has while it is made, whatever kind of file it comes from.
 *
 * A lowering begins its own struct with a struct stack. What is in this folder takes no more than that, so that every
 * kind of file may call it. Values of the graph are shared by reference: never change one that somebody else made.
 */
#ifndef HPCC_STACK_H
#define HPCC_STACK_H

#include "compiler/facts/facts.h"
#include "compiler/model/deployment.h"
#include "lowering/aws/lookups.h"
#include "lowering/ir/ir.h"
#include "model.h"

struct stack {
	struct arena *a;
	struct diags *ds;
	const struct facts *facts;
	const struct deployment *deployment; /* of the file, or NULL */
	struct ir *g;
	struct str region; /* that the file names, or empty */
	const struct lowered_network
		*network;	     /* of the stack's own, or NULL: lowering/aws/network.h */
	const struct tag_list *tags; /* of the user, for everything */
	bool stack_tag;		     /* things are tagged with the stack, see STACK_TAG */
	bool keep_needs; /* what kept resources stand on is kept, see lowering/aws/retain.h */
	struct str iam_prefix, iam_boundary; /* ResourcePrefix and PermissionsBoundary, or empty */
	struct lookups lookups;
};

/* The origin of a field, or of its section when the field is absent. */
struct ir_origin origin_of(const struct section_at *section, const struct field_at *field);
/* The origin of a whole section. */
struct ir_origin origin_of_section(const struct section_at *section);

/* A rule of the template: the stack is made in the region of the file only; without one in any. */
void stack_stands_in(struct stack *st);

/*
 * A part of the stack's id, which no other stack has and which stays over updates: hexadecimal digits, 8 of part 0 and
 * 12 of part 4. The id is "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" at the end of the stack's ARN.
 */
struct ir_value *stack_id_part(struct stack *st, int64_t part);

/* What becomes of `r` when it goes or is replaced. */
void resource_goes(struct ir_resource *r, enum ir_policy policy);

/* An IR_LIST of texts. */
struct ir_value *text_list(struct stack *st, const struct model_strings *items);
/* The values of `from` that are not in `list` yet (ir_same) are appended. */
void list_add_distinct(struct stack *st, struct ir_value *list, const struct ir_value *from);

/* The instance type called name, or NULL when the facts do not know it. */
const struct instance_type *type_of(const struct stack *st, struct str name);

#endif
