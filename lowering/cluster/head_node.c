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
#include "lowering/ir/equal.h"

/* Seconds the head gets beyond its own limit, to send the failure itself with the end of its log. */
enum { WAIT_MARGIN = 300, WAIT_MAX = 43200 /* the most CloudFormation takes */ };

/* ---- version ---- */

static struct str version_of(struct stack *st, const struct ir_value *metadata)
{
	uint64_t h = ir_hash(IR_HASH_SEED, metadata);

	for (size_t i = 0; i < st->g->resources.n; i++) {
		const struct ir_resource *r = st->g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::LaunchTemplate")))
			h = ir_hash(h, r->properties);
	}
	for (size_t i = 0; i < st->g->mappings.n; i++)
		h = ir_hash(h, st->g->mappings.items[i].value);
	return arena_fmt(st->a, "%012llx", (unsigned long long)(h & 0xffffffffffffu));
}

/* ---- wait condition ---- */

static struct str handle_add(struct lowering *l, struct ir_origin origin)
{
	struct str id = arena_fmt(l->st.a, "HeadNodeWaitHandle" STR_F, STR_A(l->head_version));

	ir_add(l->st.g, id, "AWS::CloudFormation::WaitConditionHandle", origin);
	return id;
}

static void condition_add(struct lowering *l, struct str handle, struct ir_origin origin)
{
	struct str id = arena_fmt(l->st.a, "HeadNodeWaitCondition" STR_F, STR_A(l->head_version));
	struct ir_resource *r = ir_add(l->st.g, id, "AWS::CloudFormation::WaitCondition", origin);
	int64_t timeout = l->c->dev_settings.timeouts.head_node_bootstrap_timeout + WAIT_MARGIN;

	if (timeout > WAIT_MAX)
		timeout = WAIT_MAX;
	ir_put(l->st.g, r->properties, "Handle", ir_ref(l->st.g, handle));
	ir_put(l->st.g, r->properties, "Timeout", ir_textf(l->st.g, "%lld", (long long)timeout));
	ir_put_int(l->st.g, r->properties, "Count", 1);
	ir_depend(l->st.g, r, l->head_node);
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
		ir_add(l->st.g, arena_fmt(l->st.a, "HeadNodeInterface%u", card),
		       "AWS::EC2::NetworkInterface", ir_find(l->st.g, l->head_eni)->origin);

	ir_put_text(l->st.g, r->properties, "SubnetId", l->c->head_node.networking.subnet_id);
	ir_put(l->st.g, r->properties, "GroupSet", l->head_security_groups);
	tags_put(&l->st, r->properties, "Tags", ir_text(l->st.g, STR("HeadNode")));
	return ir_ref(l->st.g, r->id);
}

/* With several, for a launch template; one alone for an instance, where the index is text. */
static struct ir_value *interfaces(struct lowering *l, const struct nic_layout *layout)
{
	struct ir_value *list = ir_list(l->st.g);

