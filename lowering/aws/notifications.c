/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notifications.c - a topic with its subscriptions.
 *
 * The topic has the policy of SNS, by which alarms of the account may write to it, unless rules write to it as well. It
 * has no key: alarms could not write under the one of SNS, and what they say is no secret.
 */
#include "lowering/aws/notifications.h"

#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

static void subscribe(struct stack *st, const struct notifications *m, struct str topic,
		      struct str email)
{
	struct str id = ir_unique_id(st->g, "Subscription", &email, 1);
	struct ir_resource *r =
		ir_add(st->g, id, "AWS::SNS::Subscription", origin_of(&m->section, &m->at.emails));

	ir_put_text(st->g, r->properties, "Protocol", STR("email"));
	ir_put_text(st->g, r->properties, "Endpoint", email);
	ir_put(st->g, r->properties, "TopicArn", ir_ref(st->g, topic));
}

struct ir_value *topic_add(struct stack *st, const struct notifications *m)
{
	struct ir_resource *r;

	if (m->topic_arn.n > 0)
		return ir_text(st->g, m->topic_arn);
	r = ir_add(st->g, STR("Topic"), "AWS::SNS::Topic", origin_of_section(&m->section));
	tags_put(st, r->properties, "Tags", NULL);
	for (size_t i = 0; i < m->emails.n; i++)
		subscribe(st, m, r->id, m->emails.items[i].text);
	return ir_ref(st->g, r->id);
}

/*
 * What EventBridge sends comes without the keys of conditions: with one, nothing arrives. Source: EventBridge user
 * guide, Troubleshooting: "You can't use Condition blocks in Amazon SNS topic policies for EventBridge".
 */
void topic_let_events(struct stack *st, const struct notifications *m, struct ir_value *topic)
{
	struct ir_value *statements = ir_list(st->g), *alarms;
	struct ir_resource *r;

	if (m->topic_arn.n > 0)
		return;
	r = ir_add(st->g, STR("TopicPolicy"), "AWS::SNS::TopicPolicy",
		   origin_of_section(&m->section));
	for_service(st, allow(st, statements, "Events", "sns:Publish", topic), "events");
	alarms = allow(st, statements, "Alarms", "sns:Publish", topic);
	for_service(st, alarms, "cloudwatch");
	allow_when(st, alarms, "aws:SourceAccount", ir_ref(st->g, STR("AWS::AccountId")));
	ir_put(st->g, r->properties, "Topics", ir_push(st->g, ir_list(st->g), topic));
	ir_put(st->g, r->properties, "PolicyDocument", policy_document(st, statements));
}
