/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_nodes.c - pools of login nodes: an Auto Scaling group of Count instances behind a load balancer.
 *
 * A node takes part when it says so (hook hpcc-launching), and leaves when its users had GracetimePeriod to
 * finish (hook hpcc-terminating). It finds its own group by name, so the group has one; nothing that makes
 * CloudFormation replace the group can be changed from the cluster file, so the name is no obstacle. The
 * group waits for the head: nodes mount from it.
 */
#include "lowering/cluster/cluster.h"

enum { LAUNCH_SECONDS = 1800, PORT_SSH = 22 };

struct pool {
	struct lowering *l;
	size_t index;
	const struct login_pool *model;
	struct ir_origin origin;
};

static struct str pool_id(const struct pool *p, const char *prefix)
{
	return ir_unique_id(p->l->st.g, prefix, &p->model->name, 1);
}

struct ir_value *pool_group_name(struct lowering *l, size_t pool)
{
	return ir_subf(l->st.g, "${AWS::StackName}-" STR_F,
		       STR_A(l->c->login_nodes.pools.items[pool].name));
}

/* ---- launch template ---- */

static struct ir_value *login_tags(const struct pool *p)
{
	struct lowering *l = p->l;
	struct ir_value *tags = tags_for(&l->st, ir_text(l->st.g, STR("LoginNode")), "LoginNode");

	tag_add(&l->st, tags, "hpcc:login-pool", ir_text(l->st.g, p->model->name));
	return tags;
}

static struct ir_value *login_interface(const struct pool *p)
{
	struct lowering *l = p->l;
	struct ir_value *ni = ir_object(l->st.g);

	ir_put_int(l->st.g, ni, "DeviceIndex", 0);
	ir_put(l->st.g, ni, "Groups", l->pools[p->index].security_groups);
	ir_put_bool(l->st.g, ni, "DeleteOnTermination", true);
	return ir_push(l->st.g, ir_list(l->st.g), ni);
}

static struct ir_value *login_data(const struct pool *p)
{
	struct lowering *l = p->l;
	struct ir_value *data = ir_object(l->st.g), *profile = ir_object(l->st.g);
	struct ir_value *monitoring = ir_object(l->st.g);
	struct root_volume volume = {.type = STR_INIT("gp3"), .encrypted = true};
	struct str type = p->model->instance_type;

	ir_put(l->st.g, data, "ImageId",
	       node_image(&l->st, &l->system, p->model->image.custom_ami, type));
	ir_put_text(l->st.g, data, "InstanceType", type);
	if (p->model->ssh.key_name.n > 0)
		ir_put_text(l->st.g, data, "KeyName", p->model->ssh.key_name);
	else if (l->c->head_node.ssh.key_name.n > 0)
		ir_put_text(l->st.g, data, "KeyName", l->c->head_node.ssh.key_name);
	ir_put(l->st.g, data, "BlockDeviceMappings",
	       block_devices(&l->st, l->system.os, &volume, type, type_of(&l->st, type)));
	ir_put(l->st.g, data, "NetworkInterfaces", login_interface(p));
	ir_put(l->st.g, profile, "Name", l->pools[p->index].profile);
	ir_put(l->st.g, data, "IamInstanceProfile", profile);
	ir_put(l->st.g, data, "MetadataOptions", metadata_options(&l->st, l->system.imds_v1));
	if (l->c->monitoring.detailed_monitoring)
		ir_put(l->st.g, data, "Monitoring",
		       ir_put_bool(l->st.g, monitoring, "Enabled", true));
	ir_put(l->st.g, data, "UserData", user_data_login(l, p->index));
	ir_put(l->st.g, data, "TagSpecifications", tag_specifications(&l->st, login_tags(p)));
	return data;
}

static struct str login_template(const struct pool *p)
{
	struct ir_resource *r = ir_add(p->l->st.g, pool_id(p, "LoginLaunchTemplate"),
				       "AWS::EC2::LaunchTemplate", p->origin);

	ir_put(p->l->st.g, r->properties, "LaunchTemplateData", login_data(p));
	return r->id;
}

/* ---- load balancer ---- */

static struct str target_group(const struct pool *p)
{
	struct lowering *l = p->l;
	struct ir_resource *r = ir_add(l->st.g, pool_id(p, "LoginTargetGroup"),
				       "AWS::ElasticLoadBalancingV2::TargetGroup", p->origin);

	ir_put_int(l->st.g, r->properties, "Port", PORT_SSH);
	ir_put_text(l->st.g, r->properties, "Protocol", STR("TCP"));
	ir_put_text(l->st.g, r->properties, "TargetType", STR("instance"));
	ir_put(l->st.g, r->properties, "VpcId", l->vpc);
	ir_put_text(l->st.g, r->properties, "HealthCheckProtocol", STR("TCP"));
	ir_put_text(l->st.g, r->properties, "HealthCheckPort", STR("22"));
	tags_put(&l->st, r->properties, "Tags", NULL);
	return r->id;
}

/* Whether the balancer has public addresses: by where its subnet routes to. */
static struct ir_value *scheme(struct lowering *l, const struct login_pool_networking *n)
{
	struct str id = n->subnet_ids.items[0].text;
	const struct lowered_subnet *own = own_subnet(l, id);
	struct str subnet;

	if (own != NULL)
		return ir_text(l->st.g, own->m->type == SUBNET_TYPE_PUBLIC ? STR("internet-facing")
									   : STR("internal"));
	subnet = lookup_subnet(&l->st, id, origin_of(&n->section, &n->at.subnet_ids));
	return ir_getatt(l->st.g, subnet, STR("Scheme"));
}

