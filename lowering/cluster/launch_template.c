/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch_template.c - the launch template of one compute resource.
 *
 * The head node launches from it, and adds only what differs from one launch to the next: how many, and for
 * flexible types and several subnets the list of both. The first type stands in the template, and the subnet where
 * there is one; all else suits each of the types, whatever their order.
 */
#include "lowering/cluster/queues.h"

static const struct slurm_queue *queue_of(const struct compute *c)
{
	return &c->l->c->scheduling.slurm_queues.items[c->queue];
}

static const struct slurm_compute_resource *resource_of(const struct compute *c)
{
	return &queue_of(c)->compute_resources.items[c->resource];
}

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
static void put_public(const struct compute *c, struct ir_value *ni, const struct nic *nic)
{
	const struct slurm_queue_networking *n = &queue_of(c)->networking;
	struct ir *g = c->l->g;

	if (nic->kind == NIC_EFA_ONLY)
		return;
	if (nic->card == 0 && nic->device == 0 && is_written(&n->at.assign_public_ip))
		ir_put_bool(g, ni, "AssociatePublicIpAddress", n->assign_public_ip);
	else if (nic->card > 0)
		ir_put_bool(g, ni, "AssociatePublicIpAddress", false);
}

static struct ir_value *interface(const struct compute *c, const struct nic *nic)
{
	struct ir *g = c->l->g;
	struct ir_value *ni = ir_object(g);

	ir_put_int(g, ni, "DeviceIndex", nic->device);
	if (c->type != NULL && c->type->ncards > 1)
		ir_put_int(g, ni, "NetworkCardIndex", nic->card);
	if (nic->kind != NIC_ENA)
		ir_put_text(g, ni, "InterfaceType", str_c(nic_word(nic->kind)));
	/* A fleet names the subnet when it launches; said here as well, EC2 may pass over these interfaces. */
	if (!launches_fleet(queue_of(c), resource_of(c)))
		ir_put_text(g, ni, "SubnetId", queue_of(c)->networking.subnet_ids.items[0].text);
	ir_put(g, ni, "Groups", c->l->queues[c->queue].security_groups);
	put_public(c, ni, nic);
	ir_put_bool(g, ni, "DeleteOnTermination", true);
	return ni;
}

/*
 * EC2 gives no public address to a launch with several interfaces, neither one that is asked for nor that of the
 * subnet. A type with one card does with one: an EFA interface that carries IP as well, which takes as many addresses.
 */
static bool combined(const struct compute *c)
{
	return str_eq(c->l->c->dev_settings.efa_interface_type, STR("efa")) ||
	       (c->type != NULL && c->type->ncards == 1);
}

static struct ir_value *interfaces(const struct compute *c)
{
	struct nic_layout layout = nic_layout(c->type, resource_of(c)->efa.enabled, combined(c));
	struct ir_value *list = ir_list(c->l->g);

	for (size_t i = 0; i < layout.n; i++)
		ir_push(c->l->g, list, interface(c, &layout.nics[i]));
	return list;
}

/* ---- market, reservations, placement ---- */

