/* SPDX-License-Identifier: Apache-2.0 */
/* notifications.h - who hears of alarms, and of what is spent. */
#ifndef HPCC_NOTIFICATIONS_H
#define HPCC_NOTIFICATIONS_H

#include "lowering/aws/stack.h"

/* The ARN of the topic that the section names, or of a new one that writes to its mail addresses. */
struct ir_value *topic_add(struct stack *st, const struct notifications *m);
/*
 * Lets rules of EventBridge write to the topic, and alarms still: a policy takes the place of the one that SNS gives a
 * topic. One of others stays as it is.
 */
void topic_let_events(struct stack *st, const struct notifications *m, struct ir_value *topic);
/* A budget; where it names no mail addresses, those of `n` are told. */
void budget_add(struct stack *st, const struct budget *m, const struct notifications *n);

#endif