static struct str balancer(const struct pool *p)
{
	struct lowering *l = p->l;
	const struct login_pool_networking *n = &p->model->networking;
	struct ir_resource *r = ir_add(l->st.g, pool_id(p, "LoginBalancer"),
				       "AWS::ElasticLoadBalancingV2::LoadBalancer", p->origin);

	ir_put_text(l->st.g, r->properties, "Type", STR("network"));
	ir_put(l->st.g, r->properties, "Scheme", scheme(l, n));
	ir_put(l->st.g, r->properties, "Subnets", text_list(&l->st, &n->subnet_ids));
	ir_put(l->st.g, r->properties, "SecurityGroups",
	       l->pools[p->index].balancer_security_groups);
	tags_put(&l->st, r->properties, "Tags", NULL);
	return r->id;
}

static void listener(const struct pool *p, struct str on, struct str targets)
{
	struct lowering *l = p->l;
	struct ir_resource *r = ir_add(l->st.g, pool_id(p, "LoginListener"),
				       "AWS::ElasticLoadBalancingV2::Listener", p->origin);
	struct ir_value *action = ir_object(l->st.g);

	ir_put_text(l->st.g, action, "Type", STR("forward"));
	ir_put(l->st.g, action, "TargetGroupArn", ir_ref(l->st.g, targets));
	ir_put(l->st.g, r->properties, "LoadBalancerArn", ir_ref(l->st.g, on));
	ir_put_int(l->st.g, r->properties, "Port", PORT_SSH);
	ir_put_text(l->st.g, r->properties, "Protocol", STR("TCP"));
	ir_put(l->st.g, r->properties, "DefaultActions",
	       ir_push(l->st.g, ir_list(l->st.g), action));
}

/* ---- group ---- */

static struct ir_value *hook(struct stack *st, const char *name, const char *transition,
			     int64_t seconds)
{
	struct ir_value *h = ir_object(st->g);

	ir_put_text(st->g, h, "LifecycleHookName", str_c(name));
	ir_put(st->g, h, "LifecycleTransition",
	       ir_textf(st->g, "autoscaling:EC2_INSTANCE_%s", transition));
	ir_put_int(st->g, h, "HeartbeatTimeout", seconds);
	return ir_put_text(st->g, h, "DefaultResult", STR("ABANDON"));
}

static struct ir_value *hooks(const struct pool *p)
{
	struct lowering *l = p->l;
	struct ir_value *list = ir_list(l->st.g);

	ir_push(l->st.g, list, hook(&l->st, LOGIN_HOOK_LAUNCHING, "LAUNCHING", LAUNCH_SECONDS));
	return ir_push(l->st.g, list,
		       hook(&l->st, LOGIN_HOOK_TERMINATING, "TERMINATING",
			    p->model->gracetime_period * 60));
}

/* The group's own tags; instances get theirs from the launch template. */
static struct ir_value *group_tags(struct stack *st)
{
	struct ir_value *from = tags_for(st, NULL, NULL);
	struct ir_value *list = ir_list(st->g);

	for (size_t i = 0; i < from->n; i++) {
		struct ir_value *tag = ir_object(st->g);

		ir_put(st->g, tag, "Key", ir_get(from->items[i], STR("Key")));
		ir_put(st->g, tag, "Value", ir_get(from->items[i], STR("Value")));
		ir_push(st->g, list, ir_put_bool(st->g, tag, "PropagateAtLaunch", false));
	}
	return list;
}

static void put_size(const struct pool *p, struct ir_resource *r)
{
	static const char *const sizes[] = {"MinSize", "MaxSize", "DesiredCapacity"};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		ir_put(p->l->st.g, r->properties, sizes[i],
		       ir_textf(p->l->st.g, "%lld", (long long)p->model->count));
}

static struct str group(const struct pool *p, struct str launch_template, struct str targets)
{
	struct lowering *l = p->l;
	struct ir_resource *r = ir_add(l->st.g, pool_id(p, "LoginGroup"),
				       "AWS::AutoScaling::AutoScalingGroup", p->origin);
	struct ir_value *t = ir_object(l->st.g);

	ir_put(l->st.g, t, "LaunchTemplateId", ir_ref(l->st.g, launch_template));
	ir_put(l->st.g, t, "Version",
	       ir_getatt(l->st.g, launch_template, STR("LatestVersionNumber")));
	ir_put(l->st.g, r->properties, "AutoScalingGroupName", pool_group_name(l, p->index));
	ir_put(l->st.g, r->properties, "LaunchTemplate", t);
	put_size(p, r);
	ir_put(l->st.g, r->properties, "VPCZoneIdentifier",
	       text_list(&l->st, &p->model->networking.subnet_ids));
	ir_put(l->st.g, r->properties, "TargetGroupARNs",
	       ir_push(l->st.g, ir_list(l->st.g), ir_ref(l->st.g, targets)));
	ir_put(l->st.g, r->properties, "LifecycleHookSpecificationList", hooks(p));
	ir_put(l->st.g, r->properties, "Tags", group_tags(&l->st));
	ir_depend(l->st.g, r, l->head_ready);
	return r->id;
}

void pass_login_nodes(struct lowering *l)
{
	const struct login_pool_list *pools = &l->c->login_nodes.pools;

	for (size_t i = 0; i < pools->n; i++) {
		struct pool p = {l, i, &pools->items[i],
				 origin_of_section(&pools->items[i].section)};
		struct str launch_template = login_template(&p);
		struct str targets = target_group(&p);

		l->pools[i].balancer = balancer(&p);
		listener(&p, l->pools[i].balancer, targets);
		l->pools[i].group = group(&p, launch_template, targets);
	}
}
