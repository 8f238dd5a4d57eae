/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment.h - references of the file in the graph: parameters of the template, and imports from other stacks.
 *
 * Passes put texts of the model into values and formats as they are, references in them included
 * (compiler/base/open_text.h). The end of the passes makes of each what CloudFormation calls it, here alone:
 *
 *   ${param.X}          { Ref: X }                    ${param.X[n]}  { Fn::Select: [n, { Ref: X }] }
 *   ${env.X}            { Fn::ImportValue: { Fn::Sub: "${EnvironmentStack}-X" } }, a parameter with a default
 *   ${stack.NAME.X}     { Fn::ImportValue: "NAME-X" }
 *   ${self.X}           the value of the output X of this graph, which a pass has added
 *   text around it      { Fn::Sub: … }
 *   all items of a list the list itself, or where others stand beside them, both joined and split
 */
#ifndef HPCC_AWS_DEPLOYMENT_H
#define HPCC_AWS_DEPLOYMENT_H

#include "lowering/aws/stack.h"

/*
 * Makes values of the references in st->g, and adds the parameters that it refers to; outputs of another stack are
 * left out. Reports E1614, and E1666 where parts of the stack would wait for each other. Nothing happens where
 * st->deployment is NULL.
 */
void deployment_resolve(struct stack *st);

#endif
