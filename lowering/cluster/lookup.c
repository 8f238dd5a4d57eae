/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup.c - what only the account knows, asked when the stack is created.
 *
 * A template without parameters cannot know the VPC of a subnet or the newest image. One small function
 * (templates/lifecycle.py, inline) answers as a custom resource. CloudFormation asks it again only when the
 * properties of the look-up change, so an answer stays pinned over updates: a new image release never
 * replaces the head node by itself (AWS::EC2::Instance takes another ImageId as a replacement). `Generation`
 * is there to be changed when somebody wants to ask again.
 *
 * The function's role may do what the look-ups in this stack need and no more: each look-up adds its
 * statement when it is made.
 */
#include "lowering/cluster/cluster.h"
#include "lowering/cluster/templates.h"

enum {
	LAMBDA_SECONDS = 900, /* the most Lambda allows; the end of a fleet may take minutes */
	LAMBDA_MIB = 256,
	LAMBDA_LOG_DAYS = 180, /* ParallelCluster's default retention */
};

/* ---- the function ---- */

/* A function inside a VPC makes its own network interfaces. EC2 takes them on no narrower resource. */
static struct ir_value *vpc_config(struct lowering *l)
{
	const struct lambda_functions_vpc_config *v =
		&l->c->deployment_settings.lambda_functions_vpc_config;
	struct ir_value *config = ir_object(l->g);

	ir_put(l->g, config, "SecurityGroupIds", text_list(l, &v->security_group_ids));
	return ir_put(l->g, config, "SubnetIds", text_list(l, &v->subnet_ids));
}

static bool in_vpc(const struct lowering *l)
{
	return l->c->deployment_settings.lambda_functions_vpc_config.subnet_ids.n > 0;
}

/* What every stack needs of the function: its log, and the end of the fleet. */
static void base_statements(struct lowering *l, struct str log_group)
{
	struct ir_value *s = l->lookup_statements;

	allow(l, s, "Log", "logs:CreateLogStream logs:PutLogEvents",
	      ir_getatt(l->g, log_group, STR("Arn")));
	/* EC2's Describe actions know no resources. */
	allow(l, s, "Describe", "ec2:DescribeInstances", any_resource(l));
	allow_own(l, allow(l, s, "EndFleet", "ec2:TerminateInstances",
			   arn(l, "ec2", STR("instance/*"))));
}

/* The role of the function: given by the user, else made here. */
static struct ir_value *lambda_role(struct lowering *l, struct str log_group)
{
	const struct iam_roles *roles = &l->c->iam.roles;
	struct ir_value *managed = ir_list(l->g);

	l->lookup_statements = ir_list(l->g);
	if (roles->lambda_functions_role.n > 0)
		return ir_text(l->g, roles->lambda_functions_role);
	base_statements(l, log_group);
	if (in_vpc(l))
		ir_push(l->g, managed,
			aws_managed_policy(l, "service-role/AWSLambdaVPCAccessExecutionRole"));
	l->lambda_role = STR("LifecycleRole");
	role_add(l, l->lambda_role, "lambda", l->lookup_statements, managed,
		 origin_of_section(&roles->section));
	return ir_getatt(l->g, l->lambda_role, STR("Arn"));
}

static struct str log_group_add(struct lowering *l, struct ir_origin origin)
{
	struct ir_resource *r =
		ir_add(l->g, STR("LifecycleLogGroup"), "AWS::Logs::LogGroup", origin);

	ir_put_int(l->g, r->properties, "RetentionInDays", LAMBDA_LOG_DAYS);
	tags_put(l, r->properties, "Tags", NULL);
	r->deletion_policy = r->update_replace_policy = IR_DELETE;
	return r->id;
}

static void lambda_add(struct lowering *l, struct ir_origin origin)
{
	struct str log_group = log_group_add(l, origin);
	struct ir_value *role = lambda_role(l, log_group);
	struct ir_resource *r =
		ir_add(l->g, STR("LifecycleFunction"), "AWS::Lambda::Function", origin);
	struct ir_value *code = ir_object(l->g);
	struct ir_value *logging = ir_object(l->g);
	const struct template_text *program = template_find(STR("lifecycle.py"));

	/* Of any length: the zip file that CloudFormation makes of it may have 4 MB. */
	ir_put(l->g, code, "ZipFile", ir_text_or(l->g, program->text, program->packed));
	ir_put(l->g, logging, "LogGroup", ir_ref(l->g, log_group));
	ir_put_text(l->g, r->properties, "Description",
		    STR("Looks up what the stack needs and ends its compute nodes"));
	ir_put_text(l->g, r->properties, "Runtime", STR("python3.13"));
	ir_put_text(l->g, r->properties, "Handler", STR("index.handler"));
	ir_put(l->g, r->properties, "Role", role);
	ir_put(l->g, r->properties, "Code", code);
	ir_put_int(l->g, r->properties, "Timeout", LAMBDA_SECONDS);
	ir_put_int(l->g, r->properties, "MemorySize", LAMBDA_MIB);
	ir_put(l->g, r->properties, "LoggingConfig", logging);
	if (in_vpc(l))
		ir_put(l->g, r->properties, "VpcConfig", vpc_config(l));
	tags_put(l, r->properties, "Tags", NULL);
	l->lambda = r->id;
}

/* ---- look-ups ---- */