	for (size_t i = 0; i < layout->n; i++) {
		const struct nic *nic = &layout->nics[i];
		struct ir_value *ni = ir_object(l->st.g);

		if (layout->n > 1) {
			ir_put_int(l->st.g, ni, "DeviceIndex", nic->device);
			ir_put_int(l->st.g, ni, "NetworkCardIndex", nic->card);
		} else {
			ir_put_text(l->st.g, ni, "DeviceIndex", STR("0"));
		}
		ir_put(l->st.g, ni, "NetworkInterfaceId",
		       nic->card == 0 ? ir_ref(l->st.g, l->head_eni)
				      : card_interface(l, nic->card));
		ir_push(l->st.g, list, ni);
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
	const struct instance_type *type = type_of(&l->st, h->instance_type);
	struct nic_layout layout = nic_layout(type, false, false);
	struct ir_value *ref = ir_object(l->st.g), *data = ir_object(l->st.g);
	struct ir_resource *r;

	ir_put(l->st.g, volume.throughput > 0 ? data : p, "BlockDeviceMappings",
	       block_devices(&l->st, l->system.os, &volume, h->instance_type, type));
	ir_put(l->st.g, layout.n > 1 ? data : p, "NetworkInterfaces", interfaces(l, &layout));
	if (data->nmembers == 0)
		return;
	r = ir_add(l->st.g, STR("HeadNodeLaunchTemplate"), "AWS::EC2::LaunchTemplate",
		   origin_of_section(&h->section));
	ir_put(l->st.g, r->properties, "LaunchTemplateData", data);
	ir_put(l->st.g, ref, "LaunchTemplateId", ir_ref(l->st.g, r->id));
	ir_put(l->st.g, ref, "Version", ir_getatt(l->st.g, r->id, STR("LatestVersionNumber")));
	ir_put(l->st.g, p, "LaunchTemplate", ref);
}

static void put_instance(struct lowering *l, struct ir_value *p)
{
	const struct head_node *h = &l->c->head_node;
	const struct instance_type *type = type_of(&l->st, h->instance_type);
	struct ir_value *cpu = h->disable_simultaneous_multithreading
				       ? cpu_options(&l->st, h->instance_type)
				       : NULL;

	ir_put(l->st.g, p, "ImageId", l->head_image);
	ir_put_text(l->st.g, p, "InstanceType", h->instance_type);
	ir_put(l->st.g, p, "IamInstanceProfile", l->head_profile);
	if (h->ssh.key_name.n > 0)
		ir_put_text(l->st.g, p, "KeyName", h->ssh.key_name);
	if (type != NULL && type->ebs_optimized)
		ir_put_bool(l->st.g, p, "EbsOptimized", true);
	if (cpu != NULL)
		ir_put(l->st.g, p, "CpuOptions", cpu);
	put_devices(l, p);
	ir_put(l->st.g, p, "MetadataOptions", metadata_options(&l->st, l->system.imds_v1));
	if (l->c->monitoring.detailed_monitoring)
		ir_put_bool(l->st.g, p, "Monitoring", true);
	ir_put_bool(l->st.g, p, "PropagateTagsToVolumeOnCreation", true);
	ir_put(l->st.g, p, "Tags", tags_for(&l->st, ir_text(l->st.g, STR("HeadNode")), "HeadNode"));
	ir_put(l->st.g, p, "UserData", user_data_head(l));
}

/*
 * What nodes tell configurations apart by: the version, and what a deployment fills in. Other values of it are another
 * configuration of the same template.
 */
static struct str told_version(struct lowering *l)
{
	const struct deployment *d = l->st.deployment;
	struct str told = l->head_version;
	struct map seen = {0};

	for (size_t i = 0; d != NULL && i < d->nuses; i++) {
		const struct reference_use *u = &d->uses[i];
		struct str name = u->to.kind == REFERENCE_PARAMETER
					  ? u->to.name
					  : STR(ENVIRONMENT_STACK_PARAMETER);
		const struct stack_parameter *p = deployment_parameter(d, name);
		struct str body = arena_fmt(l->st.a, "param." STR_F, STR_A(name));

		if (!u->prop->open || u->to.kind == REFERENCE_STACK ||
		    map_put(&seen, l->st.a, name, u) != NULL)
			continue;
		body = p != NULL && p->list ? text_refer_list(l->st.a, body)
					    : text_refer(l->st.a, body);
		told = arena_fmt(l->st.a, STR_F " " STR_F, STR_A(told), STR_A(body));
	}
	return told;
}

/* With AWS Batch, what is replaced there is another configuration too: the head node's users name it. */
static struct ir_value *version_value(struct lowering *l)
{
	struct str told = told_version(l);

	if (!is_awsbatch(l->c))
		return ir_text(l->st.g, told);
	return ir_subf(l->st.g, STR_F " ${" STR_F "} ${" STR_F "} ${ArtifactS3RootDirectory}",
		       STR_A(told), STR_A(l->awsbatch.environment), STR_A(l->awsbatch.queue));
}

void pass_head_node(struct lowering *l)
{
	struct ir_origin origin = origin_of_section(&l->c->head_node.section);
	struct ir_value *metadata = head_metadata(l);
	struct ir_resource *r;
	struct str handle;

	l->head_version = version_of(&l->st, metadata);
	handle = handle_add(l, origin);
	l->head_node = STR("HeadNode");
	r = ir_add(l->st.g, l->head_node, "AWS::EC2::Instance", origin);
	put_instance(l, r->properties);
	ir_put(l->st.g, metadata, "Version", version_value(l));
	ir_put(l->st.g, metadata, "WaitHandle", ir_ref(l->st.g, handle));
	r->metadata = metadata;
	/* In a public subnet the first boot needs the address to reach the world. */
	if (ir_find(l->st.g, STR("HeadNodeAddressAssociation")) != NULL)
		ir_depend(l->st.g, r, STR("HeadNodeAddressAssociation"));
	/* Deleted before the fleet ends, so that it launches no node while the others go. */
	if (l->fleet.n > 0)
		ir_depend(l->st.g, r, l->fleet);
	condition_add(l, handle, origin);
}
