/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup.c - what only the account knows, asked when the stack is created.
 *
 * A template without parameters cannot know the VPC of a subnet or the newest image. One small function
 * (inline; templates/lifecycle.py of clusters) answers as a custom resource. CloudFormation asks it again only when the
 * properties of the look-up change, so an answer stays pinned over updates: a new image release never
 * replaces the head node by itself (AWS::EC2::Instance takes another ImageId as a replacement). `Generation`
 * is there to be changed when somebody wants to ask again.
 *
 * The function's role may do what the look-ups in this stack need and no more: each look-up adds its
 * statement when it is made.
 */
#include "lowering/aws/lookup.h"

#include "lowering/aws/arn.h"
#include "lowering/aws/function.h"
#include "lowering/aws/policy.h"

enum {
	LAMBDA_SECONDS = 900, /* the most Lambda allows; the end of a fleet may take minutes */
	LAMBDA_MIB = 256,
};

/* ---- the function ---- */

static bool in_vpc(const struct stack *st)
{
	return st->lookups.subnets != NULL && st->lookups.subnets->n > 0;
}

/* A function inside a VPC makes its own network interfaces. EC2 takes them on no narrower resource. */
static struct ir_value *vpc_config(struct stack *st)
{
	struct ir_value *config = ir_object(st->g);

	ir_put(st->g, config, "SecurityGroupIds", text_list(st, st->lookups.security_groups));
	return ir_put(st->g, config, "SubnetIds", text_list(st, st->lookups.subnets));
}

/* The role of the function: given by the user, else made here; what else it may do comes with the questions. */
static struct ir_value *function_role(struct stack *st, struct str log_group)
{
	struct lookups *k = &st->lookups;
	struct ir_value *managed = ir_list(st->g);

	k->statements = ir_list(st->g);
	if (k->role.n > 0)
		return ir_text(st->g, k->role);
	function_allow_log(st, k->statements, log_group);
	if (in_vpc(st))
		ir_push(st->g, managed,
			aws_managed_policy(st, "service-role/AWSLambdaVPCAccessExecutionRole"));
	k->role_id = STR("LifecycleRole");
	role_add(st, k->role_id, "lambda", k->statements, managed, k->role_origin);
	return ir_getatt(st->g, k->role_id, STR("Arn"));
}

static void make_function(struct stack *st, struct ir_origin origin)
{
	struct function f = {.id = STR("LifecycleFunction"),
			     .description = st->lookups.description,
			     .program = st->lookups.program,
			     .seconds = LAMBDA_SECONDS,
			     .mib = LAMBDA_MIB,
			     .origin = origin};
	struct ir_resource *r;

	f.log_group = function_log_add(st, STR("LifecycleLogGroup"), origin);
	f.role = function_role(st, f.log_group);
	if (in_vpc(st))
		f.vpc_config = vpc_config(st);
	r = function_add(st, &f);
	st->lookups.function = r->id;
	st->lookups.code = ir_get(ir_get(r->properties, STR("Code")), STR("ZipFile"));
}

struct ir_value *lookup_statements(struct stack *st, struct ir_origin origin)
{
	if (st->lookups.function.n == 0)
		make_function(st, origin);
	return st->lookups.statements;
}

struct ir_value *lookup_service(struct stack *st, struct ir_origin origin)
{
	lookup_statements(st, origin);
	return ir_getatt(st->g, st->lookups.function, STR("Arn"));
}

/* ---- look-ups ---- */

/* EC2's Describe actions know no resources. */
static void allow_describe(struct stack *st, const char *actions, struct ir_origin origin)
{
	allow(st, lookup_statements(st, origin), "Describe", actions, any_resource(st));
}

struct ir_resource *lookup_add(struct stack *st, struct str id, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, "Custom::HpccLookup", origin);

	ir_put(st->g, r->properties, "ServiceToken", lookup_service(st, origin));
	ir_put_text(st->g, r->properties, "Generation", STR("1"));
	return r;
}

static struct ir_value *one(struct stack *st, struct ir_value *v)
{
	return ir_push(st->g, ir_list(st->g), v);
}

/* A question that few stacks ask: the program that answers it takes the place of the shorter one. */
static void need_all(struct stack *st)
{
	if (st->lookups.all.n > 0)
		*st->lookups.code = *function_program(st, st->lookups.all);
}

/* The look-up with this property, or a new one. */
static struct str find_or_add(struct stack *st, const char *prefix, const char *property,
			      struct str value, struct ir_origin origin)
{
	struct ir_resource *r;

	for (size_t i = 0; i < st->g->resources.n; i++) {
		const struct ir_resource *old = st->g->resources.items[i].value;
		const struct ir_value *v;

		if (!str_eq(old->type, STR("Custom::HpccLookup")))
			continue;
		v = ir_get(old->properties, str_c(property));
		if (v != NULL && str_eq(v->text, value))
			return old->id;
	}
	r = lookup_add(st, ir_unique_id(st->g, prefix, &value, 1), origin);
	ir_put_text(st->g, r->properties, property, value);
	return r->id;
}

static const char subnet_actions[] = "ec2:DescribeSubnets ec2:DescribeRouteTables";

