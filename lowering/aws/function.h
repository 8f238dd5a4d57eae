/* SPDX-License-Identifier: Apache-2.0 */
/* function.h - functions of Lambda: a program of templates/, its log, and who may call it. */
#ifndef HPCC_FUNCTION_H
#define HPCC_FUNCTION_H

#include "lowering/aws/stack.h"

struct function {
	struct str id;			 /* logical id */
	struct str description, program; /* what it is for; a file of templates/ */
	int64_t seconds, mib;		 /* the time and the memory that it may take */
	struct str log_group;		 /* logical id */
	struct ir_value *role;		 /* its ARN */
	struct ir_value *vpc_config;	 /* NULL: it is in no VPC */
	struct ir_origin origin;
};

/* A log group for a function; its logical id. It goes with the stack. */
struct str function_log_add(struct stack *st, struct str id, struct ir_origin origin);
/* Lets a function write to that log group. */
void function_allow_log(struct stack *st, struct ir_value *statements, struct str log_group);
/* The text of a program of templates/: the value of Code.ZipFile. */
struct ir_value *function_program(struct stack *st, struct str program);
/* The function itself. */
struct ir_resource *function_add(struct stack *st, const struct function *f);
/* Lets a rule of EventBridge call a function; both by their logical ids. */
void function_called_by(struct stack *st, struct str function, struct str rule,
			struct ir_origin origin);

#endif