static struct ir_resource *lookup_add(struct lowering *l, struct str id, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(l->g, id, "Custom::HpccLookup", origin);

	ir_put(l->g, r->properties, "ServiceToken", ir_getatt(l->g, l->lambda, STR("Arn")));
	ir_put_text(l->g, r->properties, "Generation", STR("1"));
	return r;
}

static struct ir_value *one(struct lowering *l, struct ir_value *v)
{
	return ir_push(l->g, ir_list(l->g), v);
}

/* The look-up with this property, or a new one. */
static struct str find_or_add(struct lowering *l, const char *prefix, const char *property,
			      struct str value, struct ir_origin origin)
{
	struct ir_resource *r;

	for (size_t i = 0; i < l->g->resources.n; i++) {
		const struct ir_resource *old = l->g->resources.items[i].value;
		const struct ir_value *v;

		if (!str_eq(old->type, STR("Custom::HpccLookup")))
			continue;
		v = ir_get(old->properties, str_c(property));
		if (v != NULL && str_eq(v->text, value))
			return old->id;
	}
	r = lookup_add(l, ir_unique_id(l->g, prefix, &value, 1), origin);
	ir_put_text(l->g, r->properties, property, value);
	return r->id;
}

struct str lookup_subnet(struct lowering *l, struct str subnet_id, struct ir_origin origin)
{
	/* EC2's Describe actions know no resources. */
	allow(l, l->lookup_statements, "Describe", "ec2:DescribeSubnets ec2:DescribeRouteTables",
	      any_resource(l));
	return find_or_add(l, "Lookup", "SubnetId", subnet_id, origin);
}

struct ir_value *lookup_profile_role(struct lowering *l, struct str profile_arn,
				     struct ir_origin origin)
{
	struct str id;

	allow(l, l->lookup_statements, "GetProfile", "iam:GetInstanceProfile",
	      one(l, ir_text(l->g, profile_arn)));
	id = find_or_add(l, "LookupProfile", "InstanceProfile", arn_name(profile_arn), origin);
	return ir_getatt(l->g, id, STR("RoleArn"));
}

struct ir_value *lookup_address(struct lowering *l, struct str address, struct ir_origin origin)
{
	/* EC2's Describe actions know no resources. */
	allow(l, l->lookup_statements, "Describe", "ec2:DescribeAddresses", any_resource(l));
	return ir_getatt(l->g, find_or_add(l, "LookupAddress", "PublicIp", address, origin),
			 STR("AllocationId"));
}

struct ir_value *lookup_domain(struct lowering *l, struct str zone_id, struct ir_origin origin)
{
	struct str id;

	allow(l, l->lookup_statements, "GetZone", "route53:GetHostedZone",
	      one(l, ir_subf(l->g, "arn:${AWS::Partition}:route53:::hostedzone/" STR_F,
			     STR_A(sub_literal(l, zone_id)))));
	id = find_or_add(l, "LookupZone", "HostedZoneId", zone_id, origin);
	ir_put(l->g, ir_find(l->g, id)->properties, "Cluster", ir_ref(l->g, STR("AWS::StackName")));
	return ir_getatt(l->g, id, STR("Domain"));
}

struct ir_value *lookup_image(struct lowering *l, const struct os_image *image)
{
	struct ir_origin origin = origin_of(&l->c->image.section, &l->c->image.at.os);
	struct str id = image->arch == ARCH_ARM64 ? STR("LookupImageArm64") : STR("LookupImageX86");
	struct ir_resource *r;

	if (ir_find(l->g, id) == NULL) {
		/* EC2's Describe actions know no resources. */
		allow(l, l->lookup_statements, "Describe", "ec2:DescribeImages", any_resource(l));
		r = lookup_add(l, id, origin);
		ir_put_text(l->g, r->properties, "ImageName", image->image_name);
		ir_put_text(l->g, r->properties, "ImageOwners", image->image_owners);
	}
	return ir_getatt(l->g, id, STR("ImageId"));
}

/* ---- the pass ---- */

/* The head's image: the user's, or the newest at the time of the first deployment. */
static struct ir_value *head_image(struct lowering *l, struct str lookup)
{
	const struct head_node *h = &l->c->head_node;
	struct str path = image_parameter_path(l, h->instance_type);
	struct ir_resource *r = ir_find(l->g, lookup);

	if (h->image.custom_ami.n > 0 || l->c->image.custom_ami.n > 0 || path.n == 0)
		return node_image(l, &h->image, h->instance_type);
	ir_put_text(l->g, r->properties, "ImageParameter", path);
	allow(l, l->lookup_statements, "GetImage", "ssm:GetParameter",
	      ir_subf(l->g, "arn:${AWS::Partition}:ssm:${AWS::Region}::parameter" STR_F,
		      STR_A(path)));
	return ir_getatt(l->g, lookup, STR("ImageId"));
}

void pass_lookup(struct lowering *l)
{
	const struct head_node_networking *n = &l->c->head_node.networking;
	struct ir_origin origin = origin_of(&n->section, &n->at.subnet_id);
	struct ir_resource *r;

	lambda_add(l, origin);
	allow(l, l->lookup_statements, "Describe", "ec2:DescribeSubnets ec2:DescribeRouteTables",
	      any_resource(l));
	r = lookup_add(l, STR("Lookup"), origin);
	ir_put_text(l->g, r->properties, "SubnetId", n->subnet_id);
	l->vpc = ir_getatt(l->g, r->id, STR("VpcId"));
	l->head_zone = ir_getatt(l->g, r->id, STR("AvailabilityZone"));
	l->head_image = head_image(l, r->id);
}