struct str lookup_subnet(struct stack *st, struct str subnet_id, struct ir_origin origin)
{
	allow_describe(st, subnet_actions, origin);
	return find_or_add(st, "Lookup", "SubnetId", subnet_id, origin);
}

struct ir_resource *lookup_subnet_as(struct stack *st, struct str id, struct str subnet_id,
				     struct ir_origin origin)
{
	struct ir_resource *r;

	allow_describe(st, subnet_actions, origin);
	r = lookup_add(st, id, origin);
	ir_put_text(st->g, r->properties, "SubnetId", subnet_id);
	return r;
}

struct ir_value *lookup_profile_role(struct stack *st, struct str profile_arn,
				     struct ir_origin origin)
{
	struct str id;

	allow(st, lookup_statements(st, origin), "GetProfile", "iam:GetInstanceProfile",
	      one(st, ir_text(st->g, profile_arn)));
	need_all(st);
	id = find_or_add(st, "LookupProfile", "InstanceProfile", arn_name(profile_arn), origin);
	return ir_getatt(st->g, id, STR("RoleArn"));
}

struct ir_value *lookup_address(struct stack *st, struct str address, struct ir_origin origin)
{
	allow_describe(st, "ec2:DescribeAddresses", origin);
	need_all(st);
	return ir_getatt(st->g, find_or_add(st, "LookupAddress", "PublicIp", address, origin),
			 STR("AllocationId"));
}

struct ir_value *lookup_domain(struct stack *st, struct str zone_id, struct ir_origin origin)
{
	struct str id;

	allow(st, lookup_statements(st, origin), "GetZone", "route53:GetHostedZone",
	      one(st, ir_subf(st->g, "arn:${AWS::Partition}:route53:::hostedzone/" STR_F,
			      STR_A(sub_literal(st, zone_id)))));
	need_all(st);
	id = find_or_add(st, "LookupZone", "HostedZoneId", zone_id, origin);
	ir_put(st->g, ir_find(st->g, id)->properties, "Cluster",
	       ir_ref(st->g, STR("AWS::StackName")));
	return ir_getatt(st->g, id, STR("Domain"));
}

/* With the key of SSM nothing more is needed; a key of one's own is used by way of SSM alone. */
static void allow_secure_string(struct stack *st, struct str name, struct ir_origin origin)
{
	bool slash = str_starts(name, STR("/")), open = str_starts(name, STR(OPEN_BEGIN));
	struct str path = sub_literal(st, name);
	struct ir_value *statements = lookup_statements(st, origin), *keys;
	struct ir_value *names =
		one(st, arn(st, "ssm",
			    arena_fmt(st->a, "parameter%s" STR_F, slash ? "" : "/", STR_A(path))));

	if (open) /* who deploys may begin it with the slash */
		ir_push(st->g, names,
			arn(st, "ssm", arena_fmt(st->a, "parameter" STR_F, STR_A(path))));
	allow(st, statements, "ReadKey", "ssm:GetParameter", names);
	keys = allow(st, statements, "DecryptKey", "kms:Decrypt",
		     one(st, arn(st, "kms", STR("key/*"))));
	if (ir_get(keys, STR("Condition")) == NULL)
		allow_when(st, keys, "kms:ViaService",
			   ir_sub(st->g, STR("ssm.${AWS::Region}.${AWS::URLSuffix}")));
}

struct ir_value *lookup_secure_string(struct stack *st, struct str name, struct ir_origin origin)
{
	allow_secure_string(st, name, origin);
	return ir_getatt(st->g, find_or_add(st, "LookupKey", "KeyParameter", name, origin),
			 STR("Key"));
}

struct ir_resource *lookup_transit_attachment(struct stack *st, struct str id,
					      const struct transit_attachment *wanted,
					      struct ir_origin origin)
{
	struct ir_resource *r;

	allow_describe(st, "ec2:DescribeTransitGatewayAttachments", origin);
	r = lookup_add(st, id, origin);
	ir_put(st->g, r->properties, "TransitGatewayId", wanted->gateway);
	ir_put(st->g, r->properties, "VpcId", wanted->vpc);
	ir_put(st->g, r->properties, "VpnConnectionId", wanted->vpn);
	return r;
}

struct ir_value *lookup_image(struct stack *st, const struct os_image *image,
			      struct ir_origin origin)
{
	struct str id = image->arch == ARCH_ARM64 ? STR("LookupImageArm64") : STR("LookupImageX86");
	struct ir_resource *r;

	if (ir_find(st->g, id) == NULL) {
		allow_describe(st, "ec2:DescribeImages", origin);
		need_all(st);
		r = lookup_add(st, id, origin);
		ir_put_text(st->g, r->properties, "ImageName", image->image_name);
		ir_put_text(st->g, r->properties, "ImageOwners", image->image_owners);
	}
	return ir_getatt(st->g, id, STR("ImageId"));
}

struct ir_value *lookup_parameter(struct stack *st, struct ir_resource *r, struct str path)
{
	ir_put_text(st->g, r->properties, "ImageParameter", path);
	allow(st, lookup_statements(st, r->origin), "GetImage", "ssm:GetParameter",
	      ir_subf(st->g, "arn:${AWS::Partition}:ssm:${AWS::Region}::parameter" STR_F,
		      STR_A(path)));
	return ir_getatt(st->g, r->id, STR("ImageId"));
}
