/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region.c - the stack stands in the region that the file names, or nowhere.
 *
 * Subnets, images and instance types are those of one region. A call with another default region would make half
 * a stack there; the rule refuses it before anything is made. A rule may hold Ref of a pseudo parameter: seen at work
 * in github.com/aws-samples/amazon-cloudfront-secure-static-site, pull request 50, 2022.
 */
#include "lowering/aws/stack.h"

void stack_stands_in(struct stack *st)
{
	struct ir_value *test = ir_func(st->g, IR_EQUALS, (struct str){0});

	if (st->region.n == 0)
		return;
	ir_push(st->g, test, ir_ref(st->g, STR("AWS::Region")));
	ir_push(st->g, test, ir_text(st->g, st->region));
	/* The alias of examples/aws-cli reads the region here. */
	ir_add_rule(st->g, STR("Region"), test,
		    arena_fmt(st->a, "deploy with --region " STR_F, STR_A(st->region)));
}
