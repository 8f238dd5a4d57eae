/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head_node.c - the head node, and the condition that waits for it.
 *
 * The head is a plain instance: what CloudFormation would replace it for (image, key, interfaces, CPU options)
 * is what the file cannot change without a new cluster. Its configuration stands in the resource's Metadata,
 * which the head reads with DescribeStackResource; an edit changes the metadata and leaves the instance
 * running. The head then does what is new and signals.
 *
 * Each configuration has a wait condition of its own: logical ids carry a hash of the metadata and of all
 * launch templates. So an update waits until the head has taken it over, and one without a change has
 * nothing to do. The handle's URL is signed; whoever has it may signal, hence it is in the metadata only.
 */
#include "compiler/base/buf.h"
#include "lowering/cluster/cluster.h"

/* Seconds the head gets beyond its own limit, to send the failure itself with the end of its log. */
enum { WAIT_MARGIN = 300 };

/* ---- version ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

/* A hash of a value's structure and texts, stable over machines. */
static uint64_t value_hash(uint64_t h, const struct ir_value *v)
{
	h = mix(h, (uint64_t)v->kind);
	h = mix(h, str_hash(v->text));
	h = mix(h, str_hash(v->attribute));
	h = mix(h, (uint64_t)v->integer);
	h = mix(h, v->boolean);
	for (size_t i = 0; i < v->n; i++)
		h = value_hash(h, v->items[i]);
	for (size_t i = 0; i < v->nmembers; i++)
		h = value_hash(mix(h, str_hash(v->members[i].name)), v->members[i].value);
	return mix(h, v->n + v->nmembers);
}

static struct str version_of(struct lowering *l, const struct ir_value *metadata)
{
	uint64_t h = value_hash(0xcbf29ce484222325u, metadata);

	for (size_t i = 0; i < l->g->resources.n; i++) {
		const struct ir_resource *r = l->g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
			h = value_hash(h, r->properties);
	}
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

/*
 * The interface made by pass_network. AWS::EC2::Instance knows no network cards, so a head of a type with
 * several uses the first only, which carries all that the head has to say to others.
 */
static struct ir_value *interfaces(struct lowering *l)
{
	struct ir_value *ni = ir_object(l->g);

	ir_put_text(l->g, ni, "DeviceIndex", STR("0"));
	ir_put(l->g, ni, "NetworkInterfaceId", ir_ref(l->g, l->head_eni));
	return ir_push(l->g, ir_list(l->g), ni);
}

static void put_instance(struct lowering *l, struct ir_value *p)
{
	const struct head_node *h = &l->c->head_node;
	const struct instance_type *type = type_of(l, h->instance_type);
	struct root_volume volume = root_volume(h);
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
	ir_put(l->g, p, "BlockDeviceMappings", block_devices(l, &volume, h->instance_type));
	ir_put(l->g, p, "NetworkInterfaces", interfaces(l));
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
	/* Deleted before the fleet ends, so that it launches no node while the others go. */
	ir_depend(l->g, r, l->fleet);
	condition_add(l, handle, origin);
}
