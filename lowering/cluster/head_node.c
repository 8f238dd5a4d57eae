/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head_node.c - the head node, and the condition that waits for it.
 *
 * The head is a plain instance: what CloudFormation would replace it for (image, key, interfaces, CPU options)
 * is what the file cannot change without a new cluster. Its configuration stands in the resource's Metadata,
 * which the head reads with DescribeStackResource; an edit changes the metadata and leaves the instance
 * running. The head then does what is new and signals.
 *
 * Each configuration has a wait condition of its own: logical ids carry a hash of the metadata, of the
 * launch templates of compute nodes and of the mappings that their user data takes in. So an update waits
 * until the head has taken it over, and one without a change has nothing to do. The handle's URL is signed;
 * whoever has it may signal, hence it is in the metadata only.
 */
#include "lowering/cluster/cluster.h"

/* Seconds the head gets beyond its own limit, to send the failure itself with the end of its log. */
enum { WAIT_MARGIN = 300, WAIT_MAX = 43200 /* the most CloudFormation takes */ };

/* ---- version ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

/* By words, for the payload is long. Each is folded, so that its high bits reach the low ones. */
static uint64_t mix_text(uint64_t h, struct str s)
{
	size_t i = 0;

	h = mix(h, s.n);
	for (; s.n - i >= 8; i += 8) {
		h = (h ^ word_at(s.s + i)) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; i < s.n; i++)
		h = mix(h, (unsigned char)s.s[i]);
	return h;
}

/* A hash of a value's structure and texts, stable over machines. */
static uint64_t value_hash(uint64_t h, const struct ir_value *v)
{
	h = mix_text(mix(h, (uint64_t)v->kind), v->text);
	switch (v->kind) {
	case IR_NULL:
	case IR_NOVALUE:
	case IR_STRING:
	case IR_REF:
		return h;
	case IR_BOOL:
		return mix(h, v->boolean);
	case IR_INT:
		return mix(h, (uint64_t)v->integer);
	case IR_NUMBER:
		return mix(h, (uint64_t)(int64_t)(v->number * 1e6));
	case IR_GETATT:
		return mix_text(h, v->attribute);
	case IR_OBJECT:
	case IR_SUB:
		for (size_t i = 0; i < v->nmembers; i++)
			h = value_hash(mix_text(h, v->members[i].name), v->members[i].value);
		return mix(h, v->nmembers);
	default:
		for (size_t i = 0; i < v->n; i++)
			h = value_hash(h, v->items[i]);
		return mix(mix(h, (uint64_t)v->integer), v->n); /* integer: of Select */
	}
}

static struct str version_of(struct lowering *l, const struct ir_value *metadata)
{
	uint64_t h = value_hash(0xcbf29ce484222325u, metadata);

	for (size_t i = 0; i < l->g->resources.n; i++) {
		const struct ir_resource *r = l->g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
			h = value_hash(h, r->properties);
	}
	for (size_t i = 0; i < l->g->mappings.n; i++)
		h = value_hash(h, l->g->mappings.items[i].value);
	return arena_fmt(l->a, "%012llx", (unsigned long long)(h & 0xffffffffffffu));
}

/* ---- wait condition ---- */

static struct str handle_add(struct lowering *l, struct ir_origin origin)
{
	struct str id = arena_fmt(l->a, "HeadNodeWaitHandle" STR_F, STR_A(l->head_version));

	ir_add(l->g, id, "AWS::CloudFormation::WaitConditionHandle", origin);
	return id;
}

static void condition_add(struct lowering *l, struct str handle, struct ir_origin origin)
{
	struct str id = arena_fmt(l->a, "HeadNodeWaitCondition" STR_F, STR_A(l->head_version));
	struct ir_resource *r = ir_add(l->g, id, "AWS::CloudFormation::WaitCondition", origin);
	int64_t timeout = l->c->dev_settings.timeouts.head_node_bootstrap_timeout + WAIT_MARGIN;

	if (timeout > WAIT_MAX)
		timeout = WAIT_MAX;
	ir_put(l->g, r->properties, "Handle", ir_ref(l->g, handle));
	ir_put(l->g, r->properties, "Timeout", ir_textf(l->g, "%lld", (long long)timeout));
	ir_put_int(l->g, r->properties, "Count", 1);
	ir_depend(l->g, r, l->head_node);
	l->head_ready = id;
}

/* ---- instance ---- */

static struct root_volume root_volume(const struct head_node *h)
{
	const struct head_node_root_volume *v = &h->local_storage.root_volume;

	return (struct root_volume){
		.size = v->size,
		.iops = v->iops,
		.throughput = v->throughput,
		.type = enum_text(PROP_HeadNodeRootVolume_VolumeType, (int)v->volume_type),
		.encrypted = v->encrypted,
		.keep = !v->delete_on_termination};
}

/* An interface for a card other than the first, which has the one of pass_network. */
static struct ir_value *card_interface(struct lowering *l, unsigned card)
{
	struct ir_resource *r =
		ir_add(l->g, arena_fmt(l->a, "HeadNodeInterface%u", card),
		       "AWS::EC2::NetworkInterface", ir_find(l->g, l->head_eni)->origin);

