/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch_template.c - the launch template of one compute resource.
 *
 * The head node launches from it, and adds only what differs from one launch to the next: how many, and for
 * flexible types and several subnets the list of both. The first type stands in the template, and the subnet where
 * there is one; all else suits each of the types, whatever their order.
 */
#include "lowering/aws/reservations.h"
#include "lowering/cluster/queues.h"

/* ---- interfaces ---- */

static const char *nic_word(enum nic_kind kind)
{
	switch (kind) {
	case NIC_ENA:
		return "interface";
	case NIC_EFA:
		return "efa";
	case NIC_EFA_ONLY:
		return "efa-only";
	}
	BUG("interface kind %d", (int)kind);
}

/* Only the first interface may have a public address; the others say no, or the subnet's default rules. */
static void put_public(const struct launch *c, struct ir_value *ni, const struct nic *nic)
{
	const struct slurm_queue_networking *n = &c->at.queue->networking;
	struct ir *g = c->l->st.g;

	if (nic->kind == NIC_EFA_ONLY)
		return;
	if (nic->card == 0 && nic->device == 0 && is_written(&n->at.assign_public_ip))
		ir_put_bool(g, ni, "AssociatePublicIpAddress", n->assign_public_ip);
	else if (nic->card > 0)
		ir_put_bool(g, ni, "AssociatePublicIpAddress", false);
}

static struct ir_value *interface(const struct launch *c, const struct nic *nic)
{
	struct ir *g = c->l->st.g;
	struct ir_value *ni = ir_object(g);

	ir_put_int(g, ni, "DeviceIndex", nic->device);
	if (c->type != NULL && c->type->ncards > 1)
		ir_put_int(g, ni, "NetworkCardIndex", nic->card);
	if (nic->kind != NIC_ENA)
		ir_put_text(g, ni, "InterfaceType", str_c(nic_word(nic->kind)));
	/* A fleet names the subnet when it launches; said here as well, EC2 may pass over these interfaces. */
	if (!launches_fleet(&c->at))
		ir_put_text(g, ni, "SubnetId", c->at.queue->networking.subnet_ids.items[0].text);
	ir_put(g, ni, "Groups", c->l->queues[c->at.q].security_groups);
	put_public(c, ni, nic);
	ir_put_bool(g, ni, "DeleteOnTermination", true);
	return ni;
}

/*
 * EC2 gives no public address to a launch with several interfaces, neither one that is asked for nor that of the
 * subnet. A type with one card does with one: an EFA interface that carries IP as well, which takes as many addresses.
 */
static bool combined(const struct launch *c)
{
	return str_eq(c->l->c->dev_settings.efa_interface_type, STR("efa")) ||
	       (c->type != NULL && c->type->ncards == 1);
}

static struct ir_value *interfaces(const struct launch *c)
{
	const struct slurm_compute_resource *r = c->at.resource;
	struct nic_layout layout = nic_layout(c->type, efa_of(r) == EFA_ON, combined(c));
	struct ir_value *list = ir_list(c->l->st.g);

	for (size_t i = 0; i < layout.n; i++)
		ir_push(c->l->st.g, list, interface(c, &layout.nics[i]));
	return list;
}

/* ---- market, reservations, placement ---- */

static void put_market(const struct launch *c, struct ir_value *data)
{
	const struct slurm_compute_resource *r = c->at.resource;
	struct ir *g = c->l->st.g;
	struct ir_value *market = ir_object(g), *spot = ir_object(g);

	switch (capacity_of(c->at.queue)) {
	case SLURM_QUEUE_CAPACITY_TYPE_UNSET:
	case SLURM_QUEUE_CAPACITY_TYPE_ONDEMAND:
		return;
	case SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK:
		ir_put_text(g, market, "MarketType", STR("capacity-block"));
		break;
	case SLURM_QUEUE_CAPACITY_TYPE_SPOT:
		ir_put_text(g, spot, "SpotInstanceType", STR("one-time"));
		ir_put_text(g, spot, "InstanceInterruptionBehavior", STR("terminate"));
		if (is_written(&r->at.spot_price))
			ir_put(g, spot, "MaxPrice", ir_textf(g, "%.15g", r->spot_price));
		ir_put_text(g, market, "MarketType", STR("spot"));
		ir_put(g, market, "SpotOptions", spot);
		break;
	}
	ir_put(g, data, "InstanceMarketOptions", market);
}

static struct ir_value *managed_group(const struct launch *c, const struct placement_group *from)
{
	struct ir *g = c->l->st.g;
	struct ir_resource *group =
		ir_add(g, compute_id(c, "PlacementGroup"), "AWS::EC2::PlacementGroup",
		       origin_of_section(&from->section));

	ir_put_text(g, group->properties, "Strategy", STR("cluster"));
	return ir_ref(g, group->id);
}

static void put_placement(const struct launch *c, struct ir_value *data)
{
	struct placement p = effective_placement(&c->at);
	struct ir *g = c->l->st.g;
	struct ir_value *placement;

	if (!is_placed(p))
		return;
	placement = ir_object(g);
	ir_put(g, placement, "GroupName",
	       p.kind == PLACEMENT_NAMED ? ir_text(g, p.name) : managed_group(c, p.from));
	ir_put(g, data, "Placement", placement);
}

