/* SPDX-License-Identifier: Apache-2.0 */
/* function.c - functions of Lambda. */
#include "lowering/aws/function.h"

#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"
#include "lowering/aws/templates.h"

enum { LOG_DAYS = 180 /* ParallelCluster's default retention */ };

struct str function_log_add(struct stack *st, struct str id, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, "AWS::Logs::LogGroup", origin);

	ir_put_int(st->g, r->properties, "RetentionInDays", LOG_DAYS);
	tags_put(st, r->properties, "Tags", NULL);
	resource_goes(r, IR_DELETE);
	return r->id;
}

void function_allow_log(struct stack *st, struct ir_value *statements, struct str log_group)
{
	allow(st, statements, "Log", "logs:CreateLogStream logs:PutLogEvents",
	      ir_getatt(st->g, log_group, STR("Arn")));
}

struct ir_value *function_program(struct stack *st, struct str program)
{
	const struct template_text *t = template_find(program);

	/* Of any length: the zip file that CloudFormation makes of it may have 4 MB. */
	return ir_text_or(st->g, t->text, t->packed);
}

struct ir_resource *function_add(struct stack *st, const struct function *f)
{
	struct ir_resource *r = ir_add(st->g, f->id, "AWS::Lambda::Function", f->origin);
	struct ir_value *code = ir_object(st->g), *logging = ir_object(st->g);

	ir_put(st->g, code, "ZipFile", function_program(st, f->program));
	ir_put(st->g, logging, "LogGroup", ir_ref(st->g, f->log_group));
	ir_put_text(st->g, r->properties, "Description", f->description);
	ir_put_text(st->g, r->properties, "Runtime", STR("python3.13"));
	ir_put_text(st->g, r->properties, "Handler", STR("index.handler"));
	ir_put(st->g, r->properties, "Role", f->role);
	ir_put(st->g, r->properties, "Code", code);
	ir_put_int(st->g, r->properties, "Timeout", f->seconds);
	ir_put_int(st->g, r->properties, "MemorySize", f->mib);
	ir_put(st->g, r->properties, "LoggingConfig", logging);
	if (f->vpc_config != NULL)
		ir_put(st->g, r->properties, "VpcConfig", f->vpc_config);
	tags_put(st, r->properties, "Tags", NULL);
	return r;
}

void function_called_by(struct stack *st, struct str function, struct str rule,
			struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, arena_fmt(st->a, STR_F "Permission", STR_A(rule)),
				       "AWS::Lambda::Permission", origin);

	ir_put(st->g, r->properties, "FunctionName", ir_ref(st->g, function));
	ir_put_text(st->g, r->properties, "Action", STR("lambda:InvokeFunction"));
	ir_put_text(st->g, r->properties, "Principal", STR("events.amazonaws.com"));
	ir_put(st->g, r->properties, "SourceArn", ir_getatt(st->g, rule, STR("Arn")));
}