	ir_put_text(l->g, r->properties, "SubnetId", l->c->head_node.networking.subnet_id);
	ir_put(l->g, r->properties, "GroupSet", l->head_security_groups);
	tags_put(l, r->properties, "Tags", ir_text(l->g, STR("HeadNode")));
	return ir_ref(l->g, r->id);
}

/* With several, for a launch template; one alone for an instance, where the index is text. */
static struct ir_value *interfaces(struct lowering *l, const struct nic_layout *layout)
{
	struct ir_value *list = ir_list(l->g);

	for (size_t i = 0; i < layout->n; i++) {
		const struct nic *nic = &layout->nics[i];
		struct ir_value *ni = ir_object(l->g);

		if (layout->n > 1) {
			ir_put_int(l->g, ni, "DeviceIndex", nic->device);
			ir_put_int(l->g, ni, "NetworkCardIndex", nic->card);
		} else {
			ir_put_text(l->g, ni, "DeviceIndex", STR("0"));
		}
		ir_put(l->g, ni, "NetworkInterfaceId",
		       nic->card == 0 ? ir_ref(l->g, l->head_eni) : card_interface(l, nic->card));
		ir_push(l->g, list, ni);
	}
	return list;
}

/*
 * AWS::EC2::Instance knows neither network cards nor the throughput of a volume; a launch template does. One
 * is made only for a head that wants one of them, with nothing else in it: a new version of the template
 * would replace the instance, and these two are fixed for the life of a head anyway.
 */
static void put_devices(struct lowering *l, struct ir_value *p)
{
	const struct head_node *h = &l->c->head_node;
	struct root_volume volume = root_volume(h);
	const struct instance_type *type = type_of(l, h->instance_type);
	struct nic_layout layout = nic_layout(type, false, false);
	struct ir_value *ref = ir_object(l->g), *data = ir_object(l->g);
	struct ir_resource *r;

	ir_put(l->g, volume.throughput > 0 ? data : p, "BlockDeviceMappings",
	       block_devices(l, &volume, h->instance_type, type));
	ir_put(l->g, layout.n > 1 ? data : p, "NetworkInterfaces", interfaces(l, &layout));
	if (data->nmembers == 0)
		return;
	r = ir_add(l->g, STR("HeadNodeLaunchTemplate"), "AWS::EC2::LaunchTemplate",
		   origin_of_section(&h->section));
	ir_put(l->g, r->properties, "LaunchTemplateData", data);
	ir_put(l->g, ref, "LaunchTemplateId", ir_ref(l->g, r->id));
	ir_put(l->g, ref, "Version", ir_getatt(l->g, r->id, STR("LatestVersionNumber")));
	ir_put(l->g, p, "LaunchTemplate", ref);
}

static void put_instance(struct lowering *l, struct ir_value *p)
{
	const struct head_node *h = &l->c->head_node;
	const struct instance_type *type = type_of(l, h->instance_type);
	struct ir_value *cpu =
		h->disable_simultaneous_multithreading ? cpu_options(l, h->instance_type) : NULL;

	ir_put(l->g, p, "ImageId", l->head_image);
	ir_put_text(l->g, p, "InstanceType", h->instance_type);
	ir_put(l->g, p, "IamInstanceProfile", l->head_profile);
	if (h->ssh.key_name.n > 0)
		ir_put_text(l->g, p, "KeyName", h->ssh.key_name);
	if (type != NULL && type->ebs_optimized)
		ir_put_bool(l->g, p, "EbsOptimized", true);
	if (cpu != NULL)
		ir_put(l->g, p, "CpuOptions", cpu);
	put_devices(l, p);
	ir_put(l->g, p, "MetadataOptions", metadata_options(l));
	if (l->c->monitoring.detailed_monitoring)
		ir_put_bool(l->g, p, "Monitoring", true);
	ir_put_bool(l->g, p, "PropagateTagsToVolumeOnCreation", true);
	ir_put(l->g, p, "Tags", tags_for(l, ir_text(l->g, STR("HeadNode")), "HeadNode"));
	ir_put(l->g, p, "UserData", user_data_head(l));
}

void pass_head_node(struct lowering *l)
{
	struct ir_origin origin = origin_of_section(&l->c->head_node.section);
	struct ir_value *metadata = head_metadata(l);
	struct ir_resource *r;
	struct str handle;

	l->head_version = version_of(l, metadata);
	handle = handle_add(l, origin);
	l->head_node = STR("HeadNode");
	r = ir_add(l->g, l->head_node, "AWS::EC2::Instance", origin);
	put_instance(l, r->properties);
	ir_put_text(l->g, metadata, "Version", l->head_version);
	ir_put(l->g, metadata, "WaitHandle", ir_ref(l->g, handle));
	r->metadata = metadata;
	/* In a public subnet the first boot needs the address to reach the world. */
	if (ir_find(l->g, STR("HeadNodeAddressAssociation")) != NULL)
		ir_depend(l->g, r, STR("HeadNodeAddressAssociation"));
	/* Deleted before the fleet ends, so that it launches no node while the others go. */
	ir_depend(l->g, r, l->fleet);
	condition_add(l, handle, origin);
}