static void put_market(const struct compute *c, struct ir_value *data)
{
	const struct slurm_compute_resource *r = resource_of(c);
	struct ir *g = c->l->g;
	struct ir_value *market = ir_object(g), *spot = ir_object(g);

	switch (queue_of(c)->capacity_type) {
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

/* The compute resource's target replaces the queue's as a whole. */
static void put_reservation(const struct compute *c, struct ir_value *data)
{
	const struct capacity_reservation_target *t = &resource_of(c)->capacity_reservation_target;
	struct ir *g = c->l->g;
	struct ir_value *target = ir_object(g), *spec = ir_object(g);

	if (!t->section.written)
		t = &queue_of(c)->capacity_reservation_target;
	if (t->capacity_reservation_id.n > 0)
		ir_put_text(g, target, "CapacityReservationId", t->capacity_reservation_id);
	else if (t->capacity_reservation_resource_group_arn.n > 0)
		ir_put_text(g, target, "CapacityReservationResourceGroupArn",
			    t->capacity_reservation_resource_group_arn);
	else
		return;
	ir_put(g, spec, "CapacityReservationTarget", target);
	ir_put(g, data, "CapacityReservationSpecification", spec);
}

/*
 * The compute resource's PlacementGroup replaces the queue's as a whole. A name or id is used as it stands; Enabled
 * alone makes a group of its own for this compute resource.
 */
static void put_placement(const struct compute *c, struct ir_value *data)
{
	const struct placement_group *p = &resource_of(c)->networking.placement_group;
	struct ir *g = c->l->g;
	struct ir_value *placement = ir_object(g);
	struct ir_resource *group;

	if (!p->section.written)
		p = &queue_of(c)->networking.placement_group;
	if (p->name.n > 0 || p->id.n > 0) {
		ir_put_text(g, placement, "GroupName", p->name.n > 0 ? p->name : p->id);
	} else if (p->enabled) {
		group = ir_add(g, compute_id(c, "PlacementGroup"), "AWS::EC2::PlacementGroup",
			       origin_of_section(&p->section));
		ir_put_text(g, group->properties, "Strategy", STR("cluster"));
		ir_put(g, placement, "GroupName", ir_ref(g, group->id));
	} else {
		return;
	}
	ir_put(g, data, "Placement", placement);
}

/* ---- the rest ---- */

static struct root_volume root_volume(const struct compute *c)
{
	const struct queue_root_volume *v =
		&queue_of(c)->compute_settings.local_storage.root_volume;

	return (struct root_volume){.size = v->size,
				    .iops = v->iops,
				    .throughput = v->throughput,
				    .type = v->volume_type,
				    .encrypted = v->encrypted};
}

static void put_machine(struct compute *c, struct ir_value *data)
{
	const struct slurm_queue *q = queue_of(c);
	const struct slurm_compute_resource *r = resource_of(c);
	struct root_volume volume = root_volume(c);
	struct ir_value *cpu;

	ir_put(c->l->g, data, "ImageId", node_image(c->l, &q->image, c->type_name));
	ir_put_text(c->l->g, data, "InstanceType", c->type_name);
	if (c->type != NULL && c->type->ebs_optimized)
		ir_put_bool(c->l->g, data, "EbsOptimized", true);
	ir_put(c->l->g, data, "BlockDeviceMappings",
	       block_devices(c->l, &volume, c->type_name, c->type));
	/* Types of a flexible list differ in cores: their nodes switch siblings off when they boot. */
	cpu = r->disable_simultaneous_multithreading && r->instances.n <= 1
		      ? cpu_options(c->l, c->type_name)
		      : NULL;
	if (cpu != NULL)
		ir_put(c->l->g, data, "CpuOptions", cpu);
}

static struct ir_value *compute_tags(const struct compute *c)
{
	struct lowering *l = c->l;
	struct ir_value *tags = tags_for(l, ir_text(l->g, STR("Compute")), "Compute");

	tags_set(l, tags, &queue_of(c)->tags);
	tags_set(l, tags, &resource_of(c)->tags);
	tag_add(l, tags, "hpcc:queue", ir_text(l->g, queue_of(c)->name));
	tag_add(l, tags, "hpcc:compute-resource", ir_text(l->g, resource_of(c)->name));
	return tags;
}

static void put_node(struct compute *c, struct ir_value *data)
{
	struct lowering *l = c->l;
	struct ir_value *profile = ir_object(l->g), *monitoring = ir_object(l->g);

	if (l->queues[c->queue].profile != NULL) {
		ir_put(l->g, profile, "Name", l->queues[c->queue].profile);
		ir_put(l->g, data, "IamInstanceProfile", profile);
	}
	/* A node that shuts itself down is gone: nothing would ever start it again. */
	ir_put_text(l->g, data, "InstanceInitiatedShutdownBehavior", STR("terminate"));
	ir_put(l->g, data, "MetadataOptions", metadata_options(l));
	if (l->c->monitoring.detailed_monitoring)
		ir_put(l->g, data, "Monitoring", ir_put_bool(l->g, monitoring, "Enabled", true));
}

/* LaunchTemplateData.TagSpecifications tags what is launched; TagSpecifications the template itself. */
static void put_tags(struct compute *c, struct ir_resource *r, struct ir_value *data)
{
	struct lowering *l = c->l;
	struct ir_value *own = ir_object(l->g);

	ir_put(l->g, data, "TagSpecifications", tag_specifications(l, compute_tags(c)));
	ir_put_text(l->g, own, "ResourceType", STR("launch-template"));
	ir_put(l->g, own, "Tags", tags_for(l, NULL, NULL));
	ir_put(l->g, r->properties, "TagSpecifications", ir_push(l->g, ir_list(l->g), own));
}

struct str launch_template_add(struct compute *c)
{
	struct lowering *l = c->l;
	const struct slurm_compute_resource *r = resource_of(c);
	struct ir_resource *t;
	struct ir_value *data = ir_object(l->g);

	put_machine(c, data);
	put_placement(c, data);
	put_market(c, data);
	put_reservation(c, data);
	/*
	 * LaunchTemplateOverrides names a template of the user whose interfaces replace ours. What is in it
	 * is not known here; the head reads it when it launches and asks for those interfaces.
	 */
	if (r->launch_template_overrides.launch_template_id.n == 0)
		ir_put(l->g, data, "NetworkInterfaces", interfaces(c));
	put_node(c, data);
	ir_put(l->g, data, "UserData", user_data_compute(l, c->queue, c->resource));
	t = ir_add(l->g, compute_id(c, "LaunchTemplate"), "AWS::EC2::LaunchTemplate",
		   origin_of_section(&r->section));
	put_tags(c, t, data);
	ir_put(l->g, t->properties, "LaunchTemplateData", data);
	return t->id;
}