/* ---- the rest ---- */

static struct root_volume root_volume(const struct launch *c)
{
	const struct queue_root_volume *v =
		&c->at.queue->compute_settings.local_storage.root_volume;

	return (struct root_volume){.size = v->size,
				    .iops = v->iops,
				    .throughput = v->throughput,
				    .type = v->volume_type,
				    .encrypted = v->encrypted};
}

static void put_machine(struct launch *c, struct ir_value *data)
{
	const struct slurm_queue *q = c->at.queue;
	const struct slurm_compute_resource *r = c->at.resource;
	struct root_volume volume = root_volume(c);
	struct ir_value *cpu;

	ir_put(c->l->st.g, data, "ImageId",
	       node_image(&c->l->st, &c->l->system, q->image.custom_ami, c->type_name));
	ir_put_text(c->l->st.g, data, "InstanceType", c->type_name);
	if (c->type != NULL && c->type->ebs_optimized)
		ir_put_bool(c->l->st.g, data, "EbsOptimized", true);
	ir_put(c->l->st.g, data, "BlockDeviceMappings",
	       block_devices(&c->l->st, c->l->system.os, &volume, c->type_name, c->type));
	/* Types of a flexible list differ in cores: their nodes switch siblings off when they boot. */
	cpu = r->disable_simultaneous_multithreading && r->instances.n <= 1
		      ? cpu_options(&c->l->st, c->type_name)
		      : NULL;
	if (cpu != NULL)
		ir_put(c->l->st.g, data, "CpuOptions", cpu);
}

static struct ir_value *compute_tags(const struct launch *c)
{
	struct lowering *l = c->l;
	struct ir_value *tags = tags_for(&l->st, ir_text(l->st.g, STR("Compute")), "Compute");

	tags_set(&l->st, tags, &c->at.queue->tags);
	tags_set(&l->st, tags, &c->at.resource->tags);
	tag_add(&l->st, tags, "hpcc:queue", ir_text(l->st.g, c->at.queue->name));
	tag_add(&l->st, tags, "hpcc:compute-resource", ir_text(l->st.g, c->at.resource->name));
	return tags;
}

static void put_node(struct launch *c, struct ir_value *data)
{
	struct lowering *l = c->l;
	struct ir_value *profile = ir_object(l->st.g), *monitoring = ir_object(l->st.g);

	if (l->queues[c->at.q].profile != NULL) {
		ir_put(l->st.g, profile, "Name", l->queues[c->at.q].profile);
		ir_put(l->st.g, data, "IamInstanceProfile", profile);
	}
	/* A node that shuts itself down is gone: nothing would ever start it again. */
	ir_put_text(l->st.g, data, "InstanceInitiatedShutdownBehavior", STR("terminate"));
	ir_put(l->st.g, data, "MetadataOptions", metadata_options(&l->st, l->system.imds_v1));
	if (l->c->monitoring.detailed_monitoring)
		ir_put(l->st.g, data, "Monitoring",
		       ir_put_bool(l->st.g, monitoring, "Enabled", true));
}

/* LaunchTemplateData.TagSpecifications tags what is launched; TagSpecifications the template itself. */
static void put_tags(struct launch *c, struct ir_resource *r, struct ir_value *data)
{
	struct lowering *l = c->l;
	struct ir_value *own = ir_object(l->st.g);

	ir_put(l->st.g, data, "TagSpecifications", tag_specifications(&l->st, compute_tags(c)));
	ir_put_text(l->st.g, own, "ResourceType", STR("launch-template"));
	ir_put(l->st.g, own, "Tags", tags_for(&l->st, NULL, NULL));
	ir_put(l->st.g, r->properties, "TagSpecifications",
	       ir_push(l->st.g, ir_list(l->st.g), own));
}

struct str launch_template_add(struct launch *c)
{
	struct lowering *l = c->l;
	const struct slurm_compute_resource *r = c->at.resource;
	struct ir_resource *t;
	struct ir_value *data = ir_object(l->st.g);

	put_machine(c, data);
	put_placement(c, data);
	put_market(c, data);
	reservation_put(&c->l->st, data, effective_reservation(&c->at).from);
	/*
	 * LaunchTemplateOverrides names a template of the user whose interfaces replace ours. What is in it
	 * is not known here; the head reads it when it launches and asks for those interfaces.
	 */
	if (r->launch_template_overrides.launch_template_id.n == 0)
		ir_put(l->st.g, data, "NetworkInterfaces", interfaces(c));
	put_node(c, data);
	ir_put(l->st.g, data, "UserData", user_data_compute(l, &c->at));
	t = ir_add(l->st.g, compute_id(c, "LaunchTemplate"), "AWS::EC2::LaunchTemplate",
		   origin_of_section(&r->section));
	put_tags(c, t, data);
	ir_put(l->st.g, t->properties, "LaunchTemplateData", data);
	return t->id;
}
